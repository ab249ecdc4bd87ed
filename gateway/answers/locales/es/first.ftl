# The first answer that helps, in Spanish. Keys and variables: see the English file.

## Chats: the number

first-received = Gracias, hemos recibido su mensaje. Su caso es { $case }; con /status puede ver cómo va.

## Mail: how to add something, where the receipt says all the rest

first-add = Para añadir algo, responda simplemente a este correo y deje el asunto como está, para que todo quede en un solo caso.

## What it is taken for, and who looks after it

first-account_stolen = Lo tratamos como una cuenta en peligro: nuestro equipo de seguridad lo atiende primero.
first-scam_suspected = Lo tratamos como una posible estafa: nuestro equipo de seguridad lo investiga.
first-wrong_transfer = Lo tratamos como un envío a una dirección o red equivocada, o sin su memo: nuestro equipo de recuperaciones lo revisa.
first-deposit_not_credited = Lo tratamos como un depósito no acreditado: nuestro equipo de depósitos lo revisa.
first-withdrawal_delayed = Lo tratamos como un retiro que se retrasa: nuestro equipo de retiros lo revisa.
first-liquidation_dispute = Lo tratamos como una consulta sobre una liquidación o una posición de contratos: nuestro equipo de derivados la revisa.
first-spot_order = Lo tratamos como una consulta sobre una orden al contado (spot): nuestro equipo de trading la revisa.
first-p2p_fiat = Lo tratamos como un asunto de P2P o de transferencia bancaria: nuestro equipo de pagos lo revisa.
first-card = Lo tratamos como un asunto de la tarjeta o de una compra con tarjeta: nuestro equipo de pagos lo revisa.
first-kyc = Lo tratamos como una consulta sobre la verificación de identidad: nuestro equipo de verificación la revisa.
first-login = Lo tratamos como un problema para iniciar sesión: nuestro equipo de cuentas lo revisa.
first-account_data_change = Lo tratamos como un cambio de datos de su cuenta: nuestro equipo de cuentas lo revisa.
first-account_closure = Lo tratamos como el cierre de una cuenta: nuestro equipo de cuentas lo revisa.
first-api = Lo tratamos como una consulta sobre la API: nuestro equipo técnico la revisa.
first-promotion = Lo tratamos como una consulta sobre una promoción o un reembolso: nuestro equipo de recompensas la revisa.
first-fees = Lo tratamos como una consulta sobre comisiones: nuestro equipo de atención la revisa.
first-policy = Lo tratamos como una consulta sobre normas y regulación: responde nuestro equipo de atención, con el de cumplimiento si hace falta.
first-authority_request = Lo tratamos como una solicitud de una autoridad o de su representante: la atiende nuestro equipo jurídico.
first-complaint = Lamentamos que tenga motivos de queja. Una persona la lee y averigua qué ha fallado.
first-feedback = Gracias por la sugerencia: llega a quienes desarrollan el producto. No todas pueden tener respuesta propia.
first-praise = Gracias por sus amables palabras: las transmitimos a quienes corresponden. No tiene que hacer nada más.

## In every receipt: the net below what was not taken for danger

first-risk = Si sus activos corren peligro, congele su cuenta ahora en la aplicación o en nuestro sitio web.

## By when

first-when-hour = Puede esperar una respuesta en menos de una hora.
first-when-few = Puede esperar una respuesta en un plazo de { $hours } horas.
first-when-hours = Puede esperar una respuesta en un plazo de { $hours } horas.
first-when-usual = Por lo general puede esperar una respuesta en un plazo de 24 horas.

## What was recognised

seen-transaction = Vemos su transacción en { $network }: { $link }
seen-confirmed = Vemos su transacción en { $network }; confirmaciones hasta ahora: { $confirmations }. { $link }
look-transaction = Su transacción en { $network }, para que la consulte: { $link }

## What is missing, each with where to find it

ask-heading = Para seguir necesitamos de usted:
ask-tx_hash = - El hash de la transacción (TxID): está en el historial de retiros de la cartera o plataforma desde la que envió.
ask-address = - La dirección a la que se enviaron las monedas: figura junto a la transacción en su historial.
ask-network = - La red que usó, como TRC20 o ERC20: se indica en la misma página que la transacción.
ask-account_id = - El ID de su cuenta (UID): en la aplicación, toque su foto de perfil.
ask-withdrawal_id = - El número del depósito o retiro: ábralo en su historial de activos.
ask-order_id = - El número de la orden: abra la orden en su historial de órdenes.
ask-memo = - El memo o etiqueta que puso, si lo hubo: el origen lo muestra con la transacción.
ask-amount = - El importe y el activo.
ask-time = - Cuándo ocurrió: fecha, hora y zona horaria.
ask-position = - La posición: contrato, largo o corto, apalancamiento; vea el historial de posiciones.
ask-email = - El correo registrado en su cuenta.
ask-link = - El enlace o nombre de cuenta del que se trata, escrito de modo que nadie lo pulse por error.
ask-screenshot = - Una captura de lo que ve; tape saldos, códigos y nombres de otras personas.
ask-never = No envíe contraseñas, códigos ni frases de recuperación.
ask-documents = Documentos y fotos de identidad solo aquí, nunca en un mensaje: { $link }

## What a further message brought

recorded-all = Gracias, anotado en su caso { $case }. No falta nada más; nuestro equipo sigue con él.
recorded-some = Gracias, anotado en su caso { $case }. Aún falta:

## Danger: what to do now

freeze-in-app = - Congele su cuenta ahora, en la aplicación o en nuestra web; así se detienen los retiros. No espere nuestra respuesta.
freeze-at-link = - Congele su cuenta ahora, así se detienen los retiros; no espere nuestra respuesta: { $link }
danger-account_stolen =
    - Desde un dispositivo de confianza, cambie la contraseña de su cuenta y la de su correo, y renueve la verificación en dos pasos.
    - Cierre todas las sesiones que no conozca; borre las claves API y las direcciones de retiro que no sean suyas.
    - No responda a nadie que prometa recuperar sus monedas a cambio de dinero: es un segundo robo.
    - No dé a nadie contraseñas, códigos ni frases de recuperación, tampoco a nosotros.
danger-secret_shared =
    - Lo que ha revelado ya lo conocen extraños: cambie esa contraseña de inmediato, desde un dispositivo de confianza, y renueve la verificación en dos pasos.
    - Si era una frase de recuperación o una clave privada: cree una cartera nueva con otra frase y mueva allí sus activos.
    - Si conectó una cartera en algún sitio: revoque los permisos. Borre claves API, cierre otras sesiones, quite los programas de acceso remoto.
    - No vuelva a enviar algo así a nadie, tampoco a nosotros.
danger-scam_under_way =
    - No envíe nada más: ni monedas, ni «comisiones», ni «impuestos», ni códigos, prometan o amenacen lo que sea.
    - Corte la conversación, termine todo acceso remoto y guarde lo que escribieron como prueba.
    - Si inició sesión, conectó una cartera o instaló algo porque se lo pidieron: cambie la contraseña desde otro dispositivo y revoque los permisos.
    - No pague a nadie que prometa recuperar monedas perdidas.

## Further ways

articles-heading = Mientras tanto, esto puede ayudarle:
links-heading = Puede hacerlo por su cuenta:
link-freeze = - Congelar su cuenta: { $link }
link-security = - Revisar la seguridad de su cuenta: { $link }
link-kyc = - Ver cómo va su verificación y qué falta: { $link }
link-upload = - Entregar documentos: { $link }
link-status = - Ver si depósitos, retiros y trading funcionan con normalidad: { $link }
link-api_docs = - Documentación de la API: { $link }

## Facts

fact-wrong_transfer = Una transferencia en la cadena no se puede anular. Si algo se puede recuperar depende de quién controla la dirección de destino, y no es seguro.
fact-deposit_not_credited = Un depósito se acredita cuando su red lo ha confirmado suficientes veces. Un explorador muestra cómo va.
fact-withdrawal_delayed = Un retiro se revisa antes de salir; después, la red decide cuánto tarda en confirmarse.
fact-liquidation_dispute = Una posición se liquida cuando su margen, al precio de marca, cae por debajo del margen de mantenimiento; ese precio no tiene por qué ser el último negociado.
fact-p2p_fiat = En P2P, libere las monedas solo cuando el dinero esté en su propia cuenta: la captura de un pago no prueba nada.
fact-kyc = Los documentos deben ser válidos, completos y suyos; el nombre debe ser el de su cuenta.
fact-login = Un autenticador perdido solo se restablece tras comprobar su identidad; lleva tiempo y le protege.
fact-account_data_change = El correo y el teléfono se cambian en la aplicación con un segundo factor; después los retiros quedan en pausa un tiempo.
fact-account_closure = Antes de cerrar una cuenta hay que retirar los saldos y terminar órdenes y posiciones abiertas.
fact-api = El secreto de una clave API se muestra una sola vez. No nos lo envíe nunca; basta el nombre de la clave.

## Legal lines, kept apart from the facts

legal-heading = Nota legal:
legal-policy = Esto es información general, no asesoramiento jurídico ni fiscal. Para su situación consulte a un abogado o asesor fiscal de su país.
legal-liquidation_dispute = Operar con apalancamiento puede hacerle perder todo lo invertido. Esta respuesta no es asesoramiento de inversión; rigen las condiciones que aceptó.
legal-liquidation_dispute-eu = Los criptoactivos son volátiles y con apalancamiento puede perder todo lo invertido; los sistemas de indemnización de inversores no lo cubren. Esta respuesta no es asesoramiento de inversión; conserva su derecho a reclamar formalmente o ante un defensor.
legal-liquidation_dispute-uk = No invierta si no está dispuesto a perder todo el dinero que invierte. Es una inversión de alto riesgo y no debe esperar protección si algo sale mal. Esta respuesta no es asesoramiento de inversión.
legal-authority_request = Las solicitudes de autoridades las responde solo nuestro equipo jurídico, por el canal oficial previsto y tras comprobar al remitente. Por este canal no se informa sobre ningún cliente.
legal-account_closure = Tras el cierre, algunos registros deben conservarse un tiempo porque lo exigen las leyes contra el blanqueo de capitales.
