# What Gatehouse says to users, in Japanese. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = お問い合わせを受け付けました [{ $case }]

# $brand: brand; $case: case number
ack-received =
    お客様へ

    { $brand } にお問い合わせいただき、ありがとうございます。メッセージを受け取りました。お問い合わせ番号は { $case } です。

ack-next =
    今後の流れ：担当者がメッセージを読み、通常 24 時間以内に返信いたします。内容によっては確認に時間がかかることがあり、その場合はお知らせします。再度ご連絡いただかなくても、順番は変わりません。資産に危険が及んでいる場合は、当社からの返信を待たず、今すぐアプリまたは当社ウェブサイトでアカウントを凍結してください。

# Where the case runs by email
ack-reply-mail =
    情報を追加される場合は、すべてを一つのお問い合わせにまとめるため、件名を変えずにこのメールへそのままご返信ください。アカウント ID（UID）と発生日時をお知らせいただけると大変助かります。入金・出金に関する場合は、トランザクションハッシュ（TxID）、ネットワーク、通貨、数量もお知らせください。

# Where the case runs in a chat or by direct message
ack-reply-here =
    情報を追加される場合は、このままこの会話にお書きください。アカウント ID（UID）と発生日時をお知らせいただけると大変助かります。入金・出金に関する場合は、トランザクションハッシュ（TxID）、ネットワーク、通貨、数量もお知らせください。

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    当社がお客様に次のものを求めることは決してありません。
    - パスワード
    - シードフレーズ（リカバリーフレーズ）や秘密鍵
    - SMS、メール、認証アプリの認証コード
    - スマートフォンやパソコンのリモート操作、画面共有
    - アカウントの凍結解除や確認、「保護」などを名目とする支払いや送金

# $brand: brand
ack-phishing =
    { $brand } の名前でこれらのいずれかを求めてくる相手は、お問い合わせ番号を知っていたとしても、なりすましです。返信せず、このお問い合わせの中でお知らせください。

# $official: our official addresses and accounts, separated by commas
ack-official = 当社の公式アドレスとアカウント：{ $official }

# $brand: brand
signature = { $brand } サポート

## Warnings

warning-heading = 重要なお知らせです。最初にお読みください。

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    { $brand } を名乗っていますが、当社のものではありません：{ $names }。当社の担当者はそこにはいません。

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    お送りいただいたメッセージの中に、{ $brand } を名乗る者がいます。当社とは関係がなく、当社の担当者でもありません。

advice-look-alike =
    { $brand } に似ていますが、当社のものではありません：{ $names }。なりすましは、当社だと思い込ませるためにこのような名前を使います。

advice-look-alike-unnamed =
    お送りいただいたメッセージに、{ $brand } に似ているものの当社のものではないアカウントまたはアドレスが含まれています。なりすましは、当社だと思い込ませるためにこのような名前を使います。

advice-reported-scam =
    詐欺として報告されており、{ $brand } とは一切関係がありません：{ $names }

advice-reported-scam-unnamed =
    お送りいただいたメッセージに、詐欺として報告されているアカウントまたはアドレスが含まれています。{ $brand } とは一切関係がありません。

# A forged sender shows our own true address, so no name is given
advice-forged =
    { $brand } のアドレスが差出人として表示されているメッセージが、当社の検証を通過しませんでした。差出人が偽装されている可能性があります。差出人欄のアドレスは偽ることができます。書かれている指示には従わないでください。

advice-link-mismatch =
    お送りいただいたメッセージの中に、表示と実際の行き先が異なるリンクがあります。実際の行き先：{ $names }

advice-link-mismatch-unnamed =
    お送りいただいたメッセージの中に、表示とは別のアドレスにつながるリンクがあります。

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    お送りいただいた内容に、リカバリーフレーズまたは秘密鍵が含まれていました。メッセージからはすでに削除しており、{ $brand } では誰も読んでいませんし、誰も必要としていません。ただし、それを知っている人はそのウォレットの中身をすべて自由にできます。ほかに誰が見たかは分かりません。今すぐ新しいリカバリーフレーズで新しいウォレットを作成し、資産をそこへ移してください。古いフレーズはどのサイトにも決して入力しないでください。新しいフレーズは、当社を含め、誰にも決して送らないでください。

advice-secret-password =
    お送りいただいた内容に、パスワードまたは認証アプリのシークレットキーが含まれていました。メッセージからはすでに削除しており、{ $brand } では誰も読んでいません。今すぐアプリまたは当社ウェブサイトで変更し、同じものをお使いのほかのサービスでも変更してください。あわせて二段階認証も設定し直してください。

advice-secret-code =
    お送りいただいた内容に、認証コードが含まれていました。メッセージからはすでに削除しています。当社が認証コードを求めることは決してありません。誰かに求められた場合は、今すぐアプリまたは当社ウェブサイトでアカウントを凍結し、パスワードを変更してください。

advice-secret-card =
    お送りいただいた内容に、カード番号が含まれていました。メッセージからはすでに削除しています。当社には必要のないものです。ほかの人にも教えてしまった場合は、カード会社または銀行にカードの利用停止を依頼してください。

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    手数料やウォレットへのアクセスと引き換えに、あるいは「ハッカー」の力を借りて、失った通貨や盗まれた通貨を取り戻すと約束する相手にはご注意ください。そのようなことは誰にもできません。持ちかけてくる者は、もう一度だまし取ろうとしています。{ $brand } がサポートの対価としてお金をいただくことは決してありません。

advice-giveaway =
    先に支払いやウォレットの接続、送金を求める賞品、エアドロップ、「入金額が倍になる」といった話は詐欺です。{ $brand } のプレゼント企画は、すべてアプリ内でお知らせします。

advice-fake-support =
    { $brand } の担当者が、ウォレットの「検証」「同期」や接続、フォームへのリカバリーフレーズの入力、リモート操作ソフトのインストール、個人アカウントへの連絡をお願いすることはありません。そのようなことを求める相手は、どのような名前であっても、なりすましです。

advice-investment =
    先に入金が必要な仕事、必ず利益が出るというシグナル、会ったこともないのに投資を教えようとする人は、よく知られた詐欺の手口です。最初は少額の利益を見せますが、出金は決してできません。これ以上は何も送らないでください。すでに送ってしまった場合は、当社にお知らせください。

# For a finding without a text of its own
advice-caution =
    お送りいただいたメッセージに、ご注意いただきたい点がありました。担当者が確認いたします。

# $official: the true account, address or domain that is imitated
warning-true-one = 本物のアドレスまたはアカウント：{ $official }

warning-what-to-do =
    対処方法：相手に返信せず、リンクも開かず、認証コード、書類、お金を送らないでください。すでに何かを送った、または相手のサイトでログインしてしまった場合は、直ちにアカウントを凍結し、パスワードを変更し、二段階認証を設定し直したうえで、このお問い合わせの中で何があったかをお知らせください。ただし、パスワードや認証コードそのものは決して書かないでください。

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = { $brand } へのお問い合わせ
answer-files = 次のファイルはメールで送るには大きすぎます。{ $until } まで、こちらから受け取れます。

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = 日本語

command-help = ここでのサポートの受け方
command-new = 新しい内容を問い合わせる
command-status = お問い合わせの状況を確認する
command-verify = アカウント、アドレス、リンクが公式か確認する
command-report = なりすましを順を追って報告する
command-language = 言語を選ぶ
command-close = お問い合わせを終了する

## Commands: /start and /help

# $brand: brand
start-hello =
    { $brand } サポートへようこそ。

    私は自動アシスタントです。お客様のメッセージを受け付け、担当者がここで返信いたします。ご用件をそのままお書きください。

# What is never asked for, in one line: no item may be left out in a translation
never-line = 当社がパスワード、シードフレーズや秘密鍵、認証コード、端末のリモート操作、支払いを求めることは決してありません。当社の名前でこれらを求める相手は、なりすましです。

# $case: case number
start-bound = 再度のご連絡ありがとうございます。この会話は、お問い合わせ { $case } の続きとして承ります。ここにお書きいただいた内容は、担当者に届きます。

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = ようこそ。このリンクではお問い合わせを開けません。すでに使用されたか、別の会話用のリンクかもしれません。問題ありませんので、ご用件をここにそのままお書きください。お問い合わせ番号をお持ちの場合は、あわせてお書きください。

help-hello = 人に話すように、ご用件をそのままお書きください。担当者が読み、ここで返信いたします。次のコマンドもご利用いただけます。

# A command that we do not know
unknown-command = 申し訳ありませんが、このコマンドは分かりません。スラッシュを付けずにご用件をお書きいただくか、/help をご覧ください。

button-status = お問い合わせ状況
button-verify = アカウントを確認
button-report = なりすましを報告
button-language = 言語 / Language
button-new = 担当者に連絡する

## Commands: /new

new-ask =
    どうぞお書きください。次のメッセージで新しいお問い合わせを受け付けます。どのような内容で、いつ起きましたか。

    アカウント ID（UID）をお知らせいただけると助かります。入金・出金に関する場合は、トランザクションハッシュ（TxID）、ネットワーク、通貨、数量もお知らせください。パスワード、認証コード、シードフレーズは送らないでください。

# $case: case number
new-opened = ありがとうございます。お問い合わせ { $case } として担当者に引き継ぎました。この後にお書きいただく内容も、このお問い合わせに追加されます。

## Commands: /status

status-none = ここでのお問い合わせはまだありません。ご用件をそのままお書きいただければ、受け付けいたします。

# The same for a number that does not exist and for somebody else's
status-unknown = この番号のお客様のお問い合わせは、ここでは見つかりません。番号をお確かめいただくか、ご用件をお書きください。

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }：{ $state }
    受付 { $opened }、最終更新 { $changed }
    { $next }

# $count: how many more cases there are
status-more = ほかに { $count } 件あります。ご覧になるには、/status に続けて番号をお送りください。

state-open = 担当者が対応中
state-waiting = 返信済み
state-solved = 終了

next-open = 次の流れ：担当者が読み、ここで返信いたします。再度ご連絡いただかなくても、順番は変わりません。
next-waiting = 次の流れ：まだ解決していない点があれば、ここにお書きください。担当者が引き続き対応いたします。
next-solved = 次の流れ：お手続きは不要です。まだ解決していない場合は、ここにお書きください。あらためて確認いたします。

## Commands: /language

language-ask = どの言語でご案内しましょうか。
language-chosen = これからは日本語でご案内します。

## Commands: /close

# $case: case number
close-ask = お問い合わせ { $case } を終了しますか。内容は削除されません。
close-none = 終了できる対応中のお問い合わせは、ここにはありません。
# $case: case number
close-done = お問い合わせ { $case } を終了しました。ご連絡ありがとうございました。また何かございましたら、ここにお書きください。別のご用件は /new をご利用ください。
close-kept = お問い合わせはそのまま継続します。引き続き担当者が対応いたします。

button-close = はい、終了する
button-keep = いいえ、続ける

## Commands: in the middle of a question

cancelled = 中止しました。何も送信されていません。いつでもご連絡ください。
cancel-nothing = 中止するものはありません。ご用件をそのままお書きください。
button-cancel = キャンセル

# For a button that we did not make for this person, or whose question is over
button-stale = このボタンはお客様用ではないか、有効期限が切れています。/help からもう一度お始めください。

## Commands: in a group

group-private = ここは誰でも読めますので、続きは個別のチャットでお願いします。このグループには、お問い合わせ番号や個人情報を書かないでください。当社から先にご連絡することは決してありません。
button-private = 個別チャットで続ける
# $brand: brand
group-help = 私は { $brand } の自動アシスタントです。ここでは名前の確認だけを行います。/verify に続けて名前をお送りください。そのほかのご用件は、個別のチャットで承ります。当社から先にご連絡することも、パスワード、認証コード、シードフレーズを求めることも決してありません。

## Commands: /verify

verify-ask = どのアカウント、アドレス、リンクを確認しますか。@名前、メールアドレス、リンクなどを、見たとおりにお書きください。そのアカウントからのメッセージを転送していただいてもかまいません。

# $official: one of our accounts; $platform: where it is
account-on = { $platform } の { $official }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } は公式です。{ $brand } の公式リストに載っています。これは、表記が完全に一致する場合に限ります。
verify-official-since = ✅ { $official } は公式です。{ $since } から { $brand } の公式リストに載っています。これは、表記が完全に一致する場合に限ります。

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } は、{ $brand } の公式アカウント・アドレスのリストに載っていません。これ以上のことは分かりかねます。
verify-not-listed-unnamed = お尋ねのものは、{ $brand } の公式アカウント・アドレスのリストに載っていません。これ以上のことは分かりかねます。

# It was ours once
verify-retired = ⚠️ { $claim } は以前 { $brand } のものでしたが、現在は違います。今は別の人が使っている可能性があります。
verify-retired-unnamed = ⚠️ お尋ねのものは以前 { $brand } のものでしたが、現在は違います。今は別の人が使っている可能性があります。

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } は当社のものではありません。{ $official } に似せてあります：{ $technique }。
verify-look-alike-unnamed = ⚠️ お尋ねのものは当社のものではありません。{ $official } に似せてあります：{ $technique }。

verify-scam = ⛔ { $claim } は詐欺として報告されています。{ $brand } とは一切関係がありません。
verify-scam-unnamed = ⛔ お尋ねのものは詐欺として報告されています。{ $brand } とは一切関係がありません。

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ { $official } という名前は当社のリストにありますが、現在その名前を使っているアカウントは、当社が把握しているものではありません。名前は別の人の手に渡ることがあります。担当者が確認してお知らせするまで、信用しないでください。

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ このメッセージの送信者は { $brand } と読める名前を使っていますが、アカウントは当社のものではありません。名前は誰でも自由に付けられます。

# The platform hides who wrote the forwarded message
verify-hidden = このメッセージの送信者はアカウントを非公開にしているため、確認できません。名前だけでは、たとえ当社の名前でも、何の証明にもなりません。{ $brand } から先にご連絡することは決してありません。/report で、そのアカウントを当社にお知らせいただけます。

verify-unchecked = 確認できませんでした。@名前、メールアドレス、リンクのいずれかを、一度に一つずつ、見たとおりにお送りください。
verify-ambiguous = ⚠️ これは複数の読み方ができ、そのうちの一つは当社のものではありません。開かないでください。

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ このリンクは行き先が表示されないため、確認できません。開かないでください。当社のリンクには、当社の名前がそのまま表示されます。

# An address that coins are sent to
verify-wallet = 送金先のアドレスは、誰のものかが分からないため確認できません。当社が、アカウントの凍結解除や確認、保護のために、どこかへの送金をお願いすることは決してありません。入金アドレスは、アプリと当社ウェブサイトにのみ表示されます。

# Telegram does not let bots look up people's accounts by name
verify-telegram = Telegram の名前として確認しました。Telegram では個人のアカウントを名前で検索できないため、当社のリストとの照合しかできません。ほかの場所でご覧になった場合は、リンクをお送りください。

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } は { $brand } のアドレスの一つです。ただし、メールの差出人としては誰でもこのアドレスを書けるため、誰が送ったかの証明にはなりません。ご不明な場合は、アプリまたは当社のウェブサイトでお問い合わせください。
verify-more = 一度に確認できる数を超えています。残りは一つずつお送りください。それまではどれも信用しないでください。

verify-care = 相手が { $brand } の名前を使っている場合は、返信せず、何も送らないでください。/report で報告していただけます。
verify-what-to-do = 返信せず、リンクも開かず、認証コードやお金を送らないでください。すでに何かを送ってしまった場合は、今すぐアプリまたは当社ウェブサイトでアカウントを凍結し、その後 /report をご利用ください。
verify-in-group = リンクや名前は、私との個別チャットでもご確認ください。グループは、なりすましが好んで現れる場所です。

technique-confusable = 見た目の似た文字や数字を使っています
technique-separator = 違いはドット、ハイフン、アンダースコアだけです
technique-embedded = 当社の名前を別の名前の中に組み込んでいます
technique-link = リンクに当社の名前が含まれていますが、行き先は別の場所です
technique-suffix = 末尾が当社のものと異なります
technique-elsewhere = 当社の名前ですが、当社がその名前を使っていないプラットフォームやサイトのものです
technique-display-name = 当社の名前を表示名に使っています
technique-affix = 当社の名前に「support」「official」などの語を付け加えています
technique-slip = 当社の名前の文字を抜いたり、足したり、変えたりしています
technique-region = 当社の名前に国名、地域名、数字を付け加えています
technique-mark = 名前に認証バッジのような印を付けていますが、これは誰にでもできます
technique-redirect = 表示とは別のアドレスに転送されます
technique-words = 当社であるかのような書き方をしています
technique-other = 当社のものと思わせるように作られています

## Commands: /report

report-begin = お知らせいただき、ありがとうございます。ほかの方を守ることにもつながります。これから短い質問を三つします。いつでも中止できます。
report-kind = 何を報告されますか。
report-what-account = どのアカウントでしょうか。相手のメッセージを転送するか、名前またはリンクをお送りください。アカウントが非公開の場合は、下のボタンで選択してください。
report-what-address = どのアドレスでしょうか。リンクまたはアドレスを見たとおりにお送りいただくか、それが書かれていたメッセージを転送してください。開かないでください。

# $brand: brand
report-official = ✅ これは { $brand } の公式リストに載っている、当社のものです。それでもおかしいと思われる点がある場合は、このままお続けください。

report-harm = 相手に、お金、認証コード、パスワード、書類などを送りましたか。または、相手に言われてどこかにログインしましたか。
report-harm-again = 記録しました。もう一つお尋ねします。相手に何か（お金、認証コード、パスワード、書類）を送りましたか。または、相手に言われてどこかにログインしましたか。
report-story = 分かりました。何があったのか、お客様の言葉で一つのメッセージにまとめてお書きください。ボタンを押すと、このまま報告を送信できます。
report-noted = 追加しました。何があったのかをお書きいただくか、ボタンを押して報告を送信してください。

# What a user must do at once who has given something away
report-freeze = ⚠️ 今すぐ次のことを行ってください。アプリまたは当社ウェブサイトでアカウントを凍結し、パスワードを変更し、二段階認証を設定し直してください。損失を返すと約束されても、これ以上は何も送らないでください。

# $case: case number; $kind: one of the kind texts
report-sent = ご報告は担当者に届きました。お問い合わせ { $case }：{ $kind }
# $seen: names that were pointed out, made unclickable
report-seen = 報告の対象：{ $seen }
report-tell-more = 続いて、何があったのかをここにお書きください。いつ、何を、どこへ送ったか（トランザクションハッシュ、アドレス）もお知らせください。お問い合わせに追加されます。パスワードや認証コードそのものは決して送らないでください。
report-thanks = ありがとうございます。当社で確認し、さらに伺いたいことがあれば、ここでご連絡します。相手にはもう返信しないでください。追加の情報は、このままここにお書きください。

# $case: case number. A command has ended the report before its last question
report-passed-on = ここまでのご報告を担当者に引き継ぎました。お問い合わせ番号：{ $case }
report-new-again = この後にお書きいただく内容も、そのお問い合わせに追加されます。別のご用件の場合は、もう一度 /new をお送りください。

kind-account = アカウント
kind-group = グループ・チャンネル
kind-website = サイト・リンク
kind-mail = メール
kind-other = その他

button-pick-user = アカウントを選ぶ
button-pick-chat = グループなどを選ぶ
button-skip = 選べません
button-yes = はい
button-no = いいえ
button-send = 報告を送信

## Chats: acknowledgement and files

# $case: case number
chat-received = ありがとうございます。メッセージを受け取りました。お問い合わせ番号は { $case } です。担当者が読み、通常 24 時間以内にここで返信いたします。情報を追加される場合は、このままここにお書きください。状況は /status で確認できます。資産に危険が及んでいる場合は、今すぐアプリまたは当社ウェブサイトでアカウントを凍結してください。

# $case: case number
chat-encrypted = メッセージを受け取りましたが、エンドツーエンドで暗号化されているため、ここでは読むことができません。お問い合わせ番号は { $case } です。暗号化せずにもう一度お送りいただくか、当社の別の公式窓口からご連絡ください。

file-too-large = メッセージを受け取りましたが、添付ファイルの一つが大きすぎるため、ここでは受け取れませんでした。サイズを小さくしたもの、または必要な部分のスクリーンショットをお送りいただくか、内容を文章でご説明ください。
# $count: how many files, at least two
files-too-large = メッセージを受け取りましたが、添付ファイルのうち { $count } 個が大きすぎるため、ここでは受け取れませんでした。サイズを小さくしたもの、または必要な部分のスクリーンショットをお送りいただくか、内容を文章でご説明ください。

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } は当社のものではなく、どのような名前を表示していても、{ $brand } の担当者ではありません。当社の担当者から先にご連絡することも、パスワード、認証コード、シードフレーズ、支払いを求めることも決してありません。返信しないでください。

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ { $platform } でなりすましを確認：{ $account }（グループ { $group }）。お問い合わせ { $case }。
# $official: one of our accounts
impostor-imitates = { $official } を装っています。
impostor-to-do = 確認のうえ、グループから削除し、プラットフォームに報告してください。

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = ご連絡ありがとうございます。ここは誰でも読めますので、続きは { $handle } へDMでお願いします。当社から先にDMすることはなく、パスワード、シードフレーズ、秘密鍵、認証コード、リモート操作、支払いを求めることもありません。
public-warning = ご注意：当社の返信は { $handle } からのみです。ほかに当社を名乗る返信はなりすましです。何も送らないでください。ご連絡は { $handle } へDMで。当社から先にDMすることも、パスワード、シードフレーズ、秘密鍵、認証コード、リモート操作、支払いを求めることもありません。

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ ご注意ください。お客様の公開投稿に、{ $brand } の名前で返信している、当社のものではないアカウントがあります：{ $account }。返信せず、リンクも開かず、何も送らないでください。当社からのご連絡は { $handle } からのみです。すでに何かを送ってしまった場合は、今すぐアカウントを凍結し、何があったのかをここでお知らせください。

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ ご注意ください。お客様の公開投稿に、{ $brand } の名前で返信している、当社のものではないアカウントがあります。返信せず、リンクも開かず、何も送らないでください。当社からのご連絡は { $handle } からのみです。すでに何かを送ってしまった場合は、今すぐアカウントを凍結し、何があったのかをここでお知らせください。

# $link: the address of our privacy policy
privacy-line = お書きいただいた内容の取り扱いについて：{ $link }

# $word: the word that lets automatic messages come again
opted-out = 危険が及んだ際の警告を除き、ここで自動メッセージが届くことはもうありません。担当者から返信することはあります。再び受け取るには、{ $word } とお送りください。
opted-in = 自動メッセージを再開しました。

# $options: what may be written, separated by slashes
answer-with = 次の中からお答えください：{ $options }
