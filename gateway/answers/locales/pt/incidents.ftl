# Incidentes conhecidos

incident-known = Parece tratar-se de algo que já conhecemos e em que estamos a trabalhar: “{ $title }”.
incident-expected = Esperamos que esteja resolvido até { $time }.
incident-wait = Não é preciso escrever de novo por isso: avisamos aqui assim que estiver resolvido.
incident-over = O que conhecíamos como “{ $title }” já está resolvido.
incident-over-next = Se o seu caso { $case } ainda não estiver resolvido, basta responder a esta mensagem e voltamos a analisá-lo.
incident-over-subject = [{ $case }] O incidente está resolvido
