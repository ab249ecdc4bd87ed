# Bilinen kesintiler

incident-known = Bu, bildiğimiz ve üzerinde çalıştığımız bir durumla ilgili görünüyor: “{ $title }”.
incident-expected = En geç { $time } itibarıyla giderilmesini bekliyoruz.
incident-wait = Bunun için yeniden yazmanıza gerek yok: giderilir giderilmez size buradan haber veririz.
incident-over = “{ $title }” olarak bildiğimiz durum giderildi.
incident-over-next = { $case } numaralı talebiniz hâlâ çözülmediyse bu mesajı yanıtlamanız yeterli; yeniden bakarız.
incident-over-subject = [{ $case }] Kesinti giderildi
