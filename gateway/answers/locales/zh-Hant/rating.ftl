# The question how our help was, and what is said to its answer, in traditional Chinese. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = 您對我們的協助滿意嗎？[{ $case }]

# $case: case number
rating-ask = 您的案件 { $case } 已結案。您對我們的協助滿意嗎？請給 1 到 5 分，也可以順便寫一句話（1 分：很差，5 分：很好）。

# How it is answered by email, and where there are no buttons
rating-how-mail = 直接回覆這封郵件，在第一行寫上分數即可。
rating-how-here = 直接在這裡寫上分數即可。

rating-unsettled = 如果問題還沒有解決，請直接說明情況，我們的團隊會再次處理。

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = 謝謝您，這對我們很有幫助。
rating-thanks-better = 謝謝您，這對我們很有幫助。哪裡可以做得更好？一小時內在這裡寫一句就可以，不回答也沒關係。
rating-thanks-good = 謝謝您，這對我們很有幫助。哪裡讓您滿意？一小時內在這裡寫一句就可以，不回答也沒關係。

# To a score that replaces an earlier one
rating-changed = 您的新評分已記錄。
