# The question how our help was, and what is said to its answer, in Russian. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Как вы оцениваете нашу помощь? [{ $case }]

# $case: case number
rating-ask = Ваше обращение { $case } закрыто. Как вы оцениваете нашу помощь? От 1 до 5 и, если хотите, пара слов (1 — очень плохо, 5 — очень хорошо).

# How it is answered by email, and where there are no buttons
rating-how-mail = Просто ответьте на это письмо, указав число в первой строке.
rating-how-here = Просто напишите число здесь.

rating-unsettled = Если что-то ещё не решено, напишите нам об этом, и наша команда займётся этим снова.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Спасибо, это нам помогает.
rating-thanks-better = Спасибо, это нам помогает. Что можно улучшить? Достаточно пары слов здесь в течение часа; отвечать не обязательно.
rating-thanks-good = Спасибо, это нам помогает. Что понравилось? Достаточно пары слов здесь в течение часа; отвечать не обязательно.

# To a score that replaces an earlier one
rating-changed = Мы записали вашу новую оценку.
