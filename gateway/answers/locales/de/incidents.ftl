# Bekannte Störungen

incident-known = Das scheint mit etwas zusammenzuhängen, das wir kennen und an dem wir arbeiten: „{ $title }“.
incident-expected = Wir erwarten, dass es bis spätestens { $time } behoben ist.
incident-wait = Sie müssen deswegen nicht noch einmal schreiben: Wir sagen Ihnen hier Bescheid, sobald es behoben ist.
incident-over = Was wir als „{ $title }“ kannten, ist behoben.
incident-over-next = Falls Ihr Anliegen { $case } noch nicht erledigt ist, antworten Sie einfach auf diese Nachricht, und wir sehen es uns noch einmal an.
incident-over-subject = [{ $case }] Die Störung ist behoben
