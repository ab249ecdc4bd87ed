# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Frieren Sie Ihr Konto sofort ein, in der App oder auf unserer Website: Das stoppt Auszahlungen. Schreiben Sie dann direkt an { $handle }: Nur von dort antworten wir, jeder andere betrügt. Wir fragen nie nach Passwort, Seed-Phrase, Codes oder Zahlungen.
