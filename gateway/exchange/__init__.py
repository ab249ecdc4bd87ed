"""The plug-ins that ask and tell the exchange's own systems over HTTP: customers, freezes, the second factor."""
