# What Gatehouse says to users, in English. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = We received your message [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Hello,

    thank you for writing to { $brand }. Your message has arrived. Your case number is { $case }.

ack-next =
    What happens next: a member of our team reads your message and answers you, as a rule within 24 hours. Some matters take longer to look into; then we tell you so. You do not need to write again to keep your place. If your assets are at risk, freeze your account in the app or on our web site now, without waiting for our answer.

# Where the case runs by email
ack-reply-mail =
    To add something, simply answer this email and leave the subject as it is, so that everything stays in one case. It helps us most to know your account ID (UID) and when it happened, and for a deposit or withdrawal also the transaction hash, the network, the asset and the amount.

# Where the case runs in a chat or by direct message
ack-reply-here =
    To add something, simply write here in the same conversation. It helps us most to know your account ID (UID) and when it happened, and for a deposit or withdrawal also the transaction hash, the network, the asset and the amount.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    We will never ask you for:
    - your password
    - your seed phrase (recovery phrase) or your private keys
    - a verification code from a text message, an email or an authenticator app
    - remote access to your phone or computer, or a shared screen
    - a payment or a transfer, whether to unlock, verify or "secure" your account

# $brand: brand
ack-phishing =
    Whoever asks you for any of this in the name of { $brand } is an impostor, even if they know your case number. Please do not answer them, and tell us about it in this case.

# $official: our official addresses and accounts, separated by commas
ack-official = Our official addresses and accounts are: { $official }

# $brand: brand
signature = { $brand } Support

## Warnings

warning-heading = Important, please read this first:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Not ours, although it claims to be { $brand }: { $names }. Nobody there works for us.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Somebody in your message speaks as if they were { $brand }. They do not belong to us and do not work for us.

advice-look-alike =
    Not ours, although it looks like { $brand }: { $names }. Impostors choose such names so that you take them for us.

advice-look-alike-unnamed =
    Your message mentions an account or an address that looks like { $brand }, but is not ours. Impostors choose such names so that you take them for us.

advice-reported-scam =
    Reported for fraud, and not connected with { $brand } in any way: { $names }.

advice-reported-scam-unnamed =
    Your message mentions an account or an address that has been reported for fraud. It is not connected with { $brand } in any way.

# A forged sender shows our own true address, so no name is given
advice-forged =
    A message that shows an address of { $brand } as its sender did not pass our checks. Its sender may have been forged: an address in the sender line can be made up. Please do not act on what it says.

advice-link-mismatch =
    A link in your message does not lead where it says. In truth it leads to: { $names }

advice-link-mismatch-unnamed =
    A link in your message does not lead where it says, but to another address.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    You have sent us a recovery phrase or a private key. We have taken it out of your message: nobody at { $brand } has read it, and nobody needs it. But whoever knows it owns everything in that wallet, and you cannot tell who else has seen it. Make a new wallet with a new recovery phrase now, and move your assets there. Never enter the old phrase on any site, and never send the new one to anybody, not even to us.

advice-secret-password =
    You have sent us a password or the secret of an authenticator. We have taken it out of your message: nobody at { $brand } has read it. Change it now in the app or on our web site, and wherever else you use the same one, and renew your two-step verification.

advice-secret-code =
    You have sent us a verification code. We have taken it out of your message, and we will never ask you for one. If somebody asked you for it, freeze your account in the app or on our web site now, and change your password.

advice-secret-card =
    You have sent us the number of a card. We have taken it out of your message. We do not need it; if you have given it to anybody else, have your bank block the card.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Be careful with anybody who promises to get lost or stolen coins back, for a fee, for access to your wallet or with the help of a "hacker": nobody can do that, and those who offer it steal a second time. { $brand } never takes money for help.

advice-giveaway =
    Prizes, airdrops and doubled deposits for which you must first pay, connect a wallet, or send coins are frauds. Whatever { $brand } gives away is announced in the app itself.

advice-fake-support =
    Nobody from { $brand } asks you to "validate", "synchronise" or connect a wallet, to fill in a form with your recovery phrase, to install a program for remote access, or to write to a private account. Whoever does is an impostor, whatever name they bear.

advice-investment =
    Jobs for which you pay in, signals with sure profit, and people you have never met who teach you to invest are well-known frauds: small gains are shown at first, and nothing can ever be withdrawn. Please send nothing more, and tell us if you already have.

# For a finding without a text of its own
advice-caution =
    Something in your message gives us reason to ask you for caution. A member of our team is going to look at it.

# $official: the true account, address or domain that is imitated
warning-true-one = The genuine address or account: { $official }

warning-what-to-do =
    What to do: do not answer whoever is behind it, do not follow any link, and send no codes, no documents and no money. If you have already sent something or logged in there: freeze your account at once, change your password, renew your two-step verification, and tell us in this case what happened, but never the password or the code itself.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Your message to { $brand }

# Above the links to files that are too large for a mail; $until: the last day, as 2026-11-20
answer-files = These files are too large for a mail. Until { $until } you can fetch them here:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = English

command-help = How to get help here
command-new = Write about something new
command-status = What became of your cases
command-verify = Is this account, address or link ours?
command-report = Report an impostor, step by step
command-language = Choose your language
command-close = Close a case

## Commands: /start and /help

# $brand: brand
start-hello =
    Welcome to the support of { $brand }.

    I am an automatic assistant: I take in what you write, and people of our team answer you here. Simply write what it is about.

# What is never asked for, in one line: no item may be left out in a translation
never-line = We never ask for your password, your seed phrase or private keys, a verification code, remote access to your device, or a payment. Whoever does so in our name is an impostor.

# $case: case number
start-bound = Hello again. This chat now goes on with your case { $case }. Whatever you write here reaches the people who look after it.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Welcome. I cannot open a case with this link; perhaps it has been used before, or it was for another chat. That does not matter: simply write here what it is about, and if you have a case number, add it.

help-hello = Simply write what it is about, as you would to a person: our team reads it and answers here. These commands help as well:

# A command that we do not know
unknown-command = I do not know this command. Simply write what it is about without a slash, or see /help.

button-status = My cases
button-verify = Check an account
button-report = Report an impostor
button-language = 语言 / Language
button-new = Write to our team

## Commands: /new

new-ask =
    Go ahead: your next message opens a new case. What is it about, and when did it happen?

    It helps us to know your account ID (UID); for a deposit or withdrawal also the transaction hash, the network, the asset and the amount. Please do not send any password, code or seed phrase.

# $case: case number
new-opened = Thank you, I have passed this on to our team as case { $case }. Whatever you write next is added to it.

## Commands: /status

status-none = You have no case here yet. Simply write what it is about, and I open one.

# The same for a number that does not exist and for somebody else's
status-unknown = There is no case of yours here with this number. Please check the number, or write what it is about.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Opened { $opened }, last changed { $changed }
    { $next }

# $count: how many more cases there are
status-more = And { $count } more. To see one of them, write /status and its number.

state-open = with our team
state-waiting = answered
state-solved = closed

next-open = Next: a member of our team reads it and answers here. You need not write again to keep your place.
next-waiting = Next: it is your turn, if anything is still open. Write here, and it goes back to our team.
next-solved = Next: nothing more. If it is not settled for you, write here, and we look at it again.

## Commands: /language

language-ask = In which language shall I talk to you?
language-chosen = From now on I talk to you in English.

## Commands: /close

# $case: case number
close-ask = Shall I close your case { $case }? Nothing of it is deleted.
close-none = You have no open case here that could be closed.
# $case: case number
close-done = Your case { $case } is closed. Thank you for writing to us. If anything comes up again, write here, or use /new for something else.
close-kept = The case stays open. Our team goes on with it.

button-close = Yes, close it
button-keep = No, keep it open

## Commands: in the middle of a question

cancelled = Stopped; nothing was sent. You can write to us at any time.
cancel-nothing = There is nothing to stop. Simply write what it is about.
button-cancel = Cancel

# For a button that we did not make for this person, or whose question is over
button-stale = This button is not meant for you, or it is too old. Please begin anew with /help.

## Commands: in a group

group-private = Let us go on in private: here everybody reads along. Please do not write any case numbers or personal details in this group. We never write to you first.
button-private = Go on in private
# $brand: brand
group-help = I am the automatic assistant of { $brand }. Here I only check names: write /verify and the name. For everything else let us go on in private. We never write to you first, and never ask for passwords, codes or seed phrases.

## Commands: /verify

verify-ask = Which account, address or link shall I check? Write it just as you saw it, such as an @name, an email address or a link, or forward me a message of that account.

# $official: one of our accounts; $platform: where it is
account-on = { $official } on { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } is official: it stands on { $brand }'s own list. This holds for exactly this spelling.
verify-official-since = ✅ { $official } is official: it has stood on { $brand }'s own list since { $since }. This holds for exactly this spelling.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } is not on { $brand }'s list of official accounts and addresses. More than that I cannot say of it.
verify-not-listed-unnamed = What you ask about is not on { $brand }'s list of official accounts and addresses. More than that I cannot say of it.

# It was ours once
verify-retired = ⚠️ { $claim } once belonged to { $brand }, but does not any more. Somebody else may be behind it today.
verify-retired-unnamed = ⚠️ What you ask about once belonged to { $brand }, but does not any more. Somebody else may be behind it today.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } is not ours. It looks like { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ What you ask about is not ours. It looks like { $official }: { $technique }.

verify-scam = ⛔ { $claim } has been reported for fraud. It is not connected with { $brand } in any way.
verify-scam-unnamed = ⛔ What you ask about has been reported for fraud. It is not connected with { $brand } in any way.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ The name of { $official } is on our list, but the account that bears it is not the one we know: a name can change hands. Please do not trust it until our team has confirmed it to you.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Whoever wrote this message goes by a name that reads like { $brand }, but the account is not ours. Anybody can choose any name.

# The platform hides who wrote the forwarded message
verify-hidden = Whoever wrote this message hides the account, so I cannot check it: a name alone proves nothing, not even ours. { $brand } never writes to you first. With /report you can point the account out to us.

verify-unchecked = I could not check that. Please send me one name at a time, just as you saw it: an @name, an email address or a link.
verify-ambiguous = ⚠️ This can be read in more than one way, and one of them is not ours. Please do not open it.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ This link does not show where it leads, so I cannot check it. Please do not open it; our own links show our name in full.

# An address that coins are sent to
verify-wallet = An address that coins are sent to cannot be checked: it does not tell whose it is. We never ask you to send coins anywhere to unlock, verify or secure an account. Deposit addresses are shown in the app and on our web site alone.

# Telegram does not let bots look up people's accounts by name
verify-telegram = I have read it as a name on Telegram. Telegram does not let us look up people's accounts by name, so I can only compare it with our list. If you saw it elsewhere, send me the link.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } is one of { $brand }'s own addresses. But anybody can write it as the sender of a mail, so it does not tell who wrote to you. If in doubt, ask us in the app or on our web site.
verify-more = There was more in it than I check at once. Send me the rest one by one, and trust none of it until then.

verify-care = If somebody there speaks in the name of { $brand }, please do not answer and send nothing. You can report them with /report.
verify-what-to-do = Please do not answer, do not follow any link, and send no codes and no money. If you have sent something already: freeze your account in the app or on our web site now, then use /report.
verify-in-group = Please check links and names with me in private as well: a group is a favourite place of impostors.

technique-confusable = it uses letters or digits that look alike
technique-separator = it differs only by dots, hyphens or underscores
technique-embedded = it puts our name into a name of its own
technique-link = our name stands in the link, but the link leads elsewhere
technique-suffix = it has another ending than ours
technique-elsewhere = it is our name, but on a platform or site where we do not have it
technique-display-name = it takes our name as its display name
technique-affix = it adds words such as "support" or "official" to our name
technique-slip = it is our name with letters left out, added or changed
technique-region = it adds a country, a region or a number to our name
technique-mark = it draws a badge into its name, which any account can do
technique-redirect = the link goes on to another address than it shows
technique-words = it speaks as if it were us
technique-other = it is made so that it can be taken for ours

## Commands: /report

report-begin = Thank you for telling us: this protects others, too. I ask you three short questions; you can stop at any time.
report-kind = What do you want to report?
report-what-account = Which one is it? Forward me a message of theirs, or send me the name or the link. If the account is hidden, point it out with the button below.
report-what-address = Which one is it? Send me the link or the address just as you saw it, or forward me the message it came with. Please do not open it.

# $brand: brand
report-official = ✅ This one is on { $brand }'s own list, so it is ours. If something about it seems wrong to you all the same, do go on.

report-harm = Have you sent them anything: money, codes, passwords, documents? Or have you logged in anywhere on their word?
report-harm-again = I have noted that. One more question: have you sent them anything (money, codes, passwords, documents), or logged in anywhere on their word?
report-story = Good. What happened? Tell it in your own words in one message, or press the button to send the report as it is.
report-noted = I have added that. Write what happened, or press the button to send the report.

# What a user must do at once who has given something away
report-freeze = ⚠️ Please do this now: freeze your account in the app or on our web site, change your password, and renew your two-step verification. Send nothing more, even if they promise to pay back what was lost.

# $case: case number; $kind: one of the kind texts
report-sent = Your report is with our team. Case { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Pointed out: { $seen }
report-tell-more = Then tell me here what happened: when, what you sent and where to (transaction hash, address). It is added to your case. Never send the password or the code itself.
report-thanks = Thank you. We look into it, and we answer you here if we need to know more. Please do not answer them any more. To add something, simply write it here.

# $case: case number. A command has ended the report before its last question
report-passed-on = I have passed on your report as far as it had come: case { $case }.
report-new-again = What you write next is added to it. For another matter, send /new once more.

kind-account = An account
kind-group = A group or channel
kind-website = A website or link
kind-mail = An email
kind-other = Something else

button-pick-user = Point out an account
button-pick-chat = Point out a group or channel
button-skip = I cannot point it out
button-yes = Yes, I have
button-no = No, nothing
button-send = Send the report

## Chats: acknowledgement and files

# $case: case number
chat-received = Thank you, your message has arrived. Your case is { $case }. A member of our team reads it and answers you here, as a rule within 24 hours. To add something, simply write here; /status shows how it stands. If your assets are at risk, freeze your account in the app or on our web site now.

# $case: case number
chat-encrypted = Your message has arrived, but it is encrypted from end to end and cannot be read here. Your case is { $case }. Please write it again without encryption, or by another of our official ways.

file-too-large = Your message has arrived, but one file in it is too large for us to receive here. Please send a smaller version or a screenshot of what matters, or describe it in words.
# $count: how many files, at least two
files-too-large = Your message has arrived, but { $count } files in it are too large for us to receive here. Please send smaller versions or screenshots of what matters, or describe them in words.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } is not ours and does not work for { $brand }, whatever name it shows. Our staff never write to you first, and never ask for passwords, codes, seed phrases or payments. Please do not answer it.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Impostor on { $platform }: { $account }, seen in the group { $group }. Case { $case }.
# $official: one of our accounts
impostor-imitates = It imitates { $official }.
impostor-to-do = Please look at it, remove it from the group, and report it to the platform.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Thank you, your message has reached us. Please go on by direct message to { $handle }: here everybody reads along. We never message you first, and never ask for passwords, seed phrases, private keys, codes, remote access or payments.
public-warning = Careful: we answer from { $handle } alone. Anyone else who answers you in our name is an impostor: send them nothing. Message { $handle } directly. We never message you first, nor ask for passwords, seed phrases, private keys, codes, remote access or payments.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Careful: under your public post somebody answers in the name of { $brand } who is not ours: { $account }. Do not answer them, follow no link of theirs, and send them nothing. We write to you from { $handle } alone. If you have sent them something already, freeze your account now and tell us here what happened.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Careful: under your public post somebody answers in the name of { $brand } who is not ours. Do not answer them, follow no link of theirs, and send them nothing. We write to you from { $handle } alone. If you have sent them something already, freeze your account now and tell us here what happened.

# $link: the address of our privacy policy
privacy-line = How we treat what you write: { $link }

# $word: the word that lets automatic messages come again
opted-out = You will get no more automatic messages here, but a warning if you are in danger. Our team may still answer you. To get them again, write { $word }.
opted-in = Automatic messages are on again.

# $options: what may be written, separated by slashes
answer-with = You can answer with: { $options }
