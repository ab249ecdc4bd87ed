# The first answer that helps, in French. Keys and variables: see the English file.

## Chats: the number

first-received = Merci, votre message nous est bien parvenu. Votre dossier est { $case } ; /status indique où il en est.

## Mail: how to add something, where the receipt says all the rest

first-add = Pour ajouter quelque chose, répondez simplement à cet e-mail sans changer l'objet, afin que tout reste dans un seul dossier.

## What it is taken for, and who looks after it

first-account_stolen = Nous traitons ceci comme un compte en danger : notre équipe de sécurité s'en charge en premier.
first-scam_suspected = Nous traitons ceci comme une fraude présumée : notre équipe de sécurité l'examine.
first-wrong_transfer = Nous traitons ceci comme un envoi vers une mauvaise adresse ou un mauvais réseau, ou sans mémo : notre équipe de récupération l'examine.
first-deposit_not_credited = Nous traitons ceci comme un dépôt non crédité : notre équipe des dépôts l'examine.
first-withdrawal_delayed = Nous traitons ceci comme un retrait en retard : notre équipe des retraits l'examine.
first-liquidation_dispute = Nous traitons ceci comme une question de liquidation ou de position sur contrat : notre équipe des dérivés l'examine.
first-spot_order = Nous traitons ceci comme une question sur un ordre au comptant : notre équipe de trading l'examine.
first-p2p_fiat = Nous traitons ceci comme une affaire de P2P ou de virement bancaire : notre équipe des paiements l'examine.
first-card = Nous traitons ceci comme une affaire de carte ou d'achat par carte : notre équipe des paiements l'examine.
first-kyc = Nous traitons ceci comme une question de vérification d'identité : notre équipe de vérification l'examine.
first-login = Nous traitons ceci comme un problème de connexion : notre équipe des comptes l'examine.
first-account_data_change = Nous traitons ceci comme une modification des données de votre compte : notre équipe des comptes l'examine.
first-account_closure = Nous traitons ceci comme la clôture d'un compte : notre équipe des comptes l'examine.
first-api = Nous traitons ceci comme une question sur l'API : notre équipe technique l'examine.
first-promotion = Nous traitons ceci comme une question de promotion ou de remise : notre équipe des récompenses l'examine.
first-fees = Nous traitons ceci comme une question de frais : notre équipe de service l'examine.
first-policy = Nous traitons ceci comme une question de règles et de réglementation : notre équipe de service y répond, avec la conformité si nécessaire.
first-authority_request = Nous traitons ceci comme la demande d'une autorité ou de son conseil : notre équipe juridique la prend en charge.
first-complaint = Nous regrettons que vous ayez à vous plaindre. Une personne lit votre réclamation et cherche ce qui n'a pas fonctionné.
first-feedback = Merci de votre suggestion : elle est transmise à ceux qui conçoivent le produit. Chacune ne peut recevoir sa propre réponse.
first-praise = Merci de vos mots aimables : nous les transmettons à qui ils sont destinés. Vous n'avez rien d'autre à faire.

## In every receipt: the net below what was not taken for danger

first-risk = Si vos actifs sont en danger, gelez votre compte dès maintenant dans l'application ou sur notre site web.

## By when

first-when-hour = Vous recevrez une réponse dans l'heure.
first-when-few = Vous recevrez une réponse sous { $hours } heures.
first-when-hours = Vous recevrez une réponse sous { $hours } heures.
first-when-usual = Vous recevrez une réponse sous 24 heures, en règle générale.

## What was recognised

seen-transaction = Nous voyons votre transaction sur { $network } : { $link }
seen-confirmed = Nous voyons votre transaction sur { $network }, confirmations à ce jour : { $confirmations }. { $link }
look-transaction = Votre transaction sur { $network }, à consulter ici : { $link }

## What is missing, each with where to find it

ask-heading = Pour continuer, il nous faut de votre part :
ask-tx_hash = - Le hash de la transaction (TxID) : il figure dans l'historique des retraits du portefeuille ou de la plateforme d'envoi.
ask-address = - L'adresse à laquelle les jetons ont été envoyés : elle figure à côté de la transaction dans votre historique.
ask-network = - Le réseau utilisé, par exemple TRC20 ou ERC20 : il est indiqué sur la même page que la transaction.
ask-account_id = - L'identifiant de votre compte (UID) : dans l'application, touchez votre photo de profil.
ask-withdrawal_id = - Le numéro du dépôt ou du retrait : ouvrez-le dans l'historique de vos actifs.
ask-order_id = - Le numéro de l'ordre : ouvrez l'ordre dans votre historique.
ask-memo = - Le mémo ou tag saisi, s'il y en avait un : le côté émetteur l'affiche avec la transaction.
ask-amount = - Le montant et l'actif.
ask-time = - Quand cela s'est produit : date, heure et fuseau horaire.
ask-position = - La position : contrat, achat ou vente, effet de levier ; voir l'historique de vos positions.
ask-email = - L'adresse e-mail enregistrée sur votre compte.
ask-link = - Le lien ou le nom de compte en question, écrit de sorte que personne ne clique par erreur.
ask-screenshot = - Une capture de ce que vous voyez ; masquez les soldes, les codes et les noms d'autres personnes.
ask-never = N'envoyez aucun mot de passe, code ni phrase de récupération.
ask-documents = Documents et pièces d'identité uniquement ici, jamais dans un message : { $link }

## What a further message brought

recorded-all = Merci, c'est noté dans votre dossier { $case }. Il ne manque plus rien ; notre équipe poursuit.
recorded-some = Merci, c'est noté dans votre dossier { $case }. Il manque encore :

## Danger: what to do now

freeze-in-app = - Gelez votre compte dès maintenant, dans l'application ou sur notre site web ; cela bloque les retraits. N'attendez pas notre réponse.
freeze-at-link = - Gelez votre compte dès maintenant, cela bloque les retraits ; n'attendez pas notre réponse : { $link }
danger-account_stolen =
    - Depuis un appareil de confiance, changez le mot de passe de votre compte et de votre messagerie, et renouvelez la vérification en deux étapes.
    - Fermez toutes les sessions inconnues ; supprimez les clés API et les adresses de retrait qui ne sont pas les vôtres.
    - Ne répondez à personne qui promet de récupérer vos jetons contre paiement : c'est un second vol.
    - Ne donnez à personne mot de passe, code ou phrase de récupération, pas même à nous.
danger-secret_shared =
    - Considérez ce que vous avez livré comme connu d'inconnus : changez ce mot de passe tout de suite, depuis un appareil de confiance, et renouvelez la vérification en deux étapes.
    - S'il s'agissait d'une phrase de récupération ou d'une clé privée : créez un nouveau portefeuille avec une nouvelle phrase et transférez-y vos actifs.
    - Si vous avez connecté un portefeuille quelque part : révoquez les autorisations. Supprimez les clés API, fermez les autres sessions, retirez les programmes d'accès à distance.
    - N'envoyez plus jamais rien de tel à personne, pas même à nous.
danger-scam_under_way =
    - N'envoyez plus rien : ni jetons, ni « frais », ni « taxes », ni code, quoi qu'on promette ou menace.
    - Rompez la conversation, coupez tout accès à distance et gardez leurs écrits comme preuve.
    - Si vous vous êtes connecté, avez relié un portefeuille ou installé quelque chose à leur demande : changez le mot de passe depuis un autre appareil et révoquez les autorisations.
    - Ne payez personne qui promet de récupérer des jetons perdus.

## Further ways

articles-heading = En attendant, ceci peut vous aider :
links-heading = Vous pouvez le faire vous-même :
link-freeze = - Geler votre compte : { $link }
link-security = - Vérifier la sécurité de votre compte : { $link }
link-kyc = - Voir où en est votre vérification et ce qui manque : { $link }
link-upload = - Remettre des documents : { $link }
link-status = - Voir si dépôts, retraits et échanges fonctionnent normalement : { $link }
link-api_docs = - Documentation de l'API : { $link }

## Facts

fact-wrong_transfer = Un transfert sur la chaîne ne peut être rappelé. Ce qui peut être récupéré dépend de qui contrôle l'adresse de réception, et n'est pas certain.
fact-deposit_not_credited = Un dépôt est crédité quand son réseau l'a confirmé assez souvent. Un explorateur montre où il en est.
fact-withdrawal_delayed = Un retrait est contrôlé avant de partir ; ensuite, le réseau décide de la vitesse de confirmation.
fact-liquidation_dispute = Une position est liquidée quand sa marge, au prix de référence (mark price), passe sous la marge de maintien ; ce n'est pas forcément le dernier prix échangé.
fact-p2p_fiat = En P2P, ne libérez les jetons qu'une fois l'argent arrivé sur votre propre compte : la capture d'un paiement ne prouve rien.
fact-kyc = Les documents doivent être valides, complets et à votre nom, qui doit être celui du compte.
fact-login = Un authentificateur perdu n'est réinitialisé qu'après contrôle de votre identité ; cela prend du temps et vous protège.
fact-account_data_change = L'e-mail et le téléphone se changent dans l'application avec un second facteur ; les retraits sont ensuite suspendus quelque temps.
fact-account_closure = Avant la clôture d'un compte, les soldes doivent être retirés, les ordres et positions ouverts terminés.
fact-api = Le secret d'une clé API n'est affiché qu'une fois. Ne nous l'envoyez jamais ; le nom de la clé suffit.

## Legal lines, kept apart from the facts

legal-heading = Mention légale :
legal-policy = Ceci est une information générale, non un conseil juridique ou fiscal. Pour votre situation, consultez un avocat ou un conseiller fiscal de votre pays.
legal-liquidation_dispute = L'effet de levier peut faire perdre toute la mise. Cette réponse n'est pas un conseil en investissement ; les conditions que vous avez acceptées s'appliquent.
legal-liquidation_dispute-eu = Les crypto-actifs sont volatils et l'effet de levier peut faire perdre toute la mise ; les systèmes d'indemnisation des investisseurs ne les couvrent pas. Cette réponse n'est pas un conseil en investissement ; votre droit de réclamer formellement ou auprès d'un médiateur demeure.
legal-liquidation_dispute-uk = N'investissez pas si vous n'êtes pas prêt à perdre tout l'argent investi. C'est un placement à haut risque et vous ne devez pas compter sur une protection en cas de problème. Cette réponse n'est pas un conseil en investissement.
legal-authority_request = Seule notre équipe juridique répond aux demandes des autorités, par le canal officiel prévu et après contrôle de l'expéditeur. Rien sur aucun client n'est communiqué par ce canal.
legal-account_closure = Certaines données doivent être conservées un temps après la clôture, car les lois contre le blanchiment l'exigent.
