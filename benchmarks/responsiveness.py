"""How soon a signed move is made: the whole installation, real Prefect, 20 signatures a second over HTTP.

    make bench-responsiveness

Each figure is the time from sending the sign-off to the answer "moved", so it includes the request itself and is an
upper bound of the time from the committed signature to the committed move.
"""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests import care
from tests.house_up import Person, up

RATE = 20.0
"""Signatures a second."""
CALLERS = 24


def main(count: int = 200) -> None:
    """Enrol and assess clients, wait for their proposals, sign them at the rate, and print what was measured."""
    with up() as house:
        clinician = house.someone(care.CLINICIAN)
        print(f"enrolling {count} clients", file=sys.stderr)
        with ThreadPoolExecutor(8) as hands:
            pathways = list(hands.map(lambda _: _assessed(clinician), range(count)))
            proposals = [clinician.proposed(pathway_id, "iop") for pathway_id in pathways]
        print("signing", file=sys.stderr)
        began = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as hands:
            answers = list(
                hands.map(
                    lambda pair: _sign(clinician, began + pair[0] / RATE, pair[1]), enumerate(proposals)
                )
            )
    waits = sorted(wait for wait, answer in answers if answer["message"] == "moved")
    print(json.dumps(_figures(waits, count)))


def _assessed(clinician: Person) -> str:
    pathway_id = clinician.enrol()
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        clinician.assess(pathway_id, what)
    return pathway_id


def _sign(clinician: Person, at: float, decision_id: str) -> tuple[float, Any]:
    time.sleep(max(0.0, at - time.monotonic()))
    sent = time.monotonic()
    answer = clinician.accept(decision_id)
    return time.monotonic() - sent, answer


def _figures(waits: list[float], count: int) -> dict[str, object]:
    cuts = statistics.quantiles(waits, n=100)
    figures = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": waits[-1]}
    told = {name: round(seconds, 3) for name, seconds in figures.items()}
    return {"signatures": count, "per_second": RATE, "moved_while_waiting": len(waits), "seconds": told}


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
