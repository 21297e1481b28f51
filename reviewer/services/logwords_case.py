"""The log in words, about cases: which field of what was changed, from what to what (`domain/case_acts`)."""

from __future__ import annotations

from reviewer.domain import case_acts as acts
from reviewer.domain.event import Event
from reviewer.domain.reference import WORDS, parse
from reviewer.domain.thing import WITHDRAWN

DID = {
    acts.ComplaintSet.KIND: "Complaint written",
    acts.PersonSet.KIND: "Person written",
    acts.AllegationSet.KIND: "Allegation written",
    acts.DocumentSet.KIND: "Document written",
    acts.ExhibitSet.KIND: "Exhibit written",
    acts.DrawingSet.KIND: "Drawing changed",
    acts.TranscriptSet.KIND: "Transcript written",
    acts.LinesSet.KIND: "Lines written",
    acts.NarrativeSet.KIND: "Narrative written",
    acts.FindingSet.KIND: "Finding drafted",
    acts.RequestSet.KIND: "Request written",
    acts.MaskSet.KIND: "Mask changed",
    acts.MaskPathSet.KIND: "Mask moved",
    acts.SoundEditSet.KIND: "Sound hidden",
    acts.WithheldSet.KIND: "Stretch withheld",
    acts.ReelSet.KIND: "Reel written",
    acts.ClipSet.KIND: "Clip written",
    acts.CaseMoved.KIND: "Case moved",
}
_BYTES = frozenset({"object", "sha256", "key", "size"})
_LONGEST = 60
_MANY = 4  # fields that are named one by one


def for_machines(change: acts.Change) -> bool:
    """Whether it says nothing to a reader: where the bytes of a document lie and what opens them, and a thing's number
    in an order."""
    return change.field in _BYTES or (change.field == "place" and change.value.isdigit())


def in_brackets(text: str) -> str:
    """A text that people wrote; what it cites as what that is, not as a token: "at [line of a transcript] …"."""
    pieces = parse(text)
    return "".join(p.text if p.reference is None else f"[{WORDS[p.reference.kind]}]" for p in pieces)


def what_case(event: Event, *, brief: bool = False) -> str:
    """What exactly was done, in one line; "" for what is not about a case's things. `brief` leaves out what only
    machines read, if there is more."""
    match event:
        case acts.CaseMoved():
            reason = f" · “{_short(event.reason)}”" if event.reason else ""
            return f"{event.base or 'new'} → {event.to}{reason}"
        case acts.LinesSet():
            return f"{len(event.changes)} lines"
        case acts.MaskPathSet():
            return f"{sum(len(c.value.split()) for c in event.changes)} keyframes"
        case acts.ThingSet():
            return _changes(event, brief)
        case _:
            return ""


def _changes(event: acts.ThingSet, brief: bool) -> str:
    gone = [c.value for c in event.changes if c.field == WITHDRAWN]
    said = ["withdrawn"] * (gone[-1:] == ["yes"])
    named = [c for c in event.changes if c.field != WITHDRAWN]
    if brief:
        named = [c for c in named if not for_machines(c)] or named
    said += [_change(each) for each in named[:_MANY]]
    said += [f"{len(named) - _MANY} more"] * (len(named) > _MANY)
    return " · ".join(said) or "set back"


def _change(change: acts.Change) -> str:
    was = f" (was “{_short(change.base)}”)" if change.base else ""
    return f"{change.field.replace('_', ' ')} “{_short(change.value)}”{was}"


def _short(text: str) -> str:
    text = " ".join(in_brackets(text).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
