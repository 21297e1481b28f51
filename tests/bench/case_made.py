"""The case that the bench of cases measures with: what people write into one, as events, the same every time.

20 allegations, 2,000 annotations, 40 recordings and 3 actors is the full size; `Size` says another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain.agency import DEFAULT
from reviewer.domain.annotation import Mark
from reviewer.domain.case import PersonRole, Stance
from reviewer.domain.case_acts import (
    AllegationSet,
    Change,
    ComplaintSet,
    ExhibitSet,
    FindingSet,
    NarrativeSet,
    PersonSet,
    ThingSet,
)
from reviewer.domain.event import Event
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, format_rfc3339

ACTORS = ("salo", "aro", "hill")
_SEED = 7
_STANCES = tuple(Stance)
_SAID = (
    "He takes the bag from the bench",
    "“Let go of my arm”, said twice; the second time louder",
    "The baton is drawn, not used",
    "Both hands are in view the whole time",
    "She asks for the badge number and gets no answer",
    "The microphone is covered: wind, then nothing for four seconds",
    "First aid is called for over the radio",
    "Hän pyytää anteeksi, hiljaa",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a case is; `seconds` of footage a recording has."""

    allegations: int = 20
    annotations: int = 2_000
    recordings: int = 40
    seconds: float = 12.0


def papers(case: str, received: Utc, allegations: int) -> Iterator[Event]:
    """The complaint, its people, its allegations, and a narrative begun."""
    at = format_rfc3339(received)
    said = {"number": "K-2026-0142", "received": at, "way": "letter", "place": "Aleksanterinkatu × Mikonkatu"}
    said["summary"] = "A bag was taken during the stop, and force was used. " * 12
    yield _set(ComplaintSet, case, "", said)
    for number in range(8):
        role = PersonRole.SUBJECT if number % 4 == 3 else PersonRole.WITNESS if number else PersonRole.COMPLAINANT
        yield _set(PersonSet, case, f"p{number}", {"name": f"Person {number}", "role": role.value})
    policies = [policy.id for policy in DEFAULT.policies]
    for number in range(allegations):
        start = Utc(received + number * 2 * SECOND)
        what = {"number": str(number + 1), "title": f"Allegation of {_SAID[number % len(_SAID)].lower()}"}
        what |= {"policy": policies[number % len(policies)], "officer": f"p{3 + number % 2 * 4}"}
        what |= {"start": format_rfc3339(start), "end": format_rfc3339(Utc(start + 4 * SECOND))}
        yield _set(AllegationSet, case, f"a{number}", what | {"text": _SAID[number % len(_SAID)] * 6})
        yield _set(FindingSet, case, f"a{number}", {"reasons": _SAID[number % len(_SAID)] * 4})
    for number in range(4):
        yield _set(NarrativeSet, case, f"n{number}", {"title": f"Part {number + 1}", "text": " ".join(_SAID) * 6})


def annotations(
    case: str, recordings: Sequence[str], begins: Sequence[Utc], size: Size, first: int = 0
) -> Iterator[Event]:
    """Marks on one or two cameras, one in five a range; every fourth is an exhibit of some allegation."""
    chance = random.Random(_SEED + first)  # noqa: S311 - the same case each time
    kinds = [kind.id for kind in DEFAULT.kinds]
    for number in range(first, first + size.annotations):
        which = chance.sample(range(len(recordings)), min(len(recordings), 1 + number % 2))
        start = Micros(chance.randrange(int(size.seconds * SECOND)))
        length = chance.randrange(2 * SECOND) if number % 5 == 0 else 0
        marks = tuple(Mark(recordings[n], 0, start, Micros(start + length)) for n in which)
        at = Utc(begins[which[0]] + start)
        kind, text = kinds[number % len(kinds)], f"{_SAID[number % len(_SAID)]} ({number})"
        yield BookmarkAdded(case, f"m{number:05}", TimeRange(at, Utc(at + length)), marks, kind, text)
        if number % 4 == 0:
            what = {"number": str(number // 4 + 1), "allegation": f"a{number // 4 % max(1, size.allegations)}"}
            stance = _STANCES[number // 4 % len(_STANCES)].value
            yield _set(ExhibitSet, case, f"e{number:05}", what | {"stance": stance, "mark": f"m{number:05}"})


def day_of_work(case: str, recordings: Sequence[str], begins: Sequence[Utc], entries: int) -> Iterator[Event]:
    """What a colleague writes who works for long: marks set, changed, taken off and put back, exhibits, reasons that
    grow, parts of the narrative."""
    marks = annotations(case, recordings, begins, Size(annotations=entries), first=100_000)
    known: list[BookmarkAdded] = []
    for number in range(entries):
        turn, text = number % 8, f"{_SAID[number % len(_SAID)]}, seen again ({number})"
        if turn in (0, 2, 4, 6) or not known:
            event = next(marks)
            if isinstance(event, BookmarkAdded):
                known.append(event)
            yield event
        elif turn == 1:
            last = known[-1]
            yield BookmarkChanged(case, last.id, last.bookmark_kind, text, last.bookmark_kind, last.text)
        elif turn == 3:
            yield (BookmarkWithdrawn if number % 16 == 3 else BookmarkRestored)(case, known[number % len(known)].id)
        elif turn == 5:
            yield _set(FindingSet, case, f"a{number % 20}", {"reasons": text * 8})
        else:
            yield _set(NarrativeSet, case, f"n{number % 4}", {"text": text * 12})


def _set(kind: type[ThingSet], case: str, id_: str, fields: dict[str, str]) -> Event:
    return kind(case, id_, tuple(Change(name, value) for name, value in fields.items()))
