"""`fold_10k_s`: a colleague comes back with 10,000 entries written elsewhere; from asking the store (a folder)
to all of them verified against their signed tree, opened and folded beside one's own, durable.

Beside it `fold_read_ms`: the case read again after that, as its screen does; and what publishing them took the
colleague (`fold_publish_s`). Held against the colleague's own tables: both must say the same.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.domain.case_acts import THINGS
from reviewer.domain.event import Event
from tests.bench.case_made import Size, annotations, day_of_work, papers
from tests.services.agency import CASE, NOW, Agency
from tests.services.case_team import ARO, SALO, STATIONS, VIRTA, Investigator, team_agency

_RECORDINGS = ("rec-1", "rec-2", "rec-3")


def run(entries: int, size: dict[str, Any], rounds: int) -> dict[str, Any]:
    """So many entries of one colleague, folded by others who have the case: K. Salo, and S. Aro at `rounds` - 1
    workstations."""
    with TemporaryDirectory(prefix="reviewer-case-") as name, ExitStack() as desks:
        agency = team_agency(Path(name), *_RECORDINGS)
        salo, virta = (desks.enter_context(_at_work(agency, who)) for who in (SALO, VIRTA))
        begins = [NOW] * len(_RECORDINGS)
        _write(salo, [*papers(CASE, NOW, size["allegations"]), *annotations(CASE, _RECORDINGS, begins, Size(**size))])
        salo.sends()
        readers = [salo, *(desks.enter_context(_at_work(agency, ARO, f"aro-{n}")) for n in range(1, rounds))]
        for each in (virta, *readers):
            each.follows()
        _write(virta, day_of_work(CASE, _RECORDINGS, begins, entries))
        began = time.perf_counter()
        virta.sends()
        published = time.perf_counter() - began
        took, read = zip(*(_follow(each, entries) for each in readers), strict=True)
        if any(each.case_as_folded() != virta.case_as_folded() for each in readers):
            raise RuntimeError("two people have not the same case")
    return {
        "fold_10k_s": round(statistics.median(took), 3),
        "fold_10k_s_each": [round(each, 3) for each in took],
        "fold_read_ms": round(statistics.median(read) * 1000, 1),
        "fold_publish_s": round(published, 2),
        "fold_entries": entries,
    }


def _follow(desk: Investigator, entries: int) -> tuple[float, float]:
    began = time.perf_counter()
    found = desk.follows()
    took = time.perf_counter() - began
    if found.problems or found.trouble or found.new < entries:
        raise RuntimeError(f"{found.new} of {entries} entries were folded: {found.problems or found.trouble}")
    began = time.perf_counter()
    for kind in THINGS:
        desk.reading.things(desk.case, kind)
    desk.reading.bookmarks(desk.case)
    return took, time.perf_counter() - began


def _write(desk: Investigator, events: Iterable[Event]) -> None:
    futures = [desk.journal.record(event) for event in events]
    wait(futures)
    for each in futures:
        each.result()


@contextmanager
def _at_work(agency: Agency, who: str, home: str = "") -> Iterator[Investigator]:
    desk = Investigator(agency, who, STATIONS[who], home=home)
    try:
        yield desk.sits_down()
    finally:
        desk.leaves()
