# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Freeze your account now, in the app or on our web site: that stops withdrawals. Then message { $handle } directly; we answer from there alone, whoever else does so in our name is an impostor. We never ask for passwords, seed phrases, codes or payments.
