# Incidencias conocidas

incident-known = Parece tratarse de algo que ya conocemos y en lo que estamos trabajando: «{ $title }».
incident-expected = Esperamos que esté resuelto antes del { $time }.
incident-wait = No hace falta que nos escriba de nuevo por ello: se lo diremos aquí en cuanto esté resuelto.
incident-over = Lo que conocíamos como «{ $title }» ya está resuelto.
incident-over-next = Si su caso { $case } aún no ha quedado resuelto, simplemente responda a este mensaje y lo volveremos a revisar.
incident-over-subject = [{ $case }] La incidencia está resuelta
