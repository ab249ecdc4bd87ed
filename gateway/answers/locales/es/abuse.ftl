## Blocks and personal details in public

# What a blocked sender writes to be heard
appeal-word = apelación

# $brand: brand; $case: case number; $word: the word above
blocked-notice = Tu mensaje ha llegado con el número de caso { $case }. Por mensajes anteriores, lo que escribas solo lo atenderá una persona cuando sea posible. Si crees que es un error, escribe la palabra «{ $word }» y explica por qué: una persona de { $brand } lo revisará. Si tus activos corren peligro, congela tu cuenta ahora en la app o en nuestra web.

# In public, at most 280 characters. $handle: our own account with @
public-exposed = Borra por favor lo que acabas de publicar: contiene datos personales y aquí lo lee todo el mundo. Sigue por mensaje directo a { $handle }. Nunca te escribimos primero ni pedimos contraseñas, frases semilla, claves privadas, códigos ni pagos.
group-exposed = ⚠️ Borra por favor lo que acabas de escribir en este grupo: contiene datos personales que todos pueden leer. Nunca te escribimos primero; quien lo haga ahora por ello es un impostor.
