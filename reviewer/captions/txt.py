"""Plain text with times (.txt), as transcription programs and people write it: a line of speech begins with its time.

`[00:01:23] NIEMI: Step back.` · `00:01:23.4 Step back.` · `0:12 - 0:15 Step back.` · a time in a line of its own, the
words below it (Express Scribe, oTranscribe, Trint). Times are hours:minutes:seconds or minutes:seconds; frames after a
fourth colon are dropped, as nothing says how many a second has.
"""

from __future__ import annotations

import re
from collections import Counter

from reviewer.captions.reading import CaptionFile, clean, finished, micros, rows_of, text_of, unreadable, with_ends
from reviewer.domain.transcript import Cue

_HEAD = 300  # characters in which a line's times stand
_DAY = r"(?:\d{4}-\d\d-\d\d[T ])?"
_TIME = r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(?:[.,](\d{1,6})|[:;]\d\d)?(?![\d:])"
_BEGINS = re.compile(
    rf"\s*[\[(<{{#]?\s*{_DAY}{_TIME}Z?\s*(?:(?:-{{1,2}}>|[-–—])\s*{_DAY}{_TIME}Z?)?\s*[\])>}}]?\s*[-–—|\t:]?\s*(.*)"
)


def read_txt(name: str, data: bytes) -> CaptionFile:
    """Raises UnreadableCaptions for text in which no line begins with a time. What stands before the first one is a
    heading: left out and counted."""
    rows = rows_of(name, text_of(name, data))
    left_out: Counter[str] = Counter()
    timed: list[tuple[Cue | None, list[str]]] = []
    for row in rows:
        found = _BEGINS.fullmatch(row[:_HEAD])
        if found is None:
            if timed:
                timed[-1][1].append(row)
            elif row.strip():
                left_out["before the first time"] += 1
            continue
        *digits, rest = found.groups()
        timed.append((_cue(digits), [f"{rest}{row[_HEAD:]}"]))
    if not timed:
        raise unreadable(name, "has no line that begins with a time")
    cues = []
    for cue, words in timed:
        text = clean("\n".join(words))
        if cue is None:
            left_out["without a readable time"] += 1
        elif not text:
            left_out["without words"] += 1
        else:
            cues.append(Cue(cue.start, cue.end, text))
    return finished(name, "txt", with_ends(cues), left_out)


def _cue(digits: list[str | None]) -> Cue | None:
    """The times of a line, without words; None where they are none. An end before the start says nothing."""
    hours, minutes, seconds, fraction, *later = digits
    start = micros(hours, minutes or "0", seconds or "0", fraction)
    if start is None:
        return None
    end = micros(later[0], later[1] or "0", later[2] or "0", later[3]) if later[1] is not None else None
    return Cue(start, start if end is None or end < start else end, "")
