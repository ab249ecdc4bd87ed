"""`python -m gateway`: the same as `gatehouse`."""

from gateway.cli.main import main

main()
