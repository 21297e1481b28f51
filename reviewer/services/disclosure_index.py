"""The index of a package: what is given, what is hidden or withheld and why, hashes; as JSON, CSV, page and letter.

What people wrote for their own work (a mask's words, notes, contacts) is no part of it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.domain.agency import HidingReason, Tables
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction, SoundWay, Target
from reviewer.domain.render import RenderPlan
from reviewer.domain.report import Report, Section
from reviewer.domain.request import Answer, Request, RequestKind
from reviewer.domain.timebase import TimeRange, Utc, format_rfc3339
from reviewer.domain.wording import Local, count
from reviewer.exports.log_tables import harmless

KINDS = {
    RequestKind.ACCESS: "Request for access",
    RequestKind.PROSECUTION: "Request of the prosecution",
    RequestKind.COURT: "Order of a court",
    RequestKind.OTHER: "Request",
}
ANSWERS = {
    Answer.OPEN: "Given",
    Answer.GIVEN: "Given",
    Answer.PARTLY: "Given in part",
    Answer.REFUSED: "Refused",
    Answer.WITHDRAWN: "Withdrawn",
}
_TARGETS = {
    Target.FACE: "Face",
    Target.PERSON: "Person",
    Target.PLATE: "Number plate",
    Target.SCREEN: "Screen",
    Target.PAPER: "Paper",
    Target.OTHER: "Other",
}
_WAYS = {
    SoundWay.MUTE: "Sound made silent",
    SoundWay.TONE: "Sound under a tone",
    SoundWay.VOICE: "Voice changed",
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many places of one kind are hidden in a copy for one reason, and how long they last together (µs)."""

    what: str
    reason: str
    rule: str
    places: int
    micros: int


@dataclass(frozen=True, slots=True)
class Left:
    """A stretch that is not given, by the recording's own signed clock."""

    start: Utc
    end: Utc
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the package. `file` is its place under data/; `sha256` as it lies there, `checked_sha256` as it was
    checked and released, before the agency's C2PA manifest was put into it (the same where there is none). `encoded`
    False: the recording's own frames. `stretches`: what of the recording is in it."""

    file: str
    sha256: str
    bytes: int
    checked_sha256: str
    words: str
    recordings: tuple[str, ...]
    stretches: tuple[tuple[Utc, ...], ...]
    hidden: tuple[Hidden, ...]
    left: tuple[Left, ...]
    checks: tuple[str, ...]
    plan: str
    encoded: bool
    certified: bool

    @property
    def called(self) -> str:
        """Its name without the folder."""
        return self.file.rpartition("/")[2]

    @property
    def video(self) -> bool:
        return self.file.lower().endswith(".mp4")


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason for which the request, or a part of it, is refused."""

    id: str
    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that the package says of itself. `requester` and `asked` as the request has them."""

    agency: str
    number: str
    kind: str
    requester: str
    asked: str
    received: Utc | None
    answer: str
    refusals: tuple[Ground, ...]
    fee: str
    made_at: Utc
    made_by: str
    copies: tuple[Listed, ...]
    certificate: str = ""  # whose, where copies carry a C2PA manifest
    v: int = 1


def ground(tables: Tables, id_: str) -> Ground:
    """A reason of the agency's table."""
    found: HidingReason = tables.hiding_reason(id_)
    return Ground(id_, found.words, found.source)


def hidden_in(plan: RenderPlan, redaction: Redaction, tables: Tables) -> tuple[Hidden, ...]:
    """What the plan hides, counted by what it is and why. Raises ReviewerError for anything without a reason."""
    masks = {m.id: m for m in redaction.masks}
    sounds = {s.id: s for s in redaction.sounds}
    found: Counter[tuple[str, str]] = Counter()
    lasting: Counter[tuple[str, str]] = Counter()
    for mask in plan.redaction.masks:
        known = masks.get(mask.id, mask)
        key = (_TARGETS[known.target], _reason(known.name, known.reason))
        found[key] += 1
        lasting[key] += _within(plan, mask.start, mask.end)
    for sound in plan.redaction.sounds:
        edit = sounds.get(sound.id, sound)
        key = (_WAYS[edit.way], _reason(edit.name, edit.reason))
        found[key] += 1
        lasting[key] += _within(plan, sound.start, sound.end)
    grounds = {key: ground(tables, key[1]) for key in found}
    return tuple(Hidden(key[0], g.words, g.rule, found[key], lasting[key]) for key, g in sorted(grounds.items()))


def left_out(plan: RenderPlan, redaction: Redaction, tables: Tables) -> tuple[Left, ...]:
    """What the plan withholds, in order of time. Raises ReviewerError for a stretch without a reason."""
    known = {w.id: w for w in redaction.withheld}
    found = []
    for each in sorted(plan.redaction.withheld, key=lambda w: w.start):
        said = known.get(each.id, each)
        why = ground(tables, _reason(said.name, said.reason))
        found.append(Left(each.start, each.end, why.words, why.rule))
    return tuple(found)


def _reason(name: str, reason: str) -> str:
    if not reason:
        raise ReviewerError(f"{name} has no reason.", "Give it one of the agency’s reasons; nothing was made.")
    return reason


def _within(plan: RenderPlan, start: Utc, end: Utc) -> int:
    parts = plan.stretches or (TimeRange(start, end),)
    return sum(max(0, min(end, each.end) - max(start, each.start)) for each in parts)


def to_json(index: Index) -> bytes:
    """The index for programs; times RFC 3339, durations in µs."""
    return json.dumps(encode(index), ensure_ascii=False, indent=1).encode() + b"\n"


_COLUMNS = ("file", "what", "detail", "reason", "rule", "number", "from", "to", "sha256")


def to_csv(index: Index) -> bytes:
    """One line for each file, each kind of thing hidden in it, each stretch left out, each ground of a refusal (RFC
    4180; nothing that a spreadsheet takes for a formula)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in _lines(index):
        writer.writerow([harmless(str(row.get(name, ""))) for name in _COLUMNS])
    return out.getvalue().encode()


def _lines(index: Index) -> Iterable[dict[str, str]]:
    for copy in index.copies:
        ends = (copy.stretches[0][0], copy.stretches[-1][1]) if copy.stretches else ()
        times = dict(zip(("from", "to"), map(format_rfc3339, ends), strict=False))
        yield {"file": copy.file, "what": "given", "detail": copy.words, "sha256": copy.sha256, **times}
        for each in copy.hidden:
            yield {
                **{"file": copy.file, "what": "hidden", "detail": each.what, "number": str(each.places)},
                **{"reason": each.reason, "rule": each.rule},
            }
        for left in copy.left:
            yield {
                **{"file": copy.file, "what": "withheld", "reason": left.reason, "rule": left.rule},
                **{"from": format_rfc3339(left.start), "to": format_rfc3339(left.end)},
            }
    for each_ in index.refusals:
        yield {"what": "refused", "reason": each_.words, "rule": each_.rule}


def facts_of(index: Index, zone: Local) -> tuple[tuple[str, str], ...]:
    """What stands on top of page and letter."""
    received = "" if index.received is None else f"{zone.date(index.received)} {zone.clock(index.received)[:5]}"
    every = (
        ("Request", f"{index.number}: {index.kind.lower()}"),
        ("Received", received),
        ("Asked for", index.asked),
        ("Answer", index.answer),
        ("Fee", index.fee),
        ("Made", f"{zone.date(index.made_at)} {zone.clock(index.made_at)} {zone.offset(index.made_at)}"),
        ("Certificate", index.certificate or "none: the copies carry no C2PA manifest"),
    )
    return tuple((name, value) for name, value in every if value)


def report_of(index: Index, zone: Local) -> Report:
    """The index as a report: for its page."""
    given = Section(
        "What is given",
        columns=(("File", 8), ("What", 8), ("Bytes", 4), ("SHA-256", 10)),
        rows=tuple((c.called, c.words, f"{c.bytes:,}", c.sha256) for c in index.copies),
        empty="No file is given.",
    )
    hidden = Section(
        "What is hidden in it, and why",
        columns=(("File", 8), ("What", 6), ("Places", 3), ("How long", 4), ("Reason", 6), ("Rule", 11)),
        rows=tuple(
            (c.called, h.what, f"{h.places}", _seconds(h.micros), h.reason, h.rule)
            for c in index.copies
            for h in c.hidden
        ),
        empty="Nothing is hidden.",
    )
    left = Section(
        "What is not given, and why",
        columns=(("File", 8), ("From", 7), ("To", 7), ("Reason", 7), ("Rule", 11)),
        rows=(
            *((c.called, _at(x.start, zone), _at(x.end, zone), x.reason, x.rule) for c in index.copies for x in c.left),
            *(("", "", "", each.words, each.rule) for each in index.refusals),
        ),
        empty="Nothing of what was asked for was left out.",
    )
    return Report(
        f"{index.number}: copies",
        "Answer to a request for copies",
        index.agency,
        index.made_at,
        index.made_by,
        facts_of(index, zone),
        (given, hidden, left),
        limits=limits_of(index),
    )


def limits_of(index: Index) -> tuple[str, ...]:
    """What the package cannot say, in sentences."""
    hidden = any(copy.encoded for copy in index.copies)
    own = any(not copy.encoded for copy in index.copies)
    said = (
        (
            hidden,
            "The originals are not changed. What is hidden was taken out of picture and sound before a copy was "
            "encoded; nothing in it brings it back.",
        ),
        (own, "Files of a recording’s own frames are as the camera made them: nothing is hidden in them."),
        (
            True,
            "The hashes and the proofs show that these are the files that the agency made, checked and released. They "
            "do not show that what was filmed is all that happened.",
        ),
        (True, "Times are those of the recordings’ own signed clocks."),
    )
    return tuple(sentence for holds, sentence in said if holds)


def _at(at: Utc, zone: Local) -> str:
    return f"{zone.date(at)} {zone.clock(at)} {zone.offset(at)}"


def _seconds(micros: int) -> str:
    return f"{micros / 1e6:,.1f} s"


def words_of(plan: RenderPlan | None, words: str, zone: Local) -> str:
    """What a copy is, in one line."""
    if words or plan is None or not plan.stretches:
        return words or "File"
    start, end = plan.stretches[0].start, plan.stretches[-1].end
    return f"Recording of {zone.date(start)}, {zone.clock(start)} to {zone.clock(end)} {zone.offset(start)}"


def answer_words(request: Request, copies: Sequence[object]) -> str:
    """What the letter says was done: an open request that is packed is given, or refused where nothing is."""
    if request.answer is Answer.OPEN and not copies:
        return ANSWERS[Answer.REFUSED]
    return f"{ANSWERS[request.answer]}: {count(len(copies), 'file')}" if copies else ANSWERS[request.answer]
