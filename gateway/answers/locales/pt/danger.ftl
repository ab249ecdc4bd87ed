# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Congele sua conta agora, no app ou no nosso site: isso interrompe os saques. Depois escreva por mensagem direta para { $handle }: só respondemos por ali; qualquer outro é golpista. Nunca pedimos senhas, frases-semente, códigos ou pagamentos.
