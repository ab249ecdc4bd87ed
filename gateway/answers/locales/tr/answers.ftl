# What Gatehouse says to users, in Turkish. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Mesajınızı aldık [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Merhaba,

    { $brand } ekibine yazdığınız için teşekkür ederiz. Mesajınız bize ulaştı. Talep numaranız: { $case }.

ack-next =
    Bundan sonra: Ekibimizden biri mesajınızı okuyup size yanıt verir; bu genellikle 24 saat içinde olur. Bazı konuların incelenmesi daha uzun sürebilir; böyle bir durumda size haber veririz. Sıranızı korumak için yeniden yazmanıza gerek yoktur. Varlıklarınız risk altındaysa yanıtımızı beklemeden, uygulamadan veya web sitemizden hesabınızı hemen dondurun.

# Where the case runs by email
ack-reply-mail =
    Bir şey eklemek isterseniz bu e-postayı yanıtlamanız yeterlidir. Her şeyin aynı talepte kalması için lütfen konu satırını değiştirmeyin. Bize en çok yardımcı olacak bilgiler, hesap kimliğiniz (UID) ve olayın ne zaman olduğudur; para yatırma veya çekme işlemiyle ilgiliyse ayrıca işlem hash değeri (TxID), ağ, kripto varlık ve miktar da işimize yarar.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Bir şey eklemek isterseniz buraya, aynı görüşmeye yazmanız yeterlidir. Bize en çok yardımcı olacak bilgiler, hesap kimliğiniz (UID) ve olayın ne zaman olduğudur; para yatırma veya çekme işlemiyle ilgiliyse ayrıca işlem hash değeri (TxID), ağ, kripto varlık ve miktar da işimize yarar.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Sizden asla şunları istemeyiz:
    - şifrenizi
    - cüzdan kurtarma kelimelerinizi (seed phrase) veya özel anahtarlarınızı (private key)
    - SMS, e-posta veya kimlik doğrulama uygulamasıyla gelen bir doğrulama kodunu
    - telefonunuza veya bilgisayarınıza uzaktan erişim ya da ekran paylaşımı
    - hesabınızın kilidini açmak, hesabınızı doğrulamak veya "güvenceye almak" için bile olsa bir ödeme ya da transfer

# $brand: brand
ack-phishing =
    { $brand } adına bunlardan herhangi birini isteyen kişi, talep numaranızı bilse bile dolandırıcıdır. Lütfen ona yanıt vermeyin ve durumu bu talep üzerinden bize bildirin.

# $official: our official addresses and accounts, separated by commas
ack-official = Resmî adreslerimiz ve hesaplarımız: { $official }

# $brand: brand
signature = { $brand } Destek Ekibi

## Warnings

warning-heading = Önemli, lütfen önce bunu okuyun:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    { $brand } olduğunu öne sürüyor ama bize ait değil: { $names }. Oradaki hiç kimse bizim için çalışmıyor.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Mesajınızda geçen biri kendisini { $brand } olarak tanıtıyor. Bu kişinin bizimle ilgisi yoktur ve bizim için çalışmamaktadır.

advice-look-alike =
    { $brand } gibi görünüyor ama bize ait değil: { $names }. Dolandırıcılar, onları biz sanmanız için böyle adlar seçer.

advice-look-alike-unnamed =
    Mesajınızda { $brand } gibi görünen ama bize ait olmayan bir hesap veya adres geçiyor. Dolandırıcılar, onları biz sanmanız için böyle adlar seçer.

advice-reported-scam =
    Dolandırıcılık nedeniyle şikâyet edilmiştir ve { $brand } ile hiçbir ilgisi yoktur: { $names }.

advice-reported-scam-unnamed =
    Mesajınızda, dolandırıcılık nedeniyle şikâyet edilmiş bir hesap veya adres geçiyor. Bunun { $brand } ile hiçbir ilgisi yoktur.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Göndereni { $brand } adresi gibi görünen bir mesaj kontrollerimizden geçemedi. Gönderen sahte olabilir: Gönderen satırına herhangi bir adres yazılabilir. Lütfen bu mesajda söylenenleri yapmayın.

advice-link-mismatch =
    Mesajınızdaki bir bağlantı, göründüğü yere gitmiyor. Aslında gittiği yer: { $names }

advice-link-mismatch-unnamed =
    Mesajınızdaki bir bağlantı, göründüğü yere değil, başka bir adrese gidiyor.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Bize kurtarma kelimelerinizi veya bir özel anahtar gönderdiniz. Bunu mesajınızdan çıkardık: { $brand } bünyesinde kimse okumadı ve kimsenin buna ihtiyacı yok. Ancak bunu bilen kişi o cüzdandaki her şeyin sahibi olur ve başka kimlerin gördüğünü bilemezsiniz. Hemen yeni kurtarma kelimeleriyle yeni bir cüzdan oluşturun ve varlıklarınızı oraya taşıyın. Eski kelimeleri bir daha hiçbir siteye girmeyin, yenilerini de biz dahil hiç kimseye göndermeyin.

advice-secret-password =
    Bize bir şifre veya kimlik doğrulama uygulamanızın gizli anahtarını gönderdiniz. Bunu mesajınızdan çıkardık: { $brand } bünyesinde kimse okumadı. Hemen uygulamadan veya web sitemizden, ayrıca aynısını kullandığınız her yerde değiştirin ve iki adımlı doğrulamanızı yenileyin.

advice-secret-code =
    Bize bir doğrulama kodu gönderdiniz. Bunu mesajınızdan çıkardık; sizden asla böyle bir kod istemeyiz. Biri sizden bu kodu istediyse hemen uygulamadan veya web sitemizden hesabınızı dondurun ve şifrenizi değiştirin.

advice-secret-card =
    Bize bir kart numarası gönderdiniz. Bunu mesajınızdan çıkardık. Bu numaraya ihtiyacımız yok; başka birine verdiyseniz bankanızdan kartı kapatmasını isteyin.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Bir ücret karşılığında, cüzdanınıza erişim vermeniz karşılığında veya bir "hacker" yardımıyla kayıp ya da çalınmış kripto paralarınızı geri getireceğini söyleyenlere dikkat edin: Bunu kimse yapamaz; bunu teklif edenler sizi ikinci kez soyar. { $brand } yardım için asla para almaz.

advice-giveaway =
    Önce ödeme yapmanızı, cüzdan bağlamanızı veya kripto para göndermenizi isteyen ödüller, airdroplar ve "yatırdığını ikiye katlama" vaatleri dolandırıcılıktır. { $brand } tarafından dağıtılan her şey uygulamanın kendisinde duyurulur.

advice-fake-support =
    { $brand } çalışanlarından hiç kimse cüzdanınızı "doğrulamanızı", "senkronize etmenizi" veya bağlamanızı, kurtarma kelimelerinizi bir forma yazmanızı, uzaktan erişim programı kurmanızı ya da kişisel bir hesaba yazmanızı istemez. Bunu isteyen kişi, hangi adı kullanırsa kullansın, dolandırıcıdır.

advice-investment =
    Para yatırmanızı isteyen iş teklifleri, kesin kazanç vaat eden sinyaller ve hiç tanışmadığınız hâlde size yatırım öğreten kişiler bilinen dolandırıcılık yöntemleridir: Başta küçük kazançlar gösterilir, sonra hiçbir şey çekilemez. Lütfen başka bir şey göndermeyin; gönderdiyseniz bize bildirin.

# For a finding without a text of its own
advice-caution =
    Mesajınızda dikkatli olmanızı gerektiren bir şey var. Ekibimizden biri bunu inceleyecek.

# $official: the true account, address or domain that is imitated
warning-true-one = Gerçek adres veya hesap: { $official }

warning-what-to-do =
    Ne yapmalısınız: Bunun arkasındaki kişilere yanıt vermeyin, hiçbir bağlantıyı açmayın; kod, belge veya para göndermeyin. Daha önce bir şey gönderdiyseniz ya da orada oturum açtıysanız: Hesabınızı hemen dondurun, şifrenizi değiştirin, iki adımlı doğrulamanızı yenileyin ve ne olduğunu bu talep üzerinden bize anlatın; ancak şifrenin veya kodun kendisini asla yazmayın.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = { $brand } ekibine mesajınız
answer-files = Bu dosyalar bir e-posta için fazla büyük. { $until } tarihine kadar buradan alabilirsiniz:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Türkçe

command-help = Burada nasıl yardım alırsınız
command-new = Yeni bir konu için yazın
command-status = Taleplerinizin durumu
command-verify = Bu hesap, adres veya bağlantı bize mi ait?
command-report = Dolandırıcıyı adım adım bildirin
command-language = Dilinizi seçin
command-close = Bir talebi kapatın

## Commands: /start and /help

# $brand: brand
start-hello =
    { $brand } destek hizmetine hoş geldiniz.

    Ben otomatik bir asistanım: Yazdıklarınızı ben alırım, size burada ekibimiz yanıt verir. Konunuzu yazmanız yeterlidir.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Sizden asla şifrenizi, kurtarma kelimelerinizi veya özel anahtarlarınızı, doğrulama kodunu, cihazınıza uzaktan erişimi ya da bir ödemeyi istemeyiz. Bizim adımıza bunu yapan kişi dolandırıcıdır.

# $case: case number
start-bound = Tekrar merhaba. Bu sohbet artık { $case } numaralı talebinizle devam ediyor. Buraya yazdığınız her şey, talebinizle ilgilenen kişilere ulaşır.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Merhaba! Bu bağlantıyla bir talep açamıyorum; bağlantı daha önce kullanılmış veya başka bir sohbet için verilmiş olabilir. Sorun değil: Konunuzu buraya yazın, talep numaranız varsa onu da ekleyin.

help-hello = Konunuzu bir insana anlatır gibi yazmanız yeterlidir: Ekibimiz okur ve burada yanıt verir. Şu komutlar da işinize yarayabilir:

# A command that we do not know
unknown-command = Bu komutu bilmiyorum. Konunuzu eğik çizgi kullanmadan yazın veya /help komutuna bakın.

button-status = Taleplerim
button-verify = Hesap kontrol et
button-report = Dolandırıcı bildir
button-language = Dil / Language
button-new = Ekibe yaz

## Commands: /new

new-ask =
    Buyurun: Bir sonraki mesajınız yeni bir talep açar. Konu nedir ve ne zaman oldu?

    Hesap kimliğinizi (UID) bilmek bize yardımcı olur; para yatırma veya çekme işlemiyle ilgiliyse ayrıca işlem hash değerini (TxID), ağı, kripto varlığı ve miktarı da yazın. Lütfen şifre, kod veya kurtarma kelimesi göndermeyin.

# $case: case number
new-opened = Teşekkürler, mesajınızı { $case } numaralı talep olarak ekibimize ilettim. Bundan sonra yazdıklarınız bu talebe eklenir.

## Commands: /status

status-none = Burada henüz bir talebiniz yok. Konunuzu yazın, sizin için bir talep açayım.

# The same for a number that does not exist and for somebody else's
status-unknown = Burada size ait bu numarada bir talep yok. Lütfen numarayı kontrol edin veya konunuzu yazın.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Açılış: { $opened }, son değişiklik: { $changed }
    { $next }

# $count: how many more cases there are
status-more = Ayrıca { $count } talep daha var. Birini görmek için /status ve numarasını yazın.

state-open = ekibimizde
state-waiting = yanıtlandı
state-solved = kapandı

next-open = Sırada: Ekibimizden biri okur ve burada yanıt verir. Sıranızı korumak için yeniden yazmanıza gerek yoktur.
next-waiting = Sırada: Çözülmeyen bir şey kaldıysa buraya yazın, talep yeniden ekibimize döner.
next-solved = Sırada: Yapmanız gereken bir şey yok. Sizin için çözülmediyse buraya yazın, yeniden bakalım.

## Commands: /language

language-ask = Sizinle hangi dilde konuşmamı istersiniz?
language-chosen = Bundan sonra sizinle Türkçe konuşacağım.

## Commands: /close

# $case: case number
close-ask = { $case } numaralı talebinizi kapatayım mı? Hiçbir şey silinmez.
close-none = Burada kapatılabilecek açık bir talebiniz yok.
# $case: case number
close-done = { $case } numaralı talebiniz kapandı. Bize yazdığınız için teşekkür ederiz. Konu yeniden gündeme gelirse buraya yazın; başka bir konu için /new komutunu kullanın.
close-kept = Talep açık kalıyor. Ekibimiz ilgilenmeye devam ediyor.

button-close = Evet, kapat
button-keep = Hayır, açık kalsın

## Commands: in the middle of a question

cancelled = Durduruldu; hiçbir şey gönderilmedi. Bize istediğiniz zaman yazabilirsiniz.
cancel-nothing = Durdurulacak bir şey yok. Konunuzu yazmanız yeterlidir.
button-cancel = İptal

# For a button that we did not make for this person, or whose question is over
button-stale = Bu düğme size ait değil veya süresi geçmiş. Lütfen /help ile yeniden başlayın.

## Commands: in a group

group-private = Özelden devam edelim: Burada yazılanları herkes okuyor. Lütfen bu gruba talep numarası veya kişisel bilgi yazmayın. Size asla önce biz yazmayız.
button-private = Özelden devam et
# $brand: brand
group-help = Ben { $brand } otomatik asistanıyım. Burada yalnızca adları kontrol ederim: /verify ve ardından adı yazın. Diğer her şey için özelden devam edelim. Size asla önce biz yazmayız ve asla şifre, kod veya kurtarma kelimesi istemeyiz.

## Commands: /verify

verify-ask = Hangi hesabı, adresi veya bağlantıyı kontrol edeyim? Gördüğünüz gibi yazın; örneğin bir @ad, e-posta adresi veya bağlantı. O hesabın bir mesajını bana iletebilirsiniz de.

# $official: one of our accounts; $platform: where it is
account-on = { $platform } üzerindeki { $official }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } resmîdir: { $brand } resmî listesinde yer alır. Bu, yalnızca tam olarak bu yazılış için geçerlidir.
verify-official-since = ✅ { $official } resmîdir: { $since } tarihinden beri { $brand } resmî listesinde yer alır. Bu, yalnızca tam olarak bu yazılış için geçerlidir.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim }, { $brand } resmî hesap ve adres listesinde yer almıyor. Bunun ötesinde bir şey söyleyemem.
verify-not-listed-unnamed = Sorduğunuz hesap veya adres, { $brand } resmî hesap ve adres listesinde yer almıyor. Bunun ötesinde bir şey söyleyemem.

# It was ours once
verify-retired = ⚠️ { $claim } bir zamanlar { $brand } hesabı veya adresiydi ama artık değil. Bugün arkasında başka biri olabilir.
verify-retired-unnamed = ⚠️ Sorduğunuz hesap veya adres bir zamanlar { $brand } bünyesindeydi ama artık değil. Bugün arkasında başka biri olabilir.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } bize ait değil. Şuna benziyor: { $official } ({ $technique }).
verify-look-alike-unnamed = ⚠️ Sorduğunuz hesap veya adres bize ait değil. Şuna benziyor: { $official } ({ $technique }).

verify-scam = ⛔ { $claim }, dolandırıcılık nedeniyle şikâyet edilmiştir. { $brand } ile hiçbir ilgisi yoktur.
verify-scam-unnamed = ⛔ Sorduğunuz hesap veya adres, dolandırıcılık nedeniyle şikâyet edilmiştir. { $brand } ile hiçbir ilgisi yoktur.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ { $official } adı listemizde yer alıyor ama bu adı taşıyan hesap bizim bildiğimiz hesap değil: Bir ad el değiştirebilir. Ekibimiz size onaylayana kadar lütfen bu hesaba güvenmeyin.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Bu mesajı yazan kişi { $brand } gibi okunan bir ad kullanıyor ama hesap bize ait değil. Herkes istediği adı seçebilir.

# The platform hides who wrote the forwarded message
verify-hidden = Bu mesajı yazan kişi hesabını gizliyor, bu yüzden kontrol edemiyorum: Bir ad, bizim adımız bile olsa, tek başına hiçbir şeyi kanıtlamaz. { $brand } size asla ilk mesajı yazmaz. /report ile hesabı bize gösterebilirsiniz.

verify-unchecked = Bunu kontrol edemedim. Lütfen her seferinde tek bir adı, gördüğünüz gibi gönderin: bir @ad, e-posta adresi veya bağlantı.
verify-ambiguous = ⚠️ Bu, birden fazla şekilde okunabiliyor ve bunlardan biri bize ait değil. Lütfen açmayın.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Bu bağlantının nereye gittiği görünmüyor, bu yüzden kontrol edemiyorum. Lütfen açmayın; bizim bağlantılarımızda adımız tam olarak görünür.

# An address that coins are sent to
verify-wallet = Kripto para gönderilen bir adres kontrol edilemez: Kime ait olduğu anlaşılmaz. Bir hesabın kilidini açmak, hesabı doğrulamak veya güvenceye almak için sizden asla bir yere kripto para göndermenizi istemeyiz. Yatırma adresleri yalnızca uygulamada ve web sitemizde gösterilir.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Bunu Telegram'daki bir ad olarak değerlendirdim. Telegram, kişilerin hesaplarını ada göre aramamıza izin vermiyor; bu yüzden yalnızca listemizle karşılaştırabilirim. Başka bir yerde gördüyseniz bana bağlantıyı gönderin.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official }, { $brand } adreslerinden biridir. Ancak bunu bir e-postanın göndereni olarak herkes yazabilir; bu nedenle size kimin yazdığını göstermez. Emin değilseniz bize uygulamadan veya web sitemizden sorun.
verify-more = Bir seferde kontrol edebileceğimden fazlası vardı. Kalanları bana tek tek gönderin; o zamana kadar hiçbirine güvenmeyin.

verify-care = Orada biri { $brand } adına konuşuyorsa lütfen yanıt vermeyin ve hiçbir şey göndermeyin. /report ile bildirebilirsiniz.
verify-what-to-do = Lütfen yanıt vermeyin, hiçbir bağlantıyı açmayın, kod ve para göndermeyin. Daha önce bir şey gönderdiyseniz: Hemen uygulamadan veya web sitemizden hesabınızı dondurun, ardından /report komutunu kullanın.
verify-in-group = Lütfen bağlantıları ve adları bana özelden de sorun: Gruplar, dolandırıcıların en sevdiği yerlerdendir.

technique-confusable = birbirine benzeyen harfler veya rakamlar kullanıyor
technique-separator = yalnızca nokta, tire veya alt çizgi farkı var
technique-embedded = adımızı kendi adının içine yerleştiriyor
technique-link = bağlantıda adımız geçiyor ama bağlantı başka bir yere gidiyor
technique-suffix = sonu bizimkinden farklı
technique-elsewhere = ad bizim, ama bu adı kullanmadığımız bir platformda veya sitede
technique-display-name = adımızı görünen ad olarak kullanıyor
technique-affix = adımıza "support", "official" veya "destek" gibi sözcükler ekliyor
technique-slip = adımızın harfleri eksiltilmiş, artırılmış veya değiştirilmiş hâli
technique-region = adımıza bir ülke, bölge veya sayı ekliyor
technique-mark = adına bir onay rozeti koyuyor; bunu her hesap yapabilir
technique-redirect = bağlantı, gösterdiğinden başka bir adrese yönlendiriyor
technique-words = bizmişiz gibi konuşuyor
technique-other = bize ait sanılsın diye hazırlanmış

## Commands: /report

report-begin = Bize bildirdiğiniz için teşekkür ederiz: Bu, başkalarını da korur. Size üç kısa soru soracağım; istediğiniz zaman durabilirsiniz.
report-kind = Neyi bildirmek istiyorsunuz?
report-what-account = Hangisi? Bana onun bir mesajını iletin ya da adını veya bağlantısını gönderin. Hesap gizliyse aşağıdaki düğmeyle gösterin.
report-what-address = Hangisi? Bağlantıyı veya adresi gördüğünüz gibi gönderin ya da içinde geçtiği mesajı bana iletin. Lütfen açmayın.

# $brand: brand
report-official = ✅ Bu, { $brand } resmî listesinde yer alıyor, yani bize ait. Yine de size yanlış gelen bir şey varsa devam edin.

report-harm = Onlara bir şey gönderdiniz mi: para, kod, şifre, belge? Ya da onların isteğiyle bir yerde oturum açtınız mı?
report-harm-again = Not ettim. Bir soru daha: Onlara bir şey (para, kod, şifre, belge) gönderdiniz mi ya da onların isteğiyle bir yerde oturum açtınız mı?
report-story = Peki. Ne oldu? Kendi sözlerinizle tek bir mesajda anlatın veya bildirimi bu hâliyle göndermek için düğmeye basın.
report-noted = Ekledim. Ne olduğunu yazın veya bildirimi göndermek için düğmeye basın.

# What a user must do at once who has given something away
report-freeze = ⚠️ Lütfen hemen şunu yapın: Uygulamadan veya web sitemizden hesabınızı dondurun, şifrenizi değiştirin ve iki adımlı doğrulamanızı yenileyin. Kaybınızı geri ödeyeceklerini söyleseler bile başka hiçbir şey göndermeyin.

# $case: case number; $kind: one of the kind texts
report-sent = Bildiriminiz ekibimize ulaştı. { $case } numaralı talep: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Bildirdiğiniz: { $seen }
report-tell-more = Ardından ne olduğunu bana buradan anlatın: ne zaman, ne gönderdiniz ve nereye (işlem hash değeri, adres). Bunlar talebinize eklenir. Şifrenin veya kodun kendisini asla göndermeyin.
report-thanks = Teşekkür ederiz. Konuyu inceleyeceğiz; daha fazla bilgiye ihtiyaç duyarsak size buradan yazacağız. Lütfen onlara artık yanıt vermeyin. Bir şey eklemek isterseniz buraya yazmanız yeterlidir.

# $case: case number. A command has ended the report before its last question
report-passed-on = Bildiriminizi şu ana kadarki hâliyle ekibimize ilettim: { $case } numaralı talep.
report-new-again = Bundan sonra yazdıklarınız bu talebe eklenir. Başka bir konu için /new komutunu bir kez daha gönderin.

kind-account = Hesap
kind-group = Grup veya kanal
kind-website = Web sitesi veya bağlantı
kind-mail = E-posta
kind-other = Başka bir şey

button-pick-user = Bir hesap göster
button-pick-chat = Grup veya kanal göster
button-skip = Gösteremiyorum
button-yes = Evet
button-no = Hayır
button-send = Bildirimi gönder

## Chats: acknowledgement and files

# $case: case number
chat-received = Teşekkürler, mesajınız bize ulaştı. Talep numaranız: { $case }. Ekibimizden biri okuyup size burada yanıt verir; bu genellikle 24 saat içinde olur. Bir şey eklemek isterseniz buraya yazmanız yeterlidir; son durumu /status ile görebilirsiniz. Varlıklarınız risk altındaysa hemen uygulamadan veya web sitemizden hesabınızı dondurun.

# $case: case number
chat-encrypted = Mesajınız bize ulaştı ama uçtan uca şifreli olduğu için burada okunamıyor. Talep numaranız: { $case }. Lütfen şifreleme olmadan yeniden yazın veya başka bir resmî kanalımızı kullanın.

file-too-large = Mesajınız bize ulaştı ama içindeki bir dosya burada alamayacağımız kadar büyük. Lütfen daha küçük bir sürümünü veya önemli kısmın ekran görüntüsünü gönderin ya da yazıyla anlatın.
# $count: how many files, at least two
files-too-large = Mesajınız bize ulaştı ama içindeki { $count } dosya burada alamayacağımız kadar büyük. Lütfen daha küçük sürümlerini veya önemli kısımların ekran görüntülerini gönderin ya da yazıyla anlatın.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } bize ait değildir ve hangi adı gösterirse göstersin { $brand } için çalışmamaktadır. Çalışanlarımız size asla önce yazmaz ve asla şifre, kod, kurtarma kelimesi veya ödeme istemez. Lütfen yanıt vermeyin.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ { $platform } üzerinde dolandırıcı: { $account }, görüldüğü grup: { $group }. Talep { $case }.
# $official: one of our accounts
impostor-imitates = Taklit ettiği hesap: { $official }.
impostor-to-do = Lütfen inceleyin, gruptan çıkarın ve platforma şikâyet edin.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Mesajınız bize ulaştı, teşekkürler. Lütfen { $handle } hesabına direkt mesajla devam edin: Burayı herkes okuyor. Asla önce biz yazmayız; şifre, kurtarma kelimesi, özel anahtar, kod, uzaktan erişim veya ödeme istemeyiz.
public-warning = Dikkat: Yalnızca { $handle } hesabından yanıt veririz. Adımıza yanıt veren diğer herkes dolandırıcıdır: Hiçbir şey göndermeyin, { $handle } hesabına yazın. Asla önce biz yazmayız; şifre, kurtarma kelimesi, özel anahtar, kod, uzaktan erişim veya ödeme istemeyiz.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Dikkat: Herkese açık gönderinizin altında, bize ait olmayan bir hesap { $brand } adına yanıt veriyor: { $account }. Ona yanıt vermeyin, bağlantılarını açmayın ve hiçbir şey göndermeyin. Size yalnızca { $handle } hesabından yazarız. Daha önce bir şey gönderdiyseniz hemen hesabınızı dondurun ve ne olduğunu bize buradan anlatın.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Dikkat: Herkese açık gönderinizin altında, bize ait olmayan bir hesap { $brand } adına yanıt veriyor. Ona yanıt vermeyin, bağlantılarını açmayın ve hiçbir şey göndermeyin. Size yalnızca { $handle } hesabından yazarız. Daha önce bir şey gönderdiyseniz hemen hesabınızı dondurun ve ne olduğunu bize buradan anlatın.

# $link: the address of our privacy policy
privacy-line = Yazdıklarınızı nasıl işliyoruz: { $link }

# $word: the word that lets automatic messages come again
opted-out = Tehlikede olduğunuzda yapılan uyarılar dışında buradan artık otomatik mesaj almayacaksınız. Ekibimiz size yine de yanıt verebilir. Yeniden almak için { $word } yazın.
opted-in = Otomatik mesajlar yeniden açıldı.

# $options: what may be written, separated by slashes
answer-with = Şunlardan birini yazabilirsiniz: { $options }
