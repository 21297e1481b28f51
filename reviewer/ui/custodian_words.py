"""What the recordings screen says, and how it reads what is typed: cells, sentences, times, places. No widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from reviewer.domain.assignment import Assignment, Pending, Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import UNIT, Area, Box, Circle, Polygon
from reviewer.domain.recording import Kind
from reviewer.domain.roster import Role, User
from reviewer.domain.timebase import Micros, TimeRange, Utc, from_datetime
from reviewer.services.catalogue_search import CaseEntry, Entry, Listing
from reviewer.ui.custodian_source import Picture
from reviewer.ui.queue_words import mega
from reviewer.ui.table import Cell, Column, State, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count, in_file

Cells = Sequence[Cell]

RECORDINGS = (
    Column("Recorded (local)", 136),
    Column("Officer", 170, 2),
    Column("Incident", 130, 1),
    Column("Length", 84),
    Column("May be seen", 128),
    Column("Cases", 130, 1),
)
CASES = (
    Column("Case", 190, 2),
    Column("For", 100),
    Column("People", 180, 2),
    Column("Recordings", 90, right=True),
    Column("Until", 108),
    Column("Assigned by", 130, 1),
)
WAITING = (
    Column("Case", 190, 2),
    Column("Signed first by", 180, 1),
    Column("Waits for", 230, 2),
)
PURPOSES = {
    Purpose.COMPLAINT: "Complaint",
    Purpose.SUPERVISION: "Supervision",
    Purpose.TRAINING: "Training",
    Purpose.DISCLOSURE: "Disclosure",
}
ROLES = {role: role.value.capitalize() for role in Role}
KINDS = {Kind.VIDEO: "Video", Kind.STILL: "Still", Kind.AUDIO: "Sound"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_SECONDS = 86_400
_AROUND = 200  # metres, where only a point is typed


class NotUnderstood(ReviewerError):
    """What was typed is no time or place."""


# -- recordings ------------------------------------------------------------------------------------------------------


def cells(entry: Entry, listing: Listing, zone: Zone) -> Cells:
    """One row, as RECORDINGS has it."""
    cases = listing.cases_of.get(entry.recording_id, ())
    more = f"and {len(cases) - 1} more" if len(cases) > 1 else ""
    return (
        Words(zone.date(entry.start), clocks(entry.range, zone), strong=True),
        Words(entry.officer, entry.device or _not_open(entry)),
        Words(", ".join(entry.incidents) or "none", entry.event_type, tone="text" if entry.incidents else "text3"),
        Words(length(entry), size(entry.bytes)),
        seen_by(entry, listing),
        Words(cases[0], more) if cases else Words("not assigned", tone="text3"),
    )


def _not_open(entry: Entry) -> str:
    return "" if entry.opened else "details need the custody key"


def clocks(span: TimeRange, zone: Zone) -> str:
    """ "22:38–22:50"; a still has one time."""
    start, end = zone.clock(span.start), zone.clock(span.end)
    return start if span.start == span.end else f"{start[:5]}–{end[:5]}"


def length(entry: Entry) -> str:
    return "still" if entry.kind is Kind.STILL else in_file(Micros(entry.end - entry.start), 0)


def size(sealed: int) -> str:
    """ "0.3 MB", and from 10 MB on "42 MB", "1.5 GB"."""
    return f"{sealed / 1e6:.1f} MB" if sealed < 10_000_000 else mega(sealed)


def seen_by(entry: Entry, listing: Listing) -> Cell:
    """Who may be given it, in a word."""
    if entry.restricted:
        return State("restricted", Tone.WARN, "lock")
    if entry.recording_id in listing.released:
        return State("for training", Tone.INFO, "school")
    return Words("as assigned", tone="text2")


def headline(listing: Listing) -> str:
    """Beside the title: "10,000 recordings · 1,204 not assigned"."""
    if not listing.entries:
        return ""
    alone = sum(e.recording_id not in listing.cases_of for e in listing.entries)
    words = count(len(listing.entries), "recording")
    return f"{words} · {alone:,} not assigned" if alone else words


def chosen_words(chosen: Sequence[Entry]) -> str:
    """ "3 recordings, 12:40 in all"."""
    total = sum(e.end - e.start for e in chosen)
    return f"{count(len(chosen), 'recording')}, {in_file(Micros(total), 0)} in all"


def restricted_words(chosen: Sequence[Entry]) -> str:
    """What being restricted means for these; "" if none is."""
    restricted = sum(e.restricted for e in chosen)
    if not restricted:
        return ""
    one = "1 of them is restricted" if restricted == 1 else f"{restricted} of them are restricted"
    if len(chosen) == 1:
        one = "It is restricted"
    return f"{one}: a second supervisor or custodian must sign before anybody can open the assignment."


# -- cases -----------------------------------------------------------------------------------------------------------


def case_cells(case: CaseEntry, people: Mapping[str, User], zone: Zone) -> Cells:
    """One row, as CASES has it."""
    names = [name_of(m.user, people) for m in case.members]
    return (
        Words(case.case_id, case.title if case.opened else "title not open to you", strong=True),
        Words(PURPOSES[case.purpose]),
        Words(", ".join(names) or "nobody", count(len(names), "person", "people")),
        Words(f"{len(case.recordings):,}", right=True),
        Words(last_day(case.expires, zone), tone="text2"),
        Words(name_of(case.issued_by, people), zone.date(case.issued_at)),
    )


def last_day(expires: Utc | None, zone: Zone) -> str:
    """The last day of an assignment, "31 Dec 2026"; "no end" without one."""
    return "no end" if expires is None else zone.date(Utc(expires - 1))


def case_matches(case: CaseEntry, people: Mapping[str, User], wanted: str) -> bool:
    """Whether every word occurs in the case's number, title or people."""
    names = " ".join(name_of(m.user, people) for m in case.members)
    said = f"{case.case_id} {case.title} {names}".casefold()
    return all(word in said for word in wanted.casefold().split())


def name_of(user_id: str, people: Mapping[str, User]) -> str:
    """ "K. Salo 0417"; the id of whoever the roster does not name any more."""
    user = people.get(user_id)
    return f"{user.name} {user.badge}".strip() if user is not None else user_id


def waiting_cells(pending: Pending, order: Assignment | None, picture: Picture | None, zone: Zone) -> Cells:
    """One row, as WAITING has it."""
    people = picture.people if picture is not None else {}
    mine = picture is not None and pending.issued_by == picture.me
    whom = "another supervisor or custodian" if mine else "you, or another supervisor or custodian"
    return (
        Words(pending.case_id, order.title if order is not None else "", strong=True),
        Words(name_of(pending.issued_by, people), zone.both(pending.issued_at)),
        Words(whom if mine or order is not None else "somebody else"),
    )


def nothing(view: str, reading: bool, any_: bool) -> tuple[str, str, str]:
    """Icon, headline and sentence for a list with no rows."""
    if reading:
        return "hourglass", "Reading the recordings", "What is kept here is shown at once; the store is asked after."
    if view == "Recordings" and any_:
        return "search", "No recording is like that", "Clear the search with X, or ask for less."
    if view == "Recordings":
        return "folder", "No recordings yet", "They come here when a station takes footage in. F5 asks the store again."
    if view == "Cases":
        return "folder", "No case is like that", "Pick recordings and press A: a case begins with assigning them."
    return "signature", "Nothing waits for a second signature", "What is restricted comes here when it is assigned."


# -- what is typed ---------------------------------------------------------------------------------------------------

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_DOTS = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})")
_NAMED = re.compile(r"(?P<d>\d{1,2}) (?P<name>[a-z]{3})[a-z]* (?P<y>\d{4})")
_CLOCK = re.compile(r"(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<s>\d{2}))?")


def moment(typed: str, zone: Zone, *, end: bool = False) -> Utc | None:
    """The instant that was typed: "13 Jun 2026 22:40", "13.6.2026", "2026-06-13 19:40 UTC"; None for nothing. Without
    an offset it is local; a day alone is its start, or with `end` the start of the next. Raises NotUnderstood."""
    words = " ".join(typed.casefold().split())
    if not words:
        return None
    utc = words.endswith((" utc", " z"))
    words = words.rsplit(" ", 1)[0] if utc else words
    day = next((m for pattern in (_ISO, _DOTS, _NAMED) if (m := pattern.match(words))), None)
    if day is None:
        raise _no_time(typed)
    rest = words[day.end() :].strip()
    clock = _CLOCK.fullmatch(rest) if rest else None
    if rest and clock is None:
        raise _no_time(typed)
    try:
        at = datetime(int(day["y"]), _month(day), int(day["d"]), *_hour(clock), tzinfo=UTC)
    except ValueError:
        raise _no_time(typed) from None
    instant = Utc(from_datetime(at) + (_DAY_SECONDS * 1_000_000 if end and clock is None else 0))
    return instant if utc else _from_local(instant, zone)


def _month(day: re.Match[str]) -> int:
    found = day.groupdict()
    return _MONTHS.index(found["name"]) + 1 if "name" in found else int(found["m"])


def _hour(clock: re.Match[str] | None) -> tuple[int, int, int]:
    return (0, 0, 0) if clock is None else (int(clock["h"]), int(clock["min"]), int(clock["s"] or 0))


def _from_local(shifted: Utc, zone: Zone) -> Utc:
    """The instant whose local clock says this; of the two at the end of summer time the first."""
    guess = Utc(shifted - zone.offset_seconds(shifted) * 1_000_000)
    before = Utc(shifted - zone.offset_seconds(Utc(guess - 3_600_000_000)) * 1_000_000)
    right = [at for at in (before, guess) if at + zone.offset_seconds(at) * 1_000_000 == shifted]
    return min(right, default=guess)


def window(since: str, until: str, zone: Zone) -> TimeRange | None:
    """The stretch between two typed times; None if neither is given. Raises NotUnderstood."""
    start, end = moment(since, zone), moment(until, zone, end=True)
    if start is None and end is None:
        return None
    if start is None or end is None or end <= start:
        raise NotUnderstood("A stretch needs a start, and an end after it.", "Type both, or neither.")
    return TimeRange(start, end)


def area(typed: str) -> Area | None:
    """The place that was typed: "60.1699, 24.9384", with "500 m" behind it for how far around, or two corners of a box,
    or the three and more of a polygon. None for nothing. Raises NotUnderstood."""
    words = typed.strip().replace("°", "")
    if not words:
        return None
    around = re.search(r"(?P<number>\d+(?:\.\d+)?) *(?P<unit>km|m)\s*$", words)
    numbers = words[: around.start()] if around else words
    try:
        found = [round(float(each) * UNIT) for each in re.split(r"[,;\s]+", numbers.strip(" ,;"))]
        if len(found) == 2:
            metres = _AROUND
            if around is not None:
                metres = round(float(around["number"]) * (1000 if around["unit"] == "km" else 1))
            circle = Circle(found[0], found[1], metres)
            return circle if circle.box else None
        if len(found) == 4 and around is None:
            south, north = sorted((found[0], found[2]))
            return Box(south, found[1], north, found[3])
        if len(found) >= 6 and not len(found) % 2 and around is None:
            return Polygon(tuple(zip(found[::2], found[1::2], strict=True)))
    except ValueError:
        raise _no_place() from None
    raise _no_place()


def area_words(place: Area) -> str:
    """An area as it is typed."""
    if isinstance(place, Circle):
        return f"{place.lat / UNIT:.5f}, {place.lon / UNIT:.5f}, {place.metres} m"
    if isinstance(place, Polygon):
        return "; ".join(f"{lat / UNIT:.5f}, {lon / UNIT:.5f}" for lat, lon in place.corners)
    south, west, north, east = (x / UNIT for x in (place.south, place.west, place.north, place.east))
    return f"{south:.5f}, {west:.5f}, {north:.5f}, {east:.5f}"


def _no_time(typed: str) -> NotUnderstood:
    return NotUnderstood(f"“{typed.strip()}” is no day and time.", "Type it like “13 Jun 2026 22:40”; UTC behind it.")


def _no_place() -> NotUnderstood:
    return NotUnderstood("That is no place.", "Type it like “60.1699, 24.9384, 200 m”, or take it from the map.")
