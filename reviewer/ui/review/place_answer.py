"""A question to the map and its answer, as the tab, the timeline and a report want it. No widgets; for the pool."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.place import Area
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services import place_words
from reviewer.services.place_words import Answers
from reviewer.services.places import Places
from reviewer.ui.review import place_rows
from reviewer.ui.review.place_panel import Question
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.times import Zone

Ranges = dict[str, list[TimeRange]]


@dataclass(frozen=True, slots=True)
class Asked:
    """`reach` in metres, of stops in minutes; `now` the play-head's instant, for what asks about one."""

    question: Question
    area: Area | None
    reach: float
    now: Utc | None


def answer(places: Places, asked: Asked) -> Answers:
    """The answer; an empty one to a question about a place where none is drawn."""
    area, reach = asked.area, asked.reach
    match asked.question:
        case Question.TOGETHER:
            return Answers(together=places.together(reach), near=reach)
        case Question.STOPS:
            shortest = Micros(round(reach * 60 * SECOND))
            return Answers(stops=places.stops(shortest), shortest=shortest)
        case _ if area is None:
            return Answers()
        case Question.HERE:
            return Answers(area, reach, here=places.within(area, reach))
        case Question.ABSENT:
            return Answers(area, reach, absent=places.absent(area, reach))
        case _ if asked.now is None:
            return Answers(area)
        case _:
            return Answers(area, nearest=places.nearest(area, asked.now), at=asked.now)


def said(found: Answers, places: Places, zone: Zone) -> tuple[str, tuple[PlaceRow, ...]]:
    """The answer in a sentence and in rows; "" and none where nothing was asked."""
    if found.here is not None:
        return place_words.within_sentence(found.here, found.metres), place_rows.here_rows(
            found.here, places.period, zone
        )
    if found.absent is not None:
        return place_words.absent_sentence(found.absent), place_rows.absent_rows(found.absent, zone)
    if found.nearest is not None and found.at is not None:
        sentence = f"{zone.clock(found.at)}: {place_words.nearest_sentence(found.nearest)}"
        return sentence, place_rows.nearest_rows(found.nearest, found.at)
    if found.together is not None:
        rows = place_rows.together_rows(found.together, places.untracked, zone)
        return place_words.together_sentence(found.together, found.near), rows
    if found.stops is not None:
        return place_words.stops_sentence(found.stops, found.shortest), place_rows.stop_rows(
            found.stops, places.period, zone
        )
    return "", ()


def bands(found: Answers) -> tuple[Ranges, Ranges]:
    """Stretches for the timeline, by camera: surely, and perhaps (what is sure included)."""
    sure: Ranges = {}
    perhaps: Ranges = {}
    for here in found.here or ():
        for each in here.presences:
            perhaps.setdefault(here.who.key, []).append(each.range)
            sure.setdefault(here.who.key, []).extend(each.surely)
    for absent in found.absent or ():
        perhaps.setdefault(absent.who.key, []).append(absent.stretch)
        sure.setdefault(absent.who.key, []).extend(absent.surely)
        sure.setdefault("", []).extend(absent.nobody)
    for pair in found.together or ():
        for key in (pair.one.key, pair.other.key):
            for each in pair.presences:
                perhaps.setdefault(key, []).append(each.range)
                sure.setdefault(key, []).extend(each.surely)
    for stopped in found.stops or ():
        sure.setdefault(stopped.who.key, []).extend(stop.range for stop in stopped.stops)
    return sure, perhaps
