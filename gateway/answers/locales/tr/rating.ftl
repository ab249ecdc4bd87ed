# The question how our help was, and what is said to its answer, in Turkish. Plain text only.

# Subject of the mail that asks. $case: case number
rating-subject = Yardımımızdan memnun kaldınız mı? [{ $case }]

# $case: case number
rating-ask = { $case } numaralı talebiniz kapatıldı. Yardımımızdan memnun kaldınız mı? 1 ile 5 arasında bir puan verin, isterseniz birkaç kelime de ekleyin (1: çok kötü, 5: çok iyi).

# How it is answered by email, and where there are no buttons
rating-how-mail = Bu e-postayı, ilk satıra puanı yazarak yanıtlamanız yeterli.
rating-how-here = Puanı buraya yazmanız yeterli.

rating-unsettled = Henüz çözülmemiş bir şey varsa bize yazın, ekibimiz yeniden ilgilensin.

# To a score that came with a word; to a low one alone; to a good one alone
rating-thanks = Teşekkür ederiz, bu bize yardımcı oluyor.
rating-thanks-better = Teşekkür ederiz, bu bize yardımcı oluyor. Neyi daha iyi yapabilirdik? Bir saat içinde buraya birkaç kelime yazmanız yeterli; yanıt vermek zorunda değilsiniz.
rating-thanks-good = Teşekkür ederiz, bu bize yardımcı oluyor. Neyi beğendiniz? Bir saat içinde buraya birkaç kelime yazmanız yeterli; yanıt vermek zorunda değilsiniz.

# To a score that replaces an earlier one
rating-changed = Yeni puanınızı kaydettik.
