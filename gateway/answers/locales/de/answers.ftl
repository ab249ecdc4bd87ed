# What Gatehouse says to users, in German. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Wir haben Ihre Nachricht erhalten [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Guten Tag,

    vielen Dank für Ihre Nachricht an { $brand }. Sie ist bei uns eingegangen. Ihre Vorgangsnummer lautet { $case }.

ack-next =
    So geht es weiter: Jemand aus unserem Team liest Ihre Nachricht und antwortet Ihnen, in der Regel innerhalb von 24 Stunden. Manches braucht mehr Zeit zur Prüfung; dann sagen wir Ihnen Bescheid. Sie müssen nicht noch einmal schreiben, um Ihren Platz zu behalten. Wenn Ihr Guthaben in Gefahr ist, sperren Sie Ihr Konto bitte sofort in der App oder auf unserer Website, ohne auf unsere Antwort zu warten.

# Where the case runs by email
ack-reply-mail =
    Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese E-Mail und lassen Sie den Betreff unverändert, damit alles in einem Vorgang bleibt. Am meisten helfen uns Ihre Konto-ID (UID) und der Zeitpunkt, bei einer Ein- oder Auszahlung auch der Transaktions-Hash (TxID), das Netzwerk, der Coin und der Betrag.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Wenn Sie etwas ergänzen möchten, schreiben Sie einfach hier im selben Gespräch weiter. Am meisten helfen uns Ihre Konto-ID (UID) und der Zeitpunkt, bei einer Ein- oder Auszahlung auch der Transaktions-Hash (TxID), das Netzwerk, der Coin und der Betrag.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Wir fragen Sie niemals nach:
    - Ihrem Passwort
    - Ihrer Seed-Phrase (Wiederherstellungsphrase) oder Ihren privaten Schlüsseln
    - einem Bestätigungscode aus einer SMS, einer E-Mail oder einer Authenticator-App
    - Fernzugriff auf Ihr Smartphone oder Ihren Computer oder einer Bildschirmfreigabe
    - einer Zahlung oder Überweisung, auch nicht, um Ihr Konto zu entsperren, zu verifizieren oder zu „sichern“

# $brand: brand
ack-phishing =
    Wer im Namen von { $brand } etwas davon von Ihnen verlangt, ist ein Betrüger, selbst wenn er Ihre Vorgangsnummer kennt. Bitte antworten Sie nicht und melden Sie es uns in diesem Vorgang.

# $official: our official addresses and accounts, separated by commas
ack-official = Unsere offiziellen Adressen und Konten: { $official }

# $brand: brand
signature = Ihr { $brand } Support

## Warnings

warning-heading = Wichtig, bitte zuerst lesen:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Gehört nicht zu uns, obwohl es sich als { $brand } ausgibt: { $names }. Dort arbeitet niemand für uns.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    In Ihrer Nachricht gibt sich jemand als { $brand } aus. Diese Person gehört nicht zu uns und arbeitet nicht für uns.

advice-look-alike =
    Gehört nicht zu uns, obwohl es nach { $brand } aussieht: { $names }. Betrüger wählen solche Namen, damit Sie sie für uns halten.

advice-look-alike-unnamed =
    In Ihrer Nachricht wird ein Konto oder eine Adresse genannt, die nach { $brand } aussieht, aber nicht zu uns gehört. Betrüger wählen solche Namen, damit Sie sie für uns halten.

advice-reported-scam =
    Wegen Betrugs gemeldet und in keiner Weise mit { $brand } verbunden: { $names }.

advice-reported-scam-unnamed =
    In Ihrer Nachricht wird ein Konto oder eine Adresse genannt, die wegen Betrugs gemeldet wurde. Mit { $brand } besteht keinerlei Verbindung.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Eine Nachricht, die eine Adresse von { $brand } als Absender zeigt, hat unsere Prüfung nicht bestanden. Der Absender ist möglicherweise gefälscht: Eine Absenderadresse kann frei erfunden sein. Bitte tun Sie nichts von dem, was darin verlangt wird.

advice-link-mismatch =
    Ein Link in Ihrer Nachricht führt nicht dorthin, wo er angeblich hinführt. Tatsächlich führt er zu: { $names }

advice-link-mismatch-unnamed =
    Ein Link in Ihrer Nachricht führt nicht dorthin, wo er angeblich hinführt, sondern zu einer anderen Adresse.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Sie haben uns eine Wiederherstellungsphrase oder einen privaten Schlüssel geschickt. Wir haben die Angabe aus Ihrer Nachricht entfernt: Niemand bei { $brand } hat sie gelesen, und niemand braucht sie. Doch wer sie kennt, dem gehört alles in dieser Wallet, und Sie können nicht wissen, wer sie sonst noch gesehen hat. Erstellen Sie jetzt eine neue Wallet mit einer neuen Wiederherstellungsphrase und übertragen Sie Ihr Guthaben dorthin. Geben Sie die alte Phrase nie wieder auf irgendeiner Website ein und schicken Sie die neue niemals an jemanden, auch nicht an uns.

advice-secret-password =
    Sie haben uns ein Passwort oder den geheimen Schlüssel einer Authenticator-App geschickt. Wir haben die Angabe aus Ihrer Nachricht entfernt: Niemand bei { $brand } hat sie gelesen. Ändern Sie sie jetzt in der App oder auf unserer Website und überall sonst, wo Sie dieselbe verwenden, und richten Sie Ihre Zwei-Faktor-Authentifizierung neu ein.

advice-secret-code =
    Sie haben uns einen Bestätigungscode geschickt. Wir haben ihn aus Ihrer Nachricht entfernt, und wir werden Sie niemals nach einem fragen. Falls jemand ihn von Ihnen verlangt hat, sperren Sie Ihr Konto jetzt in der App oder auf unserer Website und ändern Sie Ihr Passwort.

advice-secret-card =
    Sie haben uns eine Kartennummer geschickt. Wir haben sie aus Ihrer Nachricht entfernt. Wir brauchen sie nicht; falls Sie sie jemand anderem gegeben haben, lassen Sie die Karte bei Ihrer Bank sperren.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Seien Sie vorsichtig bei allen, die versprechen, verlorene oder gestohlene Coins zurückzuholen, sei es gegen eine Gebühr, gegen Zugang zu Ihrer Wallet oder mithilfe eines „Hackers“: Das kann niemand, und wer es anbietet, bestiehlt Sie ein zweites Mal. { $brand } nimmt niemals Geld für Hilfe.

advice-giveaway =
    Gewinne, Airdrops und verdoppelte Einzahlungen, für die Sie erst zahlen, eine Wallet verbinden oder Coins senden müssen, sind Betrug. Was { $brand } verschenkt, wird in der App selbst angekündigt.

advice-fake-support =
    Niemand von { $brand } fordert Sie auf, eine Wallet zu „validieren“, zu „synchronisieren“ oder zu verbinden, ein Formular mit Ihrer Wiederherstellungsphrase auszufüllen, ein Programm für den Fernzugriff zu installieren oder an ein privates Konto zu schreiben. Wer das tut, ist ein Betrüger, ganz gleich, unter welchem Namen.

advice-investment =
    Jobs, für die Sie erst einzahlen sollen, Signale mit sicherem Gewinn und Menschen, die Sie nie getroffen haben und die Ihnen das Investieren beibringen wollen, sind bekannte Betrugsmaschen: Anfangs werden kleine Gewinne angezeigt, später lässt sich nie etwas auszahlen. Bitte senden Sie nichts mehr und sagen Sie uns, wenn Sie es bereits getan haben.

# For a finding without a text of its own
advice-caution =
    Etwas in Ihrer Nachricht gibt uns Anlass, Sie um Vorsicht zu bitten. Jemand aus unserem Team sieht es sich an.

# $official: the true account, address or domain that is imitated
warning-true-one = Die echte Adresse oder das echte Konto: { $official }

warning-what-to-do =
    Was zu tun ist: Antworten Sie nicht, wer auch immer dahintersteckt, öffnen Sie keinen Link und senden Sie keine Codes, keine Dokumente und kein Geld. Wenn Sie bereits etwas gesendet oder sich dort angemeldet haben: Sperren Sie sofort Ihr Konto, ändern Sie Ihr Passwort, richten Sie Ihre Zwei-Faktor-Authentifizierung neu ein und schildern Sie uns in diesem Vorgang, was passiert ist, aber nennen Sie niemals das Passwort oder den Code selbst.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Ihre Nachricht an { $brand }
answer-files = Diese Dateien sind zu groß für eine E-Mail. Bis { $until } können Sie sie hier abrufen:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Deutsch

command-help = So erhalten Sie hier Hilfe
command-new = Ein neues Anliegen schildern
command-status = Stand Ihrer Vorgänge
command-verify = Gehört dieses Konto, diese Adresse, dieser Link zu uns?
command-report = Betrüger melden, Schritt für Schritt
command-language = Sprache wählen
command-close = Vorgang schließen

## Commands: /start and /help

# $brand: brand
start-hello =
    Willkommen beim Support von { $brand }.

    Ich bin ein automatischer Assistent: Ich nehme entgegen, was Sie schreiben, und Menschen aus unserem Team antworten Ihnen hier. Schreiben Sie einfach, worum es geht.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Wir fragen niemals nach Ihrem Passwort, Ihrer Seed-Phrase oder Ihren privaten Schlüsseln, einem Bestätigungscode, Fernzugriff auf Ihr Gerät oder einer Zahlung. Wer das in unserem Namen tut, ist ein Betrüger.

# $case: case number
start-bound = Willkommen zurück. In diesem Chat geht es jetzt mit Ihrem Vorgang { $case } weiter. Was Sie hier schreiben, erreicht das Team, das ihn betreut.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Willkommen. Mit diesem Link kann ich keinen Vorgang öffnen; vielleicht wurde er schon verwendet, oder er war für einen anderen Chat bestimmt. Das macht nichts: Schreiben Sie einfach hier, worum es geht, und falls Sie eine Vorgangsnummer haben, geben Sie sie mit an.

help-hello = Schreiben Sie einfach, worum es geht, so wie Sie einem Menschen schreiben würden: Unser Team liest es und antwortet hier. Auch diese Befehle helfen weiter:

# A command that we do not know
unknown-command = Diesen Befehl kenne ich nicht. Schreiben Sie einfach ohne Schrägstrich, worum es geht, oder sehen Sie unter /help nach.

button-status = Meine Vorgänge
button-verify = Konto prüfen
button-report = Betrüger melden
button-language = Sprache / Language
button-new = An das Team schreiben

## Commands: /new

new-ask =
    Gern: Ihre nächste Nachricht eröffnet einen neuen Vorgang. Worum geht es, und wann ist es passiert?

    Uns hilft Ihre Konto-ID (UID), bei einer Ein- oder Auszahlung auch der Transaktions-Hash (TxID), das Netzwerk, der Coin und der Betrag. Bitte senden Sie kein Passwort, keinen Code und keine Seed-Phrase.

# $case: case number
new-opened = Vielen Dank, ich habe Ihr Anliegen als Vorgang { $case } an unser Team weitergegeben. Was Sie als Nächstes schreiben, wird hinzugefügt.

## Commands: /status

status-none = Sie haben hier noch keinen Vorgang. Schreiben Sie einfach, worum es geht, und ich lege einen an.

# The same for a number that does not exist and for somebody else's
status-unknown = Unter dieser Nummer gibt es hier keinen Vorgang von Ihnen. Bitte prüfen Sie die Nummer oder schreiben Sie, worum es geht.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Eröffnet { $opened }, zuletzt geändert { $changed }
    { $next }

# $count: how many more cases there are
status-more = Und { $count } weitere. Um einen davon zu sehen, schreiben Sie /status und die Nummer.

state-open = bei unserem Team
state-waiting = beantwortet
state-solved = geschlossen

next-open = So geht es weiter: Jemand aus unserem Team liest Ihre Nachricht und antwortet hier. Sie müssen nicht noch einmal schreiben, um Ihren Platz zu behalten.
next-waiting = So geht es weiter: Sie sind am Zug, falls noch etwas offen ist. Schreiben Sie hier, und der Vorgang geht zurück an unser Team.
next-solved = So geht es weiter: Es ist nichts mehr zu tun. Falls die Sache für Sie nicht erledigt ist, schreiben Sie hier, und wir sehen sie uns noch einmal an.

## Commands: /language

language-ask = In welcher Sprache soll ich mit Ihnen schreiben?
language-chosen = Ab jetzt schreibe ich Ihnen auf Deutsch.

## Commands: /close

# $case: case number
close-ask = Soll ich Ihren Vorgang { $case } schließen? Es wird nichts davon gelöscht.
close-none = Sie haben hier keinen offenen Vorgang, der geschlossen werden könnte.
# $case: case number
close-done = Ihr Vorgang { $case } ist geschlossen. Vielen Dank für Ihre Nachricht. Falls noch etwas ist, schreiben Sie hier, oder nutzen Sie /new für ein anderes Anliegen.
close-kept = Der Vorgang bleibt offen. Unser Team kümmert sich weiter darum.

button-close = Ja, schließen
button-keep = Nein, offen lassen

## Commands: in the middle of a question

cancelled = Abgebrochen; es wurde nichts gesendet. Sie können uns jederzeit schreiben.
cancel-nothing = Es gibt nichts abzubrechen. Schreiben Sie einfach, worum es geht.
button-cancel = Abbrechen

# For a button that we did not make for this person, or whose question is over
button-stale = Diese Schaltfläche ist nicht für Sie bestimmt oder nicht mehr gültig. Bitte beginnen Sie neu mit /help.

## Commands: in a group

group-private = Lassen Sie uns privat weitermachen: Hier liest jeder mit. Bitte schreiben Sie in dieser Gruppe keine Vorgangsnummern und keine persönlichen Angaben. Wir schreiben Ihnen nie zuerst.
button-private = Privat weitermachen
# $brand: brand
group-help = Ich bin der automatische Assistent von { $brand }. Hier prüfe ich nur Namen: Schreiben Sie /verify und den Namen. Für alles andere lassen Sie uns privat weitermachen. Wir schreiben Ihnen nie zuerst und fragen niemals nach Passwörtern, Codes oder Seed-Phrasen.

## Commands: /verify

verify-ask = Welches Konto, welche Adresse oder welchen Link soll ich prüfen? Schreiben Sie es genau so, wie Sie es gesehen haben, zum Beispiel einen @Namen, eine E-Mail-Adresse oder einen Link, oder leiten Sie mir eine Nachricht dieses Kontos weiter.

# $official: one of our accounts; $platform: where it is
account-on = { $official } auf { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } ist offiziell und steht auf der offiziellen Liste von { $brand }. Das gilt nur für genau diese Schreibweise.
verify-official-since = ✅ { $official } ist offiziell und steht seit { $since } auf der offiziellen Liste von { $brand }. Das gilt nur für genau diese Schreibweise.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } steht nicht auf der Liste der offiziellen Konten und Adressen von { $brand }. Mehr kann ich dazu nicht sagen.
verify-not-listed-unnamed = Das, wonach Sie fragen, steht nicht auf der Liste der offiziellen Konten und Adressen von { $brand }. Mehr kann ich dazu nicht sagen.

# It was ours once
verify-retired = ⚠️ { $claim } gehörte früher zu { $brand }, heute aber nicht mehr. Inzwischen kann jemand anderes dahinterstecken.
verify-retired-unnamed = ⚠️ Das, wonach Sie fragen, gehörte früher zu { $brand }, heute aber nicht mehr. Inzwischen kann jemand anderes dahinterstecken.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } gehört nicht zu uns. Es sieht aus wie { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ Das, wonach Sie fragen, gehört nicht zu uns. Es sieht aus wie { $official }: { $technique }.

verify-scam = ⛔ { $claim } wurde wegen Betrugs gemeldet. Mit { $brand } besteht keinerlei Verbindung.
verify-scam-unnamed = ⛔ Das, wonach Sie fragen, wurde wegen Betrugs gemeldet. Mit { $brand } besteht keinerlei Verbindung.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ Der Name { $official } steht auf unserer Liste, aber das Konto, das ihn trägt, ist nicht das, das wir kennen: Ein Name kann den Besitzer wechseln. Bitte vertrauen Sie ihm nicht, bis unser Team es Ihnen bestätigt hat.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Wer diese Nachricht geschrieben hat, trägt einen Namen, der sich wie { $brand } liest, aber das Konto gehört nicht zu uns. Jeder kann sich jeden Namen geben.

# The platform hides who wrote the forwarded message
verify-hidden = Wer diese Nachricht geschrieben hat, verbirgt das Konto, deshalb kann ich es nicht prüfen: Ein Name allein beweist nichts, auch unserer nicht. { $brand } schreibt Ihnen nie zuerst. Mit /report können Sie uns das Konto zeigen.

verify-unchecked = Das konnte ich nicht prüfen. Bitte senden Sie mir immer nur einen Namen, genau so, wie Sie ihn gesehen haben: einen @Namen, eine E-Mail-Adresse oder einen Link.
verify-ambiguous = ⚠️ Das lässt sich auf mehr als eine Weise lesen, und eine davon gehört nicht zu uns. Bitte öffnen Sie es nicht.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Dieser Link zeigt nicht, wohin er führt, deshalb kann ich ihn nicht prüfen. Bitte öffnen Sie ihn nicht; unsere eigenen Links zeigen unseren Namen vollständig.

# An address that coins are sent to
verify-wallet = Eine Adresse, an die Coins gesendet werden, lässt sich nicht prüfen: Sie verrät nicht, wem sie gehört. Wir fordern Sie niemals auf, irgendwohin Coins zu senden, um ein Konto zu entsperren, zu verifizieren oder zu sichern. Einzahlungsadressen finden Sie nur in der App und auf unserer Website.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Ich habe es als Namen auf Telegram gelesen. Telegram lässt uns Konten von Personen nicht nach Namen suchen, deshalb kann ich ihn nur mit unserer Liste vergleichen. Falls Sie ihn anderswo gesehen haben, senden Sie mir den Link.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } ist eine der Adressen von { $brand }. Aber jeder kann sie als Absender einer E-Mail angeben, sie sagt also nicht, wer Ihnen geschrieben hat. Fragen Sie uns im Zweifel in der App oder auf unserer Website.
verify-more = Es war mehr darin, als ich auf einmal prüfe. Senden Sie mir den Rest einzeln, und vertrauen Sie bis dahin nichts davon.

verify-care = Wenn dort jemand im Namen von { $brand } spricht, antworten Sie bitte nicht und senden Sie nichts. Mit /report können Sie das Konto melden.
verify-what-to-do = Bitte antworten Sie nicht, öffnen Sie keinen Link und senden Sie keine Codes und kein Geld. Wenn Sie bereits etwas gesendet haben: Sperren Sie Ihr Konto jetzt in der App oder auf unserer Website und nutzen Sie dann /report.
verify-in-group = Bitte prüfen Sie Links und Namen auch privat mit mir: Gruppen sind ein beliebter Ort für Betrüger.

technique-confusable = es verwendet Buchstaben oder Ziffern, die zum Verwechseln ähnlich aussehen
technique-separator = der Unterschied liegt nur in Punkten, Bindestrichen oder Unterstrichen
technique-embedded = unser Name steckt in einem anderen Namen
technique-link = unser Name steht im Link, aber der Link führt woandershin
technique-suffix = die Endung ist eine andere als unsere
technique-elsewhere = es ist unser Name, aber auf einer Plattform oder Website, auf der wir ihn nicht verwenden
technique-display-name = unser Name dient dort als Anzeigename
technique-affix = an unseren Namen sind Wörter wie „support“ oder „official“ angehängt
technique-slip = es ist unser Name mit weggelassenen, zusätzlichen oder geänderten Buchstaben
technique-region = an unseren Namen ist ein Land, eine Region oder eine Zahl angehängt
technique-mark = in den Namen ist ein Abzeichen gezeichnet, was jedes Konto tun kann
technique-redirect = der Link leitet an eine andere Adresse weiter, als er anzeigt
technique-words = der Text klingt so, als käme er von uns
technique-other = es ist so gestaltet, dass es wie von uns wirkt

## Commands: /report

report-begin = Vielen Dank für den Hinweis: Das schützt auch andere. Ich stelle Ihnen drei kurze Fragen; Sie können jederzeit abbrechen.
report-kind = Was möchten Sie melden?
report-what-account = Um wen geht es? Leiten Sie mir eine Nachricht von dort weiter oder senden Sie mir den Namen oder den Link. Falls das Konto verborgen ist, wählen Sie es mit der Schaltfläche unten aus.
report-what-address = Um welche Adresse geht es? Senden Sie mir den Link oder die Adresse genau so, wie Sie sie gesehen haben, oder leiten Sie mir die Nachricht weiter, mit der sie kam. Bitte öffnen Sie sie nicht.

# $brand: brand
report-official = ✅ Das steht auf der offiziellen Liste von { $brand }, gehört also zu uns. Falls Ihnen trotzdem etwas daran verdächtig vorkommt, fahren Sie bitte fort.

report-harm = Haben Sie dorthin etwas gesendet: Geld, Codes, Passwörter, Dokumente? Oder haben Sie sich auf deren Aufforderung hin irgendwo angemeldet?
report-harm-again = Das habe ich notiert. Noch eine Frage: Haben Sie dorthin etwas gesendet (Geld, Codes, Passwörter, Dokumente) oder sich auf deren Aufforderung hin irgendwo angemeldet?
report-story = Gut. Was ist passiert? Schildern Sie es mit Ihren eigenen Worten in einer Nachricht, oder drücken Sie die Schaltfläche, um die Meldung so zu senden.
report-noted = Das habe ich hinzugefügt. Schreiben Sie, was passiert ist, oder drücken Sie die Schaltfläche, um die Meldung zu senden.

# What a user must do at once who has given something away
report-freeze = ⚠️ Bitte tun Sie das jetzt: Sperren Sie Ihr Konto in der App oder auf unserer Website, ändern Sie Ihr Passwort und richten Sie Ihre Zwei-Faktor-Authentifizierung neu ein. Senden Sie nichts mehr, auch wenn man Ihnen verspricht, das Verlorene zurückzuzahlen.

# $case: case number; $kind: one of the kind texts
report-sent = Ihre Meldung ist bei unserem Team. Vorgang { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Gemeldet: { $seen }
report-tell-more = Schildern Sie mir dann bitte hier, was passiert ist: wann, was Sie gesendet haben und wohin (Transaktions-Hash, Adresse). Es wird Ihrem Vorgang hinzugefügt. Senden Sie niemals das Passwort oder den Code selbst.
report-thanks = Vielen Dank. Wir prüfen das und antworten Ihnen hier, falls wir mehr wissen müssen. Bitte antworten Sie dort nicht mehr. Wenn Sie etwas ergänzen möchten, schreiben Sie es einfach hier.

# $case: case number. A command has ended the report before its last question
report-passed-on = Ich habe Ihre Meldung mit allem weitergegeben, was bis dahin vorlag: Vorgang { $case }.
report-new-again = Was Sie als Nächstes schreiben, wird hinzugefügt. Für ein anderes Anliegen senden Sie noch einmal /new.

kind-account = Ein Konto
kind-group = Gruppe oder Kanal
kind-website = Website oder Link
kind-mail = Eine E-Mail
kind-other = Etwas anderes

button-pick-user = Konto auswählen
button-pick-chat = Gruppe/Kanal auswählen
button-skip = Auswahl nicht möglich
button-yes = Ja
button-no = Nein, nichts
button-send = Meldung senden

## Chats: acknowledgement and files

# $case: case number
chat-received = Vielen Dank, Ihre Nachricht ist eingegangen. Ihr Vorgang ist { $case }. Jemand aus unserem Team liest sie und antwortet Ihnen hier, in der Regel innerhalb von 24 Stunden. Wenn Sie etwas ergänzen möchten, schreiben Sie einfach hier; /status zeigt den Stand. Wenn Ihr Guthaben in Gefahr ist, sperren Sie Ihr Konto bitte sofort in der App oder auf unserer Website.

# $case: case number
chat-encrypted = Ihre Nachricht ist eingegangen, aber sie ist Ende-zu-Ende-verschlüsselt und kann hier nicht gelesen werden. Ihr Vorgang ist { $case }. Bitte schreiben Sie sie noch einmal ohne Verschlüsselung oder über einen anderen unserer offiziellen Kanäle.

file-too-large = Ihre Nachricht ist eingegangen, aber eine Datei darin ist zu groß, um sie hier zu empfangen. Bitte senden Sie eine kleinere Version oder einen Screenshot des Wesentlichen, oder beschreiben Sie es in Worten.
# $count: how many files, at least two
files-too-large = Ihre Nachricht ist eingegangen, aber { $count } Dateien darin sind zu groß, um sie hier zu empfangen. Bitte senden Sie kleinere Versionen oder Screenshots des Wesentlichen, oder beschreiben Sie es in Worten.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } gehört nicht zu uns und arbeitet nicht für { $brand }, ganz gleich, welcher Name angezeigt wird. Unser Team schreibt Ihnen nie zuerst und fragt niemals nach Passwörtern, Codes, Seed-Phrasen oder Zahlungen. Bitte antworten Sie nicht darauf.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Betrüger auf { $platform }: { $account }, gesehen in der Gruppe { $group }. Vorgang { $case }.
# $official: one of our accounts
impostor-imitates = Das Konto ahmt { $official } nach.
impostor-to-do = Bitte sehen Sie es sich an, entfernen Sie es aus der Gruppe und melden Sie es der Plattform.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Danke, Ihre Nachricht ist da. Bitte weiter per Direktnachricht an { $handle }: Hier liest jeder mit. Wir schreiben Ihnen nie zuerst und fragen nie nach Passwort, Seed-Phrase, privaten Schlüsseln, Codes, Fernzugriff oder Zahlungen.
public-warning = Achtung: Wir antworten nur von { $handle }. Wer sonst in unserem Namen antwortet, betrügt: Senden Sie nichts. Schreiben Sie direkt an { $handle }. Wir schreiben nie zuerst und fragen nie nach Passwort, Seed-Phrase, privaten Schlüsseln, Codes, Fernzugriff oder Zahlungen.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Vorsicht: Unter Ihrem öffentlichen Beitrag antwortet jemand im Namen von { $brand }, der nicht zu uns gehört: { $account }. Antworten Sie nicht, öffnen Sie keinen Link von dort und senden Sie nichts. Wir schreiben Ihnen nur von { $handle }. Wenn Sie bereits etwas gesendet haben, sperren Sie jetzt Ihr Konto und schildern Sie uns hier, was passiert ist.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Vorsicht: Unter Ihrem öffentlichen Beitrag antwortet jemand im Namen von { $brand }, der nicht zu uns gehört. Antworten Sie nicht, öffnen Sie keinen Link von dort und senden Sie nichts. Wir schreiben Ihnen nur von { $handle }. Wenn Sie bereits etwas gesendet haben, sperren Sie jetzt Ihr Konto und schildern Sie uns hier, was passiert ist.

# $link: the address of our privacy policy
privacy-line = So gehen wir mit dem um, was Sie schreiben: { $link }

# $word: the word that lets automatic messages come again
opted-out = Sie erhalten hier keine automatischen Nachrichten mehr, außer einer Warnung, wenn Sie in Gefahr sind. Unser Team kann Ihnen weiterhin antworten. Um sie wieder zu erhalten, schreiben Sie { $word }.
opted-in = Automatische Nachrichten sind wieder eingeschaltet.

# $options: what may be written, separated by slashes
answer-with = Sie können antworten mit: { $options }
