# The first answer that helps, in English: what a message is taken for, what to do now, what we need, where to read more.
# Plain text only. Nothing that a user wrote becomes part of it but a validated transaction hash, within its link.
# Templates are found by category and region: first-CATEGORY-REGION, else first-CATEGORY; so are fact-... and legal-...

## Chats: the number

# $case: case number
first-received = Thank you, your message has arrived. Your case is { $case }; /status shows how it stands.

## Mail: how to add something, where the receipt says all the rest

first-add = To add something, simply answer this email and leave the subject as it is, so that everything stays in one case.

## What it is taken for, and who looks after it

first-account_stolen = We treat this as an account in danger: our security team takes it first.
first-scam_suspected = We take this for a suspected fraud: our security team looks into it.
first-wrong_transfer = We take this for a transfer to a wrong address or network, or without its memo: our recovery team looks into it.
first-deposit_not_credited = We take this for a deposit that has not been credited: our deposits team looks into it.
first-withdrawal_delayed = We take this for a withdrawal that is late: our withdrawals team looks into it.
first-liquidation_dispute = We take this for a question about a liquidation or a contract position: our derivatives team looks into it.
first-spot_order = We take this for a question about a spot order: our trading team looks into it.
first-p2p_fiat = We take this for a matter of P2P or of a bank transfer: our payments team looks into it.
first-card = We take this for a matter of the card or of a purchase by card: our payments team looks into it.
first-kyc = We take this for a question about identity verification: our verification team looks into it.
first-login = We take this for trouble with logging in: our account team looks into it.
first-account_data_change = We take this for a change of your account's data: our account team looks into it.
first-account_closure = We take this for the closing of an account: our account team looks into it.
first-api = We take this for a question about the API: our technical team looks into it.
first-promotion = We take this for a question about a promotion or rebate: our rewards team looks into it.
first-fees = We take this for a question about fees: our service team looks into it.
first-policy = We take this for a question about rules and regulation: our service team answers it, with the compliance team where needed.
first-authority_request = We take this for a request of an authority or of its counsel: our legal team takes it.
first-complaint = We are sorry that you have reason to complain. A person reads your complaint and looks into what went wrong.
first-feedback = Thank you for the suggestion: it goes to the people who build the product. Not every wish can get an answer of its own.
first-praise = Thank you for your kind words: we pass them on to the people they are meant for. There is nothing else that you need to do.

## In every receipt: the net below what was not taken for danger

first-risk = If your assets are at risk, freeze your account in the app or on our web site now.

## By when

# At most an hour
first-when-hour = You can expect an answer within the hour.
# $hours: 2 to 10
first-when-few = You can expect an answer within { $hours } hours.
# $hours: 12 or more
first-when-hours = You can expect an answer within { $hours } hours.
# Where no deadline is set
first-when-usual = You can expect an answer within 24 hours, as a rule.

## What was recognised

# $network: a chain's name; $link: a public explorer's page of the transaction
seen-transaction = We see your transaction on { $network }: { $link }
# $confirmations: how many
seen-confirmed = We see your transaction on { $network }, with { $confirmations } confirmations so far: { $link }
# Nobody has looked yet whether it is there
look-transaction = Your transaction on { $network }, for you to look up: { $link }

## What is missing, each with where to find it

ask-heading = To go on we need from you:
ask-tx_hash = - The transaction hash (TxID): it stands in the withdrawal history of the wallet or exchange that you sent from.
ask-address = - The address that the coins were sent to: it stands beside the transaction in your history.
ask-network = - The network that you used, such as TRC20 or ERC20: it is named on the same page as the transaction.
ask-account_id = - Your account ID (UID): in the app, tap your profile picture.
ask-withdrawal_id = - The number of the deposit or withdrawal: open it in your history of assets.
ask-order_id = - The order's number: open the order in your order history.
ask-memo = - The memo or tag that you entered, if any: the sending side shows it with the transaction.
ask-amount = - The amount and the asset.
ask-time = - When it happened: date, time and time zone.
ask-position = - The position: contract, long or short, leverage; see the history of your positions.
ask-email = - The mail address that is registered with your account.
ask-link = - The link or account name that it is about, written so that nobody clicks it by mistake.
ask-screenshot = - A screenshot of what you see; please cover balances, codes and other people's names.
ask-never = Please send no password, code or recovery phrase.
# $link: our page for documents
ask-documents = Documents and pictures of identity papers only here, never in a message: { $link }

## What a further message brought

# $case: case number
recorded-all = Thank you, recorded in your case { $case }. Nothing more is missing; our team goes on with it.
recorded-some = Thank you, recorded in your case { $case }. Still missing:

## Danger: what to do now

freeze-in-app = - Freeze your account now, in the app or on our web site; that stops withdrawals. Do not wait for our answer.
# $link: our page that freezes an account
freeze-at-link = - Freeze your account now, that stops withdrawals; do not wait for our answer: { $link }
danger-account_stolen =
    - From a device that you trust, change the password of your account and of your mailbox, and renew your two-step verification.
    - End all sessions you do not know, delete API keys and saved withdrawal addresses that are not yours.
    - Answer nobody who promises to bring your coins back for a fee: that is a second theft.
    - Never give anybody a password, a code or a recovery phrase, not even us.
danger-secret_shared =
    - Whatever you gave away is known to strangers now: change that password at once, from a device that you trust, and renew your two-step verification.
    - If it was a recovery phrase or a private key: make a new wallet with a new phrase and move your assets there.
    - If you connected a wallet somewhere: revoke the approvals. Delete API keys, end other sessions, remove programs for remote access.
    - Never send such a thing again to anybody, not even to us.
danger-scam_under_way =
    - Send nothing more: no coins, no "fee", no "tax", no code, whatever they promise or threaten.
    - Break off the talk, end every remote access, and keep what they wrote as evidence.
    - If you have logged in, connected a wallet or installed anything on their word: change your password from another device and revoke the approvals.
    - Pay nobody who promises to get lost coins back.

## Further ways

articles-heading = This may help you meanwhile:
links-heading = You can do this yourself:
# $link: a page of ours
link-freeze = - Freeze your account: { $link }
link-security = - Check the security of your account: { $link }
link-kyc = - See how your verification stands, and what is missing: { $link }
link-upload = - Hand in documents: { $link }
link-status = - See whether deposits, withdrawals and trading run as usual: { $link }
link-api_docs = - API documentation: { $link }

## Facts

fact-wrong_transfer = Transfers on a chain cannot be called back. Whether anything can be recovered depends on who controls the receiving address, and it is not certain.
fact-deposit_not_credited = A deposit is credited once its network has confirmed it often enough. An explorer shows how far that has come.
fact-withdrawal_delayed = A withdrawal is checked before it leaves us; after that the network decides how fast it is confirmed.
fact-liquidation_dispute = A position is liquidated when its margin falls below the maintenance margin at the mark price, which need not be the last traded price.
fact-p2p_fiat = In a P2P trade, release coins only after the money is in your own account: a screenshot of a payment proves nothing.
fact-kyc = Documents must be valid, complete and in your own name; the name must be the one of your account.
fact-login = A lost authenticator is reset only after your identity was checked; that takes time, and it protects you.
fact-account_data_change = Mail address and phone are changed in the app after a second factor; withdrawals rest for a while afterwards.
fact-account_closure = Before an account is closed, its balances must be withdrawn and its open orders and positions ended.
fact-api = An API key's secret is shown once only. Please never send it to us; the key's name is enough.

## Legal lines, kept apart from the facts

legal-heading = Legal note:
legal-policy = This is general information, no legal or tax advice. For your own situation please ask a lawyer or tax adviser in your country.
legal-liquidation_dispute = Trading with leverage can lose all that you put in. This answer is no investment advice; the terms that you agreed to hold.
legal-liquidation_dispute-eu = Crypto-assets are volatile, and leverage can lose all that you put in; investor compensation schemes do not cover it. This answer is no investment advice; your right to complain formally, or to an ombudsman, stays untouched.
legal-liquidation_dispute-uk = Do not invest unless you are prepared to lose all the money that you invest. This is a high-risk investment, and you should not expect to be protected if something goes wrong. This answer is no investment advice.
legal-authority_request = Requests of authorities are answered only by our legal team, through the official channel for them and after a check of the sender. Nothing about any customer is told by this channel.
legal-account_closure = Some records must be kept for a time after an account is closed, because laws against money laundering demand it.
