# The question how our help was, and what is said to its answer, in Portuguese. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Como foi a nossa ajuda? [{ $case }]

# $case: case number
rating-ask = Seu atendimento { $case } foi encerrado. Como foi a nossa ajuda? De 1 a 5 e, se quiser, algumas palavras (1: muito ruim, 5: muito boa).

# How it is answered by email, and where there are no buttons
rating-how-mail = Basta responder a este e-mail com o número na primeira linha.
rating-how-here = Basta escrever o número aqui.

rating-unsettled = Se algo ainda não estiver resolvido, escreva-nos o que é e a nossa equipe analisará novamente.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Obrigado, isso nos ajuda.
rating-thanks-better = Obrigado, isso nos ajuda. O que poderia ser melhor? Bastam algumas palavras aqui na próxima hora; não é obrigatório responder.
rating-thanks-good = Obrigado, isso nos ajuda. O que foi bom? Bastam algumas palavras aqui na próxima hora; não é obrigatório responder.

# To a score that replaces an earlier one
rating-changed = Anotamos a sua nova avaliação.
