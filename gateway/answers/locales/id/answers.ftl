# What Gatehouse says to users, in Indonesian. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Pesan Anda sudah kami terima [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Halo,

    Terima kasih telah menghubungi { $brand }. Pesan Anda sudah kami terima. Nomor tiket Anda: { $case }.

ack-next =
    Selanjutnya: tim kami akan membaca pesan Anda dan membalasnya, biasanya dalam 24 jam. Beberapa masalah perlu waktu lebih lama untuk diperiksa; jika demikian, Anda akan kami beri tahu. Anda tidak perlu mengirim pesan lagi; antrean Anda tetap terjaga. Jika aset Anda terancam, segera bekukan akun Anda di aplikasi atau di situs web kami, tanpa menunggu balasan dari kami.

# Where the case runs by email
ack-reply-mail =
    Untuk menambahkan informasi, cukup balas email ini tanpa mengubah subjeknya agar semuanya tercatat dalam satu tiket. Informasi yang paling membantu kami adalah ID akun Anda (UID) dan waktu kejadian; untuk deposit atau penarikan, sertakan juga hash transaksi (TxID), jaringan, aset, dan jumlahnya.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Untuk menambahkan informasi, cukup tulis di percakapan ini. Informasi yang paling membantu kami adalah ID akun Anda (UID) dan waktu kejadian; untuk deposit atau penarikan, sertakan juga hash transaksi (TxID), jaringan, aset, dan jumlahnya.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Kami tidak akan pernah meminta:
    - kata sandi Anda
    - seed phrase (frasa pemulihan) atau private key Anda
    - kode verifikasi dari SMS, email, atau aplikasi autentikator
    - akses jarak jauh ke ponsel atau komputer Anda, atau berbagi layar
    - pembayaran atau transfer, baik untuk membuka blokir, memverifikasi, maupun "mengamankan" akun Anda

# $brand: brand
ack-phishing =
    Siapa pun yang meminta salah satu hal di atas dengan mengatasnamakan { $brand } adalah penipu, meskipun ia mengetahui nomor tiket Anda. Mohon jangan membalasnya, dan beri tahu kami melalui tiket ini.

# $official: our official addresses and accounts, separated by commas
ack-official = Alamat dan akun resmi kami: { $official }

# $brand: brand
signature = Layanan Pelanggan { $brand }

## Warnings

warning-heading = Penting, mohon baca ini terlebih dahulu:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Bukan milik kami, meskipun mengaku sebagai { $brand }: { $names }. Tidak ada orang kami di sana.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Ada pihak dalam pesan Anda yang mengaku sebagai { $brand }. Pihak itu bukan bagian dari kami dan tidak bekerja untuk kami.

advice-look-alike =
    Bukan milik kami, meskipun terlihat mirip dengan { $brand }: { $names }. Penipu sengaja memilih nama seperti itu agar Anda mengira itu kami.

advice-look-alike-unnamed =
    Pesan Anda menyebut akun atau alamat yang terlihat mirip dengan { $brand }, tetapi bukan milik kami. Penipu sengaja memilih nama seperti itu agar Anda mengira itu kami.

advice-reported-scam =
    Sudah dilaporkan sebagai penipuan dan sama sekali tidak terkait dengan { $brand }: { $names }.

advice-reported-scam-unnamed =
    Pesan Anda menyebut akun atau alamat yang sudah dilaporkan sebagai penipuan. Akun atau alamat itu sama sekali tidak terkait dengan { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Ada pesan yang mencantumkan alamat { $brand } sebagai pengirim, tetapi tidak lolos pemeriksaan kami. Pengirimnya mungkin dipalsukan: alamat di kolom pengirim bisa diisi apa saja. Mohon jangan mengikuti isi pesan tersebut.

advice-link-mismatch =
    Ada tautan dalam pesan Anda yang tidak mengarah ke alamat yang ditampilkannya. Tujuan sebenarnya: { $names }

advice-link-mismatch-unnamed =
    Ada tautan dalam pesan Anda yang tidak mengarah ke alamat yang ditampilkannya, melainkan ke alamat lain.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Anda telah mengirimkan frasa pemulihan atau private key kepada kami. Kami sudah menghapusnya dari pesan Anda: tidak seorang pun di { $brand } membacanya, dan tidak ada yang memerlukannya. Namun, siapa pun yang mengetahuinya menguasai seluruh isi dompet itu, dan Anda tidak bisa memastikan siapa lagi yang pernah melihatnya. Segera buat dompet baru dengan frasa pemulihan baru, lalu pindahkan aset Anda ke sana. Jangan pernah memasukkan frasa yang lama di situs mana pun, dan jangan pernah mengirimkan frasa yang baru kepada siapa pun, termasuk kepada kami.

advice-secret-password =
    Anda telah mengirimkan kata sandi atau kunci rahasia autentikator kepada kami. Kami sudah menghapusnya dari pesan Anda: tidak seorang pun di { $brand } membacanya. Segera ganti di aplikasi atau di situs web kami, juga di layanan lain yang memakai kata sandi yang sama, dan atur ulang verifikasi dua langkah Anda.

advice-secret-code =
    Anda telah mengirimkan kode verifikasi kepada kami. Kami sudah menghapusnya dari pesan Anda, dan kami tidak akan pernah memintanya. Jika ada yang meminta kode itu dari Anda, segera bekukan akun Anda di aplikasi atau di situs web kami, lalu ganti kata sandi Anda.

advice-secret-card =
    Anda telah mengirimkan nomor kartu kepada kami. Kami sudah menghapusnya dari pesan Anda. Kami tidak memerlukannya; jika Anda pernah memberikannya kepada orang lain, mintalah bank Anda memblokir kartu tersebut.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Waspadai siapa pun yang menjanjikan pengembalian koin yang hilang atau dicuri, baik dengan meminta biaya, meminta akses ke dompet Anda, maupun lewat bantuan "hacker": tidak ada yang bisa melakukannya, dan yang menawarkannya akan menipu Anda untuk kedua kali. { $brand } tidak pernah memungut biaya untuk bantuan.

advice-giveaway =
    Hadiah, airdrop, dan deposit yang dilipatgandakan adalah penipuan jika Anda harus membayar, menghubungkan dompet, atau mengirim koin terlebih dahulu. Semua hadiah dari { $brand } diumumkan di dalam aplikasi.

advice-fake-support =
    Tidak ada orang dari { $brand } yang akan meminta Anda "memvalidasi", "menyinkronkan", atau menghubungkan dompet, mengisi formulir dengan frasa pemulihan, memasang program akses jarak jauh, atau menghubungi akun pribadi. Siapa pun yang meminta hal itu adalah penipu, apa pun nama yang dipakainya.

advice-investment =
    Pekerjaan yang mengharuskan Anda menyetor uang, sinyal dengan untung pasti, dan orang yang belum pernah Anda temui tetapi mengajari Anda berinvestasi adalah modus penipuan yang sudah dikenal: awalnya ditampilkan keuntungan kecil, lalu dana tidak pernah bisa ditarik. Mohon jangan mengirim apa pun lagi, dan beri tahu kami jika Anda sudah terlanjur mengirim.

# For a finding without a text of its own
advice-caution =
    Ada hal dalam pesan Anda yang membuat kami perlu mengingatkan Anda untuk berhati-hati. Tim kami akan memeriksanya.

# $official: the true account, address or domain that is imitated
warning-true-one = Alamat atau akun yang asli: { $official }

warning-what-to-do =
    Yang perlu Anda lakukan: jangan membalas pihak tersebut, jangan membuka tautan apa pun, dan jangan mengirim kode, dokumen, atau uang. Jika Anda sudah mengirim sesuatu atau login di sana: segera bekukan akun Anda, ganti kata sandi, atur ulang verifikasi dua langkah, dan ceritakan kejadiannya kepada kami melalui tiket ini, tetapi jangan pernah menyertakan kata sandi atau kode itu sendiri.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Pesan Anda kepada { $brand }
answer-files = Berkas-berkas ini terlalu besar untuk surel. Anda dapat mengambilnya di sini sampai { $until }:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Bahasa Indonesia

command-help = Cara mendapatkan bantuan di sini
command-new = Sampaikan masalah baru
command-status = Lihat perkembangan tiket Anda
command-verify = Apakah akun, alamat, atau tautan ini milik kami?
command-report = Laporkan akun palsu, langkah demi langkah
command-language = Pilih bahasa
command-close = Tutup tiket

## Commands: /start and /help

# $brand: brand
start-hello =
    Selamat datang di layanan pelanggan { $brand }.

    Saya asisten otomatis: saya menerima pesan Anda, dan tim kami yang membalasnya di sini. Silakan langsung tulis keperluan Anda.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Kami tidak pernah meminta kata sandi, seed phrase atau private key, kode verifikasi, akses jarak jauh ke perangkat Anda, maupun pembayaran. Siapa pun yang memintanya atas nama kami adalah penipu.

# $case: case number
start-bound = Halo lagi. Percakapan ini sekarang melanjutkan tiket Anda { $case }. Semua yang Anda tulis di sini akan sampai ke tim yang menanganinya.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Selamat datang. Saya tidak bisa membuka tiket dengan tautan ini; mungkin sudah pernah dipakai, atau dibuat untuk percakapan lain. Tidak masalah: silakan tulis keperluan Anda di sini, dan jika Anda punya nomor tiket, sertakan juga.

help-hello = Silakan langsung tulis keperluan Anda, seperti berbicara dengan orang: tim kami membacanya dan membalas di sini. Perintah berikut juga bisa membantu:

# A command that we do not know
unknown-command = Maaf, saya tidak mengenal perintah ini. Silakan tulis keperluan Anda tanpa garis miring, atau lihat /help.

button-status = Tiket saya
button-verify = Periksa akun
button-report = Laporkan akun palsu
button-language = Bahasa / Language
button-new = Hubungi tim kami

## Commands: /new

new-ask =
    Silakan: pesan Anda berikutnya akan membuka tiket baru. Apa masalahnya, dan kapan terjadinya?

    Informasi yang membantu kami adalah ID akun Anda (UID); untuk deposit atau penarikan, sertakan juga hash transaksi (TxID), jaringan, aset, dan jumlahnya. Mohon jangan mengirim kata sandi, kode, atau seed phrase.

# $case: case number
new-opened = Terima kasih, sudah saya teruskan ke tim kami sebagai tiket { $case }. Pesan Anda berikutnya akan ditambahkan ke tiket ini.

## Commands: /status

status-none = Anda belum punya tiket di sini. Silakan tulis keperluan Anda, dan saya akan membuatkannya.

# The same for a number that does not exist and for somebody else's
status-unknown = Anda tidak punya tiket dengan nomor ini di sini. Mohon periksa nomornya, atau tulis keperluan Anda.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Dibuka { $opened }, terakhir diperbarui { $changed }
    { $next }

# $count: how many more cases there are
status-more = Masih ada { $count } lagi. Untuk melihat salah satunya, tulis /status diikuti nomornya.

state-open = sedang ditangani tim kami
state-waiting = sudah dibalas
state-solved = ditutup

next-open = Selanjutnya: tim kami akan membaca dan membalas di sini. Anda tidak perlu mengirim pesan lagi; antrean Anda tetap terjaga.
next-waiting = Selanjutnya: giliran Anda, jika masih ada yang belum selesai. Tulis di sini, dan tiket ini akan kembali ke tim kami.
next-solved = Selanjutnya: tidak ada lagi. Jika menurut Anda belum selesai, tulis di sini, dan kami akan memeriksanya kembali.

## Commands: /language

language-ask = Anda ingin saya memakai bahasa apa?
language-chosen = Mulai sekarang saya akan memakai Bahasa Indonesia.

## Commands: /close

# $case: case number
close-ask = Tutup tiket Anda { $case }? Isinya tidak akan dihapus.
close-none = Anda tidak punya tiket terbuka yang bisa ditutup di sini.
# $case: case number
close-done = Tiket Anda { $case } sudah ditutup. Terima kasih telah menghubungi kami. Jika masalahnya muncul lagi, tulis di sini, atau gunakan /new untuk hal lain.
close-kept = Tiket tetap terbuka. Tim kami akan melanjutkannya.

button-close = Ya, tutup
button-keep = Tidak, biarkan terbuka

## Commands: in the middle of a question

cancelled = Dibatalkan; tidak ada yang dikirim. Anda bisa menghubungi kami kapan saja.
cancel-nothing = Tidak ada yang perlu dibatalkan. Silakan langsung tulis keperluan Anda.
button-cancel = Batal

# For a button that we did not make for this person, or whose question is over
button-stale = Tombol ini bukan untuk Anda atau sudah tidak berlaku. Silakan mulai lagi dengan /help.

## Commands: in a group

group-private = Mari lanjutkan lewat chat pribadi: di sini semua orang bisa membaca. Mohon jangan menulis nomor tiket atau data pribadi di grup ini. Kami tidak pernah menghubungi Anda lebih dulu.
button-private = Lanjut di chat pribadi
# $brand: brand
group-help = Saya asisten otomatis { $brand }. Di sini saya hanya memeriksa nama: tulis /verify diikuti namanya. Untuk hal lain, mari lanjutkan lewat chat pribadi. Kami tidak pernah menghubungi Anda lebih dulu, dan tidak pernah meminta kata sandi, kode, atau seed phrase.

## Commands: /verify

verify-ask = Akun, alamat, atau tautan mana yang perlu saya periksa? Tulis persis seperti yang Anda lihat, misalnya @nama, alamat email, atau tautan, atau teruskan pesan dari akun itu kepada saya.

# $official: one of our accounts; $platform: where it is
account-on = { $official } di { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } resmi dan tercantum dalam daftar resmi { $brand }. Ini hanya berlaku untuk penulisan yang persis sama.
verify-official-since = ✅ { $official } resmi dan tercantum dalam daftar resmi { $brand } sejak { $since }. Ini hanya berlaku untuk penulisan yang persis sama.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } tidak ada dalam daftar akun dan alamat resmi { $brand }. Selebihnya, saya tidak bisa memastikan apa pun tentangnya.
verify-not-listed-unnamed = Yang Anda tanyakan tidak ada dalam daftar akun dan alamat resmi { $brand }. Selebihnya, saya tidak bisa memastikan apa pun tentangnya.

# It was ours once
verify-retired = ⚠️ { $claim } pernah menjadi milik { $brand }, tetapi sekarang tidak lagi. Saat ini mungkin ada pihak lain di baliknya.
verify-retired-unnamed = ⚠️ Yang Anda tanyakan pernah menjadi milik { $brand }, tetapi sekarang tidak lagi. Saat ini mungkin ada pihak lain di baliknya.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } bukan milik kami. Tampilannya mirip dengan { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ Yang Anda tanyakan bukan milik kami. Tampilannya mirip dengan { $official }: { $technique }.

verify-scam = ⛔ { $claim } sudah dilaporkan sebagai penipuan. Sama sekali tidak terkait dengan { $brand }.
verify-scam-unnamed = ⛔ Yang Anda tanyakan sudah dilaporkan sebagai penipuan. Sama sekali tidak terkait dengan { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ Nama { $official } ada dalam daftar kami, tetapi akun yang memakainya bukan akun yang kami kenal: sebuah nama bisa berpindah tangan. Mohon jangan memercayainya sebelum tim kami mengonfirmasinya kepada Anda.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Pengirim pesan ini memakai nama yang terbaca seperti { $brand }, tetapi akunnya bukan milik kami. Siapa pun bisa memakai nama apa saja.

# The platform hides who wrote the forwarded message
verify-hidden = Pengirim pesan ini menyembunyikan akunnya, jadi saya tidak bisa memeriksanya: nama saja tidak membuktikan apa pun, termasuk nama kami. { $brand } tidak pernah menghubungi Anda lebih dulu. Dengan /report, Anda bisa menunjukkan akun itu kepada kami.

verify-unchecked = Saya tidak bisa memeriksanya. Mohon kirim satu nama setiap kali, persis seperti yang Anda lihat: @nama, alamat email, atau tautan.
verify-ambiguous = ⚠️ Ini bisa dibaca dengan lebih dari satu cara, dan salah satunya bukan milik kami. Mohon jangan membukanya.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Tautan ini tidak menunjukkan tujuannya, jadi saya tidak bisa memeriksanya. Mohon jangan membukanya; tautan kami sendiri selalu menampilkan nama kami secara lengkap.

# An address that coins are sent to
verify-wallet = Alamat tujuan pengiriman koin tidak bisa diperiksa: alamat itu tidak menunjukkan siapa pemiliknya. Kami tidak pernah meminta Anda mengirim koin ke mana pun untuk membuka blokir, memverifikasi, atau mengamankan akun. Alamat deposit hanya ditampilkan di aplikasi dan di situs web kami.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Saya membacanya sebagai nama di Telegram. Telegram tidak mengizinkan kami mencari akun orang berdasarkan nama, jadi saya hanya bisa mencocokkannya dengan daftar kami. Jika Anda melihatnya di tempat lain, kirimkan tautannya.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } adalah salah satu alamat { $brand }. Namun siapa pun dapat menuliskannya sebagai pengirim email, jadi alamat itu tidak menunjukkan siapa yang menulis kepada Anda. Jika ragu, tanyakan kepada kami di aplikasi atau di situs web kami.
verify-more = Isinya lebih banyak daripada yang dapat saya periksa sekaligus. Kirimkan sisanya satu per satu, dan jangan percayai apa pun sampai saat itu.

verify-care = Jika ada yang mengatasnamakan { $brand } di sana, mohon jangan membalas dan jangan mengirim apa pun. Anda bisa melaporkannya dengan /report.
verify-what-to-do = Mohon jangan membalas, jangan membuka tautan apa pun, dan jangan mengirim kode atau uang. Jika Anda sudah mengirim sesuatu: segera bekukan akun Anda di aplikasi atau di situs web kami, lalu gunakan /report.
verify-in-group = Mohon periksa tautan dan nama lewat chat pribadi dengan saya juga: grup adalah tempat favorit para penipu.

technique-confusable = memakai huruf atau angka yang terlihat mirip
technique-separator = bedanya hanya pada titik, tanda hubung, atau garis bawah
technique-embedded = menyisipkan nama kami ke dalam namanya sendiri
technique-link = nama kami ada di dalam tautan, tetapi tautannya mengarah ke tempat lain
technique-suffix = akhirannya berbeda dari milik kami
technique-elsewhere = itu nama kami, tetapi di platform atau situs yang tidak kami pakai dengan nama itu
technique-display-name = memakai nama kami sebagai nama tampilan
technique-affix = menambahkan kata seperti "support" atau "official" pada nama kami
technique-slip = itu nama kami dengan huruf yang dikurangi, ditambah, atau diganti
technique-region = menambahkan negara, wilayah, atau angka pada nama kami
technique-mark = menggambar tanda centang di namanya, padahal akun mana pun bisa melakukannya
technique-redirect = tautannya meneruskan ke alamat lain, bukan yang ditampilkan
technique-words = gaya bicaranya seolah-olah itu kami
technique-other = sengaja dibuat agar dikira milik kami

## Commands: /report

report-begin = Terima kasih sudah memberi tahu kami: ini juga melindungi orang lain. Saya akan mengajukan tiga pertanyaan singkat; Anda bisa berhenti kapan saja.
report-kind = Apa yang ingin Anda laporkan?
report-what-account = Yang mana? Teruskan pesan darinya kepada saya, atau kirim nama atau tautannya. Jika akunnya disembunyikan, pilih akun itu dengan tombol di bawah.
report-what-address = Yang mana? Kirim tautan atau alamatnya persis seperti yang Anda lihat, atau teruskan pesan yang memuatnya. Mohon jangan membukanya.

# $brand: brand
report-official = ✅ Yang ini ada dalam daftar resmi { $brand }, jadi memang milik kami. Jika menurut Anda tetap ada yang janggal, silakan lanjutkan.

report-harm = Apakah Anda sudah mengirim sesuatu kepada mereka: uang, kode, kata sandi, dokumen? Atau login di suatu tempat atas permintaan mereka?
report-harm-again = Sudah saya catat. Satu pertanyaan lagi: apakah Anda sudah mengirim sesuatu kepada mereka (uang, kode, kata sandi, dokumen), atau login di suatu tempat atas permintaan mereka?
report-story = Baik. Apa yang terjadi? Ceritakan dengan kata-kata Anda sendiri dalam satu pesan, atau tekan tombol untuk mengirim laporan apa adanya.
report-noted = Sudah saya tambahkan. Tulis apa yang terjadi, atau tekan tombol untuk mengirim laporan.

# What a user must do at once who has given something away
report-freeze = ⚠️ Mohon lakukan ini sekarang: bekukan akun Anda di aplikasi atau di situs web kami, ganti kata sandi, dan atur ulang verifikasi dua langkah. Jangan mengirim apa pun lagi, meskipun mereka berjanji mengembalikan yang hilang.

# $case: case number; $kind: one of the kind texts
report-sent = Laporan Anda sudah sampai di tim kami. Tiket { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Yang dilaporkan: { $seen }
report-tell-more = Setelah itu, ceritakan kejadiannya di sini: kapan, apa yang Anda kirim, dan ke mana (hash transaksi, alamat). Semuanya akan ditambahkan ke tiket Anda. Jangan pernah mengirim kata sandi atau kode itu sendiri.
report-thanks = Terima kasih. Kami akan memeriksanya, dan membalas di sini jika perlu keterangan lebih lanjut. Mohon jangan membalas mereka lagi. Untuk menambahkan informasi, cukup tulis di sini.

# $case: case number. A command has ended the report before its last question
report-passed-on = Laporan Anda sudah saya teruskan sejauh yang sudah terisi: tiket { $case }.
report-new-again = Pesan Anda berikutnya akan ditambahkan ke tiket itu. Untuk hal lain, kirim /new sekali lagi.

kind-account = Akun
kind-group = Grup atau channel
kind-website = Situs web atau tautan
kind-mail = Email
kind-other = Lainnya

button-pick-user = Pilih akun
button-pick-chat = Pilih grup atau channel
button-skip = Tidak bisa memilih
button-yes = Ya, sudah
button-no = Tidak, belum
button-send = Kirim laporan

## Chats: acknowledgement and files

# $case: case number
chat-received = Terima kasih, pesan Anda sudah kami terima. Tiket Anda: { $case }. Tim kami akan membacanya dan membalas di sini, biasanya dalam 24 jam. Untuk menambahkan informasi, cukup tulis di sini; /status menampilkan perkembangannya. Jika aset Anda terancam, segera bekukan akun Anda di aplikasi atau di situs web kami.

# $case: case number
chat-encrypted = Pesan Anda sudah masuk, tetapi terenkripsi ujung ke ujung dan tidak bisa dibaca di sini. Tiket Anda: { $case }. Mohon tulis kembali tanpa enkripsi, atau hubungi kami lewat jalur resmi kami yang lain.

file-too-large = Pesan Anda sudah masuk, tetapi ada satu file yang terlalu besar untuk kami terima di sini. Mohon kirim versi yang lebih kecil atau tangkapan layar bagian yang penting, atau jelaskan dengan kata-kata.
# $count: how many files, at least two
files-too-large = Pesan Anda sudah masuk, tetapi ada { $count } file yang terlalu besar untuk kami terima di sini. Mohon kirim versi yang lebih kecil atau tangkapan layar bagian yang penting, atau jelaskan dengan kata-kata.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } bukan milik kami dan tidak bekerja untuk { $brand }, apa pun nama yang ditampilkannya. Staf kami tidak pernah menghubungi Anda lebih dulu, dan tidak pernah meminta kata sandi, kode, seed phrase, atau pembayaran. Mohon jangan membalasnya.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Akun palsu di { $platform }: { $account }, terlihat di grup { $group }. Tiket { $case }.
# $official: one of our accounts
impostor-imitates = Akun ini meniru { $official }.
impostor-to-do = Mohon periksa, keluarkan dari grup, dan laporkan ke platform.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Terima kasih, pesan Anda sudah kami terima. Silakan lanjut lewat DM ke { $handle }: di sini semua orang bisa membaca. Kami tak pernah DM lebih dulu, dan tak pernah meminta kata sandi, seed phrase, private key, kode, akses jarak jauh, atau pembayaran.
public-warning = Hati-hati: kami hanya membalas dari { $handle }. Selain itu, yang mengatasnamakan kami adalah penipu: jangan kirim apa pun. Silakan DM { $handle }. Kami tak pernah DM lebih dulu atau meminta kata sandi, seed phrase, private key, kode, akses jarak jauh, atau pembayaran.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Hati-hati: di bawah postingan publik Anda ada yang membalas atas nama { $brand }, padahal bukan kami: { $account }. Jangan membalasnya, jangan membuka tautannya, dan jangan mengirim apa pun kepadanya. Kami hanya menghubungi Anda dari { $handle }. Jika Anda sudah mengirim sesuatu, segera bekukan akun Anda dan ceritakan kejadiannya kepada kami di sini.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Hati-hati: di bawah postingan publik Anda ada yang membalas atas nama { $brand }, padahal bukan kami. Jangan membalasnya, jangan membuka tautannya, dan jangan mengirim apa pun kepadanya. Kami hanya menghubungi Anda dari { $handle }. Jika Anda sudah mengirim sesuatu, segera bekukan akun Anda dan ceritakan kejadiannya kepada kami di sini.

# $link: the address of our privacy policy
privacy-line = Cara kami menangani tulisan Anda: { $link }

# $word: the word that lets automatic messages come again
opted-out = Anda tidak akan menerima pesan otomatis lagi di sini, kecuali peringatan jika Anda dalam bahaya. Tim kami tetap bisa membalas Anda. Untuk menerimanya lagi, tulis { $word }.
opted-in = Pesan otomatis sudah aktif kembali.

# $options: what may be written, separated by slashes
answer-with = Anda bisa menjawab dengan: { $options }
