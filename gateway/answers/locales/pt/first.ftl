# The first answer that helps, in Portuguese. Keys and variables: see the English file.

## Chats: the number

first-received = Obrigado, recebemos sua mensagem. Seu atendimento é { $case }; com /status você vê o andamento.

## Mail: how to add something, where the receipt says all the rest

first-add = Para acrescentar algo, basta responder a este e-mail e manter o assunto como está, para que tudo fique em um só atendimento.

## What it is taken for, and who looks after it

first-account_stolen = Tratamos isto como uma conta em perigo: nossa equipe de segurança atende primeiro.
first-scam_suspected = Tratamos isto como uma possível fraude: nossa equipe de segurança investiga.
first-wrong_transfer = Tratamos isto como um envio para endereço ou rede errada, ou sem memo: nossa equipe de recuperação analisa.
first-deposit_not_credited = Tratamos isto como um depósito não creditado: nossa equipe de depósitos analisa.
first-withdrawal_delayed = Tratamos isto como um saque atrasado: nossa equipe de saques analisa.
first-liquidation_dispute = Tratamos isto como uma dúvida sobre liquidação ou posição de contratos: nossa equipe de derivativos analisa.
first-spot_order = Tratamos isto como uma dúvida sobre uma ordem à vista (spot): nossa equipe de negociação analisa.
first-p2p_fiat = Tratamos isto como uma questão de P2P ou de transferência bancária: nossa equipe de pagamentos analisa.
first-card = Tratamos isto como uma questão do cartão ou de compra com cartão: nossa equipe de pagamentos analisa.
first-kyc = Tratamos isto como uma dúvida sobre verificação de identidade: nossa equipe de verificação analisa.
first-login = Tratamos isto como um problema de acesso à conta: nossa equipe de contas analisa.
first-account_data_change = Tratamos isto como uma mudança nos dados da sua conta: nossa equipe de contas analisa.
first-account_closure = Tratamos isto como o encerramento de uma conta: nossa equipe de contas analisa.
first-api = Tratamos isto como uma dúvida sobre a API: nossa equipe técnica analisa.
first-promotion = Tratamos isto como uma dúvida sobre promoção ou reembolso: nossa equipe de recompensas analisa.
first-fees = Tratamos isto como uma dúvida sobre taxas: nossa equipe de atendimento analisa.
first-policy = Tratamos isto como uma dúvida sobre regras e regulação: nossa equipe de atendimento responde, com a de conformidade se preciso.
first-authority_request = Tratamos isto como um pedido de autoridade ou de seu representante: nossa equipe jurídica assume.
first-complaint = Lamentamos que você tenha motivo para reclamar. Uma pessoa lê sua reclamação e apura o que deu errado.
first-feedback = Obrigado pela sugestão: ela vai para quem desenvolve o produto. Nem toda sugestão pode ter resposta própria.
first-praise = Obrigado pelas palavras gentis: vamos repassá-las a quem as merece. Você não precisa fazer mais nada.

## In every receipt: the net below what was not taken for danger

first-risk = Se seus ativos estiverem em risco, congele sua conta agora no aplicativo ou no nosso site.

## By when

first-when-hour = Você pode esperar uma resposta em até uma hora.
first-when-few = Você pode esperar uma resposta em até { $hours } horas.
first-when-hours = Você pode esperar uma resposta em até { $hours } horas.
first-when-usual = Em geral, você pode esperar uma resposta em até 24 horas.

## What was recognised

seen-transaction = Vemos sua transação em { $network }: { $link }
seen-confirmed = Vemos sua transação em { $network }; confirmações até agora: { $confirmations }. { $link }
look-transaction = Sua transação em { $network }, para você consultar: { $link }

## What is missing, each with where to find it

ask-heading = Para continuar, precisamos de você:
ask-tx_hash = - O hash da transação (TxID): está no histórico de saques da carteira ou corretora de onde você enviou.
ask-address = - O endereço para onde as moedas foram enviadas: aparece junto da transação no seu histórico.
ask-network = - A rede que você usou, como TRC20 ou ERC20: está na mesma página da transação.
ask-account_id = - O ID da sua conta (UID): no aplicativo, toque na sua foto de perfil.
ask-withdrawal_id = - O número do depósito ou saque: abra-o no seu histórico de ativos.
ask-order_id = - O número da ordem: abra a ordem no seu histórico de ordens.
ask-memo = - O memo ou tag que você informou, se houve: a origem o mostra com a transação.
ask-amount = - O valor e o ativo.
ask-time = - Quando aconteceu: data, hora e fuso horário.
ask-position = - A posição: contrato, comprado ou vendido, alavancagem; veja o histórico de posições.
ask-email = - O e-mail cadastrado na sua conta.
ask-link = - O link ou nome de conta de que se trata, escrito de modo que ninguém clique por engano.
ask-screenshot = - Uma captura do que você vê; cubra saldos, códigos e nomes de outras pessoas.
ask-never = Não envie senhas, códigos nem frases de recuperação.
ask-documents = Documentos e fotos de identidade somente aqui, nunca em mensagem: { $link }

## What a further message brought

recorded-all = Obrigado, registrado no seu atendimento { $case }. Não falta mais nada; nossa equipe dá continuidade.
recorded-some = Obrigado, registrado no seu atendimento { $case }. Ainda falta:

## Danger: what to do now

freeze-in-app = - Congele sua conta agora, no aplicativo ou no nosso site; isso interrompe os saques. Não espere nossa resposta.
freeze-at-link = - Congele sua conta agora, isso interrompe os saques; não espere nossa resposta: { $link }
danger-account_stolen =
    - De um aparelho confiável, troque a senha da sua conta e a do seu e-mail, e renove a verificação em duas etapas.
    - Encerre todas as sessões que não conhece; apague chaves de API e endereços de saque que não são seus.
    - Não responda a quem promete recuperar suas moedas em troca de pagamento: é um segundo roubo.
    - Não dê senha, código nem frase de recuperação a ninguém, nem a nós.
danger-secret_shared =
    - O que você revelou já é conhecido por estranhos: troque essa senha imediatamente, de um aparelho confiável, e renove a verificação em duas etapas.
    - Se era uma frase de recuperação ou chave privada: crie uma carteira nova com outra frase e mova seus ativos para lá.
    - Se conectou uma carteira em algum site: revogue as permissões. Apague chaves de API, encerre outras sessões, remova programas de acesso remoto.
    - Nunca mais envie algo assim a ninguém, nem a nós.
danger-scam_under_way =
    - Não envie mais nada: nem moedas, nem “taxas”, nem “impostos”, nem códigos, seja o que for que prometam ou ameacem.
    - Encerre a conversa, corte todo acesso remoto e guarde o que escreveram como prova.
    - Se você fez login, conectou uma carteira ou instalou algo a pedido deles: troque a senha em outro aparelho e revogue as permissões.
    - Não pague a ninguém que prometa recuperar moedas perdidas.

## Further ways

articles-heading = Enquanto isso, isto pode ajudar:
links-heading = Você mesmo pode fazer:
link-freeze = - Congelar sua conta: { $link }
link-security = - Verificar a segurança da sua conta: { $link }
link-kyc = - Ver como está sua verificação e o que falta: { $link }
link-upload = - Entregar documentos: { $link }
link-status = - Ver se depósitos, saques e negociação funcionam normalmente: { $link }
link-api_docs = - Documentação da API: { $link }

## Facts

fact-wrong_transfer = Uma transferência na blockchain não pode ser desfeita. Se algo pode ser recuperado depende de quem controla o endereço de destino, e não é certo.
fact-deposit_not_credited = Um depósito é creditado quando a rede o confirmou vezes suficientes. Um explorador mostra o andamento.
fact-withdrawal_delayed = Um saque é verificado antes de sair; depois disso, a rede decide a rapidez da confirmação.
fact-liquidation_dispute = Uma posição é liquidada quando sua margem, pelo preço de marcação, cai abaixo da margem de manutenção; esse preço não precisa ser o último negociado.
fact-p2p_fiat = No P2P, libere as moedas só quando o dinheiro estiver na sua própria conta: a captura de um pagamento não prova nada.
fact-kyc = Os documentos devem ser válidos, completos e seus; o nome deve ser o da sua conta.
fact-login = Um autenticador perdido só é redefinido após a conferência da sua identidade; isso leva tempo e protege você.
fact-account_data_change = E-mail e telefone são trocados no aplicativo com um segundo fator; depois disso, os saques ficam pausados por um tempo.
fact-account_closure = Antes de encerrar uma conta, é preciso sacar os saldos e finalizar ordens e posições abertas.
fact-api = O segredo de uma chave de API é mostrado uma única vez. Nunca o envie a nós; o nome da chave basta.

## Legal lines, kept apart from the facts

legal-heading = Nota legal:
legal-policy = Isto é informação geral, não aconselhamento jurídico nem tributário. Para o seu caso, procure um advogado ou consultor tributário do seu país.
legal-liquidation_dispute = Operar com alavancagem pode fazer você perder tudo o que investiu. Esta resposta não é recomendação de investimento; valem os termos que você aceitou.
legal-liquidation_dispute-eu = Criptoativos são voláteis e, com alavancagem, você pode perder tudo o que investiu; sistemas de indenização de investidores não cobrem isso. Esta resposta não é recomendação de investimento; seu direito de reclamar formalmente ou a um ouvidor permanece.
legal-liquidation_dispute-uk = Não invista se não estiver preparado para perder todo o dinheiro investido. É um investimento de alto risco e você não deve esperar proteção se algo der errado. Esta resposta não é recomendação de investimento.
legal-authority_request = Pedidos de autoridades são respondidos apenas por nossa equipe jurídica, pelo canal oficial próprio e após a conferência do remetente. Por este canal nada se informa sobre clientes.
legal-account_closure = Alguns registros precisam ser guardados por um tempo após o encerramento, porque as leis contra lavagem de dinheiro assim exigem.
