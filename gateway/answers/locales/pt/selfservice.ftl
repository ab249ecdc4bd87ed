# The same as in en/selfservice.ftl, where each text is explained.

command-cases = A lista de todos os seus atendimentos
command-reopen = Reabrir um atendimento encerrado
command-agent = Falar com uma pessoa
command-kyc = Em que ponto está a sua verificação de identidade
command-security = O que a plataforma diz da segurança da sua conta
command-link = Mostrar que outra conta também é sua
button-agent = Falar com uma pessoa

cases-head = Os seus atendimentos:
cases-line = { $case }: { $state }, última alteração { $changed }
cases-more = E mais { $count } antigos.
which-case = Você tem mais de um atendimento aberto. Escreva a palavra de novo, seguida do número do atendimento a que se refere:
reopen-none = Você não tem nenhum atendimento encerrado que possa ser reaberto.
reopen-done = O seu atendimento { $case } está aberto de novo, e a nossa equipe volta a analisá-lo. Diga-nos o que ainda falta resolver.
close-done-letter = O seu atendimento { $case } está encerrado. Obrigado por nos escrever. Se surgir mais alguma coisa, basta responder a este e-mail.

agent-done = Uma pessoa da nossa equipe responde no seu atendimento { $case }. Lá você não recebe mais perguntas automáticas.
agent-opened = Passei o seu pedido à nossa equipe como atendimento { $case }. Escreva do que se trata e quando aconteceu: assim podemos ajudar mais cedo.

kyc-none = A sua verificação de identidade ainda não foi iniciada.
kyc-pending = A sua verificação de identidade está em análise.
kyc-approved = A sua verificação de identidade está concluída.
kyc-rejected = A sua verificação de identidade não foi aceita. O motivo está no aplicativo ou no nosso site.
kyc-other = Você vê o estado da sua verificação de identidade no aplicativo ou no nosso site.
kyc-missing =
    Ainda falta:
    { $items }
kyc-item-document = um documento de identidade
kyc-item-selfie = uma foto do seu rosto
kyc-item-address = um comprovante de endereço
kyc-item-funds = um comprovante da origem dos seus fundos
kyc-item-other = algo mais, que o aplicativo indica

documents-link = Entregue documentos somente por este link: { $link }. Nunca os envie por chat, por e-mail ou em público.
documents-app = Entregue documentos somente no aplicativo ou no nosso site. Nunca os envie por chat, por e-mail ou em público.
documents-here = ⚠️ Isto parece ser um documento que mostra quem você é. Apague-o daqui, se puder: um chat não é lugar para ele.

security-none = A plataforma não informa aqui nada sobre a segurança da sua conta. Você a vê no aplicativo ou no nosso site.
security-well = No que a plataforma verifica da sua conta, nada foi encontrado para corrigir. Se mesmo assim notar algo estranho, congele a sua conta no aplicativo ou no nosso site e escreva-nos.
security-weak =
    Verifique em breve o seguinte no aplicativo ou no nosso site:
    { $items }
security-item-password = a sua senha
security-item-factor = a sua verificação em duas etapas
security-item-logins = acessos incomuns
security-item-devices = os aparelhos conectados
security-item-keys = as suas chaves de API
security-item-addresses = os seus endereços de saque
security-item-other = algo mais, que o aplicativo indica

customer-unknown = A plataforma não conhece nenhuma conta ligada ao lugar de onde você escreve. Escreva do seu e-mail cadastrado ou vincule esta conta no aplicativo. Você também vê tudo isso no aplicativo ou no nosso site.
customer-unchecked = No momento não consigo consultar isso. Tente mais tarde ou veja no aplicativo ou no nosso site.
customer-off = Aqui não consigo consultar isso. Veja no aplicativo ou no nosso site.

link-give =
    O seu código: { $code }

    Envie-o para nós da sua outra conta em até { $minutes } minutos. No Telegram, escreva ao nosso bot: /link { $code }. No X, envie-nos uma mensagem direta: link { $code }. Por e-mail, escreva do seu endereço cadastrado com este assunto: link { $code }
link-never = ⚠️ Nunca dê um código desses a ninguém e nunca envie um que alguém lhe deu: quem faz isso deixa um estranho ver os seus atendimentos. A nossa equipe nunca o pede.
link-done = Pronto: a sua conta no { $platform } e esta contam como de uma só pessoa. A partir de agora você vê os atendimentos das duas em qualquer uma, só em particular. Para encerrar isso, escreva unlink.
link-told = ⚠️ Uma conta no { $platform } acaba de ser vinculada à sua, com o código que você recebeu aqui. Ela pode ver os seus atendimentos. Se não foi você, escreva unlink agora e avise-nos.
link-wrong = Este código não pode ser usado. Escreva link para receber um novo onde o recebeu.
link-same = Envie este código da sua outra conta, e não daquela em que o recebeu.
link-many = Códigos errados demais. Tente de novo em uma hora.
link-full = Não é possível vincular mais contas à sua. Escreva antes unlink em uma delas.
unlink-done = Pronto: esta conta volta a ficar sozinha e vê somente os próprios atendimentos.
unlink-none = Esta conta não está vinculada a nenhuma outra.
unlink-told = Uma conta no { $platform } não está mais vinculada à sua. Se não foi você, avise-nos.

letter-subject = O seu pedido à { $brand }
letter-help = Você pode nos escrever com as suas próprias palavras: uma pessoa da nossa equipe lê. Ou envie apenas uma destas palavras, como assunto de um e-mail vazio ou como única palavra da sua resposta:
letter-verify = Qual conta, endereço ou link devo verificar? Escreva-o como assunto de um e-mail vazio, depois desta palavra: { $word }
letter-report = Obrigado por nos avisar: isso também protege os outros. Encaminhe-nos a mensagem ou escreva qual é a conta, o endereço ou o link e se você enviou alguma coisa. Não abra nenhum link.
letter-unproven = Se você pediu algo que só você pode ver: por e-mail só respondemos a isso quando o seu provedor comprova quem enviou a mensagem. Uma pessoa da nossa equipe lê a sua mensagem.
