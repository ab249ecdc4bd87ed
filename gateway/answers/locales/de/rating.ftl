# The question how our help was, and what is said to its answer, in German. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Wie war unsere Hilfe? [{ $case }]

# $case: case number
rating-ask = Ihr Vorgang { $case } ist abgeschlossen. Wie war unsere Hilfe? 1 bis 5, und gern ein Wort dazu (1: sehr schlecht, 5: sehr gut).

# How it is answered by email, and where there are no buttons
rating-how-mail = Antworten Sie einfach auf diese E-Mail, mit der Zahl in der ersten Zeile.
rating-how-here = Schreiben Sie die Zahl einfach hier.

rating-unsettled = Wenn noch etwas offen ist, schreiben Sie uns, was es ist; dann sieht unser Team es sich noch einmal an.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Vielen Dank, das hilft uns.
rating-thanks-better = Vielen Dank, das hilft uns. Was könnte besser sein? Ein Wort hier innerhalb der nächsten Stunde genügt; Sie müssen nicht antworten.
rating-thanks-good = Vielen Dank, das hilft uns. Was war gut? Ein Wort hier innerhalb der nächsten Stunde genügt; Sie müssen nicht antworten.

# To a score that replaces an earlier one
rating-changed = Wir haben Ihre neue Bewertung notiert.
