## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = 申訴

# $brand: brand; $case: case number; $word: the word above
blocked-notice = 您的訊息已收到，案件編號為 { $case }。由於您先前的訊息，您的來信只能等工作人員有空時處理。如果您認為這是誤會，請回覆「{ $word }」並說明原因，{ $brand } 的工作人員會查看。如果您的資產有風險，請立即在 App 或官網凍結帳戶。

# In public, at most 280 characters. $handle: our own account with @
public-exposed = 請刪除您剛發布的內容：其中有個人資料，而這裡人人可見。請私訊 { $handle } 繼續。我們絕不會先私訊您，也絕不索取密碼、助記詞、私鑰、驗證碼或付款。
group-exposed = ⚠️ 請刪除您剛在本群傳送的內容：其中有人人可見的個人資料。我們絕不會先聯絡您；若有人因此主動聯絡您，那就是冒充者。
