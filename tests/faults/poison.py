"""How much slower the others are when some clients' rules always fail: clean and poisoned crowds in turn, as ratios.

.venv/bin/python -m tests.faults.poison --clients 10000
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime

from flows import walking
from services.store.database import Database
from tests import care
from tests.conftest import VAULT
from tests.faults.crowd import crowd
from tests.faults.test_crowds import poison
from tests.simulation.seeds import fresh_cluster

AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
SHARES = {"clean": 0.0, "one percent": 0.01, "ten percent": 0.1}


def seconds_a_client(url: str, clients: int, share: float) -> float:
    """Return how long the walk took for each client that is well."""
    database = Database(url, VAULT)
    pathways = crowd(database, clients, at=AT)
    ill = poison(database, pathways[: int(clients * share)])
    began = time.perf_counter()
    walking.walk(database, at=AT, actor=care.ENGINE)
    spent = time.perf_counter() - began
    database.close()
    return spent / (clients - len(ill))


def main() -> None:
    """Measure in turn, and print the ratios to the clean crowd of the same round."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--clients", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    ratios: dict[str, list[float]] = {name: [] for name in SHARES}
    with fresh_cluster() as cluster:
        for _ in range(given.rounds):
            took = {
                name: seconds_a_client(cluster.fresh().app_url, given.clients, share)
                for name, share in SHARES.items()
            }
            for name, seconds in took.items():
                ratios[name].append(seconds / took["clean"])
    told = {
        name: {"median": statistics.median(of), "min": min(of), "max": max(of)} for name, of in ratios.items()
    }
    print(json.dumps({name: {k: round(v, 3) for k, v in of.items()} for name, of in told.items()}))


if __name__ == "__main__":
    main()
