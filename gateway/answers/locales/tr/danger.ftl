# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Hesabınızı hemen uygulamadan veya sitemizden dondurun: Çekimler durur. Ardından { $handle } hesabına direkt mesaj yazın; yalnızca oradan yanıt veririz, adımıza yazan diğer herkes dolandırıcıdır. Şifre, kurtarma kelimesi, kod veya ödeme istemeyiz.
