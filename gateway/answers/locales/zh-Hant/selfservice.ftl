# The same as in en/selfservice.ftl, where each text is explained.

command-cases = 查看您的所有案件
command-reopen = 重新開啟已關閉的案件
command-agent = 轉接真人客服
command-kyc = 查詢身分驗證進度
command-security = 查詢交易所對您帳戶安全的檢查結果
command-link = 證明另一個帳號也屬於您
button-agent = 轉接真人客服

cases-head = 您的案件：
cases-line = { $case }：{ $state }，最近更新 { $changed }
cases-more = 另有 { $count } 個較早的案件。
which-case = 您有不只一個未關閉的案件。請再次傳送該指令，並在後面寫上您所指案件的編號：
reopen-none = 您沒有可以重新開啟的已關閉案件。
reopen-done = 您的案件 { $case } 已重新開啟，我們的團隊會再次查看。請告訴我們還有什麼沒有解決。
close-done-letter = 您的案件 { $case } 已關閉。感謝您的來信。如有新的情況，直接回覆本郵件即可。

agent-done = 我們的人員會在案件 { $case } 中答覆您，系統不會再自動向您提問。
agent-opened = 我已將您的請求轉交給我們的團隊，案件編號為 { $case }。請寫明是什麼問題、何時發生，這樣我們能更快幫到您。

kyc-none = 您尚未開始身分驗證。
kyc-pending = 您的身分驗證正在審核中。
kyc-approved = 您的身分驗證已完成。
kyc-rejected = 您的身分驗證未通過。原因請在應用程式或我們的網站上查看。
kyc-other = 身分驗證狀態請在應用程式或我們的網站上查看。
kyc-missing =
    還缺少：
    { $items }
kyc-item-document = 身分證件
kyc-item-selfie = 本人臉部照片
kyc-item-address = 地址證明
kyc-item-funds = 資金來源證明
kyc-item-other = 應用程式中列出的其他資料

documents-link = 請僅透過此連結提交證件資料：{ $link }。切勿在聊天、郵件或公開場合傳送。
documents-app = 請僅在應用程式或我們的網站上提交證件資料。切勿在聊天、郵件或公開場合傳送。
documents-here = ⚠️ 這看起來像是能證明您身分的證件。如果可以，請在這裡將其刪除：聊天不是提交證件的地方。

security-none = 交易所沒有在這裡提供您帳戶的安全資訊。請在應用程式或我們的網站上查看。
security-well = 在交易所對您帳戶所做的檢查中，沒有發現需要處理的問題。如果您仍發現異常，請立即在應用程式或我們的網站上凍結帳戶，並寫信告訴我們。
security-weak =
    請儘快在應用程式或我們的網站上檢查以下內容：
    { $items }
security-item-password = 您的密碼
security-item-factor = 您的兩步驟驗證
security-item-logins = 異常登入
security-item-devices = 已登入的裝置
security-item-keys = 您的 API 金鑰
security-item-addresses = 您的提幣地址
security-item-other = 應用程式中列出的其他項目

customer-unknown = 交易所沒有找到與您目前傳送方式對應的帳戶。請用註冊信箱來信，或在應用程式中綁定此帳號。您也可以在應用程式或我們的網站上查看。
customer-unchecked = 現在暫時無法查詢。請稍後再試，或在應用程式或我們的網站上查看。
customer-off = 這裡無法查詢此項。請在應用程式或我們的網站上查看。

link-give =
    您的驗證碼：{ $code }

    請在 { $minutes } 分鐘內用您的另一個帳號傳給我們。在 Telegram 上向我們的機器人傳送：/link { $code }。在 X 上傳私訊給我們：link { $code }。透過郵件時，請用註冊信箱來信，主旨寫：link { $code }
link-never = ⚠️ 切勿把這樣的驗證碼交給任何人，也切勿傳送別人給您的驗證碼：這樣做會讓陌生人看到您的案件。我們的人員絕不會向您索取。
link-done = 完成：您在 { $platform } 上的帳號與本帳號現在視為同一人。從現在起，您可以在任一帳號中（僅限私訊）看到兩邊的案件。如需解除，請傳送 unlink。
link-told = ⚠️ { $platform } 上的一個帳號剛剛憑您在這裡取得的驗證碼與您的帳號連結，它可以看到您的案件。如果不是您本人操作，請立即傳送 unlink 並告訴我們。
link-wrong = 此驗證碼無法使用。請在原來取得驗證碼的地方傳送 link 重新取得。
link-same = 請用您的另一個帳號傳送此驗證碼，而不是取得它的這個帳號。
link-many = 錯誤的驗證碼太多。請一小時後再試。
link-full = 無法再連結更多帳號。請先在其中一個帳號上傳送 unlink。
unlink-done = 完成：此帳號重新獨立，只能看到自己的案件。
unlink-none = 此帳號沒有與其他帳號連結。
unlink-told = { $platform } 上的一個帳號已不再與您的帳號連結。如果不是您本人操作，請告訴我們。

letter-subject = 您向 { $brand } 提出的請求
letter-help = 您可以用自己的話寫信給我們，我們的人員會閱讀。也可以單獨傳送下列詞語之一，作為空白郵件的主旨，或作為回信中唯一的內容：
letter-verify = 需要我查證哪個帳號、地址或連結？請寫在一封空白郵件的主旨中，放在這個詞之後：{ $word }
letter-report = 感謝您告訴我們，這也能保護其他人。請把那則訊息轉寄給我們，或寫明是哪個帳號、地址或連結，以及您是否給對方傳送過任何東西。請不要開啟任何連結。
letter-unproven = 如果您詢問的是只有您本人可以查看的內容：透過郵件，只有在您的郵件服務商能證明寄件人身分時我們才會答覆。我們的人員會閱讀您的來信。
