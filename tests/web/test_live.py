"""Live changes: what the database tells reaches whoever waits, and nobody else."""

import asyncio
from threading import Event, Thread
from uuid import UUID

from services import ids
from services.access import EVERYWHERE
from services.web.live import Ear, Live
from tests.web.conftest import House


def test_a_committed_change_wakes_whoever_waits_for_that_pathway(house: House) -> None:
    live, listening = Live(house.database.url), Event()
    with live.listening(Ear(None, listening.set)):
        live.start()
        assert listening.wait(10), "the listener tells everybody once it listens"
        pathway = house.pathway()
        mine, others = Event(), Event()
        with live.listening(Ear(ids.new(), others.set)), live.watching(UUID(pathway)) as until:
            with house.database.transaction(EVERYWHERE) as work:
                work.run("SELECT pg_notify('stepdown_changed', :what)", what=pathway)
            Thread(target=lambda: mine.set() if until(listening.is_set, 5) else None).start()
            assert mine.wait(5)
            assert not others.is_set()
    live.stop()


def test_waiting_ends_when_it_happened_or_when_patience_does() -> None:
    live, pathway, seen = Live("postgresql://nowhere"), ids.new(), []
    with live.watching(pathway) as until:
        live.tell(str(pathway))
        assert until(lambda: seen.append(1) or len(seen) == 2, 5)
        assert not until(lambda: False, 0.01)
    assert until(lambda: True, 0)


def test_a_page_hears_that_something_changed_and_nothing_of_what() -> None:
    async def follow() -> list[dict[str, str]]:
        live, pathway = Live("postgresql://nowhere"), ids.new()
        stream = live.changes(pathway)
        heard = [await anext(stream)]
        for changed in (str(ids.new()), str(pathway), str(pathway), "*"):
            live.tell(changed)
        heard.append(await asyncio.wait_for(anext(stream), 5))
        await stream.aclose()  # type: ignore[attr-defined]
        assert not live._ears
        return heard

    assert asyncio.run(follow()) == [{"event": "open", "data": ""}, {"event": "changed", "data": ""}]
