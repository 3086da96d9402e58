"""An installation with a program, and the way a file is taken into it."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from services import importing
from services.importing import Line, Report
from services.store.work import Work
from tests import care
from tests.importing import Take


@pytest.fixture
def by(work: Work, at: datetime) -> care.Principal:
    somebody = care.somebody(work, care.COORDINATOR, at)
    care.a_program(work, somebody, at)
    return somebody


@pytest.fixture
def take(work: Work, by: care.Principal, at: datetime, tmp_path: Path) -> Take:
    """Take in a file, or a text under a name, in the one transaction of the test."""

    def taken(what: Path | str | bytes, name: str = "f.ndjson", *, pathway: UUID | None = None) -> Report:
        file = what if isinstance(what, Path) else tmp_path / name
        if not isinstance(what, Path):
            file.write_bytes(what if isinstance(what, bytes) else what.encode())
        lines: list[Line] = []
        for chunk in importing.chunks(importing.opened(file)):
            lines += importing.record(work, chunk, by=by, at=at, pathway_id=pathway)
        return Report.of(lines)

    return taken
