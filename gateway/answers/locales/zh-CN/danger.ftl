# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = 请立即在 App 或官网冻结账户，提现会随之停止，然后私信 { $handle }。我们只用这个账号回复，其他以我们名义回复您的都是冒充者。我们绝不会索取密码、助记词、验证码或付款。
