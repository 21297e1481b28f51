"""A reel leaves as a timeline and comes back as another reel: logged first, in one step, of what is released."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import AccessRefused, LogUnwritable, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.making_acts import ReelExported
from reviewer.domain.reel import Branch
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import SIGNED
from reviewer.records.queries import Queries
from reviewer.services import otio
from reviewer.services.case import CaseFile
from reviewer.services.reel import Reels
from tests.services.test_case import Logs, logs  # noqa: F401 the fixture that records are folded by
from tests.services.test_reel import RELEASED, clip

CASE = "TR-1"


class Room:
    """One person's reels, and what was recorded of timelines."""

    def __init__(self, written: Logs, queries: Queries) -> None:
        self.released: dict[str, TimeRange] = dict(RELEASED)
        self.logs, self.told = written, list[Event]()
        self.reels = Reels(CaseFile(written.record, queries, CASE), lambda: self.released)

    def record(self, event: Event):  # type: ignore[no-untyped-def] # noqa: ANN201 the journal's
        self.told.append(event)
        return self.logs.record(event)

    def filled(self) -> str:
        reel = self.reels.make("Distance: words / aid", "Module 4").result()
        last = self.reels.add(clip(reel, "r2", title="last")).result()
        ways = (Branch("On", last), Branch("Out", ""))
        self.reels.add(clip(reel, "r1", "r3", title="asks", question="And?", branches=ways), "").result()
        return reel

    def sent(self, reel: str) -> otio.Sent:
        return otio.timeline(self.reels, reel, SIGNED, self.released)


@pytest.fixture
def room(logs: Logs) -> Iterator[Room]:  # noqa: F811 pytest hands a fixture over by its name
    queries = Queries(logs.path)
    yield Room(logs, queries)
    queries.close()


def test_it_comes_back_as_another_reel_in_one_step(room: Room, tmp_path: Path) -> None:
    reel = room.filled()
    path = otio.save(room.sent(reel), CASE, tmp_path / "out.otio", room.record)
    taken, digest = otio.load(path, room.released)
    came = otio.take_in(room.reels, taken, path.name, digest, room.record).result()
    assert [(e.came, e.sha256, e.name) for e in room.told if isinstance(e, ReelExported)] == [
        (False, digest, "out.otio"),
        (True, digest, "out.otio"),
    ]
    before, after = room.reels.clips(reel), room.reels.clips(came.reel)
    assert [(c.title, c.recordings, c.start, c.end) for c in after] == [
        (c.title, c.recordings, c.start, c.end) for c in before
    ]
    assert {c.id for c in before} & {c.id for c in after} == set()
    assert [b.to for b in after[0].branches] == [after[1].id, ""]
    assert (came.clips, came.left_out) == (2, ())
    undone = room.reels.file.undo()
    assert undone is not None
    undone.result()
    assert room.reels.reel(came.reel) is None and room.reels.clips(came.reel) == ()


def test_the_file_has_a_name_that_a_disk_takes_and_overwrites_nothing(room: Room, tmp_path: Path) -> None:
    sent = room.sent(room.filled())
    assert sent.name == "Distance words aid.otio"
    first, second = (otio.save(sent, CASE, tmp_path / sent.name, room.record) for _ in range(2))
    assert first != second and first.read_bytes() == second.read_bytes()
    with pytest.raises(ReviewerError, match="not written as"):
        otio.save(sent, CASE, tmp_path / "out.edl", room.record)


def test_without_an_entry_nothing_leaves(room: Room, tmp_path: Path) -> None:
    def refuses(_event: Event) -> None:
        raise LogUnwritable("The log cannot be written.", "Make room.")

    with pytest.raises(LogUnwritable):
        otio.save(room.sent(room.filled()), CASE, tmp_path / "out.otio", refuses)  # type: ignore[arg-type]
    assert list(tmp_path.glob("*.otio")) == []


def test_what_is_released_no_longer_neither_leaves_nor_comes(room: Room, tmp_path: Path) -> None:
    reel = room.filled()
    path = otio.save(room.sent(reel), CASE, tmp_path / "out.otio", room.record)
    del room.released["r2"]
    with pytest.raises(AccessRefused, match="not released"):
        room.sent(reel)
    taken, digest = otio.load(path, room.released)
    came = otio.take_in(room.reels, taken, path.name, digest, room.record).result()
    assert [c.title for c in room.reels.clips(came.reel)] == ["asks"]
    assert len(came.left_out) == 2
    room.released.clear()
    nothing, digest = otio.load(path, room.released)
    with pytest.raises(ReviewerError, match="nothing that is released"):
        otio.take_in(room.reels, nothing, path.name, digest, room.record)


def test_a_clip_beyond_the_recording_is_refused_and_nothing_is_recorded(room: Room, tmp_path: Path) -> None:
    path = otio.save(room.sent(room.filled()), CASE, tmp_path / "out.otio", room.record)
    taken, digest = otio.load(path, room.released)
    late = replace(taken.clips[0], start=RELEASED["r1"].end, end=RELEASED["r1"].end + 1_000_000)  # type: ignore[arg-type]
    known, told = room.reels.reels(), list(room.told)
    with pytest.raises(ReviewerError, match="recorded nothing there"):
        otio.take_in(room.reels, replace(taken, clips=(late,)), path.name, digest, room.record)
    assert (room.reels.reels(), room.told) == (known, told)


def test_an_empty_reel_and_a_file_that_is_not_there(room: Room, tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="no clips"):
        room.sent(room.reels.make("Empty").result())
    with pytest.raises(ReviewerError, match="cannot be read"):
        otio.load(tmp_path / "missing.otio", room.released)
