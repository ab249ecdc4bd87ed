# The same as in en/selfservice.ftl, where each text is explained.

command-cases = Daftar semua tiket Anda
command-reopen = Membuka kembali tiket yang sudah ditutup
command-agent = Bicara dengan petugas
command-kyc = Sejauh mana verifikasi identitas Anda
command-security = Keterangan bursa tentang keamanan akun Anda
command-link = Menunjukkan bahwa akun lain juga milik Anda
button-agent = Bicara dengan petugas

cases-head = Tiket Anda:
cases-line = { $case }: { $state }, terakhir berubah { $changed }
cases-more = Dan { $count } tiket yang lebih lama.
which-case = Anda punya lebih dari satu tiket terbuka. Tulis lagi kata itu, diikuti nomor tiket yang Anda maksud:
reopen-none = Anda tidak punya tiket tertutup yang bisa dibuka kembali.
reopen-done = Tiket { $case } Anda terbuka kembali dan tim kami memeriksanya lagi. Beri tahu kami apa yang belum selesai.
close-done-letter = Tiket { $case } Anda sudah ditutup. Terima kasih telah menulis kepada kami. Jika ada hal baru, cukup balas email ini.

agent-done = Petugas kami akan menjawab Anda di tiket { $case }. Di sana tidak ada lagi pertanyaan otomatis.
agent-opened = Permintaan Anda sudah saya teruskan ke tim kami sebagai tiket { $case }. Tulis apa masalahnya dan kapan terjadi, agar kami bisa membantu lebih cepat.

kyc-none = Verifikasi identitas Anda belum dimulai.
kyc-pending = Verifikasi identitas Anda sedang diperiksa.
kyc-approved = Verifikasi identitas Anda sudah selesai.
kyc-rejected = Verifikasi identitas Anda tidak diterima. Alasannya dapat dilihat di aplikasi atau situs kami.
kyc-other = Status verifikasi identitas Anda dapat dilihat di aplikasi atau situs kami.
kyc-missing =
    Masih kurang:
    { $items }
kyc-item-document = dokumen identitas
kyc-item-selfie = foto wajah Anda
kyc-item-address = bukti alamat
kyc-item-funds = bukti asal dana
kyc-item-other = hal lain yang disebut di aplikasi

documents-link = Serahkan dokumen hanya lewat tautan ini: { $link }. Jangan pernah mengirimnya lewat obrolan, email, atau di tempat umum.
documents-app = Serahkan dokumen hanya di aplikasi atau situs kami. Jangan pernah mengirimnya lewat obrolan, email, atau di tempat umum.
documents-here = ⚠️ Ini tampaknya dokumen yang menunjukkan identitas Anda. Hapus dari sini bila bisa: obrolan bukan tempatnya.

security-none = Bursa tidak memberi keterangan tentang keamanan akun Anda di sini. Lihat di aplikasi atau situs kami.
security-well = Dari yang diperiksa bursa pada akun Anda, tidak ada yang perlu diperbaiki. Jika Anda tetap melihat hal janggal, bekukan akun di aplikasi atau situs kami dan tulis kepada kami.
security-weak =
    Segera periksa hal berikut di aplikasi atau situs kami:
    { $items }
security-item-password = kata sandi Anda
security-item-factor = verifikasi dua langkah Anda
security-item-logins = login yang tidak biasa
security-item-devices = perangkat yang sedang login
security-item-keys = kunci API Anda
security-item-addresses = alamat penarikan Anda
security-item-other = hal lain yang disebut di aplikasi

customer-unknown = Bursa tidak mengenal akun yang terkait dengan tempat Anda menulis. Tulislah dari email terdaftar Anda, atau hubungkan akun ini di aplikasi. Semua ini juga dapat dilihat di aplikasi atau situs kami.
customer-unchecked = Saat ini saya tidak bisa memeriksanya. Coba lagi nanti, atau lihat di aplikasi atau situs kami.
customer-off = Saya tidak bisa memeriksanya di sini. Lihat di aplikasi atau situs kami.

link-give =
    Kode Anda: { $code }

    Kirimkan kepada kami dari akun Anda yang lain dalam { $minutes } menit. Di Telegram, tulis ke bot kami: /link { $code }. Di X, kirim pesan langsung kepada kami: link { $code }. Lewat email, tulis dari alamat terdaftar Anda dengan subjek: link { $code }
link-never = ⚠️ Jangan pernah memberikan kode seperti ini kepada siapa pun, dan jangan kirim kode yang diberikan orang kepada Anda: itu membuat orang asing bisa melihat tiket Anda. Petugas kami tidak pernah memintanya.
link-done = Selesai: akun Anda di { $platform } dan akun ini dianggap milik satu orang. Mulai sekarang Anda melihat tiket keduanya di masing-masing, hanya secara pribadi. Untuk mengakhirinya, tulis unlink.
link-told = ⚠️ Sebuah akun di { $platform } baru saja ditautkan dengan akun Anda memakai kode yang Anda terima di sini. Akun itu bisa melihat tiket Anda. Jika itu bukan Anda, segera tulis unlink dan beri tahu kami.
link-wrong = Kode ini tidak bisa dipakai. Tulis link di tempat Anda menerimanya untuk mendapat kode baru.
link-same = Kirim kode ini dari akun Anda yang lain, bukan dari akun yang menerimanya.
link-many = Terlalu banyak kode yang salah. Coba lagi dalam satu jam.
link-full = Tidak bisa menautkan lebih banyak akun. Tulis unlink dulu di salah satunya.
unlink-done = Selesai: akun ini berdiri sendiri lagi dan hanya melihat tiketnya sendiri.
unlink-none = Akun ini tidak ditautkan dengan akun lain.
unlink-told = Sebuah akun di { $platform } tidak lagi ditautkan dengan akun Anda. Jika itu bukan Anda, beri tahu kami.

letter-subject = Permintaan Anda kepada { $brand }
letter-help = Anda bisa menulis dengan kata-kata sendiri: petugas kami membacanya. Atau kirim salah satu kata ini saja, sebagai subjek email kosong atau sebagai satu-satunya kata dalam balasan Anda:
letter-verify = Akun, alamat, atau tautan mana yang harus saya periksa? Tulis sebagai subjek email kosong, setelah kata ini: { $word }
letter-report = Terima kasih telah memberi tahu: ini juga melindungi orang lain. Teruskan pesannya kepada kami, atau tulis akun, alamat, atau tautan mana dan apakah Anda sudah mengirim sesuatu kepada mereka. Jangan buka tautan apa pun.
letter-unproven = Jika Anda menanyakan hal yang hanya boleh dilihat Anda: lewat email kami hanya menjawabnya bila penyedia email Anda membuktikan siapa pengirimnya. Petugas kami membaca pesan Anda.
