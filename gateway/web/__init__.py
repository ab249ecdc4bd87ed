"""The one HTTP server: what is pushed to us, health, readiness and metrics. Needs the extra `web`."""
