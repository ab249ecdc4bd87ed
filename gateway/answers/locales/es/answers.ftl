# What Gatehouse says to users, in Spanish. Plain text only. Paragraphs are joined by an empty line.
# Nothing a user wrote may ever become part of these texts; $names and $official are checked before they come here.

## Acknowledgement

# $case: case number
ack-subject = Hemos recibido su mensaje [{ $case }]

# $brand: brand; $case: case number
ack-received =
    Hola:

    Gracias por escribir a { $brand }. Hemos recibido su mensaje. Su número de caso es { $case }.

ack-next =
    Qué sigue ahora: una persona de nuestro equipo leerá su mensaje y le responderá, por lo general en un plazo de 24 horas. Algunos asuntos requieren más tiempo; si es así, se lo haremos saber. No hace falta que vuelva a escribir para conservar su turno. Si sus activos corren peligro, congele su cuenta ahora mismo en la aplicación o en nuestro sitio web, sin esperar nuestra respuesta.

# Where the case runs by email
ack-reply-mail =
    Si desea añadir algo, responda a este correo sin cambiar el asunto, para que todo quede en un mismo caso. Lo que más nos ayuda es el ID de su cuenta (UID) y cuándo ocurrió; si se trata de un depósito o un retiro, también el hash de la transacción (TxID), la red, la criptomoneda y la cantidad.

# Where the case runs in a chat or by direct message
ack-reply-here =
    Si desea añadir algo, escríbalo aquí, en esta misma conversación. Lo que más nos ayuda es el ID de su cuenta (UID) y cuándo ocurrió; si se trata de un depósito o un retiro, también el hash de la transacción (TxID), la red, la criptomoneda y la cantidad.

# The list of what is never asked for: no item may be left out in a translation
ack-never =
    Nunca le pediremos:
    - su contraseña
    - su frase semilla (frase de recuperación) ni sus claves privadas
    - un código de verificación recibido por SMS, por correo electrónico o en una aplicación de autenticación
    - acceso remoto a su teléfono o computadora, ni que comparta su pantalla
    - un pago o una transferencia, ya sea para desbloquear, verificar o "proteger" su cuenta

# $brand: brand
ack-phishing =
    Quien le pida algo de esto en nombre de { $brand } es un impostor, aunque conozca su número de caso. Por favor, no le responda y cuéntenoslo en este mismo caso.

# $official: our official addresses and accounts, separated by commas
ack-official = Nuestras direcciones y cuentas oficiales son: { $official }

# $brand: brand
signature = Atención al cliente de { $brand }

## Warnings

warning-heading = Importante, lea esto primero, por favor:

# $names: accounts, addresses or domains, made unclickable; $brand: brand
advice-poses-as-us =
    Dice ser { $brand }, pero no es nuestro: { $names }. Quien está detrás no trabaja con nosotros.

# The same, when the name cannot be repeated safely
advice-poses-as-us-unnamed =
    En su mensaje, alguien habla como si fuera { $brand }. No forma parte de nuestro equipo ni trabaja con nosotros.

advice-look-alike =
    Se parece a { $brand }, pero no es nuestro: { $names }. Los impostores eligen nombres así para hacerse pasar por nosotros.

advice-look-alike-unnamed =
    En su mensaje aparece una cuenta o una dirección que se parece a { $brand }, pero no es nuestra. Los impostores eligen nombres así para hacerse pasar por nosotros.

advice-reported-scam =
    Reportado por fraude y sin ninguna relación con { $brand }: { $names }.

advice-reported-scam-unnamed =
    En su mensaje aparece una cuenta o una dirección que ha sido reportada por fraude. No tiene ninguna relación con { $brand }.

# A forged sender shows our own true address, so no name is given
advice-forged =
    Un mensaje que muestra una dirección de { $brand } como remitente no superó nuestras comprobaciones. Es posible que el remitente sea falso: en ese campo se puede poner cualquier dirección. Por favor, no haga lo que allí se le pide.

advice-link-mismatch =
    Un enlace de su mensaje no lleva a donde dice. En realidad lleva a: { $names }

advice-link-mismatch-unnamed =
    Un enlace de su mensaje no lleva a donde dice, sino a otra dirección.

# The user has sent us a seed phrase or a private key; $brand: brand
advice-secret-key =
    Nos ha enviado una frase de recuperación o una clave privada. La hemos eliminado de su mensaje: nadie en { $brand } la ha leído y nadie la necesita. Pero quien la conozca es dueño de todo lo que hay en esa billetera, y usted no puede saber quién más la ha visto. Cree ahora una billetera nueva con otra frase de recuperación y traslade allí sus activos. No vuelva a escribir la frase anterior en ningún sitio, y no envíe la nueva a nadie, ni siquiera a nosotros.

advice-secret-password =
    Nos ha enviado una contraseña o la clave secreta de un autenticador. La hemos eliminado de su mensaje: nadie en { $brand } la ha leído. Cámbiela ahora en la aplicación o en nuestro sitio web, y en cualquier otro lugar donde use la misma, y configure de nuevo su verificación en dos pasos.

advice-secret-code =
    Nos ha enviado un código de verificación. Lo hemos eliminado de su mensaje, y nunca le pediremos uno. Si alguien se lo pidió, congele su cuenta ahora en la aplicación o en nuestro sitio web y cambie su contraseña.

advice-secret-card =
    Nos ha enviado el número de una tarjeta. Lo hemos eliminado de su mensaje. No lo necesitamos; si se lo ha dado a alguien más, pida a su banco que bloquee la tarjeta.

# Kinds of scam that a text tells of; $brand: brand
advice-recovery =
    Tenga cuidado con quien promete recuperar criptomonedas perdidas o robadas a cambio de una comisión, de acceso a su billetera o con la ayuda de un "hacker": nadie puede hacerlo, y quien lo ofrece roba por segunda vez. { $brand } nunca cobra por ayudarle.

advice-giveaway =
    Los premios, los airdrops y los depósitos "duplicados" para los que primero debe pagar, conectar una billetera o enviar criptomonedas son fraudes. Todo lo que { $brand } regala se anuncia en la propia aplicación.

advice-fake-support =
    Nadie de { $brand } le pedirá que "valide", "sincronice" o conecte una billetera, que escriba su frase de recuperación en un formulario, que instale un programa de acceso remoto ni que escriba a una cuenta privada. Quien lo haga es un impostor, sea cual sea el nombre que use.

advice-investment =
    Los empleos en los que hay que depositar dinero, las señales con ganancias garantizadas y los desconocidos que le enseñan a invertir son fraudes muy habituales: al principio se muestran pequeñas ganancias, pero nunca se puede retirar nada. Por favor, no envíe nada más y, si ya lo ha hecho, díganoslo.

# For a finding without a text of its own
advice-caution =
    Algo en su mensaje nos lleva a pedirle que tenga cuidado. Una persona de nuestro equipo lo va a revisar.

# $official: the true account, address or domain that is imitated
warning-true-one = La dirección o cuenta auténtica: { $official }

warning-what-to-do =
    Qué debe hacer: no responda a quien esté detrás, no abra ningún enlace y no envíe códigos, documentos ni dinero. Si ya envió algo o inició sesión allí: congele su cuenta de inmediato, cambie su contraseña, configure de nuevo su verificación en dos pasos y cuéntenos en este caso qué ocurrió, pero nunca nos envíe la contraseña ni el código.

## Answers of our team

# Subject of an answer when the case has none; $brand: brand
answer-subject = Su mensaje a { $brand }
answer-files = Estos archivos son demasiado grandes para un correo. Puede descargarlos aquí hasta el { $until }:

## Commands: what each does, in the platform's list of commands and in /help

# The language's own name, on the button that chooses it
language-name = Español

command-help = Cómo recibir ayuda aquí
command-new = Escribir sobre un asunto nuevo
command-status = Cómo van sus casos
command-verify = ¿Es nuestra esta cuenta, dirección o enlace?
command-report = Reportar a un impostor, paso a paso
command-language = Elegir su idioma
command-close = Cerrar un caso

## Commands: /start and /help

# $brand: brand
start-hello =
    Le damos la bienvenida a la atención al cliente de { $brand }.

    Soy un asistente automático: recibo lo que usted escribe, y las personas de nuestro equipo le responden aquí. Escriba simplemente de qué se trata.

# What is never asked for, in one line: no item may be left out in a translation
never-line = Nunca le pedimos su contraseña, su frase semilla o sus claves privadas, un código de verificación, acceso remoto a su dispositivo ni un pago. Quien lo haga en nuestro nombre es un impostor.

# $case: case number
start-bound = Hola de nuevo. Este chat continúa ahora con su caso { $case }. Todo lo que escriba aquí llega a las personas que lo atienden.

# For a link that is spent, too old, somebody else's or unknown: it must not be told which
start-link-useless = Hola. No puedo abrir un caso con este enlace; quizá ya se usó o era para otro chat. No se preocupe: escriba aquí de qué se trata y, si tiene un número de caso, inclúyalo.

help-hello = Escriba simplemente de qué se trata, como se lo contaría a una persona: nuestro equipo lo lee y le responde aquí. Estos comandos también le pueden servir:

# A command that we do not know
unknown-command = No conozco este comando. Escriba de qué se trata sin la barra, o consulte /help.

button-status = Mis casos
button-verify = Comprobar una cuenta
button-report = Reportar a un impostor
button-language = Idioma / Language
button-new = Escribir al equipo

## Commands: /new

new-ask =
    Adelante: su próximo mensaje abrirá un caso nuevo. ¿De qué se trata y cuándo ocurrió?

    Nos ayuda conocer el ID de su cuenta (UID); si se trata de un depósito o un retiro, también el hash de la transacción (TxID), la red, la criptomoneda y la cantidad. Por favor, no envíe contraseñas, códigos ni frases semilla.

# $case: case number
new-opened = Gracias, he pasado su mensaje a nuestro equipo como caso { $case }. Lo que escriba a continuación se añadirá a él.

## Commands: /status

status-none = Todavía no tiene ningún caso aquí. Escriba de qué se trata y abriré uno.

# The same for a number that does not exist and for somebody else's
status-unknown = No tiene aquí ningún caso con ese número. Revise el número o escriba de qué se trata.

# $case: case number; $state: one of the state texts; $opened, $changed: times in UTC; $next: one of the next texts
status-case =
    { $case }: { $state }
    Abierto: { $opened }. Último cambio: { $changed }
    { $next }

# $count: how many more cases there are
status-more = Y { $count } más. Para ver uno de ellos, escriba /status y su número.

state-open = en manos de nuestro equipo
state-waiting = respondido
state-solved = cerrado

next-open = Qué sigue: una persona de nuestro equipo lo lee y responde aquí. No hace falta que vuelva a escribir para conservar su turno.
next-waiting = Qué sigue: si queda algo pendiente, escriba aquí y el caso vuelve a nuestro equipo.
next-solved = Qué sigue: nada más. Si para usted no está resuelto, escriba aquí y lo revisaremos de nuevo.

## Commands: /language

language-ask = ¿En qué idioma prefiere que le hable?
language-chosen = A partir de ahora le hablaré en español.

## Commands: /close

# $case: case number
close-ask = ¿Cierro su caso { $case }? No se borrará nada.
close-none = No tiene aquí ningún caso abierto que se pueda cerrar.
# $case: case number
close-done = Su caso { $case } está cerrado. Gracias por escribirnos. Si vuelve a surgir algo, escriba aquí; para otro asunto, use /new.
close-kept = El caso sigue abierto. Nuestro equipo continúa con él.

button-close = Sí, cerrarlo
button-keep = No, dejarlo abierto

## Commands: in the middle of a question

cancelled = Cancelado; no se envió nada. Puede escribirnos cuando quiera.
cancel-nothing = No hay nada que cancelar. Escriba simplemente de qué se trata.
button-cancel = Cancelar

# For a button that we did not make for this person, or whose question is over
button-stale = Este botón no es para usted o ya caducó. Empiece de nuevo con /help, por favor.

## Commands: in a group

group-private = Sigamos en privado: aquí lo lee todo el mundo. Por favor, no escriba números de caso ni datos personales en este grupo. Nosotros nunca le escribimos primero.
button-private = Seguir en privado
# $brand: brand
group-help = Soy el asistente automático de { $brand }. Aquí solo compruebo nombres: escriba /verify y el nombre. Para todo lo demás, sigamos en privado. Nunca le escribimos primero, y nunca pedimos contraseñas, códigos ni frases semilla.

## Commands: /verify

verify-ask = ¿Qué cuenta, dirección o enlace quiere que compruebe? Escríbalo tal como lo vio, por ejemplo un @nombre, una dirección de correo o un enlace, o reenvíeme un mensaje de esa cuenta.

# $official: one of our accounts; $platform: where it is
account-on = { $official } en { $platform }

# $official: one of our accounts, addresses or domains; $brand: brand; $since: a date
verify-official = ✅ { $official } es oficial: figura en la lista de { $brand }. Esto vale únicamente para el nombre escrito exactamente así.
verify-official-since = ✅ { $official } es oficial: figura en la lista de { $brand } desde el { $since }. Esto vale únicamente para el nombre escrito exactamente así.

# $claim: what was asked about, made unclickable; $brand: brand
verify-not-listed = { $claim } no figura en la lista de cuentas y direcciones oficiales de { $brand }. Es todo lo que puedo decirle al respecto.
verify-not-listed-unnamed = Lo que consulta no figura en la lista de cuentas y direcciones oficiales de { $brand }. Es todo lo que puedo decirle al respecto.

# It was ours once
verify-retired = ⚠️ { $claim } perteneció en su momento a { $brand }, pero ya no. Hoy puede estar en manos de otra persona.
verify-retired-unnamed = ⚠️ Lo que consulta perteneció en su momento a { $brand }, pero ya no. Hoy puede estar en manos de otra persona.

# $official: whom it imitates; $technique: one of the technique texts
verify-look-alike = ⚠️ { $claim } no es nuestro. Se parece a { $official }: { $technique }.
verify-look-alike-unnamed = ⚠️ Lo que consulta no es nuestro. Se parece a { $official }: { $technique }.

verify-scam = ⛔ { $claim } ha sido reportado por fraude. No tiene ninguna relación con { $brand }.
verify-scam-unnamed = ⛔ Lo que consulta ha sido reportado por fraude. No tiene ninguna relación con { $brand }.

# The name is listed, but the platform shows another account behind it
verify-other-account = ⚠️ El nombre { $official } está en nuestra lista, pero la cuenta que lo lleva no es la que conocemos: un nombre puede cambiar de manos. Por favor, no confíe en ella hasta que nuestro equipo se lo confirme.

# Who forwarded a message of somebody whose display name claims to be us
verify-poses = ⚠️ Quien escribió este mensaje usa un nombre que parece de { $brand }, pero la cuenta no es nuestra. Cualquiera puede ponerse cualquier nombre.

# The platform hides who wrote the forwarded message
verify-hidden = Quien escribió este mensaje oculta su cuenta, así que no puedo comprobarla: un nombre por sí solo no demuestra nada, ni siquiera el nuestro. { $brand } nunca le escribe primero. Con /report puede indicarnos la cuenta.

verify-unchecked = No he podido comprobarlo. Envíeme un solo nombre cada vez, tal como lo vio: un @nombre, una dirección de correo o un enlace.
verify-ambiguous = ⚠️ Esto se puede leer de más de una manera, y una de ellas no es nuestra. Por favor, no lo abra.

# A short link, or one that lets somebody join, shows nobody
verify-hidden-target = ⚠️ Este enlace no muestra a dónde lleva, así que no puedo comprobarlo. Por favor, no lo abra; nuestros propios enlaces muestran nuestro nombre completo.

# An address that coins are sent to
verify-wallet = Una dirección para recibir criptomonedas no se puede comprobar: no dice de quién es. Nunca le pedimos que envíe criptomonedas a ninguna parte para desbloquear, verificar o proteger una cuenta. Las direcciones de depósito se muestran únicamente en la aplicación y en nuestro sitio web.

# Telegram does not let bots look up people's accounts by name
verify-telegram = Lo he tomado como un nombre de Telegram. Telegram no nos permite buscar cuentas de personas por su nombre, así que solo puedo compararlo con nuestra lista. Si lo vio en otro lugar, envíeme el enlace.

# $official: one of our mail addresses; $brand: brand
verify-address = { $official } es una de las direcciones de { $brand }. Pero cualquiera puede escribirla como remitente de un correo, así que no demuestra quién le ha escrito. Si tiene dudas, pregúntenos en la aplicación o en nuestro sitio web.
verify-more = Había más de lo que puedo revisar de una vez. Envíeme el resto uno por uno y, hasta entonces, no confíe en nada de ello.

verify-care = Si allí alguien habla en nombre de { $brand }, por favor no le responda ni le envíe nada. Puede reportarlo con /report.
verify-what-to-do = Por favor, no responda, no abra ningún enlace y no envíe códigos ni dinero. Si ya envió algo: congele su cuenta ahora en la aplicación o en nuestro sitio web y después use /report.
verify-in-group = Compruebe también los enlaces y los nombres conmigo en privado: los grupos son uno de los lugares preferidos de los impostores.

technique-confusable = usa letras o números que se confunden con otros
technique-separator = solo cambia en puntos, guiones o guiones bajos
technique-embedded = incluye nuestro nombre dentro del suyo
technique-link = el enlace contiene nuestro nombre, pero lleva a otro lugar
technique-suffix = tiene una terminación distinta de la nuestra
technique-elsewhere = es nuestro nombre, pero en una plataforma o un sitio donde no lo usamos
technique-display-name = usa nuestro nombre como nombre visible
technique-affix = añade a nuestro nombre palabras como "support", "official" o "soporte"
technique-slip = es nuestro nombre con letras de menos, de más o cambiadas
technique-region = añade a nuestro nombre un país, una región o un número
technique-mark = pone en su nombre un símbolo de verificación, algo que puede hacer cualquier cuenta
technique-redirect = el enlace termina en una dirección distinta de la que muestra
technique-words = habla como si fuéramos nosotros
technique-other = está hecho para que parezca nuestro

## Commands: /report

report-begin = Gracias por avisarnos: así también protege a otras personas. Le haré tres preguntas breves; puede parar cuando quiera.
report-kind = ¿Qué desea reportar?
report-what-account = ¿De cuál se trata? Reenvíeme un mensaje suyo, o envíeme el nombre o el enlace. Si la cuenta está oculta, indíquela con el botón de abajo.
report-what-address = ¿De cuál se trata? Envíeme el enlace o la dirección tal como los vio, o reenvíeme el mensaje en el que venían. Por favor, no los abra.

# $brand: brand
report-official = ✅ Este figura en la lista de { $brand }, así que es nuestro. Si aun así algo le parece extraño, continúe.

report-harm = ¿Les ha enviado algo: dinero, códigos, contraseñas, documentos? ¿O ha iniciado sesión en algún sitio porque se lo pidieron?
report-harm-again = Lo he anotado. Una pregunta más: ¿les ha enviado algo (dinero, códigos, contraseñas, documentos) o ha iniciado sesión en algún sitio porque se lo pidieron?
report-story = Bien. ¿Qué ocurrió? Cuéntelo con sus palabras en un solo mensaje, o pulse el botón para enviar el reporte tal como está.
report-noted = Lo he añadido. Escriba qué ocurrió, o pulse el botón para enviar el reporte.

# What a user must do at once who has given something away
report-freeze = ⚠️ Haga esto ahora, por favor: congele su cuenta en la aplicación o en nuestro sitio web, cambie su contraseña y configure de nuevo su verificación en dos pasos. No envíe nada más, aunque le prometan devolverle lo perdido.

# $case: case number; $kind: one of the kind texts
report-sent = Nuestro equipo ya tiene su reporte. Caso { $case }: { $kind }.
# $seen: names that were pointed out, made unclickable
report-seen = Usted señaló: { $seen }
report-tell-more = Después, cuénteme aquí qué ocurrió: cuándo, qué envió y a dónde (hash de la transacción, dirección). Se añadirá a su caso. Nunca envíe la contraseña ni el código.
report-thanks = Gracias. Lo investigaremos y, si necesitamos saber más, le responderemos aquí. Por favor, no le conteste más. Si desea añadir algo, escríbalo aquí.

# $case: case number. A command has ended the report before its last question
report-passed-on = He pasado su reporte a nuestro equipo hasta donde había llegado: caso { $case }.
report-new-again = Lo que escriba a continuación se añadirá a él. Para otro asunto, envíe /new una vez más.

kind-account = Una cuenta
kind-group = Un grupo o canal
kind-website = Un sitio web o enlace
kind-mail = Un correo electrónico
kind-other = Otra cosa

button-pick-user = Indicar una cuenta
button-pick-chat = Indicar grupo o canal
button-skip = No puedo indicarlo
button-yes = Sí, lo hice
button-no = No, nada
button-send = Enviar el reporte

## Chats: acknowledgement and files

# $case: case number
chat-received = Gracias, hemos recibido su mensaje. Su caso es { $case }. Una persona de nuestro equipo lo leerá y le responderá aquí, por lo general en un plazo de 24 horas. Si desea añadir algo, escríbalo aquí; con /status puede ver cómo va. Si sus activos corren peligro, congele su cuenta ahora en la aplicación o en nuestro sitio web.

# $case: case number
chat-encrypted = Hemos recibido su mensaje, pero está cifrado de extremo a extremo y no se puede leer aquí. Su caso es { $case }. Por favor, escríbalo de nuevo sin cifrado o por otro de nuestros canales oficiales.

file-too-large = Hemos recibido su mensaje, pero uno de los archivos es demasiado grande y no podemos recibirlo aquí. Envíe una versión más pequeña o una captura de pantalla de lo importante, o descríbalo con palabras.
# $count: how many files, at least two
files-too-large = Hemos recibido su mensaje, pero { $count } de los archivos son demasiado grandes y no podemos recibirlos aquí. Envíe versiones más pequeñas o capturas de pantalla de lo importante, o descríbalo con palabras.

## Impostors in groups where we are present

# $account: the platform's number of an account or group
account-number = ID { $account }

# $account: name and number; $brand: brand
impostor-in-group = ⚠️ { $account } no es una cuenta nuestra ni trabaja para { $brand }, sea cual sea el nombre que muestre. Nuestro personal nunca le escribe primero y nunca pide contraseñas, códigos, frases semilla ni pagos. Por favor, no le responda.

# For operators. $account: name and number; $platform: platform; $group: the group's number; $case: case number
impostor-told = ⚠️ Impostor en { $platform }: { $account }, visto en el grupo { $group }. Caso { $case }.
# $official: one of our accounts
impostor-imitates = Imita a { $official }.
impostor-to-do = Por favor, revise la cuenta, expúlsela del grupo y repórtela a la plataforma.

## Public posts: everybody reads along, so no name but our own, no link, no case number; 280 characters at most

# $handle: our own account with @
public-receipt = Gracias, recibimos su mensaje. Sigamos por mensaje directo con { $handle }: aquí lo lee todo el mundo. Nunca le escribimos primero ni pedimos contraseñas, frases semilla, claves privadas, códigos, acceso remoto o pagos.
public-warning = Cuidado: solo respondemos desde { $handle }. Cualquier otro que responda en nuestro nombre es un impostor: no le envíe nada. Escriba a { $handle }. Nunca escribimos primero ni pedimos contraseñas, frases semilla, claves privadas, códigos, acceso remoto o pagos.

# In private. $account: an account, made unclickable, or its number; $handle: our own account with @; $brand: brand
impostor-answered = ⚠️ Cuidado: en su publicación alguien responde en nombre de { $brand }, pero no es nuestra cuenta: { $account }. No le responda, no abra sus enlaces y no le envíe nada. Nosotros solo le escribimos desde { $handle }. Si ya le envió algo, congele su cuenta ahora y cuéntenos aquí qué ocurrió.

# The same, when the account is not at hand
impostor-answered-unnamed = ⚠️ Cuidado: en su publicación alguien responde en nombre de { $brand }, pero no es nuestra cuenta. No le responda, no abra sus enlaces y no le envíe nada. Nosotros solo le escribimos desde { $handle }. Si ya le envió algo, congele su cuenta ahora y cuéntenos aquí qué ocurrió.

# $link: the address of our privacy policy
privacy-line = Cómo tratamos lo que nos escribe: { $link }

# $word: the word that lets automatic messages come again
opted-out = Ya no recibirá mensajes automáticos aquí, salvo una advertencia si corre peligro. Nuestro equipo aún puede responderle. Para volver a recibirlos, escriba { $word }.
opted-in = Los mensajes automáticos están activados de nuevo.

# $options: what may be written, separated by slashes
answer-with = Puede responder con: { $options }
