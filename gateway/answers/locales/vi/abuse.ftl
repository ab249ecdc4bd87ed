## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = khiếu nại

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Tin nhắn của bạn đã đến, mã hồ sơ là { $case }. Vì các tin nhắn trước đây, tin của bạn chỉ được nhân viên trả lời khi có thể. Nếu bạn cho rằng đây là nhầm lẫn, hãy viết từ "{ $word }" và nêu lý do: nhân viên { $brand } sẽ xem xét. Nếu tài sản của bạn gặp rủi ro, hãy đóng băng tài khoản ngay trong ứng dụng hoặc trên trang web của chúng tôi.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Vui lòng xóa nội dung bạn vừa đăng: có thông tin cá nhân và ở đây ai cũng đọc được. Hãy nhắn riêng cho { $handle }. Chúng tôi không bao giờ nhắn trước, không hỏi mật khẩu, cụm từ khôi phục, khóa riêng, mã hay tiền.
group-exposed = ⚠️ Vui lòng xóa nội dung bạn vừa viết trong nhóm này: có thông tin cá nhân ai cũng đọc được. Chúng tôi không bao giờ nhắn trước; ai nhắn bạn lúc này vì việc đó là kẻ giả mạo.
