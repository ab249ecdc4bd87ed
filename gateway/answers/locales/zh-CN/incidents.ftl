# 已知故障

incident-known = 这似乎与我们已知并正在处理的情况有关：“{ $title }”。
incident-expected = 预计在 { $time } 之前恢复。
incident-wait = 您无需为此再次来信：一旦恢复，我们会在这里通知您。
incident-over = 此前的情况“{ $title }”现已恢复。
incident-over-next = 如果您的工单 { $case } 的问题仍未解决，请直接回复本消息，我们会再次处理。
incident-over-subject = [{ $case }] 故障已恢复
