## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = itiraz

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Mesajınız { $case } numaralı kayıt olarak bize ulaştı. Önceki mesajlar nedeniyle yazdıklarınıza yalnızca bir görevli, sırası geldiğinde yanıt verir. Bunun bir hata olduğunu düşünüyorsanız "{ $word }" sözcüğünü ve nedenini yazın: { $brand } görevlisi inceler. Varlıklarınız tehlikedeyse hesabınızı hemen uygulamada ya da sitemizde dondurun.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Lütfen az önce yazdığınızı silin: kişisel bilgi içeriyor ve burada herkes okuyor. { $handle } hesabına doğrudan mesajla devam edin. Size asla önce biz yazmayız; parola, kurtarma ifadesi, özel anahtar, kod ya da ödeme istemeyiz.
group-exposed = ⚠️ Lütfen bu grupta az önce yazdığınızı silin: herkesin okuyabildiği kişisel bilgi içeriyor. Size asla önce biz yazmayız; bunun üzerine size yazan kişi sahtekârdır.
