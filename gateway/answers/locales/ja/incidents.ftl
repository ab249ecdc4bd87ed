# 既知の障害

incident-known = お問い合わせは、すでに把握し対応中の事象「{ $title }」に関するものと思われます。
incident-expected = { $time } までに復旧する見込みです。
incident-wait = この件で改めてご連絡いただく必要はありません。復旧しだい、こちらでお知らせします。
incident-over = 事象「{ $title }」は復旧しました。
incident-over-next = お問い合わせ { $case } がまだ解決していない場合は、このメッセージにそのままご返信ください。改めて確認いたします。
incident-over-subject = [{ $case }] 障害が復旧しました
