## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = تظلم

# $brand: brand; $case: case number; $word: the word above
blocked-notice = وصلت رسالتك ورقم حالتك { $case }. بسبب رسائل سابقة لا يجيب عن رسائلك إلا موظف حين يتسنى له ذلك. إذا كنت ترى أن هذا خطأ فاكتب كلمة «{ $word }» مع السبب، وسينظر فيه موظف من { $brand }. إذا كانت أصولك في خطر فجمّد حسابك الآن في التطبيق أو على موقعنا.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = يرجى حذف ما نشرته للتو: فيه بيانات شخصية والجميع يقرأ هنا. تابع برسالة مباشرة إلى { $handle }. نحن لا نراسلك أولًا أبدًا ولا نطلب كلمات مرور أو عبارات استرداد أو مفاتيح خاصة أو رموزًا أو أموالًا.
group-exposed = ⚠️ يرجى حذف ما كتبته للتو في هذه المجموعة: فيه بيانات شخصية يستطيع الجميع قراءتها. نحن لا نراسلك أولًا أبدًا؛ ومن يراسلك الآن بسببها فهو منتحل.
