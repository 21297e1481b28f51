"""WebVTT (.vtt), https://www.w3.org/TR/webvtt1/: signature, blocks between empty lines, cues with voices.

Read as the specification's parser does: a block that is no cue is passed over, and here counted if it tried to be one.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from reviewer.captions.reading import CaptionFile, clean, finished, micros, rows_of, text_of, unreadable
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.transcript import Cue

_TIME = r"(?:(\d{2,4}):)?(\d\d):(\d\d)\.(\d{3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]+([^<>]{1,200})>")
_TAG = re.compile(r"<[^<>]{0,300}>")
_HEADED = ("NOTE", "STYLE", "REGION")


def read_vtt(name: str, data: bytes) -> CaptionFile:
    """Raises UnreadableCaptions without the signature, and where no cue has a time. What is broken is counted."""
    rows = rows_of(name, text_of(name, data))
    if not re.match(r"WEBVTT(?:[ \t]|$)", rows[0]):
        raise unreadable(name, "does not begin with WEBVTT, so it is no WebVTT file")
    left_out: Counter[str] = Counter()
    cues: list[Cue] = []
    for block in _blocks(rows[1:]):
        found = _cues(block)
        if isinstance(found, str):
            left_out[found] += bool(found)
        else:
            cues += found
    return finished(name, "vtt", cues, +left_out)


def _blocks(rows: Sequence[str]) -> Iterable[list[str]]:
    """Between empty lines; an arrow in the middle begins another one, as the specification's parser has it."""
    block: list[str] = []
    for row in rows:
        begins = "-->" in row and any("-->" in each for each in block)
        if block and (begins or not row):
            yield block
            block = []
        if row:
            block.append(row)
    if block:
        yield block


def _cues(block: Sequence[str]) -> list[Cue] | str:
    """The cues of a block, one a voice; or why it is none ("" for what never was meant to be one)."""
    index = next((i for i, row in enumerate(block) if "-->" in row), None)
    if index is None:
        return "" if block[0].startswith(_HEADED) or ":" in block[0] or "=" in block[0] else "without a time"
    if index > 1 or block[0].startswith(("NOTE ", "NOTE\t")) or block[0] == "NOTE":
        return "" if block[0].startswith("NOTE") else "without a readable time"
    found = _TIMING.fullmatch(block[index])
    times = (micros(*found.groups()[:4]), micros(*found.groups()[4:])) if found is not None else (None, None)
    start, end = times
    if start is None or end is None:
        return "without a readable time"
    if end <= start:
        return "that ends before it begins"
    cues = [Cue(start, end, text, speaker) for speaker, text in _voices("\n".join(block[index + 1 :])) if text]
    return cues or "without words"


def _voices(payload: str) -> Iterable[tuple[str, str]]:
    """(who, what) of each voice of a cue, in order."""
    pieces = _VOICE.split(payload)  # text, name, text, name, text …
    yield "", _plain(pieces[0])
    for who, said in zip(pieces[1::2], pieces[2::2], strict=True):
        yield clean(html.unescape(who)), _plain(said)


def _plain(payload: str) -> str:
    return clean(html.unescape(_TAG.sub("", payload)))


def write_vtt(cues: Iterable[Cue], note: str = "") -> bytes:
    """UTF-8; `note` stands before the cues as a comment. Who speaks is a voice."""
    blocks = ["WEBVTT"]
    if note:
        # A comment ends at an empty line, and an arrow in it would begin a cue.
        rows = [row for row in note.replace("-->", "→").split("\n") if row.strip()]
        blocks.append("\n".join(("NOTE", *rows)))
    for cue in cues:
        voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
        words = "\n".join(row for row in _escaped(cue.text).split("\n") if row.strip())
        end = max(cue.end, cue.start + 1_000)  # a cue that shows for no time is none
        blocks.append(f"{_said(cue.start)} --> {_said(Micros(end))}\n{voice}{words}")
    return ("\n\n".join(blocks) + "\n").encode()


def _escaped(text: str) -> str:
    """Every ">" too, so that no arrow is left in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(at: Micros) -> str:
    seconds, rest = divmod(at // SECOND, 3_600)
    return f"{seconds:02d}:{rest // 60:02d}:{rest % 60:02d}.{at // 1_000 % 1_000:03d}"
