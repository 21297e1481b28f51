"""A transcript of one recording: lines of what was said, each on a stretch of the footage's own stream time.

Lines keep to the footage, so a corrected clock moves them along with it. The work log has a transcript as two things of
a case: what it is (`TranscriptSet`) and its lines (`LinesSet`), a field each, so two people may work on one at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from reviewer.domain.thing import WITHDRAWN, Thing
from reviewer.domain.timebase import Micros

LONGEST_LINE = 2_000
"""Characters of one line."""
_LATEST = 10**15  # µs: no stream is as long


@dataclass(frozen=True, slots=True)
class Cue:
    """A line as a file has it, or goes into one: µs from where the file counts, what was said, who said it ("" where
    nobody wrote that). `end` is `start` where the file says no end."""

    start: Micros
    end: Micros
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the footage: [start, end) of one part's stream time (µs). `key` is its field in `LinesSet`."""

    key: str
    part: int
    start: Micros
    end: Micros
    text: str
    speaker: str = ""

    @property
    def order(self) -> tuple[int, int, str]:
        return self.part, self.start, self.key

    @property
    def value(self) -> str:
        """As the field holds it: JSON with p(art), s(tart), e(nd), t(ext), w(ho)."""
        said = {"p": self.part, "s": self.start, "e": self.end, "t": self.text, "w": self.speaker}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @staticmethod
    def read(key: str, value: str) -> Line | None:
        """A field's line; None for one that went (""), and for what no line is (a newer program's)."""
        try:
            said = json.loads(value) if value else None
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        part, start, end = (_whole(said.get(each)) for each in "pse")
        text, speaker = said.get("t"), said.get("w", "")
        if part is None or start is None or end is None or not isinstance(text, str) or not isinstance(speaker, str):
            return None
        return Line(key, part, Micros(start), Micros(max(start, end)), text, speaker)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LATEST else None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Of one `recording`. `source` is the file's name it was taken from, "" for one that was typed here; `format` that
    file's; `note` what was left out of it."""

    id: str
    recording: str
    name: str
    source: str = ""
    format: str = ""
    language: str = ""
    note: str = ""

    @staticmethod
    def of(thing: Thing) -> Transcript:
        get = thing.get
        source = get("source"), get("format"), get("language"), get("note")
        return Transcript(thing.id, get("recording"), get("name"), *source)


def lines_of(thing: Thing | None) -> tuple[Line, ...]:
    """The lines of a `LinesSet`, in the order of the footage."""
    if thing is None:
        return ()
    read = (Line.read(key, field.value) for key, field in thing.fields.items() if key != WITHDRAWN)
    return tuple(sorted((line for line in read if line is not None), key=lambda line: line.order))
