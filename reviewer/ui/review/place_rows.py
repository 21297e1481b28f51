"""What the map answers, as rows of the Places tab: who, when, how sure, and where a click goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain.coverage import length_words
from reviewer.domain.presence import total
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.place_words import (
    distance_words,
    nearest_words,
    stop_words,
    stretch_words,
    sure_words,
)
from reviewer.services.places import Absent, Here, Nearest, Pair, Placed, Stopped
from reviewer.ui.times import Zone


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """`numbers` are the cameras' chips, `head` stands beside them, `state` at the right, `words` below. `sure` False:
    it is said more quietly. A click goes to `at` on camera `key`, if there is one."""

    numbers: tuple[int, ...]
    head: str
    state: str
    words: str
    sure: bool
    at: Utc | None = None
    key: str = ""

    @property
    def spoken(self) -> str:
        """For assistive technology."""
        cameras = " and ".join(f"camera {n}" for n in self.numbers)
        return ", ".join(p for p in (cameras, self.head, self.state, self.words) if p)


def here_rows(found: Sequence[Here], period: TimeRange | None, zone: Zone) -> tuple[PlaceRow, ...]:
    """Stretches by camera, longest first; each camera's unknown time stands below them, never left out."""

    def rows() -> Iterator[PlaceRow]:
        for here in found:
            for each in here.presences:
                far = distance_words(each.closest)
                words = " · ".join(p for p in (length_words(each.range.duration), f"closest {far}" if far else "") if p)
                head = stretch_words(each.range, zone)
                yield _row(here.who, head, sure_words(each), words, sure=each.is_sure, at=each.range.start)
            yield from _unknown(here.who, here.unknown, period, none=not here.presences)

    return tuple(rows())


def absent_rows(found: Iterable[Absent], zone: Zone) -> tuple[PlaceRow, ...]:
    """Who was there while their own camera did not roll, a row a time."""

    def words(each: Absent) -> str:
        said = f"{length_words(each.stretch.duration)} · own camera not rolling"
        return f"{said} · no camera at all for {length_words(total(each.nobody))}" if each.nobody else said

    return tuple(
        _row(
            each.who,
            stretch_words(each.stretch, zone),
            "surely" if each.surely else "perhaps",
            words(each),
            sure=bool(each.surely),
            at=each.stretch.start,
        )
        for each in found
    )


def nearest_rows(found: Iterable[Nearest], at: Utc) -> tuple[PlaceRow, ...]:
    """Every camera at an instant, as near as it was, those of unknown place too."""

    def state(each: Nearest) -> str:
        if each.distance is None or each.age:
            return "not known"
        return "cannot be decided" if each.undecided else ""

    return tuple(
        _row(n.who, n.who.officer, state(n), nearest_words(n), sure=n.distance is not None and not n.age, at=at)
        for n in found
    )


def together_rows(found: Iterable[Pair], untracked: Iterable[Placed], zone: Zone) -> tuple[PlaceRow, ...]:
    """Who was near whom, a row a time; then those of whom nothing can be said."""

    def rows() -> Iterator[PlaceRow]:
        for pair in found:
            both = (pair.one.number, pair.other.number)
            for each in pair.presences:
                words = f"{length_words(each.range.duration)} · closest {distance_words(each.closest)}"
                head = stretch_words(each.range, zone)
                yield PlaceRow(both, head, sure_words(each), words, each.is_sure, each.range.start, pair.one.key)
        for who in untracked:
            yield PlaceRow((who.number,), who.officer, "not known", "no fix at all, so no claim", sure=False)

    return tuple(rows())


def stop_rows(found: Iterable[Stopped], period: TimeRange | None, zone: Zone) -> tuple[PlaceRow, ...]:
    """Where each camera stood, and for how long; then when its place is not known."""

    def rows() -> Iterator[PlaceRow]:
        for each in found:
            for stop in each.stops:
                head = stretch_words(stop.range, zone)
                state = "" if stop.stated else "± not stated"
                yield _row(each.who, head, state, stop_words(stop), sure=True, at=stop.range.start)
            yield from _unknown(each.who, each.unknown, period, none=not each.stops)

    return tuple(rows())


def _row(who: Placed, head: str, state: str, words: str, *, sure: bool, at: Utc) -> PlaceRow:
    return PlaceRow((who.number,), head, state, words, sure, at, who.key)


def _unknown(who: Placed, unknown: Sequence[TimeRange], period: TimeRange | None, *, none: bool) -> Iterator[PlaceRow]:
    if unknown and period is not None:
        always = total(unknown) >= period.duration
        words = "no fix at all" if always else f"no fix for {length_words(total(unknown), up=True)}"
        head = who.officer if none else "At other times"
        yield PlaceRow((who.number,), head, "not known", f"{words}, so no claim", sure=False)
