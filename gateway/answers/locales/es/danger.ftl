# A danger that was told in public: what to do at once, where everybody reads along. At most 280 of X's weight.

# $handle: our account, with its @
public-danger = Congele su cuenta ahora mismo, en la app o en nuestra web: así se detienen los retiros. Después escriba por mensaje directo a { $handle }: solo respondemos desde ahí; cualquier otro es un impostor. Nunca pedimos contraseñas, frases semilla, códigos ni pagos.
