"""`python -m services.cli`, the same as `stepdown`."""

from services.cli.app import main

main()
