# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Bekukan akun Anda sekarang di aplikasi atau situs kami: penarikan akan terhenti. Lalu kirim DM ke { $handle }; kami hanya membalas dari sana, selain itu penipu. Kami tak pernah meminta kata sandi, seed phrase, kode, atau pembayaran.
