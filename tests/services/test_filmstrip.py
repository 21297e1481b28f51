"""Small pictures along the timeline show footage: no entry, no pictures; and the entry says at least what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, DecoderStopped, LogUnwritable, ReviewerError
from reviewer.domain.events import Event, FilmstripShown, LogName
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera, DeckPart, Source
from reviewer.records.database import open_reader
from reviewer.services.filmstrip import REACH, Filmstrip, Pictures
from reviewer.services.journal import Journal, Recorded
from tests.media.footage import START, WAIT, camera, clip, part
from tests.media.hostile import Hostile
from tests.services.agency import CASE
from tests.services.still_room import KEY

LENGTH = Micros(2_400_000)
WHOLE = TimeRange(START, Utc(START + LENGTH))
KEYS = [START + n * 480_000 for n in range(5)]


@dataclass
class Strip:
    """A filmstrip whose log the test writes by hand."""

    film: Filmstrip
    asked: list[tuple[FilmstripShown, Future[Recorded]]]
    opened: list[str]
    cameras: dict[str, DeckCamera]
    trouble: ReviewerError | None = None

    def ask(self, stretch: TimeRange = WHOLE, count: int = 5, height: int = 48, key: str = "one") -> Future[Pictures]:
        return self.film.request(key, stretch, count, height)

    def write(self) -> None:
        """The newest entry is durable now."""
        event, entry = self.asked[-1]
        entry.set_result(Recorded(event, "origin", len(self.asked), START))

    def said(self) -> list[FilmstripShown]:
        return [event for event, _ in self.asked]


@pytest.fixture
def strip() -> Iterator[Strip]:
    asked: list[tuple[FilmstripShown, Future[Recorded]]] = []
    opened: list[str] = []

    def record(event: Event) -> Future[Recorded]:
        assert isinstance(event, FilmstripShown)
        asked.append((event, Future()))
        return asked[-1][1]

    def watched(deck: DeckCamera) -> DeckCamera:
        def source(of: DeckPart) -> Source:
            opened.append(deck.key)
            return of.source()

        return replace(deck, parts=tuple(replace(p, source=lambda p=p: source(p)) for p in deck.parts))  # type: ignore[misc]

    cameras = {"one": watched(camera(part(clip())))}
    with ThreadPoolExecutor(2) as pool:
        made = Strip(None, asked, opened, cameras)  # type: ignore[arg-type]
        made.film = Filmstrip(cameras.get, record, pool, CASE, "complaint", lambda: made.trouble)
        yield made
        for _, entry in asked:
            if not entry.done():
                entry.set_exception(LogUnwritable("It ended.", ""))


def times(pictures: Pictures) -> list[int]:
    return [at - START for at, _ in pictures]


def test_nothing_is_opened_before_the_entry_is_durable(strip: Strip) -> None:
    future = strip.ask()
    assert strip.said() == [FilmstripShown(CASE, "one", WHOLE, Micros(480_000), 48, "complaint")]
    assert (future.done(), strip.opened) == (False, [])
    strip.write()
    assert times(future.result(WAIT)) == [n * 480_000 for n in range(5)]
    assert strip.opened == ["one"]


def test_a_log_that_cannot_be_written_gives_no_pictures(strip: Strip) -> None:
    future = strip.ask()
    strip.asked[-1][1].set_exception(LogUnwritable("The log cannot be written.", "Free some space."))
    with pytest.raises(LogUnwritable):
        future.result(WAIT)
    assert strip.opened == []
    again = strip.ask()
    assert len(strip.asked) == 2, "what was not written covers nothing"
    strip.write()
    assert len(again.result(WAIT)) == 5


def test_a_gate_that_is_shut_gives_none_although_an_entry_is_there(strip: Strip) -> None:
    first = strip.ask()
    strip.write()
    first.result(WAIT)
    strip.trouble = LogUnwritable("The log cannot be written.", "Free some space.")
    with pytest.raises(LogUnwritable):
        strip.ask().result(WAIT)
    assert strip.opened == ["one"]


def test_a_gate_that_shuts_while_they_are_made_keeps_them(strip: Strip) -> None:
    future = strip.ask()
    strip.trouble = LogUnwritable("The log cannot be written.", "Free some space.")
    strip.write()
    with pytest.raises(LogUnwritable):
        future.result(WAIT)


def test_a_real_log_has_the_entry_when_the_pictures_come(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "records.sqlite", {LogName.ACCESS: "pd/ws1/salo/access/1"}, KEY)
    with ThreadPoolExecutor(1) as pool:
        film = Filmstrip({"one": camera(part(clip()))}.get, journal.record, pool, CASE, "complaint", lambda: None)
        pictures = film.request("one", WHOLE, 5, 48).result(WAIT)
    assert len(pictures) == 5
    journal.close()
    with open_reader(tmp_path / "records.sqlite") as reader:
        kinds = [row[0] for row in reader.execute("SELECT kind FROM entries")]
    assert kinds == [FilmstripShown.KIND]


# -- what the entry says -----------------------------------------------------------------------------------------------


def test_what_is_covered_already_needs_no_other_entry(strip: Strip) -> None:
    strip.ask(count=10, height=60)
    strip.write()
    for stretch, count, height in ((WHOLE, 10, 60), (WHOLE, 5, 60), (WHOLE, 10, 48), (TimeRange(START, KEYS[2]), 4, 9)):  # type: ignore[arg-type]
        strip.ask(stretch, count, height).result(WAIT)
    assert len(strip.asked) == 1
    for count, height in ((20, 60), (10, 61)):  # closer to each other, or larger
        strip.ask(count=count, height=height)
        strip.write()
    assert len(strip.asked) == 3


def test_the_entry_reaches_back_to_where_a_key_may_lie_and_no_picture_is_from_elsewhere(strip: Strip) -> None:
    long = part(clip(tuple(range(750)), gop=700, size=(64, 48)))
    strip.cameras["long"] = camera(long, key="long")
    late = TimeRange(Utc(START + 20 * SECOND), Utc(START + 27 * SECOND))
    future = strip.ask(late, 7, key="long")
    (said,) = strip.said()
    assert said.shown == TimeRange(
        Utc(START + 20 * SECOND + SECOND // 2 - REACH), Utc(START + 27 * SECOND + SECOND // 2)
    )
    strip.write()
    assert future.result(WAIT) == [], "the only key lies twenty seconds before"
    near = TimeRange(Utc(START + 28 * SECOND), Utc(START + 30 * SECOND))
    future = strip.ask(near, 2, key="long")
    strip.write()
    assert times(future.result(WAIT)) == [28 * SECOND, 28 * SECOND]


def test_where_the_camera_did_not_roll_nothing_is_said_and_nothing_shown(strip: Strip) -> None:
    before = TimeRange(Utc(START - 9 * SECOND), Utc(START - SECOND))
    assert strip.ask(before).result(WAIT) == []
    assert strip.ask(key="another").result(WAIT) == []
    strip.cameras["gone"] = camera(
        replace(part(clip()), absence=Absence(TileState.NOT_DOWNLOADED, "Not on this machine yet.")), key="gone"
    )
    assert strip.ask(key="gone").result(WAIT) == []
    assert strip.asked == []


# -- trouble -----------------------------------------------------------------------------------------------------------


def test_a_part_that_crashes_its_decoder_costs_its_own_pictures(strip: Strip) -> None:
    crashing = DeckPart(lambda: Hostile(clip(), "die", 3), TimeModel(START, Micros(0)), WHOLE)
    later = part(clip(), Utc(START + 5 * SECOND))
    strip.cameras["both"] = camera(crashing, later, key="both")
    both = TimeRange(START, Utc(START + 8 * SECOND))
    future = strip.ask(both, 8, key="both")
    strip.write()
    assert all(at >= START + 5 * SECOND for at, _ in future.result(WAIT))
    assert future.result()
    future = strip.ask(WHOLE, 2, key="both")
    if not strip.asked[-1][1].done():
        strip.write()
    with pytest.raises(DecoderStopped, match="part 1"):
        future.result(WAIT)


def test_one_that_is_no_longer_wanted_is_given_up(strip: Strip) -> None:
    strip.cameras["hangs"] = camera(
        DeckPart(lambda: Hostile(clip(), "hang"), TimeModel(START, Micros(0)), WHOLE), key="hangs"
    )
    future = strip.ask(key="hangs")
    strip.write()
    assert future.cancel()
    other = strip.ask(key="hangs", height=12)
    strip.film.close()
    with pytest.raises(Cancelled):
        other.result(WAIT)
