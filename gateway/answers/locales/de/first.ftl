# The first answer that helps, in German. Keys and variables: see the English file.

## Chats: the number

first-received = Vielen Dank, Ihre Nachricht ist eingegangen. Ihr Vorgang ist { $case }; /status zeigt den Stand.

## Mail: how to add something, where the receipt says all the rest

first-add = Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese E-Mail und lassen Sie den Betreff unverändert, damit alles in einem Vorgang bleibt.

## What it is taken for, and who looks after it

first-account_stolen = Wir behandeln dies als gefährdetes Konto: Unser Sicherheitsteam kümmert sich zuerst darum.
first-scam_suspected = Wir behandeln dies als Betrugsverdacht: Unser Sicherheitsteam geht ihm nach.
first-wrong_transfer = Wir behandeln dies als Überweisung an eine falsche Adresse, im falschen Netzwerk oder ohne Memo: Unser Rückholteam prüft es.
first-deposit_not_credited = Wir behandeln dies als nicht gutgeschriebene Einzahlung: Unser Einzahlungsteam prüft es.
first-withdrawal_delayed = Wir behandeln dies als verspätete Auszahlung: Unser Auszahlungsteam prüft es.
first-liquidation_dispute = Wir behandeln dies als Frage zu einer Liquidation oder Kontraktposition: Unser Derivateteam prüft es.
first-spot_order = Wir behandeln dies als Frage zu einer Spot-Order: Unser Handelsteam prüft es.
first-p2p_fiat = Wir behandeln dies als P2P- oder Banküberweisungssache: Unser Zahlungsteam prüft es.
first-card = Wir behandeln dies als Frage zur Karte oder zu einem Kauf per Karte: Unser Zahlungsteam prüft es.
first-kyc = Wir behandeln dies als Frage zur Identitätsprüfung: Unser Verifizierungsteam prüft es.
first-login = Wir behandeln dies als Anmeldeproblem: Unser Kontoteam prüft es.
first-account_data_change = Wir behandeln dies als Änderung Ihrer Kontodaten: Unser Kontoteam prüft es.
first-account_closure = Wir behandeln dies als Kontoschließung: Unser Kontoteam prüft es.
first-api = Wir behandeln dies als Frage zur API: Unser Technikteam prüft es.
first-promotion = Wir behandeln dies als Frage zu einer Aktion oder Rückvergütung: Unser Bonusteam prüft es.
first-fees = Wir behandeln dies als Frage zu Gebühren: Unser Serviceteam prüft es.
first-policy = Wir behandeln dies als Frage zu Regeln und Regulierung: Unser Serviceteam antwortet, bei Bedarf mit der Compliance.
first-authority_request = Wir behandeln dies als Anfrage einer Behörde oder ihres Vertreters: Unsere Rechtsabteilung übernimmt sie.
first-complaint = Es tut uns leid, dass Sie Grund zur Beschwerde haben. Ein Mensch liest sie und geht dem nach, was schiefgelaufen ist.
first-feedback = Vielen Dank für den Vorschlag: Er geht an die, die das Produkt bauen. Nicht jeder kann einzeln beantwortet werden.
first-praise = Vielen Dank für Ihre freundlichen Worte: Wir geben sie an die weiter, denen sie gelten. Sie müssen nichts weiter tun.

## In every receipt: the net below what was not taken for danger

first-risk = Wenn Ihr Guthaben in Gefahr ist, sperren Sie Ihr Konto bitte sofort in der App oder auf unserer Website.

## By when

first-when-hour = Sie erhalten innerhalb einer Stunde eine Antwort.
first-when-few = Sie erhalten innerhalb von { $hours } Stunden eine Antwort.
first-when-hours = Sie erhalten innerhalb von { $hours } Stunden eine Antwort.
first-when-usual = Sie erhalten in der Regel innerhalb von 24 Stunden eine Antwort.

## What was recognised

seen-transaction = Wir sehen Ihre Transaktion auf { $network }: { $link }
seen-confirmed = Wir sehen Ihre Transaktion auf { $network }, bisherige Bestätigungen: { $confirmations }. { $link }
look-transaction = Ihre Transaktion auf { $network }, hier können Sie sie nachsehen: { $link }

## What is missing, each with where to find it

ask-heading = Damit wir weiterkommen, brauchen wir von Ihnen:
ask-tx_hash = - Den Transaktions-Hash (TxID): Er steht im Auszahlungsverlauf der Wallet oder Börse, von der Sie gesendet haben.
ask-address = - Die Adresse, an die gesendet wurde: Sie steht in Ihrem Verlauf bei der Transaktion.
ask-network = - Das verwendete Netzwerk, etwa TRC20 oder ERC20: Es steht auf derselben Seite wie die Transaktion.
ask-account_id = - Ihre Konto-ID (UID): Tippen Sie in der App auf Ihr Profilbild.
ask-withdrawal_id = - Die Nummer der Ein- oder Auszahlung: Öffnen Sie sie in Ihrem Vermögensverlauf.
ask-order_id = - Die Ordernummer: Öffnen Sie die Order in Ihrem Orderverlauf.
ask-memo = - Das angegebene Memo oder Tag, falls vorhanden: Die sendende Seite zeigt es bei der Transaktion.
ask-amount = - Den Betrag und die Währung.
ask-time = - Den Zeitpunkt: Datum, Uhrzeit und Zeitzone.
ask-position = - Die Position: Kontrakt, Long oder Short, Hebel; siehe Positionsverlauf.
ask-email = - Die E-Mail-Adresse, mit der Ihr Konto registriert ist.
ask-link = - Den Link oder Kontonamen, um den es geht, so geschrieben, dass niemand ihn versehentlich anklickt.
ask-screenshot = - Einen Screenshot dessen, was Sie sehen; bitte Guthaben, Codes und fremde Namen abdecken.
ask-never = Bitte senden Sie kein Passwort, keinen Code und keine Wiederherstellungsphrase.
ask-documents = Dokumente und Ausweisbilder nur hier, niemals in einer Nachricht: { $link }

## What a further message brought

recorded-all = Vielen Dank, in Ihrem Vorgang { $case } vermerkt. Es fehlt nichts mehr; unser Team macht damit weiter.
recorded-some = Vielen Dank, in Ihrem Vorgang { $case } vermerkt. Es fehlt noch:

## Danger: what to do now

freeze-in-app = - Sperren Sie Ihr Konto jetzt in der App oder auf unserer Website; das hält Auszahlungen an. Warten Sie nicht auf unsere Antwort.
freeze-at-link = - Sperren Sie Ihr Konto jetzt, das hält Auszahlungen an; warten Sie nicht auf unsere Antwort: { $link }
danger-account_stolen =
    - Ändern Sie von einem vertrauenswürdigen Gerät aus das Passwort Ihres Kontos und Ihres Postfachs, und richten Sie die Zwei-Faktor-Authentifizierung neu ein.
    - Beenden Sie alle unbekannten Sitzungen; löschen Sie API-Schlüssel und Auszahlungsadressen, die nicht von Ihnen sind.
    - Antworten Sie niemandem, der Ihre Coins gegen Geld zurückholen will: Das ist ein zweiter Diebstahl.
    - Geben Sie niemandem Passwort, Code oder Wiederherstellungsphrase, auch uns nicht.
danger-secret_shared =
    - Was Sie preisgegeben haben, kennen jetzt Fremde: Ändern Sie dieses Passwort sofort von einem vertrauenswürdigen Gerät aus, und richten Sie die Zwei-Faktor-Authentifizierung neu ein.
    - War es eine Wiederherstellungsphrase oder ein privater Schlüssel: Legen Sie eine neue Wallet mit neuer Phrase an und übertragen Sie Ihr Guthaben dorthin.
    - Haben Sie irgendwo eine Wallet verbunden: Widerrufen Sie die Freigaben. Löschen Sie API-Schlüssel, beenden Sie andere Sitzungen, entfernen Sie Fernzugriffsprogramme.
    - Senden Sie so etwas nie wieder an irgendjemanden, auch nicht an uns.
danger-scam_under_way =
    - Senden Sie nichts mehr: keine Coins, keine „Gebühr“, keine „Steuer“, keinen Code, was man auch verspricht oder androht.
    - Brechen Sie das Gespräch ab, beenden Sie jeden Fernzugriff und bewahren Sie das Geschriebene als Beweis auf.
    - Haben Sie sich auf deren Wort angemeldet, eine Wallet verbunden oder etwas installiert: Ändern Sie das Passwort von einem anderen Gerät aus und widerrufen Sie die Freigaben.
    - Zahlen Sie niemandem, der verspricht, verlorene Coins zurückzuholen.

## Further ways

articles-heading = Das kann Ihnen inzwischen helfen:
links-heading = Das können Sie selbst erledigen:
link-freeze = - Konto sperren: { $link }
link-security = - Sicherheit des Kontos prüfen: { $link }
link-kyc = - Stand der Verifizierung und was noch fehlt: { $link }
link-upload = - Dokumente einreichen: { $link }
link-status = - Nachsehen, ob Ein- und Auszahlungen und Handel normal laufen: { $link }
link-api_docs = - API-Dokumentation: { $link }

## Facts

fact-wrong_transfer = Überweisungen auf einer Blockchain lassen sich nicht zurückrufen. Ob etwas zu retten ist, hängt davon ab, wer die Zieladresse kontrolliert, und ist nicht sicher.
fact-deposit_not_credited = Eine Einzahlung wird gutgeschrieben, sobald ihr Netzwerk sie oft genug bestätigt hat. Ein Explorer zeigt, wie weit das ist.
fact-withdrawal_delayed = Eine Auszahlung wird geprüft, bevor sie uns verlässt; danach bestimmt das Netzwerk, wie schnell sie bestätigt wird.
fact-liquidation_dispute = Eine Position wird liquidiert, wenn ihre Margin zum Mark-Preis unter die Erhaltungsmargin fällt; das muss nicht der zuletzt gehandelte Preis sein.
fact-p2p_fiat = Geben Sie bei P2P Coins erst frei, wenn das Geld auf Ihrem eigenen Konto ist: Der Screenshot einer Zahlung beweist nichts.
fact-kyc = Dokumente müssen gültig, vollständig und Ihre eigenen sein; der Name muss der des Kontos sein.
fact-login = Ein verlorener Authenticator wird erst nach Prüfung Ihrer Identität zurückgesetzt; das dauert und schützt Sie.
fact-account_data_change = E-Mail und Telefon werden in der App mit einem zweiten Faktor geändert; danach ruhen Auszahlungen eine Weile.
fact-account_closure = Vor der Schließung müssen Guthaben ausgezahlt und offene Orders und Positionen beendet sein.
fact-api = Das Secret eines API-Schlüssels wird nur einmal angezeigt. Senden Sie es uns bitte nie; der Name des Schlüssels genügt.

## Legal lines, kept apart from the facts

legal-heading = Rechtlicher Hinweis:
legal-policy = Dies ist allgemeine Information, keine Rechts- oder Steuerberatung. Für Ihren Fall fragen Sie bitte einen Anwalt oder Steuerberater in Ihrem Land.
legal-liquidation_dispute = Handel mit Hebel kann alles kosten, was Sie eingesetzt haben. Diese Antwort ist keine Anlageberatung; es gelten die Bedingungen, denen Sie zugestimmt haben.
legal-liquidation_dispute-eu = Kryptowerte schwanken stark, und mit Hebel können Sie alles verlieren, was Sie eingesetzt haben; Anlegerentschädigungssysteme decken das nicht. Diese Antwort ist keine Anlageberatung; Ihr Recht auf förmliche Beschwerde, auch bei einer Schlichtungsstelle, bleibt unberührt.
legal-liquidation_dispute-uk = Investieren Sie nicht, wenn Sie nicht bereit sind, alles eingesetzte Geld zu verlieren. Dies ist eine hochriskante Anlage, und Sie sollten nicht mit Schutz rechnen, wenn etwas schiefgeht. Diese Antwort ist keine Anlageberatung.
legal-authority_request = Behördliche Anfragen beantwortet nur unsere Rechtsabteilung, über den dafür vorgesehenen offiziellen Weg und nach Prüfung des Absenders. Über diesen Kanal wird nichts über Kunden mitgeteilt.
legal-account_closure = Manche Unterlagen müssen nach der Schließung noch eine Zeit lang aufbewahrt werden, weil die Gesetze gegen Geldwäsche es verlangen.
