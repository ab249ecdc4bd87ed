# The question how our help was, and what is said to its answer, in French. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Comment avez-vous trouvé notre aide ? [{ $case }]

# $case: case number
rating-ask = Votre dossier { $case } est clos. Comment avez-vous trouvé notre aide ? De 1 à 5, avec un mot si vous le souhaitez (1 : très mauvaise, 5 : très bonne).

# How it is answered by email, and where there are no buttons
rating-how-mail = Répondez simplement à cet e-mail avec le chiffre sur la première ligne.
rating-how-here = Écrivez simplement le chiffre ici.

rating-unsettled = Si quelque chose n'est pas encore réglé, écrivez-nous de quoi il s'agit et notre équipe s'en occupera de nouveau.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Merci, cela nous aide.
rating-thanks-better = Merci, cela nous aide. Que pourrions-nous améliorer ? Un mot ici dans l'heure qui vient suffit ; vous n'êtes pas obligé de répondre.
rating-thanks-good = Merci, cela nous aide. Qu'avez-vous apprécié ? Un mot ici dans l'heure qui vient suffit ; vous n'êtes pas obligé de répondre.

# To a score that replaces an earlier one
rating-changed = Nous avons noté votre nouvelle évaluation.
