"""Requests for copies: the register of a case, the clock of each, and what of the footage a copy is made of.

A request is a thing of the case (`case_acts.RequestSet`), written field by field with undo. Its clock is the agency's
(`ClockStart.REQUESTED`; Ontario's MFIPPA s. 19 gives 30 days). What must be done before a copy leaves:
`services/release`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache

from reviewer.domain.agency import ClockStart, StatutoryClock, Tables, due
from reviewer.domain.case_acts import RequestSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.request import Answer, Request, RequestKind
from reviewer.domain.statutory import DAY, Due
from reviewer.domain.timebase import TimeRange, Utc, format_rfc3339, to_datetime
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.services.case import CaseFile
from reviewer.services.rendering_job import plan_sha256

STANDARD = StatutoryClock(
    "access", "Answer to a request", ClockStart.REQUESTED, days=30, source="MFIPPA s. 19 (1): 30 days"
)
"""The clock of a request where the agency's table names none."""
BURNED_IN = "burned_in"
"""The field in which a person says that names and numbers in the picture are covered."""
LOOKED = "looked"
"""The field in which the second person says what they looked at: the `mark` of all that was planned then."""
_PREFIX = {RequestKind.ACCESS: "FOI", RequestKind.PROSECUTION: "PR", RequestKind.COURT: "CT", RequestKind.OTHER: "RQ"}
HIDES = frozenset({RequestKind.ACCESS, RequestKind.OTHER})
"""The kinds of request whose copies hide others."""


@dataclass(frozen=True, slots=True)
class Said:
    """A field of a request and who set it last."""

    value: str
    user: str
    at: Utc


class Requests:
    """The requests of one case, on the thread that `file` belongs to. What raises, raises ReviewerError."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file

    # Reading

    def all(self) -> tuple[Request, ...]:
        """Those that stand: open ones first, the one that came first before the others."""
        found = (Request.of(thing) for thing in self._file.things(RequestSet))
        return tuple(sorted(found, key=lambda r: (r.answer is not Answer.OPEN, r.received or Utc(0), r.number, r.id)))

    def one(self, id_: str) -> Request | None:
        """A request by its id; None if there is none, or it was withdrawn."""
        thing = self._file.thing(RequestSet, id_)
        return Request.of(thing) if thing is not None and thing.stands else None

    def said(self, id_: str, field: str) -> Said | None:
        """What stands in a field, and who set it; None while nobody did, or it was emptied."""
        thing = self._file.thing(RequestSet, id_)
        found = thing.fields.get(field) if thing is not None else None
        return Said(found.value, found.user, found.at) if found is not None and found.value else None

    def next_number(self, kind: RequestKind, now: Utc) -> str:
        """A number that this case does not have: FOI-2026-003. The agency's own register may say another."""
        head = f"{_PREFIX[kind]}-{to_datetime(now).year}-"
        taken = [r.number.removeprefix(head) for r in self.all() if r.number.startswith(head)]
        last = max((int(n) for n in taken if n.isascii() and n.isdigit()), default=0)
        return f"{head}{last + 1:03d}"

    # Writing

    def register(self, request: Request) -> Future[str]:
        """A new request; the Future has its id. Raises ReviewerError if it lacks a number, a requester or a day."""
        _complete(request, {r.number for r in self.all()})
        return self._file.add(RequestSet, fields_of(request))

    def change(self, id_: str, after: Request, before: Request) -> Future[str]:
        """What differs between the two is set; `before` is what the person saw."""
        _complete(after, {r.number for r in self.all() if r.id != id_})
        old, new = fields_of(before), fields_of(after)
        changed = {name: value for name, value in new.items() if value != old[name]}
        return self._file.change(RequestSet, id_, changed, {name: old[name] for name in changed})

    def say(self, id_: str, field: str, value: str) -> Future[str]:
        """Set one field: BURNED_IN, LOOKED, "second", "fee" …"""
        return self._file.change(RequestSet, id_, {field: value})

    def answer(self, id_: str, answer: Answer, at: Utc, refusals: Sequence[str] = ()) -> Future[str]:
        """The request is answered: its clock stops. Raises ReviewerError for a refusal without a reason."""
        if answer in (Answer.REFUSED, Answer.PARTLY) and not refusals:
            raise ReviewerError("No reason is given for what is refused.", "Choose one of the agency’s reasons.")
        fields = {"answer": answer.value, "answered": format_rfc3339(at) if answer is not Answer.OPEN else ""}
        return self._file.change(RequestSet, id_, {**fields, "refusals": json.dumps(list(refusals))})

    def withdraw(self, id_: str) -> Future[str]:
        """Take it off the register; it stays in the log."""
        return self._file.withdraw(RequestSet, id_)


def fields_of(request: Request) -> dict[str, str]:
    """A request as the fields of a `RequestSet`."""
    times = {
        name: format_rfc3339(at) if at is not None else ""
        for name, at in (
            ("received", request.received),
            ("start", request.start),
            ("end", request.end),
            ("answered", request.answered),
            ("extended", request.extended),
        )
    }
    return {
        **{"kind": request.kind.value, "number": request.number, "requester": request.requester},
        **{"contact": request.contact, "asked": request.asked, "answer": request.answer.value},
        **{"fee": request.fee, "letter": request.letter, "second": request.second},
        "recordings": json.dumps(list(request.recordings)) if request.recordings else "",
        "refusals": json.dumps(list(request.refusals)) if request.refusals else "",
        **times,
    }


def _complete(request: Request, taken: Iterable[str]) -> None:
    if not request.number.strip():
        raise ReviewerError("The request has no number.", "Give it the number of the agency’s register.")
    if request.number.strip() in set(taken):
        raise ReviewerError(f"{request.number} is another request of this case.", "Give it a number of its own.")
    if not request.requester.strip():
        raise ReviewerError("Nobody is named who asked.", "Write the requester’s name.")
    if request.received is None:
        raise ReviewerError("The day of receipt is not known.", "Write it: the clock runs from there.")
    if request.start is not None and request.end is not None and request.end <= request.start:
        raise ReviewerError("What was asked for ends before it begins.", "Correct the times.")


# Its clock


def clock_of(tables: Tables) -> StatutoryClock:
    """The agency's clock for requests; STANDARD where its table has none."""
    return next((c for c in tables.clocks if c.start is ClockStart.REQUESTED), STANDARD)


def due_of(tables: Tables, request: Request) -> Due | None:
    """When the request is to be answered; None while nobody knows when it was received. An extension counts instead of
    the table's days."""
    if request.received is None:
        return None
    clock = clock_of(tables)
    at = request.extended if request.extended is not None else due(clock, request.received)
    ended = request.answered if request.answer is not Answer.OPEN else None
    return Due(clock, request.received, at, ended)


def left_words(found: Due | None, now: Utc) -> str:
    """ "12 days left of 30", "2 days over", "answered in time"; "" where no clock runs."""
    if found is None:
        return ""
    if found.ended is not None:
        return "answered late" if found.late else "answered in time"
    whole, left = (found.at - found.start) // DAY, found.days_left(now)
    if left < 0:
        return f"{-left} {'day' if left == -1 else 'days'} over"
    return f"{left} {'day' if left == 1 else 'days'} left of {whole}"


# What a copy is made of


def stretches_of(request: Request, manifest: Manifest, clocks: WallTime = SIGNED) -> tuple[TimeRange, ...]:
    """What of a recording was asked for and was recorded, in stated time. `manifest` as it was signed."""
    whole = manifest.range
    start = clocks.to_stated(manifest.recording_id, request.start) if request.start is not None else whole.start
    end = clocks.to_stated(manifest.recording_id, request.end) if request.end is not None else whole.end
    asked = TimeRange(start, max(start, end))
    return tuple(found for each in manifest.rolling if (found := each.overlap(asked)) is not None)


def plan_of(
    request: Request,
    manifest: Manifest,
    redaction: Redaction,
    clocks: WallTime = SIGNED,
    zone: str | None = None,
) -> RenderPlan:
    """The plan of the copy of one recording: what was asked for, as it was recorded, with everything hidden that
    counts. Words and looks are left out of it: what changes no frame changes no plan. `redaction` is the request's;
    `manifest` as it was signed; `zone` the agency's (`Tables.time_zone`), never one's own: whoever plans it anew has to
    find the same. Raises ReviewerError where the camera recorded nothing of it, or it is no video."""
    if manifest.kind is Kind.STILL:
        raise ReviewerError("A still is given as a picture.", "Export it from the review.")
    stretches = stretches_of(request, manifest, clocks)
    if not stretches:
        raise ReviewerError(
            f"{manifest.officer} recorded nothing of what was asked for.", "Take the recording off the request."
        )
    hides = _bare(redaction.of(manifest.recording_id), stretches) if request.kind in HIDES else Redaction()
    cards = len(stretches) > 1 or bool(hides.withheld)
    return RenderPlan(
        Purpose.DISCLOSURE if request.kind in HIDES else Purpose.CLIP,
        redaction=hides,
        recording=manifest.recording_id,
        stretches=stretches,
        zone=zone if cards else None,
    )


def _bare(redaction: Redaction, stretches: Sequence[TimeRange]) -> Redaction:
    """What of it counts within these stretches, without what no frame shows."""

    def within(start: Utc, end: Utc) -> bool:
        return any(each.start < end and start < each.end for each in stretches)

    masks = (m for m in redaction.masks if m.counts and within(m.start, m.end))
    return Redaction(
        tuple(replace(m, reason="", words="", looked=()) for m in masks),
        tuple(replace(s, reason="", words="") for s in redaction.sounds if within(s.start, s.end)),
        tuple(replace(w, words="") for w in redaction.withheld if within(w.start, w.end)),
    )


@lru_cache(64)
def planned(plan: RenderPlan) -> str:
    """`plan_sha256`, which takes a tenth of a second for a few thousand keyframes: worked out once for each plan."""
    return plan_sha256(plan)


def mark(plans: Mapping[str, RenderPlan]) -> str:
    """One name (hex) for all copies of a request as they are planned now; another one once anything that is hidden, or
    what was asked for, changes. By recording."""
    lines = "".join(f"{recording} {planned(plan)}\n" for recording, plan in sorted(plans.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
