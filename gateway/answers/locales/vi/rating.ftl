# The question how our help was, and what is said to its answer, in Vietnamese. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Quý khách thấy sự hỗ trợ của chúng tôi thế nào? [{ $case }]

# $case: case number
rating-ask = Yêu cầu { $case } của quý khách đã được đóng. Quý khách thấy sự hỗ trợ của chúng tôi thế nào? Cho điểm từ 1 đến 5, kèm vài lời nếu quý khách muốn (1: rất tệ, 5: rất tốt).

# How it is answered by email, and where there are no buttons
rating-how-mail = Chỉ cần trả lời email này và ghi điểm ở dòng đầu tiên.
rating-how-here = Chỉ cần ghi điểm tại đây.

rating-unsettled = Nếu còn điều gì chưa được giải quyết, hãy viết cho chúng tôi, đội ngũ của chúng tôi sẽ xem lại.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Cảm ơn quý khách, điều này giúp ích cho chúng tôi.
rating-thanks-better = Cảm ơn quý khách, điều này giúp ích cho chúng tôi. Điều gì có thể tốt hơn? Chỉ cần vài lời tại đây trong vòng một giờ; quý khách không bắt buộc phải trả lời.
rating-thanks-good = Cảm ơn quý khách, điều này giúp ích cho chúng tôi. Quý khách hài lòng về điều gì? Chỉ cần vài lời tại đây trong vòng một giờ; quý khách không bắt buộc phải trả lời.

# To a score that replaces an earlier one
rating-changed = Chúng tôi đã ghi nhận điểm mới của quý khách.
