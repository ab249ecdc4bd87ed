## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = 이의 제기

# $brand: brand; $case: case number; $word: the word above
blocked-notice = 메시지가 접수되었습니다. 문의 번호는 { $case }입니다. 이전 메시지 때문에 담당자가 가능할 때에만 답변드립니다. 착오라고 생각하시면 "{ $word }"라는 말과 이유를 적어 주세요. { $brand } 담당자가 확인합니다. 자산이 위험하다면 지금 앱이나 공식 사이트에서 계정을 동결하세요.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = 방금 올린 내용을 삭제해 주세요. 개인정보가 있고 여기서는 누구나 읽을 수 있습니다. { $handle }에게 다이렉트 메시지로 이어가 주세요. 저희는 먼저 연락하지 않으며 비밀번호, 시드 문구, 개인 키, 코드, 결제를 요구하지 않습니다.
group-exposed = ⚠️ 이 그룹에 방금 쓴 내용을 삭제해 주세요. 누구나 읽을 수 있는 개인정보가 있습니다. 저희는 먼저 연락하지 않습니다. 이를 이유로 지금 연락하는 사람은 사칭범입니다.
