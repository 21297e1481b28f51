"""The clocks of a case: proposed, accepted with reasons, withdrawn, undone; by one person and by several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.alignment import Alignment, Correction, Judged, Misclosure, Reading, SourceKind
from reviewer.domain.alignment_acts import MOST_MISCLOSURES, AlignmentAccepted, AlignmentWithdrawn
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import LogName
from reviewer.domain.recording import Clock, ClockSource, Manifest
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.alignment import Alignments
from reviewer.services.journal import Journal, Recorded
from tests.domain.test_wall_time import START, manifest

WORK = "pd/ws1/salo/work/1"
GPS = Reading(SourceKind.GPS, "r2", None, START, Micros(-37 * SECOND), Micros(900_000), why="GPS time")
SOUND = Reading(SourceKind.SOUND, "r1", "r2", START, Micros(37 * SECOND), Micros(9_000), 1_000, 50)


def _solved(readings: Sequence[Reading], recordings: Sequence[str], pivot: Mapping[str, Utc]) -> Alignment:
    """A solution that anybody can check: each camera moves by its last own reading."""
    own = {r.recording: r for r in readings if r.other is None}
    corrections = tuple(Correction(key, own[key].offset, own[key].sigma, pivot[key]) for key in recordings)
    return Alignment(
        corrections, {}, tuple(Judged(r, Micros(0)) for r in readings), (Misclosure(("a", "b", "c"), Micros(3)),)
    )


@pytest.fixture
def manifests() -> list[Manifest]:
    sure = Clock(ClockSource.MANIFEST, Micros(20_000))
    return [replace(manifest("r1"), clock=sure), manifest("r2")]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "r.sqlite", {LogName.WORK: WORK}, Ed25519PrivateKey.generate())) as opened:
        yield opened


@pytest.fixture
def queries(journal: Journal) -> Iterator[Queries]:
    with closing(Queries(journal.path)) as opened:
        yield opened


@pytest.fixture
def hand(journal: Journal, queries: Queries, manifests: list[Manifest]) -> Alignments:
    return Alignments(journal.record, queries, "c1", lambda: manifests, solve=_solved)


def _done(future: Future[Recorded] | None) -> None:
    assert future is not None
    future.result()


def test_nothing_is_applied_before_a_person_accepts_it(hand: Alignments, queries: Queries) -> None:
    hand.learn([GPS])
    proposal = hand.propose()
    assert hand.accepted() is None
    assert queries.count(EntryFilter()) == 0
    assert hand.accept(proposal, " by GPS ").result() == proposal
    stands = hand.facts().accepted
    assert stands is not None
    assert hand.accepted() == stands.alignment == proposal
    assert (stands.said.user, stands.event.note, stands.event.base) == ("salo", "by GPS", "")
    (entry,) = queries.entries(EntryFilter())
    assert isinstance(entry.event, AlignmentAccepted)
    assert [j.reading for j in entry.event.judged] == list(hand.readings()), "its reasons stand in the log"
    assert queries.entries(EntryFilter(recording="r2"))[0].meta.kind == "alignment_accepted"


def test_withdrawing_and_undoing_are_entries_that_name_what_stood(hand: Alignments, queries: Queries) -> None:
    hand.learn([GPS])
    first = hand.accept(hand.propose()).result()
    hand.state_offset("r1", Micros(5), Micros(7), "The dock was wrong by 5 µs").result()
    second = hand.accept(hand.propose()).result()
    assert second != first
    stood = hand.facts().accepted
    assert stood is not None
    hand.withdraw().result()
    assert hand.accepted() is None
    with pytest.raises(ReviewerError, match="No alignment stands"):
        hand.withdraw()
    _done(hand.undo())
    assert hand.accepted() == second
    _done(hand.undo())  # of the second acceptance: the first stands again
    assert hand.accepted() == first
    _done(hand.undo())  # of the stated offset
    assert hand.facts().offsets == ()
    _done(hand.undo())
    assert hand.accepted() is None
    assert hand.undo() is None
    _done(hand.redo())
    assert hand.accepted() == first
    withdrawn = next(
        e.event for e in reversed(queries.entries(EntryFilter())) if isinstance(e.event, AlignmentWithdrawn)
    )
    assert withdrawn.base == stood.event.id


def test_a_cue_is_a_reading_between_two_stated_clocks(hand: Alignments, manifests: list[Manifest]) -> None:
    one = Mark("r1", 0, Micros(10 * SECOND), Micros(10 * SECOND + 33_000))
    other = Mark("r2", 1, Micros(2 * SECOND), Micros(2 * SECOND + 40_000))
    reading = hand.cue(one, other, "the van’s door").result()
    assert (reading.recording, reading.other, reading.kind) == ("r1", "r2", SourceKind.CUE)
    assert reading.at == START + 10 * SECOND - 16_500  # between the frame before and the one that shows it first
    assert reading.offset == 82 * SECOND - 3_500  # r2's second part begins 90 s after its first; its frames are longer
    assert 10_000 < reading.sigma < 80_000
    assert reading in hand.readings()
    (cue,) = hand.facts().cues
    hand.uncue(cue.event.id).result()
    assert hand.facts().cues == ()
    _done(hand.undo())
    assert reading in hand.readings()
    with pytest.raises(ReviewerError, match="one camera"):
        hand.cue(one, one)
    manifests[1] = replace(manifests[1], parts=manifests[1].parts[:1])
    assert reading not in hand.readings(), "the part it was on is not there any more"


def test_what_cannot_be_is_refused_with_a_sentence(hand: Alignments) -> None:
    for asked in (
        lambda: hand.state_offset("r9", Micros(0), Micros(1), "known"),
        lambda: hand.state_offset("r1", Micros(0), Micros(0), "known"),
        lambda: hand.state_offset("r1", Micros(1 << 60), Micros(1), "known"),
        lambda: hand.state_offset("r1", Micros(0), Micros(1), "  "),
        lambda: hand.uncue("none"),
        lambda: hand.unstate_offset("r1"),
        lambda: hand.accept(Alignment(())),
        lambda: hand.accept(hand.propose(), "x" * 501),
    ):
        with pytest.raises(ReviewerError) as refused:
            asked()
        assert refused.value.next_step


def test_gps_that_was_measured_stands_for_the_manifests_word_where_that_is_gps_too(
    hand: Alignments, manifests: list[Manifest]
) -> None:
    manifests[1] = replace(manifests[1], clock=Clock(ClockSource.GPS, Micros(900_000)))
    assert [r.kind for r in hand.readings()] == [SourceKind.MANIFEST, SourceKind.GPS]
    hand.learn([GPS, SOUND])
    assert [r.kind for r in hand.readings()] == [SourceKind.MANIFEST, SourceKind.GPS, SourceKind.SOUND]
    hand.learn([replace(SOUND, offset=Micros(1))])
    assert hand.readings()[-1].offset == 1


def test_what_was_heard_is_known_from_the_alignment_that_stands(
    hand: Alignments, journal: Journal, queries: Queries, manifests: list[Manifest]
) -> None:
    hand.learn([GPS, SOUND])
    hand.accept(hand.propose()).result()
    later = Alignments(journal.record, queries, "c1", lambda: manifests, solve=_solved)
    assert set(later.readings()) == set(hand.readings())


def test_an_entry_keeps_the_worst_round_trips_of_many_cameras(hand: Alignments) -> None:
    many = tuple(Misclosure(("a", "b", str(n)), Micros(n)) for n in range(3 * MOST_MISCLOSURES))
    hand.accept(replace(hand.propose(), misclosures=many)).result()
    stands = hand.accepted()
    assert stands is not None
    assert len(stands.misclosures) == MOST_MISCLOSURES
    assert min(m.error for m in stands.misclosures) == 2 * MOST_MISCLOSURES
