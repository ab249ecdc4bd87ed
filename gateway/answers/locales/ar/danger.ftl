# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = جمّد حسابك الآن من التطبيق أو من موقعنا، فذلك يوقف عمليات السحب. ثم راسل { $handle } برسالة خاصة: نحن نرد من هذا الحساب فقط، وكل من يرد باسمنا غيره محتال. لا نطلب أبدًا كلمات مرور أو عبارات استرداد أو رموزًا أو مدفوعات.
