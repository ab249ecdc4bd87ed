# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = 今すぐアプリまたは公式サイトでアカウントを凍結してください。出金が止まります。その後 { $handle } へDMをお願いします。当社の返信はこのアカウントのみで、ほかはなりすましです。パスワード、シードフレーズ、コード、支払いは求めません。
