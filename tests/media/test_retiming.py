"""The same footage by other clocks: nothing is opened anew, and the frame that stands there stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, Source
from tests.media.footage import START, Hands, camera, clip, part, same
from tests.media.test_deck import FRAME, a_deck, let_go, shown, until

LATER = 37 * SECOND


def moved(one: DeckCamera, by: int, drift_ppb: int = 0) -> DeckCamera:
    """The camera as another clock has it."""

    def there(at: Utc) -> Utc:
        return Utc(at + by + (at - START) * drift_ppb // 1_000_000_000)

    return replace(
        one,
        parts=tuple(
            replace(
                p,
                model=TimeModel(there(p.model.start), p.model.uncertainty, drift_ppb),
                range=TimeRange(there(p.range.start), there(p.range.end)),
            )
            for p in one.parts
        ),
    )


def counted(one: DeckCamera, opened: list[str]) -> DeckCamera:
    def counting(source: Callable[[], Source]) -> Callable[[], Source]:
        def open_() -> Source:
            opened.append(one.key)
            return source()

        return open_

    return replace(one, parts=tuple(replace(p, source=counting(p.source)) for p in one.parts))


def test_the_frame_that_stands_there_stays_and_nothing_is_opened_anew() -> None:
    opened: list[str] = []
    one, other = (counted(camera(part(clip()), key=key), opened) for key in ("one", "other"))
    with a_deck(one, other) as deck:
        deck.seek(Utc(START + 30 * FRAME))
        before = shown(deck)
        assert opened == ["one", "other"] or opened == ["other", "one"]
        after = moved(one, LATER)
        deck.retime([after], Utc(START + 30 * FRAME + LATER))
        at = deck.tick()
        picture = deck.pictures(at)["one"]
        assert (at, picture.state) == (START + 30 * FRAME + LATER, TileState.PLAYING)
        assert (picture.at, picture.pts) == (before.at + LATER, before.pts)
        assert picture.image is not None and before.image is not None and same(picture.image, before.image)
        assert deck.pictures(at)["other"].state is TileState.ENDED
        assert deck.range == TimeRange(Utc(START), after.range.end)
        assert deck.step("one", 1) == START + 31 * FRAME + LATER
        assert shown(deck).at == START + 31 * FRAME + LATER
        deck.seek(Utc(START + 12 * FRAME))
        assert shown(deck, "other").at == START + 12 * FRAME
        assert shown(deck).state is TileState.NOT_STARTED
        deck.set_cameras((after, other))  # as it is there already
        assert len(opened) == 2


def test_a_clock_that_drifts_stretches_the_frames_and_what_is_not_opened_yet_follows() -> None:
    one = camera(part(clip()), part(clip(), Utc(START + 10 * SECOND)))
    with a_deck(one) as deck:
        assert shown(deck).at == START
        drifts = moved(one, LATER, 50_000_000)  # 5 %: what would be seen
        deck.retime([drifts], Utc(START + LATER))
        deck.seek(Utc(START + LATER + 50 * FRAME * 105 // 100 + 5))
        assert shown(deck).at == START + LATER + 50 * FRAME * 105 // 100
        second = drifts.parts[1].range.start
        deck.seek(Utc(second + 20 * FRAME * 105 // 100 + 5))
        assert shown(deck).at == second + 20 * FRAME * 105 // 100


def test_while_it_plays_it_goes_on_from_the_same_frame() -> None:
    hands, one = Hands(), camera(part(clip(tuple(range(240)), gop=60)))
    with a_deck(one, hands=hands) as deck:
        deck.seek(Utc(START + 40 * FRAME))
        shown(deck)
        deck.play()
        let_go(deck)
        hands.move(400)
        here = deck.tick()
        deck.retime([moved(one, -LATER)], Utc(here - LATER))
        assert deck.playing
        let_go(deck)
        hands.move(400)
        assert deck.tick() == here - LATER + 400


def test_while_it_plays_every_camera_goes_on_wherever_it_has_to() -> None:
    """One stays on its frame, for the other the clock goes back by half a minute."""
    hands, data = Hands(), clip(tuple(range(1000)), gop=50)
    one, other = camera(part(data, Utc(START + LATER))), camera(part(data), key="other")
    with a_deck(one, other, hands=hands) as deck:
        deck.seek(Utc(START + LATER + 20 * FRAME))
        shown(deck)
        deck.play()
        let_go(deck)
        for _ in range(30):
            hands.move(FRAME)
            until(deck, lambda: all(p.image is not None and not p.late for p in deck.pictures(deck.tick()).values()))
        deck.retime([moved(one, -LATER)], Utc(deck.tick() - LATER))
        let_go(deck)
        for _ in range(30):
            hands.move(FRAME)
            until(deck, lambda: all(p.image is not None and not p.late for p in deck.pictures(deck.tick()).values()))
        assert deck.playing


def test_a_seek_back_while_it_plays_shows_what_was_passed_before() -> None:
    hands = Hands()
    with a_deck(camera(part(clip(tuple(range(1000)), gop=50))), hands=hands) as deck:
        deck.seek(Utc(START + 900 * FRAME))
        shown(deck)
        deck.play()
        let_go(deck)
        hands.move(FRAME)
        deck.seek(Utc(START + 60 * FRAME))
        let_go(deck)
        for _ in range(30):
            hands.move(FRAME)
            until(deck, lambda: (p := deck.pictures(deck.tick())["one"]).image is not None and not p.late)
