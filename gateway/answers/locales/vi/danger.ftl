# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Hãy khóa tài khoản ngay trong ứng dụng hoặc trên trang web của chúng tôi để chặn rút tiền. Sau đó nhắn riêng { $handle }: chúng tôi chỉ trả lời từ đây, ai khác đều là kẻ mạo danh. Chúng tôi không bao giờ hỏi mật khẩu, cụm từ khôi phục, mã hay tiền.
