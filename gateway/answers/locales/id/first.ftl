# The first answer that helps, in Indonesian. Keys and variables: see the English file.

## Chats: the number

first-received = Terima kasih, pesan Anda sudah kami terima. Tiket Anda: { $case }; /status menampilkan perkembangannya.

## Mail: how to add something, where the receipt says all the rest

first-add = Untuk menambahkan sesuatu, cukup balas email ini tanpa mengubah judulnya, agar semuanya tetap dalam satu tiket.

## What it is taken for, and who looks after it

first-account_stolen = Kami menanganinya sebagai akun yang terancam: tim keamanan kami mendahulukannya.
first-scam_suspected = Kami menanganinya sebagai dugaan penipuan: tim keamanan kami menyelidikinya.
first-wrong_transfer = Kami menanganinya sebagai kiriman ke alamat atau jaringan yang salah, atau tanpa memo: tim pemulihan kami memeriksanya.
first-deposit_not_credited = Kami menanganinya sebagai deposit yang belum masuk: tim deposit kami memeriksanya.
first-withdrawal_delayed = Kami menanganinya sebagai penarikan yang terlambat: tim penarikan kami memeriksanya.
first-liquidation_dispute = Kami menanganinya sebagai pertanyaan tentang likuidasi atau posisi kontrak: tim derivatif kami memeriksanya.
first-spot_order = Kami menanganinya sebagai pertanyaan tentang order spot: tim perdagangan kami memeriksanya.
first-p2p_fiat = Kami menanganinya sebagai urusan P2P atau transfer bank: tim pembayaran kami memeriksanya.
first-card = Kami menanganinya sebagai urusan kartu atau pembelian dengan kartu: tim pembayaran kami memeriksanya.
first-kyc = Kami menanganinya sebagai pertanyaan tentang verifikasi identitas: tim verifikasi kami memeriksanya.
first-login = Kami menanganinya sebagai kendala masuk akun: tim akun kami memeriksanya.
first-account_data_change = Kami menanganinya sebagai perubahan data akun: tim akun kami memeriksanya.
first-account_closure = Kami menanganinya sebagai penutupan akun: tim akun kami memeriksanya.
first-api = Kami menanganinya sebagai pertanyaan tentang API: tim teknis kami memeriksanya.
first-promotion = Kami menanganinya sebagai pertanyaan tentang promosi atau rabat: tim hadiah kami memeriksanya.
first-fees = Kami menanganinya sebagai pertanyaan tentang biaya: tim layanan kami memeriksanya.
first-policy = Kami menanganinya sebagai pertanyaan tentang aturan dan regulasi: tim layanan kami menjawabnya, bila perlu bersama tim kepatuhan.
first-authority_request = Kami menanganinya sebagai permintaan pihak berwenang atau wakilnya: tim hukum kami menerimanya.
first-complaint = Kami menyesal Anda punya alasan untuk mengeluh. Keluhan Anda dibaca oleh seseorang yang mencari tahu apa yang salah.
first-feedback = Terima kasih atas sarannya: kami teruskan kepada tim produk. Tidak semua saran dapat dibalas satu per satu.
first-praise = Terima kasih atas kata-kata baik Anda: kami sampaikan kepada orang yang dituju. Anda tidak perlu melakukan apa pun lagi.

## In every receipt: the net below what was not taken for danger

first-risk = Jika aset Anda terancam, segera bekukan akun Anda di aplikasi atau di situs web kami.

## By when

first-when-hour = Anda akan mendapat jawaban dalam satu jam.
first-when-few = Anda akan mendapat jawaban dalam { $hours } jam.
first-when-hours = Anda akan mendapat jawaban dalam { $hours } jam.
first-when-usual = Biasanya Anda akan mendapat jawaban dalam 24 jam.

## What was recognised

seen-transaction = Kami melihat transaksi Anda di { $network }: { $link }
seen-confirmed = Kami melihat transaksi Anda di { $network }, jumlah konfirmasi sejauh ini { $confirmations }: { $link }
look-transaction = Transaksi Anda di { $network } dapat dilihat di sini: { $link }

## What is missing, each with where to find it

ask-heading = Untuk melanjutkan, kami memerlukan dari Anda:
ask-tx_hash = - Hash transaksi (TxID): ada di riwayat penarikan dompet atau bursa tempat Anda mengirim.
ask-address = - Alamat tujuan koin: tampil di samping transaksi dalam riwayat Anda.
ask-network = - Jaringan yang Anda pakai, misalnya TRC20 atau ERC20: tertulis di halaman yang sama dengan transaksi.
ask-account_id = - ID akun Anda (UID): di aplikasi, ketuk foto profil Anda.
ask-withdrawal_id = - Nomor deposit atau penarikan: buka di riwayat aset Anda.
ask-order_id = - Nomor order: buka order itu di riwayat order Anda.
ask-memo = - Memo atau tag yang Anda masukkan, jika ada: pihak pengirim menampilkannya bersama transaksi.
ask-amount = - Jumlah dan asetnya.
ask-time = - Kapan terjadi: tanggal, jam, dan zona waktu.
ask-position = - Posisi: kontrak, long atau short, leverage; lihat riwayat posisi Anda.
ask-email = - Alamat email yang terdaftar di akun Anda.
ask-link = - Tautan atau nama akun yang dimaksud, ditulis agar tidak ada yang mengekliknya tanpa sengaja.
ask-screenshot = - Tangkapan layar yang Anda lihat; mohon tutupi saldo, kode, dan nama orang lain.
ask-never = Mohon jangan mengirim kata sandi, kode, atau frasa pemulihan.
ask-documents = Dokumen dan foto identitas hanya di sini, jangan pernah lewat pesan: { $link }

## What a further message brought

recorded-all = Terima kasih, tercatat di tiket Anda { $case }. Tidak ada lagi yang kurang; tim kami melanjutkannya.
recorded-some = Terima kasih, tercatat di tiket Anda { $case }. Masih kurang:

## Danger: what to do now

freeze-in-app = - Bekukan akun Anda sekarang di aplikasi atau di situs web kami; ini menghentikan penarikan. Jangan menunggu jawaban kami.
freeze-at-link = - Bekukan akun Anda sekarang, ini menghentikan penarikan; jangan menunggu jawaban kami: { $link }
danger-account_stolen =
    - Dari perangkat yang Anda percayai, ganti kata sandi akun dan kotak surat Anda, lalu atur ulang verifikasi dua langkah.
    - Akhiri semua sesi yang tidak Anda kenal; hapus kunci API dan alamat penarikan yang bukan milik Anda.
    - Jangan menjawab siapa pun yang berjanji mengembalikan koin dengan imbalan: itu pencurian kedua.
    - Jangan berikan kata sandi, kode, atau frasa pemulihan kepada siapa pun, termasuk kami.
danger-secret_shared =
    - Anggap yang telah Anda berikan sudah diketahui orang asing: segera ganti kata sandi itu dari perangkat yang Anda percayai, dan atur ulang verifikasi dua langkah.
    - Jika itu frasa pemulihan atau kunci privat: buat dompet baru dengan frasa baru dan pindahkan aset Anda ke sana.
    - Jika Anda menghubungkan dompet di suatu tempat: cabut izinnya. Hapus kunci API, akhiri sesi lain, copot program akses jarak jauh.
    - Jangan pernah lagi mengirim hal seperti itu kepada siapa pun, termasuk kami.
danger-scam_under_way =
    - Jangan mengirim apa pun lagi: koin, "biaya", "pajak", maupun kode, apa pun janji atau ancaman mereka.
    - Hentikan percakapan, putuskan semua akses jarak jauh, dan simpan tulisan mereka sebagai bukti.
    - Jika Anda masuk akun, menghubungkan dompet, atau memasang sesuatu atas suruhan mereka: ganti kata sandi dari perangkat lain dan cabut izinnya.
    - Jangan membayar siapa pun yang berjanji mengembalikan koin yang hilang.

## Further ways

articles-heading = Sementara itu, ini mungkin membantu:
links-heading = Anda bisa melakukannya sendiri:
link-freeze = - Bekukan akun Anda: { $link }
link-security = - Periksa keamanan akun Anda: { $link }
link-kyc = - Lihat status verifikasi dan apa yang masih kurang: { $link }
link-upload = - Serahkan dokumen: { $link }
link-status = - Lihat apakah deposit, penarikan, dan perdagangan berjalan normal: { $link }
link-api_docs = - Dokumentasi API: { $link }

## Facts

fact-wrong_transfer = Kiriman di blockchain tidak bisa ditarik kembali. Apakah bisa dipulihkan bergantung pada siapa yang menguasai alamat tujuan, dan tidak pasti.
fact-deposit_not_credited = Deposit masuk setelah jaringan cukup sering mengonfirmasinya. Penjelajah blok menunjukkan sejauh mana.
fact-withdrawal_delayed = Penarikan diperiksa sebelum keluar dari kami; setelah itu jaringan menentukan cepatnya konfirmasi.
fact-liquidation_dispute = Posisi dilikuidasi ketika marginnya menurut harga mark turun di bawah margin pemeliharaan; harga itu tidak harus sama dengan harga transaksi terakhir.
fact-p2p_fiat = Dalam P2P, lepaskan koin hanya setelah uang masuk ke rekening Anda sendiri: tangkapan layar pembayaran tidak membuktikan apa pun.
fact-kyc = Dokumen harus berlaku, lengkap, dan milik Anda; namanya harus sama dengan nama akun.
fact-login = Autentikator yang hilang hanya diatur ulang setelah identitas Anda diperiksa; ini perlu waktu dan melindungi Anda.
fact-account_data_change = Email dan telepon diubah di aplikasi dengan faktor kedua; setelah itu penarikan dihentikan sementara.
fact-account_closure = Sebelum akun ditutup, saldo harus ditarik dan order serta posisi terbuka diakhiri.
fact-api = Rahasia kunci API hanya ditampilkan sekali. Jangan pernah mengirimkannya kepada kami; nama kuncinya cukup.

## Legal lines, kept apart from the facts

legal-heading = Catatan hukum:
legal-policy = Ini informasi umum, bukan nasihat hukum atau pajak. Untuk keadaan Anda, tanyakan kepada pengacara atau konsultan pajak di negara Anda.
legal-liquidation_dispute = Perdagangan dengan leverage dapat menghabiskan semua yang Anda masukkan. Jawaban ini bukan nasihat investasi; ketentuan yang Anda setujui berlaku.
legal-liquidation_dispute-eu = Aset kripto bergejolak, dan leverage dapat menghabiskan semua yang Anda masukkan; skema ganti rugi investor tidak menanggungnya. Jawaban ini bukan nasihat investasi; hak Anda untuk mengadu secara resmi atau kepada ombudsman tetap utuh.
legal-liquidation_dispute-uk = Jangan berinvestasi kecuali Anda siap kehilangan semua uang yang Anda investasikan. Ini investasi berisiko tinggi, dan jangan berharap dilindungi jika terjadi masalah. Jawaban ini bukan nasihat investasi.
legal-authority_request = Permintaan pihak berwenang hanya dijawab oleh tim hukum kami, lewat saluran resmi untuk itu dan setelah pengirim diperiksa. Tidak ada keterangan tentang pelanggan mana pun lewat saluran ini.
legal-account_closure = Sebagian catatan harus disimpan beberapa waktu setelah akun ditutup, karena undang-undang antipencucian uang mewajibkannya.
