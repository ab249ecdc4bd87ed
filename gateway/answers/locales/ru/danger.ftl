# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Немедленно заморозьте аккаунт в приложении или на нашем сайте: это остановит вывод. Затем напишите в личные сообщения { $handle }: мы отвечаем только оттуда, остальные — мошенники. Мы никогда не просим пароли, сид-фразы, коды и платежи.
