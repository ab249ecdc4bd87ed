## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = recours

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Votre message est arrivé sous le numéro de dossier { $case }. En raison de messages précédents, seule une personne y répond, quand elle le peut. Si vous pensez qu'il s'agit d'une erreur, écrivez le mot « { $word } » et expliquez pourquoi : une personne de { $brand } l'examinera. Si vos actifs sont en danger, gelez votre compte maintenant dans l'application ou sur notre site.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Supprimez ce que vous venez de publier : il contient des données personnelles et ici tout le monde lit. Continuez en message privé à { $handle }. Nous n'écrivons jamais en premier et ne demandons ni mot de passe, ni phrase secrète, ni clé, ni code, ni paiement.
group-exposed = ⚠️ Supprimez s'il vous plaît ce que vous venez d'écrire dans ce groupe : il s'y trouve des données personnelles que tout le monde peut lire. Nous n'écrivons jamais en premier ; quiconque vous écrit maintenant à ce sujet est un imposteur.
