# الأعطال المعروفة

incident-known = يبدو أن هذا يتعلق بأمر نعرفه ونعمل على حله: «{ $title }».
incident-expected = نتوقع أن ينتهي قبل { $time }.
incident-wait = لا داعي لأن تكتب إلينا مرة أخرى بسببه: سنخبرك هنا فور انتهائه.
incident-over = انتهى ما كنا نعرفه باسم «{ $title }».
incident-over-next = إذا لم تُحل قضيتك { $case } حتى الآن، فما عليك سوى الرد على هذه الرسالة وسننظر فيها من جديد.
incident-over-subject = [{ $case }] انتهى العطل
