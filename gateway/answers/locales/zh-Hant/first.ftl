# The first answer that helps, in traditional Chinese. Keys and variables: see the English file.

## Chats: the number

first-received = 您的訊息已收到，謝謝。您的案件編號是 { $case }，傳送 /status 可查看進度。

## Mail: how to add something, where the receipt says all the rest

first-add = 如需補充，請直接回覆這封郵件，並保持主旨不變，這樣所有內容都會歸入同一案件。

## What it is taken for, and who looks after it

first-account_stolen = 我們將此事視為帳戶有危險，由安全團隊優先處理。
first-scam_suspected = 我們判斷這可能涉及詐騙，由安全團隊調查。
first-wrong_transfer = 我們判斷這是轉錯地址、轉錯網路或漏填標籤（Memo）的問題，由找回團隊處理。
first-deposit_not_credited = 我們判斷這是充值未到帳的問題，由充值團隊處理。
first-withdrawal_delayed = 我們判斷這是提領延遲的問題，由提領團隊處理。
first-liquidation_dispute = 我們判斷這是關於強制平倉或合約部位的問題，由合約團隊處理。
first-spot_order = 我們判斷這是關於現貨訂單的問題，由交易團隊處理。
first-p2p_fiat = 我們判斷這是關於 P2P 或銀行轉帳的問題，由支付團隊處理。
first-card = 我們判斷這是關於卡片或刷卡買幣的問題，由支付團隊處理。
first-kyc = 我們判斷這是關於身分驗證的問題，由驗證團隊處理。
first-login = 我們判斷這是無法登入的問題，由帳戶團隊處理。
first-account_data_change = 我們判斷這是修改帳戶資料的問題，由帳戶團隊處理。
first-account_closure = 我們判斷這是關於關閉帳戶的問題，由帳戶團隊處理。
first-api = 我們判斷這是關於 API 的問題，由技術團隊處理。
first-promotion = 我們判斷這是關於活動或返佣的問題，由獎勵團隊處理。
first-fees = 我們判斷這是關於手續費的問題，由客服團隊處理。
first-policy = 我們判斷這是關於規則與監管的問題，由客服團隊答覆，必要時會同法遵團隊。
first-authority_request = 我們判斷這是主管機關或其代理人的請求，由法務團隊受理。
first-complaint = 造成您不好的體驗，我們深感抱歉。會有專人閱讀您的申訴，並查明問題出在哪裡。
first-feedback = 感謝您的建議，我們會轉交產品團隊。恕無法逐一回覆每項建議。
first-praise = 感謝您的肯定，我們會轉達給相關同仁。您不需要再做任何事。

## In every receipt: the net below what was not taken for danger

first-risk = 如果您的資產正面臨風險，請立即在 App 或官網凍結帳戶。

## By when

first-when-hour = 預計一小時內答覆您。
first-when-few = 預計 { $hours } 小時內答覆您。
first-when-hours = 預計 { $hours } 小時內答覆您。
first-when-usual = 一般會在 24 小時內答覆您。

## What was recognised

seen-transaction = 我們在 { $network } 上查到了您的交易：{ $link }
seen-confirmed = 我們在 { $network } 上查到了您的交易，目前確認數為 { $confirmations }：{ $link }
look-transaction = 您可以在此查詢這筆 { $network } 交易：{ $link }

## What is missing, each with where to find it

ask-heading = 為了繼續處理，請您提供：
ask-tx_hash = - 交易雜湊值（TxID）：在轉出方錢包或交易所的提領紀錄中可以找到。
ask-address = - 收款地址：在交易紀錄中與該筆交易一同顯示。
ask-network = - 所用網路，例如 TRC20 或 ERC20：與交易顯示在同一頁面。
ask-account_id = - 您的帳戶 UID：在 App 中點選頭像即可看到。
ask-withdrawal_id = - 充值或提領編號：在資產紀錄中開啟該筆紀錄即可看到。
ask-order_id = - 訂單編號：在歷史訂單中開啟該訂單即可看到。
ask-memo = - 您填寫的標籤（Memo/Tag），如有：轉出方會在交易詳情中顯示。
ask-amount = - 數量與幣種。
ask-time = - 發生時間：日期、時刻與時區。
ask-position = - 部位資訊：合約、多空方向、槓桿倍數，見歷史部位。
ask-email = - 您帳戶的註冊信箱。
ask-link = - 相關的連結或帳號名稱，請寫成無法直接點開的形式。
ask-screenshot = - 畫面截圖；請遮住餘額、驗證碼與他人姓名。
ask-never = 請不要傳送任何密碼、驗證碼或助記詞。
ask-documents = 證件與資料只能在此提交，切勿透過訊息傳送：{ $link }

## What a further message brought

recorded-all = 謝謝，已記錄到您的案件 { $case }。資料已齊全，我們的團隊會繼續處理。
recorded-some = 謝謝，已記錄到您的案件 { $case }。還缺少：

## Danger: what to do now

freeze-in-app = - 請立即在App 或官網上凍結帳戶，提領會隨之停止，不必等我們答覆。
freeze-at-link = - 請立即凍結帳戶，提領會隨之停止，不必等我們答覆：{ $link }
danger-account_stolen =
    - 用您信任的裝置更改帳戶密碼與信箱密碼，並重新設定兩步驟驗證。
    - 登出所有不認識的裝置，刪除不是您建立的 API 金鑰與提領地址。
    - 凡是聲稱收費就能追回資產的人都不要理會，那是二次詐騙。
    - 不要把密碼、驗證碼或助記詞告訴任何人，包括我們。
danger-secret_shared =
    - 已經洩漏的內容應視為他人已知：請立即用您信任的裝置更改該密碼，並重新設定兩步驟驗證。
    - 如果洩漏的是助記詞或私鑰：請建立新錢包、使用新的助記詞，並把資產轉過去。
    - 如果曾在某處連接過錢包：請撤銷授權；刪除 API 金鑰，登出其他裝置，移除遠端控制軟體。
    - 今後不要再把這類內容傳給任何人，包括我們。
danger-scam_under_way =
    - 不要再轉出任何東西：不轉幣，不付「手續費」或「稅款」，不給驗證碼，無論對方如何承諾或威脅。
    - 停止聯繫，中斷一切遠端控制，並保留對方的對話紀錄作為證據。
    - 如果已照對方要求登入、連接錢包或安裝軟體：請換一台裝置更改密碼，並撤銷授權。
    - 不要付錢給任何承諾幫您追回資產的人。

## Further ways

articles-heading = 在此期間，以下文章或許對您有幫助：
links-heading = 您可以自行辦理：
link-freeze = - 凍結帳戶：{ $link }
link-security = - 檢查帳戶安全：{ $link }
link-kyc = - 查看驗證進度與所缺資料：{ $link }
link-upload = - 提交資料：{ $link }
link-status = - 查看充值、提領與交易是否正常：{ $link }
link-api_docs = - API 文件：{ $link }

## Facts

fact-wrong_transfer = 鏈上轉帳無法撤回。能否找回取決於收款地址由誰控制，我們不能保證結果。
fact-deposit_not_credited = 充值要等網路達到足夠的確認數才會入帳，進度可在區塊鏈瀏覽器上查看。
fact-withdrawal_delayed = 提領在送出前要經過審核；送出之後，確認快慢取決於網路。
fact-liquidation_dispute = 當保證金依標記價格低於維持保證金時，部位會被強制平倉；標記價格不一定等於最新成交價。
fact-p2p_fiat = P2P 交易中，請在款項確實進入您本人帳戶後再放幣；付款截圖不能證明任何事。
fact-kyc = 證件須有效、完整且為本人所有，姓名須與帳戶一致。
fact-login = 遺失驗證器後，須先核驗身分才能重設；這需要一些時間，但能保護您。
fact-account_data_change = 信箱與手機號碼須通過第二道驗證後在 App 中更改；更改後一段時間內不能提領。
fact-account_closure = 關閉帳戶前須提領餘額，並結束所有掛單與部位。
fact-api = API 金鑰的 Secret 只顯示一次。請勿傳給我們，提供金鑰名稱即可。

## Legal lines, kept apart from the facts

legal-heading = 法律提示：
legal-policy = 以上為一般資訊，不構成法律或稅務建議。具體情況請諮詢您所在地的律師或稅務顧問。
legal-liquidation_dispute = 槓桿交易可能損失全部投入。本答覆不構成投資建議，以您同意的條款為準。
legal-liquidation_dispute-eu = 加密資產波動很大，槓桿可能使您損失全部投入，且不受投資人補償計畫保障。本答覆不構成投資建議；您正式申訴或向申訴專員申訴的權利不受影響。
legal-liquidation_dispute-uk = 除非您準備好損失所投入的全部資金，否則請勿投資。這是高風險投資，一旦出現問題，您不應指望獲得保障。本答覆不構成投資建議。
legal-authority_request = 主管機關的請求只由法務團隊透過專用官方管道、在核實寄件人之後答覆。本管道不透露任何客戶的資訊。
legal-account_closure = 依洗錢防制法律的要求，部分紀錄在帳戶關閉後仍須保存一段時間。
