"""What every reader of captions needs: the file's text, its times, who speaks, and what was left out and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewer.domain.errors import UnreadableCaptions
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.transcript import LONGEST_LINE, Cue
from reviewer.domain.wording import count

LARGEST = 8 << 20
"""Bytes: a day of speech is about one MiB."""
MOST_CUES = 20_000
_LONGEST_ROW = 20_000
_LONGEST_NAME = 40
_SPEAKER = re.compile(r"(?:>>\s*|-\s+)?([^\W_][^:：.!?,;\n“”\"]{0,39}):\s+(?=\S)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_LEAST_SHOWN, _PER_CHARACTER = 3 * SECOND, 80_000  # how long a line without an end stands: about 12 characters a second


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """What was read of a file: its cues by time, and of what was not taken how many for which reason."""

    format: str
    cues: tuple[Cue, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What was left out, in a sentence; "" where nothing was."""
        return left_out_words(self.left_out)


def left_out_words(left_out: Mapping[str, int]) -> str:
    """ "3 lines were left out: 2 without a time, 1 that ends before it begins." """
    total = sum(left_out.values())
    if not total:
        return ""
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in left_out.items() if number)
    return f"{count(total, 'line')} {'was' if total == 1 else 'were'} left out: {reasons}."


def unreadable(name: str, what: str, next_step: str = "") -> UnreadableCaptions:
    """The error whose sentence is "<name> <what>."."""
    return UnreadableCaptions(f"{name} {what}.", next_step or "Export the transcript again, or type along.")


def text_of(name: str, data: bytes) -> str:
    """The file's text with "\\n" for every line end. UTF-8, UTF-16 with its mark, else Windows-1252. Raises
    UnreadableCaptions for what is no text."""
    if len(data) > LARGEST:
        raise unreadable(name, f"is larger than {LARGEST >> 20} MiB, too much for a transcript")
    if not data.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise unreadable(name, "is empty")
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or sum(1 for _ in _CONTROL.finditer(text)) > len(text) // 50:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise unreadable(name, "is not text")


def rows_of(name: str, text: str) -> list[str]:
    """Its lines. Raises UnreadableCaptions where one is so long that nobody wrote it."""
    rows = text.split("\n")
    if any(len(row) > _LONGEST_ROW for row in rows):
        raise unreadable(name, "has a line that is too long for a transcript")
    return rows


def micros(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> Micros | None:
    """A time as its digits say it; None where minutes or seconds are none. Three decimals at most count."""
    if (int(minutes) > 59 and hours is not None) or int(seconds) > 59:
        return None
    milli = int((fraction or "0").ljust(3, "0")[:3])
    return Micros(((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * SECOND + milli * 1_000)


def clean(text: str) -> str:
    """What was said, with one space between words, line ends kept, at most `LONGEST_LINE` characters."""
    rows = (_SPACES.sub(" ", _CONTROL.sub("", row)).strip() for row in text.split("\n"))
    return "\n".join(row for row in rows if row)[:LONGEST_LINE]


def finished(name: str, format: str, cues: Sequence[Cue], left_out: Mapping[str, int]) -> CaptionFile:
    """In order of time, speakers set apart. Raises UnreadableCaptions where nothing is left, or far too much."""
    if not cues:
        why = left_out_words(left_out)
        raise unreadable(name, f"holds no line with a time{f' ({why[:-1].lower()})' if why else ''}")
    if len(cues) > MOST_CUES:
        raise unreadable(name, f"holds {len(cues):,} lines; {MOST_CUES:,} are the most", "Split it, and take in each.")
    ordered = sorted(cues, key=lambda cue: cue.start)  # stable: what begins together stays as the file has it
    return CaptionFile(format, tuple(with_speakers(ordered)), dict(left_out))


def with_speakers(cues: Sequence[Cue]) -> Iterable[Cue]:
    """ "NIEMI: Step back." told apart from "He said: stop": a name is written with capitals (or in a script that has
    none), or begins several lines."""
    names = Counter(found[1].strip() for cue in cues if not cue.speaker and (found := _SPEAKER.match(cue.text)))
    for cue in cues:
        found = None if cue.speaker else _SPEAKER.match(cue.text)
        name = found[1].strip() if found else ""
        if found is None or not _is_name(name, names[name]):
            yield cue
        else:
            yield replace(cue, speaker=name, text=cue.text[found.end() :])


def _is_name(name: str, times: int) -> bool:
    words = name.split()
    if len(name) > _LONGEST_NAME or len(words) > 4:
        return False
    return times > 1 or all(not word[:1].islower() for word in words)


def with_ends(cues: Sequence[Cue]) -> list[Cue]:
    """Of a file that says no ends: each stands until the next one begins, and no longer than it takes to read."""
    found: list[Cue] = []
    begins = until = None  # of the cue behind; what begins with it stands as long
    for cue in sorted(cues, key=lambda cue: cue.start, reverse=True):
        if cue.start != begins:
            begins, until = cue.start, begins
        end = cue.start + max(_LEAST_SHOWN, _PER_CHARACTER * len(cue.text))
        end = end if until is None else min(end, until)
        found.append(cue if cue.end > cue.start else replace(cue, end=Micros(end)))
    return found[::-1]
