# The same as in en/selfservice.ftl, where each text is explained.

command-cases = 내 문의 전체 목록
command-reopen = 닫힌 문의 다시 열기
command-agent = 상담원과 대화하기
command-kyc = 신원 인증 진행 상황
command-security = 거래소가 알려 주는 계정 보안 상태
command-link = 다른 계정도 본인 것임을 확인하기
button-agent = 상담원과 대화하기

cases-head = 고객님의 문의:
cases-line = { $case }: { $state }, 마지막 변경 { $changed }
cases-more = 이전 문의가 { $count }건 더 있습니다.
which-case = 열려 있는 문의가 둘 이상입니다. 같은 단어 뒤에 해당 문의 번호를 붙여 다시 보내 주세요:
reopen-none = 다시 열 수 있는 닫힌 문의가 없습니다.
reopen-done = 문의 { $case }이(가) 다시 열렸으며 저희 팀이 다시 살펴봅니다. 아직 해결되지 않은 점을 알려 주세요.
close-done-letter = 문의 { $case }이(가) 닫혔습니다. 연락해 주셔서 감사합니다. 새로운 일이 생기면 이 이메일에 답장해 주세요.

agent-done = 저희 상담원이 문의 { $case }에서 답변해 드립니다. 그곳에서는 더 이상 자동 질문을 보내지 않습니다.
agent-opened = 요청을 문의 { $case }(으)로 저희 팀에 전달했습니다. 어떤 일인지, 언제 있었는지 적어 주시면 더 빨리 도와드릴 수 있습니다.

kyc-none = 신원 인증이 아직 시작되지 않았습니다.
kyc-pending = 신원 인증이 심사 중입니다.
kyc-approved = 신원 인증이 완료되었습니다.
kyc-rejected = 신원 인증이 승인되지 않았습니다. 사유는 앱이나 저희 웹사이트에서 보실 수 있습니다.
kyc-other = 신원 인증 상태는 앱이나 저희 웹사이트에서 보실 수 있습니다.
kyc-missing =
    아직 필요한 것:
    { $items }
kyc-item-document = 신분증
kyc-item-selfie = 얼굴 사진
kyc-item-address = 주소 증명
kyc-item-funds = 자금 출처 증명
kyc-item-other = 앱에 안내된 그 밖의 자료

documents-link = 서류는 이 링크로만 제출해 주세요: { $link }. 채팅이나 이메일, 공개된 곳으로는 절대 보내지 마세요.
documents-app = 서류는 앱이나 저희 웹사이트에서만 제출해 주세요. 채팅이나 이메일, 공개된 곳으로는 절대 보내지 마세요.
documents-here = ⚠️ 본인이 누구인지 보여 주는 서류로 보입니다. 가능하면 여기에서 삭제해 주세요. 채팅은 서류를 보내는 곳이 아닙니다.

security-none = 거래소가 여기에서는 계정 보안 정보를 알려 주지 않습니다. 앱이나 저희 웹사이트에서 확인해 주세요.
security-well = 거래소가 계정에서 점검하는 항목 중 고칠 점은 발견되지 않았습니다. 그래도 이상한 점이 보이면 앱이나 저희 웹사이트에서 계정을 동결하고 연락해 주세요.
security-weak =
    앱이나 저희 웹사이트에서 다음을 빨리 살펴봐 주세요:
    { $items }
security-item-password = 비밀번호
security-item-factor = 2단계 인증
security-item-logins = 평소와 다른 로그인
security-item-devices = 로그인된 기기
security-item-keys = API 키
security-item-addresses = 출금 주소
security-item-other = 앱에 안내된 그 밖의 항목

customer-unknown = 지금 연락하신 곳과 연결된 계정을 거래소에서 찾을 수 없습니다. 등록된 이메일로 보내시거나 앱에서 이 계정을 연결해 주세요. 앱이나 저희 웹사이트에서도 확인하실 수 있습니다.
customer-unchecked = 지금은 조회할 수 없습니다. 나중에 다시 시도하시거나 앱이나 저희 웹사이트에서 확인해 주세요.
customer-off = 여기에서는 조회할 수 없습니다. 앱이나 저희 웹사이트에서 확인해 주세요.

link-give =
    코드: { $code }

    { $minutes }분 안에 다른 계정에서 저희에게 보내 주세요. Telegram에서는 저희 봇에게: /link { $code }. X에서는 저희에게 다이렉트 메시지로: link { $code }. 이메일은 등록된 주소에서 제목을 다음과 같이: link { $code }
link-never = ⚠️ 이 코드를 절대 누구에게도 주지 말고, 누군가가 준 코드도 절대 보내지 마세요. 낯선 사람이 고객님의 문의를 볼 수 있게 됩니다. 저희 직원은 이 코드를 절대 묻지 않습니다.
link-done = 완료: { $platform } 계정과 이 계정은 같은 사람의 것으로 처리됩니다. 이제 어느 쪽에서든 비공개 대화에서만 두 계정의 문의를 보실 수 있습니다. 끝내려면 unlink라고 보내 주세요.
link-told = ⚠️ 여기에서 받으신 코드로 { $platform }의 한 계정이 방금 고객님의 계정과 연결되었습니다. 그 계정은 고객님의 문의를 볼 수 있습니다. 본인이 아니라면 바로 unlink라고 보내고 저희에게 알려 주세요.
link-wrong = 사용할 수 없는 코드입니다. 코드를 받은 곳에서 link라고 보내 새 코드를 받아 주세요.
link-same = 이 코드는 받은 계정이 아니라 다른 계정에서 보내 주세요.
link-many = 잘못된 코드가 너무 많습니다. 한 시간 뒤에 다시 시도해 주세요.
link-full = 더 이상 계정을 연결할 수 없습니다. 먼저 그중 한 계정에서 unlink라고 보내 주세요.
unlink-done = 완료: 이 계정은 다시 독립되어 자신의 문의만 볼 수 있습니다.
unlink-none = 이 계정은 다른 계정과 연결되어 있지 않습니다.
unlink-told = { $platform }의 한 계정이 더 이상 고객님의 계정과 연결되어 있지 않습니다. 본인이 아니라면 저희에게 알려 주세요.

letter-subject = { $brand }에 보내신 요청
letter-help = 편하게 직접 써서 보내시면 저희 상담원이 읽습니다. 또는 다음 단어 중 하나만 빈 이메일의 제목으로, 또는 답장의 유일한 단어로 보내 주세요:
letter-verify = 어떤 계정, 주소 또는 링크를 확인할까요? 빈 이메일의 제목에 다음 단어 뒤에 적어 주세요: { $word }
letter-report = 알려 주셔서 감사합니다. 다른 분들도 보호할 수 있습니다. 메시지를 전달해 주시거나 어떤 계정, 주소, 링크인지, 상대에게 무언가를 보내셨는지 적어 주세요. 링크는 열지 마세요.
letter-unproven = 본인만 볼 수 있는 내용을 물으신 경우: 이메일로는 이메일 제공업체가 보낸 사람을 증명할 때에만 답변해 드립니다. 보내신 메시지는 저희 상담원이 읽습니다.
