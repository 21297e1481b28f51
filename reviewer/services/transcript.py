"""Transcripts of a case: taken in from a file or typed along, line by line on the footage, searched, and exported.

Everything is a thing of the case (`services/case`): written as an entry, seen by colleagues, undone by an inverse.
"""

from __future__ import annotations

import unicodedata
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from reviewer.captions import LARGEST, CaptionFile, left_out_words, read_captions, unreadable, write_srt, write_vtt
from reviewer.domain.case_acts import LinesSet, TranscriptSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.domain.report_acts import ReportExported
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.transcript import LONGEST_LINE, Cue, Line, Transcript, lines_of
from reviewer.services.case import CaseFile
from reviewer.services.disk import write_new
from reviewer.services.undoing import Record

LONGEST_SPEAKER = 80
_AT_ONCE = 500  # lines an entry
_DAY = 86_400 * SECOND


class Counting:
    """From where a file's times count: the recording's start (its parts one after another), or midnight, local."""

    START = "start"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file's cues on a recording. `left_out` counts what the reader left out, and what lies on no footage."""

    lines: tuple[Line, ...]
    left_out: Mapping[str, int]

    @property
    def said(self) -> str:
        return left_out_words(self.left_out)


@dataclass(frozen=True, slots=True)
class Found:
    """A line that a search found."""

    transcript: Transcript
    line: Line


def read_file(path: Path) -> CaptionFile:
    """Read a file as captions. Takes its time: not on the GUI's thread. Raises UnreadableCaptions."""
    try:
        size = path.stat().st_size
        data = b"" if size > LARGEST else path.read_bytes()
    except OSError as refused:
        why = refused.strerror or "the disk refuses"
        raise unreadable(path.name, f"cannot be read: {why}", "Check the file and your rights.") from refused
    if size > LARGEST:
        raise unreadable(path.name, f"is larger than {LARGEST >> 20} MiB, too much for a transcript")
    return read_captions(path.name, data)


def place(file: CaptionFile, manifest: Manifest, counting: str, offset: Callable[[Utc], int] = lambda _: 0) -> Placed:
    """Where each cue lies on the footage. `manifest` in wall time, `offset` the local zone's seconds before UTC then;
    both count for times of day only."""
    starts = (0, *accumulate(part.duration for part in manifest.parts))
    left_out = Counter(file.left_out)
    lines: list[Line] = []
    for cue in file.cues:
        at = _of_day(cue.start, manifest, offset) if counting == Counting.CLOCK else _of_start(cue.start, starts)
        if at is None:
            left_out["outside the recording"] += 1
            continue
        part, start = at
        end = min(start + cue.end - cue.start, manifest.parts[part].duration)
        key = uuid.uuid4().hex[:12]
        lines.append(Line(key, part, start, Micros(end), cue.text[:LONGEST_LINE], cue.speaker[:LONGEST_SPEAKER]))
    return Placed(tuple(sorted(lines, key=lambda line: line.order)), left_out)


def _of_start(at: Micros, starts: Sequence[int]) -> tuple[int, Micros] | None:
    part = bisect_right(starts, at) - 1
    return (part, Micros(at - starts[part])) if part < len(starts) - 1 else None


def _of_day(at: Micros, manifest: Manifest, offset: Callable[[Utc], int]) -> tuple[int, Micros] | None:
    """By the local time of day: on the day on which the recording began, or the one after."""
    begins = manifest.range.start
    shift = offset(begins) * SECOND
    midnight = (begins + shift) // _DAY * _DAY - shift
    for day in (0, 1):
        instant = Utc(midnight + day * _DAY + at)
        for index, part in enumerate(manifest.parts):
            stream = manifest.model(part).to_stream(instant)
            if 0 <= stream < part.duration:
                return index, stream
    return None


def guess(file: CaptionFile, manifest: Manifest, offset: Callable[[Utc], int] = lambda _: 0) -> str:
    """From where the file most probably counts: whatever puts more of it on the footage; the start if both do."""
    starts, clock = (len(place(file, manifest, each, offset).lines) for each in (Counting.START, Counting.CLOCK))
    return Counting.CLOCK if clock > starts else Counting.START


class Transcripts:
    """One person's hand in a case's transcripts. On the thread of its `file`; Futures end when the entry is durable.
    What raises, raises ReviewerError, and nothing is recorded then."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file

    def all(self) -> tuple[Transcript, ...]:
        """Those that stand, in the order in which they were begun."""
        return tuple(Transcript.of(thing) for thing in self._file.things(TranscriptSet))

    def lines(self, transcript: str) -> tuple[Line, ...]:
        """In the order of the footage."""
        return lines_of(self._file.thing(LinesSet, transcript))

    def take_in(self, recording: str, name: str, file: CaptionFile, placed: Placed, source: str) -> Future[str]:
        """Take in what was read. Its lines are laid out first and the transcript names them last, so it is there whole
        or not at all; one undo takes it away. The Future has its id. Raises ReviewerError if no line is left."""
        if not placed.lines:
            raise ReviewerError(
                "No line of it lies on this recording.", "Choose another camera, or say from where its times count."
            )
        id_ = uuid.uuid4().hex
        for begin in range(0, len(placed.lines), _AT_ONCE):
            some = placed.lines[begin : begin + _AT_ONCE]
            self._file.lay_out(LinesSet, id_, {line.key: line.value for line in some})
        what = {"source": source, "format": file.format, "note": placed.said}
        return self._file.add(TranscriptSet, {"recording": recording, "name": name, **what}, id_)

    def begin(self, recording: str, name: str) -> Future[str]:
        """A new one without lines, to type along. The Future has its id."""
        return self._file.add(TranscriptSet, {"recording": recording, "name": name})

    def rename(self, transcript: str, name: str) -> Future[str]:
        return self._file.change(TranscriptSet, transcript, {"name": name})

    def withdraw(self, transcript: str) -> Future[str]:
        """Take it off the case, with its lines. An undo brings it back."""
        return self._file.withdraw(TranscriptSet, transcript)

    def add(self, transcript: str, part: int, start: Micros, end: Micros, text: str, speaker: str = "") -> Future[str]:
        """One more line. The Future has the transcript's id."""
        return self.write(transcript, Line(uuid.uuid4().hex[:12], part, start, end, text, speaker))

    def write(self, transcript: str, line: Line, seen: Line | None = None) -> Future[str]:
        """A line as it is from now on; `seen` as it was when the person began to change it, None for a new one."""
        text, speaker = line.text.strip(), line.speaker.strip()
        if not text:
            raise ReviewerError("A line without words says nothing.", "Write what was said, or remove the line.")
        if len(text) > LONGEST_LINE:
            raise ReviewerError(f"The line has {len(text):,} characters.", f"Make two of it: {LONGEST_LINE:,} at most.")
        if len(speaker) > LONGEST_SPEAKER:
            raise ReviewerError(
                f"The speaker’s name has {len(speaker):,} characters.", f"Shorten it to {LONGEST_SPEAKER}."
            )
        value = replace(line, text=text, speaker=speaker, end=max(line.start, line.end)).value
        return self._file.change(
            LinesSet, transcript, {line.key: value}, None if seen is None else {line.key: seen.value}
        )

    def remove(self, transcript: str, keys: Iterable[str]) -> Future[str]:
        """Lines go. They stay in the log, and an undo brings them back."""
        return self._file.change(LinesSet, transcript, dict.fromkeys(keys, ""))

    def rename_speaker(self, transcript: str, before: str, after: str) -> Future[str]:
        """Everywhere in one transcript, as one entry."""
        if len(after.strip()) > LONGEST_SPEAKER:
            raise ReviewerError(f"The name has {len(after):,} characters.", f"Shorten it to {LONGEST_SPEAKER}.")
        lines = (line for line in self.lines(transcript) if line.speaker == before)
        changed = {line.key: replace(line, speaker=after.strip()).value for line in lines}
        return self._file.change(LinesSet, transcript, changed)

    def find(self, words: str) -> tuple[Found, ...]:
        """Every line, of all transcripts, that has all of these words, in any order; all lines for none."""
        return tuple(Found(each, line) for each in self.all() for line in matching(self.lines(each.id), words))


def matching(lines: Iterable[Line], words: str) -> Iterable[Line]:
    """The lines that have all of these words, in their text or their speaker, whatever case and accents."""
    wanted = folded(words).split()
    return (line for line in lines if _has(folded(f"{line.speaker} {line.text}"), wanted))


def _has(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)


def folded(text: str) -> str:
    """Without case and accents, to compare."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return plain if plain.isascii() else "".join(c for c in plain if not unicodedata.combining(c))


def line_at(lines: Sequence[Line], part: int, stream: Micros) -> Line | None:
    """What is said at an instant of a part: of several lines the one that began last. `lines` in order."""
    index = bisect_right(lines, (part, stream), key=lambda line: (line.part, line.start))
    for line in reversed(lines[max(0, index - _BEHIND) : index]):
        if line.part == part and line.start <= stream < max(line.end, line.start + 1):
            return line
    return None


_BEHIND = 8  # lines that may have begun since one that still stands


def cues_of(lines: Iterable[Line], manifest: Manifest) -> tuple[Cue, ...]:
    """As a file has them: counted from the recording's start, its parts one after another."""
    starts = (0, *accumulate(part.duration for part in manifest.parts))
    return tuple(
        Cue(Micros(starts[line.part] + line.start), Micros(starts[line.part] + line.end), line.text, line.speaker)
        for line in lines
        if line.part < len(manifest.parts)
    )


FORMS = ("vtt", "srt")


@dataclass(frozen=True, slots=True)
class TranscriptOut:
    """What leaves: `head` says of what it is, for the formats that can."""

    transcript: Transcript
    cues: tuple[Cue, ...]
    head: str


def export(out: TranscriptOut, case: str, path: Path, record: Record) -> Path:
    """Write it as the name's suffix says. That it leaves is durable in the access log first; nothing is overwritten: a
    name that is taken gets a number. Takes its time: not on the GUI's thread. Raises ReviewerError for a suffix that is
    no form and for no lines, LogUnwritable, and what the disk says."""
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise ReviewerError(f"A transcript is not written as “{path.suffix}”.", "End the name with .vtt or .srt.")
    if not out.cues:
        raise ReviewerError("This transcript has no line.", "Type along, or take one in.")
    data = write_vtt(out.cues, out.head) if form == "vtt" else write_srt(out.cues)
    subject = f"Transcript {out.transcript.name}, {out.transcript.recording}"
    record(ReportExported(case, subject, form, sha256(data).hexdigest(), len(data))).result()
    return write_new(path, data)
