# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = 지금 바로 앱이나 공식 홈페이지에서 계정을 동결하세요. 출금이 멈춥니다. 그런 다음 { $handle } 계정으로 DM을 보내 주세요. 저희는 이 계정으로만 답하며 다른 계정은 모두 사칭입니다. 비밀번호, 시드 구문, 코드, 결제는 요구하지 않습니다.
