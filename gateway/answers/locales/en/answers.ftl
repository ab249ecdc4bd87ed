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

new-opened = Thank you, I have passed this on to our team as a new case. Whatever you write next is added to it.

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
