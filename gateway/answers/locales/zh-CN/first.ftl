# The first answer that helps, in simplified Chinese. Keys and variables: see the English file.

## Chats: the number

first-received = 您的消息已收到，谢谢。您的工单编号是 { $case }，发送 /status 可查看进度。

## Mail: how to add something, where the receipt says all the rest

first-add = 如需补充，请直接回复本邮件，并保持邮件主题不变，这样所有内容都会归入同一工单。

## What it is taken for, and who looks after it

first-account_stolen = 我们将此事按账户遇险处理，由安全团队优先跟进。
first-scam_suspected = 我们判断这可能涉及诈骗，由安全团队调查。
first-wrong_transfer = 我们判断这是转错地址、转错网络或漏填标签（Memo）的问题，由找回团队处理。
first-deposit_not_credited = 我们判断这是充值未到账的问题，由充值团队处理。
first-withdrawal_delayed = 我们判断这是提现延迟的问题，由提现团队处理。
first-liquidation_dispute = 我们判断这是关于强平或合约仓位的问题，由合约团队处理。
first-spot_order = 我们判断这是关于现货订单的问题，由交易团队处理。
first-p2p_fiat = 我们判断这是关于 P2P 或银行转账的问题，由支付团队处理。
first-card = 我们判断这是关于卡或刷卡买币的问题，由支付团队处理。
first-kyc = 我们判断这是关于身份认证的问题，由认证团队处理。
first-login = 我们判断这是无法登录的问题，由账户团队处理。
first-account_data_change = 我们判断这是修改账户资料的问题，由账户团队处理。
first-account_closure = 我们判断这是关于注销账户的问题，由账户团队处理。
first-api = 我们判断这是关于 API 的问题，由技术团队处理。
first-promotion = 我们判断这是关于活动或返佣的问题，由奖励团队处理。
first-fees = 我们判断这是关于手续费的问题，由客服团队处理。
first-policy = 我们判断这是关于规则与监管的问题，由客服团队答复，必要时会同合规团队。
first-authority_request = 我们判断这是主管机关或其代理人的请求，由法务团队受理。
first-complaint = 给您带来不好的体验，我们深表歉意。会有专人阅读您的投诉，并查明问题出在哪里。
first-feedback = 感谢您的建议，我们会转给产品团队。恕不能逐一回复每条建议。
first-praise = 感谢您的肯定，我们会转达给相关同事。您无需再做任何操作。

## In every receipt: the net below what was not taken for danger

first-risk = 如果您的资产正面临风险，请立即在 App 或官网冻结账户。

## By when

first-when-hour = 预计一小时内答复您。
first-when-few = 预计 { $hours } 小时内答复您。
first-when-hours = 预计 { $hours } 小时内答复您。
first-when-usual = 一般会在 24 小时内答复您。

## What was recognised

seen-transaction = 我们在 { $network } 上查到了您的交易：{ $link }
seen-confirmed = 我们在 { $network } 上查到了您的交易，目前确认数为 { $confirmations }：{ $link }
look-transaction = 您可以在此查询这笔 { $network } 交易：{ $link }

## What is missing, each with where to find it

ask-heading = 为继续处理，请您提供：
ask-tx_hash = - 交易哈希（TxID）：在转出方钱包或交易所的提现记录里可以找到。
ask-address = - 收款地址：在交易记录里与该笔交易一同显示。
ask-network = - 所用网络，例如 TRC20 或 ERC20：与交易显示在同一页面。
ask-account_id = - 您的账户 UID：在 App 里点击头像即可看到。
ask-withdrawal_id = - 充值或提现编号：在资产记录里打开该笔记录即可看到。
ask-order_id = - 订单编号：在历史订单里打开该订单即可看到。
ask-memo = - 您填写的标签（Memo/Tag），如有：转出方会在交易详情中显示。
ask-amount = - 数量和币种。
ask-time = - 发生时间：日期、时刻和时区。
ask-position = - 仓位信息：合约、多空方向、杠杆倍数，见历史仓位。
ask-email = - 您账户的注册邮箱。
ask-link = - 相关的链接或账号名，请写成无法直接点击的形式。
ask-screenshot = - 页面截图；请遮住余额、验证码和他人姓名。
ask-never = 请不要发送任何密码、验证码或助记词。
ask-documents = 证件和资料只能在此提交，切勿通过消息发送：{ $link }

## What a further message brought

recorded-all = 谢谢，已记录到您的工单 { $case }。资料已齐全，我们的团队会继续处理。
recorded-some = 谢谢，已记录到您的工单 { $case }。还缺少：

## Danger: what to do now

freeze-in-app = - 请立即在App 或官网上冻结账户，提现会随之停止，不必等我们答复。
freeze-at-link = - 请立即冻结账户，提现会随之停止，不必等我们答复：{ $link }
danger-account_stolen =
    - 用您信任的设备修改账户密码和邮箱密码，并重新设置两步验证。
    - 退出所有不认识的登录设备，删除不是您创建的 API 密钥和提现地址。
    - 凡是声称收费就能追回资产的人都不要理会，那是二次诈骗。
    - 不要把密码、验证码或助记词告诉任何人，包括我们。
danger-secret_shared =
    - 已经泄露的内容应视为他人已知：请立即用您信任的设备更改该密码，并重新设置两步验证。
    - 如果泄露的是助记词或私钥：请新建钱包、使用新的助记词，并把资产转过去。
    - 如果曾在某处连接过钱包：请撤销授权；删除 API 密钥，退出其他登录设备，卸载远程控制软件。
    - 今后不要再把这类内容发给任何人，包括我们。
danger-scam_under_way =
    - 不要再转出任何东西：不转币，不交“手续费”或“税款”，不给验证码，无论对方如何许诺或威胁。
    - 停止联系，断开一切远程控制，并保留对方的聊天记录作为证据。
    - 如果已按对方要求登录、连接钱包或安装软件：请换一台设备修改密码，并撤销授权。
    - 不要付钱给任何承诺帮您追回资产的人。

## Further ways

articles-heading = 在此期间，以下文章或许对您有帮助：
links-heading = 您可以自助办理：
link-freeze = - 冻结账户：{ $link }
link-security = - 检查账户安全：{ $link }
link-kyc = - 查看认证进度和所缺资料：{ $link }
link-upload = - 提交资料：{ $link }
link-status = - 查看充值、提现和交易是否正常：{ $link }
link-api_docs = - API 文档：{ $link }

## Facts

fact-wrong_transfer = 链上转账无法撤回。能否找回取决于收款地址由谁控制，我们不能保证结果。
fact-deposit_not_credited = 充值要等网络达到足够的确认数才会入账，进度可在区块浏览器上查看。
fact-withdrawal_delayed = 提现在发出前要经过审核；发出之后，确认快慢取决于网络。
fact-liquidation_dispute = 当保证金按标记价格低于维持保证金时，仓位会被强平；标记价格不一定等于最新成交价。
fact-p2p_fiat = P2P 交易中，请在款项确实进入您本人账户后再放币；付款截图不能证明任何事。
fact-kyc = 证件须有效、完整且为本人所有，姓名须与账户一致。
fact-login = 丢失验证器后，须先核验身份才能重置；这需要一些时间，但能保护您。
fact-account_data_change = 邮箱和手机号须通过二次验证后在 App 里修改；修改后一段时间内不能提现。
fact-account_closure = 注销前须提走余额，并结束所有挂单和仓位。
fact-api = API 密钥的 Secret 只显示一次。请勿发给我们，提供密钥名称即可。

## Legal lines, kept apart from the facts

legal-heading = 法律提示：
legal-policy = 以上为一般信息，不构成法律或税务建议。具体情况请咨询您所在地的律师或税务顾问。
legal-liquidation_dispute = 杠杆交易可能损失全部投入。本答复不构成投资建议，以您同意的条款为准。
legal-liquidation_dispute-eu = 加密资产波动很大，杠杆可能使您损失全部投入，且不受投资者赔偿计划保障。本答复不构成投资建议；您正式投诉或向申诉专员投诉的权利不受影响。
legal-liquidation_dispute-uk = 除非您准备好损失所投入的全部资金，否则请勿投资。这是高风险投资，一旦出现问题，您不应指望获得保障。本答复不构成投资建议。
legal-authority_request = 主管机关的请求只由法务团队通过专用官方渠道、在核实发件人之后答复。本渠道不透露任何客户的信息。
legal-account_closure = 依反洗钱法律的要求，部分记录在账户注销后仍须保存一段时间。
