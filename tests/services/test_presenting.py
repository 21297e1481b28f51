"""A reel before people: it stops to ask, an answer leads where its author drew, only what the log names is shown."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import LogName
from reviewer.domain.making_acts import CopyMade, MadeScene
from reviewer.domain.reel import Branch, Clip, ClipKind
from reviewer.domain.render import Purpose, RenderPlan, Scene, SceneSource
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.vlc import UNCERTAINTY
from reviewer.records.queries import Queries
from reviewer.services.journal import Journal
from reviewer.services.presenting import Answer, Move, Presentation, files_of, made_of, script_made, script_of
from reviewer.services.rendering_job import plan_sha256

_SOURCE = (SceneSource("rec", Utc(0)),)


def _scene(id_: str, seconds: int, *, holds: bool = False) -> Scene:
    return Scene(Micros(seconds * SECOND), _SOURCE, title=id_.upper(), holds=holds, id=id_)


PLAN = RenderPlan(
    Purpose.REEL,
    (
        Scene(Micros(5 * SECOND), lines=("The card", "more"), id="card"),
        _scene("one", 10),
        _scene("one", 8, holds=True),
        _scene("left", 6),
        _scene("right", 4),
        _scene("right", 2, holds=True),
    ),
)
CLIPS = (
    Clip("card", "r", ClipKind.CARD, 0, "The card", notes="Say hello."),
    Clip("one", "r", ClipKind.FOOTAGE, 1, "One", question="What now?", notes="Wait.",
         branches=(Branch("Left", "left"), Branch("Right", "right"), Branch("Stop", ""), Branch("Lost", "gone"))),
    Clip("left", "r", ClipKind.FOOTAGE, 2, "Left", limits="No sound"),
    Clip("right", "r", ClipKind.FOOTAGE, 3, "Right", question="And now?"),
)  # fmt: skip


MADE = CopyMade("TR-1", "j", "reel", "r", "another plan", ("rec",), "reel.mp4", "a" * 64, 5, ())


def _unasked() -> RenderPlan:
    pytest.fail("the log has it")


def test_without_its_job_the_log_says_where_the_clips_are() -> None:
    made = replace(MADE, scenes=tuple(MadeScene(s.id, s.lasts, s.holds) for s in PLAN.scenes))
    assert script_made(made, CLIPS, _unasked) == script_of(PLAN, CLIPS)


def test_without_scenes_in_the_log_only_the_same_plan_says_it() -> None:
    of_before = replace(MADE, plan=plan_sha256(PLAN))
    assert script_made(of_before, CLIPS, lambda: PLAN) == script_of(PLAN, CLIPS)
    with pytest.raises(ReviewerError, match="changed since"):
        script_made(of_before, CLIPS, lambda: replace(PLAN, crf=21))

    def gone() -> RenderPlan:
        raise ReviewerError("Clip 1 shows a recording that is not released.", "Take it off.")

    with pytest.raises(ReviewerError, match="changed since"):
        script_made(of_before, CLIPS, gone)


@pytest.fixture
def show() -> Presentation:
    return Presentation(script_of(PLAN, CLIPS))


def test_places_come_from_the_plan_and_words_from_the_clips_as_they_are_now() -> None:
    script = script_of(PLAN, CLIPS)
    assert [(s.clip, s.start // SECOND, s.end // SECOND) for s in script.stops] == [
        ("card", 0, 5),
        ("one", 5, 23),
        ("left", 23, 29),
        ("right", 29, 35),
    ]
    assert [s.asks and s.asks // SECOND for s in script.stops] == [None, 15, None, 33]
    one = script.stops[1]
    assert one.answers == (Answer("Left", 2), Answer("Right", 3), Answer("Stop", None))
    assert (one.notes, script.stops[2].limits, script.length) == ("Wait.", "No sound", 35 * SECOND)
    assert [script.at(Micros(at * SECOND)) for at in (0, 5, 22, 23, 34, 99)] == [0, 1, 1, 2, 3, 3]


def test_a_clip_that_was_taken_off_since_has_the_title_of_the_file() -> None:
    stops = script_of(PLAN, CLIPS[2:]).stops
    assert [(s.title, s.notes) for s in stops[:2]] == [("The card", ""), ("ONE", "")]
    assert stops[1].asks is not None and stops[1].answers == ()


def test_a_plan_without_scenes_cannot_be_presented() -> None:
    with pytest.raises(ReviewerError, match="no clips"):
        script_of(RenderPlan(Purpose.REEL), ())


def test_it_stops_where_the_question_surely_stands_and_asks_once(show: Presentation) -> None:
    asks = Micros(15 * SECOND)
    assert show.told(Micros(asks - 1), playing=True) is None
    assert show.told(Micros(asks + UNCERTAINTY - 1), playing=True) is None
    assert show.told(Micros(asks + UNCERTAINTY), playing=True) == Move(Micros(asks + UNCERTAINTY), playing=False)
    assert show.asking
    assert show.told(Micros(asks + UNCERTAINTY), playing=False) is None
    assert show.toggle() == show.jump(2)  # on to the next clip
    assert not show.asking


def test_an_answer_leads_to_its_clip_ends_the_reel_or_is_none(show: Presentation) -> None:
    assert show.answer(0) is None, "nothing was asked yet"
    show.told(Micros(16 * SECOND), playing=True)
    assert show.answer(7) is None
    found = show.answer(1)
    assert found is not None and found.playing
    assert show.script.at(found.at) == 3 and not show.asking
    show.told(Micros(16 * SECOND), playing=True)
    ended = show.answer(2)
    assert ended is not None and not ended.playing
    assert show.script.length - ended.at < SECOND


def test_a_short_question_is_asked_in_its_middle(show: Presentation) -> None:
    last = replace(show.script.stops[3], end=Micros(33 * SECOND + 200_000))
    short = Presentation(replace(show.script, stops=(*show.script.stops[:3], last)))
    assert short.told(Micros(33 * SECOND + 100_000), playing=True) is not None


def test_forward_back_and_again_from_the_end(show: Presentation) -> None:
    show.told(Micros(24 * SECOND), playing=True)
    assert show.stop.clip == "left"
    assert show.script.at(show.previous().at) == 1, "it had only begun"  # type: ignore[union-attr]
    show.told(Micros(28 * SECOND), playing=True)
    assert show.script.at(show.previous().at) == 2  # type: ignore[union-attr]
    assert show.script.at(show.next().at) == 3  # type: ignore[union-attr]
    assert show.next() is None
    assert show.jump(-1) is None and show.jump(4) is None
    show.told(Micros(34 * SECOND), playing=False)
    assert show.toggle() == Move(Micros(34 * SECOND), playing=True)
    show.told(Micros(35 * SECOND), playing=True)
    show.told_dark()
    again = show.toggle()
    assert again.playing and show.script.at(again.at) == 0


def test_the_next_question_is_known_before_it_comes(show: Presentation) -> None:
    show.told(Micros(0), playing=True)
    assert show.next_asks is not None and show.next_asks.question == "What now?"
    show.told(Micros(16 * SECOND), playing=True)
    assert show.next_asks is not None and show.next_asks.question == "And now?"
    show.told(Micros(34 * SECOND), playing=True)
    assert show.next_asks is None


def test_only_a_file_that_was_made_and_checked_here_is_known(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    journal = Journal(path, {LogName.ACCESS: "pd/ws1/falk/access/1"}, Ed25519PrivateKey.generate())
    scenes = tuple(MadeScene(s.id, s.lasts, s.holds) for s in PLAN.scenes)
    made = CopyMade("TR-1", "j", "reel", "r", "p", ("rec",), "reel.mp4", "a" * 64, 5, (), scenes=scenes)
    try:
        journal.record(made).result(20)
        with closing(Queries(path)) as queries:
            assert made_of(queries, "TR-1", "a" * 64) == made
            assert made_of(queries, "TR-1", "b" * 64) is None
            assert files_of(queries, "TR-1", "r") == (made,)
            assert files_of(queries, "TR-1", "r2") == files_of(queries, "TR-2", "r") == ()
            assert made_of(queries, "TR-2", "a" * 64) is None
    finally:
        journal.close()
