"""Which came first: asked, recorded, judged anew when other clocks stand, withdrawn; on paper."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.alignment import Alignment, Between, Correction
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import LogName, OrderStated
from reviewer.domain.order import sentence
from reviewer.domain.recording import Clock, ClockSource, Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.alignment import Alignments
from reviewer.services.journal import Journal, Recorded
from reviewer.services.logwords_clocks import what_clock
from reviewer.services.order import LONGEST_NOTE, Asked, Orders
from reviewer.services.order_words import to_report
from reviewer.services.rolling_words import Imprint
from tests.domain.test_wall_time import START, manifest

WORK = "pd/ws1/salo/work/1"
FRAME = Micros(33_333)
ALIGNED = Alignment(
    (Correction("r1", Micros(0), Micros(SECOND), START), Correction("r2", Micros(-37 * SECOND), Micros(SECOND), START)),
    {("r1", "r2"): Between(Micros(12_000), START)},
)


def mark(recording: str, seconds: float, part: int = 0) -> Mark:
    start = Micros(round(seconds * SECOND))
    return Mark(recording, part, start, Micros(start + FRAME))


@pytest.fixture
def manifests() -> list[Manifest]:
    """Two cameras that are 0.5 s sure of UTC, as they were signed; the second one's clock is 37 s fast."""
    clock = Clock(ClockSource.MANIFEST, Micros(SECOND // 2))
    return [replace(manifest("r1"), clock=clock), replace(manifest("r2"), clock=clock)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "r.sqlite", {LogName.WORK: WORK}, Ed25519PrivateKey.generate())) as opened:
        yield opened


@pytest.fixture
def queries(journal: Journal) -> Iterator[Queries]:
    with closing(Queries(journal.path)) as opened:
        yield opened


@pytest.fixture
def hand(journal: Journal, queries: Queries, manifests: list[Manifest]) -> Orders:
    return Orders(journal.record, queries, "c1", lambda: manifests)


@pytest.fixture
def clocks(journal: Journal, queries: Queries, manifests: list[Manifest]) -> Alignments:
    return Alignments(journal.record, queries, "c1", lambda: manifests)


def _done(future: Future[Recorded] | None) -> None:
    assert future is not None
    future.result()


def _said(hand: Orders) -> list[str]:
    return [sentence(a.judgement.order, "A", "B") if a.judgement else "?" for a in hand.asked()]


def test_by_the_signed_clocks_it_cannot_be_decided(hand: Orders, queries: Queries) -> None:
    found = hand.ask(mark("r1", 10.0), mark("r2", 10.9), " shove, then fall ").result()
    assert not found.order.decided
    (asked,) = hand.asked()
    assert asked.judgement == found
    assert (asked.said.user, asked.event.note, asked.event.alignment) == ("salo", "shove, then fall", "")
    assert (asked.event.gap, asked.event.sigma) == (found.order.gap, found.order.sigma)
    (entry,) = queries.entries(EntryFilter())
    assert isinstance(entry.event, OrderStated)
    assert what_clock(entry.event, str) == (
        "r1 part 1 at 0:10.00 and r2 part 1 at 0:10.90: order cannot be decided, 0.90 s apart ± 1.41 s"
        " · signed clocks · “shove, then fall”"
    )


def test_other_clocks_answer_otherwise_and_the_entry_keeps_what_was_seen(hand: Orders, clocks: Alignments) -> None:
    hand.ask(mark("r1", 10.0), mark("r2", 47.9)).result()
    assert _said(hand) == ["A before B by 37.90 s ± 1.41 s."]
    assert not hand.asked()[0].changed
    clocks.accept(ALIGNED).result()
    assert _said(hand) == ["A before B by 0.900 s ± 37 ms."]
    assert not hand.asked()[0].changed, "the same order, only surer"
    hand.ask(mark("r1", 12.0), mark("r2", 47.9)).result()
    stands = clocks.facts().accepted
    assert stands is not None
    assert [a.event.alignment for a in hand.asked()] == ["", stands.event.id]
    assert _said(hand)[1] == "B before A by 1.100 s ± 37 ms."
    clocks.withdraw().result()
    assert [a.changed for a in hand.asked()] == [False, True]
    assert _said(hand)[1] == "A before B by 35.90 s ± 1.41 s."


def test_the_margin_grows_away_from_where_the_clocks_were_compared(hand: Orders, clocks: Alignments) -> None:
    drifting = replace(ALIGNED, between={("r1", "r2"): Between(Micros(12_000), START, 10_000_000)})
    clocks.accept(drifting).result()
    near, far = (hand.judge(mark("r1", at), mark("r2", at)) for at in (0.5, 59.0))
    assert near is not None
    assert far is not None
    assert near.order.sigma < 250_000 < 400_000 < far.order.sigma


def test_two_moments_of_one_camera_are_exact(hand: Orders) -> None:
    found = hand.ask(mark("r1", 10.0), mark("r1", 9.5)).result()
    assert sentence(found.order, "A", "B") == "B before A by 0.500 s on the same camera."
    over_the_gap = hand.judge(mark("r1", 59.0), mark("r1", 1.0, part=1))
    assert over_the_gap is not None
    assert over_the_gap.order.gap == 32 * SECOND


def test_a_still_has_the_clock_of_its_recording(hand: Orders, clocks: Alignments, manifests: list[Manifest]) -> None:
    manifests.append(manifest("s1", Kind.STILL, still_of="r2"))
    clocks.accept(ALIGNED).result()
    found = hand.judge(mark("r1", 10.0), mark("s1", 47.9))
    assert found is not None
    assert sentence(found.order, "A", "B") == "A before B by 0.900 s ± 37 ms."


def test_it_is_withdrawn_undone_and_done_again(hand: Orders) -> None:
    hand.ask(mark("r1", 1.0), mark("r2", 20.0)).result()
    (asked,) = hand.asked()
    hand.withdraw(asked.event.id).result()
    assert hand.asked() == ()
    with pytest.raises(ReviewerError, match="does not stand any more"):
        hand.withdraw(asked.event.id)
    _done(hand.undo())
    assert [a.event for a in hand.asked()] == [asked.event]
    _done(hand.undo())
    assert hand.asked() == ()
    assert not hand.can_undo
    assert hand.undo() is None
    _done(hand.redo())
    assert [a.event for a in hand.asked()] == [asked.event]
    assert hand.can_redo


def test_what_is_on_no_footage_is_refused(hand: Orders) -> None:
    for wrong in (mark("stranger", 1.0), mark("r1", 1.0, part=7), mark("r1", 61.0), mark("r1", -1.0)):
        with pytest.raises(ReviewerError, match="on no camera of this case"):
            hand.ask(mark("r1", 1.0), wrong)
    with pytest.raises(ReviewerError, match="501 characters"):
        hand.ask(mark("r1", 1.0), mark("r2", 1.0), "x" * (LONGEST_NOTE + 1))


def test_a_question_of_a_colleague_about_what_is_not_here_says_so(
    hand: Orders, journal: Journal, manifests: list[Manifest]
) -> None:
    journal.record(OrderStated("c1", "q1", (mark("r1", 1.0), mark("gone", 1.0)), Micros(1), Micros(1))).result()
    journal.record(OrderStated("c1", "q2", (mark("r1", 1.0),), Micros(1), Micros(1))).result()
    hand.ask(mark("r1", 1.0), mark("r2", 1.0)).result()
    assert [a.judgement is None for a in hand.asked()] == [False, True, True]
    assert not any(a.changed for a in hand.asked())


def _report(asked: tuple[Asked, ...]) -> list[str]:
    imprint = Imprint("c1", "Police of Helsinki", "K. Salo 0417", START, "as signed")
    report = to_report(asked, {"r1": "A. Niemi", "r2": "S. Laine"}.__getitem__, str.upper, imprint, LocalZone())
    (section,) = report.sections
    return [*section.sentences, *(row[0] for row in section.rows), *(row[4] for row in section.rows)]


def test_it_is_told_on_paper(hand: Orders, clocks: Alignments) -> None:
    assert _report(()) == []
    hand.ask(mark("r1", 10.0), mark("r2", 46.0), "shove").result()
    clocks.accept(ALIGNED).result()
    zone = LocalZone()
    times = [zone.clock(m.at, 2) for m in hand.asked()[0].judgement.moments]  # type: ignore[union-attr]
    assert _report(hand.asked()) == [
        "1 of 1 are decided.",
        "By the clocks of then the order of “shove” was otherwise: decided by 36.00 s ± 1.41 s.",
        f"S. Laine at {times[1]} before A. Niemi at {times[0]} by 1.000 s ± 37 ms.",
        "SALO",
    ]
