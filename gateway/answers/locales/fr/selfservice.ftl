# The same as in en/selfservice.ftl, where each text is explained.

command-cases = La liste de tous vos dossiers
command-reopen = Rouvrir un dossier clos
command-agent = Parler à une personne
command-kyc = Où en est votre vérification d'identité
command-security = Ce que la plateforme dit de la sécurité de votre compte
command-link = Montrer qu'un autre compte est aussi le vôtre
button-agent = Parler à une personne

cases-head = Vos dossiers :
cases-line = { $case } : { $state }, dernière modification { $changed }
cases-more = Et { $count } plus anciens.
which-case = Vous avez plusieurs dossiers ouverts. Écrivez de nouveau le mot, suivi du numéro du dossier concerné :
reopen-none = Vous n'avez aucun dossier clos qui puisse être rouvert.
reopen-done = Votre dossier { $case } est de nouveau ouvert et notre équipe le réexamine. Dites-nous ce qui n'est pas encore réglé.
close-done-letter = Votre dossier { $case } est clos. Merci de nous avoir écrit. S'il y a du nouveau, répondez simplement à cet e-mail.

agent-done = Un membre de notre équipe vous répond dans votre dossier { $case }. Vous n'y recevrez plus de questions automatiques.
agent-opened = J'ai transmis votre souhait à notre équipe, dossier { $case }. Écrivez de quoi il s'agit et quand cela s'est passé : nous pourrons vous aider plus vite.

kyc-none = Votre vérification d'identité n'a pas encore commencé.
kyc-pending = Votre vérification d'identité est en cours d'examen.
kyc-approved = Votre vérification d'identité est terminée.
kyc-rejected = Votre vérification d'identité n'a pas été acceptée. La raison figure dans l'application ou sur notre site.
kyc-other = L'état de votre vérification d'identité figure dans l'application ou sur notre site.
kyc-missing =
    Il manque encore :
    { $items }
kyc-item-document = une pièce d'identité
kyc-item-selfie = une photo de votre visage
kyc-item-address = un justificatif de domicile
kyc-item-funds = un justificatif de l'origine de vos fonds
kyc-item-other = autre chose, indiqué dans l'application

documents-link = Déposez vos documents uniquement par ce lien : { $link }. Ne les envoyez jamais dans une discussion, par e-mail ou en public.
documents-app = Déposez vos documents uniquement dans l'application ou sur notre site. Ne les envoyez jamais dans une discussion, par e-mail ou en public.
documents-here = ⚠️ Ceci ressemble à un document qui montre qui vous êtes. Supprimez-le ici si vous le pouvez : une discussion n'est pas l'endroit pour cela.

security-none = La plateforme ne dit rien ici de la sécurité de votre compte. Consultez l'application ou notre site.
security-well = Dans ce que la plateforme contrôle de votre compte, rien n'est à corriger. Si vous remarquez tout de même quelque chose d'étrange, gelez votre compte dans l'application ou sur notre site et écrivez-nous.
security-weak =
    Vérifiez bientôt ceci dans l'application ou sur notre site :
    { $items }
security-item-password = votre mot de passe
security-item-factor = votre validation en deux étapes
security-item-logins = des connexions inhabituelles
security-item-devices = les appareils connectés
security-item-keys = vos clés API
security-item-addresses = vos adresses de retrait
security-item-other = autre chose, indiqué dans l'application

customer-unknown = La plateforme ne connaît aucun compte lié à l'endroit d'où vous écrivez. Écrivez depuis votre adresse enregistrée ou liez ce compte dans l'application. Tout cela figure aussi dans l'application ou sur notre site.
customer-unchecked = Je ne peux pas consulter cela pour l'instant. Réessayez plus tard, ou regardez dans l'application ou sur notre site.
customer-off = Je ne peux pas consulter cela ici. Regardez dans l'application ou sur notre site.

link-give =
    Votre code : { $code }

    Envoyez-le-nous depuis votre autre compte dans les { $minutes } minutes. Sur Telegram, écrivez à notre bot : /link { $code }. Sur X, envoyez-nous un message privé : link { $code }. Par e-mail, écrivez-nous depuis votre adresse enregistrée avec cet objet : link { $code }
link-never = ⚠️ Ne donnez jamais un tel code à personne, et n'envoyez jamais un code que quelqu'un vous a donné : cela permet à un inconnu de voir vos dossiers. Notre équipe ne le demande jamais.
link-done = C'est fait : votre compte sur { $platform } et celui-ci comptent comme ceux d'une même personne. Désormais, vous voyez les dossiers des deux dans l'un et l'autre, en privé seulement. Pour y mettre fin, écrivez unlink.
link-told = ⚠️ Un compte sur { $platform } vient d'être lié au vôtre avec le code que vous avez reçu ici. Il peut voir vos dossiers. Si ce n'était pas vous, écrivez unlink tout de suite et prévenez-nous.
link-wrong = Ce code ne peut pas être utilisé. Écrivez link là où vous l'avez reçu pour en obtenir un nouveau.
link-same = Envoyez ce code depuis votre autre compte, et non depuis celui qui l'a reçu.
link-many = Trop de codes étaient faux. Réessayez dans une heure.
link-full = Aucun autre compte ne peut être lié au vôtre. Écrivez d'abord unlink sur l'un d'eux.
unlink-done = C'est fait : ce compte est de nouveau seul et ne voit que ses propres dossiers.
unlink-none = Ce compte n'est lié à aucun autre.
unlink-told = Un compte sur { $platform } n'est plus lié au vôtre. Si ce n'était pas vous, prévenez-nous.

letter-subject = Votre demande à { $brand }
letter-help = Vous pouvez nous écrire avec vos propres mots : un membre de notre équipe vous lit. Ou envoyez seulement l'un de ces mots, comme objet d'un e-mail vide ou comme seul mot de votre réponse :
letter-verify = Quel compte, quelle adresse ou quel lien dois-je vérifier ? Écrivez-le comme objet d'un e-mail vide, après ce mot : { $word }
letter-report = Merci de nous prévenir : cela protège aussi les autres. Transférez-nous le message, ou écrivez-nous de quel compte, de quelle adresse ou de quel lien il s'agit et si vous leur avez envoyé quelque chose. N'ouvrez aucun lien.
letter-unproven = Si vous avez demandé ce que vous seul pouvez voir : par e-mail, nous n'y répondons que si votre fournisseur prouve qui a envoyé le message. Un membre de notre équipe lit votre message.
