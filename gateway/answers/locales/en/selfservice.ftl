# What people may ask for by themselves, in English: their cases, a person, their account, linked accounts.
# Nothing is ever called safe here, and nothing that a user wrote is repeated.

## What each command does

command-cases = A list of all your cases
command-reopen = Open a closed case again
command-agent = Talk to a person
command-kyc = How far your identity verification is
command-security = What the exchange says of your account's security
command-link = Show that another account is yours, too
button-agent = Talk to a person

## Cases

cases-head = Your cases:
# $case: case number; $state: one of the state texts; $changed: a time in UTC
cases-line = { $case }: { $state }, last changed { $changed }
# $count: how many more there are
cases-more = And { $count } older ones.
which-case = You have more than one open case. Write the word once more, with the number of the case that you mean:
reopen-none = You have no closed case that could be opened again.
# $case: case number
reopen-done = Your case { $case } is open again, and our team looks at it once more. Please tell us what is still unsettled.
# The same as close-done, in a mail
close-done-letter = Your case { $case } is closed. Thank you for writing to us. If anything comes up again, simply answer this email.

## A person

agent-done = A member of our team answers you on your case { $case }. No machine asks you anything more there.
agent-opened = I have passed this on to our team as case { $case }. Please write what it is about, and when it happened: then we can help you sooner.

## Identity verification, as the exchange tells it

kyc-none = Your identity verification has not been begun yet.
kyc-pending = Your identity verification is being looked at.
kyc-approved = Your identity verification is complete.
kyc-rejected = Your identity verification was not accepted. You see the reason in the app or on our web site.
kyc-other = You see the state of your identity verification in the app or on our web site.
# $items: a list, one item a line
kyc-missing =
    Still missing:
    { $items }
kyc-item-document = an identity document
kyc-item-selfie = a photo of your face
kyc-item-address = a proof of your address
kyc-item-funds = a proof of where your funds come from
kyc-item-other = something more, which the app names

# $link: our official upload link
documents-link = Please hand in documents by this link alone: { $link }. Never send them in a chat, by mail or in public.
documents-app = Please hand in documents in the app or on our web site alone. Never send them in a chat, by mail or in public.
# Who has sent pictures of documents in a chat; one of the two above follows
documents-here = ⚠️ This looks like a document that shows who you are. Please delete it here, if you can: a chat is no place for it.

## Security, as the exchange tells it

security-none = The exchange tells nothing of your account's security here. You see it in the app or on our web site.
security-well = The exchange has found nothing to mend in what it checks of your account. If you notice anything odd all the same, freeze your account in the app or on our web site and write to us.
# $items: a list, one item a line
security-weak =
    Please look at this in the app or on our web site soon:
    { $items }
security-item-password = your password
security-item-factor = your two-step verification
security-item-logins = log-ins that are unusual
security-item-devices = the devices that are logged in
security-item-keys = your API keys
security-item-addresses = your withdrawal addresses
security-item-other = something more, which the app names

## Who asks is not known to the exchange

customer-unknown = The exchange knows no account that belongs to where you write from. Write from your registered email address, or bind this account in the app. You also see all this in the app or on our web site.
customer-unchecked = I cannot look that up just now. Please try again later, or look in the app or on our web site.
customer-off = I cannot look that up here. Please look in the app or on our web site.

## Accounts that are one person's

# $code: a one-time code; $minutes: how long it is good for
link-give =
    Your code: { $code }

    Send it to us from your other account within { $minutes } minutes. On Telegram write to our bot: /link { $code }. On X send us a direct message: link { $code }. By email write to us from your registered address, with this subject: link { $code }
link-never = ⚠️ Never give such a code to anybody, and never send one that somebody has given you: whoever does that lets a stranger see his cases. Our staff never ask for it.
# $platform: where the other account is
link-done = Done: your account on { $platform } and this one count as one person's. From now on you see the cases of both in either, in private alone. To end that, write unlink.
link-told = ⚠️ An account on { $platform } has just been linked with yours, by the code that you got here. It can see your cases. If that was not you, write unlink now and tell us.
# The same for a code that never was, that is used, and that has run out
link-wrong = This code cannot be used. Write link to get a new one where you had it from.
link-same = Please send this code from your other account, not from the one that you got it on.
link-many = Too many codes were wrong. Please try again in an hour.
link-full = No more accounts can be linked with yours. Write unlink on one of them first.
unlink-done = Done: this account stands for itself again, and sees its own cases alone.
unlink-none = This account is not linked with any other.
# $platform: where the account is that left
unlink-told = An account on { $platform } is not linked with yours any more. If that was not you, please tell us.

## Mail

# $brand: brand
letter-subject = Your request to { $brand }
letter-help = You can write to us in your own words: a member of our team reads it. Or send one of these words alone, as the subject of an empty email or as the only word of your answer:
# $word: the word for verify
letter-verify = Which account, address or link shall I check? Write it as the subject of an empty email, behind this word: { $word }
letter-report = Thank you for telling us: this protects others, too. Please forward us the message, or write to us which account, address or link it is, and whether you have sent them anything. Do not open any link.
# To a mail that asks for such a thing, and whose sender is not proven
letter-unproven = If you have asked for something that only you may see: by email we answer that only when your mail provider proves who sent the mail. A member of our team reads your message.
