# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = 請立即在 App 或官網凍結帳戶，提領會隨之停止，然後私訊 { $handle }。我們只用這個帳號回覆，其他以我們名義回覆您的都是冒充者。我們絕不會索取密碼、助記詞、驗證碼或付款。
