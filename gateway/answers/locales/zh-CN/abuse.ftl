## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = 申诉

# $brand: brand; $case: case number; $word: the word above
blocked-notice = 您的消息已收到，工单号为 { $case }。由于您此前的消息，您的来信只能等工作人员有空时处理。如果您认为这是误会，请回复“{ $word }”并说明原因，{ $brand } 的工作人员会查看。如果您的资产有风险，请立即在 App 或官网冻结账户。

# In public, at most 280 characters. $handle: our own account with @
public-exposed = 请删除您刚发布的内容：其中有个人信息，而这里人人可见。请私信 { $handle } 继续。我们绝不会先私信您，也绝不索要密码、助记词、私钥、验证码或付款。
group-exposed = ⚠️ 请删除您刚在本群发送的内容：其中有人人可见的个人信息。我们绝不会先联系您；若有人因此主动联系您，那就是冒充者。
