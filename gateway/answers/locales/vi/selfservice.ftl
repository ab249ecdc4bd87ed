# The same as in en/selfservice.ftl, where each text is explained.

command-cases = Danh sách mọi yêu cầu của quý khách
command-reopen = Mở lại một yêu cầu đã đóng
command-agent = Nói chuyện với nhân viên
command-kyc = Việc xác minh danh tính của quý khách đến đâu
command-security = Sàn cho biết gì về bảo mật tài khoản của quý khách
command-link = Chứng minh một tài khoản khác cũng là của quý khách
button-agent = Nói chuyện với nhân viên

cases-head = Các yêu cầu của quý khách:
cases-line = { $case }: { $state }, thay đổi lần cuối { $changed }
cases-more = Và { $count } yêu cầu cũ hơn.
which-case = Quý khách có nhiều hơn một yêu cầu đang mở. Hãy viết lại từ đó kèm theo số của yêu cầu quý khách muốn nói đến:
reopen-none = Quý khách không có yêu cầu đã đóng nào có thể mở lại.
reopen-done = Yêu cầu { $case } của quý khách đã được mở lại và đội ngũ của chúng tôi sẽ xem lại. Hãy cho chúng tôi biết điều gì chưa được giải quyết.
close-done-letter = Yêu cầu { $case } của quý khách đã được đóng. Cảm ơn quý khách đã viết cho chúng tôi. Nếu có gì mới, quý khách chỉ cần trả lời email này.

agent-done = Một nhân viên của chúng tôi sẽ trả lời quý khách trong yêu cầu { $case }. Ở đó sẽ không còn câu hỏi tự động nào nữa.
agent-opened = Tôi đã chuyển đề nghị của quý khách cho đội ngũ, yêu cầu số { $case }. Hãy viết đó là việc gì và xảy ra khi nào để chúng tôi giúp quý khách nhanh hơn.

kyc-none = Quý khách chưa bắt đầu xác minh danh tính.
kyc-pending = Việc xác minh danh tính của quý khách đang được xem xét.
kyc-approved = Việc xác minh danh tính của quý khách đã hoàn tất.
kyc-rejected = Việc xác minh danh tính của quý khách không được chấp nhận. Quý khách xem lý do trong ứng dụng hoặc trên trang web của chúng tôi.
kyc-other = Quý khách xem trạng thái xác minh danh tính trong ứng dụng hoặc trên trang web của chúng tôi.
kyc-missing =
    Còn thiếu:
    { $items }
kyc-item-document = giấy tờ tùy thân
kyc-item-selfie = ảnh khuôn mặt của quý khách
kyc-item-address = giấy tờ chứng minh địa chỉ
kyc-item-funds = giấy tờ chứng minh nguồn tiền
kyc-item-other = giấy tờ khác mà ứng dụng nêu

documents-link = Chỉ nộp giấy tờ qua liên kết này: { $link }. Đừng bao giờ gửi trong trò chuyện, qua email hay ở nơi công khai.
documents-app = Chỉ nộp giấy tờ trong ứng dụng hoặc trên trang web của chúng tôi. Đừng bao giờ gửi trong trò chuyện, qua email hay ở nơi công khai.
documents-here = ⚠️ Đây có vẻ là giấy tờ cho biết quý khách là ai. Nếu được, hãy xóa nó ở đây: trò chuyện không phải nơi dành cho nó.

security-none = Sàn không cho biết gì ở đây về bảo mật tài khoản của quý khách. Quý khách xem trong ứng dụng hoặc trên trang web của chúng tôi.
security-well = Trong những gì sàn kiểm tra ở tài khoản của quý khách, không có gì cần sửa. Nếu vẫn thấy điều gì lạ, hãy đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi và viết cho chúng tôi.
security-weak =
    Hãy sớm xem lại những điều sau trong ứng dụng hoặc trên trang web của chúng tôi:
    { $items }
security-item-password = mật khẩu của quý khách
security-item-factor = xác minh hai bước của quý khách
security-item-logins = những lần đăng nhập bất thường
security-item-devices = các thiết bị đang đăng nhập
security-item-keys = các khóa API của quý khách
security-item-addresses = các địa chỉ rút tiền của quý khách
security-item-other = mục khác mà ứng dụng nêu

customer-unknown = Sàn không biết tài khoản nào gắn với nơi quý khách đang viết. Hãy viết từ email đã đăng ký hoặc liên kết tài khoản này trong ứng dụng. Quý khách cũng xem được tất cả trong ứng dụng hoặc trên trang web của chúng tôi.
customer-unchecked = Hiện tôi chưa tra cứu được. Hãy thử lại sau, hoặc xem trong ứng dụng hay trên trang web của chúng tôi.
customer-off = Ở đây tôi không tra cứu được. Hãy xem trong ứng dụng hoặc trên trang web của chúng tôi.

link-give =
    Mã của quý khách: { $code }

    Hãy gửi mã này cho chúng tôi từ tài khoản kia của quý khách trong vòng { $minutes } phút. Trên Telegram, viết cho bot của chúng tôi: /link { $code }. Trên X, gửi tin nhắn trực tiếp cho chúng tôi: link { $code }. Qua email, viết từ địa chỉ đã đăng ký với tiêu đề: link { $code }
link-never = ⚠️ Đừng bao giờ đưa mã như vậy cho ai, và đừng gửi mã mà ai đó đưa cho quý khách: làm thế là để người lạ xem yêu cầu của mình. Nhân viên của chúng tôi không bao giờ hỏi mã này.
link-done = Xong: tài khoản của quý khách trên { $platform } và tài khoản này được coi là của một người. Từ nay quý khách xem được yêu cầu của cả hai ở mỗi nơi, chỉ trong trò chuyện riêng. Để chấm dứt, hãy viết unlink.
link-told = ⚠️ Một tài khoản trên { $platform } vừa được liên kết với tài khoản của quý khách bằng mã quý khách nhận ở đây. Nó có thể xem yêu cầu của quý khách. Nếu không phải quý khách làm, hãy viết unlink ngay và báo cho chúng tôi.
link-wrong = Mã này không dùng được. Hãy viết link ở nơi quý khách đã nhận mã để lấy mã mới.
link-same = Hãy gửi mã này từ tài khoản kia của quý khách, không phải từ tài khoản đã nhận mã.
link-many = Quá nhiều mã sai. Hãy thử lại sau một giờ.
link-full = Không thể liên kết thêm tài khoản. Trước hết hãy viết unlink ở một trong số đó.
unlink-done = Xong: tài khoản này lại đứng riêng và chỉ xem được yêu cầu của chính nó.
unlink-none = Tài khoản này không liên kết với tài khoản nào khác.
unlink-told = Một tài khoản trên { $platform } không còn liên kết với tài khoản của quý khách. Nếu không phải quý khách làm, hãy báo cho chúng tôi.

letter-subject = Yêu cầu của quý khách gửi { $brand }
letter-help = Quý khách có thể viết cho chúng tôi bằng lời của mình: một nhân viên sẽ đọc. Hoặc chỉ gửi một trong các từ sau, làm tiêu đề của một email trống hoặc làm từ duy nhất trong câu trả lời:
letter-verify = Tôi cần kiểm tra tài khoản, địa chỉ hay liên kết nào? Hãy viết nó làm tiêu đề của một email trống, sau từ này: { $word }
letter-report = Cảm ơn quý khách đã báo: việc này bảo vệ cả người khác. Hãy chuyển tiếp tin nhắn cho chúng tôi, hoặc viết đó là tài khoản, địa chỉ hay liên kết nào và quý khách đã gửi gì cho họ chưa. Đừng mở liên kết nào.
letter-unproven = Nếu quý khách hỏi điều chỉ mình quý khách được xem: qua email chúng tôi chỉ trả lời khi nhà cung cấp email của quý khách chứng minh được ai đã gửi. Một nhân viên của chúng tôi sẽ đọc thư của quý khách.
