"""What we conclude: pure functions from a definition and a case to findings, decisions and changes."""

from services.rules.advancing import advance
from services.rules.cadence import after, clock_of, due_state
from services.rules.criteria import find
from services.rules.decisions import ENGINE, decide, guards

__all__ = ["ENGINE", "advance", "after", "clock_of", "decide", "due_state", "find", "guards"]
