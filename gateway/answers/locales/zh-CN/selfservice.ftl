# The same as in en/selfservice.ftl, where each text is explained.

command-cases = 查看您的全部工单
command-reopen = 重新打开已关闭的工单
command-agent = 转人工客服
command-kyc = 查询身份认证进度
command-security = 查询交易平台对您账户安全的检查结果
command-link = 证明另一个账号也属于您
button-agent = 转人工客服

cases-head = 您的工单：
cases-line = { $case }：{ $state }，最近更新 { $changed }
cases-more = 另有 { $count } 个更早的工单。
which-case = 您有不止一个未关闭的工单。请再次发送该指令，并在后面写上您所指工单的编号：
reopen-none = 您没有可以重新打开的已关闭工单。
reopen-done = 您的工单 { $case } 已重新打开，我们的团队会再次查看。请告诉我们还有什么没有解决。
close-done-letter = 您的工单 { $case } 已关闭。感谢您的来信。如有新的情况，直接回复本邮件即可。

agent-done = 我们的工作人员会在工单 { $case } 中答复您，系统不会再自动向您提问。
agent-opened = 我已将您的请求转交给我们的团队，工单编号为 { $case }。请写明是什么问题、何时发生，这样我们能更快帮到您。

kyc-none = 您尚未开始身份认证。
kyc-pending = 您的身份认证正在审核中。
kyc-approved = 您的身份认证已完成。
kyc-rejected = 您的身份认证未通过。原因请在应用或我们的网站上查看。
kyc-other = 身份认证状态请在应用或我们的网站上查看。
kyc-missing =
    还缺少：
    { $items }
kyc-item-document = 身份证件
kyc-item-selfie = 本人面部照片
kyc-item-address = 地址证明
kyc-item-funds = 资金来源证明
kyc-item-other = 应用中列出的其他材料

documents-link = 请仅通过此链接提交证件材料：{ $link }。切勿在聊天、邮件或公开场合发送。
documents-app = 请仅在应用或我们的网站上提交证件材料。切勿在聊天、邮件或公开场合发送。
documents-here = ⚠️ 这看起来像是能证明您身份的证件。如果可以，请在这里将其删除：聊天不是提交证件的地方。

security-none = 交易平台没有在这里提供您账户的安全信息。请在应用或我们的网站上查看。
security-well = 在交易平台对您账户所做的检查中，没有发现需要处理的问题。如果您仍发现异常，请立即在应用或我们的网站上冻结账户，并写信告诉我们。
security-weak =
    请尽快在应用或我们的网站上检查以下内容：
    { $items }
security-item-password = 您的密码
security-item-factor = 您的两步验证
security-item-logins = 异常登录
security-item-devices = 已登录的设备
security-item-keys = 您的 API 密钥
security-item-addresses = 您的提币地址
security-item-other = 应用中列出的其他项目

customer-unknown = 交易平台没有找到与您当前发送方式对应的账户。请用注册邮箱来信，或在应用中绑定此账号。您也可以在应用或我们的网站上查看。
customer-unchecked = 现在暂时无法查询。请稍后再试，或在应用或我们的网站上查看。
customer-off = 这里无法查询此项。请在应用或我们的网站上查看。

link-give =
    您的验证码：{ $code }

    请在 { $minutes } 分钟内用您的另一个账号发给我们。在 Telegram 上向我们的机器人发送：/link { $code }。在 X 上给我们发私信：link { $code }。通过邮件时，请用注册邮箱来信，主题写：link { $code }
link-never = ⚠️ 切勿把这样的验证码交给任何人，也切勿发送别人给您的验证码：这样做会让陌生人看到您的工单。我们的工作人员绝不会向您索要。
link-done = 完成：您在 { $platform } 上的账号与本账号现在视为同一人。从现在起，您可以在任一账号中（仅限私聊）看到两边的工单。如需解除，请发送 unlink。
link-told = ⚠️ { $platform } 上的一个账号刚刚凭您在这里获得的验证码与您的账号关联，它可以看到您的工单。如果不是您本人操作，请立即发送 unlink 并告诉我们。
link-wrong = 此验证码无法使用。请在原来获取验证码的地方发送 link 重新获取。
link-same = 请用您的另一个账号发送此验证码，而不是获取它的这个账号。
link-many = 错误的验证码太多。请一小时后再试。
link-full = 无法再关联更多账号。请先在其中一个账号上发送 unlink。
unlink-done = 完成：此账号重新独立，只能看到自己的工单。
unlink-none = 此账号没有与其他账号关联。
unlink-told = { $platform } 上的一个账号已不再与您的账号关联。如果不是您本人操作，请告诉我们。

letter-subject = 您向 { $brand } 提出的请求
letter-help = 您可以用自己的话写信给我们，我们的工作人员会阅读。也可以单独发送下列词语之一，作为空白邮件的主题，或作为回信中唯一的内容：
letter-verify = 需要我核实哪个账号、地址或链接？请写在一封空白邮件的主题中，放在这个词之后：{ $word }
letter-report = 感谢您告诉我们，这也能保护其他人。请把那条消息转发给我们，或写明是哪个账号、地址或链接，以及您是否给对方发送过任何东西。请不要打开任何链接。
letter-unproven = 如果您询问的是只有您本人可以查看的内容：通过邮件，只有在您的邮件服务商能证明发件人身份时我们才会答复。我们的工作人员会阅读您的来信。
