# 已知異常

incident-known = 這似乎與我們已知並正在處理的情況有關：「{ $title }」。
incident-expected = 預計在 { $time } 之前恢復。
incident-wait = 您無需為此再次來信：一旦恢復，我們會在這裡通知您。
incident-over = 先前的情況「{ $title }」現已恢復。
incident-over-next = 如果您的案件 { $case } 的問題仍未解決，請直接回覆此訊息，我們會再次處理。
incident-over-subject = [{ $case }] 異常已恢復
