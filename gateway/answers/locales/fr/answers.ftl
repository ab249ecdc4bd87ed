# What Gatehouse says to users, in French. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Nous avons bien reçu votre message [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Bonjour,

    Merci d'avoir écrit à { $brand }. Votre message nous est bien parvenu. Votre numéro de dossier est { $case }.

ack-next =
    La suite : une personne de notre équipe lit votre message et vous répond, en règle générale sous 24 heures. Certaines demandes exigent plus de temps ; dans ce cas, nous vous en informons. Il n'est pas nécessaire d'écrire à nouveau pour conserver votre place. Si vos actifs sont en danger, gelez votre compte dès maintenant dans l'application ou sur notre site web, sans attendre notre réponse.

# Where the case runs by email
ack-reply-mail =
    Pour ajouter une information, répondez simplement à cet e-mail sans en modifier l'objet, afin que tout reste dans le même dossier. Ce qui nous aide le plus : l'identifiant de votre compte (UID) et le moment des faits ; pour un dépôt ou un retrait, également le hash de la transaction (TxID), le réseau, l'actif et le montant.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Pour ajouter une information, écrivez simplement ici, dans la même conversation. Ce qui nous aide le plus : l'identifiant de votre compte (UID) et le moment des faits ; pour un dépôt ou un retrait, également le hash de la transaction (TxID), le réseau, l'actif et le montant.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Nous ne vous demanderons jamais :
    - votre mot de passe
    - votre phrase de récupération (seed phrase) ni vos clés privées
    - un code de vérification reçu par SMS, par e-mail ou dans une application d'authentification
    - un accès à distance à votre téléphone ou à votre ordinateur, ni un partage d'écran
    - un paiement ou un transfert, que ce soit pour débloquer, vérifier ou « sécuriser » votre compte

# $brand: brand
ack-phishing =
    Toute personne qui vous demande l'un de ces éléments au nom de { $brand } est un imposteur, même si elle connaît votre numéro de dossier. Ne lui répondez pas et signalez-le-nous dans ce dossier.

# $official: our official addresses and accounts, separated by commas
ack-official = Nos adresses et comptes officiels : { $official }

# $brand: brand
signature = L'assistance { $brand }

## Warnings

warning-heading = Important, à lire en premier :

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Ceci se présente comme { $brand } mais n'est pas à nous : { $names }. Personne n'y travaille pour nous.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Dans votre message, quelqu'un se fait passer pour { $brand }. Cette personne ne fait pas partie de notre équipe et ne travaille pas pour nous.

advice-look-alike =
    Ceci ressemble à { $brand } mais n'est pas à nous : { $names }. Les imposteurs choisissent ce genre de noms pour que vous les preniez pour nous.

advice-look-alike-unnamed =
    Votre message mentionne un compte ou une adresse qui ressemble à { $brand } mais n'est pas à nous. Les imposteurs choisissent ce genre de noms pour que vous les preniez pour nous.

advice-reported-scam =
    Signalé pour escroquerie et sans aucun lien avec { $brand } : { $names }.

advice-reported-scam-unnamed =
    Votre message mentionne un compte ou une adresse qui a été signalé pour escroquerie, sans aucun lien avec { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Un message qui affiche une adresse { $brand } comme expéditeur n'a pas passé nos contrôles. L'expéditeur a peut-être été falsifié : l'adresse indiquée à cet endroit peut être inventée. Ne faites rien de ce que ce message demande.

advice-link-mismatch =
    Un lien de votre message ne mène pas à l'adresse affichée. Il mène en réalité à : { $names }

advice-link-mismatch-unnamed =
    Un lien de votre message ne mène pas à l'adresse affichée, mais à une autre.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Vous nous avez envoyé une phrase de récupération ou une clé privée. Nous l'avons retirée de votre message : personne chez { $brand } ne l'a lue, et personne n'en a besoin. Mais quiconque la connaît possède tout ce que contient ce portefeuille, et vous ne pouvez pas savoir qui d'autre l'a vue. Créez dès maintenant un nouveau portefeuille avec une nouvelle phrase de récupération et transférez-y vos actifs. Ne saisissez plus jamais l'ancienne phrase sur un site, quel qu'il soit, et n'envoyez jamais la nouvelle à personne, pas même à nous.

advice-secret-password =
    Vous nous avez envoyé un mot de passe ou la clé secrète d'une application d'authentification. Nous l'avons retiré de votre message : personne chez { $brand } ne l'a lu. Changez-le dès maintenant dans l'application ou sur notre site web, ainsi que partout où vous utilisez le même, et réinitialisez votre vérification en deux étapes.

advice-secret-code =
    Vous nous avez envoyé un code de vérification. Nous l'avons retiré de votre message, et nous ne vous en demanderons jamais. Si quelqu'un vous l'a demandé, gelez votre compte dès maintenant dans l'application ou sur notre site web, et changez votre mot de passe.

advice-secret-card =
    Vous nous avez envoyé un numéro de carte. Nous l'avons retiré de votre message. Nous n'en avons pas besoin ; si vous l'avez communiqué à quelqu'un d'autre, demandez à votre banque de bloquer la carte.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Méfiez-vous de quiconque promet de récupérer des cryptos perdues ou volées, contre des frais, contre un accès à votre portefeuille ou avec l'aide d'un « hacker » : personne ne peut le faire, et ceux qui le proposent volent une seconde fois. { $brand } ne fait jamais payer son aide.

advice-giveaway =
    Les cadeaux, airdrops et dépôts doublés pour lesquels il faut d'abord payer, connecter un portefeuille ou envoyer des cryptos sont des arnaques. Tout ce que { $brand } offre est annoncé dans l'application elle-même.

advice-fake-support =
    Personne chez { $brand } ne vous demande de « valider », de « synchroniser » ou de connecter un portefeuille, de remplir un formulaire avec votre phrase de récupération, d'installer un programme d'accès à distance ou d'écrire à un compte privé. Quiconque le fait est un imposteur, quel que soit son nom.

advice-investment =
    Les emplois pour lesquels il faut verser de l'argent, les signaux à gain garanti et les personnes jamais rencontrées qui vous apprennent à investir sont des arnaques bien connues : de petits gains s'affichent au début, puis rien ne peut jamais être retiré. N'envoyez plus rien, et dites-le-nous si vous l'avez déjà fait.

# For a finding without a text of its own
advice-caution =
    Un élément de votre message nous amène à vous inviter à la prudence. Une personne de notre équipe va l'examiner.

# $official: the true account, address or domain that is imitated
warning-true-one = L'adresse ou le compte authentique : { $official }

warning-what-to-do =
    Que faire : ne répondez pas à la personne qui se cache derrière, n'ouvrez aucun lien et n'envoyez ni code, ni document, ni argent. Si vous avez déjà envoyé quelque chose ou si vous y avez ouvert une session : gelez immédiatement votre compte, changez votre mot de passe, réinitialisez votre vérification en deux étapes et racontez-nous dans ce dossier ce qui s'est passé, mais ne nous donnez jamais le mot de passe ni le code lui-même.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Votre message à { $brand }
answer-files = Ces fichiers sont trop volumineux pour un e-mail. Vous pouvez les récupérer ici jusqu’au { $until } :

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Français

command-help = Comment obtenir de l'aide ici
command-new = Nous écrire à propos d'un nouveau sujet
command-status = Où en sont vos dossiers
command-verify = Ce compte, cette adresse ou ce lien est-il à nous ?
command-report = Signaler un imposteur, étape par étape
command-language = Choisir votre langue
command-close = Clore un dossier

## Commands: /start and /help

# $brand: brand
start-hello =
    Bienvenue à l'assistance { $brand }.

    Je suis un assistant automatique : je reçois vos messages, et les personnes de notre équipe vous répondent ici. Écrivez simplement de quoi il s'agit.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Nous ne demandons jamais votre mot de passe, votre phrase de récupération ni vos clés privées, un code de vérification, un accès à distance à votre appareil ou un paiement. Quiconque le fait en notre nom est un imposteur.

# $case: case number
start-bound = Bonjour à nouveau. Cette conversation se poursuit maintenant dans votre dossier { $case }. Tout ce que vous écrivez ici parvient aux personnes qui s'en occupent.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Bienvenue. Je ne peux pas ouvrir de dossier avec ce lien ; peut-être a-t-il déjà servi, ou était-il destiné à une autre conversation. Ce n'est pas grave : écrivez simplement ici de quoi il s'agit et, si vous avez un numéro de dossier, indiquez-le.

help-hello = Écrivez simplement de quoi il s'agit, comme à une personne : notre équipe vous lit et vous répond ici. Ces commandes peuvent aussi vous aider :

# A command that we do not know
unknown-command = Je ne connais pas cette commande. Écrivez simplement de quoi il s'agit, sans barre oblique, ou consultez /help.

button-status = Mes dossiers
button-verify = Vérifier un compte
button-report = Signaler un imposteur
button-language = Langue / Language
button-new = Écrire à l'équipe

## Commands: /new

new-ask =
    Je vous écoute : votre prochain message ouvrira un nouveau dossier. De quoi s'agit-il, et quand est-ce arrivé ?

    L'identifiant de votre compte (UID) nous est utile ; pour un dépôt ou un retrait, également le hash de la transaction (TxID), le réseau, l'actif et le montant. N'envoyez ni mot de passe, ni code, ni phrase de récupération.

# $case: case number
new-opened = Merci, j'ai transmis votre message à notre équipe sous le numéro de dossier { $case }. Ce que vous écrirez ensuite y sera ajouté.

## Commands: /status

status-none = Vous n'avez pas encore de dossier ici. Écrivez simplement de quoi il s'agit, et j'en ouvre un.

# The same for a number that does not exist and for somebody else's
status-unknown = Vous n'avez ici aucun dossier portant ce numéro. Vérifiez le numéro, ou écrivez de quoi il s'agit.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case } : { $state }
    Ouvert le { $opened }, dernière modification le { $changed }
    { $next }

# $count: how many more cases there are
status-more = Et { $count } de plus. Pour en voir un, écrivez /status suivi de son numéro.

state-open = en cours de traitement
state-waiting = réponse envoyée
state-solved = clos

next-open = La suite : une personne de notre équipe lit votre message et vous répond ici. Il n'est pas nécessaire d'écrire à nouveau pour conserver votre place.
next-waiting = La suite : c'est à vous, si un point reste ouvert. Écrivez ici, et le dossier revient à notre équipe.
next-solved = La suite : plus rien. Si le problème n'est pas réglé pour vous, écrivez ici, et nous le réexaminerons.

## Commands: /language

language-ask = Dans quelle langue souhaitez-vous que je vous parle ?
language-chosen = Désormais, je vous parle en français.

## Commands: /close

# $case: case number
close-ask = Voulez-vous clore votre dossier { $case } ? Rien n'en sera effacé.
close-none = Vous n'avez ici aucun dossier ouvert à clore.
# $case: case number
close-done = Votre dossier { $case } est clos. Merci de nous avoir écrit. Si le problème revient, écrivez ici, ou utilisez /new pour autre chose.
close-kept = Le dossier reste ouvert. Notre équipe continue de s'en occuper.

button-close = Oui, le clore
button-keep = Non, garder ouvert

## Commands: in the middle of a question

cancelled = C'est arrêté ; rien n'a été envoyé. Vous pouvez nous écrire à tout moment.
cancel-nothing = Il n'y a rien à arrêter. Écrivez simplement de quoi il s'agit.
button-cancel = Annuler

# For a button that we did not make for this person, or whose question is over
button-stale = Ce bouton ne vous est pas destiné, ou il est trop ancien. Veuillez recommencer avec /help.

## Commands: in a group

group-private = Poursuivons en privé : ici, tout le monde peut lire. N'écrivez ni numéro de dossier ni donnée personnelle dans ce groupe. Nous ne vous écrivons jamais en premier.
button-private = Poursuivre en privé
# $brand: brand
group-help = Je suis l'assistant automatique { $brand }. Ici, je ne fais que vérifier des noms : écrivez /verify suivi du nom. Pour tout le reste, poursuivons en privé. Nous ne vous écrivons jamais en premier et ne demandons jamais de mot de passe, de code ni de phrase de récupération.

## Commands: /verify

verify-ask = Quel compte, quelle adresse ou quel lien dois-je vérifier ? Écrivez-le exactement comme vous l'avez vu, par exemple un @nom, une adresse e-mail ou un lien, ou transférez-moi un message de ce compte.

# $official: one of our accounts; $platform: where it is
account-on = { $official } sur { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } est officiel : il figure sur la liste officielle { $brand }. Cela ne vaut que pour cette orthographe exacte.
verify-official-since = ✅ { $official } est officiel : il figure sur la liste officielle { $brand } depuis le { $since }. Cela ne vaut que pour cette orthographe exacte.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } ne figure pas sur la liste des comptes et adresses officiels { $brand }. Je ne peux rien en dire de plus.
verify-not-listed-unnamed = L'élément indiqué ne figure pas sur la liste des comptes et adresses officiels { $brand }. Je ne peux rien en dire de plus.

# It was ours once
verify-retired = ⚠️ { $claim } a appartenu à { $brand }, mais ce n'est plus le cas. Quelqu'un d'autre se trouve peut-être derrière aujourd'hui.
verify-retired-unnamed = ⚠️ L'élément indiqué a appartenu à { $brand }, mais ce n'est plus le cas. Quelqu'un d'autre se trouve peut-être derrière aujourd'hui.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } n'est pas à nous. Cela ressemble à { $official } : { $technique }.
verify-look-alike-unnamed = ⚠️ L'élément indiqué n'est pas à nous. Cela ressemble à { $official } : { $technique }.

verify-scam = ⛔ { $claim } a été signalé pour escroquerie. Cela n'a aucun lien avec { $brand }.
verify-scam-unnamed = ⛔ L'élément indiqué a été signalé pour escroquerie. Cela n'a aucun lien avec { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ Le nom { $official } est sur notre liste, mais le compte qui le porte n'est pas celui que nous connaissons : un nom peut changer de mains. Ne vous y fiez pas tant que notre équipe ne vous l'a pas confirmé.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ L'auteur de ce message porte un nom qui se lit comme { $brand }, mais le compte n'est pas à nous. N'importe qui peut choisir n'importe quel nom.

# The platform hides who wrote the forwarded message
verify-hidden = L'auteur de ce message masque son compte, je ne peux donc pas le vérifier : un nom seul ne prouve rien, pas même le nôtre. { $brand } ne vous écrit jamais en premier. Avec /report, vous pouvez nous indiquer ce compte.

verify-unchecked = Je n'ai pas pu vérifier cela. Envoyez-moi un seul nom à la fois, exactement comme vous l'avez vu : un @nom, une adresse e-mail ou un lien.
verify-ambiguous = ⚠️ Ceci peut se lire de plusieurs façons, et l'une d'elles n'est pas à nous. Ne l'ouvrez pas.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Ce lien ne montre pas où il mène, je ne peux donc pas le vérifier. Ne l'ouvrez pas ; nos propres liens affichent notre nom en entier.

# An address that coins are sent to
verify-wallet = Une adresse à laquelle on envoie des cryptos ne peut pas être vérifiée : elle n'indique pas à qui elle appartient. Nous ne vous demandons jamais d'envoyer des cryptos où que ce soit pour débloquer, vérifier ou sécuriser un compte. Les adresses de dépôt s'affichent uniquement dans l'application et sur notre site web.

# Telegram does not let bots look up people's accounts by name
verify-telegram = J'ai lu cela comme un nom sur Telegram. Telegram ne nous permet pas de rechercher le compte d'une personne par son nom ; je peux seulement le comparer à notre liste. Si vous l'avez vu ailleurs, envoyez-moi le lien.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } est l'une des adresses de { $brand }. Mais n'importe qui peut l'écrire comme expéditeur d'un e-mail : elle ne dit donc pas qui vous a écrit. En cas de doute, demandez-nous dans l'application ou sur notre site.
verify-more = Il y en avait plus que je n'en vérifie en une fois. Envoyez-moi le reste, un élément à la fois, et d'ici là ne vous fiez à rien.

verify-care = Si quelqu'un y parle au nom de { $brand }, ne répondez pas et n'envoyez rien. Vous pouvez le signaler avec /report.
verify-what-to-do = Ne répondez pas, n'ouvrez aucun lien et n'envoyez ni code ni argent. Si vous avez déjà envoyé quelque chose : gelez votre compte dès maintenant dans l'application ou sur notre site web, puis utilisez /report.
verify-in-group = Pensez à vérifier aussi les liens et les noms avec moi en privé : les groupes sont un terrain de prédilection des imposteurs.

technique-confusable = des lettres ou des chiffres qui se ressemblent y sont utilisés
technique-separator = seuls des points, des tirets ou des tirets bas diffèrent
technique-embedded = notre nom y est glissé dans un autre nom
technique-link = notre nom figure dans le lien, mais le lien mène ailleurs
technique-suffix = la terminaison n'est pas la nôtre
technique-elsewhere = c'est notre nom, mais sur une plateforme ou un site où nous ne l'utilisons pas
technique-display-name = notre nom y sert de nom affiché
technique-affix = des mots comme « support » ou « official » sont ajoutés à notre nom
technique-slip = c'est notre nom avec des lettres omises, ajoutées ou modifiées
technique-region = un pays, une région ou un nombre est ajouté à notre nom
technique-mark = un badge est dessiné dans le nom, ce que n'importe quel compte peut faire
technique-redirect = le lien renvoie vers une autre adresse que celle affichée
technique-words = le texte est rédigé comme s'il venait de nous
technique-other = tout est fait pour que l'on croie avoir affaire à nous

## Commands: /report

report-begin = Merci de nous prévenir : cela protège aussi les autres. Je vais vous poser trois courtes questions ; vous pouvez arrêter à tout moment.
report-kind = Que souhaitez-vous signaler ?
report-what-account = De quel compte s'agit-il ? Transférez-moi un de ses messages, ou envoyez-moi le nom ou le lien. Si le compte est masqué, sélectionnez-le avec le bouton ci-dessous.
report-what-address = De quelle adresse s'agit-il ? Envoyez-moi le lien ou l'adresse exactement comme vous l'avez vu, ou transférez-moi le message qui le contenait. Ne l'ouvrez pas.

# $brand: brand
report-official = ✅ Celui-ci figure sur la liste officielle { $brand }, il est donc à nous. Si quelque chose vous paraît malgré tout anormal, poursuivez.

report-harm = Avez-vous envoyé quelque chose à ces personnes : argent, codes, mots de passe, documents ? Ou avez-vous ouvert une session quelque part à leur demande ?
report-harm-again = C'est noté. Encore une question : avez-vous envoyé quelque chose à ces personnes (argent, codes, mots de passe, documents), ou avez-vous ouvert une session quelque part à leur demande ?
report-story = Bien. Que s'est-il passé ? Racontez-le avec vos propres mots en un seul message, ou appuyez sur le bouton pour envoyer le signalement tel quel.
report-noted = C'est ajouté. Écrivez ce qui s'est passé, ou appuyez sur le bouton pour envoyer le signalement.

# What a user must do at once who has given something away
report-freeze = ⚠️ Faites-le dès maintenant : gelez votre compte dans l'application ou sur notre site web, changez votre mot de passe et réinitialisez votre vérification en deux étapes. N'envoyez plus rien, même si l'on vous promet de rembourser ce que vous avez perdu.

# $case: case number; $kind: one of the kind texts
report-sent = Votre signalement est entre les mains de notre équipe. Dossier { $case } : { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Signalé : { $seen }
report-tell-more = Racontez-moi ensuite ici ce qui s'est passé : quand, ce que vous avez envoyé et où (hash de la transaction, adresse). Ce sera ajouté à votre dossier. N'envoyez jamais le mot de passe ni le code lui-même.
report-thanks = Merci. Nous examinons la situation et vous répondrons ici si nous avons besoin d'en savoir plus. Ne répondez plus à ces personnes. Pour ajouter une information, écrivez-la simplement ici.

# $case: case number. A command has ended the report before its last question
report-passed-on = J'ai transmis votre signalement en l'état : dossier { $case }.
report-new-again = Ce que vous écrirez ensuite y sera ajouté. Pour un autre sujet, envoyez encore une fois /new.

kind-account = Un compte
kind-group = Un groupe ou canal
kind-website = Un site ou un lien
kind-mail = Un e-mail
kind-other = Autre chose

button-pick-user = Choisir un compte
button-pick-chat = Choisir groupe ou canal
button-skip = Je ne peux pas choisir
button-yes = Oui
button-no = Non, rien
button-send = Envoyer le signalement

## Chats: acknowledgement and files

# $case: case number
chat-received = Merci, votre message nous est bien parvenu. Votre dossier est { $case }. Une personne de notre équipe le lit et vous répond ici, en règle générale sous 24 heures. Pour ajouter une information, écrivez simplement ici ; /status indique où en est votre dossier. Si vos actifs sont en danger, gelez votre compte dès maintenant dans l'application ou sur notre site web.

# $case: case number
chat-encrypted = Votre message nous est parvenu, mais il est chiffré de bout en bout et ne peut pas être lu ici. Votre dossier est { $case }. Écrivez-le à nouveau sans chiffrement, ou par un autre de nos canaux officiels.

file-too-large = Votre message nous est parvenu, mais il contient un fichier trop volumineux pour que nous puissions le recevoir ici. Envoyez une version plus légère ou une capture d'écran de l'essentiel, ou décrivez-le avec des mots.
# $count: how many files, at least two
files-too-large = Votre message nous est parvenu, mais il contient { $count } fichiers trop volumineux pour que nous puissions les recevoir ici. Envoyez des versions plus légères ou des captures d'écran de l'essentiel, ou décrivez-les avec des mots.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } n'est pas à nous et ne travaille pas pour { $brand }, quel que soit le nom affiché. Notre équipe ne vous écrit jamais en premier et ne demande jamais de mots de passe, de codes, de phrases de récupération ni de paiements. Ne lui répondez pas.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Imposteur sur { $platform } : { $account }, vu dans le groupe { $group }. Dossier { $case }.
# $official: one of our accounts
impostor-imitates = Ce compte imite { $official }.
impostor-to-do = Veuillez l'examiner, le retirer du groupe et le signaler à la plateforme.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Merci, nous avons reçu votre message. Poursuivez en message privé avec { $handle } : ici, tout le monde peut lire. Nous n'écrivons jamais en premier et ne demandons jamais mot de passe, phrase de récupération, clé privée, code, accès à distance ou paiement.
public-warning = Attention : seul { $handle } répond pour nous (écrivez-y en privé). Toute autre réponse en notre nom est une imposture : n'envoyez rien. Nous n'écrivons jamais en premier ni ne demandons mot de passe, phrase de récupération, clé privée, code, accès à distance ou paiement.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Attention : sous votre publication, quelqu'un répond au nom de { $brand } sans être des nôtres : { $account }. Ne lui répondez pas, n'ouvrez aucun de ses liens et ne lui envoyez rien. Nous vous écrivons uniquement depuis { $handle }. Si vous lui avez déjà envoyé quelque chose, gelez votre compte dès maintenant et racontez-nous ici ce qui s'est passé.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Attention : sous votre publication, quelqu'un répond au nom de { $brand } sans être des nôtres. Ne lui répondez pas, n'ouvrez aucun de ses liens et ne lui envoyez rien. Nous vous écrivons uniquement depuis { $handle }. Si vous lui avez déjà envoyé quelque chose, gelez votre compte dès maintenant et racontez-nous ici ce qui s'est passé.

# $link: the address of our privacy policy
privacy-line = Comment nous traitons ce que vous écrivez : { $link }

# $word: the word that lets automatic messages come again
opted-out = Vous ne recevrez plus de messages automatiques ici, sauf un avertissement si vous êtes en danger. Notre équipe peut toujours vous répondre. Pour les recevoir à nouveau, écrivez { $word }.
opted-in = Les messages automatiques sont réactivés.

# $options: what may be written, separated by slashes
answer-with = Vous pouvez répondre par : { $options }
