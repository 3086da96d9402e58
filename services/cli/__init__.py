"""The command line: one program, `stepdown`. A face: it opens transactions, reads the clock, starts flows and web."""

from services.cli.app import main

__all__ = ["main"]
