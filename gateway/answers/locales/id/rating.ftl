# The question how our help was, and what is said to its answer, in Indonesian. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Bagaimana bantuan kami? [{ $case }]

# $case: case number
rating-ask = Tiket Anda { $case } telah ditutup. Bagaimana bantuan kami? Beri nilai 1 sampai 5, dan sepatah kata jika Anda mau (1: sangat buruk, 5: sangat baik).

# How it is answered by email, and where there are no buttons
rating-how-mail = Cukup balas email ini dengan angka di baris pertama.
rating-how-here = Cukup tulis angkanya di sini.

rating-unsettled = Jika masih ada yang belum selesai, tuliskan kepada kami, dan tim kami akan memeriksanya lagi.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Terima kasih, ini membantu kami.
rating-thanks-better = Terima kasih, ini membantu kami. Apa yang bisa lebih baik? Cukup sepatah kata di sini dalam satu jam ke depan; Anda tidak wajib menjawab.
rating-thanks-good = Terima kasih, ini membantu kami. Apa yang sudah baik? Cukup sepatah kata di sini dalam satu jam ke depan; Anda tidak wajib menjawab.

# To a score that replaces an earlier one
rating-changed = Penilaian baru Anda sudah kami catat.
