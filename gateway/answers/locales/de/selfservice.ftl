# The same as in en/selfservice.ftl, where each text is explained.

command-cases = Eine Liste aller Ihrer Vorgänge
command-reopen = Einen geschlossenen Vorgang wieder öffnen
command-agent = Mit einem Menschen sprechen
command-kyc = Wie weit Ihre Identitätsprüfung ist
command-security = Was die Börse über die Sicherheit Ihres Kontos sagt
command-link = Zeigen, dass auch ein anderes Konto Ihres ist
button-agent = Mit einem Menschen sprechen

cases-head = Ihre Vorgänge:
cases-line = { $case }: { $state }, zuletzt geändert { $changed }
cases-more = Und { $count } ältere.
which-case = Sie haben mehr als einen offenen Vorgang. Schreiben Sie das Wort noch einmal, mit der Nummer des gemeinten Vorgangs:
reopen-none = Sie haben keinen geschlossenen Vorgang, der wieder geöffnet werden könnte.
reopen-done = Ihr Vorgang { $case } ist wieder offen, und unser Team sieht ihn sich noch einmal an. Bitte schreiben Sie uns, was noch ungeklärt ist.
close-done-letter = Ihr Vorgang { $case } ist geschlossen. Danke, dass Sie uns geschrieben haben. Wenn noch etwas ist, antworten Sie einfach auf diese E-Mail.

agent-done = Jemand aus unserem Team antwortet Ihnen zu Ihrem Vorgang { $case }. Automatische Fragen kommen dort keine mehr.
agent-opened = Ich habe Ihren Wunsch als Vorgang { $case } an unser Team weitergegeben. Bitte schreiben Sie, worum es geht und wann es war: Dann können wir schneller helfen.

kyc-none = Ihre Identitätsprüfung ist noch nicht begonnen.
kyc-pending = Ihre Identitätsprüfung wird gerade bearbeitet.
kyc-approved = Ihre Identitätsprüfung ist abgeschlossen.
kyc-rejected = Ihre Identitätsprüfung wurde nicht angenommen. Den Grund sehen Sie in der App oder auf unserer Website.
kyc-other = Den Stand Ihrer Identitätsprüfung sehen Sie in der App oder auf unserer Website.
kyc-missing =
    Es fehlt noch:
    { $items }
kyc-item-document = ein Ausweisdokument
kyc-item-selfie = ein Foto Ihres Gesichts
kyc-item-address = ein Nachweis Ihrer Adresse
kyc-item-funds = ein Nachweis über die Herkunft Ihrer Mittel
kyc-item-other = noch etwas, das die App nennt

documents-link = Bitte reichen Sie Dokumente nur über diesen Link ein: { $link }. Senden Sie sie nie im Chat, per E-Mail oder öffentlich.
documents-app = Bitte reichen Sie Dokumente nur in der App oder auf unserer Website ein. Senden Sie sie nie im Chat, per E-Mail oder öffentlich.
documents-here = ⚠️ Das sieht aus wie ein Dokument, das zeigt, wer Sie sind. Bitte löschen Sie es hier, wenn Sie können: Ein Chat ist kein Ort dafür.

security-none = Die Börse sagt hier nichts über die Sicherheit Ihres Kontos. Sie sehen sie in der App oder auf unserer Website.
security-well = In dem, was die Börse an Ihrem Konto prüft, hat sie nichts zu verbessern gefunden. Wenn Ihnen trotzdem etwas seltsam vorkommt, frieren Sie Ihr Konto in der App oder auf unserer Website ein und schreiben Sie uns.
security-weak =
    Bitte sehen Sie sich das bald in der App oder auf unserer Website an:
    { $items }
security-item-password = Ihr Passwort
security-item-factor = Ihre Bestätigung in zwei Schritten
security-item-logins = ungewöhnliche Anmeldungen
security-item-devices = die angemeldeten Geräte
security-item-keys = Ihre API-Schlüssel
security-item-addresses = Ihre Auszahlungsadressen
security-item-other = noch etwas, das die App nennt

customer-unknown = Die Börse kennt kein Konto, das zu der Stelle gehört, von der Sie schreiben. Schreiben Sie von Ihrer registrierten E-Mail-Adresse, oder verbinden Sie dieses Konto in der App. All das sehen Sie auch in der App oder auf unserer Website.
customer-unchecked = Das kann ich gerade nicht nachsehen. Bitte versuchen Sie es später noch einmal, oder sehen Sie in der App oder auf unserer Website nach.
customer-off = Das kann ich hier nicht nachsehen. Bitte sehen Sie in der App oder auf unserer Website nach.

link-give =
    Ihr Code: { $code }

    Senden Sie ihn uns innerhalb von { $minutes } Minuten von Ihrem anderen Konto. Auf Telegram schreiben Sie unserem Bot: /link { $code }. Auf X senden Sie uns eine Direktnachricht: link { $code }. Per E-Mail schreiben Sie uns von Ihrer registrierten Adresse mit diesem Betreff: link { $code }
link-never = ⚠️ Geben Sie so einen Code niemals jemandem, und senden Sie niemals einen, den Ihnen jemand gegeben hat: Wer das tut, lässt einen Fremden seine Vorgänge sehen. Unser Team fragt nie danach.
link-done = Erledigt: Ihr Konto auf { $platform } und dieses gelten als die derselben Person. Ab jetzt sehen Sie die Vorgänge beider in jedem von beiden, nur im privaten Gespräch. Um das zu beenden, schreiben Sie unlink.
link-told = ⚠️ Ein Konto auf { $platform } wurde gerade mit Ihrem verknüpft, mit dem Code, den Sie hier bekommen haben. Es kann Ihre Vorgänge sehen. Wenn Sie das nicht waren, schreiben Sie sofort unlink und sagen Sie uns Bescheid.
link-wrong = Dieser Code kann nicht verwendet werden. Schreiben Sie link, wo Sie ihn bekommen haben, um einen neuen zu erhalten.
link-same = Bitte senden Sie diesen Code von Ihrem anderen Konto, nicht von dem, auf dem Sie ihn bekommen haben.
link-many = Zu viele Codes waren falsch. Bitte versuchen Sie es in einer Stunde noch einmal.
link-full = Mit Ihrem Konto können keine weiteren verknüpft werden. Schreiben Sie zuerst auf einem davon unlink.
unlink-done = Erledigt: Dieses Konto steht wieder für sich und sieht nur die eigenen Vorgänge.
unlink-none = Dieses Konto ist mit keinem anderen verknüpft.
unlink-told = Ein Konto auf { $platform } ist nicht mehr mit Ihrem verknüpft. Wenn Sie das nicht waren, sagen Sie uns bitte Bescheid.

letter-subject = Ihre Anfrage an { $brand }
letter-help = Sie können uns mit eigenen Worten schreiben: Jemand aus unserem Team liest es. Oder senden Sie eines dieser Wörter allein, als Betreff einer leeren E-Mail oder als einziges Wort Ihrer Antwort:
letter-verify = Welches Konto, welche Adresse oder welchen Link soll ich prüfen? Schreiben Sie es als Betreff einer leeren E-Mail hinter dieses Wort: { $word }
letter-report = Danke, dass Sie uns das sagen: Das schützt auch andere. Bitte leiten Sie uns die Nachricht weiter, oder schreiben Sie uns, welches Konto, welche Adresse oder welcher Link es ist und ob Sie etwas geschickt haben. Öffnen Sie keinen Link.
letter-unproven = Falls Sie nach etwas gefragt haben, das nur Sie sehen dürfen: Per E-Mail beantworten wir das nur, wenn Ihr Mailanbieter nachweist, wer die E-Mail gesendet hat. Jemand aus unserem Team liest Ihre Nachricht.
