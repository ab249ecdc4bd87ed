# What Gatehouse says to users, in Korean. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = 문의가 접수되었습니다 [{ $case }]

# $brand: brand; $case: case number
ack-received =
    안녕하세요.

    { $brand }에 문의해 주셔서 감사합니다. 보내 주신 메시지를 잘 받았습니다. 문의 번호는 { $case }입니다.

ack-next =
    다음 단계: 담당자가 메시지를 읽고 보통 24시간 이내에 답변해 드립니다. 확인에 시간이 더 걸리는 경우에는 따로 알려 드리겠습니다. 다시 보내지 않으셔도 처리 순서는 그대로 유지됩니다. 자산이 위험한 상황이라면 답변을 기다리지 마시고 지금 바로 앱이나 웹사이트에서 계정을 동결해 주세요.

# Where the case runs by email
ack-reply-mail =
    추가하실 내용이 있으면 모든 내용이 하나의 문의로 처리되도록 제목을 바꾸지 말고 이 이메일에 그대로 회신해 주세요. 계정 ID(UID)와 발생 시각을 알려 주시면 가장 큰 도움이 됩니다. 입금이나 출금 관련 문의라면 트랜잭션 해시(TxID), 네트워크, 자산, 수량도 함께 알려 주세요.

# Where the case runs in a chat or by direct message
ack-reply-here =
    추가하실 내용이 있으면 이 대화창에 그대로 적어 주세요. 계정 ID(UID)와 발생 시각을 알려 주시면 가장 큰 도움이 됩니다. 입금이나 출금 관련 문의라면 트랜잭션 해시(TxID), 네트워크, 자산, 수량도 함께 알려 주세요.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    저희는 다음 사항을 절대 요구하지 않습니다.
    - 비밀번호
    - 시드 구문(복구 구문)이나 개인 키
    - 문자, 이메일, 인증 앱으로 받은 인증 코드
    - 휴대폰이나 컴퓨터의 원격 접속 또는 화면 공유
    - 계정의 잠금 해제, 인증, "보호" 등을 이유로 한 결제나 송금

# $brand: brand
ack-phishing =
    { $brand } 이름으로 위 사항을 하나라도 요구하는 사람은 문의 번호를 알고 있더라도 사칭범입니다. 답하지 마시고 이 문의를 통해 알려 주세요.

# $official: our official addresses and accounts, separated by commas
ack-official = 저희의 공식 주소와 계정: { $official }

# $brand: brand
signature = { $brand } 고객지원팀

## Warnings

warning-heading = 중요한 안내입니다. 먼저 읽어 주세요.

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    { $brand } 행세를 하지만 저희 것이 아닙니다: { $names }. 그곳에 저희 직원은 없습니다.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    보내 주신 메시지에 { $brand } 행세를 하는 사람이 있습니다. 저희와 관계가 없으며 저희 직원도 아닙니다.

advice-look-alike =
    { $brand } 이름과 비슷해 보이지만 저희 것이 아닙니다: { $names }. 사칭범은 저희로 착각하게 하려고 이런 이름을 씁니다.

advice-look-alike-unnamed =
    보내 주신 메시지에 { $brand } 이름과 비슷해 보이지만 저희 것이 아닌 계정이나 주소가 있습니다. 사칭범은 저희로 착각하게 하려고 이런 이름을 씁니다.

advice-reported-scam =
    사기로 신고되었으며 { $brand } 측과 아무런 관련이 없습니다: { $names }.

advice-reported-scam-unnamed =
    보내 주신 메시지에 사기로 신고된 계정이나 주소가 있습니다. { $brand } 측과 아무런 관련이 없습니다.

# A forged sender shows our own true address, so no name is given
advice-forged =
    보낸 사람이 { $brand } 주소로 표시된 메시지가 저희 검증을 통과하지 못했습니다. 발신자가 위조되었을 수 있습니다. 보낸 사람란의 주소는 꾸며 낼 수 있습니다. 메시지에 적힌 대로 따르지 마세요.

advice-link-mismatch =
    보내 주신 메시지에 표시된 주소와 실제 주소가 다른 링크가 있습니다. 실제로 연결되는 곳: { $names }

advice-link-mismatch-unnamed =
    보내 주신 메시지에 표시된 주소가 아니라 다른 주소로 연결되는 링크가 있습니다.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    보내 주신 내용에 복구 구문이나 개인 키가 있었습니다. 메시지에서 이미 삭제했으며, { $brand }에서 읽은 사람도 없고 필요로 하는 사람도 없습니다. 하지만 그것을 아는 사람은 해당 지갑의 모든 자산을 가질 수 있고, 또 누가 보았는지는 알 수 없습니다. 지금 바로 새 복구 구문으로 새 지갑을 만들고 자산을 그곳으로 옮기세요. 이전 구문은 어떤 사이트에도 절대 입력하지 마시고, 새 구문은 저희를 포함해 누구에게도 절대 보내지 마세요.

advice-secret-password =
    보내 주신 내용에 비밀번호나 인증 앱의 비밀 키가 있었습니다. 메시지에서 이미 삭제했으며, { $brand }에서 읽은 사람은 없습니다. 지금 바로 앱이나 웹사이트에서 변경하시고, 같은 것을 사용하는 다른 곳에서도 모두 변경하신 뒤 2단계 인증을 다시 설정해 주세요.

advice-secret-code =
    보내 주신 내용에 인증 코드가 있었습니다. 메시지에서 이미 삭제했으며, 저희는 인증 코드를 절대 요구하지 않습니다. 누군가 인증 코드를 요구했다면 지금 바로 앱이나 웹사이트에서 계정을 동결하고 비밀번호를 변경해 주세요.

advice-secret-card =
    보내 주신 내용에 카드 번호가 있었습니다. 메시지에서 이미 삭제했습니다. 저희에게는 필요하지 않은 정보입니다. 다른 사람에게도 알려 주셨다면 은행에 카드 정지를 요청하세요.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    수수료나 지갑 접근 권한을 받고, 또는 "해커"의 도움으로 잃어버리거나 도난당한 코인을 되찾아 주겠다는 사람을 조심하세요. 그렇게 할 수 있는 사람은 없으며, 그런 제안을 하는 사람은 두 번째로 돈을 빼앗으려는 것입니다. { $brand } 측은 도움의 대가로 절대 돈을 받지 않습니다.

advice-giveaway =
    먼저 결제하거나 지갑을 연결하거나 코인을 보내야 받을 수 있다는 경품, 에어드롭, 입금액 두 배 지급은 모두 사기입니다. { $brand } 이벤트는 모두 앱 안에서 공지합니다.

advice-fake-support =
    { $brand } 직원은 지갑을 "검증"하거나 "동기화"하거나 연결하라고, 양식에 복구 구문을 적으라고, 원격 접속 프로그램을 설치하라고, 개인 계정으로 연락하라고 요구하지 않습니다. 그렇게 요구하는 사람은 어떤 이름을 쓰든 사칭범입니다.

advice-investment =
    먼저 돈을 넣어야 하는 일자리, 수익을 보장한다는 리딩방, 만난 적도 없으면서 투자를 가르쳐 주겠다는 사람은 잘 알려진 사기 수법입니다. 처음에는 적은 수익을 보여 주지만 출금은 절대 되지 않습니다. 더 이상 아무것도 보내지 마시고, 이미 보내셨다면 저희에게 알려 주세요.

# For a finding without a text of its own
advice-caution =
    보내 주신 메시지에 주의가 필요한 부분이 있습니다. 담당자가 확인해 보겠습니다.

# $official: the true account, address or domain that is imitated
warning-true-one = 진짜 주소 또는 계정: { $official }

warning-what-to-do =
    이렇게 하세요: 상대방에게 답하지 말고, 어떤 링크도 열지 말고, 인증 코드나 서류, 돈을 보내지 마세요. 이미 무언가를 보냈거나 그곳에서 로그인하셨다면 즉시 계정을 동결하고, 비밀번호를 변경하고, 2단계 인증을 다시 설정한 뒤, 무슨 일이 있었는지 이 문의를 통해 알려 주세요. 단, 비밀번호나 인증 코드 자체는 절대 적지 마세요.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = { $brand } 문의에 대한 답변
answer-files = 다음 파일은 메일로 보내기에 너무 큽니다. { $until }까지 여기에서 받으실 수 있습니다:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = 한국어

command-help = 도움받는 방법
command-new = 새로운 문의하기
command-status = 내 문의 진행 상황
command-verify = 공식 계정, 주소, 링크인지 확인하기
command-report = 사칭 신고하기(단계별 안내)
command-language = 언어 선택
command-close = 문의 종료하기

## Commands: /start and /help

# $brand: brand
start-hello =
    { $brand } 고객지원에 오신 것을 환영합니다.

    저는 자동 상담 도우미입니다. 제가 메시지를 접수하면 담당자가 이곳에서 답변해 드립니다. 문의하실 내용을 편하게 적어 주세요.

# What is never asked for, in one line: no item may be left out in a translation
never-line = 저희는 비밀번호, 시드 구문이나 개인 키, 인증 코드, 기기 원격 접속, 결제를 절대 요구하지 않습니다. 저희 이름으로 이를 요구하는 사람은 사칭범입니다.

# $case: case number
start-bound = 다시 찾아 주셔서 감사합니다. 이 대화는 이제 문의 { $case } 건으로 이어집니다. 여기에 적으시는 내용은 모두 담당자에게 전달됩니다.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = 환영합니다. 이 링크로는 문의를 열 수 없습니다. 이미 사용되었거나 다른 대화용 링크일 수 있습니다. 괜찮으니 문의하실 내용을 여기에 적어 주시고, 문의 번호가 있으면 함께 적어 주세요.

help-hello = 사람에게 말하듯 문의하실 내용을 편하게 적어 주세요. 담당자가 읽고 이곳에서 답변해 드립니다. 다음 명령어도 이용하실 수 있습니다.

# A command that we do not know
unknown-command = 알 수 없는 명령어입니다. 슬래시 없이 문의하실 내용을 적어 주시거나 /help 명령어를 확인해 주세요.

button-status = 내 문의
button-verify = 계정 확인
button-report = 사칭 신고
button-language = 언어 / Language
button-new = 담당자에게 문의

## Commands: /new

new-ask =
    말씀해 주세요. 다음에 보내시는 메시지로 새 문의가 접수됩니다. 어떤 내용이며, 언제 있었던 일인가요?

    계정 ID(UID)를 알려 주시면 도움이 됩니다. 입금이나 출금 관련 문의라면 트랜잭션 해시(TxID), 네트워크, 자산, 수량도 함께 알려 주세요. 비밀번호, 인증 코드, 시드 구문은 보내지 마세요.

# $case: case number
new-opened = 감사합니다. 문의 번호 { $case } 건으로 담당자에게 전달했습니다. 이어서 적으시는 내용도 이 문의에 추가됩니다.

## Commands: /status

status-none = 아직 접수된 문의가 없습니다. 문의하실 내용을 적어 주시면 접수해 드리겠습니다.

# The same for a number that does not exist and for somebody else's
status-unknown = 이 번호로 접수하신 문의가 여기에 없습니다. 번호를 확인하시거나 문의하실 내용을 적어 주세요.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    접수 { $opened }, 최근 변경 { $changed }
    { $next }

# $count: how many more cases there are
status-more = 그 외 { $count }건이 더 있습니다. 확인하시려면 /status 뒤에 문의 번호를 적어 보내 주세요.

state-open = 담당자 처리 중
state-waiting = 답변 완료
state-solved = 종료됨

next-open = 다음 단계: 담당자가 읽고 이곳에서 답변해 드립니다. 다시 보내지 않으셔도 처리 순서는 그대로 유지됩니다.
next-waiting = 다음 단계: 아직 해결되지 않은 부분이 있으면 여기에 적어 주세요. 담당자에게 다시 전달됩니다.
next-solved = 다음 단계: 더 하실 일은 없습니다. 해결되지 않았다면 여기에 적어 주세요. 다시 살펴보겠습니다.

## Commands: /language

language-ask = 어떤 언어로 안내해 드릴까요?
language-chosen = 이제부터 한국어로 안내해 드리겠습니다.

## Commands: /close

# $case: case number
close-ask = 문의 { $case } 건을 종료할까요? 내용은 삭제되지 않습니다.
close-none = 종료할 수 있는 진행 중인 문의가 없습니다.
# $case: case number
close-done = 문의 { $case } 건이 종료되었습니다. 문의해 주셔서 감사합니다. 같은 문제가 다시 생기면 여기에 적어 주시고, 다른 문의는 /new 명령어를 이용해 주세요.
close-kept = 문의를 종료하지 않았습니다. 담당자가 계속 처리하겠습니다.

button-close = 네, 종료합니다
button-keep = 아니요, 계속합니다

## Commands: in the middle of a question

cancelled = 중단되었습니다. 전송된 내용은 없습니다. 언제든지 다시 문의해 주세요.
cancel-nothing = 중단할 작업이 없습니다. 문의하실 내용을 적어 주세요.
button-cancel = 취소

# For a button that we did not make for this person, or whose question is over
button-stale = 고객님을 위한 버튼이 아니거나 만료된 버튼입니다. /help 명령어로 다시 시작해 주세요.

## Commands: in a group

group-private = 여기는 모두가 볼 수 있으니 개인 대화로 이어 가겠습니다. 이 그룹에는 문의 번호나 개인 정보를 적지 마세요. 저희는 절대 먼저 연락하지 않습니다.
button-private = 개인 대화로 계속
# $brand: brand
group-help = 저는 { $brand } 자동 상담 도우미입니다. 여기서는 이름 확인만 도와드립니다. /verify 뒤에 이름을 적어 보내 주세요. 그 밖의 문의는 개인 대화로 이어 가겠습니다. 저희는 절대 먼저 연락하지 않으며, 비밀번호, 인증 코드, 시드 구문을 절대 요구하지 않습니다.

## Commands: /verify

verify-ask = 어떤 계정, 주소, 링크를 확인해 드릴까요? @이름, 이메일 주소, 링크 등을 보신 그대로 적어 주시거나, 그 계정에서 온 메시지를 저에게 전달해 주세요.

# $official: one of our accounts; $platform: where it is
account-on = { $platform }의 { $official }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ 공식입니다: { $official }. { $brand } 공식 목록에 있습니다. 철자가 정확히 일치하는 경우에만 해당합니다.
verify-official-since = ✅ 공식입니다: { $official }. { $since }부터 { $brand } 공식 목록에 있습니다. 철자가 정확히 일치하는 경우에만 해당합니다.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $brand } 공식 계정 및 주소 목록에 없습니다: { $claim }. 그 이상은 말씀드릴 수 없습니다.
verify-not-listed-unnamed = 문의하신 대상은 { $brand } 공식 계정 및 주소 목록에 없습니다. 그 이상은 말씀드릴 수 없습니다.

# It was ours once
verify-retired = ⚠️ 예전에는 { $brand } 소유였지만 지금은 아닙니다: { $claim }. 현재는 다른 사람이 쓰고 있을 수 있습니다.
verify-retired-unnamed = ⚠️ 문의하신 대상은 예전에는 { $brand } 소유였지만 지금은 아닙니다. 현재는 다른 사람이 쓰고 있을 수 있습니다.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ 저희 것이 아닙니다: { $claim }. { $official }처럼 보이게 만든 것입니다: { $technique }.
verify-look-alike-unnamed = ⚠️ 문의하신 대상은 저희 것이 아닙니다. { $official }처럼 보이게 만든 것입니다: { $technique }.

verify-scam = ⛔ 사기로 신고되었습니다: { $claim }. { $brand } 측과 아무런 관련이 없습니다.
verify-scam-unnamed = ⛔ 문의하신 대상은 사기로 신고되었습니다. { $brand } 측과 아무런 관련이 없습니다.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ { $official } 이름은 저희 목록에 있지만, 지금 그 이름을 쓰는 계정은 저희가 아는 계정이 아닙니다. 이름은 다른 사람에게 넘어갈 수 있습니다. 담당자가 확인해 드릴 때까지 믿지 마세요.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ 이 메시지를 쓴 사람은 { $brand }처럼 읽히는 이름을 쓰고 있지만, 저희 계정이 아닙니다. 이름은 누구나 마음대로 정할 수 있습니다.

# The platform hides who wrote the forwarded message
verify-hidden = 이 메시지를 쓴 사람이 계정을 숨겨 확인할 수 없습니다. 이름만으로는, 저희 이름이라 해도 아무것도 증명되지 않습니다. { $brand } 측은 절대 먼저 연락하지 않습니다. /report 명령어로 그 계정을 저희에게 알려 주실 수 있습니다.

verify-unchecked = 확인할 수 없었습니다. @이름, 이메일 주소, 링크 중 하나를 보신 그대로, 한 번에 하나씩 보내 주세요.
verify-ambiguous = ⚠️ 여러 가지로 읽힐 수 있으며, 그중 하나는 저희 것이 아닙니다. 열지 마세요.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ 이 링크는 어디로 연결되는지 보이지 않아 확인할 수 없습니다. 열지 마세요. 저희 링크에는 저희 이름이 그대로 표시됩니다.

# An address that coins are sent to
verify-wallet = 코인을 보내는 주소는 누구의 것인지 알 수 없어 확인할 수 없습니다. 저희는 계정의 잠금 해제, 인증, 보호를 이유로 어디로든 코인을 보내라고 절대 요구하지 않습니다. 입금 주소는 앱과 저희 웹사이트에만 표시됩니다.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Telegram 이름으로 보고 확인했습니다. Telegram에서는 개인 계정을 이름으로 조회할 수 없어 저희 목록과 비교하는 것만 가능합니다. 다른 곳에서 보셨다면 링크를 보내 주세요.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official }은(는) { $brand }의 주소 중 하나입니다. 하지만 누구나 이 주소를 이메일 발신자로 적을 수 있으므로 누가 보냈는지 알려 주지는 않습니다. 의심스러우면 앱이나 저희 웹사이트에서 문의해 주세요.
verify-more = 한 번에 확인할 수 있는 것보다 많습니다. 나머지는 하나씩 보내 주시고, 그때까지는 어느 것도 믿지 마세요.

verify-care = 상대방이 { $brand } 이름으로 말한다면 답하지 마시고 아무것도 보내지 마세요. /report 명령어로 신고하실 수 있습니다.
verify-what-to-do = 답하지 말고, 어떤 링크도 열지 말고, 인증 코드나 돈을 보내지 마세요. 이미 무언가를 보내셨다면 지금 바로 앱이나 웹사이트에서 계정을 동결한 뒤 /report 명령어를 이용해 주세요.
verify-in-group = 링크와 이름은 개인 대화에서도 저에게 확인해 주세요. 그룹은 사칭범이 자주 노리는 곳입니다.

technique-confusable = 모양이 비슷한 글자나 숫자를 사용합니다
technique-separator = 점, 하이픈, 밑줄만 다릅니다
technique-embedded = 저희 이름을 다른 이름 안에 끼워 넣었습니다
technique-link = 링크에 저희 이름이 있지만 다른 곳으로 연결됩니다
technique-suffix = 끝부분이 저희와 다릅니다
technique-elsewhere = 저희 이름이지만, 저희가 그 이름을 쓰지 않는 플랫폼이나 사이트입니다
technique-display-name = 저희 이름을 표시 이름으로 사용합니다
technique-affix = 저희 이름에 "support", "official" 같은 단어를 덧붙였습니다
technique-slip = 저희 이름에서 글자를 빼거나 더하거나 바꾸었습니다
technique-region = 저희 이름에 국가, 지역, 숫자를 덧붙였습니다
technique-mark = 이름에 인증 배지 모양을 넣었는데, 이는 어느 계정이든 할 수 있습니다
technique-redirect = 표시된 주소와 다른 주소로 넘어갑니다
technique-words = 마치 저희인 것처럼 말합니다
technique-other = 저희 것으로 착각하도록 만들었습니다

## Commands: /report

report-begin = 알려 주셔서 감사합니다. 다른 분들을 보호하는 데에도 도움이 됩니다. 짧은 질문 세 가지를 드리겠습니다. 언제든지 중단하실 수 있습니다.
report-kind = 무엇을 신고하시겠습니까?
report-what-account = 어떤 계정인가요? 상대방의 메시지를 저에게 전달하시거나 이름 또는 링크를 보내 주세요. 계정이 숨겨져 있다면 아래 버튼으로 선택해 주세요.
report-what-address = 어떤 주소인가요? 링크나 주소를 보신 그대로 보내 주시거나, 그것이 담긴 메시지를 전달해 주세요. 열지는 마세요.

# $brand: brand
report-official = ✅ { $brand } 공식 목록에 있는 저희 것입니다. 그래도 이상한 점이 있다면 계속 진행해 주세요.

report-harm = 상대방에게 돈, 인증 코드, 비밀번호, 서류 등을 보내셨나요? 또는 상대방의 말을 듣고 어딘가에 로그인하셨나요?
report-harm-again = 기록했습니다. 한 가지만 더 여쭙겠습니다. 상대방에게 무언가(돈, 인증 코드, 비밀번호, 서류)를 보내셨거나, 상대방의 말을 듣고 어딘가에 로그인하셨나요?
report-story = 알겠습니다. 무슨 일이 있었나요? 메시지 하나에 편하게 적어 주시거나, 버튼을 눌러 이대로 신고를 보내 주세요.
report-noted = 추가했습니다. 무슨 일이 있었는지 적어 주시거나, 버튼을 눌러 신고를 보내 주세요.

# What a user must do at once who has given something away
report-freeze = ⚠️ 지금 바로 이렇게 해 주세요. 앱이나 웹사이트에서 계정을 동결하고, 비밀번호를 변경하고, 2단계 인증을 다시 설정하세요. 잃은 돈을 돌려주겠다고 약속하더라도 더 이상 아무것도 보내지 마세요.

# $case: case number; $kind: one of the kind texts
report-sent = 신고가 담당자에게 전달되었습니다. 문의 { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = 신고 대상: { $seen }
report-tell-more = 이어서 무슨 일이 있었는지 여기에 적어 주세요. 언제, 무엇을, 어디로 보내셨는지(트랜잭션 해시, 주소) 알려 주세요. 적어 주신 내용은 문의에 추가됩니다. 비밀번호나 인증 코드 자체는 절대 보내지 마세요.
report-thanks = 감사합니다. 저희가 확인한 뒤 더 필요한 정보가 있으면 이곳에서 답변드리겠습니다. 상대방에게는 더 이상 답하지 마세요. 추가하실 내용은 여기에 그대로 적어 주세요.

# $case: case number. A command has ended the report before its last question
report-passed-on = 지금까지 작성하신 신고 내용을 전달했습니다: 문의 { $case }.
report-new-again = 이어서 적으시는 내용은 그 문의에 추가됩니다. 다른 문의는 /new 명령어를 한 번 더 보내 주세요.

kind-account = 계정
kind-group = 그룹 또는 채널
kind-website = 웹사이트 또는 링크
kind-mail = 이메일
kind-other = 기타

button-pick-user = 계정 선택
button-pick-chat = 그룹 또는 채널 선택
button-skip = 선택할 수 없음
button-yes = 네, 있습니다
button-no = 아니요, 없습니다
button-send = 신고 보내기

## Chats: acknowledgement and files

# $case: case number
chat-received = 감사합니다. 보내 주신 메시지를 받았습니다. 문의 번호는 { $case }입니다. 담당자가 읽고 보통 24시간 이내에 이곳에서 답변해 드립니다. 추가하실 내용은 여기에 그대로 적어 주세요. 진행 상황은 /status 명령어로 확인하실 수 있습니다. 자산이 위험한 상황이라면 지금 바로 앱이나 웹사이트에서 계정을 동결해 주세요.

# $case: case number
chat-encrypted = 보내 주신 메시지를 받았지만 종단 간 암호화되어 있어 여기서는 읽을 수 없습니다. 문의 번호는 { $case }입니다. 암호화하지 않고 다시 보내 주시거나 저희의 다른 공식 창구로 연락해 주세요.

file-too-large = 보내 주신 메시지를 받았지만 파일 하나가 너무 커서 여기서 받을 수 없습니다. 더 작은 파일이나 중요한 부분의 스크린샷을 보내 주시거나 글로 설명해 주세요.
# $count: how many files, at least two
files-too-large = 보내 주신 메시지를 받았지만 파일 { $count }개가 너무 커서 여기서 받을 수 없습니다. 더 작은 파일이나 중요한 부분의 스크린샷을 보내 주시거나 글로 설명해 주세요.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account }: 저희 계정이 아니며, 어떤 이름을 쓰든 { $brand } 직원이 아닙니다. 저희 직원은 절대 먼저 연락하지 않으며, 비밀번호, 인증 코드, 시드 구문, 결제를 절대 요구하지 않습니다. 답하지 마세요.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ { $platform } 사칭 계정 발견: { $account }, 그룹 { $group }. 문의 { $case }.
# $official: one of our accounts
impostor-imitates = 사칭 대상: { $official }.
impostor-to-do = 확인하신 뒤 그룹에서 내보내고 플랫폼에 신고해 주세요.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = 감사합니다. 메시지를 받았습니다. 여기는 모두가 볼 수 있으니 { $handle } 계정으로 DM을 보내 주세요. 저희는 절대 먼저 DM을 보내지 않으며, 비밀번호, 시드 구문, 개인 키, 인증 코드, 원격 접속, 결제를 요구하지 않습니다.
public-warning = 주의: 저희는 { $handle } 계정으로만 답합니다. 저희 이름으로 답하는 다른 계정은 모두 사칭이니 아무것도 보내지 마세요. { $handle } 계정으로 직접 DM을 보내 주세요. 저희는 먼저 DM을 보내지 않으며, 비밀번호, 시드 구문, 개인 키, 인증 코드, 원격 접속, 결제를 요구하지 않습니다.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ 주의하세요. 고객님의 공개 게시물에 { $brand } 이름으로 답하고 있지만 저희가 아닌 계정이 있습니다: { $account }. 답하지 말고, 그 계정의 링크도 열지 말고, 아무것도 보내지 마세요. 저희는 { $handle } 계정으로만 연락드립니다. 이미 무언가를 보내셨다면 지금 바로 계정을 동결하고 무슨 일이 있었는지 여기에 알려 주세요.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ 주의하세요. 고객님의 공개 게시물에 { $brand } 이름으로 답하고 있지만 저희가 아닌 계정이 있습니다. 답하지 말고, 그 계정의 링크도 열지 말고, 아무것도 보내지 마세요. 저희는 { $handle } 계정으로만 연락드립니다. 이미 무언가를 보내셨다면 지금 바로 계정을 동결하고 무슨 일이 있었는지 여기에 알려 주세요.

# $link: the address of our privacy policy
privacy-line = 적어 주신 내용의 처리 방침: { $link }

# $word: the word that lets automatic messages come again
opted-out = 위험한 상황에서 보내는 경고를 제외하고는 이곳에서 더 이상 자동 메시지를 보내지 않습니다. 담당자의 답변은 계속 받으실 수 있습니다. 다시 받으시려면 다음과 같이 보내 주세요: { $word }
opted-in = 자동 메시지를 다시 보내 드립니다.

# $options: what may be written, separated by slashes
answer-with = 다음 중에서 답해 주세요: { $options }
