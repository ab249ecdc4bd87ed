# The first answer that helps, in Japanese. Keys and variables: see the English file.

## Chats: the number

first-received = ありがとうございます。メッセージを受け取りました。お問い合わせ番号は { $case } です。状況は /status で確認できます。

## Mail: how to add something, where the receipt says all the rest

first-add = 情報を追加される場合は、件名を変えずにこのメールへご返信ください。すべてが一つのお問い合わせにまとまります。

## What it is taken for, and who looks after it

first-account_stolen = アカウントに危険が及んでいる件として承りました。セキュリティ担当が最優先で対応します。
first-scam_suspected = 詐欺の疑いがある件として承りました。セキュリティ担当が調べます。
first-wrong_transfer = 送付先やネットワークの間違い、またはメモの入力漏れの件として承りました。資産回収の担当が調べます。
first-deposit_not_credited = 入金が反映されない件として承りました。入金の担当が調べます。
first-withdrawal_delayed = 出金が遅れている件として承りました。出金の担当が調べます。
first-liquidation_dispute = 強制決済または先物ポジションに関する件として承りました。デリバティブの担当が調べます。
first-spot_order = 現物注文に関する件として承りました。取引の担当が調べます。
first-p2p_fiat = P2P または銀行振込に関する件として承りました。決済の担当が調べます。
first-card = カードまたはカードでの購入に関する件として承りました。決済の担当が調べます。
first-kyc = 本人確認に関する件として承りました。本人確認の担当が調べます。
first-login = ログインできない件として承りました。アカウントの担当が調べます。
first-account_data_change = アカウント情報の変更に関する件として承りました。アカウントの担当が調べます。
first-account_closure = アカウントの解約に関する件として承りました。アカウントの担当が調べます。
first-api = API に関する件として承りました。技術担当が調べます。
first-promotion = キャンペーンまたはリベートに関する件として承りました。特典の担当が調べます。
first-fees = 手数料に関する件として承りました。サービス担当が調べます。
first-policy = 規約や規制に関する件として承りました。サービス担当が、必要に応じてコンプライアンス担当とともに回答します。
first-authority_request = 公的機関またはその代理人からの照会として承りました。法務担当が対応します。
first-complaint = ご不快な思いをおかけし、申し訳ございません。担当者がお申し出を読み、何が問題だったのかを調べます。
first-feedback = ご提案ありがとうございます。製品の開発担当に伝えます。すべてに個別にお答えすることはできませんが、ご了承ください。
first-praise = 温かいお言葉をありがとうございます。担当の者に伝えます。これ以上のお手続きは必要ありません。

## In every receipt: the net below what was not taken for danger

first-risk = 資産に危険が及んでいる場合は、今すぐアプリまたは当社ウェブサイトでアカウントを凍結してください。

## By when

first-when-hour = 1 時間以内に回答いたします。
first-when-few = { $hours } 時間以内に回答いたします。
first-when-hours = { $hours } 時間以内に回答いたします。
first-when-usual = 通常 24 時間以内に回答いたします。

## What was recognised

seen-transaction = { $network } 上でお客様の取引を確認しました: { $link }
seen-confirmed = { $network } 上でお客様の取引を確認しました。現在の承認数は { $confirmations } です: { $link }
look-transaction = { $network } の取引はこちらでご覧いただけます: { $link }

## What is missing, each with where to find it

ask-heading = 対応を進めるため、次の情報をお知らせください。
ask-tx_hash = - 取引ハッシュ（TxID）: 送付元のウォレットや取引所の出金履歴にあります。
ask-address = - 送付先アドレス: 履歴の取引の横に表示されています。
ask-network = - 使用したネットワーク（TRC20、ERC20 など）: 取引と同じページに表示されています。
ask-account_id = - アカウント ID（UID）: アプリでプロフィール画像をタップすると表示されます。
ask-withdrawal_id = - 入金または出金の番号: 資産履歴で該当の記録を開いてください。
ask-order_id = - 注文番号: 注文履歴で該当の注文を開いてください。
ask-memo = - 入力したメモまたはタグ（ある場合）: 送付元の取引画面に表示されます。
ask-amount = - 数量と通貨。
ask-time = - 発生した日時とタイムゾーン。
ask-position = - ポジション: 契約、ロングかショートか、レバレッジ（ポジション履歴をご覧ください）。
ask-email = - アカウントに登録されているメールアドレス。
ask-link = - 該当するリンクまたはアカウント名。誤って押されない形で書いてください。
ask-screenshot = - 画面のスクリーンショット。残高、コード、他の方のお名前は隠してください。
ask-never = パスワード、認証コード、リカバリーフレーズは送らないでください。
ask-documents = 書類や身分証の画像はこちらからのみご提出ください。メッセージでは決して送らないでください: { $link }

## What a further message brought

recorded-all = ありがとうございます。お問い合わせ { $case } に記録しました。不足している情報はありません。引き続き対応いたします。
recorded-some = ありがとうございます。お問い合わせ { $case } に記録しました。まだ不足している情報:

## Danger: what to do now

freeze-in-app = - 今すぐアプリまたは当社ウェブサイトでアカウントを凍結してください。出金が止まります。当社の返信を待たないでください。
freeze-at-link = - 今すぐアカウントを凍結してください。出金が止まります。当社の返信を待たないでください: { $link }
danger-account_stolen =
    - 信頼できる端末から、アカウントとメールのパスワードを変更し、二段階認証を設定し直してください。
    - 覚えのないログインをすべて終了し、ご自身のものでない API キーと出金先アドレスを削除してください。
    - 有料で資産を取り戻すと言う人には返事をしないでください。二度目の盗難になります。
    - パスワード、コード、リカバリーフレーズは、当社を含め誰にも渡さないでください。
danger-secret_shared =
    - 渡してしまった情報は他人に知られたものとお考えください。信頼できる端末からすぐにそのパスワードを変更し、二段階認証を設定し直してください。
    - リカバリーフレーズや秘密鍵の場合: 新しいフレーズで新しいウォレットを作り、資産を移してください。
    - どこかでウォレットを接続した場合: 承認を取り消してください。API キーを削除し、他のログインを終了し、遠隔操作ソフトを削除してください。
    - 今後このような情報は、当社を含め誰にも送らないでください。
danger-scam_under_way =
    - これ以上何も送らないでください。何を約束され、何と脅されても、暗号資産も「手数料」も「税金」もコードも送らないでください。
    - やり取りをやめ、遠隔操作をすべて切り、相手の文面を証拠として残してください。
    - 相手に言われてログイン、ウォレットの接続、インストールをした場合: 別の端末からパスワードを変更し、承認を取り消してください。
    - 失った資産を取り戻すと約束する人にお金を払わないでください。

## Further ways

articles-heading = お待ちの間、こちらがお役に立つかもしれません:
links-heading = ご自身でお手続きいただけます:
link-freeze = - アカウントを凍結する: { $link }
link-security = - アカウントの安全を確認する: { $link }
link-kyc = - 本人確認の状況と不足書類を見る: { $link }
link-upload = - 書類を提出する: { $link }
link-status = - 入出金と取引が通常どおりかを見る: { $link }
link-api_docs = - API ドキュメント: { $link }

## Facts

fact-wrong_transfer = ブロックチェーン上の送付は取り消せません。取り戻せるかどうかは送付先を誰が管理しているかによって決まり、確実ではありません。
fact-deposit_not_credited = 入金は、ネットワークで必要な承認数に達すると反映されます。進み具合はエクスプローラーで確認できます。
fact-withdrawal_delayed = 出金は送信前に審査されます。その後の承認の速さはネットワークによります。
fact-liquidation_dispute = マーク価格で計算した証拠金が維持証拠金を下回ると、ポジションは強制決済されます。マーク価格は直近の約定価格と同じとは限りません。
fact-p2p_fiat = P2P では、ご自身の口座に入金されたことを確かめてから資産を引き渡してください。支払い画面の画像は証拠になりません。
fact-kyc = 書類は有効かつ全体が写ったご本人のもので、氏名がアカウントと一致している必要があります。
fact-login = 紛失した認証アプリは、本人確認の後にのみ再設定されます。時間はかかりますが、お客様を守るためです。
fact-account_data_change = メールと電話番号は、第二の認証を経てアプリで変更します。変更後しばらくは出金できません。
fact-account_closure = 解約の前に、残高の出金と、未約定注文やポジションの終了が必要です。
fact-api = API キーのシークレットは一度しか表示されません。当社には決して送らないでください。キーの名前だけで十分です。

## Legal lines, kept apart from the facts

legal-heading = 法的なご案内:
legal-policy = これは一般的な情報であり、法律や税務の助言ではありません。個別の事情については、お住まいの国の弁護士または税理士にご相談ください。
legal-liquidation_dispute = レバレッジ取引では投じた全額を失うことがあります。この回答は投資助言ではなく、同意いただいた規約が適用されます。
legal-liquidation_dispute-eu = 暗号資産は価格変動が大きく、レバレッジでは投じた全額を失うことがあり、投資家補償制度の対象にもなりません。この回答は投資助言ではありません。正式な苦情やオンブズマンへの申し立ての権利は変わりません。
legal-liquidation_dispute-uk = 投じたお金をすべて失う覚悟がなければ投資しないでください。これは高リスクの投資であり、問題が起きても保護は期待できません。この回答は投資助言ではありません。
legal-authority_request = 公的機関からの照会には、専用の公式窓口を通じ、送信者を確認した上で法務担当のみが回答します。この窓口では顧客に関する情報を一切お伝えしません。
legal-account_closure = マネーロンダリング防止法の定めにより、一部の記録は解約後も一定期間保存されます。
