# Gatehouse 对用户所说的话（简体中文）。仅限纯文本，段落之间空一行。
# 用户写的任何内容都不得出现在这些文本中；$names 与 $official 在传入之前已经过检查。

## 自动回执

# $case：工单编号
ack-subject = 我们已收到您的来信 [{ $case }]

# $brand：品牌；$case：工单编号
ack-received =
    您好！

    感谢您联系 { $brand }。您的消息我们已经收到，工单编号为 { $case }。

ack-next =
    接下来：客服人员会阅读您的消息并回复您，通常在 24 小时之内。有些问题需要更多时间核查，届时我们会向您说明。您无需重复发送，不会影响处理顺序。如果您的资产正面临风险，请立即在 App 或官网冻结账户，不必等待我们回复。

# 通过邮件处理的工单
ack-reply-mail =
    如需补充信息，请直接回复本邮件，并保留邮件主题不变，以便所有内容归入同一工单。对我们最有帮助的信息是：您的账户 UID 和问题发生的时间；如涉及充值或提现，还请提供交易哈希（TxID）、所用网络、币种和数量。

# 通过聊天或私信处理的工单
ack-reply-here =
    如需补充信息，请直接在本对话中继续留言。对我们最有帮助的信息是：您的账户 UID 和问题发生的时间；如涉及充值或提现，还请提供交易哈希（TxID）、所用网络、币种和数量。

# “绝不索取”清单：翻译时不得遗漏任何一项
ack-never =
    我们绝不会向您索取：
    - 您的登录密码或资金密码
    - 您的助记词或私钥
    - 短信、邮件或身份验证器中的验证码
    - 对您手机或电脑的远程控制，或屏幕共享
    - 任何付款或转账，无论对方声称是为了“解冻”“验证”还是“保护”账户

# $brand：品牌
ack-phishing =
    凡是以 { $brand } 名义向您索取上述任何一项的，都是骗子，即使对方知道您的工单编号。请不要回复对方，并在本工单中告诉我们。

# $official：官方地址与账号，以逗号分隔
ack-official = 我们的官方地址和账号：{ $official }

# $brand：品牌
signature = { $brand } 客服团队

## 风险提示

warning-heading = 重要提示，请先阅读：

# $names：账号、地址或域名（已处理为不可点击）；$brand：品牌
advice-poses-as-us =
    以下账号或地址自称是 { $brand }，但并不属于我们，对方也不是我们的工作人员：{ $names }

# 名称不宜复述时使用
advice-poses-as-us-unnamed =
    您的消息中有人自称是 { $brand }，但对方并不属于我们，也不是我们的工作人员。

advice-look-alike =
    以下账号或地址看起来很像 { $brand }，但并不是我们的：{ $names }。冒充者故意使用这类名称，让您误以为是官方。

advice-look-alike-unnamed =
    您的消息中提到的一个账号或地址看起来很像 { $brand }，但并不是我们的。冒充者故意使用这类名称，让您误以为是官方。

advice-reported-scam =
    以下账号或地址已被举报涉嫌诈骗，与 { $brand } 没有任何关系：{ $names }

advice-reported-scam-unnamed =
    您的消息中提到的一个账号或地址已被举报涉嫌诈骗，与 { $brand } 没有任何关系。

# 伪造的发件人显示的正是我们的真实地址，因此不列出名称
advice-forged =
    有一封邮件的发件人显示为 { $brand } 的地址，但未通过我们的核验，发件人可能是伪造的：邮件中显示的发件地址可以随意填写。请不要按照其中的要求操作。

advice-link-mismatch =
    您的消息中有一个链接，显示的地址与实际指向不符，它实际指向：{ $names }

advice-link-mismatch-unnamed =
    您的消息中有一个链接，显示的地址与实际指向不符。

# 没有专门文本的提示
advice-secret-key =
    您把助记词或私钥发给了我们。我们已将其从您的消息中删除：{ $brand } 没有任何人看到它，也没有人需要它。但知道它的人就拥有该钱包中的一切，而您无法确定还有谁见过它。请立即用新的助记词创建新钱包，并把资产转过去。旧助记词不要再输入到任何网站；新助记词不要发给任何人，包括我们。

advice-secret-password =
    您把密码或身份验证器的密钥发给了我们。我们已将其从您的消息中删除：{ $brand } 没有任何人看到它。请立即在应用或我们的网站上修改它，其他使用相同密码的地方也要一并修改，并重新设置两步验证。

advice-secret-code =
    您把验证码发给了我们。我们已将其从您的消息中删除；我们绝不会向您索要验证码。如果有人向您索要过，请立即在应用或我们的网站上冻结账户，并修改密码。

advice-secret-card =
    您把银行卡号发给了我们。我们已将其从您的消息中删除。我们不需要它；如果您还把它告诉过别人，请让银行冻结该卡。

advice-recovery =
    凡是承诺帮您追回丢失或被盗的加密资产的人，不论是收取费用、索要钱包权限，还是借助“黑客”，都请务必小心：没有人能做到，提出这种帮助的人是要再骗您一次。{ $brand } 的帮助绝不收费。

advice-giveaway =
    凡是要您先付款、先连接钱包或先转币才能领取的奖品、空投和“存一返二”，都是骗局。{ $brand } 的任何活动都会在应用内公布。

advice-fake-support =
    { $brand } 的任何人都不会要求您“验证”“同步”或连接钱包、在表单中填写助记词、安装远程控制程序，或去联系私人账号。这样要求的人就是冒充者，无论使用什么名字。

advice-investment =
    要您先充值的兼职、保证盈利的带单喊单，以及素未谋面却教您投资的人，都是常见的骗局：起初会显示小额盈利，之后永远无法提现。请不要再转任何钱；如果已经转了，请告诉我们。

# 没有专门文字的提示
advice-caution =
    您的消息中有一些内容需要您提高警惕，我们的工作人员会进一步查看。

# $official：被冒充的真实账号、地址或域名
warning-true-one = 真实的官方地址或账号：{ $official }

warning-what-to-do =
    您该怎么做：不要回复对方，不要点击任何链接，不要发送验证码、证件或任何款项。如果您已经发送过信息，或已在对方网站登录：请立即冻结账户、修改密码、重新设置两步验证，并在本工单中告诉我们经过，但切勿把密码或验证码本身发给任何人，包括我们。

## 客服回复

# 工单没有主题时使用的回复主题；$brand：品牌
answer-subject = 您与 { $brand } 的沟通
answer-files = 以下文件过大,无法随邮件发送。{ $until } 之前可在此处获取:

## 命令：在平台的命令列表和 /help 中的说明

# 该语言自己的名称，用于选择语言的按钮
language-name = 简体中文

command-help = 如何获得帮助
command-new = 咨询新的问题
command-status = 查看我的工单进度
command-verify = 核实账号、地址或链接是否为官方
command-report = 举报冒充者（分步引导）
command-language = 选择语言
command-close = 关闭工单

## 命令：/start 与 /help

# $brand：品牌
start-hello =
    您好，欢迎联系 { $brand } 客服。

    我是自动助手，负责接收您的消息，由我们的客服人员在这里回复您。请直接写下您遇到的问题。

# “绝不索取”清单的一句话版本：翻译时不得遗漏任何一项
never-line = 我们绝不会向您索取密码、助记词或私钥、验证码，也绝不会要求远程控制您的设备，或要求您付款、转账。凡以我们的名义这样做的，都是骗子。

# $case：工单编号
start-bound = 您好，又见面了。本对话现已接续您的工单 { $case }，您在这里写的内容都会送达负责该工单的客服人员。

# 链接已使用、已过期、属于他人或不存在时：不得说明是哪一种
start-link-useless = 您好！我无法通过这个链接打开工单，它可能已经使用过，或者是为其他对话生成的。没有关系，请直接在这里写下您的问题；如果您有工单编号，也请一并告诉我们。

help-hello = 请直接写下您的问题，就像与人交谈一样，我们的客服人员会阅读并在这里回复您。您也可以使用以下命令：

# 未知命令
unknown-command = 抱歉，我不认识这个命令。请不加斜杠，直接写下您的问题，或查看 /help。

button-status = 我的工单
button-verify = 核实账号
button-report = 举报冒充者
button-language = 语言 / Language
button-new = 联系客服人员

## 命令：/new

new-ask =
    请讲：您的下一条消息将开启一个新的工单。是什么问题？什么时候发生的？

    对我们最有帮助的信息是您的账户 UID；如涉及充值或提现，还请提供交易哈希（TxID）、所用网络、币种和数量。请不要发送任何密码、验证码或助记词。

# $case：工单编号
new-opened = 谢谢，我已将您的问题转交给客服人员，工单编号为 { $case }。您接下来写的内容会添加到该工单中。

## 命令：/status

status-none = 您在这里还没有工单。请直接写下您的问题，我会为您开启一个。

# 编号不存在与编号属于他人时，使用同一句话
status-unknown = 您在这里没有这个编号的工单。请核对编号，或直接写下您的问题。

# $case：工单编号；$state：状态；$opened、$changed：UTC 时间；$next：接下来会怎样
status-case =
    { $case }：{ $state }
    开启于 { $opened }，最近更新于 { $changed }
    { $next }

# $count：其余工单的数量
status-more = 另有 { $count } 个工单。如需查看，请发送 /status 加工单编号。

state-open = 客服处理中
state-waiting = 已回复
state-solved = 已关闭

next-open = 接下来：客服人员会阅读并在这里回复您。您无需重复发送，不会影响处理顺序。
next-waiting = 接下来：如果问题还没有解决，请在这里继续留言，工单会重新转给客服人员。
next-solved = 接下来：无需任何操作。如果问题没有真正解决，请在这里留言，我们会重新处理。

## 命令：/language

language-ask = 您希望我使用哪种语言？
language-chosen = 好的，从现在起我将使用简体中文与您交流。

## 命令：/close

# $case：工单编号
close-ask = 确定要关闭您的工单 { $case } 吗？其中的内容不会被删除。
close-none = 您在这里没有可以关闭的工单。
# $case：工单编号
close-done = 您的工单 { $case } 已关闭，感谢您的来信。如果问题再次出现，请直接在这里留言；如有其他问题，请使用 /new。
close-kept = 工单保持开启，客服人员会继续处理。

button-close = 是的，关闭
button-keep = 不，继续处理

## 命令：在一个问题的中途

cancelled = 已停止，没有发送任何内容。您可以随时给我们留言。
cancel-nothing = 目前没有需要停止的操作。请直接写下您的问题。
button-cancel = 取消

# 按钮不是为此人生成的，或所属的问题已经结束
button-stale = 这个按钮不是为您准备的，或者已经过期。请发送 /help 重新开始。

## 命令：群组中

group-private = 这里所有人都能看到，我们私下继续吧。请不要在群里发送工单编号或任何个人信息。我们绝不会主动私信您。
button-private = 私聊继续
# $brand：品牌
group-help = 我是 { $brand } 的自动助手。在群里我只核实名称：请发送 /verify 加名称。其他事情请私聊我。我们绝不会主动私信您，也绝不会索取密码、验证码或助记词。

## 命令：/verify

verify-ask = 您想核实哪个账号、地址或链接？请按您看到的原样发给我，例如 @用户名、邮箱地址或链接，也可以把对方的消息转发给我。

# $official：官方账号；$platform：所在平台
account-on = { $platform } 上的 { $official }

# $official：官方账号、地址或域名；$brand：品牌；$since：日期
verify-official = ✅ { $official } 是官方的，在 { $brand } 的官方名单上。仅限拼写完全一致的情况。
verify-official-since = ✅ { $official } 是官方的，自 { $since } 起就在 { $brand } 的官方名单上。仅限拼写完全一致的情况。

# $claim：所询问的名称（已处理为不可点击）；$brand：品牌
verify-not-listed = { $claim } 不在 { $brand } 的官方账号和地址名单上。除此之外，我无法对它作出判断。
verify-not-listed-unnamed = 您询问的对象不在 { $brand } 的官方账号和地址名单上。除此之外，我无法对它作出判断。

# 曾经属于我们
verify-retired = ⚠️ { $claim } 曾经属于 { $brand }，但现在已不再是我们的，如今使用它的可能是其他人。
verify-retired-unnamed = ⚠️ 您询问的对象曾经属于 { $brand }，但现在已不再是我们的，如今使用它的可能是其他人。

# $official：被模仿的官方账号；$technique：手法说明
verify-look-alike = ⚠️ { $claim } 不是我们的。它看起来像 { $official }：{ $technique }。
verify-look-alike-unnamed = ⚠️ 您询问的对象不是我们的。它看起来像 { $official }：{ $technique }。

verify-scam = ⛔ { $claim } 已被举报涉嫌诈骗，与 { $brand } 没有任何关系。
verify-scam-unnamed = ⛔ 您询问的对象已被举报涉嫌诈骗，与 { $brand } 没有任何关系。

# 名称在名单上，但平台显示背后是另一个账号
verify-other-account = ⚠️ { $official } 这个名称在我们的名单上，但目前使用它的账号并不是我们所知的那一个：名称可能会易手。在客服人员向您确认之前，请不要相信它。

# 转发的消息来自一个显示名称冒充我们的人
verify-poses = ⚠️ 这条消息的发送者使用了看起来像 { $brand } 的名称，但该账号不是我们的。显示名称可以随意设置。

# 平台隐藏了转发消息的原作者
verify-hidden = 这条消息的发送者隐藏了账号，因此我无法核实：仅凭名称不能证明任何事，即使显示的是我们的名称。{ $brand } 绝不会主动私信您。您可以使用 /report 向我们指出该账号。

verify-unchecked = 我无法核实这个内容。请每次只发一个名称，并按您看到的原样发送：@用户名、邮箱地址或链接。
verify-ambiguous = ⚠️ 这个内容有多种读法，其中至少一种不是我们的。请不要打开它。

# 短链接或邀请链接不显示任何人
verify-hidden-target = ⚠️ 这个链接看不出指向哪里，因此我无法核实。请不要打开；我们自己的链接会完整显示我们的名称。

# 收币地址
verify-wallet = 收币地址无法核实：它不说明属于谁。我们绝不会为了解锁、验证或保护账户而要求您向任何地址转币。充值地址只在应用内和我们的网站上显示。

# Telegram 不允许机器人查询个人账号
verify-telegram = 我把它当作 Telegram 上的名称来核实。Telegram 不允许我们按名称查询个人账号，因此我只能与我们的名单进行比对。如果您是在别处看到的，请把链接发给我。

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } 是 { $brand } 自己的邮箱地址。但任何人都可以把它写成发件人，因此它不能说明是谁给您写的信。如有疑问，请在应用或我们的网站上询问。
verify-more = 其中的内容超出我一次能核实的数量。请把其余的逐一发给我，在此之前请都不要相信。

verify-care = 如果对方以 { $brand } 的名义与您联系，请不要回复，也不要发送任何内容。您可以使用 /report 进行举报。
verify-what-to-do = 请不要回复对方，不要点击任何链接，不要发送验证码或款项。如果您已经发送过：请立即在 App 或官网冻结账户，然后使用 /report 举报。
verify-in-group = 链接和名称也请私下向我核实：群组是冒充者最常出没的地方。

technique-confusable = 使用了外形相似的字母或数字
technique-separator = 仅在点、连字符或下划线上有差别
technique-embedded = 把我们的名称嵌入了它自己的名称中
technique-link = 链接中带有我们的名称，但实际指向别处
technique-suffix = 后缀与我们的不同
technique-elsewhere = 是我们的名称，但出现在我们没有使用该名称的平台或网站上
technique-display-name = 把我们的名称用作显示名称
technique-affix = 它在我们的名称上添加了“support”“official”“客服”之类的词
technique-slip = 它是我们的名称，但少了、多了或换了字母
technique-region = 它在我们的名称上添加了国家、地区或数字
technique-mark = 它在名称里画了一个认证标志，而这谁都能画
technique-redirect = 链接最终会跳转到另一个地址
technique-words = 它的口吻像是我们
technique-other = 有意让人误以为是我们的

## 命令：/report

report-begin = 感谢您告诉我们，这也能保护其他用户。我会问您三个简短的问题，您可以随时停止。
report-kind = 您想举报什么？
report-what-account = 具体是哪一个？请把对方的消息转发给我，或把名称、链接发给我。如果对方隐藏了账号，请用下面的按钮指出来。
report-what-address = 具体是哪一个？请按您看到的原样把链接或地址发给我，或转发带有它的那条消息。请不要打开它。

# $brand：品牌
report-official = ✅ 这一个在 { $brand } 的官方名单上，是我们自己的。如果您仍然觉得有问题，请继续。

report-harm = 您是否给对方发送过任何东西，例如款项、验证码、密码或证件？或者按对方的要求在某处登录过？
report-harm-again = 我已记下。还有一个问题：您是否给对方发送过任何东西（款项、验证码、密码、证件），或者按对方的要求在某处登录过？
report-story = 好的。请用一条消息写下事情的经过，或按下面的按钮直接提交举报。
report-noted = 我已添加。请写下事情的经过，或按下面的按钮提交举报。

# 已经泄露信息或转出资产的用户必须立即做的事
report-freeze = ⚠️ 请立即这样做：在 App 或官网冻结账户，修改密码，并重新设置两步验证。不要再发送任何东西，即使对方承诺帮您追回损失。

# $case：工单编号；$kind：举报类型
report-sent = 您的举报已转交客服人员。工单 { $case }：{ $kind }。
# $seen：被指出的名称（已处理为不可点击）
report-seen = 举报对象：{ $seen }
report-tell-more = 然后请在这里告诉我事情的经过：时间、您发送了什么、发到了哪里（交易哈希、地址）。这些都会添加到您的工单中。切勿发送密码或验证码本身。
report-thanks = 谢谢您。我们会进行核查，如需了解更多情况，会在这里回复您。请不要再回复对方。如需补充，请直接在这里留言。

# $case：工单编号。命令在最后一个问题之前结束了举报
report-passed-on = 我已将您目前提供的举报内容转交客服人员：工单 { $case }。
report-new-again = 您接下来写的内容会添加到该工单中。如需咨询其他问题，请再发送一次 /new。

kind-account = 账号
kind-group = 群组或频道
kind-website = 网站或链接
kind-mail = 电子邮件
kind-other = 其他

button-pick-user = 指出一个账号
button-pick-chat = 指出一个群组或频道
button-skip = 我无法指出
button-yes = 是的，发送过
button-no = 没有
button-send = 提交举报

## 聊天：自动回执与文件

# $case：工单编号
chat-received = 谢谢，您的消息我们已经收到，工单编号为 { $case }。客服人员会阅读并在这里回复您，通常在 24 小时之内。如需补充，请直接在这里留言；发送 /status 可查看进度。如果您的资产正面临风险，请立即在 App 或官网冻结账户。

# $case：工单编号
chat-encrypted = 您的消息我们已经收到，但它是端到端加密的，我们在这里无法阅读。工单编号为 { $case }。请不加密地重新发送，或通过我们的其他官方渠道联系我们。

file-too-large = 您的消息我们已经收到，但其中有一个文件太大，我们在这里无法接收。请发送较小的版本或关键内容的截图，也可以用文字说明。
# $count：文件数量，至少两个
files-too-large = 您的消息我们已经收到，但其中有 { $count } 个文件太大，我们在这里无法接收。请发送较小的版本或关键内容的截图，也可以用文字说明。

## 我们所在群组中的冒充者

# $account：账号或群组在平台上的编号
account-number = ID { $account }

# $account：名称和编号；$brand：品牌
impostor-in-group = ⚠️ { $account } 不是我们的账号，无论显示什么名称，都不是 { $brand } 的工作人员。我们的工作人员绝不会主动私信您，也绝不会索取密码、验证码、助记词或任何款项。请不要回复该账号。

# 供运营人员查看。$account：名称和编号；$platform：平台；$group：群组编号；$case：工单编号
impostor-told = ⚠️ { $platform } 上发现冒充者：{ $account }，出现在群组 { $group } 中。工单 { $case }。
# $official：官方账号
impostor-imitates = 它冒充的是 { $official }。
impostor-to-do = 请核查该账号，将其移出群组，并向平台举报。

## 公开帖子：所有人都能看到，因此只提我们自己的账号，不含链接和工单编号；最多 280 个字符（汉字算两个）

# $handle：我们自己的账号，带 @
public-receipt = 谢谢，您的消息我们已收到。这里所有人都能看到，请私信 { $handle } 继续。我们绝不会主动私信您，也绝不会索取密码、助记词、私钥、验证码、远程控制或付款。
public-warning = 请小心：我们只用 { $handle } 回复。其他以我们名义回复您的都是冒充者，请勿向其发送任何内容。请私信 { $handle }。我们绝不会主动私信您，也绝不会索取密码、助记词、私钥、验证码、远程控制或付款。

# 私聊中。$account：账号（不可点击）或其编号；$handle：我们自己的账号，带 @；$brand：品牌
impostor-answered = ⚠️ 请小心：在您的公开帖子下，有人以 { $brand } 的名义回复，但并非我们的账号：{ $account }。请不要回复、不要点击其链接，也不要向其发送任何内容。我们只用 { $handle } 与您联系。如果您已经发送过什么，请立即冻结账户，并在这里告诉我们经过。

# 同上，账号不明时使用
impostor-answered-unnamed = ⚠️ 请小心：在您的公开帖子下，有人以 { $brand } 的名义回复，但并非我们的账号。请不要回复、不要点击其链接，也不要向其发送任何内容。我们只用 { $handle } 与您联系。如果您已经发送过什么，请立即冻结账户，并在这里告诉我们经过。

# $link：隐私政策的地址
privacy-line = 我们如何处理您的信息：{ $link }

# $word：恢复自动消息的词
opted-out = 除了遇到危险时的提醒，您不会再在这里收到自动消息，客服人员仍可能回复您。如需恢复，请发送 { $word }。
opted-in = 自动消息已恢复。

# $options：可以发送的内容，用斜杠分隔
answer-with = 您可以回复：{ $options }
