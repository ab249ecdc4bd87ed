# The first answer that helps, in Vietnamese. Keys and variables: see the English file.

## Chats: the number

first-received = Cảm ơn quý khách, chúng tôi đã nhận được tin nhắn. Mã yêu cầu là { $case }; dùng /status để xem tiến độ.

## Mail: how to add something, where the receipt says all the rest

first-add = Để bổ sung, quý khách chỉ cần trả lời email này và giữ nguyên tiêu đề, để mọi nội dung nằm trong cùng một yêu cầu.

## What it is taken for, and who looks after it

first-account_stolen = Chúng tôi xem đây là tài khoản đang gặp nguy hiểm: bộ phận an ninh xử lý trước tiên.
first-scam_suspected = Chúng tôi xem đây là nghi vấn lừa đảo: bộ phận an ninh đang xem xét.
first-wrong_transfer = Chúng tôi xem đây là chuyển sai địa chỉ, sai mạng hoặc thiếu memo: bộ phận thu hồi đang xem xét.
first-deposit_not_credited = Chúng tôi xem đây là khoản nạp chưa được ghi có: bộ phận nạp tiền đang xem xét.
first-withdrawal_delayed = Chúng tôi xem đây là lệnh rút bị chậm: bộ phận rút tiền đang xem xét.
first-liquidation_dispute = Chúng tôi xem đây là câu hỏi về thanh lý hoặc vị thế hợp đồng: bộ phận phái sinh đang xem xét.
first-spot_order = Chúng tôi xem đây là câu hỏi về lệnh giao ngay: bộ phận giao dịch đang xem xét.
first-p2p_fiat = Chúng tôi xem đây là vấn đề P2P hoặc chuyển khoản ngân hàng: bộ phận thanh toán đang xem xét.
first-card = Chúng tôi xem đây là vấn đề về thẻ hoặc mua bằng thẻ: bộ phận thanh toán đang xem xét.
first-kyc = Chúng tôi xem đây là câu hỏi về xác minh danh tính: bộ phận xác minh đang xem xét.
first-login = Chúng tôi xem đây là sự cố đăng nhập: bộ phận tài khoản đang xem xét.
first-account_data_change = Chúng tôi xem đây là yêu cầu thay đổi thông tin tài khoản: bộ phận tài khoản đang xem xét.
first-account_closure = Chúng tôi xem đây là yêu cầu đóng tài khoản: bộ phận tài khoản đang xem xét.
first-api = Chúng tôi xem đây là câu hỏi về API: bộ phận kỹ thuật đang xem xét.
first-promotion = Chúng tôi xem đây là câu hỏi về khuyến mãi hoặc hoàn phí: bộ phận phần thưởng đang xem xét.
first-fees = Chúng tôi xem đây là câu hỏi về phí: bộ phận hỗ trợ đang xem xét.
first-policy = Chúng tôi xem đây là câu hỏi về quy định: bộ phận hỗ trợ sẽ trả lời, cùng bộ phận tuân thủ khi cần.
first-authority_request = Chúng tôi xem đây là yêu cầu của cơ quan chức năng hoặc người đại diện: bộ phận pháp lý tiếp nhận.
first-complaint = Chúng tôi rất tiếc vì đã khiến quý khách phải khiếu nại. Sẽ có người đọc khiếu nại và tìm hiểu điều gì đã sai.
first-feedback = Cảm ơn góp ý của quý khách: chúng tôi chuyển đến nhóm phát triển sản phẩm. Không phải góp ý nào cũng có thể được trả lời riêng.
first-praise = Cảm ơn lời khen của quý khách: chúng tôi sẽ chuyển đến đúng người. Quý khách không cần làm gì thêm.

## In every receipt: the net below what was not taken for danger

first-risk = Nếu tài sản của quý khách đang gặp rủi ro, vui lòng đóng băng tài khoản trong ứng dụng hoặc trên trang web của chúng tôi ngay bây giờ.

## By when

first-when-hour = Quý khách sẽ nhận được câu trả lời trong vòng một giờ.
first-when-few = Quý khách sẽ nhận được câu trả lời trong vòng { $hours } giờ.
first-when-hours = Quý khách sẽ nhận được câu trả lời trong vòng { $hours } giờ.
first-when-usual = Thông thường quý khách sẽ nhận được câu trả lời trong vòng 24 giờ.

## What was recognised

seen-transaction = Chúng tôi thấy giao dịch của quý khách trên { $network }: { $link }
seen-confirmed = Chúng tôi thấy giao dịch của quý khách trên { $network }, số xác nhận đến nay là { $confirmations }: { $link }
look-transaction = Quý khách có thể tra cứu giao dịch trên { $network } tại đây: { $link }

## What is missing, each with where to find it

ask-heading = Để tiếp tục, chúng tôi cần quý khách cung cấp:
ask-tx_hash = - Mã giao dịch (TxID): có trong lịch sử rút của ví hoặc sàn mà quý khách đã gửi đi.
ask-address = - Địa chỉ nhận: hiển thị cạnh giao dịch trong lịch sử của quý khách.
ask-network = - Mạng đã dùng, ví dụ TRC20 hoặc ERC20: ghi trên cùng trang với giao dịch.
ask-account_id = - Mã tài khoản (UID): trong ứng dụng, chạm vào ảnh đại diện.
ask-withdrawal_id = - Mã lệnh nạp hoặc rút: mở lệnh đó trong lịch sử tài sản.
ask-order_id = - Mã lệnh giao dịch: mở lệnh trong lịch sử lệnh.
ask-memo = - Memo hoặc tag đã nhập, nếu có: bên gửi hiển thị kèm giao dịch.
ask-amount = - Số lượng và loại tài sản.
ask-time = - Thời điểm xảy ra: ngày, giờ và múi giờ.
ask-position = - Vị thế: hợp đồng, mua (long) hay bán (short), đòn bẩy; xem lịch sử vị thế.
ask-email = - Email đã đăng ký của tài khoản.
ask-link = - Liên kết hoặc tên tài khoản liên quan, viết sao cho không ai bấm nhầm.
ask-screenshot = - Ảnh chụp màn hình; vui lòng che số dư, mã và tên người khác.
ask-never = Vui lòng không gửi mật khẩu, mã xác minh hay cụm từ khôi phục.
ask-documents = Giấy tờ và ảnh giấy tờ tùy thân chỉ gửi tại đây, tuyệt đối không gửi qua tin nhắn: { $link }

## What a further message brought

recorded-all = Cảm ơn quý khách, đã ghi nhận vào yêu cầu { $case }. Không còn thiếu gì; chúng tôi tiếp tục xử lý.
recorded-some = Cảm ơn quý khách, đã ghi nhận vào yêu cầu { $case }. Vẫn còn thiếu:

## Danger: what to do now

freeze-in-app = - Hãy đóng băng tài khoản ngay trong ứng dụng hoặc trên trang web của chúng tôi; việc này chặn lệnh rút. Đừng chờ chúng tôi trả lời.
freeze-at-link = - Hãy đóng băng tài khoản ngay, việc này chặn lệnh rút; đừng chờ chúng tôi trả lời: { $link }
danger-account_stolen =
    - Từ thiết bị đáng tin cậy, hãy đổi mật khẩu tài khoản và hộp thư, rồi thiết lập lại xác minh hai bước.
    - Kết thúc mọi phiên đăng nhập lạ; xóa khóa API và địa chỉ rút không phải của quý khách.
    - Đừng trả lời ai hứa lấy lại coin để đổi lấy phí: đó là trộm cắp lần thứ hai.
    - Không đưa mật khẩu, mã hay cụm từ khôi phục cho bất kỳ ai, kể cả chúng tôi.
danger-secret_shared =
    - Hãy coi những gì đã tiết lộ là người lạ đã biết: đổi ngay mật khẩu đó từ thiết bị đáng tin cậy và thiết lập lại xác minh hai bước.
    - Nếu đó là cụm từ khôi phục hoặc khóa riêng: tạo ví mới với cụm từ mới và chuyển tài sản sang đó.
    - Nếu đã kết nối ví ở đâu đó: thu hồi quyền. Xóa khóa API, kết thúc các phiên khác, gỡ phần mềm điều khiển từ xa.
    - Đừng bao giờ gửi những thứ như vậy cho ai nữa, kể cả chúng tôi.
danger-scam_under_way =
    - Đừng gửi thêm gì nữa: không coin, không "phí", không "thuế", không mã, dù họ hứa hẹn hay đe dọa thế nào.
    - Ngừng trao đổi, ngắt mọi truy cập từ xa và giữ lại nội dung họ viết làm bằng chứng.
    - Nếu đã đăng nhập, kết nối ví hoặc cài đặt gì theo lời họ: đổi mật khẩu từ thiết bị khác và thu hồi quyền.
    - Đừng trả tiền cho ai hứa lấy lại coin đã mất.

## Further ways

articles-heading = Trong lúc chờ, những bài sau có thể giúp ích:
links-heading = Quý khách có thể tự làm:
link-freeze = - Đóng băng tài khoản: { $link }
link-security = - Kiểm tra an toàn tài khoản: { $link }
link-kyc = - Xem tình trạng xác minh và những gì còn thiếu: { $link }
link-upload = - Nộp giấy tờ: { $link }
link-status = - Xem nạp, rút và giao dịch có hoạt động bình thường không: { $link }
link-api_docs = - Tài liệu API: { $link }

## Facts

fact-wrong_transfer = Giao dịch trên chuỗi không thể thu hồi. Có lấy lại được hay không tùy vào ai kiểm soát địa chỉ nhận, và không chắc chắn.
fact-deposit_not_credited = Khoản nạp được ghi có khi mạng đã xác nhận đủ số lần. Trình khám phá khối cho thấy tiến độ.
fact-withdrawal_delayed = Lệnh rút được kiểm tra trước khi rời hệ thống; sau đó tốc độ xác nhận do mạng quyết định.
fact-liquidation_dispute = Vị thế bị thanh lý khi ký quỹ tính theo giá đánh dấu thấp hơn mức duy trì; giá này không nhất thiết là giá khớp gần nhất.
fact-p2p_fiat = Trong P2P, chỉ mở khóa coin khi tiền đã vào tài khoản của chính quý khách: ảnh chụp thanh toán không chứng minh điều gì.
fact-kyc = Giấy tờ phải còn hiệu lực, đầy đủ và của chính quý khách; tên phải trùng với tên tài khoản.
fact-login = Ứng dụng xác thực bị mất chỉ được đặt lại sau khi kiểm tra danh tính; việc này cần thời gian và để bảo vệ quý khách.
fact-account_data_change = Email và số điện thoại được đổi trong ứng dụng bằng yếu tố thứ hai; sau đó lệnh rút tạm dừng một thời gian.
fact-account_closure = Trước khi đóng tài khoản phải rút hết số dư và kết thúc các lệnh, vị thế đang mở.
fact-api = Phần bí mật của khóa API chỉ hiển thị một lần. Đừng bao giờ gửi cho chúng tôi; tên khóa là đủ.

## Legal lines, kept apart from the facts

legal-heading = Lưu ý pháp lý:
legal-policy = Đây là thông tin chung, không phải tư vấn pháp lý hay thuế. Về trường hợp cụ thể, vui lòng hỏi luật sư hoặc chuyên viên thuế tại quốc gia của quý khách.
legal-liquidation_dispute = Giao dịch đòn bẩy có thể làm mất toàn bộ số tiền đã bỏ vào. Câu trả lời này không phải tư vấn đầu tư; các điều khoản đã chấp thuận được áp dụng.
legal-liquidation_dispute-eu = Tài sản mã hóa biến động mạnh, đòn bẩy có thể làm mất toàn bộ số tiền đã bỏ vào; các quỹ bồi thường nhà đầu tư không chi trả. Câu trả lời này không phải tư vấn đầu tư; quyền khiếu nại chính thức hoặc đến thanh tra của quý khách vẫn giữ nguyên.
legal-liquidation_dispute-uk = Đừng đầu tư nếu quý khách không sẵn sàng mất toàn bộ số tiền đầu tư. Đây là khoản đầu tư rủi ro cao và không nên mong được bảo vệ nếu có sự cố. Câu trả lời này không phải tư vấn đầu tư.
legal-authority_request = Yêu cầu của cơ quan chức năng chỉ do bộ phận pháp lý trả lời, qua kênh chính thức dành riêng và sau khi kiểm tra người gửi. Kênh này không cung cấp thông tin về bất kỳ khách hàng nào.
legal-account_closure = Một số hồ sơ phải được lưu một thời gian sau khi đóng tài khoản, vì luật phòng chống rửa tiền yêu cầu như vậy.
