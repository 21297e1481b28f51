"""Acts of custody in the log's words."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.domain import acts
from reviewer.domain.event import Event
from reviewer.domain.timebase import format_rfc3339
from reviewer.ui.times import count

DID = {
    acts.Assigned.KIND: "Case assigned",
    acts.Countersigned.KIND: "Countersigned",
    acts.TakenOff.KIND: "Taken off a case",
    acts.HandedOver.KIND: "Handed over",
    acts.ReleasedForTraining.KIND: "Training release",
    acts.RosterSigned.KIND: "Roster signed",
}

Named = Callable[[str], str]


def what_act(event: Event, user: Named, recording: Named) -> str:
    """What exactly was done, in one line; "" for what is no act of custody."""
    match event:
        case acts.Assigned():
            return _assigned(event, user)
        case acts.Countersigned():
            return f"As second, after {user(event.issued_by)}"
        case acts.TakenOff():
            return f"{user(event.user)} · {event.reason}"
        case acts.HandedOver():
            return f"From {user(event.user)} to {user(event.to)} · {event.reason}"
        case acts.ReleasedForTraining():
            released = "released for training" if event.released else "not for training any more"
            return " · ".join([recording(event.recording), released, *([event.reason] * bool(event.reason))])
        case acts.RosterSigned():
            return f"Version {event.version} · {event.what}"
        case _:
            return ""


def _assigned(event: acts.Assigned, user: Named) -> str:
    said = [f"{count(len(event.recordings), 'recording')} to {', '.join(event.members) or 'nobody'}"]
    said += [event.purpose, event.reason]
    if event.expires is not None:
        said.append(f"until {format_rfc3339(event.expires)[:10]}")
    if event.second:
        said.append(f"with {user(event.second)}")
    if event.waiting:
        said.append("waits for a second signature")
    return " · ".join(said)
