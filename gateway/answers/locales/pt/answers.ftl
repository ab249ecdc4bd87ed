# What Gatehouse says to users, in Portuguese. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Recebemos sua mensagem [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Olá,

    Agradecemos seu contato com { $brand }. Recebemos sua mensagem. O número do seu atendimento é { $case }.

ack-next =
    Próximos passos: uma pessoa da nossa equipe vai ler sua mensagem e responder, em geral em até 24 horas. Alguns assuntos exigem mais tempo de análise; nesse caso, avisaremos você. Não é preciso escrever de novo para manter seu lugar na fila. Se seus ativos estiverem em risco, congele sua conta agora mesmo no aplicativo ou no nosso site, sem esperar pela nossa resposta.

# Where the case runs by email
ack-reply-mail =
    Para acrescentar algo, basta responder a este e-mail sem alterar o assunto, para que tudo fique no mesmo atendimento. O que mais nos ajuda é o ID da sua conta (UID) e quando aconteceu; se for sobre um depósito ou saque, também o hash da transação (TxID), a rede, a criptomoeda e a quantidade.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Para acrescentar algo, basta escrever aqui, nesta mesma conversa. O que mais nos ajuda é o ID da sua conta (UID) e quando aconteceu; se for sobre um depósito ou saque, também o hash da transação (TxID), a rede, a criptomoeda e a quantidade.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Nunca pediremos a você:
    - sua senha
    - sua frase-semente (frase de recuperação) ou suas chaves privadas
    - um código de verificação recebido por SMS, por e-mail ou no aplicativo autenticador
    - acesso remoto ao seu celular ou computador, ou compartilhamento de tela
    - um pagamento ou uma transferência, seja para desbloquear, verificar ou "proteger" sua conta

# $brand: brand
ack-phishing =
    Quem pedir qualquer uma dessas coisas em nome de { $brand } é um golpista, mesmo que saiba o número do seu atendimento. Não responda e conte para nós neste mesmo atendimento.

# $official: our official addresses and accounts, separated by commas
ack-official = Nossos endereços e contas oficiais são: { $official }

# $brand: brand
signature = Equipe de Suporte { $brand }

## Warnings

warning-heading = Importante, leia isto primeiro:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Diz ser { $brand }, mas não é nosso: { $names }. Quem está por trás não trabalha para nós.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    Na sua mensagem, alguém fala como se fosse { $brand }. Essa pessoa não faz parte da nossa equipe e não trabalha para nós.

advice-look-alike =
    Parece { $brand }, mas não é nosso: { $names }. Golpistas escolhem nomes assim para que você pense que somos nós.

advice-look-alike-unnamed =
    Sua mensagem menciona uma conta ou um endereço que parece { $brand }, mas não é nosso. Golpistas escolhem nomes assim para que você pense que somos nós.

advice-reported-scam =
    Denunciado por fraude e sem nenhuma ligação com { $brand }: { $names }.

advice-reported-scam-unnamed =
    Sua mensagem menciona uma conta ou um endereço que foi denunciado por fraude. Não tem nenhuma ligação com { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Uma mensagem que mostra um endereço de { $brand } como remetente não passou nas nossas verificações. O remetente pode ter sido falsificado: nesse campo é possível colocar qualquer endereço. Não faça o que a mensagem pede.

advice-link-mismatch =
    Um link da sua mensagem não leva para onde diz. Na verdade, ele leva para: { $names }

advice-link-mismatch-unnamed =
    Um link da sua mensagem não leva para onde diz, e sim para outro endereço.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Você nos enviou uma frase de recuperação ou uma chave privada. Nós a removemos da sua mensagem: ninguém na equipe de { $brand } a leu, e ninguém precisa dela. Mas quem a conhece é dono de tudo o que está nessa carteira, e você não tem como saber quem mais a viu. Crie agora uma carteira nova, com uma nova frase de recuperação, e transfira seus ativos para lá. Nunca mais digite a frase antiga em nenhum site, e não envie a nova a ninguém, nem mesmo a nós.

advice-secret-password =
    Você nos enviou uma senha ou a chave secreta de um autenticador. Nós a removemos da sua mensagem: ninguém na equipe de { $brand } a leu. Troque-a agora no aplicativo ou no nosso site, e em qualquer outro lugar onde você use a mesma, e configure novamente sua verificação em duas etapas.

advice-secret-code =
    Você nos enviou um código de verificação. Nós o removemos da sua mensagem e nunca pediremos um. Se alguém pediu esse código a você, congele sua conta agora no aplicativo ou no nosso site e troque sua senha.

advice-secret-card =
    Você nos enviou o número de um cartão. Nós o removemos da sua mensagem. Não precisamos dele; se você o passou a mais alguém, peça ao seu banco que bloqueie o cartão.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Desconfie de quem promete recuperar criptomoedas perdidas ou roubadas em troca de uma taxa, de acesso à sua carteira ou com a ajuda de um "hacker": ninguém consegue fazer isso, e quem oferece quer roubar pela segunda vez. { $brand } nunca cobra para ajudar.

advice-giveaway =
    Prêmios, airdrops e depósitos em dobro que exigem primeiro um pagamento, a conexão de uma carteira ou o envio de criptomoedas são golpes. Tudo o que { $brand } distribui é anunciado no próprio aplicativo.

advice-fake-support =
    Ninguém da equipe de { $brand } pede que você "valide", "sincronize" ou conecte uma carteira, preencha um formulário com sua frase de recuperação, instale um programa de acesso remoto ou escreva para uma conta particular. Quem faz isso é um golpista, seja qual for o nome que use.

advice-investment =
    Vagas de trabalho em que você precisa depositar dinheiro, sinais com lucro garantido e desconhecidos que ensinam a investir são golpes muito comuns: no começo aparecem pequenos ganhos, mas depois nunca é possível sacar nada. Não envie mais nada e, se já enviou, avise-nos.

# For a finding without a text of its own
advice-caution =
    Algo na sua mensagem nos leva a pedir que você tenha cuidado. Uma pessoa da nossa equipe vai analisar.

# $official: the true account, address or domain that is imitated
warning-true-one = O endereço ou a conta verdadeira: { $official }

warning-what-to-do =
    O que fazer: não responda a quem está por trás disso, não abra nenhum link e não envie códigos, documentos nem dinheiro. Se você já enviou algo ou fez login lá: congele sua conta imediatamente, troque sua senha, configure novamente sua verificação em duas etapas e conte neste atendimento o que aconteceu, mas nunca envie a senha nem o código.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Sua mensagem para { $brand }
answer-files = Estes arquivos são grandes demais para um e-mail. Você pode baixá-los aqui até { $until }:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Português

command-help = Como obter ajuda aqui
command-new = Escrever sobre um novo assunto
command-status = Como estão seus atendimentos
command-verify = Esta conta, endereço ou link é nosso?
command-report = Denunciar um golpista, passo a passo
command-language = Escolher seu idioma
command-close = Encerrar um atendimento

## Commands: /start and /help

# $brand: brand
start-hello =
    Boas-vindas ao suporte de { $brand }.

    Sou um assistente automático: recebo o que você escreve, e as pessoas da nossa equipe respondem aqui. É só escrever do que se trata.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Nunca pedimos sua senha, sua frase-semente ou suas chaves privadas, um código de verificação, acesso remoto ao seu dispositivo ou um pagamento. Quem faz isso em nosso nome é um golpista.

# $case: case number
start-bound = Olá novamente. Este chat agora continua com o seu atendimento { $case }. Tudo o que você escrever aqui chega às pessoas que cuidam dele.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Olá! Não consigo abrir um atendimento com este link; talvez ele já tenha sido usado ou fosse para outro chat. Não tem problema: escreva aqui do que se trata e, se tiver um número de atendimento, informe-o também.

help-hello = É só escrever do que se trata, como você contaria a uma pessoa: nossa equipe lê e responde aqui. Estes comandos também ajudam:

# A command that we do not know
unknown-command = Não conheço este comando. Escreva do que se trata sem a barra, ou veja /help.

button-status = Meus atendimentos
button-verify = Conferir uma conta
button-report = Denunciar um golpista
button-language = Idioma / Language
button-new = Falar com a equipe

## Commands: /new

new-ask =
    Pode escrever: sua próxima mensagem abre um novo atendimento. Do que se trata e quando aconteceu?

    Ajuda saber o ID da sua conta (UID); se for sobre um depósito ou saque, também o hash da transação (TxID), a rede, a criptomoeda e a quantidade. Não envie senhas, códigos nem frases-semente.

# $case: case number
new-opened = Tudo certo, encaminhei sua mensagem à nossa equipe como atendimento { $case }. O que você escrever a seguir será acrescentado a ele.

## Commands: /status

status-none = Você ainda não tem nenhum atendimento aqui. Escreva do que se trata e eu abro um.

# The same for a number that does not exist and for somebody else's
status-unknown = Você não tem aqui nenhum atendimento com esse número. Confira o número ou escreva do que se trata.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Aberto em { $opened }, última alteração em { $changed }
    { $next }

# $count: how many more cases there are
status-more = E mais { $count }. Para ver um deles, escreva /status e o número.

state-open = com a nossa equipe
state-waiting = respondido
state-solved = encerrado

next-open = Próximo passo: uma pessoa da nossa equipe lê e responde aqui. Não é preciso escrever de novo para manter seu lugar na fila.
next-waiting = Próximo passo: se ainda restar alguma dúvida, escreva aqui e o atendimento volta para a nossa equipe.
next-solved = Próximo passo: nenhum. Se para você não estiver resolvido, escreva aqui e analisaremos de novo.

## Commands: /language

language-ask = Em que idioma você prefere conversar?
language-chosen = A partir de agora, falo com você em português.

## Commands: /close

# $case: case number
close-ask = Posso encerrar seu atendimento { $case }? Nada será apagado.
close-none = Você não tem aqui nenhum atendimento aberto para encerrar.
# $case: case number
close-done = Seu atendimento { $case } foi encerrado. Agradecemos seu contato. Se surgir algo mais, escreva aqui; para outro assunto, use /new.
close-kept = O atendimento continua aberto. Nossa equipe segue cuidando dele.

button-close = Sim, encerrar
button-keep = Não, manter aberto

## Commands: in the middle of a question

cancelled = Cancelado; nada foi enviado. Você pode escrever para nós quando quiser.
cancel-nothing = Não há nada para cancelar. É só escrever do que se trata.
button-cancel = Cancelar

# For a button that we did not make for this person, or whose question is over
button-stale = Este botão não é para você ou já expirou. Comece de novo com /help.

## Commands: in a group

group-private = Vamos continuar no privado: aqui todo mundo lê. Não escreva números de atendimento nem dados pessoais neste grupo. Nós nunca iniciamos a conversa.
button-private = Continuar no privado
# $brand: brand
group-help = Sou o assistente automático de { $brand }. Aqui eu só verifico nomes: escreva /verify e o nome. Para todo o resto, vamos continuar no privado. Nunca iniciamos a conversa e nunca pedimos senhas, códigos ou frases-semente.

## Commands: /verify

verify-ask = Qual conta, endereço ou link devo verificar? Escreva exatamente como você viu, por exemplo um @nome, um e-mail ou um link, ou encaminhe para mim uma mensagem dessa conta.

# $official: one of our accounts; $platform: where it is
account-on = { $official } no { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } é oficial: está na lista de { $brand }. Isso vale somente para o nome escrito exatamente assim.
verify-official-since = ✅ { $official } é oficial: está na lista de { $brand } desde { $since }. Isso vale somente para o nome escrito exatamente assim.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } não está na lista de contas e endereços oficiais de { $brand }. É tudo o que posso dizer a respeito.
verify-not-listed-unnamed = O que você consultou não está na lista de contas e endereços oficiais de { $brand }. É tudo o que posso dizer a respeito.

# It was ours once
verify-retired = ⚠️ { $claim } já pertenceu a { $brand }, mas não pertence mais. Hoje pode haver outra pessoa por trás.
verify-retired-unnamed = ⚠️ O que você consultou já pertenceu a { $brand }, mas não pertence mais. Hoje pode haver outra pessoa por trás.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } não é nosso. Parece { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ O que você consultou não é nosso. Parece { $official }: { $technique }.

verify-scam = ⛔ { $claim } foi denunciado por fraude. Não tem nenhuma ligação com { $brand }.
verify-scam-unnamed = ⛔ O que você consultou foi denunciado por fraude. Não tem nenhuma ligação com { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ O nome { $official } está na nossa lista, mas a conta que o usa não é a que conhecemos: um nome pode mudar de mãos. Não confie nela até que nossa equipe confirme.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Quem escreveu esta mensagem usa um nome que parece ser de { $brand }, mas a conta não é nossa. Qualquer pessoa pode escolher qualquer nome.

# The platform hides who wrote the forwarded message
verify-hidden = Quem escreveu esta mensagem oculta a conta, então não consigo verificar: um nome sozinho não prova nada, nem mesmo o nosso. { $brand } nunca inicia a conversa. Com /report você pode nos indicar a conta.

verify-unchecked = Não consegui verificar. Envie um nome de cada vez, exatamente como você viu: um @nome, um e-mail ou um link.
verify-ambiguous = ⚠️ Isto pode ser lido de mais de uma forma, e uma delas não é nossa. Não abra.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Este link não mostra para onde leva, então não consigo verificar. Não abra; nossos próprios links mostram nosso nome por inteiro.

# An address that coins are sent to
verify-wallet = Não é possível verificar um endereço de recebimento de criptomoedas: ele não diz de quem é. Nunca pedimos que você envie criptomoedas para lugar nenhum a fim de desbloquear, verificar ou proteger uma conta. Os endereços de depósito aparecem somente no aplicativo e no nosso site.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Entendi como um nome no Telegram. O Telegram não permite procurar contas de pessoas pelo nome, então só posso comparar com a nossa lista. Se você viu em outro lugar, envie o link.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } é um dos endereços da { $brand }. Mas qualquer pessoa pode escrevê-lo como remetente de um e-mail, por isso ele não mostra quem escreveu a você. Em caso de dúvida, pergunte no aplicativo ou no nosso site.
verify-more = Havia mais do que consigo verificar de uma vez. Envie-me o restante, um de cada vez, e até lá não confie em nada disso.

verify-care = Se alguém lá falar em nome de { $brand }, não responda e não envie nada. Você pode denunciar com /report.
verify-what-to-do = Não responda, não abra nenhum link e não envie códigos nem dinheiro. Se você já enviou algo: congele sua conta agora no aplicativo ou no nosso site e depois use /report.
verify-in-group = Verifique também links e nomes comigo no privado: grupos são um dos lugares preferidos dos golpistas.

technique-confusable = usa letras ou números parecidos com outros
technique-separator = só muda em pontos, hifens ou sublinhados
technique-embedded = coloca nosso nome dentro do próprio nome
technique-link = nosso nome aparece no link, mas ele leva a outro lugar
technique-suffix = tem uma terminação diferente da nossa
technique-elsewhere = é o nosso nome, mas em uma plataforma ou site onde não o usamos
technique-display-name = usa nosso nome como nome de exibição
technique-affix = acrescenta ao nosso nome palavras como "support", "official" ou "suporte"
technique-slip = é o nosso nome com letras a menos, a mais ou trocadas
technique-region = acrescenta ao nosso nome um país, uma região ou um número
technique-mark = coloca no nome um símbolo de verificação, o que qualquer conta pode fazer
technique-redirect = o link segue para um endereço diferente do que mostra
technique-words = fala como se fôssemos nós
technique-other = foi feito para parecer nosso

## Commands: /report

report-begin = Agradecemos o aviso: isso também protege outras pessoas. Vou fazer três perguntas curtas; você pode parar quando quiser.
report-kind = O que você quer denunciar?
report-what-account = Qual é? Encaminhe para mim uma mensagem dessa conta, ou envie o nome ou o link. Se a conta estiver oculta, indique-a pelo botão abaixo.
report-what-address = Qual é? Envie o link ou o endereço exatamente como você viu, ou encaminhe a mensagem em que ele veio. Não abra.

# $brand: brand
report-official = ✅ Este está na lista de { $brand }, portanto é nosso. Se mesmo assim algo parecer errado, continue.

report-harm = Você enviou algo a eles: dinheiro, códigos, senhas, documentos? Ou fez login em algum lugar a pedido deles?
report-harm-again = Anotei. Mais uma pergunta: você enviou algo a eles (dinheiro, códigos, senhas, documentos) ou fez login em algum lugar a pedido deles?
report-story = Certo. O que aconteceu? Conte com suas palavras em uma única mensagem, ou toque no botão para enviar a denúncia como está.
report-noted = Acrescentei. Escreva o que aconteceu, ou toque no botão para enviar a denúncia.

# What a user must do at once who has given something away
report-freeze = ⚠️ Faça isto agora: congele sua conta no aplicativo ou no nosso site, troque sua senha e configure novamente sua verificação em duas etapas. Não envie mais nada, mesmo que prometam devolver o que foi perdido.

# $case: case number; $kind: one of the kind texts
report-sent = Sua denúncia está com a nossa equipe. Atendimento { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Você indicou: { $seen }
report-tell-more = Depois, conte aqui o que aconteceu: quando, o que você enviou e para onde (hash da transação, endereço). Tudo será acrescentado ao seu atendimento. Nunca envie a senha nem o código.
report-thanks = Obrigado. Vamos investigar e, se precisarmos saber mais, responderemos aqui. Não responda mais a eles. Para acrescentar algo, basta escrever aqui.

# $case: case number. A command has ended the report before its last question
report-passed-on = Encaminhei à nossa equipe sua denúncia até onde ela estava: atendimento { $case }.
report-new-again = O que você escrever a seguir será acrescentado a ele. Para outro assunto, envie /new mais uma vez.

kind-account = Uma conta
kind-group = Um grupo ou canal
kind-website = Um site ou link
kind-mail = Um e-mail
kind-other = Outra coisa

button-pick-user = Indicar uma conta
button-pick-chat = Indicar grupo ou canal
button-skip = Não consigo indicar
button-yes = Sim
button-no = Não, nada
button-send = Enviar a denúncia

## Chats: acknowledgement and files

# $case: case number
chat-received = Recebemos sua mensagem. Seu atendimento é { $case }. Uma pessoa da nossa equipe vai ler e responder aqui, em geral em até 24 horas. Para acrescentar algo, basta escrever aqui; com /status você vê o andamento. Se seus ativos estiverem em risco, congele sua conta agora no aplicativo ou no nosso site.

# $case: case number
chat-encrypted = Recebemos sua mensagem, mas ela está criptografada de ponta a ponta e não pode ser lida aqui. Seu atendimento é { $case }. Escreva novamente sem criptografia ou por outro dos nossos canais oficiais.

file-too-large = Recebemos sua mensagem, mas um dos arquivos é grande demais e não pode ser recebido aqui. Envie uma versão menor ou uma captura de tela do que importa, ou descreva em palavras.
# $count: how many files, at least two
files-too-large = Recebemos sua mensagem, mas { $count } dos arquivos são grandes demais e não podem ser recebidos aqui. Envie versões menores ou capturas de tela do que importa, ou descreva em palavras.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } não é uma conta nossa e não trabalha para { $brand }, seja qual for o nome que mostre. Nossa equipe nunca inicia a conversa e nunca pede senhas, códigos, frases-semente ou pagamentos. Não responda.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Golpista no { $platform }: { $account }, visto no grupo { $group }. Atendimento { $case }.
# $official: one of our accounts
impostor-imitates = Imita { $official }.
impostor-to-do = Analise a conta, remova-a do grupo e denuncie-a à plataforma.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Recebemos sua mensagem, obrigado. Continue por mensagem direta com { $handle }: aqui todo mundo lê. Nunca iniciamos a conversa nem pedimos senhas, frases-semente, chaves privadas, códigos, acesso remoto ou pagamentos.
public-warning = Cuidado: só respondemos por { $handle }. Qualquer outro que responda em nosso nome é golpista: não envie nada. Escreva direto para { $handle }. Nunca iniciamos a conversa nem pedimos senhas, frases-semente, chaves privadas, códigos, acesso remoto ou pagamentos.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Cuidado: na sua publicação, alguém responde em nome de { $brand }, mas não é uma conta nossa: { $account }. Não responda, não abra nenhum link dessa conta e não envie nada. Só escrevemos para você por { $handle }. Se você já enviou algo, congele sua conta agora e conte aqui o que aconteceu.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Cuidado: na sua publicação, alguém responde em nome de { $brand }, mas não é uma conta nossa. Não responda, não abra nenhum link dessa conta e não envie nada. Só escrevemos para você por { $handle }. Se você já enviou algo, congele sua conta agora e conte aqui o que aconteceu.

# $link: the address of our privacy policy
privacy-line = Como tratamos o que você escreve: { $link }

# $word: the word that lets automatic messages come again
opted-out = Você não receberá mais mensagens automáticas aqui, a não ser um aviso se estiver em perigo. Nossa equipe ainda pode responder. Para voltar a recebê-las, escreva { $word }.
opted-in = As mensagens automáticas estão ativas de novo.

# $options: what may be written, separated by slashes
answer-with = Você pode responder com: { $options }
