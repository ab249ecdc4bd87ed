# The first answer that helps, in Korean. Keys and variables: see the English file.

## Chats: the number

first-received = 감사합니다. 보내 주신 메시지를 받았습니다. 문의 번호는 { $case }입니다. 진행 상황은 /status 명령어로 확인하실 수 있습니다.

## Mail: how to add something, where the receipt says all the rest

first-add = 추가하실 내용은 제목을 그대로 두고 이 메일에 회신해 주세요. 그래야 모든 내용이 하나의 문의로 모입니다.

## What it is taken for, and who looks after it

first-account_stolen = 위험에 처한 계정으로 접수했습니다. 보안팀이 가장 먼저 처리합니다.
first-scam_suspected = 사기가 의심되는 건으로 접수했습니다. 보안팀이 확인합니다.
first-wrong_transfer = 잘못된 주소나 네트워크로 보냈거나 메모를 빠뜨린 건으로 접수했습니다. 복구팀이 확인합니다.
first-deposit_not_credited = 입금이 반영되지 않은 건으로 접수했습니다. 입금팀이 확인합니다.
first-withdrawal_delayed = 출금이 지연된 건으로 접수했습니다. 출금팀이 확인합니다.
first-liquidation_dispute = 청산 또는 선물 포지션에 관한 건으로 접수했습니다. 파생상품팀이 확인합니다.
first-spot_order = 현물 주문에 관한 건으로 접수했습니다. 거래팀이 확인합니다.
first-p2p_fiat = P2P 또는 은행 이체에 관한 건으로 접수했습니다. 결제팀이 확인합니다.
first-card = 카드 또는 카드 구매에 관한 건으로 접수했습니다. 결제팀이 확인합니다.
first-kyc = 본인 인증에 관한 건으로 접수했습니다. 인증팀이 확인합니다.
first-login = 로그인 문제로 접수했습니다. 계정팀이 확인합니다.
first-account_data_change = 계정 정보 변경에 관한 건으로 접수했습니다. 계정팀이 확인합니다.
first-account_closure = 계정 해지에 관한 건으로 접수했습니다. 계정팀이 확인합니다.
first-api = API에 관한 건으로 접수했습니다. 기술팀이 확인합니다.
first-promotion = 이벤트 또는 리베이트에 관한 건으로 접수했습니다. 리워드팀이 확인합니다.
first-fees = 수수료에 관한 건으로 접수했습니다. 서비스팀이 확인합니다.
first-policy = 규정과 규제에 관한 건으로 접수했습니다. 서비스팀이 필요하면 준법팀과 함께 답변합니다.
first-authority_request = 기관 또는 그 대리인의 요청으로 접수했습니다. 법무팀이 처리합니다.
first-complaint = 불편을 드려 죄송합니다. 담당자가 불만 내용을 읽고 무엇이 잘못되었는지 확인합니다.
first-feedback = 제안해 주셔서 감사합니다. 제품을 만드는 담당자에게 전달하겠습니다. 모든 제안에 따로 답변드리지는 못합니다.
first-praise = 따뜻한 말씀 감사합니다. 해당 담당자에게 전하겠습니다. 더 하실 일은 없습니다.

## In every receipt: the net below what was not taken for danger

first-risk = 자산이 위험한 상황이라면 지금 바로 앱이나 웹사이트에서 계정을 동결해 주세요.

## By when

first-when-hour = 1시간 이내에 답변해 드립니다.
first-when-few = { $hours }시간 이내에 답변해 드립니다.
first-when-hours = { $hours }시간 이내에 답변해 드립니다.
first-when-usual = 보통 24시간 이내에 답변해 드립니다.

## What was recognised

seen-transaction = { $network }에서 고객님의 거래를 확인했습니다: { $link }
seen-confirmed = { $network }에서 고객님의 거래를 확인했습니다. 현재 확인 수는 { $confirmations }입니다: { $link }
look-transaction = { $network } 거래는 여기에서 조회하실 수 있습니다: { $link }

## What is missing, each with where to find it

ask-heading = 계속 진행하려면 다음 정보가 필요합니다.
ask-tx_hash = - 거래 해시(TxID): 보내신 지갑이나 거래소의 출금 내역에 있습니다.
ask-address = - 받는 주소: 내역에서 거래 옆에 표시됩니다.
ask-network = - 사용한 네트워크(예: TRC20, ERC20): 거래와 같은 페이지에 표시됩니다.
ask-account_id = - 계정 ID(UID): 앱에서 프로필 사진을 누르면 보입니다.
ask-withdrawal_id = - 입금 또는 출금 번호: 자산 내역에서 해당 기록을 여세요.
ask-order_id = - 주문 번호: 주문 내역에서 해당 주문을 여세요.
ask-memo = - 입력하신 메모 또는 태그(있는 경우): 보낸 쪽의 거래 화면에 표시됩니다.
ask-amount = - 수량과 자산.
ask-time = - 발생 시각: 날짜, 시간, 시간대.
ask-position = - 포지션: 계약, 롱 또는 숏, 레버리지. 포지션 내역을 참고하세요.
ask-email = - 계정에 등록된 메일 주소.
ask-link = - 해당 링크 또는 계정 이름. 실수로 눌리지 않도록 적어 주세요.
ask-screenshot = - 화면 캡처. 잔액, 코드, 다른 사람의 이름은 가려 주세요.
ask-never = 비밀번호, 인증 코드, 복구 문구는 보내지 마세요.
ask-documents = 서류와 신분증 사진은 여기에서만 제출하고, 메시지로는 절대 보내지 마세요: { $link }

## What a further message brought

recorded-all = 감사합니다. 문의 { $case }에 기록했습니다. 더 필요한 정보는 없으며 담당 팀이 계속 처리합니다.
recorded-some = 감사합니다. 문의 { $case }에 기록했습니다. 아직 필요한 정보:

## Danger: what to do now

freeze-in-app = - 지금 바로 앱이나 웹사이트에서 계정을 동결하세요. 출금이 중단됩니다. 저희 답변을 기다리지 마세요.
freeze-at-link = - 지금 바로 계정을 동결하세요. 출금이 중단됩니다. 저희 답변을 기다리지 마세요: { $link }
danger-account_stolen =
    - 신뢰할 수 있는 기기에서 계정과 메일의 비밀번호를 바꾸고 2단계 인증을 다시 설정하세요.
    - 모르는 로그인을 모두 종료하고, 본인 것이 아닌 API 키와 출금 주소를 삭제하세요.
    - 돈을 받고 코인을 되찾아 주겠다는 사람에게 답하지 마세요. 두 번째 절도입니다.
    - 비밀번호, 코드, 복구 문구는 저희를 포함해 누구에게도 주지 마세요.
danger-secret_shared =
    - 넘겨준 정보는 이미 남이 알고 있다고 생각하세요. 신뢰할 수 있는 기기에서 그 비밀번호를 바로 바꾸고 2단계 인증을 다시 설정하세요.
    - 복구 문구나 개인 키였다면: 새 문구로 새 지갑을 만들고 자산을 옮기세요.
    - 어딘가에 지갑을 연결했다면: 승인을 취소하세요. API 키를 삭제하고, 다른 로그인을 종료하고, 원격 제어 프로그램을 지우세요.
    - 다시는 그런 정보를 저희를 포함해 누구에게도 보내지 마세요.
danger-scam_under_way =
    - 더 이상 아무것도 보내지 마세요. 무엇을 약속하거나 협박하더라도 코인도, "수수료"도, "세금"도, 코드도 보내지 마세요.
    - 대화를 끊고, 모든 원격 접속을 종료하고, 상대가 쓴 글을 증거로 보관하세요.
    - 그들의 말에 따라 로그인하거나 지갑을 연결하거나 무언가를 설치했다면: 다른 기기에서 비밀번호를 바꾸고 승인을 취소하세요.
    - 잃은 코인을 되찾아 주겠다는 사람에게 돈을 주지 마세요.

## Further ways

articles-heading = 그동안 다음 글이 도움이 될 수 있습니다:
links-heading = 직접 하실 수 있습니다:
link-freeze = - 계정 동결: { $link }
link-security = - 계정 보안 점검: { $link }
link-kyc = - 인증 상태와 부족한 서류 확인: { $link }
link-upload = - 서류 제출: { $link }
link-status = - 입금, 출금, 거래가 정상인지 확인: { $link }
link-api_docs = - API 문서: { $link }

## Facts

fact-wrong_transfer = 블록체인 전송은 되돌릴 수 없습니다. 복구 여부는 받는 주소를 누가 관리하는지에 달려 있으며 확실하지 않습니다.
fact-deposit_not_credited = 입금은 네트워크에서 충분히 확인된 후 반영됩니다. 진행 상황은 탐색기에서 볼 수 있습니다.
fact-withdrawal_delayed = 출금은 나가기 전에 심사를 거치며, 그 후 확인 속도는 네트워크에 달려 있습니다.
fact-liquidation_dispute = 마크 가격 기준 증거금이 유지 증거금 아래로 떨어지면 포지션이 청산됩니다. 마크 가격은 마지막 체결가와 다를 수 있습니다.
fact-p2p_fiat = P2P에서는 본인 계좌에 돈이 들어온 뒤에만 코인을 넘기세요. 결제 화면 캡처는 아무것도 증명하지 못합니다.
fact-kyc = 서류는 유효하고 온전하며 본인 것이어야 하고, 이름은 계정과 같아야 합니다.
fact-login = 잃어버린 인증 앱은 본인 확인 후에만 재설정됩니다. 시간이 걸리지만 고객님을 보호합니다.
fact-account_data_change = 메일과 전화번호는 두 번째 인증을 거쳐 앱에서 변경하며, 이후 한동안 출금이 중단됩니다.
fact-account_closure = 해지 전에 잔액을 출금하고 미체결 주문과 포지션을 정리해야 합니다.
fact-api = API 키의 시크릿은 한 번만 표시됩니다. 저희에게 절대 보내지 마세요. 키 이름이면 충분합니다.

## Legal lines, kept apart from the facts

legal-heading = 법적 안내:
legal-policy = 이는 일반적인 정보이며 법률이나 세무 자문이 아닙니다. 개별 상황은 거주 국가의 변호사나 세무사에게 문의하세요.
legal-liquidation_dispute = 레버리지 거래는 투입한 금액 전부를 잃을 수 있습니다. 이 답변은 투자 자문이 아니며, 동의하신 약관이 적용됩니다.
legal-liquidation_dispute-eu = 가상자산은 변동성이 크고 레버리지로 투입한 금액 전부를 잃을 수 있으며, 투자자 보상 제도의 보호를 받지 못합니다. 이 답변은 투자 자문이 아니며, 정식으로 또는 옴부즈맨에 이의를 제기할 권리는 그대로입니다.
legal-liquidation_dispute-uk = 투자한 돈을 모두 잃을 각오가 없다면 투자하지 마세요. 이는 고위험 투자이며, 문제가 생겨도 보호를 기대해서는 안 됩니다. 이 답변은 투자 자문이 아닙니다.
legal-authority_request = 기관의 요청에는 법무팀만이 전용 공식 창구를 통해 발신자를 확인한 뒤 답변합니다. 이 창구로는 어떤 고객에 관한 내용도 알려 드리지 않습니다.
legal-account_closure = 자금세탁 방지법에 따라 일부 기록은 해지 후에도 일정 기간 보관해야 합니다.
