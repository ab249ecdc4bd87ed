# The question how our help was, and what is said to its answer, in English. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = How was our help? [{ $case }]

# $case: case number
rating-ask = Your case { $case } is closed. How was our help? 1 to 5, and a word if you like (1: very poor, 5: very good).

# How it is answered by email, and where there are no buttons
rating-how-mail = Simply answer this email with the number in the first line.
rating-how-here = Simply write the number here.

rating-unsettled = If something is not settled yet, write to us what it is, and our team looks at it again.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Thank you, this helps us.
rating-thanks-better = Thank you, this helps us. What could be better? A word here within the next hour is enough; you need not answer.
rating-thanks-good = Thank you, this helps us. What was good? A word here within the next hour is enough; you need not answer.

# To a score that replaces an earlier one
rating-changed = We have noted your new rating.
