# Incidents connus

incident-known = Cela semble lié à quelque chose que nous connaissons et sur quoi nous travaillons : « { $title } ».
incident-expected = Nous pensons que ce sera terminé au plus tard le { $time }.
incident-wait = Il n’est pas nécessaire de nous réécrire à ce sujet : nous vous préviendrons ici dès que ce sera terminé.
incident-over = Ce que nous connaissions sous le nom de « { $title } » est terminé.
incident-over-next = Si votre dossier { $case } n’est toujours pas réglé, répondez simplement à ce message et nous l’examinerons à nouveau.
incident-over-subject = [{ $case }] L’incident est terminé
