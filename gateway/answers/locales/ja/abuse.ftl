## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = 異議申し立て

# $brand: brand; $case: case number; $word: the word above
blocked-notice = メッセージを受け付けました。お問い合わせ番号は { $case } です。以前のメッセージのため、担当者が対応できるときにのみお返事します。誤りだと思われる場合は「{ $word }」という言葉と理由をお書きください。{ $brand } の担当者が確認します。資産に危険がある場合は、今すぐアプリまたは公式サイトでアカウントを凍結してください。

# In public, at most 280 characters. $handle: our own account with @
public-exposed = 投稿した内容を削除してください。個人情報が含まれており、ここは誰でも読めます。続きは { $handle } へのダイレクトメッセージでお願いします。当方から先に連絡することはなく、パスワード、シードフレーズ、秘密鍵、コード、支払いを求めません。
group-exposed = ⚠️ このグループに今書いた内容を削除してください。誰でも読める個人情報が含まれています。当方から先に連絡することはありません。これをきっかけに連絡してくる人はなりすましです。
