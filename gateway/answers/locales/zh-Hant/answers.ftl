# What Gatehouse says to users, in Traditional Chinese. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = 我們已收到您的來信 [{ $case }]

# $brand: brand; $case: case number
ack-received =
    您好：

    感謝您聯絡 { $brand }。我們已收到您的訊息，案件編號為 { $case }。

ack-next =
    接下來：客服人員會閱讀您的訊息並回覆您，通常在 24 小時之內。有些問題需要較長時間查證，屆時我們會告知您。您不需要重複來信，處理順序不會受影響。如果您的資產正面臨風險，請立即在 App 或官網凍結帳戶，不必等待我們回覆。

# Where the case runs by email
ack-reply-mail =
    如需補充資料，請直接回覆這封郵件，並保留原主旨，讓所有內容歸在同一個案件。對我們最有幫助的資訊是：您的帳戶 UID 與事情發生的時間；若與充值或提領有關，也請提供交易雜湊值（TxID）、使用的網路、幣種和數量。

# Where the case runs in a chat or by direct message
ack-reply-here =
    如需補充資料，請直接在這個對話中繼續留言。對我們最有幫助的資訊是：您的帳戶 UID 與事情發生的時間；若與充值或提領有關，也請提供交易雜湊值（TxID）、使用的網路、幣種和數量。

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    我們絕不會向您索取：
    - 您的密碼
    - 您的助記詞（復原詞）或私鑰
    - 簡訊、電子郵件或驗證器 App 中的驗證碼
    - 對您手機或電腦的遠端控制，或螢幕分享
    - 任何付款或轉帳，無論對方說是為了「解鎖」、「驗證」還是「保護」您的帳戶

# $brand: brand
ack-phishing =
    凡是以 { $brand } 的名義向您索取上述任何一項的人，都是冒充者，即使對方知道您的案件編號也一樣。請不要回覆對方，並在本案件中告訴我們。

# $official: our official addresses and accounts, separated by commas
ack-official = 我們的官方地址與帳號：{ $official }

# $brand: brand
signature = { $brand } 客服團隊

## Warnings

warning-heading = 重要提醒，請先閱讀：

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    以下帳號或地址自稱是 { $brand }，但並不屬於我們：{ $names }。對方不是我們的工作人員。

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    您的訊息中有人自稱是 { $brand }，但對方與我們無關，也不是我們的工作人員。

advice-look-alike =
    以下帳號或地址看起來很像 { $brand }，但並不是我們的：{ $names }。冒充者刻意取這類名稱，讓您誤以為是官方。

advice-look-alike-unnamed =
    您的訊息中提到的一個帳號或地址看起來很像 { $brand }，但並不是我們的。冒充者刻意取這類名稱，讓您誤以為是官方。

advice-reported-scam =
    以下帳號或地址已被檢舉涉及詐騙，與 { $brand } 沒有任何關係：{ $names }

advice-reported-scam-unnamed =
    您的訊息中提到的一個帳號或地址已被檢舉涉及詐騙，與 { $brand } 沒有任何關係。

# A forged sender shows our own true address, so no name is given
advice-forged =
    有一則訊息的寄件者顯示為 { $brand } 的地址，但未通過我們的查驗，寄件者可能是偽造的：寄件者欄位的地址可以隨意填寫。請不要依照其中的要求操作。

advice-link-mismatch =
    您的訊息中有一個連結，實際前往的地方與顯示的不同。它實際指向：{ $names }

advice-link-mismatch-unnamed =
    您的訊息中有一個連結，實際指向另一個地址，與顯示的不同。

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    您把助記詞或私鑰傳給了我們。我們已將它從您的訊息中移除：{ $brand } 沒有任何人看過，也沒有人需要它。不過，知道它的人就擁有該錢包裡的一切，而您無法確定還有誰看過。請立即用新的助記詞建立新錢包，並把資產轉過去。舊的助記詞請勿再輸入任何網站；新的助記詞不要傳給任何人，包括我們。

advice-secret-password =
    您把密碼或驗證器的金鑰傳給了我們。我們已將它從您的訊息中移除：{ $brand } 沒有任何人看過。請立即在 App 或官網變更密碼，其他使用相同密碼的地方也請一併變更，並重新設定兩步驟驗證。

advice-secret-code =
    您把驗證碼傳給了我們。我們已將它從您的訊息中移除；我們絕不會向您索取驗證碼。如果有人向您要過，請立即在 App 或官網凍結帳戶，並變更密碼。

advice-secret-card =
    您把卡號傳給了我們。我們已將它從您的訊息中移除。我們不需要卡號；如果您曾告訴過其他人，請通知銀行停用這張卡。

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    凡是承諾幫您追回遺失或被盜的幣，並要求收費、要求存取您的錢包，或聲稱有「駭客」協助的人，請務必小心：沒有人做得到，這種人只是想再騙您一次。{ $brand } 提供協助絕不收費。

advice-giveaway =
    凡是要您先付款、先連接錢包或先轉幣才能領取的獎品、空投或「存一送一」，都是詐騙。{ $brand } 的贈送活動一律會在 App 內公布。

advice-fake-support =
    { $brand } 的人員不會要求您「驗證」、「同步」或連接錢包，不會要求您在表單中填寫助記詞、安裝遠端控制程式，也不會要您聯絡私人帳號。提出這類要求的人就是冒充者，無論用什麼名字。

advice-investment =
    要您先付錢的工作、保證獲利的投資訊號，以及素未謀面卻教您投資的人，都是常見的詐騙：一開始會讓您看到小額獲利，之後卻永遠無法提領。請不要再轉出任何資產；如果已經轉了，請告訴我們。

# For a finding without a text of its own
advice-caution =
    您的訊息中有些內容需要您提高警覺，我們的客服人員會進一步查看。

# $official: the true account, address or domain that is imitated
warning-true-one = 真正的官方地址或帳號：{ $official }

warning-what-to-do =
    您該怎麼做：不要回覆對方，不要點開任何連結，不要提供驗證碼、證件或金錢。如果您已經提供過資料，或曾在對方的網站登入：請立即凍結帳戶、變更密碼、重新設定兩步驟驗證，並在本案件中告訴我們經過，但切勿附上密碼或驗證碼本身。

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = 您與 { $brand } 的聯絡
answer-files = 以下檔案過大,無法隨郵件寄送。{ $until } 之前可於此處取得:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = 繁體中文

command-help = 如何在這裡取得協助
command-new = 詢問新的問題
command-status = 查看您的案件進度
command-verify = 這個帳號、地址或連結是官方的嗎？
command-report = 檢舉冒充者（逐步引導）
command-language = 選擇語言
command-close = 結束案件

## Commands: /start and /help

# $brand: brand
start-hello =
    您好，歡迎聯絡 { $brand } 客服。

    我是自動助理，負責接收您的訊息，由我們的客服人員在這裡回覆您。請直接寫下您遇到的問題。

# What is never asked for, in one line: no item may be left out in a translation
never-line = 我們絕不會向您索取密碼、助記詞或私鑰、驗證碼，也不會要求遠端控制您的裝置或要您付款。凡是以我們的名義這麼做的人，都是冒充者。

# $case: case number
start-bound = 您好，又見面了。這個對話現在接續您的案件 { $case }，您在這裡寫的內容都會送到負責的客服人員手上。

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = 您好！我無法用這個連結開啟案件，它可能已經使用過，或屬於另一個對話。沒有關係，請直接在這裡寫下您的問題；如果您有案件編號，也請一併附上。

help-hello = 請直接寫下您的問題，就像和人交談一樣，客服人員會閱讀並在這裡回覆您。您也可以使用以下指令：

# A command that we do not know
unknown-command = 抱歉，我不認識這個指令。請不要加斜線，直接寫下您的問題，或查看 /help。

button-status = 我的案件
button-verify = 查證帳號
button-report = 檢舉冒充者
button-language = 語言 / Language
button-new = 聯絡客服人員

## Commands: /new

new-ask =
    請說，您的下一則訊息會開啟新的案件。是什麼問題？什麼時候發生的？

    請附上您的帳戶 UID，方便我們查詢；若與充值或提領有關，也請提供交易雜湊值（TxID）、使用的網路、幣種和數量。請不要傳送任何密碼、驗證碼或助記詞。

# $case: case number
new-opened = 謝謝您，我已將您的問題轉給客服人員，案件編號為 { $case }。您接下來寫的內容會加入這個案件。

## Commands: /status

status-none = 您在這裡還沒有案件。請直接寫下您的問題，我會為您開啟一個。

# The same for a number that does not exist and for somebody else's
status-unknown = 您在這裡沒有這個編號的案件。請確認編號，或直接寫下您的問題。

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }：{ $state }
    建立時間 { $opened }，最近更新 { $changed }
    { $next }

# $count: how many more cases there are
status-more = 另有 { $count } 個案件。如需查看，請輸入 /status 加上案件編號。

state-open = 客服處理中
state-waiting = 已回覆
state-solved = 已結束

next-open = 接下來：客服人員會閱讀並在這裡回覆您。您不需要重複來信，處理順序不會受影響。
next-waiting = 接下來：如果還有問題，請在這裡留言，案件會重新轉給客服人員。
next-solved = 接下來：不需要任何動作。如果問題其實還沒解決，請在這裡留言，我們會再次處理。

## Commands: /language

language-ask = 您希望我使用哪一種語言？
language-chosen = 好的，從現在起我會用繁體中文與您交談。

## Commands: /close

# $case: case number
close-ask = 確定要結束案件 { $case } 嗎？其中的內容不會被刪除。
close-none = 您在這裡沒有可以結束的案件。
# $case: case number
close-done = 您的案件 { $case } 已結束，感謝您的來信。如果問題再次發生，請直接在這裡留言；若是其他問題，請使用 /new。
close-kept = 案件保持開啟，客服人員會繼續處理。

button-close = 是，結束案件
button-keep = 否，繼續處理

## Commands: in the middle of a question

cancelled = 已停止，沒有送出任何內容。您隨時可以留言給我們。
cancel-nothing = 目前沒有需要停止的動作。請直接寫下您的問題。
button-cancel = 取消

# For a button that we did not make for this person, or whose question is over
button-stale = 這個按鈕不是給您使用的，或者已經過期。請輸入 /help 重新開始。

## Commands: in a group

group-private = 這裡大家都看得到，我們私下繼續吧。請不要在群組中寫出案件編號或個人資料。我們絕不會主動私訊您。
button-private = 私下繼續
# $brand: brand
group-help = 我是 { $brand } 的自動助理。在這裡我只查證名稱：請輸入 /verify 加上名稱。其他事情請私下告訴我。我們絕不會主動私訊您，也絕不會索取密碼、驗證碼或助記詞。

## Commands: /verify

verify-ask = 您想查證哪個帳號、地址或連結？請照您看到的原樣傳給我，例如 @名稱、電子郵件地址或連結，也可以把對方的訊息轉發給我。

# $official: one of our accounts; $platform: where it is
account-on = { $platform } 上的 { $official }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } 是官方的，列在 { $brand } 的官方名單上。僅限拼寫完全相同的情況。
verify-official-since = ✅ { $official } 是官方的，自 { $since } 起列在 { $brand } 的官方名單上。僅限拼寫完全相同的情況。

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } 不在 { $brand } 的官方帳號與地址名單上。除此之外，我無法作出其他判斷。
verify-not-listed-unnamed = 您詢問的對象不在 { $brand } 的官方帳號與地址名單上。除此之外，我無法作出其他判斷。

# It was ours once
verify-retired = ⚠️ { $claim } 曾經屬於 { $brand }，但現在已經不是了。如今使用它的可能是其他人。
verify-retired-unnamed = ⚠️ 您詢問的對象曾經屬於 { $brand }，但現在已經不是了。如今使用它的可能是其他人。

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } 不是我們的。它看起來像 { $official }：{ $technique }。
verify-look-alike-unnamed = ⚠️ 您詢問的對象不是我們的。它看起來像 { $official }：{ $technique }。

verify-scam = ⛔ { $claim } 已被檢舉涉及詐騙，與 { $brand } 沒有任何關係。
verify-scam-unnamed = ⛔ 您詢問的對象已被檢舉涉及詐騙，與 { $brand } 沒有任何關係。

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ { $official } 這個名稱在我們的名單上，但目前使用它的帳號並不是我們所知的那一個：名稱可能會易手。在客服人員向您確認之前，請不要相信它。

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ 這則訊息的作者使用看起來像 { $brand } 的名稱，但該帳號不是我們的。任何人都可以隨意取名。

# The platform hides who wrote the forwarded message
verify-hidden = 這則訊息的作者隱藏了帳號，因此我無法查證：單憑名稱不能證明任何事，即使顯示的是我們的名稱。{ $brand } 絕不會主動私訊您。您可以使用 /report 向我們指出該帳號。

verify-unchecked = 我無法查證這個內容。請一次只傳一個名稱，並照您看到的原樣傳送：@名稱、電子郵件地址或連結。
verify-ambiguous = ⚠️ 這個內容有不只一種讀法，其中一種不是我們的。請不要打開它。

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ 這個連結看不出會前往哪裡，因此我無法查證。請不要打開；我們自己的連結會完整顯示我們的名稱。

# An address that coins are sent to
verify-wallet = 收幣地址無法查證：從地址看不出屬於誰。我們絕不會為了解鎖、驗證或保護帳戶而要求您把幣轉到任何地方。充值地址只會顯示在 App 和我們的官網上。

# Telegram does not let bots look up people's accounts by name
verify-telegram = 我把它當作 Telegram 上的名稱來查證。Telegram 不允許我們用名稱查詢個人帳號，因此我只能與我們的名單比對。如果您是在別處看到的，請把連結傳給我。

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } 是 { $brand } 自己的信箱地址。但任何人都可以把它寫成寄件人，因此它不能說明是誰寫信給您。如有疑問，請在應用程式或我們的網站上詢問。
verify-more = 其中的內容超出我一次能核實的數量。請把其餘的逐一傳給我，在此之前請都不要相信。

verify-care = 如果對方以 { $brand } 的名義與您聯絡，請不要回覆，也不要傳送任何東西。您可以使用 /report 檢舉。
verify-what-to-do = 請不要回覆對方，不要點開任何連結，不要提供驗證碼或金錢。如果您已經提供過：請立即在 App 或官網凍結帳戶，然後使用 /report 檢舉。
verify-in-group = 連結和名稱也請私下找我查證：群組是冒充者最愛出沒的地方。

technique-confusable = 使用了外形相似的字母或數字
technique-separator = 只差在點、連字號或底線
technique-embedded = 把我們的名稱放進它自己的名稱裡
technique-link = 連結中有我們的名稱，實際卻前往別處
technique-suffix = 結尾與我們的不同
technique-elsewhere = 是我們的名稱，但出現在我們並未使用該名稱的平台或網站上
technique-display-name = 把我們的名稱當作顯示名稱
technique-affix = 在我們的名稱上加了「support」、「official」、「客服」之類的字
technique-slip = 是我們的名稱，但少了、多了或換了字母
technique-region = 在我們的名稱上加了國家、地區或數字
technique-mark = 在名稱裡畫了認證標章，而這任何帳號都做得到
technique-redirect = 連結最後會轉到與顯示不同的地址
technique-words = 說話的口吻好像就是我們
technique-other = 刻意做得讓人誤以為是我們的

## Commands: /report

report-begin = 謝謝您告訴我們，這也能保護其他人。我會問您三個簡短的問題，您可以隨時停止。
report-kind = 您想檢舉什麼？
report-what-account = 是哪一個？請把對方的訊息轉發給我，或傳送名稱或連結。如果對方隱藏了帳號，請用下方的按鈕指出來。
report-what-address = 是哪一個？請照您看到的原樣把連結或地址傳給我，或轉發附有它的那則訊息。請不要打開它。

# $brand: brand
report-official = ✅ 這一個在 { $brand } 的官方名單上，是我們自己的。如果您仍然覺得不對勁，請繼續。

report-harm = 您是否給過對方任何東西，例如金錢、驗證碼、密碼或證件？或者曾依對方的要求在某處登入？
report-harm-again = 我記下了。還有一個問題：您是否給過對方任何東西（金錢、驗證碼、密碼、證件），或曾依對方的要求在某處登入？
report-story = 好的。發生了什麼事？請用一則訊息寫下經過，或按下按鈕直接送出檢舉。
report-noted = 我已加上。請寫下事情的經過，或按下按鈕送出檢舉。

# What a user must do at once who has given something away
report-freeze = ⚠️ 請立即這麼做：在 App 或官網凍結帳戶、變更密碼，並重新設定兩步驟驗證。不要再傳送任何東西，即使對方承諾賠償您的損失。

# $case: case number; $kind: one of the kind texts
report-sent = 您的檢舉已轉給客服人員。案件 { $case }：{ $kind }。
# $seen: names that were pointed out, made unclickable
report-seen = 檢舉對象：{ $seen }
report-tell-more = 接著請在這裡告訴我事情的經過：什麼時候、傳送了什麼、傳到哪裡（交易雜湊值、地址）。這些都會加入您的案件。切勿傳送密碼或驗證碼本身。
report-thanks = 謝謝您。我們會查證，如果需要進一步了解，會在這裡回覆您。請不要再回覆對方。如需補充，請直接在這裡留言。

# $case: case number. A command has ended the report before its last question
report-passed-on = 我已將您目前的檢舉內容轉給客服人員：案件 { $case }。
report-new-again = 您接下來寫的內容會加入這個案件。如果是其他問題，請再輸入一次 /new。

kind-account = 帳號
kind-group = 群組或頻道
kind-website = 網站或連結
kind-mail = 電子郵件
kind-other = 其他

button-pick-user = 指出帳號
button-pick-chat = 指出群組或頻道
button-skip = 我無法指出
button-yes = 是，有過
button-no = 沒有
button-send = 送出檢舉

## Chats: acknowledgement and files

# $case: case number
chat-received = 謝謝您，我們已收到您的訊息，案件編號為 { $case }。客服人員會閱讀並在這裡回覆您，通常在 24 小時之內。如需補充，請直接在這裡留言；輸入 /status 可查看進度。如果您的資產正面臨風險，請立即在 App 或官網凍結帳戶。

# $case: case number
chat-encrypted = 我們已收到您的訊息，但它經過端對端加密，我們在這裡無法讀取。案件編號為 { $case }。請不要加密，重新傳送一次，或透過我們的其他官方管道聯絡。

file-too-large = 我們已收到您的訊息，但其中一個檔案太大，在這裡無法接收。請傳送較小的版本或重點部分的截圖，也可以用文字說明。
# $count: how many files, at least two
files-too-large = 我們已收到您的訊息，但其中 { $count } 個檔案太大，在這裡無法接收。請傳送較小的版本或重點部分的截圖，也可以用文字說明。

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } 不是我們的帳號，無論顯示什麼名稱，都不是 { $brand } 的工作人員。我們的人員絕不會主動私訊您，也絕不會索取密碼、驗證碼、助記詞或任何款項。請不要回覆該帳號。

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ 在 { $platform } 上發現冒充者：{ $account }，出現於群組 { $group }。案件 { $case }。
# $official: one of our accounts
impostor-imitates = 它冒充的是 { $official }。
impostor-to-do = 請查看該帳號，將它移出群組，並向平台檢舉。

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = 謝謝您，我們已收到您的訊息。這裡大家都看得到，請私訊 { $handle } 繼續。我們絕不會主動私訊您，也絕不會索取密碼、助記詞、私鑰、驗證碼、遠端控制或付款。
public-warning = 請小心：我們只用 { $handle } 回覆。其他以我們名義回覆您的都是冒充者，請勿傳送任何東西。請直接私訊 { $handle }。我們絕不會主動私訊您，也絕不會索取密碼、助記詞、私鑰、驗證碼、遠端控制或付款。

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ 請小心：在您的公開貼文下，有人以 { $brand } 的名義回覆，但那不是我們的帳號：{ $account }。請不要回覆、不要點開對方的連結，也不要傳送任何東西。我們只用 { $handle } 與您聯絡。如果您已經傳送過什麼，請立即凍結帳戶，並在這裡告訴我們經過。

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ 請小心：在您的公開貼文下，有人以 { $brand } 的名義回覆，但那不是我們的帳號。請不要回覆、不要點開對方的連結，也不要傳送任何東西。我們只用 { $handle } 與您聯絡。如果您已經傳送過什麼，請立即凍結帳戶，並在這裡告訴我們經過。

# $link: the address of our privacy policy
privacy-line = 我們如何處理您的資料：{ $link }

# $word: the word that lets automatic messages come again
opted-out = 您不會再在這裡收到自動訊息，但遇到危險時仍會提醒您。客服人員仍可能回覆您。如需恢復，請輸入 { $word }。
opted-in = 自動訊息已恢復。

# $options: what may be written, separated by slashes
answer-with = 您可以回答：{ $options }
