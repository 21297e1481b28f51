"""What a dock says of itself: each watched folder, each delivery in it, in words and figures. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.services.deposit import IngestProgress
from reviewer.services.dock_look import LOOSE, Delivery
from reviewer.services.dock_memory import Dealt, Watch
from reviewer.services.ingest import IngestReport
from reviewer.services.intake_plan import IntakePlan
from reviewer.services.trust import Problem


class DeliveryState(StrEnum):
    """How far a delivery is; the value is what the screen says."""

    GROWING = "not whole yet"
    LOOKING = "being looked at"
    TAKING = "being taken in"
    STOPPED = "stopped"
    WAITING = "tries again"
    GONE = "taken out before it was finished"
    PARTLY = "taken in, but not all of it"
    DONE = "taken in"


BUSY = frozenset({DeliveryState.GROWING, DeliveryState.LOOKING, DeliveryState.TAKING, DeliveryState.WAITING})
"""States that end by themselves."""


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """`taken` are the recordings that came from it into the store, `known` how many it had before. `here` False: it is
    no longer connected. `sentence` says what there is to say besides `state`, with the next step."""

    name: str
    state: DeliveryState
    files: int = 0
    bytes: int = 0
    progress: IngestProgress | None = None
    rate: float = 0.0
    taken: tuple[str, ...] = ()
    known: int = 0
    refused: tuple[Problem, ...] = ()
    sentence: str = ""
    here: bool = True

    @property
    def title(self) -> str:
        return "Files in the folder itself" if self.name == LOOSE else self.name

    @property
    def fraction(self) -> float:
        if self.state in (DeliveryState.DONE, DeliveryState.PARTLY):
            return 1.0
        return self.progress.done / self.progress.total if self.progress is not None and self.progress.total else 0.0


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """A watched folder. `problem`: why it cannot be looked at now, one sentence and the next step."""

    watch: Watch
    deliveries: tuple[DeliveryStatus, ...] = ()
    problem: str = ""

    @property
    def busy(self) -> bool:
        """Something is going on that will end by itself."""
        return self.watch.on and any(d.here and d.state in BUSY for d in self.deliveries)


# -- from one state to the next ---------------------------------------------------------------------------------------


def growing(delivery: Delivery, before: DeliveryStatus | None) -> DeliveryStatus:
    """It does not stand still yet."""
    words = delivery.wrong
    if delivery.unfinished:
        words = f"{delivery.unfinished[0]} is not finished yet."
    kept = before if before is not None and before.here else DeliveryStatus(delivery.name, DeliveryState.GROWING)
    return replace(
        kept,
        state=DeliveryState.GROWING,
        files=len(delivery.files),
        bytes=delivery.size,
        sentence=words or "It is taken in when it stands still.",
        progress=None,
        rate=0.0,
    )


def gone_from(before: DeliveryStatus) -> DeliveryStatus:
    """It is no longer connected."""
    before = replace(before, here=False, progress=None, rate=0.0)
    if before.state is DeliveryState.DONE:
        return replace(before, sentence="Taken out since.")
    if before.state is DeliveryState.PARTLY:
        return replace(before, sentence="Taken out since; what was refused is not in the store.")
    count = len(before.taken)
    kept = f"{count} {'recording is' if count == 1 else 'recordings are'} in the store. " if count else ""
    words = f"{kept}Put it back: what is missing is taken in then."
    return replace(before, state=DeliveryState.GONE, sentence=words, refused=())


def dealt_with(dealt: Dealt, delivery: Delivery) -> DeliveryStatus:
    """It stands as it stood when it was dealt with."""
    state = DeliveryState.PARTLY if dealt.refused else DeliveryState.DONE
    return DeliveryStatus(
        *(delivery.name, state, len(delivery.files), delivery.size),
        taken=dealt.recordings,
        known=dealt.known,
        refused=dealt.refused,
        sentence=_verified(state, dealt.recordings),
    )


def result(delivery: Delivery, plan: IntakePlan, report: IngestReport) -> DeliveryStatus:
    """What came of it, if nothing happened to the source."""
    own = tuple(r.problem for r in plan.recordings if r.problem is not None) if not report.recordings else ()
    refused: tuple[Problem, ...] = tuple(dict.fromkeys((*plan.refused, *own, *report.refused)))
    state = DeliveryState.PARTLY if refused else DeliveryState.DONE
    taken = tuple(each.manifest.recording_id for each in report.recordings)
    known = len(report.known) or sum(r.known is not None or r.duplicate_of is not None for r in plan.recordings)
    return DeliveryStatus(
        *(delivery.name, state, len(delivery.files), delivery.size),
        taken=taken,
        known=known,
        refused=refused,
        sentence=_verified(state, taken),
    )


def _verified(state: DeliveryState, taken: Sequence[str]) -> str:
    if state is DeliveryState.PARTLY:
        return "What was refused stays where it is, and nowhere else."
    return "The source was read twice and is unchanged." if taken else "The store had all of it."
