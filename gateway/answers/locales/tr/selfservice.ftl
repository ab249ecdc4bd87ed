# The same as in en/selfservice.ftl, where each text is explained.

command-cases = Tüm taleplerinizin listesi
command-reopen = Kapatılmış bir talebi yeniden açma
command-agent = Bir kişiyle görüşme
command-kyc = Kimlik doğrulamanızın durumu
command-security = Borsanın hesabınızın güvenliği hakkında söyledikleri
command-link = Başka bir hesabın da sizin olduğunu gösterme
button-agent = Bir kişiyle görüş

cases-head = Talepleriniz:
cases-line = { $case }: { $state }, son değişiklik { $changed }
cases-more = Ayrıca daha eski { $count } talep.
which-case = Birden fazla açık talebiniz var. Sözcüğü, kastettiğiniz talebin numarasıyla birlikte yeniden yazın:
reopen-none = Yeniden açılabilecek kapatılmış bir talebiniz yok.
reopen-done = { $case } numaralı talebiniz yeniden açıldı, ekibimiz bir kez daha bakıyor. Lütfen neyin hâlâ çözülmediğini yazın.
close-done-letter = { $case } numaralı talebiniz kapatıldı. Bize yazdığınız için teşekkürler. Yeni bir şey olursa bu e-postayı yanıtlamanız yeterli.

agent-done = Ekibimizden bir kişi { $case } numaralı talebinizde size yanıt verecek. Orada artık otomatik soru sorulmaz.
agent-opened = İsteğinizi { $case } numaralı talep olarak ekibimize ilettim. Konuyu ve ne zaman olduğunu yazın: böylece size daha çabuk yardım edebiliriz.

kyc-none = Kimlik doğrulamanız henüz başlatılmadı.
kyc-pending = Kimlik doğrulamanız inceleniyor.
kyc-approved = Kimlik doğrulamanız tamamlandı.
kyc-rejected = Kimlik doğrulamanız kabul edilmedi. Nedenini uygulamada veya web sitemizde görebilirsiniz.
kyc-other = Kimlik doğrulamanızın durumunu uygulamada veya web sitemizde görebilirsiniz.
kyc-missing =
    Hâlâ eksik olanlar:
    { $items }
kyc-item-document = bir kimlik belgesi
kyc-item-selfie = yüzünüzün bir fotoğrafı
kyc-item-address = bir adres belgesi
kyc-item-funds = paranızın kaynağını gösteren bir belge
kyc-item-other = uygulamada belirtilen başka bir şey

documents-link = Belgeleri yalnızca şu bağlantıdan iletin: { $link }. Sohbette, e-postayla veya herkese açık yerde asla göndermeyin.
documents-app = Belgeleri yalnızca uygulamadan veya web sitemizden iletin. Sohbette, e-postayla veya herkese açık yerde asla göndermeyin.
documents-here = ⚠️ Bu, kimliğinizi gösteren bir belgeye benziyor. Yapabiliyorsanız buradan silin: sohbet bunun yeri değildir.

security-none = Borsa burada hesabınızın güvenliği hakkında bilgi vermiyor. Uygulamada veya web sitemizde görebilirsiniz.
security-well = Borsa, hesabınızda kontrol ettiği konularda düzeltilecek bir şey bulmadı. Yine de tuhaf bir şey fark ederseniz hesabınızı uygulamada veya web sitemizde dondurun ve bize yazın.
security-weak =
    Lütfen yakında uygulamada veya web sitemizde şunlara bakın:
    { $items }
security-item-password = parolanız
security-item-factor = iki adımlı doğrulamanız
security-item-logins = olağan dışı girişler
security-item-devices = oturum açık cihazlar
security-item-keys = API anahtarlarınız
security-item-addresses = çekim adresleriniz
security-item-other = uygulamada belirtilen başka bir şey

customer-unknown = Borsa, yazdığınız yere ait bir hesap bilmiyor. Kayıtlı e-posta adresinizden yazın veya bu hesabı uygulamada bağlayın. Bunların hepsini uygulamada veya web sitemizde de görebilirsiniz.
customer-unchecked = Şu anda buna bakamıyorum. Lütfen daha sonra yeniden deneyin ya da uygulamaya veya web sitemize bakın.
customer-off = Buna burada bakamıyorum. Lütfen uygulamaya veya web sitemize bakın.

link-give =
    Kodunuz: { $code }

    Bunu { $minutes } dakika içinde diğer hesabınızdan bize gönderin. Telegram'da botumuza yazın: /link { $code }. X'te bize doğrudan mesaj gönderin: link { $code }. E-postayla, kayıtlı adresinizden şu konuyla yazın: link { $code }
link-never = ⚠️ Böyle bir kodu asla kimseye vermeyin ve birinin size verdiği kodu asla göndermeyin: bunu yapan, taleplerini bir yabancıya gösterir. Çalışanlarımız bunu asla istemez.
link-done = Tamam: { $platform } üzerindeki hesabınız ve bu hesap aynı kişinin sayılıyor. Artık her ikisinin taleplerini, yalnızca özel yazışmada, ikisinde de görürsünüz. Sona erdirmek için unlink yazın.
link-told = ⚠️ { $platform } üzerindeki bir hesap, burada aldığınız kodla az önce hesabınıza bağlandı. Taleplerinizi görebilir. Bunu siz yapmadıysanız hemen unlink yazın ve bize bildirin.
link-wrong = Bu kod kullanılamaz. Yenisini almak için kodu aldığınız yerde link yazın.
link-same = Lütfen bu kodu aldığınız hesaptan değil, diğer hesabınızdan gönderin.
link-many = Çok fazla yanlış kod gönderildi. Lütfen bir saat sonra yeniden deneyin.
link-full = Hesabınıza daha fazla hesap bağlanamaz. Önce birinde unlink yazın.
unlink-done = Tamam: bu hesap yeniden tek başına ve yalnızca kendi taleplerini görür.
unlink-none = Bu hesap başka bir hesaba bağlı değil.
unlink-told = { $platform } üzerindeki bir hesap artık hesabınıza bağlı değil. Bunu siz yapmadıysanız bize bildirin.

letter-subject = { $brand } için isteğiniz
letter-help = Bize kendi sözlerinizle yazabilirsiniz: ekibimizden biri okur. Ya da şu sözcüklerden birini tek başına, boş bir e-postanın konusu veya yanıtınızın tek sözcüğü olarak gönderin:
letter-verify = Hangi hesabı, adresi veya bağlantıyı kontrol edeyim? Boş bir e-postanın konusuna, şu sözcükten sonra yazın: { $word }
letter-report = Bize bildirdiğiniz için teşekkürler: bu başkalarını da korur. Mesajı bize iletin ya da hangi hesap, adres veya bağlantı olduğunu ve onlara bir şey gönderip göndermediğinizi yazın. Hiçbir bağlantıyı açmayın.
letter-unproven = Yalnızca sizin görebileceğiniz bir şey sorduysanız: e-postayla buna yalnızca e-posta sağlayıcınız göndereni kanıtladığında yanıt veririz. Mesajınızı ekibimizden biri okur.
