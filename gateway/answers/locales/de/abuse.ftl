## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = Einspruch

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Ihre Nachricht ist unter der Fallnummer { $case } angekommen. Wegen früherer Nachrichten antwortet Ihnen nur ein Mensch, sobald er dazu kommt. Wenn Sie das für einen Irrtum halten, schreiben Sie das Wort „{ $word }“ und warum: Jemand von { $brand } sieht es sich an. Sind Ihre Vermögenswerte in Gefahr, sperren Sie Ihr Konto jetzt in der App oder auf unserer Website.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Bitte löschen Sie, was Sie eben geschrieben haben: Es zeigt persönliche Daten, und hier liest jeder mit. Weiter per Direktnachricht an { $handle }. Wir schreiben Ihnen nie zuerst und fragen nie nach Passwörtern, Seed-Phrasen, Schlüsseln, Codes oder Zahlungen.
group-exposed = ⚠️ Bitte löschen Sie, was Sie eben in dieser Gruppe geschrieben haben: Es zeigt persönliche Daten, die jeder lesen kann. Wir schreiben Ihnen nie zuerst; wer es jetzt deswegen tut, ist ein Betrüger.
