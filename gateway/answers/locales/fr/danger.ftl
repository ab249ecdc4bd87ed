# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Gelez votre compte tout de suite, dans l'application ou sur notre site : cela bloque les retraits. Puis écrivez en privé à { $handle } : seul ce compte répond pour nous, tout autre est un imposteur. Nous ne demandons jamais mot de passe, phrase secrète, code ni paiement.
