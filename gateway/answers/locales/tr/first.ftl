# The first answer that helps, in Turkish. Keys and variables: see the English file.

## Chats: the number

first-received = Teşekkürler, mesajınız bize ulaştı. Talep numaranız: { $case }; son durumu /status ile görebilirsiniz.

## Mail: how to add something, where the receipt says all the rest

first-add = Bir şey eklemek için konu satırını değiştirmeden bu e-postayı yanıtlamanız yeterlidir; böylece her şey tek talepte kalır.

## What it is taken for, and who looks after it

first-account_stolen = Bunu tehlikedeki bir hesap olarak ele alıyoruz: önce güvenlik ekibimiz ilgilenir.
first-scam_suspected = Bunu dolandırıcılık şüphesi olarak ele alıyoruz: güvenlik ekibimiz inceliyor.
first-wrong_transfer = Bunu yanlış adrese veya ağa ya da memo olmadan yapılmış bir transfer olarak ele alıyoruz: kurtarma ekibimiz inceliyor.
first-deposit_not_credited = Bunu hesaba geçmeyen bir yatırma işlemi olarak ele alıyoruz: yatırma ekibimiz inceliyor.
first-withdrawal_delayed = Bunu geciken bir çekim olarak ele alıyoruz: çekim ekibimiz inceliyor.
first-liquidation_dispute = Bunu bir likidasyon veya vadeli işlem pozisyonu sorusu olarak ele alıyoruz: türev ekibimiz inceliyor.
first-spot_order = Bunu bir spot emir sorusu olarak ele alıyoruz: işlem ekibimiz inceliyor.
first-p2p_fiat = Bunu P2P veya banka transferi konusu olarak ele alıyoruz: ödeme ekibimiz inceliyor.
first-card = Bunu kart veya kartla alım konusu olarak ele alıyoruz: ödeme ekibimiz inceliyor.
first-kyc = Bunu kimlik doğrulama sorusu olarak ele alıyoruz: doğrulama ekibimiz inceliyor.
first-login = Bunu giriş sorunu olarak ele alıyoruz: hesap ekibimiz inceliyor.
first-account_data_change = Bunu hesap bilgilerinizin değiştirilmesi olarak ele alıyoruz: hesap ekibimiz inceliyor.
first-account_closure = Bunu hesap kapatma olarak ele alıyoruz: hesap ekibimiz inceliyor.
first-api = Bunu API sorusu olarak ele alıyoruz: teknik ekibimiz inceliyor.
first-promotion = Bunu kampanya veya iade sorusu olarak ele alıyoruz: ödül ekibimiz inceliyor.
first-fees = Bunu ücret sorusu olarak ele alıyoruz: destek ekibimiz inceliyor.
first-policy = Bunu kurallar ve mevzuat sorusu olarak ele alıyoruz: destek ekibimiz, gerekirse uyum ekibiyle birlikte yanıtlar.
first-authority_request = Bunu bir resmî makamın veya temsilcisinin talebi olarak ele alıyoruz: hukuk ekibimiz ilgilenir.
first-complaint = Şikâyet etmenize neden olduğumuz için üzgünüz. Şikâyetinizi bir kişi okur ve neyin yanlış gittiğini araştırır.
first-feedback = Öneriniz için teşekkürler: ürünü geliştirenlere iletiyoruz. Her öneriye ayrı yanıt veremiyoruz.
first-praise = Güzel sözleriniz için teşekkürler: ilgili arkadaşlarımıza iletiyoruz. Başka bir şey yapmanız gerekmez.

## In every receipt: the net below what was not taken for danger

first-risk = Varlıklarınız risk altındaysa hemen uygulamadan veya web sitemizden hesabınızı dondurun.

## By when

first-when-hour = Bir saat içinde yanıt bekleyebilirsiniz.
first-when-few = { $hours } saat içinde yanıt bekleyebilirsiniz.
first-when-hours = { $hours } saat içinde yanıt bekleyebilirsiniz.
first-when-usual = Genellikle 24 saat içinde yanıt bekleyebilirsiniz.

## What was recognised

seen-transaction = İşleminizi { $network } ağında görüyoruz: { $link }
seen-confirmed = İşleminizi { $network } ağında görüyoruz, şu ana kadarki onay sayısı { $confirmations }: { $link }
look-transaction = { $network } ağındaki işleminize buradan bakabilirsiniz: { $link }

## What is missing, each with where to find it

ask-heading = Devam edebilmemiz için sizden gerekenler:
ask-tx_hash = - İşlem hash'i (TxID): gönderdiğiniz cüzdanın veya borsanın çekim geçmişinde yer alır.
ask-address = - Coin'lerin gönderildiği adres: geçmişinizde işlemin yanında görünür.
ask-network = - Kullandığınız ağ, örneğin TRC20 veya ERC20: işlemle aynı sayfada yazar.
ask-account_id = - Hesap kimliğiniz (UID): uygulamada profil resminize dokunun.
ask-withdrawal_id = - Yatırma veya çekim numarası: varlık geçmişinizde o kaydı açın.
ask-order_id = - Emir numarası: emir geçmişinizde emri açın.
ask-memo = - Varsa girdiğiniz memo veya etiket: gönderen taraf bunu işlemle birlikte gösterir.
ask-amount = - Tutar ve varlık.
ask-time = - Ne zaman olduğu: tarih, saat ve saat dilimi.
ask-position = - Pozisyon: sözleşme, long veya short, kaldıraç; pozisyon geçmişinize bakın.
ask-email = - Hesabınızda kayıtlı e-posta adresi.
ask-link = - Söz konusu bağlantı veya hesap adı; yanlışlıkla tıklanmayacak biçimde yazın.
ask-screenshot = - Gördüğünüz ekranın görüntüsü; lütfen bakiyeleri, kodları ve başkalarının adlarını kapatın.
ask-never = Lütfen şifre, kod veya kurtarma ifadesi göndermeyin.
ask-documents = Belgeler ve kimlik fotoğrafları yalnızca buradan, asla mesajla değil: { $link }

## What a further message brought

recorded-all = Teşekkürler, { $case } numaralı talebinize kaydedildi. Başka eksik yok; ekibimiz devam ediyor.
recorded-some = Teşekkürler, { $case } numaralı talebinize kaydedildi. Hâlâ eksik olanlar:

## Danger: what to do now

freeze-in-app = - Hesabınızı hemen uygulamadan veya web sitemizden dondurun; bu, çekimleri durdurur. Yanıtımızı beklemeyin.
freeze-at-link = - Hesabınızı hemen dondurun, bu çekimleri durdurur; yanıtımızı beklemeyin: { $link }
danger-account_stolen =
    - Güvendiğiniz bir cihazdan hesabınızın ve e-posta kutunuzun şifresini değiştirin, iki adımlı doğrulamanızı yenileyin.
    - Tanımadığınız tüm oturumları kapatın; size ait olmayan API anahtarlarını ve çekim adreslerini silin.
    - Ücret karşılığı coin'lerinizi geri getireceğini söyleyen kimseye yanıt vermeyin: bu ikinci bir hırsızlıktır.
    - Kimseye şifre, kod veya kurtarma ifadesi vermeyin, bize bile.
danger-secret_shared =
    - Verdiğiniz bilgiyi artık yabancılar biliyor sayın: o şifreyi hemen güvendiğiniz bir cihazdan değiştirin ve iki adımlı doğrulamanızı yenileyin.
    - Kurtarma ifadesi veya özel anahtarsa: yeni ifadeli yeni bir cüzdan oluşturun ve varlıklarınızı oraya taşıyın.
    - Bir yere cüzdan bağladıysanız: izinleri iptal edin. API anahtarlarını silin, diğer oturumları kapatın, uzaktan erişim programlarını kaldırın.
    - Böyle bir şeyi bir daha kimseye göndermeyin, bize bile.
danger-scam_under_way =
    - Başka hiçbir şey göndermeyin: ne coin, ne “ücret”, ne “vergi”, ne kod; ne vaat ederlerse etsinler, neyle tehdit ederlerse etsinler.
    - Konuşmayı kesin, her uzaktan erişimi sonlandırın ve yazdıklarını delil olarak saklayın.
    - Onların sözüyle giriş yaptıysanız, cüzdan bağladıysanız veya bir şey kurduysanız: başka bir cihazdan şifrenizi değiştirin ve izinleri iptal edin.
    - Kayıp coin'leri geri getirmeyi vaat eden kimseye ödeme yapmayın.

## Further ways

articles-heading = Bu arada şunlar yardımcı olabilir:
links-heading = Bunları kendiniz yapabilirsiniz:
link-freeze = - Hesabınızı dondurun: { $link }
link-security = - Hesabınızın güvenliğini kontrol edin: { $link }
link-kyc = - Doğrulamanızın durumunu ve eksikleri görün: { $link }
link-upload = - Belge teslim edin: { $link }
link-status = - Yatırma, çekim ve alım satımın normal çalışıp çalışmadığını görün: { $link }
link-api_docs = - API belgeleri: { $link }

## Facts

fact-wrong_transfer = Zincirdeki transferler geri alınamaz. Bir şeyin kurtarılıp kurtarılamayacağı alıcı adresini kimin yönettiğine bağlıdır ve kesin değildir.
fact-deposit_not_credited = Yatırılan tutar, ağ yeterli sayıda onay verince hesaba geçer. Bir gezgin bunun ne kadar ilerlediğini gösterir.
fact-withdrawal_delayed = Çekim bizden çıkmadan önce kontrol edilir; sonrasında onay hızını ağ belirler.
fact-liquidation_dispute = Bir pozisyon, teminatı işaret fiyatına göre sürdürme teminatının altına düşünce likide edilir; bu fiyat son işlem fiyatı olmak zorunda değildir.
fact-p2p_fiat = P2P'de coin'leri ancak para kendi hesabınıza geçtikten sonra serbest bırakın: ödeme ekran görüntüsü hiçbir şeyi kanıtlamaz.
fact-kyc = Belgeler geçerli, eksiksiz ve size ait olmalıdır; ad, hesabınızdaki adla aynı olmalıdır.
fact-login = Kaybolan bir doğrulayıcı ancak kimliğiniz kontrol edildikten sonra sıfırlanır; bu zaman alır ve sizi korur.
fact-account_data_change = E-posta ve telefon, ikinci faktörle uygulamadan değiştirilir; sonrasında çekimler bir süre durur.
fact-account_closure = Hesap kapatılmadan önce bakiyeler çekilmeli, açık emirler ve pozisyonlar sonlandırılmalıdır.
fact-api = Bir API anahtarının gizli kısmı yalnızca bir kez gösterilir. Onu bize asla göndermeyin; anahtarın adı yeterlidir.

## Legal lines, kept apart from the facts

legal-heading = Yasal not:
legal-policy = Bu genel bilgidir, hukuki veya vergi danışmanlığı değildir. Kendi durumunuz için ülkenizdeki bir avukata veya vergi danışmanına başvurun.
legal-liquidation_dispute = Kaldıraçlı işlemde yatırdığınızın tamamını kaybedebilirsiniz. Bu yanıt yatırım tavsiyesi değildir; kabul ettiğiniz koşullar geçerlidir.
legal-liquidation_dispute-eu = Kripto varlıklar oynaktır; kaldıraçla yatırdığınızın tamamını kaybedebilirsiniz ve yatırımcı tazmin sistemleri bunu karşılamaz. Bu yanıt yatırım tavsiyesi değildir; resmî şikâyet veya ombudsmana başvuru hakkınız saklıdır.
legal-liquidation_dispute-uk = Yatırdığınız paranın tamamını kaybetmeye hazır değilseniz yatırım yapmayın. Bu yüksek riskli bir yatırımdır ve bir şey ters giderse korunmayı beklememelisiniz. Bu yanıt yatırım tavsiyesi değildir.
legal-authority_request = Resmî makamların taleplerini yalnızca hukuk ekibimiz, bunun için ayrılmış resmî kanaldan ve gönderen doğrulandıktan sonra yanıtlar. Bu kanaldan hiçbir müşteri hakkında bilgi verilmez.
legal-account_closure = Kara para aklamayla mücadele yasaları gerektirdiği için bazı kayıtlar hesap kapandıktan sonra da bir süre saklanmalıdır.
