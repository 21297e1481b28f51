"""Reels: clips in order, cut and moved by entries; nothing that is not released gets in, and no name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.alignment import Correction
from reviewer.domain.drawing import Spot
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Proposed, Redaction, Target, Withheld
from reviewer.domain.reel import Branch, Clip, ClipKind, NamesShown, Reel
from reviewer.domain.render import Layout, RenderPlan
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.reel import Reels, Searched, _orders, chapters, plan_of, stretches, undecided
from reviewer.services.reel_plan import Why
from tests.services.test_case import Logs, logs  # noqa: F401 the fixture that records are folded by

BEGIN = Utc(1_781_380_800_000_000)
OFFICERS = {"r1": "Officer A", "r2": "Officer B", "r3": "Officer C"}
RELEASED = {r: TimeRange(BEGIN, Utc(BEGIN + 60 * SECOND)) for r in OFFICERS}


@pytest.fixture
def reels(logs: Logs) -> Iterator[Reels]:  # noqa: F811 pytest hands a fixture over by its name
    queries = Queries(logs.path)
    yield Reels(CaseFile(logs.record, queries, "TR-1"), lambda: RELEASED)
    queries.close()


def clip(reel: str, *recordings: str, start: int = 0, end: int = 10, **fields: Any) -> Clip:  # noqa: ANN401 fields of a clip by their names
    names = recordings or ("r1",)
    at, until = (Utc(BEGIN + n * SECOND) for n in (start, end))
    made = Clip("", reel, ClipKind.FOOTAGE, 0, recordings=names, start=at, end=until)
    return replace(made, **fields)


def mask(recording: str, start: int, end: int, **fields: Any) -> Mask:  # noqa: ANN401 fields of a mask by their names
    at, until = (Utc(BEGIN + n * SECOND) for n in (start, end))
    frames = (Keyframe(at, (Spot(0, 0), Spot(100, 100))),)
    made = Mask("m", "training", recording, Target.FACE, MaskShape.BOX, MaskStyle.SOLID, at, until, frames)
    return replace(made, **fields)


def titles(reels: Reels, reel: str) -> str:
    return "".join(each.title for each in reels.clips(reel))


def filled(reels: Reels, words: str = "abcd") -> tuple[str, list[str]]:
    reel = reels.make("Distance").result()
    return reel, [reels.add(clip(reel, title=word)).result() for word in words]


def test_a_clip_reads_as_it_was_written(reels: Reels) -> None:
    reel = reels.make("Distance, words, aid", "Module 4").result()
    card = Clip("", reel, ClipKind.CARD, 0, title="Distance", caption="Module 4", hold=Micros(4 * SECOND))
    first = reels.add(card).result()
    whole = clip(
        *(reel, "r1", "r2"),
        title="Words used",
        question="What now?",
        branches=(Branch("wait", first), Branch("go", "")),
        limits="No sound",
        notes="Ask twice",
        layout=Layout.SIDE,
        heard="r2",
        plain="nobody is to be seen",
    )
    second = reels.add(whole).result()
    found = reels.clips(reel)
    assert found[0] == replace(card, id=first, order=found[0].order)
    assert found[1] == replace(whole, id=second, order=found[1].order)
    assert reels.reel(reel) == Reel(reel, "Distance, words, aid", "Module 4")
    reels.set(Reel(reel, "Aid", names=NamesShown.NONE, voices=False, plain="actors")).result()
    assert reels.reels() == (Reel(reel, "Aid", "", NamesShown.NONE, False, "actors"),)


def test_clips_are_added_moved_and_taken_off_and_each_is_one_step_to_undo(reels: Reels) -> None:
    reel, (a, b, _c, d) = filled(reels)
    reels.add(clip(reel, title="x"), after=a).result()
    reels.add(clip(reel, title="y"), after="").result()
    assert titles(reels, reel) == "yaxbcd"
    reels.move(d, 0).result()
    assert titles(reels, reel) == "dyaxbc"
    reels.withdraw(b).result()
    assert titles(reels, reel) == "dyaxc"
    for before in ("dyaxbc", "yaxbcd", "axbcd", "abcd"):
        assert reels.file.undo() is not None
        assert titles(reels, reel) == before


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 5)), max_size=6))
def test_moving_is_as_in_a_list(moves: list[tuple[int, int]]) -> None:
    line = [clip("r", title=str(n), id=str(n), order=n) for n in range(4)]  # no room: all are counted anew
    for which, to in moves:
        moved = next(each for each in line if each.id == str(which))
        others = [each for each in line if each is not moved]
        others.insert(max(0, min(to, len(others))), moved)
        orders = _orders(others, {moved.id})
        line = [replace(each, order=orders.get(each.id, each.order)) for each in others]
        assert all(a.order < b.order for a, b in pairwise(line))


def test_many_moves_to_the_same_gap_count_the_strip_anew(reels: Reels) -> None:
    reel, (a, _b) = filled(reels, "ab")
    for _ in range(24):
        last = reels.clips(reel)[-1].id
        reels.move(last, 1).result()
    assert reels.clips(reel)[0].id == a
    reels.add_all([clip(reel, title="x"), clip(reel, title="y")], after=a).result()
    assert titles(reels, reel)[:3] == "axy"


def test_a_clip_is_cut_in_two_and_its_question_stays_at_the_end(reels: Reels) -> None:
    reel = reels.make("Cut").result()
    first = reels.add(clip(reel, question="What now?")).result()
    reels.add(clip(reel, title="after")).result()
    reels.split(first, Utc(BEGIN + 4 * SECOND)).result()
    one, two, _after = reels.clips(reel)
    assert (one.end, two.start, two.end) == (BEGIN + 4 * SECOND, BEGIN + 4 * SECOND, BEGIN + 10 * SECOND)
    assert (one.question, two.question) == ("", "What now?")
    with pytest.raises(ReviewerError, match="nothing to cut"):
        reels.split(first, BEGIN)
    reels.file.undo()
    assert len(reels.clips(reel)) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (clip("r", "other"), "not released"),
        (clip("r", "r1", "r1"), "one to 4 cameras"),
        (clip("r", start=5, end=5), "not after its beginning"),
        (clip("r", start=100, end=110), "recorded nothing"),
        (Clip("", "r", ClipKind.CARD, 0, hold=Micros(0)), "A card stands"),
    ],
)
def test_what_cannot_be_in_a_reel_is_refused(reels: Reels, wrong: Clip, says: str) -> None:
    with pytest.raises(ReviewerError, match=says):
        reels.add(wrong)
    with pytest.raises(ReviewerError, match="needs a title"):
        reels.make("  ")


def test_a_plan_has_letters_and_the_same_instants_and_nothing_of_the_case() -> None:
    clocks = WallTime({"r2": Correction("r2", Micros(2 * SECOND), Micros(0), BEGIN)})
    clips = [
        Clip("c0", "r", ClipKind.CARD, 0, title="Distance", caption="one\ntwo", hold=Micros(5 * SECOND)),
        replace(clip("r", "r1", "r2", layout=Layout.SIDE, question="What now?", limits="No sound"), id="c1"),
    ]
    redaction = Redaction((mask("r1", 0, 5, words="K. Salo", reason="face"), mask("r3", 0, 5)))
    plan = plan_of(Reel("r", "Title"), clips, clocks, redaction, OFFICERS)
    card, footage, question = plan.scenes
    assert card.lines == ("Distance", "one", "two") and card.is_card
    assert [(s.recording, s.name, s.heard) for s in footage.sources] == [
        ("r1", "Officer A", True),
        ("r2", "Officer B", False),
    ]
    assert footage.sources[1].start == clocks.to_stated("r2", BEGIN) != BEGIN
    assert question.holds and question.caption == "What now?" and not any(s.heard for s in question.sources)
    assert question.sources[0].start == BEGIN + 10 * SECOND - 1
    assert plan.voices and plan.rate is not None and plan.bars
    assert [(m.recording, m.words, m.reason) for m in plan.redaction.masks] == [("r1", "", "")]
    assert [(c.clip, c.start, c.lasts, c.asks) for c in chapters(plan)] == [
        ("c0", 0, 5 * SECOND, None),
        ("c1", 5 * SECOND, 18 * SECOND, 15 * SECOND),
    ]
    bare = plan_of(Reel("r", "T", names=NamesShown.NONE, plain="actors"), clips, clocks, redaction, OFFICERS)
    assert {s.name for scene in bare.scenes for s in scene.sources} == {""}
    assert bare.redaction == Redaction()


def planned(clips: list[Clip], redaction: Redaction = Redaction()) -> RenderPlan:  # noqa: B008 a frozen value
    return plan_of(Reel("r", "T"), clips, SIGNED, redaction, OFFICERS)


def test_what_cannot_be_rendered_is_refused() -> None:
    with pytest.raises(ReviewerError, match="no clips"):
        planned([])
    with pytest.raises(AccessRefused, match="Clip 2 shows a recording that is not released"):
        planned([clip("r"), clip("r", "r9")])
    with pytest.raises(ReviewerError, match="“wait” leads to a clip that is gone"):
        planned([clip("r", branches=(Branch("wait", "gone"),))])
    away = Withheld("w", "training", "r1", Utc(BEGIN + 9 * SECOND), Utc(BEGIN + 20 * SECOND))
    with pytest.raises(ReviewerError, match="Clip 1 shows a stretch that is withheld"):
        planned([clip("r")], Redaction(withheld=(away,)))
    planned([clip("r", end=9)], Redaction(withheld=(away,)))


def test_a_clip_waits_until_faces_were_looked_for_and_decided() -> None:
    one, reel = replace(clip("r", "r1", "r2"), id="c1"), Reel("r", "T", burned=True)

    def waits(redaction: Redaction, *searched: Searched, clip_: Clip = one, of: Reel = reel) -> Why | None:
        found = undecided(of, [clip_], SIGNED, redaction, searched)
        assert all(each.words for each in found)
        return found[0].why if found else None

    first, second = (Searched(r, part) for r, part in stretches(one, SIGNED))
    halves = [Searched("r2", TimeRange(BEGIN, Utc(BEGIN + n * SECOND))) for n in (4, 9)]
    rest = Searched("r2", TimeRange(Utc(BEGIN + 9 * SECOND), Utc(BEGIN + 12 * SECOND)))
    taken = mask("r1", 2, 8, proposed=Proposed.TAKEN)
    assert waits(Redaction((taken,)), first) is Why.NOT_SEARCHED
    assert waits(Redaction((taken,)), first, *halves) is Why.NOT_SEARCHED
    assert waits(Redaction((taken,)), first, *halves, rest) is None
    still_open = mask("r2", 8, 20, proposed=Proposed.OPEN)
    assert waits(Redaction((taken, still_open)), first, second) is Why.OPEN
    assert waits(Redaction((taken, replace(still_open, proposed=Proposed.REFUSED))), first, second) is None
    unsure = replace(taken, frames=(replace(taken.frames[0], sure=100),))
    assert waits(Redaction((unsure,)), first, second) is Why.UNSURE
    assert waits(Redaction((replace(unsure, looked=(unsure.frames[0].at,)),)), first, second) is None
    assert waits(Redaction(), first, second) is Why.NOTHING_HIDDEN
    assert waits(Redaction(), clip_=replace(one, plain="nobody is to be seen")) is None
    assert waits(Redaction(), of=replace(reel, plain="actors")) is None
    assert waits(Redaction((taken,)), first, second, of=replace(reel, burned=False)) is Why.BURNED_IN
    assert waits(Redaction(), first, second, of=replace(reel, burned=False)) is Why.NOTHING_HIDDEN


def test_what_was_searched_is_kept_with_the_clip(reels: Reels) -> None:
    reel = reels.make("Searched").result()
    one = reels.add(clip(reel)).result()
    found = Searched("r1", TimeRange(BEGIN, Utc(BEGIN + 5 * SECOND)))
    reels.say_searched(one, [found]).result()
    reels.withdraw(one).result()
    assert reels.searched() == (found,)
    assert Searched.of("r1 5 3") is Searched.of("nothing") is None


def test_two_fields_that_are_written_one_after_the_other_both_stand(reels: Reels) -> None:
    reel = reels.make("Words").result()
    id_ = reels.add(clip(reel)).result()
    seen = reels.clips(reel)[0]
    assert seen.id == id_
    reels.change(replace(seen, question="What now?"), seen).result()
    reels.change(replace(seen, notes="Let two answer."), seen).result()  # what was written first is not shown yet
    stands = reels.clips(reel)[0]
    assert (stands.question, stands.notes) == ("What now?", "Let two answer.")
