## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = appeal

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Your message has arrived as case { $case }. Messages from you are answered by a person only when they get to them, because of earlier messages. If you think that this is a mistake, write the word "{ $word }" and why: a person of { $brand } looks at it. If your assets are at risk, freeze your account in the app or on our web site now.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Please delete what you have just written: it shows personal details, and here everybody reads along. Go on by direct message to { $handle }. We never message you first, and never ask for passwords, seed phrases, private keys, codes or payments.
group-exposed = ⚠️ Please delete what you have just written in this group: it shows personal details that everybody can read. We never write to you first; whoever does now, on account of it, is an impostor.
