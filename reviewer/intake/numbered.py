"""Files that follow each other: which of a camera's numbered files are parts of one recording.

Numbers alone do not say so, most cameras number everything in a row. Two files are parts of one recording if their
numbers follow each other, the second begins where the first ends and the first is as long as cameras cut them, or if
their names call them parts. Times come from
names, from headers, or from when files were written, whichever all of them have; only their differences count here, so
it does not matter that all of these may be wrong by the same amount.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.probe import Probe
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.intake.base import Note, NoteKind

TOLERANCE = Micros(3 * SECOND)
"""How far from where the one ends the next may seem to begin: headers tell whole seconds, cards write in two."""
SHORTEST_CUT = Micros(60 * SECOND)
"""No camera cuts a recording into files shorter than this."""
_PART = re.compile(r"(?P<stem>.*?)[ _.-]*(?:part|pt|chapter|ch|seg|segment)[ _.-]?(?P<n>\d{1,4})", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<stem>.*?)(?P<n>\d{1,6})")
_STAMP = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[T _-]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)(?:\d{3})?(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a part. `written_at` is its modification time."""

    path: Path
    probe: Probe
    written_at: Utc


@dataclass(frozen=True, slots=True)
class Run:
    """Files of one recording in their order, each with the time after the recording's start at which it begins (µs of
    the camera's clock), and what there is to say of that."""

    parts: tuple[tuple[Candidate, Micros], ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    """A file's name taken apart: what numbered files share, the number, and whether the name says “part”."""

    stem: str
    number: int
    called_part: bool
    stamp: Utc | None


def stamp(name: str) -> tuple[Utc, str] | None:
    """The day and time in a file's name, read as if it were UTC, and the name without it."""
    found = _STAMP.search(name)
    if found is None:
        return None
    try:
        at = parse_rfc3339("{}-{}-{}T{}:{}:{}+00:00".format(*found.groups()))
    except ValueError:
        return None
    return at, name[: found.start()] + name[found.end() :]


def runs(candidates: Iterable[Candidate]) -> list[Run]:
    """All of them, those that are parts of one recording together; in order of name."""
    groups: dict[tuple[str, str, str, str], list[tuple[_Name, Candidate]]] = defaultdict(list)
    for each in candidates:
        name = _taken_apart(each.path)
        key = (name.stem, each.path.suffix.lower(), each.probe.make, each.probe.model)
        groups[key].append((name, each))
    found = []
    for group in groups.values():
        found += _grouped(sorted(group, key=lambda g: (g[0].stamp or 0, g[0].number, g[1].path)))
    return sorted(found, key=lambda r: r.parts[0][0].path)


def _taken_apart(path: Path) -> _Name:
    name = path.stem
    dated = stamp(name)
    at, rest = dated if dated is not None else (None, name)
    if part := _PART.fullmatch(rest):
        # Every part of one recording carries the same time, or its own; only without it are names alike.
        return _Name(part["stem"].lower().strip("_-. "), int(part["n"]), True, at)
    if number := _NUMBER.fullmatch(rest):
        return _Name(number["stem"].lower(), int(number["n"]), False, at)
    return _Name(rest.lower(), 0, False, at)


def _grouped(group: Sequence[tuple[_Name, Candidate]]) -> list[Run]:
    """Cut where one file does not follow the one before."""
    found: list[list[tuple[_Name, Candidate]]] = []
    for each in group:
        if found and _follows(found[-1][-1], each):
            found[-1].append(each)
        else:
            found.append([each])
    return [_run(each) for each in found]


def _follows(a: tuple[_Name, Candidate], b: tuple[_Name, Candidate]) -> bool:
    (name_a, file_a), (name_b, _) = a, b
    if name_a.called_part and name_b.called_part:
        together = name_a.stamp == name_b.stamp or _joins(a, b)
        return name_b.number == name_a.number + 1 and together
    if file_a.probe.duration < SHORTEST_CUT:
        return False
    numbered = name_b.number == name_a.number + 1
    dated = name_a.stamp is not None and name_b.stamp is not None and name_a.stamp != name_b.stamp
    return (numbered or (dated and name_a.number == name_b.number)) and _joins(a, b)


def _joins(a: tuple[_Name, Candidate], b: tuple[_Name, Candidate]) -> bool:
    """Whether the second begins where the first ends."""
    gap = _gap(a, b)
    return gap is not None and abs(gap) <= TOLERANCE


def _gap(a: tuple[_Name, Candidate], b: tuple[_Name, Candidate]) -> int | None:
    """How long nothing was recorded between two files; None where nothing tells. A header may state a file's start or
    its end, and a modification time states its end, on a card that writes to two seconds."""
    (name_a, file_a), (name_b, file_b) = a, b
    if name_a.stamp is not None and name_b.stamp is not None and name_a.stamp != name_b.stamp:
        return name_b.stamp - name_a.stamp - file_a.probe.duration
    made_a, made_b = file_a.probe.container_time, file_b.probe.container_time
    if made_a is not None and made_b is not None and made_a != made_b:
        apart = made_b - made_a
        return min(apart - file_a.probe.duration, apart - file_b.probe.duration, key=abs)
    return file_b.written_at - file_a.written_at - file_b.probe.duration


def _run(files: Sequence[tuple[_Name, Candidate]]) -> Run:
    parts: list[tuple[Candidate, Micros]] = []
    notes: list[Note] = []
    offset = 0
    for i, (name, file) in enumerate(files):
        gap = _gap(files[i - 1], (name, file)) if i else None
        if gap is not None and gap > TOLERANCE:
            text = f"{gap / SECOND:.0f} s before {file.path.name} were not recorded, by the times of the files."
            notes.append(Note(NoteKind.GUESSED, "parts", text))
            offset += gap
        elif i and gap is not None and gap < -TOLERANCE:
            text = f"{file.path.name} seems to begin before the part before it ends; it is taken to follow it."
            notes.append(Note(NoteKind.GUESSED, "parts", text))
        parts.append((file, Micros(offset)))
        offset += file.probe.duration
    if len(files) > 1:
        said = "by their names" if files[0][0].called_part else "by their numbers and times"
        text = f"{len(files)} files follow each other as parts of one recording, {said}."
        notes.append(Note(NoteKind.GUESSED, "parts", text))
    first = files[0][0]
    if first.called_part and first.number > 1:
        text = f"The parts before {files[0][1].path.name} are not here."
        notes.append(Note(NoteKind.MISSING, "parts", text))
    return Run(tuple(parts), tuple(notes))
