# The same as in en/selfservice.ftl, where each text is explained.

command-cases = La lista de todos sus casos
command-reopen = Volver a abrir un caso cerrado
command-agent = Hablar con una persona
command-kyc = En qué punto está su verificación de identidad
command-security = Qué dice la plataforma sobre la seguridad de su cuenta
command-link = Demostrar que otra cuenta también es suya
button-agent = Hablar con una persona

cases-head = Sus casos:
cases-line = { $case }: { $state }, último cambio { $changed }
cases-more = Y { $count } más antiguos.
which-case = Tiene más de un caso abierto. Escriba de nuevo la palabra, seguida del número del caso al que se refiere:
reopen-none = No tiene ningún caso cerrado que se pueda volver a abrir.
reopen-done = Su caso { $case } está abierto de nuevo y nuestro equipo lo revisa otra vez. Díganos qué queda por resolver.
close-done-letter = Su caso { $case } está cerrado. Gracias por escribirnos. Si surge algo más, responda simplemente a este correo.

agent-done = Una persona de nuestro equipo le responderá en su caso { $case }. Allí ya no recibirá más preguntas automáticas.
agent-opened = He pasado su petición a nuestro equipo como caso { $case }. Escriba de qué se trata y cuándo ocurrió: así podremos ayudarle antes.

kyc-none = Todavía no ha empezado su verificación de identidad.
kyc-pending = Su verificación de identidad se está revisando.
kyc-approved = Su verificación de identidad está completa.
kyc-rejected = Su verificación de identidad no fue aceptada. Verá el motivo en la aplicación o en nuestro sitio web.
kyc-other = Puede ver el estado de su verificación de identidad en la aplicación o en nuestro sitio web.
kyc-missing =
    Todavía falta:
    { $items }
kyc-item-document = un documento de identidad
kyc-item-selfie = una foto de su rostro
kyc-item-address = un comprobante de domicilio
kyc-item-funds = un comprobante del origen de sus fondos
kyc-item-other = algo más, que indica la aplicación

documents-link = Entregue documentos únicamente por este enlace: { $link }. No los envíe nunca por chat, por correo ni en público.
documents-app = Entregue documentos únicamente en la aplicación o en nuestro sitio web. No los envíe nunca por chat, por correo ni en público.
documents-here = ⚠️ Esto parece un documento que muestra quién es usted. Bórrelo de aquí si puede: un chat no es lugar para él.

security-none = La plataforma no da aquí información sobre la seguridad de su cuenta. Puede verla en la aplicación o en nuestro sitio web.
security-well = En lo que la plataforma comprueba de su cuenta no ha encontrado nada que corregir. Si aun así nota algo raro, congele su cuenta en la aplicación o en nuestro sitio web y escríbanos.
security-weak =
    Revise pronto lo siguiente en la aplicación o en nuestro sitio web:
    { $items }
security-item-password = su contraseña
security-item-factor = su verificación en dos pasos
security-item-logins = inicios de sesión inusuales
security-item-devices = los dispositivos con sesión iniciada
security-item-keys = sus claves de API
security-item-addresses = sus direcciones de retiro
security-item-other = algo más, que indica la aplicación

customer-unknown = La plataforma no conoce ninguna cuenta vinculada al lugar desde el que escribe. Escriba desde su correo registrado o vincule esta cuenta en la aplicación. También puede verlo en la aplicación o en nuestro sitio web.
customer-unchecked = Ahora mismo no puedo consultarlo. Inténtelo más tarde o mírelo en la aplicación o en nuestro sitio web.
customer-off = Aquí no puedo consultarlo. Mírelo en la aplicación o en nuestro sitio web.

link-give =
    Su código: { $code }

    Envíenoslo desde su otra cuenta en un plazo de { $minutes } minutos. En Telegram escriba a nuestro bot: /link { $code }. En X envíenos un mensaje directo: link { $code }. Por correo escríbanos desde su dirección registrada con este asunto: link { $code }
link-never = ⚠️ No dé nunca un código así a nadie, ni envíe uno que alguien le haya dado: quien lo hace permite que un extraño vea sus casos. Nuestro personal nunca lo pide.
link-done = Hecho: su cuenta en { $platform } y esta cuentan como de una misma persona. Desde ahora ve los casos de ambas en cualquiera de las dos, solo en privado. Para terminarlo, escriba unlink.
link-told = ⚠️ Una cuenta en { $platform } acaba de vincularse con la suya mediante el código que usted recibió aquí. Puede ver sus casos. Si no fue usted, escriba unlink ahora y avísenos.
link-wrong = Este código no se puede usar. Escriba link para obtener uno nuevo donde lo recibió.
link-same = Envíe este código desde su otra cuenta, no desde la que lo recibió.
link-many = Demasiados códigos incorrectos. Inténtelo de nuevo dentro de una hora.
link-full = No se pueden vincular más cuentas con la suya. Escriba antes unlink en una de ellas.
unlink-done = Hecho: esta cuenta vuelve a estar sola y ve únicamente sus propios casos.
unlink-none = Esta cuenta no está vinculada con ninguna otra.
unlink-told = Una cuenta en { $platform } ya no está vinculada con la suya. Si no fue usted, avísenos.

letter-subject = Su petición a { $brand }
letter-help = Puede escribirnos con sus propias palabras: lo lee una persona de nuestro equipo. O envíe solo una de estas palabras, como asunto de un correo vacío o como única palabra de su respuesta:
letter-verify = ¿Qué cuenta, dirección o enlace debo comprobar? Escríbalo como asunto de un correo vacío, detrás de esta palabra: { $word }
letter-report = Gracias por avisarnos: esto también protege a otros. Reenvíenos el mensaje o escríbanos qué cuenta, dirección o enlace es y si les ha enviado algo. No abra ningún enlace.
letter-unproven = Si ha pedido algo que solo usted puede ver: por correo lo respondemos únicamente cuando su proveedor demuestra quién envió el mensaje. Una persona de nuestro equipo lee su mensaje.
