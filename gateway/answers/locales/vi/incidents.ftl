# Sự cố đã biết

incident-known = Có vẻ việc này liên quan đến điều chúng tôi đã biết và đang xử lý: “{ $title }”.
incident-expected = Chúng tôi dự kiến việc này sẽ xong trước { $time }.
incident-wait = Bạn không cần viết lại vì việc này: chúng tôi sẽ báo cho bạn tại đây ngay khi xong.
incident-over = Sự việc “{ $title }” đã được khắc phục.
incident-over-next = Nếu yêu cầu { $case } của bạn vẫn chưa được giải quyết, chỉ cần trả lời tin này, chúng tôi sẽ xem lại.
incident-over-subject = [{ $case }] Sự cố đã được khắc phục
