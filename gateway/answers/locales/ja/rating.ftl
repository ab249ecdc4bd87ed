# The question how our help was, and what is said to its answer, in Japanese. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = サポートはいかがでしたか？[{ $case }]

# $case: case number
rating-ask = お問い合わせ { $case } は解決済みとなりました。サポートはいかがでしたか？1～5 の数字と、よろしければひと言をお聞かせください（1：とても悪い、5：とても良い）。

# How it is answered by email, and where there are no buttons
rating-how-mail = このメールにご返信のうえ、1 行目に数字をお書きください。
rating-how-here = ここに数字をお書きください。

rating-unsettled = まだ解決していないことがありましたら、その内容をお書きください。担当チームがもう一度確認いたします。

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = ありがとうございます。今後の参考にいたします。
rating-thanks-better = ありがとうございます。今後の参考にいたします。どのような点を改善できるでしょうか？1 時間以内にここへひと言お書きいただければ十分です。ご回答は任意です。
rating-thanks-good = ありがとうございます。今後の参考にいたします。どのような点が良かったでしょうか？1 時間以内にここへひと言お書きいただければ十分です。ご回答は任意です。

# To a score that replaces an earlier one
rating-changed = 新しい評価を記録いたしました。
