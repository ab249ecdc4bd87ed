# What Gatehouse says to users, in Vietnamese. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Chúng tôi đã nhận được tin nhắn của quý khách [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Kính chào quý khách,

    Cảm ơn quý khách đã liên hệ với { $brand }. Chúng tôi đã nhận được tin nhắn của quý khách. Mã yêu cầu hỗ trợ là { $case }.

ack-next =
    Bước tiếp theo: nhân viên của chúng tôi sẽ đọc tin nhắn và trả lời quý khách, thường trong vòng 24 giờ. Một số vấn đề cần thêm thời gian kiểm tra; khi đó chúng tôi sẽ thông báo. Quý khách không cần viết lại để giữ thứ tự xử lý. Nếu tài sản của quý khách đang gặp rủi ro, vui lòng đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi ngay bây giờ, không cần chờ chúng tôi trả lời.

# Where the case runs by email
ack-reply-mail =
    Để bổ sung thông tin, quý khách chỉ cần trả lời email này và giữ nguyên tiêu đề, để mọi nội dung nằm trong cùng một yêu cầu. Thông tin hữu ích nhất là ID tài khoản (UID) và thời điểm xảy ra sự việc; nếu liên quan đến nạp hoặc rút tiền, xin cho biết thêm mã giao dịch (TxID), mạng lưới, loại tài sản và số lượng.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Để bổ sung thông tin, quý khách chỉ cần viết tại đây, trong cùng cuộc trò chuyện này. Thông tin hữu ích nhất là ID tài khoản (UID) và thời điểm xảy ra sự việc; nếu liên quan đến nạp hoặc rút tiền, xin cho biết thêm mã giao dịch (TxID), mạng lưới, loại tài sản và số lượng.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Chúng tôi không bao giờ yêu cầu quý khách cung cấp hay thực hiện:
    - mật khẩu của quý khách
    - cụm từ khôi phục (seed phrase) hoặc khóa riêng tư (private key)
    - mã xác minh từ tin nhắn SMS, email hoặc ứng dụng xác thực
    - quyền truy cập từ xa vào điện thoại hoặc máy tính, hoặc chia sẻ màn hình
    - thanh toán hoặc chuyển tiền, dù để mở khóa, xác minh hay "bảo vệ" tài khoản

# $brand: brand
ack-phishing =
    Bất kỳ ai nhân danh { $brand } yêu cầu một trong những điều trên đều là kẻ mạo danh, ngay cả khi họ biết mã yêu cầu hỗ trợ của quý khách. Xin đừng trả lời họ và hãy báo cho chúng tôi trong yêu cầu này.

# $official: our official addresses and accounts, separated by commas
ack-official = Các địa chỉ và tài khoản chính thức của chúng tôi: { $official }

# $brand: brand
signature = Bộ phận Hỗ trợ { $brand }

## Warnings

warning-heading = Quan trọng, xin quý khách đọc phần này trước:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Tự xưng là { $brand } nhưng không phải của chúng tôi: { $names }. Không ai ở đó làm việc cho chúng tôi.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Trong tin nhắn của quý khách có người tự xưng là { $brand }. Người đó không thuộc đội ngũ của chúng tôi và không làm việc cho chúng tôi.

advice-look-alike =
    Trông giống { $brand } nhưng không phải của chúng tôi: { $names }. Kẻ mạo danh chọn những tên như vậy để quý khách nhầm họ với chúng tôi.

advice-look-alike-unnamed =
    Tin nhắn của quý khách nhắc đến một tài khoản hoặc địa chỉ trông giống { $brand } nhưng không phải của chúng tôi. Kẻ mạo danh chọn những tên như vậy để quý khách nhầm họ với chúng tôi.

advice-reported-scam =
    Đã bị báo cáo lừa đảo và hoàn toàn không liên quan đến { $brand }: { $names }.

advice-reported-scam-unnamed =
    Tin nhắn của quý khách nhắc đến một tài khoản hoặc địa chỉ đã bị báo cáo lừa đảo. Tài khoản hoặc địa chỉ này hoàn toàn không liên quan đến { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Một tin nhắn hiển thị người gửi là địa chỉ của { $brand } đã không vượt qua bước kiểm tra của chúng tôi. Người gửi có thể bị giả mạo: địa chỉ ở dòng người gửi có thể tự đặt tùy ý. Xin đừng làm theo nội dung của tin nhắn đó.

advice-link-mismatch =
    Một liên kết trong tin nhắn của quý khách không dẫn đến nơi được hiển thị. Thực tế nó dẫn đến: { $names }

advice-link-mismatch-unnamed =
    Một liên kết trong tin nhắn của quý khách không dẫn đến nơi được hiển thị mà dẫn đến một địa chỉ khác.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Quý khách đã gửi cho chúng tôi cụm từ khôi phục hoặc khóa riêng tư. Chúng tôi đã xóa nội dung đó khỏi tin nhắn: không ai tại { $brand } đã đọc và cũng không ai cần đến. Tuy nhiên, bất kỳ ai biết nội dung đó đều nắm mọi thứ trong ví, và quý khách không thể biết còn ai khác đã nhìn thấy. Hãy tạo ngay một ví mới với cụm từ khôi phục mới và chuyển tài sản sang đó. Đừng bao giờ nhập cụm từ cũ vào bất kỳ trang nào nữa, và đừng gửi cụm từ mới cho bất kỳ ai, kể cả chúng tôi.

advice-secret-password =
    Quý khách đã gửi cho chúng tôi mật khẩu hoặc khóa bí mật của ứng dụng xác thực. Chúng tôi đã xóa nội dung đó khỏi tin nhắn: không ai tại { $brand } đã đọc. Hãy thay đổi ngay trong ứng dụng hoặc trên trang web của chúng tôi, cũng như ở mọi nơi khác có dùng chung, và thiết lập lại xác minh hai bước.

advice-secret-code =
    Quý khách đã gửi cho chúng tôi mã xác minh. Chúng tôi đã xóa mã đó khỏi tin nhắn và sẽ không bao giờ hỏi mã của quý khách. Nếu có người đã hỏi mã này, hãy đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi ngay bây giờ và đổi mật khẩu.

advice-secret-card =
    Quý khách đã gửi cho chúng tôi số thẻ. Chúng tôi đã xóa số đó khỏi tin nhắn. Chúng tôi không cần số thẻ; nếu quý khách đã đưa cho người khác, hãy yêu cầu ngân hàng khóa thẻ.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Hãy cẩn thận với bất kỳ ai hứa lấy lại tiền mã hóa bị mất hoặc bị đánh cắp để đổi lấy một khoản phí, quyền truy cập ví, hoặc nhờ sự giúp đỡ của "hacker": không ai làm được điều đó, và kẻ đưa ra lời đề nghị như vậy chỉ muốn lừa thêm lần nữa. { $brand } không bao giờ thu tiền để hỗ trợ.

advice-giveaway =
    Những giải thưởng, airdrop và khoản nạp "nhân đôi" mà trước hết phải trả tiền, kết nối ví hoặc gửi coin đều là lừa đảo. Mọi chương trình tặng thưởng của { $brand } đều được công bố ngay trong ứng dụng.

advice-fake-support =
    Không ai của { $brand } yêu cầu quý khách "xác thực", "đồng bộ" hoặc kết nối ví, điền cụm từ khôi phục vào biểu mẫu, cài đặt chương trình truy cập từ xa, hoặc nhắn tin cho một tài khoản cá nhân. Ai làm vậy đều là kẻ mạo danh, dù dùng tên gì.

advice-investment =
    Việc làm phải nạp tiền trước, tín hiệu cam kết chắc lãi, và những người chưa từng gặp mặt nhưng lại hướng dẫn đầu tư đều là các chiêu lừa đảo quen thuộc: lúc đầu hiện ra những khoản lãi nhỏ, sau đó không bao giờ rút được gì. Xin đừng gửi thêm bất cứ thứ gì; nếu đã gửi, hãy báo cho chúng tôi.

# For a finding without a text of its own
advice-caution =
    Trong tin nhắn của quý khách có điểm cần phải thận trọng. Nhân viên của chúng tôi sẽ xem xét.

# $official: the true account, address or domain that is imitated
warning-true-one = Địa chỉ hoặc tài khoản thật: { $official }

warning-what-to-do =
    Việc cần làm: đừng trả lời kẻ đứng sau, đừng mở bất kỳ liên kết nào, và đừng gửi mã, giấy tờ hay tiền. Nếu quý khách đã gửi thứ gì đó hoặc đã đăng nhập ở đó: hãy đóng băng tài khoản ngay lập tức, đổi mật khẩu, thiết lập lại xác minh hai bước, và kể lại sự việc cho chúng tôi trong yêu cầu này, nhưng tuyệt đối không gửi mật khẩu hay mã.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Tin nhắn của quý khách gửi { $brand }
answer-files = Các tệp này quá lớn để gửi qua email. Quý khách có thể tải chúng tại đây đến ngày { $until }:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Tiếng Việt

command-help = Cách nhận hỗ trợ tại đây
command-new = Gửi một vấn đề mới
command-status = Xem tiến độ các yêu cầu của quý khách
command-verify = Tài khoản, địa chỉ, liên kết này có chính thức không?
command-report = Báo cáo kẻ mạo danh, theo từng bước
command-language = Chọn ngôn ngữ
command-close = Đóng một yêu cầu

## Commands: /start and /help

# $brand: brand
start-hello =
    Chào mừng quý khách đến với bộ phận hỗ trợ của { $brand }.

    Tôi là trợ lý tự động: tôi tiếp nhận nội dung quý khách viết, còn nhân viên của chúng tôi sẽ trả lời tại đây. Quý khách chỉ cần viết vấn đề của mình.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Chúng tôi không bao giờ hỏi mật khẩu, cụm từ khôi phục hoặc khóa riêng tư, mã xác minh, quyền truy cập từ xa vào thiết bị, hay yêu cầu thanh toán. Ai nhân danh chúng tôi làm vậy đều là kẻ mạo danh.

# $case: case number
start-bound = Chào quý khách trở lại. Cuộc trò chuyện này giờ tiếp tục với yêu cầu { $case }. Mọi nội dung quý khách viết tại đây đều đến với nhân viên phụ trách.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Chào quý khách. Tôi không thể mở yêu cầu bằng liên kết này; có thể nó đã được sử dụng hoặc dành cho một cuộc trò chuyện khác. Không sao cả: quý khách chỉ cần viết vấn đề tại đây và ghi thêm mã yêu cầu nếu có.

help-hello = Quý khách chỉ cần viết vấn đề của mình như khi nói chuyện với một người: nhân viên của chúng tôi sẽ đọc và trả lời tại đây. Các lệnh sau cũng hữu ích:

# A command that we do not know
unknown-command = Tôi không biết lệnh này. Quý khách vui lòng viết vấn đề mà không dùng dấu gạch chéo, hoặc xem /help.

button-status = Yêu cầu của tôi
button-verify = Kiểm tra tài khoản
button-report = Báo cáo kẻ mạo danh
button-language = Ngôn ngữ / Language
button-new = Liên hệ hỗ trợ

## Commands: /new

new-ask =
    Mời quý khách: tin nhắn tiếp theo sẽ mở một yêu cầu mới. Vấn đề là gì và xảy ra khi nào?

    Xin cho biết ID tài khoản (UID); nếu liên quan đến nạp hoặc rút tiền, xin cho biết thêm mã giao dịch (TxID), mạng lưới, loại tài sản và số lượng. Xin đừng gửi mật khẩu, mã xác minh hay cụm từ khôi phục.

# $case: case number
new-opened = Cảm ơn quý khách, tôi đã chuyển nội dung này cho nhân viên với mã yêu cầu { $case }. Những gì quý khách viết tiếp theo sẽ được thêm vào đó.

## Commands: /status

status-none = Quý khách chưa có yêu cầu nào tại đây. Quý khách chỉ cần viết vấn đề, tôi sẽ mở một yêu cầu.

# The same for a number that does not exist and for somebody else's
status-unknown = Tại đây quý khách không có yêu cầu nào mang mã này. Vui lòng kiểm tra lại mã hoặc viết vấn đề của quý khách.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Mở lúc { $opened }, cập nhật gần nhất lúc { $changed }
    { $next }

# $count: how many more cases there are
status-more = Và { $count } yêu cầu khác. Để xem một trong số đó, hãy viết /status kèm mã yêu cầu.

state-open = nhân viên đang xử lý
state-waiting = đã trả lời
state-solved = đã đóng

next-open = Tiếp theo: nhân viên của chúng tôi sẽ đọc và trả lời tại đây. Quý khách không cần viết lại để giữ thứ tự xử lý.
next-waiting = Tiếp theo: nếu vẫn còn điều gì chưa xong, quý khách hãy viết tại đây, yêu cầu sẽ được chuyển lại cho nhân viên.
next-solved = Tiếp theo: không cần làm gì thêm. Nếu quý khách thấy vấn đề chưa được giải quyết, hãy viết tại đây, chúng tôi sẽ xem lại.

## Commands: /language

language-ask = Quý khách muốn trò chuyện bằng ngôn ngữ nào?
language-chosen = Từ bây giờ, tôi sẽ trò chuyện với quý khách bằng tiếng Việt.

## Commands: /close

# $case: case number
close-ask = Đóng yêu cầu { $case } của quý khách? Không có nội dung nào bị xóa.
close-none = Tại đây quý khách không có yêu cầu nào đang mở để đóng.
# $case: case number
close-done = Yêu cầu { $case } của quý khách đã được đóng. Cảm ơn quý khách đã liên hệ. Nếu vấn đề lại phát sinh, hãy viết tại đây; với vấn đề khác, hãy dùng /new.
close-kept = Yêu cầu vẫn mở. Nhân viên của chúng tôi tiếp tục xử lý.

button-close = Có, đóng yêu cầu
button-keep = Không, giữ mở

## Commands: in the middle of a question

cancelled = Đã dừng; chưa có gì được gửi đi. Quý khách có thể viết cho chúng tôi bất cứ lúc nào.
cancel-nothing = Không có gì để dừng. Quý khách chỉ cần viết vấn đề của mình.
button-cancel = Hủy

# For a button that we did not make for this person, or whose question is over
button-stale = Nút này không dành cho quý khách hoặc đã hết hạn. Vui lòng bắt đầu lại với /help.

## Commands: in a group

group-private = Mời quý khách tiếp tục trong tin nhắn riêng: ở đây ai cũng đọc được. Xin đừng viết mã yêu cầu hay thông tin cá nhân trong nhóm này. Chúng tôi không bao giờ nhắn tin trước.
button-private = Chuyển sang chat riêng
# $brand: brand
group-help = Tôi là trợ lý tự động của { $brand }. Ở đây tôi chỉ kiểm tra tên: hãy viết /verify kèm tên. Với mọi việc khác, mời quý khách tiếp tục trong tin nhắn riêng. Chúng tôi không bao giờ nhắn tin trước, và không bao giờ hỏi mật khẩu, mã xác minh hay cụm từ khôi phục.

## Commands: /verify

verify-ask = Quý khách muốn tôi kiểm tra tài khoản, địa chỉ hay liên kết nào? Hãy viết đúng như quý khách đã thấy, chẳng hạn @tên, địa chỉ email hoặc liên kết, hoặc chuyển tiếp cho tôi một tin nhắn của tài khoản đó.

# $official: one of our accounts; $platform: where it is
account-on = { $official } trên { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } là chính thức: có trong danh sách của chính { $brand }. Điều này chỉ đúng với cách viết chính xác như vậy.
verify-official-since = ✅ { $official } là chính thức: có trong danh sách của chính { $brand } từ { $since }. Điều này chỉ đúng với cách viết chính xác như vậy.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } không có trong danh sách tài khoản và địa chỉ chính thức của { $brand }. Ngoài điều đó, tôi không thể kết luận gì thêm.
verify-not-listed-unnamed = Đối tượng quý khách hỏi không có trong danh sách tài khoản và địa chỉ chính thức của { $brand }. Ngoài điều đó, tôi không thể kết luận gì thêm.

# It was ours once
verify-retired = ⚠️ { $claim } từng thuộc về { $brand } nhưng nay không còn nữa. Hiện nay người khác có thể đang sử dụng.
verify-retired-unnamed = ⚠️ Đối tượng quý khách hỏi từng thuộc về { $brand } nhưng nay không còn nữa. Hiện nay người khác có thể đang sử dụng.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } không phải của chúng tôi. Trông giống { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ Đối tượng quý khách hỏi không phải của chúng tôi. Trông giống { $official }: { $technique }.

verify-scam = ⛔ { $claim } đã bị báo cáo lừa đảo và hoàn toàn không liên quan đến { $brand }.
verify-scam-unnamed = ⛔ Đối tượng quý khách hỏi đã bị báo cáo lừa đảo và hoàn toàn không liên quan đến { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ Tên { $official } có trong danh sách của chúng tôi, nhưng tài khoản đang mang tên này không phải tài khoản chúng tôi biết: một cái tên có thể đổi chủ. Xin đừng tin tài khoản đó cho đến khi nhân viên của chúng tôi xác nhận với quý khách.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Người viết tin nhắn này dùng một tên đọc giống { $brand }, nhưng tài khoản không phải của chúng tôi. Ai cũng có thể đặt bất kỳ tên nào.

# The platform hides who wrote the forwarded message
verify-hidden = Người viết tin nhắn này ẩn tài khoản nên tôi không thể kiểm tra: chỉ riêng cái tên không chứng minh được gì, kể cả tên của chúng tôi. { $brand } không bao giờ nhắn tin trước. Quý khách có thể dùng /report để chỉ ra tài khoản đó cho chúng tôi.

verify-unchecked = Tôi không kiểm tra được nội dung này. Vui lòng gửi từng tên một, đúng như quý khách đã thấy: @tên, địa chỉ email hoặc liên kết.
verify-ambiguous = ⚠️ Nội dung này có thể đọc theo nhiều cách, và một trong số đó không phải của chúng tôi. Xin đừng mở.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Liên kết này không cho thấy nơi nó dẫn đến nên tôi không thể kiểm tra. Xin đừng mở; liên kết của chúng tôi luôn hiển thị đầy đủ tên của chúng tôi.

# An address that coins are sent to
verify-wallet = Không thể kiểm tra một địa chỉ nhận coin: địa chỉ không cho biết nó là của ai. Chúng tôi không bao giờ yêu cầu quý khách gửi coin đến bất cứ đâu để mở khóa, xác minh hay bảo vệ tài khoản. Địa chỉ nạp chỉ được hiển thị trong ứng dụng và trên trang web của chúng tôi.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Tôi hiểu đây là một tên trên Telegram. Telegram không cho phép chúng tôi tra cứu tài khoản cá nhân theo tên, nên tôi chỉ có thể đối chiếu với danh sách của chúng tôi. Nếu quý khách thấy tên này ở nơi khác, hãy gửi liên kết cho tôi.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } là một trong các địa chỉ của { $brand }. Nhưng ai cũng có thể ghi địa chỉ này làm người gửi email, nên nó không cho biết ai đã viết cho bạn. Nếu nghi ngờ, hãy hỏi chúng tôi trong ứng dụng hoặc trên trang web của chúng tôi.
verify-more = Có nhiều nội dung hơn mức tôi kiểm tra được trong một lần. Hãy gửi cho tôi từng mục còn lại và đừng tin mục nào cho đến lúc đó.

verify-care = Nếu có người ở đó nhân danh { $brand }, xin đừng trả lời và đừng gửi gì. Quý khách có thể báo cáo bằng /report.
verify-what-to-do = Xin đừng trả lời, đừng mở bất kỳ liên kết nào, đừng gửi mã hay tiền. Nếu quý khách đã gửi thứ gì đó: hãy đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi ngay bây giờ, sau đó dùng /report.
verify-in-group = Quý khách cũng nên kiểm tra liên kết và tên với tôi trong tin nhắn riêng: nhóm là nơi kẻ mạo danh ưa thích.

technique-confusable = dùng các chữ cái hoặc chữ số trông giống nhau
technique-separator = chỉ khác ở dấu chấm, dấu gạch nối hoặc dấu gạch dưới
technique-embedded = chèn tên của chúng tôi vào tên của nó
technique-link = tên của chúng tôi có trong liên kết, nhưng liên kết dẫn đến nơi khác
technique-suffix = phần đuôi khác với phần đuôi của chúng tôi
technique-elsewhere = đúng là tên của chúng tôi, nhưng trên một nền tảng hoặc trang mà chúng tôi không dùng tên đó
technique-display-name = lấy tên của chúng tôi làm tên hiển thị
technique-affix = thêm những từ như "support", "official" hoặc "hỗ trợ" vào tên của chúng tôi
technique-slip = là tên của chúng tôi nhưng bị bớt, thêm hoặc đổi chữ cái
technique-region = thêm tên quốc gia, khu vực hoặc con số vào tên của chúng tôi
technique-mark = chèn dấu xác minh vào tên, điều mà tài khoản nào cũng làm được
technique-redirect = liên kết chuyển tiếp đến một địa chỉ khác với địa chỉ hiển thị
technique-words = nói như thể đó là chúng tôi
technique-other = được làm ra để dễ bị nhầm là của chúng tôi

## Commands: /report

report-begin = Cảm ơn quý khách đã báo cho chúng tôi: việc này cũng giúp bảo vệ những người khác. Tôi sẽ hỏi ba câu ngắn; quý khách có thể dừng bất cứ lúc nào.
report-kind = Quý khách muốn báo cáo điều gì?
report-what-account = Đó là tài khoản hoặc nhóm nào? Hãy chuyển tiếp cho tôi một tin nhắn của họ, hoặc gửi tên hay liên kết. Nếu tài khoản bị ẩn, hãy chỉ ra bằng nút bên dưới.
report-what-address = Đó là liên kết hoặc địa chỉ nào? Hãy gửi đúng như quý khách đã thấy, hoặc chuyển tiếp tin nhắn có chứa nó. Xin đừng mở.

# $brand: brand
report-official = ✅ Mục này có trong danh sách của chính { $brand }, tức là của chúng tôi. Nếu quý khách vẫn thấy có điều gì không ổn, xin cứ tiếp tục.

report-harm = Quý khách đã gửi gì cho họ chưa: tiền, mã, mật khẩu, giấy tờ? Hoặc đã đăng nhập ở đâu đó theo lời họ chưa?
report-harm-again = Tôi đã ghi nhận. Còn một câu hỏi nữa: quý khách đã gửi gì cho họ (tiền, mã, mật khẩu, giấy tờ) hoặc đã đăng nhập ở đâu đó theo lời họ chưa?
report-story = Vâng. Chuyện gì đã xảy ra? Quý khách hãy kể lại trong một tin nhắn, hoặc nhấn nút để gửi báo cáo ngay.
report-noted = Tôi đã thêm vào. Hãy viết chuyện gì đã xảy ra, hoặc nhấn nút để gửi báo cáo.

# What a user must do at once who has given something away
report-freeze = ⚠️ Xin hãy làm ngay: đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi, đổi mật khẩu và thiết lập lại xác minh hai bước. Đừng gửi thêm bất cứ thứ gì, kể cả khi họ hứa hoàn lại những gì đã mất.

# $case: case number; $kind: one of the kind texts
report-sent = Báo cáo của quý khách đã được chuyển đến nhân viên của chúng tôi. Yêu cầu { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Quý khách đã chỉ ra: { $seen }
report-tell-more = Sau đó, hãy kể cho tôi tại đây chuyện gì đã xảy ra: khi nào, quý khách đã gửi gì và gửi đến đâu (mã giao dịch, địa chỉ). Nội dung này sẽ được thêm vào yêu cầu của quý khách. Tuyệt đối không gửi mật khẩu hay mã.
report-thanks = Cảm ơn quý khách. Chúng tôi sẽ xem xét và trả lời tại đây nếu cần biết thêm. Xin đừng trả lời họ nữa. Để bổ sung thông tin, quý khách chỉ cần viết tại đây.

# $case: case number. A command has ended the report before its last question
report-passed-on = Tôi đã chuyển cho nhân viên phần báo cáo mà quý khách đã cung cấp: yêu cầu { $case }.
report-new-again = Những gì quý khách viết tiếp theo sẽ được thêm vào đó. Với vấn đề khác, hãy gửi /new một lần nữa.

kind-account = Tài khoản
kind-group = Nhóm hoặc kênh
kind-website = Trang web hoặc liên kết
kind-mail = Email
kind-other = Khác

button-pick-user = Chỉ ra tài khoản
button-pick-chat = Chỉ ra nhóm hoặc kênh
button-skip = Tôi không chỉ ra được
button-yes = Có
button-no = Không
button-send = Gửi báo cáo

## Chats: acknowledgement and files

# $case: case number
chat-received = Cảm ơn quý khách, chúng tôi đã nhận được tin nhắn. Mã yêu cầu là { $case }. Nhân viên của chúng tôi sẽ đọc và trả lời quý khách tại đây, thường trong vòng 24 giờ. Để bổ sung thông tin, quý khách chỉ cần viết tại đây; dùng /status để xem tiến độ. Nếu tài sản của quý khách đang gặp rủi ro, vui lòng đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi ngay bây giờ.

# $case: case number
chat-encrypted = Chúng tôi đã nhận được tin nhắn của quý khách, nhưng tin nhắn được mã hóa đầu cuối nên không thể đọc tại đây. Mã yêu cầu là { $case }. Vui lòng viết lại mà không mã hóa, hoặc liên hệ qua một kênh chính thức khác của chúng tôi.

file-too-large = Chúng tôi đã nhận được tin nhắn của quý khách, nhưng có một tệp quá lớn nên không thể nhận tại đây. Vui lòng gửi bản nhỏ hơn hoặc ảnh chụp màn hình phần quan trọng, hoặc mô tả bằng lời.
# $count: how many files, at least two
files-too-large = Chúng tôi đã nhận được tin nhắn của quý khách, nhưng có { $count } tệp quá lớn nên không thể nhận tại đây. Vui lòng gửi bản nhỏ hơn hoặc ảnh chụp màn hình phần quan trọng, hoặc mô tả bằng lời.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } không phải của chúng tôi và không làm việc cho { $brand }, dù hiển thị tên gì. Nhân viên của chúng tôi không bao giờ nhắn tin trước, và không bao giờ hỏi mật khẩu, mã xác minh, cụm từ khôi phục hay yêu cầu thanh toán. Xin đừng trả lời tài khoản này.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Kẻ mạo danh trên { $platform }: { $account }, xuất hiện trong nhóm { $group }. Yêu cầu { $case }.
# $official: one of our accounts
impostor-imitates = Tài khoản này giả mạo { $official }.
impostor-to-do = Vui lòng xem xét, xóa tài khoản khỏi nhóm và báo cáo với nền tảng.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Chúng tôi đã nhận được tin. Mời nhắn riêng cho { $handle }: ở đây ai cũng đọc được. Chúng tôi không bao giờ nhắn trước, không hỏi mật khẩu, cụm từ khôi phục, khóa riêng tư, mã, quyền truy cập từ xa hay đòi thanh toán.
public-warning = Cẩn thận: chỉ { $handle } là chúng tôi. Ai khác nhân danh chúng tôi đều là kẻ mạo danh: đừng gửi gì. Hãy nhắn { $handle }. Chúng tôi không nhắn trước, không hỏi mật khẩu, cụm từ khôi phục, khóa riêng tư, mã, truy cập từ xa, thanh toán.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Cẩn thận: dưới bài đăng công khai của quý khách có kẻ nhân danh { $brand } trả lời, nhưng không phải chúng tôi: { $account }. Đừng trả lời, đừng mở liên kết của họ và đừng gửi gì. Chúng tôi chỉ nhắn cho quý khách từ { $handle }. Nếu quý khách đã gửi thứ gì đó cho họ, hãy đóng băng tài khoản ngay bây giờ và kể lại sự việc cho chúng tôi tại đây.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Cẩn thận: dưới bài đăng công khai của quý khách có kẻ nhân danh { $brand } trả lời, nhưng không phải chúng tôi. Đừng trả lời, đừng mở liên kết của họ và đừng gửi gì. Chúng tôi chỉ nhắn cho quý khách từ { $handle }. Nếu quý khách đã gửi thứ gì đó cho họ, hãy đóng băng tài khoản ngay bây giờ và kể lại sự việc cho chúng tôi tại đây.

# $link: the address of our privacy policy
privacy-line = Cách chúng tôi xử lý nội dung quý khách viết: { $link }

# $word: the word that lets automatic messages come again
opted-out = Quý khách sẽ không nhận tin nhắn tự động tại đây nữa, trừ cảnh báo khi gặp nguy hiểm. Nhân viên của chúng tôi vẫn có thể trả lời. Để nhận lại, hãy viết { $word }.
opted-in = Tin nhắn tự động đã được bật lại.

# $options: what may be written, separated by slashes
answer-with = Quý khách có thể trả lời: { $options }
