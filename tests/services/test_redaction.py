"""What copies hide: written as entries, read as all logs together make it; what cannot be read hides more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.case_acts import Change, MaskPathSet, MaskSet, SoundEditSet, ThingSet, WithheldSet
from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.redaction import (
    TRAINING,
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
    keyframes,
)
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.journal import Recorded
from reviewer.services.redaction import Redactions, away
from reviewer.services.redaction_things import UNREADABLE
from tests.records.events_made import meta_of

CASE = "CR-1"
REQUEST = "r1"
START = Utc(1_781_379_737_000_000)
FRAME = 40_000


def at(frame: int) -> Utc:
    return Utc(START + frame * FRAME)


def box(x: int, y: int, size: int = 100_000) -> tuple[Spot, Spot]:
    return Spot(x, y), Spot(x + size, y + size)


def a_mask(frames: tuple[Keyframe, ...] = (), start: int = 0, end: int = 100, **more: object) -> Mask:
    frames = frames or (Keyframe(at(0), box(0, 0)), Keyframe(at(50), box(500_000, 0)))
    made = Mask(
        "", REQUEST, "rec", Target.FACE, MaskShape.BOX, MaskStyle.SOLID, at(start), at(end), frames, "third_party"
    )
    return replace(made, **more)  # type: ignore[arg-type]


@dataclass
class Logs:
    path: Path
    conn: sqlite3.Connection
    lamport: Iterator[int] = field(default_factory=lambda: count(1))
    events: list[Event] = field(default_factory=list)

    def record(self, event: Event, user: str = "hill") -> Future[Recorded]:
        n = next(self.lamport)
        meta = meta_of(event, f"agency/desk/{user}/work/1", n, n)
        with self.conn:
            projections.apply(self.conn, event, meta)
        self.events.append(event)
        done: Future[Recorded] = Future()
        done.set_result(Recorded(event, meta.origin, meta.index, meta.at))
        return done


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    yield Logs(path, conn)
    conn.close()


@pytest.fixture
def file(logs: Logs) -> Iterator[CaseFile]:
    queries = Queries(logs.path)
    yield CaseFile(logs.record, queries, CASE)
    queries.close()


@pytest.fixture
def hidden(file: CaseFile) -> Redactions:
    return Redactions(file)


def added(hidden: Redactions, mask: Mask) -> Mask:
    (id_,) = hidden.add(mask).result()
    found = hidden.mask(id_)
    assert found is not None
    return found


def test_a_mask_reads_as_it_was_added_numbered_and_with_its_path(hidden: Redactions) -> None:
    mask = a_mask(words="the neighbour")
    found = added(hidden, mask)
    assert found == replace(mask, id=found.id, number=1)
    assert hidden.masks(REQUEST) == (found,)
    assert hidden.masks("another") == ()
    assert found.region(at(25)) is not None
    assert found.region(at(25)).points[0] == Spot(250_000, 0)  # type: ignore[union-attr]


def test_mask_and_path_are_one_step_and_so_is_what_a_detector_proposed(hidden: Redactions, file: CaseFile) -> None:
    hidden.add(*(a_mask(proposed=Proposed.OPEN) for _ in range(3))).result()
    assert [mask.name for mask in hidden.masks(REQUEST)] == ["M1", "M2", "M3"]
    file.undo()
    assert hidden.masks(REQUEST) == ()
    file.redo()
    assert [len(mask.frames) for mask in hidden.masks(REQUEST)] == [2, 2, 2]


def test_a_number_that_was_given_is_not_given_again(hidden: Redactions) -> None:
    hidden.withdraw(added(hidden, a_mask())).result()
    assert added(hidden, a_mask()).number == 2
    assert added(hidden, a_mask(of=TRAINING)).number == 1


def test_reason_style_and_ends_are_changed_and_taken_back(hidden: Redactions, file: CaseFile, logs: Logs) -> None:
    mask = added(hidden, a_mask())
    wanted = replace(mask, reason="youth", style=MaskStyle.BLUR, end=at(60))
    assert hidden.change(mask, wanted).result() == wanted
    assert hidden.mask(mask.id) == wanted
    changed = logs.events[-1]
    assert isinstance(changed, MaskSet)
    assert {each.field for each in changed.changes} == {"reason", "style", "end"}
    file.undo()
    assert hidden.mask(mask.id) == mask


def test_who_moves_a_mask_sets_a_keyframe_and_makes_it_reach_there(hidden: Redactions, file: CaseFile) -> None:
    mask = added(hidden, a_mask(end=60))
    moved = hidden.move(mask, at(80), box(700_000, 300_000)).result()
    assert hidden.mask(mask.id) == moved
    assert moved.region(at(80)) is not None
    assert moved.region(at(81)) is None
    again = hidden.move(moved, at(80), box(0, 0)).result()
    assert [frame.at for frame in again.frames] == [at(0), at(50), at(80)]
    file.undo()
    file.undo()
    assert hidden.mask(mask.id) == mask


def test_a_followed_path_takes_the_place_of_what_was_there(hidden: Redactions) -> None:
    mask = added(hidden, a_mask(end=1))
    path = tuple(Keyframe(at(n), box(n * 1_000, n * 500), sure=400 if n == 20 else 999) for n in range(0, 800, 5))
    laid = hidden.lay(mask, path, TimeRange(at(0), at(800))).result()
    assert hidden.mask(mask.id) == laid
    assert laid.frames == path
    assert (laid.start, laid.end) == (at(0), at(800))
    assert laid.unsure == (at(20),)
    seen = hidden.looked(laid, laid.unsure).result()
    assert hidden.mask(mask.id) == seen
    assert seen.unsure == ()


def test_who_left_the_picture_is_not_masked_there_and_again_when_back(hidden: Redactions) -> None:
    mask = added(hidden, a_mask())
    gone = hidden.hide(mask, TimeRange(at(20), at(30))).result()
    assert hidden.mask(mask.id) == gone
    where = [gone.region(at(n)) for n in range(100)]
    assert [n for n, region in enumerate(where) if region is None] == list(range(20, 30))
    for n in (*range(20), *range(30, 100)):
        before, after = mask.region(at(n)), where[n]
        assert before is not None
        assert after is not None
        assert all(abs(a.x - b.x) <= 2 for a, b in zip(before.points, after.points, strict=True)), n
    for_good = hidden.hide(gone, TimeRange(at(60), gone.end)).result()
    assert for_good.region(at(59)) is not None
    assert all(for_good.region(at(n)) is None for n in range(60, 100))


@given(st.integers(0, 98), st.integers(1, 60))
def test_hiding_uncovers_no_other_frame(first: int, frames: int) -> None:
    over = TimeRange(at(first), at(min(100, first + frames)))
    mask = a_mask()
    gone = away(mask, over)
    for n in range(100):
        assert (gone.region(at(n)) is None) == (at(n) in over)


def test_a_times_microsecond_on_the_way_to_the_wall_and_back_uncovers_nothing(hidden: Redactions) -> None:
    mask = away(a_mask(), TimeRange(at(20), at(30)))
    for off in (-1, 0, 1):
        assert mask.region(Utc(at(0) + off)) is not None
        assert mask.region(Utc(at(30) + off)) is not None
        assert mask.region(Utc(at(99) + off)) is not None


def test_keyframes_are_dropped_but_for_the_last(hidden: Redactions) -> None:
    mask = added(hidden, a_mask())
    left = hidden.drop(mask, at(50)).result()
    assert hidden.mask(mask.id) == left
    with pytest.raises(ReviewerError, match="one place"):
        hidden.drop(left, at(0))


def test_what_is_proposed_counts_once_a_person_took_it(hidden: Redactions, file: CaseFile) -> None:
    hidden.add(*(a_mask(proposed=Proposed.OPEN) for _ in range(3))).result()
    one, two, three = hidden.masks(REQUEST)
    assert hidden.redaction(REQUEST).masks == ()
    hidden.decide((one, two), taken=True).result()
    hidden.decide((three,), taken=False).result()
    assert [mask.name for mask in hidden.redaction(REQUEST).masks] == ["M1", "M2"]
    assert [mask.proposed for mask in hidden.masks(REQUEST)] == [Proposed.TAKEN, Proposed.TAKEN, Proposed.REFUSED]
    file.undo()
    file.undo()
    assert hidden.redaction(REQUEST).masks == ()


def test_sounds_and_stretches_are_written_and_read_alike(hidden: Redactions, file: CaseFile) -> None:
    sound = SoundEdit("", REQUEST, "rec", at(10), at(20), SoundWay.TONE, "personal", "an address")
    stretch = Withheld("", REQUEST, "rec", at(30), at(40), "youth")
    ids = hidden.add(sound, stretch).result()
    assert hidden.sounds(REQUEST) == (replace(sound, id=ids[0], number=1),)
    assert hidden.withheld(REQUEST, "rec") == (replace(stretch, id=ids[1], number=1),)
    (one,) = hidden.sounds(REQUEST)
    hidden.change(one, replace(one, way=SoundWay.VOICE)).result()
    assert hidden.sounds(REQUEST)[0].way is SoundWay.VOICE
    found = hidden.redaction(REQUEST)
    assert (len(found.sounds), len(found.withheld)) == (1, 1)
    hidden.withdraw(*found.sounds, *found.withheld).result()
    assert hidden.redaction(REQUEST).sounds == ()
    file.undo()
    assert len(hidden.redaction(REQUEST).withheld) == 1


def test_masks_are_copied_to_another_request_and_live_there_by_themselves(hidden: Redactions) -> None:
    mask = added(hidden, a_mask())
    (id_,) = hidden.copy([mask], "r2").result()
    hidden.withdraw(mask).result()
    (copy,) = hidden.masks("r2")
    assert copy == replace(mask, id=id_, of="r2", number=1)


@pytest.mark.parametrize("frames", [(), (Keyframe(START, (Spot(1, 1), Spot(1, 1))),)])
def test_a_mask_without_a_place_is_not_recorded(hidden: Redactions, logs: Logs, frames: tuple[Keyframe, ...]) -> None:
    with pytest.raises(ReviewerError):
        hidden.add(replace(a_mask(), frames=frames))
    with pytest.raises(ReviewerError, match="end before"):
        hidden.add(a_mask(start=5, end=5))
    with pytest.raises(ReviewerError, match="outside"):
        hidden.move(replace(added(hidden, a_mask())), at(3), (Spot(0, 0), Spot(9 * ALL, ALL)))
    assert [type(event) for event in logs.events] == [MaskPathSet, MaskSet]


@pytest.mark.parametrize("name", ["path", "shape", "start", "lost"])
def test_a_mask_that_cannot_be_read_hides_the_whole_picture(hidden: Redactions, logs: Logs, name: str) -> None:
    mask = added(hidden, a_mask())
    bad: dict[str, ThingSet] = {
        "path": MaskPathSet(CASE, mask.id, (Change("t178137973", "0:nonsense"),)),
        "shape": MaskSet(CASE, mask.id, (Change("shape", "spiral"),)),
        "start": MaskSet(CASE, mask.id, (Change("start", "yesterday"),)),
        "lost": MaskPathSet(CASE, mask.id, (Change("withdrawn", "yes"),)),
    }
    logs.record(bad[name], "salo")
    (found,) = hidden.redaction(REQUEST).masks
    region = found.region(at(50))
    assert region is not None
    assert region.points == (Spot(0, 0), Spot(ALL, ALL))
    assert found.words == UNREADABLE
    hidden.withdraw(found).result()
    assert hidden.masks(REQUEST) == ()


def test_so_do_a_sound_and_a_stretch_and_unknown_ways_hide_most(hidden: Redactions, logs: Logs) -> None:
    for kind in (SoundEditSet, WithheldSet):
        changes = Change("of", REQUEST), Change("recording", "rec"), Change("way", "whispered")
        logs.record(kind(CASE, "x", changes))
    found = hidden.redaction(REQUEST)
    assert found.sounds[0].way is SoundWay.MUTE
    assert START in found.sounds[0].range
    assert START in found.withheld[0].range
    mask = added(hidden, a_mask())
    logs.record(MaskSet(CASE, mask.id, (Change("style", "sparkles"), Change("proposed", "perhaps"))))
    read = hidden.mask(mask.id)
    assert read is not None
    assert read.style is MaskStyle.SOLID
    assert read.counts


def test_an_hours_path_is_several_entries_and_one_step(hidden: Redactions, file: CaseFile, logs: Logs) -> None:
    frames = tuple(Keyframe(Utc(START + n * SECOND), box(n * 100, 0)) for n in range(3600))
    mask = added(hidden, a_mask(frames, end=90_000))
    assert mask.frames == frames
    entries = [event for event in logs.events if isinstance(event, MaskPathSet)]
    assert len(entries) > 3
    assert max(len(event.changes) for event in entries) <= 61
    file.undo()
    assert hidden.masks(REQUEST) == ()
    file.redo()
    assert hidden.mask(mask.id) == mask


def test_a_path_is_read_once_and_anew_where_it_changed(hidden: Redactions, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = tuple(Keyframe(at(n * 25), box(n * 100, 0)) for n in range(60))
    mask = added(hidden, a_mask(frames, end=1500))
    read: list[str] = []

    def counted(fields: Mapping[str, str]) -> tuple[Keyframe, ...]:
        read.extend(fields)
        return keyframes(fields)

    monkeypatch.setattr("reviewer.services.redaction_things.keyframes", counted)
    assert hidden.masks(REQUEST) == (mask,)
    assert read == []
    moved = hidden.move(mask, at(301), box(0, 0)).result()
    assert hidden.masks(REQUEST) == (moved,)
    assert len(read) == 1


def test_what_nobody_may_write_is_not_written(logs: Logs) -> None:
    queries = Queries(logs.path)
    shut = ReviewerError("You may not.", "Ask.")
    hidden = Redactions(CaseFile(logs.record, queries, CASE, lambda: shut))
    with pytest.raises(ReviewerError, match="may not"):
        hidden.add(a_mask())
    assert not logs.events
    queries.close()
