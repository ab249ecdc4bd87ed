# The question how our help was, and what is said to its answer, in Korean. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = 저희 도움이 어떠셨나요? [{ $case }]

# $case: case number
rating-ask = 문의 { $case } 건이 종료되었습니다. 저희 도움이 어떠셨나요? 1점부터 5점까지 평가해 주시고, 원하시면 한마디 남겨 주세요 (1: 매우 나쁨, 5: 매우 좋음).

# How it is answered by email, and where there are no buttons
rating-how-mail = 이 메일에 답장하면서 첫 줄에 숫자를 적어 주시면 됩니다.
rating-how-here = 여기에 숫자를 적어 주시면 됩니다.

rating-unsettled = 아직 해결되지 않은 것이 있으면 내용을 적어 주세요. 저희 팀이 다시 확인하겠습니다.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = 감사합니다. 큰 도움이 됩니다.
rating-thanks-better = 감사합니다. 큰 도움이 됩니다. 무엇이 더 나아지면 좋을까요? 한 시간 안에 여기에 한마디만 적어 주셔도 충분하며, 답하지 않으셔도 됩니다.
rating-thanks-good = 감사합니다. 큰 도움이 됩니다. 무엇이 좋았나요? 한 시간 안에 여기에 한마디만 적어 주셔도 충분하며, 답하지 않으셔도 됩니다.

# To a score that replaces an earlier one
rating-changed = 새 평가를 기록했습니다.
