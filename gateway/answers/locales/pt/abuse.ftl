## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = recurso

# $brand: brand; $case: case number; $word: the word above
blocked-notice = A sua mensagem chegou com o número de caso { $case }. Devido a mensagens anteriores, o que você escrever só será atendido por uma pessoa quando for possível. Se acha que é um engano, escreva a palavra "{ $word }" e explique o motivo: uma pessoa da { $brand } vai analisar. Se os seus ativos estão em risco, congele já a sua conta no app ou no nosso site.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Por favor, apague o que acabou de publicar: contém dados pessoais e aqui todos leem. Continue por mensagem direta para { $handle }. Nunca escrevemos primeiro nem pedimos senhas, frases-semente, chaves privadas, códigos ou pagamentos.
group-exposed = ⚠️ Por favor, apague o que acabou de escrever neste grupo: contém dados pessoais que todos podem ler. Nunca escrevemos primeiro; quem o fizer agora por causa disso é um impostor.
