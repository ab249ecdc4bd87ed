## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = banding

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Pesan Anda sudah kami terima dengan nomor kasus { $case }. Karena pesan-pesan sebelumnya, pesan Anda hanya dijawab oleh petugas bila sempat. Jika menurut Anda ini keliru, tulis kata "{ $word }" beserta alasannya: petugas { $brand } akan meninjaunya. Jika aset Anda terancam, segera bekukan akun Anda di aplikasi atau situs kami.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Mohon hapus yang baru saja Anda tulis: ada data pribadi dan di sini semua orang membaca. Lanjutkan lewat pesan langsung ke { $handle }. Kami tidak pernah menghubungi lebih dulu atau meminta kata sandi, frasa pemulihan, kunci pribadi, kode atau pembayaran.
group-exposed = ⚠️ Mohon hapus yang baru saja Anda tulis di grup ini: ada data pribadi yang bisa dibaca semua orang. Kami tidak pernah menghubungi lebih dulu; siapa pun yang kini menghubungi Anda karenanya adalah penipu.
