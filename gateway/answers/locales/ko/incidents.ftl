# 알려진 장애

incident-known = 문의하신 내용은 저희가 이미 파악하고 처리 중인 “{ $title }” 건과 관련된 것으로 보입니다.
incident-expected = { $time }까지 복구될 것으로 예상합니다.
incident-wait = 이 일로 다시 문의하지 않으셔도 됩니다. 복구되는 대로 이곳에서 알려 드리겠습니다.
incident-over = “{ $title }” 건이 복구되었습니다.
incident-over-next = 문의 { $case } 건이 아직 해결되지 않았다면 이 메시지에 답장해 주세요. 다시 확인하겠습니다.
incident-over-subject = [{ $case }] 장애가 복구되었습니다
