"""The log in words, about clocks: what was accepted, marked and stated of them (`domain/alignment_acts`), and which of
two moments came first by them (`domain/order_acts`)."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.domain import alignment_acts as acts
from reviewer.domain.alignment import COVERAGE, SourceKind
from reviewer.domain.event import Event
from reviewer.domain.order import Order, sentence
from reviewer.domain.order_acts import OrderStated, OrderWithdrawn
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.wording import count, in_file

DID = {
    acts.AlignmentAccepted.KIND: "Clocks aligned",
    acts.AlignmentWithdrawn.KIND: "Alignment withdrawn",
    acts.CueMarked.KIND: "Same event marked",
    acts.CueWithdrawn.KIND: "Same event taken back",
    acts.DeviceOffsetStated.KIND: "Clock offset stated",
    acts.DeviceOffsetWithdrawn.KIND: "Clock offset withdrawn",
    OrderStated.KIND: "Order stated",
    OrderWithdrawn.KIND: "Order withdrawn",
}
_BY = {
    SourceKind.MANIFEST: "manifest",
    SourceKind.CONTAINER: "container time",
    SourceKind.FILE: "file date",
    SourceKind.GPS: "GPS",
    SourceKind.DEVICE: "a known offset",
    SourceKind.SOUND: "sound",
    SourceKind.CUE: "a cue",
}

Named = Callable[[str], str]


def what_clock(event: Event, recording: Named) -> str:
    """What exactly was done, in one line; "" for what is not about clocks."""
    match event:
        case acts.AlignmentAccepted():
            return _accepted(event, recording)
        case acts.AlignmentWithdrawn():
            return f"Alignment {event.base[:8]} · the signed clocks stand again"
        case acts.CueMarked():
            places = (f"{recording(m.recording)} part {m.part + 1} at {in_file(m.start)}" for m in event.marks)
            note = f" · “{event.note}”" if event.note else ""
            return f"{' = '.join(places)} {_margin(event.sigma)}{note}"
        case acts.CueWithdrawn():
            return f"Cue {event.id[:8]}"
        case acts.DeviceOffsetStated():
            moved = f"{_signed(event.offset)} {_margin(event.sigma)}"
            return f"{recording(event.recording)} {moved} · {event.why}"
        case acts.DeviceOffsetWithdrawn():
            return recording(event.recording)
        case OrderStated():
            return _order(event, recording)
        case OrderWithdrawn():
            return f"Order {event.id[:8]}"
        case _:
            return ""


def _accepted(event: acts.AlignmentAccepted, recording: Named) -> str:
    moved = (f"{recording(c.recording)} {_signed(c.offset)} {_margin(c.sigma)}" for c in event.corrections)
    used = [each for each in event.judged if each.used]
    kinds = dict.fromkeys(_BY[each.reading.kind] for each in used)
    left_out = len(event.judged) - len(used)
    said = [", ".join(moved) or "no camera", f"by {', '.join(kinds) or 'nothing'}"]
    said += [f"{count(left_out, 'reading')} left out"] * bool(left_out)
    said += [f"instead of {event.base[:8]}"] * bool(event.base)
    said += [f"“{event.note}”"] * bool(event.note)
    return " · ".join(said)


def _order(event: OrderStated, recording: Named) -> str:
    """As it was answered when it was asked."""
    names = [f"{recording(m.recording)} part {m.part + 1} at {in_file(m.start, 2)}" for m in event.marks]
    said = sentence(Order(event.gap, event.sigma), *names) if len(names) == 2 else "No two moments."
    clocks = f"clocks of alignment {event.alignment[:8]}" if event.alignment else "signed clocks"
    return f"{said.removesuffix('.')} · {clocks}" + (f" · “{event.note}”" if event.note else "")


def _signed(offset: Micros) -> str:
    """ "+0.123 s": what is added to the camera's stated time."""
    return f"{offset / SECOND:+.3f} s".replace("-", "−")


def _margin(sigma: Micros) -> str:
    return f"± {COVERAGE * sigma / SECOND:.3f} s"
