# The question how our help was, and what is said to its answer, in Spanish. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = ¿Qué le pareció nuestra ayuda? [{ $case }]

# $case: case number
rating-ask = Su caso { $case } está cerrado. ¿Qué le pareció nuestra ayuda? Del 1 al 5 y, si quiere, unas palabras (1: muy mala, 5: muy buena).

# How it is answered by email, and where there are no buttons
rating-how-mail = Simplemente responda a este correo con el número en la primera línea.
rating-how-here = Simplemente escriba el número aquí.

rating-unsettled = Si algo aún no está resuelto, escríbanos qué es y nuestro equipo lo revisará de nuevo.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Gracias, esto nos ayuda.
rating-thanks-better = Gracias, esto nos ayuda. ¿Qué podríamos mejorar? Basta con unas palabras aquí en la próxima hora; no es obligatorio responder.
rating-thanks-good = Gracias, esto nos ayuda. ¿Qué le gustó? Basta con unas palabras aquí en la próxima hora; no es obligatorio responder.

# To a score that replaces an earlier one
rating-changed = Hemos anotado su nueva valoración.
