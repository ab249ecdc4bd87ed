# What Gatehouse says to users, in Arabic. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = وصلتنا رسالتك [{ $case }]

# $brand: brand; $case: case number
ack-received =
    مرحبًا،

    نشكرك على تواصلك مع { $brand }. لقد وصلتنا رسالتك، ورقم تذكرتك هو { $case }.

ack-next =
    الخطوة التالية: يقرأ أحد أعضاء فريقنا رسالتك ويرد عليك، عادةً خلال 24 ساعة. بعض الحالات تحتاج إلى وقت أطول للتحقق منها، وعندها سنبلغك بذلك. لا داعي لإعادة الإرسال للحفاظ على دورك. إذا كانت أصولك معرّضة للخطر، فجمّد حسابك الآن من التطبيق أو من موقعنا الإلكتروني، دون انتظار ردّنا.

# Where the case runs by email
ack-reply-mail =
    لإضافة أي معلومة، يكفي الرد على هذه الرسالة مع ترك عنوانها كما هو، حتى يبقى كل شيء في تذكرة واحدة. أكثر ما يساعدنا هو معرّف حسابك (UID) ووقت حدوث المشكلة، وفي حالات الإيداع أو السحب أيضًا معرّف المعاملة (TxID) والشبكة والعملة والمبلغ.

# Where the case runs in a chat or by direct message
ack-reply-here =
    لإضافة أي معلومة، يكفي أن تكتب هنا في المحادثة نفسها. أكثر ما يساعدنا هو معرّف حسابك (UID) ووقت حدوث المشكلة، وفي حالات الإيداع أو السحب أيضًا معرّف المعاملة (TxID) والشبكة والعملة والمبلغ.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    لن نطلب منك أبدًا:
    - كلمة المرور الخاصة بك
    - عبارة الاسترداد (العبارة السرية) أو مفاتيحك الخاصة
    - رمز تحقق وصلك برسالة نصية أو بالبريد الإلكتروني أو من تطبيق المصادقة
    - الوصول عن بُعد إلى هاتفك أو حاسوبك، أو مشاركة شاشتك
    - أي دفعة أو تحويل، سواء بحجة فك تجميد حسابك أو توثيقه أو "تأمينه"

# $brand: brand
ack-phishing =
    كل من يطلب منك شيئًا من ذلك باسم { $brand } محتال، حتى لو كان يعرف رقم تذكرتك. يُرجى عدم الرد عليه، وإبلاغنا بالأمر في هذه التذكرة.

# $official: our official addresses and accounts, separated by commas
ack-official = عناويننا وحساباتنا الرسمية هي: { $official }

# $brand: brand
signature = فريق دعم { $brand }

## Warnings

warning-heading = تنبيه مهم، يُرجى قراءته أولًا:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    هذا ليس تابعًا لنا، مع أنه يدّعي أنه { $brand }: { $names }. لا أحد هناك يعمل معنا.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    في رسالتك جهة تتحدث وكأنها { $brand }. هذه الجهة لا تتبع لنا ولا تعمل معنا.

advice-look-alike =
    هذا ليس تابعًا لنا، مع أنه يشبه { $brand }: { $names }. يختار المحتالون مثل هذه الأسماء لتظنهم منّا.

advice-look-alike-unnamed =
    ورد في رسالتك حساب أو عنوان يشبه { $brand }، لكنه ليس تابعًا لنا. يختار المحتالون مثل هذه الأسماء لتظنهم منّا.

advice-reported-scam =
    تم الإبلاغ عنه بوصفه احتيالًا، ولا علاقة له إطلاقًا بـ { $brand }: { $names }.

advice-reported-scam-unnamed =
    ورد في رسالتك حساب أو عنوان تم الإبلاغ عنه بوصفه احتيالًا. لا علاقة له إطلاقًا بـ { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    هناك رسالة تُظهر عنوانًا لـ { $brand } على أنه المرسِل، لكنها لم تجتز فحوصنا. ربما تم تزوير المرسِل: فالعنوان الظاهر في خانة المرسِل يمكن اختلاقه. يُرجى عدم تنفيذ ما تطلبه.

advice-link-mismatch =
    في رسالتك رابط لا يؤدي إلى العنوان الظاهر فيه. وجهته الحقيقية هي: { $names }

advice-link-mismatch-unnamed =
    في رسالتك رابط لا يؤدي إلى العنوان الظاهر فيه، بل إلى عنوان آخر.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    لقد أرسلت إلينا عبارة استرداد أو مفتاحًا خاصًا. حذفناه من رسالتك: لم يقرأه أحد في { $brand }، ولا يحتاج إليه أحد. لكن من يعرفه يملك كل ما في تلك المحفظة، ولا يمكنك أن تعرف من اطّلع عليه غيرنا. أنشئ الآن محفظة جديدة بعبارة استرداد جديدة، وانقل أصولك إليها. لا تُدخل العبارة القديمة في أي موقع أبدًا، ولا ترسل العبارة الجديدة إلى أي شخص، ولا حتى إلينا.

advice-secret-password =
    لقد أرسلت إلينا كلمة مرور أو المفتاح السري لتطبيق المصادقة. حذفناه من رسالتك: لم يقرأه أحد في { $brand }. يُرجى تغييره الآن من التطبيق أو من موقعنا الإلكتروني، وفي كل مكان آخر تستخدمه فيه، وإعادة إعداد المصادقة الثنائية.

advice-secret-code =
    لقد أرسلت إلينا رمز تحقق. حذفناه من رسالتك، ولن نطلب منك مثله أبدًا. إذا طلبه منك أحد، فجمّد حسابك الآن من التطبيق أو من موقعنا الإلكتروني، وغيّر كلمة المرور.

advice-secret-card =
    لقد أرسلت إلينا رقم بطاقة. حذفناه من رسالتك. نحن لا نحتاج إليه؛ وإذا كنت قد أعطيته لأي شخص آخر، فاطلب من مصرفك إيقاف البطاقة.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    احذر من كل من يعدك باستعادة عملات مفقودة أو مسروقة، سواء مقابل رسوم أو مقابل الوصول إلى محفظتك أو بمساعدة "هاكر": لا أحد يستطيع ذلك، ومن يعرضه يسرقك مرة ثانية. المساعدة من { $brand } لا تُقدَّم أبدًا مقابل مال.

advice-giveaway =
    الجوائز والتوزيعات المجانية (airdrop) والإيداعات المضاعفة التي تشترط أن تدفع أولًا أو تربط محفظة أو ترسل عملات هي عمليات احتيال. وأي جوائز من { $brand } يُعلن عنها داخل التطبيق نفسه.

advice-fake-support =
    لا أحد من { $brand } يطلب منك "توثيق" محفظة أو "مزامنتها" أو ربطها، أو كتابة عبارة الاسترداد في نموذج، أو تثبيت برنامج للوصول عن بُعد، أو مراسلة حساب شخصي. من يفعل ذلك محتال، مهما كان الاسم الذي يحمله.

advice-investment =
    الوظائف التي تتطلب أن تدفع أولًا، وتوصيات التداول ذات الربح المضمون، والأشخاص الذين لم تقابلهم قط ويعلّمونك الاستثمار، كلها أساليب احتيال معروفة: تظهر في البداية أرباح صغيرة، ثم لا يمكن سحب أي شيء أبدًا. يُرجى عدم إرسال أي شيء آخر، وإبلاغنا إذا كنت قد أرسلت شيئًا.

# For a finding without a text of its own
advice-caution =
    في رسالتك ما يدعونا إلى أن نطلب منك الحذر. سينظر أحد أعضاء فريقنا في الأمر.

# $official: the true account, address or domain that is imitated
warning-true-one = العنوان أو الحساب الحقيقي: { $official }

warning-what-to-do =
    ما عليك فعله: لا ترد على من يقف وراء ذلك، ولا تفتح أي رابط، ولا ترسل رموزًا ولا مستندات ولا أموالًا. إذا كنت قد أرسلت شيئًا أو سجّلت الدخول هناك: فجمّد حسابك فورًا، وغيّر كلمة المرور، وأعد إعداد المصادقة الثنائية، وأخبرنا في هذه التذكرة بما حدث، لكن لا ترسل أبدًا كلمة المرور أو الرمز نفسه.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = رسالتك إلى { $brand }
answer-files = هذه الملفات أكبر من أن تُرسل بالبريد. يمكنك تنزيلها من هنا حتى { $until }:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = العربية

command-help = كيف تحصل على المساعدة هنا
command-new = كتابة رسالة عن موضوع جديد
command-status = متابعة تذاكرك
command-verify = هل هذا الحساب أو العنوان أو الرابط تابع لنا؟
command-report = الإبلاغ عن منتحل، خطوة بخطوة
command-language = اختيار اللغة
command-close = إغلاق تذكرة

## Commands: /start and /help

# $brand: brand
start-hello =
    أهلًا بك في دعم { $brand }.

    أنا مساعد آلي: أستلم ما تكتبه، ويرد عليك هنا أفراد من فريقنا. يكفي أن تكتب ما تريد الاستفسار عنه.

# What is never asked for, in one line: no item may be left out in a translation
never-line = لا نطلب منك أبدًا كلمة المرور، ولا عبارة الاسترداد أو المفاتيح الخاصة، ولا رمز تحقق، ولا الوصول عن بُعد إلى جهازك، ولا أي دفعة مالية. كل من يفعل ذلك باسمنا محتال.

# $case: case number
start-bound = أهلًا بك من جديد. تُستكمل الآن في هذه المحادثة تذكرتك { $case }. كل ما تكتبه هنا يصل إلى من يتابعها.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = أهلًا بك. لا يمكنني فتح تذكرة بهذا الرابط؛ ربما استُخدم من قبل، أو كان مخصصًا لمحادثة أخرى. لا بأس: اكتب هنا ما تريد الاستفسار عنه، وإذا كان لديك رقم تذكرة فأضفه.

help-hello = يكفي أن تكتب ما تريد الاستفسار عنه كما تكتب لأي شخص: يقرؤه فريقنا ويرد عليك هنا. وقد تفيدك هذه الأوامر أيضًا:

# A command that we do not know
unknown-command = لا أعرف هذا الأمر. اكتب ما تريد الاستفسار عنه من دون شرطة مائلة، أو راجع /help.

button-status = تذاكري
button-verify = التحقق من حساب
button-report = الإبلاغ عن منتحل
button-language = اللغة / Language
button-new = مراسلة فريقنا

## Commands: /new

new-ask =
    تفضل: رسالتك التالية تفتح تذكرة جديدة. ما الموضوع، ومتى حدث؟

    يساعدنا أن نعرف معرّف حسابك (UID)، وفي حالات الإيداع أو السحب أيضًا معرّف المعاملة (TxID) والشبكة والعملة والمبلغ. يُرجى عدم إرسال أي كلمة مرور أو رمز أو عبارة استرداد.

# $case: case number
new-opened = شكرًا لك، لقد أحلت رسالتك إلى فريقنا برقم التذكرة { $case }. كل ما تكتبه بعد ذلك يُضاف إليها.

## Commands: /status

status-none = ليست لديك أي تذكرة هنا بعد. اكتب ما تريد الاستفسار عنه، وسأفتح لك تذكرة.

# The same for a number that does not exist and for somebody else's
status-unknown = ليست لديك هنا تذكرة بهذا الرقم. يُرجى التأكد من الرقم، أو كتابة ما تريد الاستفسار عنه.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    التذكرة { $case }: { $state }
    فُتحت في { $opened }، وآخر تحديث في { $changed }
    { $next }

# $count: how many more cases there are
status-more = وهناك تذاكر أخرى عددها { $count }. للاطلاع على إحداها، اكتب /status ثم رقمها.

state-open = لدى فريقنا
state-waiting = تم الرد عليها
state-solved = مغلقة

next-open = الخطوة التالية: يقرؤها أحد أعضاء فريقنا ويرد عليك هنا. لا داعي لإعادة الإرسال للحفاظ على دورك.
next-waiting = الخطوة التالية: الدور لك إن بقي شيء دون حل. اكتب هنا، وستعود التذكرة إلى فريقنا.
next-solved = الخطوة التالية: لا شيء. إذا لم تُحل المسألة بالنسبة إليك، فاكتب هنا وسننظر فيها من جديد.

## Commands: /language

language-ask = بأي لغة تفضل أن أخاطبك؟
language-chosen = من الآن فصاعدًا سأخاطبك بالعربية.

## Commands: /close

# $case: case number
close-ask = هل أغلق تذكرتك { $case }؟ لن يُحذف أي شيء منها.
close-none = ليست لديك هنا تذكرة مفتوحة يمكن إغلاقها.
# $case: case number
close-done = تم إغلاق تذكرتك { $case }. نشكرك على تواصلك معنا. إذا عادت المشكلة فاكتب هنا، أو استخدم /new لموضوع آخر.
close-kept = تبقى التذكرة مفتوحة. سيواصل فريقنا العمل عليها.

button-close = نعم، أغلقها
button-keep = لا، اتركها مفتوحة

## Commands: in the middle of a question

cancelled = تم الإيقاف، ولم يُرسل أي شيء. يمكنك مراسلتنا في أي وقت.
cancel-nothing = لا يوجد ما يمكن إيقافه. يكفي أن تكتب ما تريد الاستفسار عنه.
button-cancel = إلغاء

# For a button that we did not make for this person, or whose question is over
button-stale = هذا الزر ليس مخصصًا لك، أو انتهت صلاحيته. يُرجى البدء من جديد عبر /help.

## Commands: in a group

group-private = لنتابع في محادثة خاصة: فالجميع هنا يقرأ ما يُكتب. يُرجى عدم كتابة أرقام تذاكر أو بيانات شخصية في هذه المجموعة. نحن لا نبادر بمراسلتك أبدًا.
button-private = المتابعة في الخاص
# $brand: brand
group-help = أنا المساعد الآلي لـ { $brand }. هنا أتحقق من الأسماء فقط: اكتب /verify ثم الاسم. ولكل ما عدا ذلك، لنتابع في محادثة خاصة. نحن لا نبادر بمراسلتك أبدًا، ولا نطلب أبدًا كلمات مرور أو رموزًا أو عبارات استرداد.

## Commands: /verify

verify-ask = ما الحساب أو العنوان أو الرابط الذي تريد التحقق منه؟ اكتبه كما رأيته تمامًا، مثل اسم يبدأ بعلامة @ أو عنوان بريد إلكتروني أو رابط، أو أعد توجيه رسالة من ذلك الحساب إليّ.

# $official: one of our accounts; $platform: where it is
account-on = { $official } على { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ هذا رسمي: { $official } مدرج في القائمة الرسمية لـ { $brand }. ينطبق ذلك على هذه الكتابة بالضبط دون غيرها.
verify-official-since = ✅ هذا رسمي: { $official } مدرج في القائمة الرسمية لـ { $brand } منذ { $since }. ينطبق ذلك على هذه الكتابة بالضبط دون غيرها.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = لا يوجد { $claim } في قائمة الحسابات والعناوين الرسمية لـ { $brand }. لا يمكنني قول أكثر من ذلك عنه.
verify-not-listed-unnamed = ما سألت عنه غير مدرج في قائمة الحسابات والعناوين الرسمية لـ { $brand }. لا يمكنني قول أكثر من ذلك عنه.

# It was ours once
verify-retired = ⚠️ كان { $claim } تابعًا لـ { $brand } في السابق، لكنه لم يعد كذلك. قد يكون وراءه اليوم شخص آخر.
verify-retired-unnamed = ⚠️ ما سألت عنه كان تابعًا لـ { $brand } في السابق، لكنه لم يعد كذلك. قد يكون وراءه اليوم شخص آخر.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ ليس تابعًا لنا: { $claim }. إنه يشبه { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ ما سألت عنه ليس تابعًا لنا. إنه يشبه { $official }: { $technique }.

verify-scam = ⛔ تم الإبلاغ عن { $claim } بوصفه احتيالًا. لا علاقة له إطلاقًا بـ { $brand }.
verify-scam-unnamed = ⛔ ما سألت عنه تم الإبلاغ عنه بوصفه احتيالًا. لا علاقة له إطلاقًا بـ { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ الاسم { $official } مدرج في قائمتنا، لكن الحساب الذي يحمله ليس الحساب الذي نعرفه: فالأسماء قد تنتقل من شخص إلى آخر. يُرجى عدم الوثوق به حتى يؤكده لك فريقنا.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ كاتب هذه الرسالة يستخدم اسمًا يُقرأ مثل { $brand }، لكن الحساب ليس تابعًا لنا. يستطيع أي شخص اختيار أي اسم.

# The platform hides who wrote the forwarded message
verify-hidden = كاتب هذه الرسالة يخفي حسابه، لذلك لا يمكنني التحقق منه: الاسم وحده لا يثبت شيئًا، حتى لو كان اسمنا. لا يبادرك أحد من { $brand } بالمراسلة أبدًا. باستخدام /report يمكنك أن تدلّنا على الحساب.

verify-unchecked = لم أتمكن من التحقق من ذلك. يُرجى إرسال اسم واحد في كل مرة كما رأيته تمامًا: اسم يبدأ بعلامة @ أو عنوان بريد إلكتروني أو رابط.
verify-ambiguous = ⚠️ يمكن قراءة هذا بأكثر من طريقة، وإحداها لا تخصنا. يُرجى عدم فتحه.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ هذا الرابط لا يُظهر وجهته، لذلك لا يمكنني التحقق منه. يُرجى عدم فتحه؛ فروابطنا تُظهر اسمنا كاملًا.

# An address that coins are sent to
verify-wallet = لا يمكن التحقق من عنوان تُرسل إليه العملات: فهو لا يبيّن من صاحبه. نحن لا نطلب منك أبدًا إرسال عملات إلى أي مكان لفك تجميد حساب أو توثيقه أو تأمينه. عناوين الإيداع تظهر في التطبيق وعلى موقعنا الإلكتروني فقط.

# Telegram does not let bots look up people's accounts by name
verify-telegram = تعاملت معه على أنه اسم على Telegram. لا يسمح لنا Telegram بالبحث عن حسابات الأشخاص بالاسم، لذلك لا يمكنني إلا مقارنته بقائمتنا. إذا رأيته في مكان آخر، فأرسل إليّ الرابط.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } هو أحد عناوين { $brand }. لكن يمكن لأي شخص أن يكتبه كمرسل لرسالة بريد، لذلك لا يدل على من كتب إليك. إذا ساورك الشك فاسألنا في التطبيق أو على موقعنا.
verify-more = كان فيها أكثر مما أتحقق منه دفعة واحدة. أرسل إليّ الباقي واحدًا واحدًا، ولا تثق بأي منه حتى ذلك الحين.

verify-care = إذا تحدث أحد هناك باسم { $brand }، فيُرجى عدم الرد وعدم إرسال أي شيء. يمكنك الإبلاغ عنه باستخدام /report.
verify-what-to-do = يُرجى عدم الرد، وعدم فتح أي رابط، وعدم إرسال أي رموز أو أموال. إذا كنت قد أرسلت شيئًا: فجمّد حسابك الآن من التطبيق أو من موقعنا الإلكتروني، ثم استخدم /report.
verify-in-group = يُرجى التحقق من الروابط والأسماء معي في محادثة خاصة أيضًا: فالمجموعات مكان مفضل لدى المنتحلين.

technique-confusable = يستخدم حروفًا أو أرقامًا متشابهة في الشكل
technique-separator = لا يختلف إلا بنقاط أو شرطات أو شرطات سفلية
technique-embedded = يضع اسمنا داخل اسم خاص به
technique-link = اسمنا موجود في الرابط، لكن الرابط يؤدي إلى مكان آخر
technique-suffix = نهايته مختلفة عن نهاية عنواننا
technique-elsewhere = هو اسمنا، لكن على منصة أو موقع لا نستخدمه فيه
technique-display-name = يستخدم اسمنا اسمًا معروضًا له
technique-affix = يضيف إلى اسمنا كلمات مثل "support" أو "official"
technique-slip = هو اسمنا مع حروف محذوفة أو مضافة أو مبدّلة
technique-region = يضيف إلى اسمنا بلدًا أو منطقة أو رقمًا
technique-mark = يرسم في اسمه شارة توثيق، وهذا ممكن لأي حساب
technique-redirect = ينقلك الرابط إلى عنوان غير الذي يُظهره
technique-words = يتحدث كأنه من طرفنا
technique-other = صُمّم ليُظن أنه تابع لنا

## Commands: /report

report-begin = شكرًا لإبلاغنا: فهذا يحمي غيرك أيضًا. سأطرح عليك ثلاثة أسئلة قصيرة، ويمكنك التوقف في أي وقت.
report-kind = ما الذي تريد الإبلاغ عنه؟
report-what-account = أي حساب تقصد؟ أعد توجيه إحدى رسائله إليّ، أو أرسل الاسم أو الرابط. إذا كان الحساب مخفيًا، فحدّده بالزر أدناه.
report-what-address = أي عنوان تقصد؟ أرسل الرابط أو العنوان كما رأيته تمامًا، أو أعد توجيه الرسالة التي ورد فيها. يُرجى عدم فتحه.

# $brand: brand
report-official = ✅ هذا مدرج في القائمة الرسمية لـ { $brand }، فهو إذن تابع لنا. إذا بدا لك مع ذلك أن فيه شيئًا غير سليم، فتابع البلاغ.

report-harm = هل أرسلت إليهم أي شيء: أموالًا أو رموزًا أو كلمات مرور أو مستندات؟ أو هل سجّلت الدخول في أي مكان بناءً على كلامهم؟
report-harm-again = سجّلت ذلك. سؤال آخر: هل أرسلت إليهم أي شيء (أموالًا أو رموزًا أو كلمات مرور أو مستندات)، أو سجّلت الدخول في أي مكان بناءً على كلامهم؟
report-story = حسنًا. ماذا حدث؟ اروِ ذلك بكلماتك في رسالة واحدة، أو اضغط الزر لإرسال البلاغ كما هو.
report-noted = أضفت ذلك. اكتب ما حدث، أو اضغط الزر لإرسال البلاغ.

# What a user must do at once who has given something away
report-freeze = ⚠️ يُرجى فعل ذلك الآن: جمّد حسابك من التطبيق أو من موقعنا الإلكتروني، وغيّر كلمة المرور، وأعد إعداد المصادقة الثنائية. لا ترسل أي شيء آخر، حتى لو وعدوك بإعادة ما فقدته.

# $case: case number; $kind: one of the kind texts
report-sent = بلاغك الآن لدى فريقنا. التذكرة { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = المُبلَّغ عنه: { $seen }
report-tell-more = ثم أخبرني هنا بما حدث: متى، وماذا أرسلت، وإلى أين (معرّف المعاملة، العنوان). سيُضاف ذلك إلى تذكرتك. لا ترسل أبدًا كلمة المرور أو الرمز نفسه.
report-thanks = شكرًا لك. سننظر في الأمر، وسنراسلك هنا إذا احتجنا إلى معرفة المزيد. يُرجى عدم الرد عليهم بعد الآن. لإضافة أي معلومة، يكفي أن تكتبها هنا.

# $case: case number. A command has ended the report before its last question
report-passed-on = أحلت بلاغك إلى فريقنا بالقدر الذي اكتمل منه: التذكرة { $case }.
report-new-again = ما تكتبه بعد ذلك يُضاف إليها. لموضوع آخر، أرسل /new مرة أخرى.

kind-account = حساب
kind-group = مجموعة أو قناة
kind-website = موقع أو رابط
kind-mail = بريد إلكتروني
kind-other = شيء آخر

button-pick-user = تحديد حساب
button-pick-chat = تحديد مجموعة أو قناة
button-skip = لا يمكنني تحديده
button-yes = نعم، فعلت
button-no = لا، لا شيء
button-send = إرسال البلاغ

## Chats: acknowledgement and files

# $case: case number
chat-received = شكرًا لك، لقد وصلتنا رسالتك. رقم تذكرتك هو { $case }. يقرؤها أحد أعضاء فريقنا ويرد عليك هنا، عادةً خلال 24 ساعة. لإضافة أي معلومة، يكفي أن تكتب هنا؛ ولمعرفة آخر المستجدات استخدم /status. إذا كانت أصولك معرّضة للخطر، فجمّد حسابك الآن من التطبيق أو من موقعنا الإلكتروني.

# $case: case number
chat-encrypted = وصلتنا رسالتك، لكنها مشفرة من طرف إلى طرف ولا يمكن قراءتها هنا. رقم تذكرتك هو { $case }. يُرجى كتابتها من جديد دون تشفير، أو عبر قناة أخرى من قنواتنا الرسمية.

file-too-large = وصلتنا رسالتك، لكن فيها ملفًا أكبر من أن نتمكن من استلامه هنا. يُرجى إرسال نسخة أصغر أو لقطة شاشة للجزء المهم، أو وصفه بالكلمات.
# $count: how many files, at least two
files-too-large = وصلتنا رسالتك، لكن فيها ملفات أكبر من أن نتمكن من استلامها هنا (عددها { $count }). يُرجى إرسال نسخ أصغر أو لقطات شاشة للأجزاء المهمة، أو وصفها بالكلمات.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ هذا الحساب ليس تابعًا لنا ولا يعمل لدى { $brand }، مهما كان الاسم الذي يُظهره: { $account }. موظفونا لا يبادرون بمراسلتك أبدًا، ولا يطلبون أبدًا كلمات مرور أو رموزًا أو عبارات استرداد أو مدفوعات. يُرجى عدم الرد عليه.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ منتحل على { $platform }: { $account }، شوهد في المجموعة { $group }. التذكرة { $case }.
# $official: one of our accounts
impostor-imitates = إنه يقلّد { $official }.
impostor-to-do = يُرجى فحصه وإزالته من المجموعة والإبلاغ عنه لدى المنصة.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = شكرًا لك، وصلتنا رسالتك. يُرجى المتابعة برسالة خاصة إلى { $handle }: فالجميع هنا يقرأ ما يُكتب. لا نبادر بمراسلتك أبدًا، ولا نطلب أبدًا كلمات مرور أو عبارات استرداد أو مفاتيح خاصة أو رموزًا أو وصولًا عن بُعد أو مدفوعات.
public-warning = احذر: نحن نرد من { $handle } فقط. كل من يرد عليك باسمنا غيره محتال: لا ترسل إليه شيئًا. راسل { $handle } مباشرة. لا نبادر بمراسلتك أبدًا، ولا نطلب كلمات مرور أو عبارات استرداد أو مفاتيح خاصة أو رموزًا أو وصولًا عن بُعد أو مدفوعات.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ احذر: تحت منشورك العام من يرد باسم { $brand } وهو ليس منّا: { $account }. لا ترد عليه، ولا تفتح أي رابط منه، ولا ترسل إليه شيئًا. نحن نراسلك من { $handle } فقط. إذا كنت قد أرسلت إليه شيئًا، فجمّد حسابك الآن وأخبرنا هنا بما حدث.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ احذر: تحت منشورك العام من يرد باسم { $brand } وهو ليس منّا. لا ترد عليه، ولا تفتح أي رابط منه، ولا ترسل إليه شيئًا. نحن نراسلك من { $handle } فقط. إذا كنت قد أرسلت إليه شيئًا، فجمّد حسابك الآن وأخبرنا هنا بما حدث.

# $link: the address of our privacy policy
privacy-line = كيف نتعامل مع ما تكتبه: { $link }

# $word: the word that lets automatic messages come again
opted-out = لن تصلك هنا رسائل آلية بعد الآن، باستثناء تحذير إذا كنت في خطر. وقد يرد عليك فريقنا مع ذلك. لاستقبالها من جديد، اكتب { $word }.
opted-in = عادت الرسائل الآلية من جديد.

# $options: what may be written, separated by slashes
answer-with = يمكنك الرد بأحد الخيارات التالية: { $options }
