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
