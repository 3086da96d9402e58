"""The wheel holds everything the product reads at run time, and nothing that only builds it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
NEEDED = (
    "services/store/migrations/env.py",
    "services/store/migrations/versions/0001_the_first_tables.py",
    "services/web/templates/board.html",
    "services/web/static/app.css",
    "models/catalogue/pathways/sud-adult.yaml",
    "models/catalogue/instruments/phq-9.yaml",
    "models/catalogue/placement/hr-1.yaml",
)


def test_the_wheel_holds_migrations_pages_and_catalogue(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    [wheel] = tmp_path.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    assert set(NEEDED) <= names
    assert not [name for name in names if name.startswith(("tests/", "deploy/", "benchmarks/"))]
