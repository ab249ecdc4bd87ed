# The question how our help was, and what is said to its answer, in simplified Chinese. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = 您对我们的帮助满意吗？[{ $case }]

# $case: case number
rating-ask = 您的工单 { $case } 已关闭。您对我们的帮助满意吗？请打 1 到 5 分，也可以顺便写一句话（1 分：很差，5 分：很好）。

# How it is answered by email, and where there are no buttons
rating-how-mail = 直接回复这封邮件，在第一行写上分数即可。
rating-how-here = 直接在这里写上分数即可。

rating-unsettled = 如果问题还没有解决，请直接写明情况，我们的团队会再次处理。

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = 谢谢您，这对我们很有帮助。
rating-thanks-better = 谢谢您，这对我们很有帮助。哪里可以做得更好？一小时内在这里写一句就可以，不回答也没关系。
rating-thanks-good = 谢谢您，这对我们很有帮助。哪里让您满意？一小时内在这里写一句就可以，不回答也没关系。

# To a score that replaces an earlier one
rating-changed = 您的新评分已记录。
