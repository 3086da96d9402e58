"""Every Python process that has this folder on its path is ahead of time by the days that a file names.

So an installation under test lives through weeks with its own processes, and the product needs no switch for it.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from services import clock

_true = clock.now


def _turned() -> datetime:
    return _true() + timedelta(days=float(Path(os.environ["TURNED_DAYS"]).read_text("utf-8")))


clock.now = _turned
