"""Our own checks of a mail's sender, for a channel that asks for them: SPF, DKIM, DMARC and ARC.

They find results alone; what follows from them is judged in `gateway.trust.mail_verdict`. Why they are no library's:
docs/adr/0023.
"""
