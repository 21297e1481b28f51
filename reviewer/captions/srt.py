"""SubRip (.srt), as programs really write it: numbers may be missing, "." may stand for ",", text may hold empty lines.

There is no standard; the shape is that of SubRip's own files and what FFmpeg's reader takes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from reviewer.captions.reading import CaptionFile, clean, finished, micros, rows_of, text_of, unreadable, with_ends
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.transcript import Cue

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,6}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-{{1,2}}>\s*{_TIME}(?:\s.*)?")
_ARROW = re.compile(r"-{1,2}>")
_MARKUP = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]{0,200})?>|\{\\[^{}]{0,200}\}", re.IGNORECASE)


def read_srt(name: str, data: bytes) -> CaptionFile:
    """Raises UnreadableCaptions for what holds no subtitle with a time. A block whose times are none is left out and
    counted."""
    rows = rows_of(name, text_of(name, data))
    if not any(_ARROW.search(row) for row in rows):
        raise unreadable(name, "holds no subtitles")
    left_out: Counter[str] = Counter()
    cues: list[Cue] = []
    for timing, body in _blocks(rows):
        found = _cue(timing, body)
        if isinstance(found, Cue):
            cues.append(found)
        else:
            left_out[found] += 1
    return finished(name, "srt", with_ends(cues), left_out)


def _blocks(rows: list[str]) -> Iterable[tuple[str, list[str]]]:
    """Each line with an arrow, and the text up to the next one without that one's number."""
    starts = [index for index, row in enumerate(rows) if _ARROW.search(row) and re.match(r"\s*\d", row)]
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(rows)
        body = rows[start + 1 : end]
        while body and not body[-1].strip():
            body.pop()
        if index + 1 < len(starts) and body and body[-1].strip().isdigit() and (len(body) == 1 or not body[-2].strip()):
            body.pop()
        yield rows[start], body


def _cue(timing: str, body: list[str]) -> Cue | str:
    """A subtitle, or why it is none."""
    found = _TIMING.fullmatch(timing)
    times = (micros(*found.groups()[:4]), micros(*found.groups()[4:])) if found is not None else (None, None)
    start, end = times
    text = clean(_MARKUP.sub("", "\n".join(body)))
    if start is None or end is None:
        return "without a readable time"
    if end < start:
        return "that ends before it begins"
    return Cue(start, end, text) if text else "without words"


def write_srt(cues: Iterable[Cue]) -> bytes:
    """Numbered from 1, UTF-8, CRLF as SubRip has it; who speaks stands before what is said."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        words = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
        # An empty line would end the block, an arrow begin one.
        words = "\r\n".join(row for row in words.replace("-->", "→").split("\n") if row.strip())
        blocks.append(f"{number}\r\n{_said(cue.start)} --> {_said(cue.end)}\r\n{words}\r\n")
    return "\r\n".join(blocks).encode()


def _said(at: Micros) -> str:
    milli = at // 1_000
    seconds, rest = divmod(at // SECOND, 3_600)
    return f"{seconds:02d}:{rest // 60:02d}:{rest % 60:02d},{milli % 1_000:03d}"
