"""What the map answers, in words: sentences and rows for the screen and the command line, tables for paper.

"Surely" and "perhaps" as `domain.presence` has them; "not known" is said wherever somebody's position was not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.domain.coverage import length_words
from reviewer.domain.place import UNIT, Area, Circle, Polygon
from reviewer.domain.presence import Distance, Presence, Stop, total
from reviewer.domain.report import Report, Section
from reviewer.domain.timebase import Micros, TimeRange, Utc, merge
from reviewer.domain.wording import Local, clock, count, date
from reviewer.services.places import RADIUS, SHORTEST, Absent, Here, Nearest, Pair, Places, Stopped
from reviewer.services.rolling_words import Imprint

SIGNED, ALIGNED = "as the signed manifests say", "aligned; accepted by a person, in the log"
LIMITS = (
    "It is about cameras’ receivers, not about people: a camera may lie in a car, and nobody is identified.",
    "“Surely” means: within the distance even at the far edge of the position’s ± (two standard deviations).",
    "“Perhaps” means: within it at the near edge. A receiver that states no accuracy is never “surely” there.",
    "Where no position is known (before the first fix, in holes, after the last) nothing is claimed: it is no absence.",
    "Between two fixes a few seconds apart the straight way is taken.",
    "Only the recordings and tracks of this case that are on this machine were asked.",
)


def area_words(area: Area, metres: float = 0.0) -> str:
    """ "60.16994, 24.93840, 50 m around", "an area of 4 corners around 60.16994, 24.93840, and 25 m beyond"."""
    if isinstance(area, Circle):
        return f"{_degrees(area.lat, area.lon)}, {area.metres + metres:.0f} m around"
    box = area.box if isinstance(area, Polygon) else area
    corners = len(area.corners) if isinstance(area, Polygon) else 4
    middle = _degrees((box.south + box.north) // 2, (box.west + box.east) // 2)
    return f"an area of {corners} corners around {middle}" + (f", and {metres:.0f} m beyond" if metres else "")


def _degrees(lat: int, lon: int) -> str:
    return f"{lat / UNIT:.5f}, {lon / UNIT:.5f}"


def distance_words(found: Distance | None) -> str:
    """ "12 m ± 8 m"; "inside" for an area; "12 m, ± not stated" for a receiver that says nothing of its accuracy."""
    if found is None:
        return ""
    far = "inside" if found.metres < 0 else metre_words(found.metres)
    return f"{far} ± {metre_words(found.margin)}" if found.stated else f"{far}, ± not stated"


def metre_words(metres: float) -> str:
    """ "12 m", "1.3 km"; no digit that a receiver does not have."""
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def stretch_words(at: TimeRange, zone: Local) -> str:
    """ "22:41:12 – 22:44:02", "22:41:12 (one fix)"."""
    if not at.duration:
        return f"{zone.clock(at.start)} (one fix)"
    return f"{zone.clock(at.start)} – {zone.clock(at.end)}"


def sure_words(found: Presence) -> str:
    """ "surely", "surely for 2 min 10 s of 3 min", "perhaps"."""
    if not found.is_sure:
        return "perhaps"
    if found.surely == (found.range,):
        return "surely"
    if not found.range.duration or not found.sure:
        return "surely at one fix"
    return f"surely for {length_words(found.sure)}"


def within_sentence(found: Sequence[Here], metres: float) -> str:
    """ "2 cameras were surely here, 1 perhaps; of 1 no position is known." """
    surely = sum(h.sure > 0 or any(p.is_sure for p in h.presences) for h in found)
    perhaps = sum(bool(h.presences) and not any(p.is_sure for p in h.presences) for h in found)
    lost = sum(bool(h.unknown) and not h.presences for h in found)
    where = f"within {metres:.0f} m of it" if metres else "here"
    if not surely and not perhaps:
        said = f"No camera is known to have been {where}"
    else:
        said = f"{_cameras(surely)} surely {where}" if surely else ""
        said += ("; " if said and perhaps else "") + (f"{_cameras(perhaps)} perhaps {where}" if perhaps else "")
    others = "other camera" if surely or perhaps else "camera"
    tail = f"; the position of {count(lost, others)} is not known all the time" if lost else ""
    return f"{said}{tail}."


def _cameras(number: int) -> str:
    return f"{count(number, 'camera')} {'was' if number == 1 else 'were'}"


def together_sentence(found: Sequence[Pair], metres: float) -> str:
    """ "3 pairs of cameras were within 10 m of each other, surely or perhaps." """
    if not found:
        return f"No two officers’ cameras are known to have been within {metres:.0f} m of each other."
    met = "pair of cameras was" if len(found) == 1 else "pairs of cameras were"
    return f"{len(found)} {met} within {metres:.0f} m of each other, surely or perhaps."


def stops_sentence(found: Sequence[Stopped], shortest: Micros = SHORTEST) -> str:
    """ "3 stops of 2 min or longer, within 25 m, of 4 cameras with a track." """
    many = sum(len(s.stops) for s in found)
    what = f"of {length_words(shortest)} or longer, within {RADIUS:.0f} m"
    if not many:
        return f"No stop {what}, is known."
    return f"{count(many, 'stop')} {what}, of {count(len(found), 'camera')} with a track."


def absent_sentence(found: Sequence[Absent]) -> str:
    """ "2 officers here while their camera did not roll: 3 times, 1 surely." """
    if not found:
        return "No time is known at which somebody was here and their camera did not roll."
    officers, sure = len({a.who.officer for a in found}), sum(bool(a.surely) for a in found)
    nobody = total(merge(r for a in found for r in a.nobody))
    said = (
        f"{count(officers, 'officer')} here while their camera did not roll: {count(len(found), 'time')}, {sure} surely"
    )
    return f"{said}; no camera of the case rolled for {length_words(nobody)} of it." if nobody else f"{said}."


def nearest_words(found: Nearest) -> str:
    """ "12 m ± 8 m · rolling", "last fix 65 s before, 40 m away then", "no fix yet"."""
    rolled = "rolling" if found.rolled else "not rolling"
    if found.distance is None:
        return f"no fix yet · {rolled}"
    if found.age:
        age = length_words(found.age, up=True)
        return f"last fix {age} before, {metre_words(found.distance.metres)} away then · {rolled}"
    return f"{distance_words(found.distance)} · {rolled}"


def nearest_sentence(found: Sequence[Nearest]) -> str:
    """ "Nearest: Ofc. A. Niemi 2214, 12 m ± 8 m. Not told apart from L. Korhonen 1873." """
    known = [n for n in found if n.distance is not None and not n.age]
    if not known:
        return "Where any camera was then is not known."
    also = [n.who.officer for n in found if n.undecided]
    said = f"Nearest: {known[0].who.officer}, {distance_words(known[0].distance)}."
    return f"{said} Its ± does not tell it apart from {', '.join(also)}." if also else said


def stop_words(stop: Stop) -> str:
    """ "12 min 40 s · 60.16994, 24.93840 ± 8 m · no position for 3 min of it"."""
    margin = f"± {metre_words(stop.margin)}" if stop.stated else "± not stated"
    said = f"{length_words(stop.range.duration)} · {stop.lat:.5f}, {stop.lon:.5f} {margin}"
    return f"{said} · no position for {length_words(stop.unknown, up=True)} of it" if stop.unknown else said


# -- paper ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked and what came of it; a question that was not asked is None. `at` is of `nearest`, `shortest`
    of `stops`."""

    area: Area | None = None
    metres: float = 0.0
    here: tuple[Here, ...] | None = None
    absent: tuple[Absent, ...] | None = None
    together: tuple[Pair, ...] | None = None
    near: float = 0.0
    stops: tuple[Stopped, ...] | None = None
    nearest: tuple[Nearest, ...] | None = None
    at: Utc | None = None
    shortest: Micros = SHORTEST


def to_report(asked: Answers, places: Places, imprint: Imprint, zone: Local) -> Report:
    """All that was asked, for paper and for other programs."""
    facts = [("Case", imprint.case), ("Clocks", imprint.clocks), ("Cameras", str(len(places.placed)))]
    if places.period is not None:
        at = places.period
        facts.append(("Period", f"{zone.date(at.start)} {stretch_words(at, zone)} ({zone.offset(at.start)})"))
        facts.append(("In UTC", f"{date(at.start)} {clock(at.start)} – {clock(at.end)}"))
    if asked.area is not None:
        facts.append(("Place", area_words(asked.area, asked.metres)))
    if isinstance(asked.area, Polygon):
        facts.append(("Corners", "; ".join(_degrees(*corner) for corner in asked.area.corners)))
    if places.untracked:
        facts.append(("No position", ", ".join(p.officer for p in places.untracked)))
    title = f"Places of {imprint.case}"
    sections = tuple(_sections(asked, places, zone))
    subject = "Questions to the map of a case"
    return Report(title, subject, imprint.agency, imprint.made_at, imprint.made_by, tuple(facts), sections, LIMITS)


def said_lines(report: Report) -> list[str]:
    """The same for a terminal: each table's sentences, then its rows."""
    lines = []
    for section in report.sections:
        lines += [f"{section.heading}:", *(f"  {s}" for s in section.sentences)]
        lines += ["  " + "  ".join(cell for cell in row if cell) for row in section.rows]
        if not section.rows and section.empty:
            lines.append(f"  {section.empty}")
    return lines


def _sections(asked: Answers, places: Places, zone: Local) -> Iterable[Section]:
    if asked.here is not None:
        yield _here(asked.here, asked.metres, zone)
        yield _unknown(((h.who.officer, h.unknown) for h in asked.here), zone)
    if asked.absent is not None:
        yield _absent(asked.absent, zone)
    if asked.nearest is not None and asked.at is not None:
        yield _nearest(asked.nearest, asked.at, zone)
    if asked.together is not None:
        yield _together(asked.together, asked.near, zone)
    if asked.stops is not None:
        yield _stops(asked.stops, asked.shortest, zone)
        if asked.here is None:
            yield _unknown(((s.who.officer, s.unknown) for s in asked.stops), zone)


_WHEN = (("Date", 11), ("Local", 20), ("UTC", 20))


def _when(at: TimeRange, zone: Local) -> tuple[str, str, str]:
    utc = f"{clock(at.start)} – {clock(at.end)}" if at.duration else clock(at.start)
    return zone.date(at.start), stretch_words(at, zone), utc


def _here(found: Sequence[Here], metres: float, zone: Local) -> Section:
    rows = tuple(
        (h.who.officer, *_when(p.range, zone), length_words(p.range.duration), sure_words(p), distance_words(p.closest))
        for h in found
        for p in h.presences
    )
    columns = (("Camera", 26), *_WHEN, ("For", 12), ("How sure", 24), ("Closest", 16))
    return Section("Whose cameras were there", (within_sentence(found, metres),), columns, rows)


def _unknown(found: Iterable[tuple[str, Sequence[TimeRange]]], zone: Local) -> Section:
    rows = tuple((name, *_when(r, zone), length_words(r.duration, up=True)) for name, ranges in found for r in ranges)
    columns = (("Camera", 26), *_WHEN, ("For", 12))
    return Section("When a position is not known", (), columns, rows, "Every camera’s position is known all the time.")


def _absent(found: Sequence[Absent], zone: Local) -> Section:
    rows = tuple(
        (
            a.who.officer,
            *_when(a.stretch, zone),
            length_words(a.stretch.duration),
            f"surely for {length_words(total(a.surely))}" if a.surely else "perhaps",
            length_words(total(a.nobody)) if a.nobody else "–",
        )
        for a in found
    )
    columns = (("Officer", 26), *_WHEN, ("For", 12), ("How sure", 20), ("No camera at all", 16))
    return Section("There while their camera did not roll", (absent_sentence(found),), columns, rows)


def _nearest(found: Sequence[Nearest], at: Utc, zone: Local) -> Section:
    rows = tuple((n.who.officer, nearest_words(n), "cannot be decided" if n.undecided else "") for n in found)
    heading = f"Nearest at {zone.clock(at)} local, {clock(at)} UTC on {zone.date(at)}"
    return Section(
        heading, (nearest_sentence(found),), (("Camera", 26), ("Where", 40), ("Nearer than the first", 20)), rows
    )


def _together(found: Sequence[Pair], metres: float, zone: Local) -> Section:
    rows = tuple(
        (
            p.one.officer,
            p.other.officer,
            *_when(m.range, zone),
            length_words(m.range.duration),
            sure_words(m),
            distance_words(m.closest),
        )
        for p in found
        for m in p.presences
    )
    columns = (("Camera", 24), ("and", 24), *_WHEN, ("For", 12), ("How sure", 24), ("Closest", 16))
    return Section("Who was near whom", (together_sentence(found, metres),), columns, rows)


def _stops(found: Sequence[Stopped], shortest: Micros, zone: Local) -> Section:
    rows = tuple(
        (
            s.who.officer,
            *_when(stop.range, zone),
            length_words(stop.range.duration),
            f"{stop.lat:.5f}, {stop.lon:.5f}",
            f"± {metre_words(stop.margin)}" if stop.stated else "± not stated",
            length_words(stop.unknown, up=True) if stop.unknown else "–",
        )
        for s in found
        for stop in s.stops
    )
    columns = (("Camera", 24), *_WHEN, ("For", 12), ("Where", 20), ("±", 10), ("No position for", 14))
    return Section("Stops", (stops_sentence(found, shortest),), columns, rows)
