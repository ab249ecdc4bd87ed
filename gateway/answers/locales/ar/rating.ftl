# The question how our help was, and what is said to its answer, in Arabic. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = كيف كانت مساعدتنا؟ [{ $case }]

# $case: case number
rating-ask = تم إغلاق تذكرتك { $case }. كيف كانت مساعدتنا؟ من 1 إلى 5، مع كلمة إن شئت (1: سيئة جدًا، 5: جيدة جدًا).

# How it is answered by email, and where there are no buttons
rating-how-mail = ما عليك سوى الرد على هذه الرسالة بكتابة الرقم في السطر الأول.
rating-how-here = ما عليك سوى كتابة الرقم هنا.

rating-unsettled = إذا كان هناك ما لم يُحل بعد، فاكتب لنا ما هو، وسينظر فيه فريقنا مرة أخرى.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = شكرًا لك، هذا يساعدنا.
rating-thanks-better = شكرًا لك، هذا يساعدنا. ما الذي يمكن أن يكون أفضل؟ تكفي كلمة هنا خلال الساعة القادمة، والإجابة ليست إلزامية.
rating-thanks-good = شكرًا لك، هذا يساعدنا. ما الذي كان جيدًا؟ تكفي كلمة هنا خلال الساعة القادمة، والإجابة ليست إلزامية.

# To a score that replaces an earlier one
rating-changed = لقد سجلنا تقييمك الجديد.
