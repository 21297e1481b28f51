"""Which came first: two moments on two cameras, judged by the clocks that stand now, recorded, and withdrawn by another
entry. What is listed is judged anew each time, so an alignment that is accepted later changes the answer, and the entry
keeps what was seen then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from math import hypot

from reviewer.domain.alignment import Alignment, correction_of
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.order import Moment, Order, frame, order, order_within
from reviewer.domain.order_acts import OrderStated, OrderWithdrawn
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.wall_time import WallTime
from reviewer.records import facts
from reviewer.records.facts import Said
from reviewer.records.queries import Queries
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Record, Undoing, following

LONGEST_NOTE = 500
Manifests = Callable[[], Iterable[Manifest]]
"""The case's manifests as they were signed, as they are known now."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the clocks say of two marks now. `moments` are by the wall's clock."""

    moments: tuple[Moment, Moment]
    order: Order


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands, with its answer by the clocks that stand now: None if a camera of it is not here."""

    event: OrderStated
    said: Said
    judgement: Judgement | None

    @property
    def changed(self) -> bool:
        """Whether the answer is another than the one that its author saw."""
        then = Order(self.event.gap, self.event.sigma)
        now = self.judgement.order if self.judgement is not None else then
        return (now.decided, now.decided and now.first_is_first) != (then.decided, then.decided and then.first_is_first)


class Orders:
    """One person's questions of one case. All methods on the thread that `queries` belongs to; the Futures end when the
    entry is durable, or with LogUnwritable."""

    def __init__(self, record: Record, queries: Queries, case: str, manifests: Manifests) -> None:
        self._queries, self._case, self._manifests = queries, case, manifests
        self._acts = Undoing(record)

    def asked(self) -> tuple[Asked, ...]:
        """What stands, everybody's, by when it was: the earlier moment of each. What nobody can place comes last."""
        judge = self._judge()
        found = [
            Asked(event, said, judge(*event.marks) if len(event.marks) == 2 else None)
            for event, said in self._queries.facts(self._case, facts.ORDER, OrderStated)
        ]
        return tuple(sorted(found, key=_place))

    def judge(self, first: Mark, second: Mark) -> Judgement | None:
        """By the clocks that stand now; None if one of the marks is on no footage of this case."""
        return self._judge()(first, second)

    def ask(self, first: Mark, second: Mark, note: str = "") -> Future[Judgement]:
        """Record the question with its answer. Raises ReviewerError for a mark that is on no footage here, or too long
        a note."""
        note = note.strip()
        if len(note) > LONGEST_NOTE:
            raise ReviewerError(f"The note has {len(note)} characters.", f"Shorten it to {LONGEST_NOTE}.")
        found = self.judge(first, second)
        if found is None:
            raise ReviewerError("A mark is on no camera of this case.", "Mark it again.")
        stands = self._queries.alignment(self._case).accepted
        base = stands.event.id if stands is not None else ""
        answer = found.order
        event = OrderStated(self._case, uuid.uuid4().hex, (first, second), answer.gap, answer.sigma, base, note)
        return following(self._acts.do(event, OrderWithdrawn(self._case, event.id), event), lambda _: found)

    def withdraw(self, id_: str) -> Future[None]:
        """Take a question back. Raises ReviewerError if there is none of this id."""
        stated = self._queries.facts(self._case, facts.ORDER, OrderStated)
        before = next((event for event, _ in stated if event.id == id_), None)
        if before is None:
            raise ReviewerError("This order does not stand any more.", "Look at the list again.")
        event = OrderWithdrawn(self._case, id_)
        return following(self._acts.do(event, before, event), lambda _: None)

    @property
    def can_undo(self) -> bool:
        return self._acts.can_undo

    @property
    def can_redo(self) -> bool:
        return self._acts.can_redo

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done here in this session; None if there is nothing."""
        return self._acts.undo()

    def redo(self) -> Future[Recorded] | None:
        """Record again what was undone last; None if there is nothing."""
        return self._acts.redo()

    def _judge(self) -> Callable[[Mark, Mark], Judgement | None]:
        manifests = {m.recording_id: m for m in self._manifests()}
        stands = self._queries.alignment(self._case).accepted
        alignment = stands.alignment if stands is not None else None
        wall = WallTime.of(manifests.values(), alignment)

        def judge(first: Mark, second: Mark) -> Judgement | None:
            return judged(first, second, manifests, alignment, wall)

        return judge


def judged(
    first: Mark, second: Mark, manifests: Mapping[str, Manifest], alignment: Alignment | None, wall: WallTime
) -> Judgement | None:
    """Which of two marks came first; None if one of them is on no footage of these recordings."""
    one, other = _moment(first, manifests, wall), _moment(second, manifests, wall)
    if one is None or other is None:
        return None
    if first.recording == second.recording:
        return Judgement((one, other), order_within(one, other))
    pair = manifests[first.recording], manifests[second.recording]
    middle = Utc((one.at + other.at) // 2)
    return Judgement((one, other), order(one, other, _clocks(pair, alignment, middle)))


def _moment(mark: Mark, manifests: Mapping[str, Manifest], wall: WallTime) -> Moment | None:
    """A mark by the wall's clock."""
    manifest = manifests.get(mark.recording)
    if manifest is None or not 0 <= mark.part < len(manifest.parts):
        return None
    part = manifest.parts[mark.part]
    if not 0 <= mark.start <= part.duration:
        return None
    return Moment(wall.to_wall(mark.recording, manifest.model(part).to_utc(mark.start)), frame(mark))


def _clocks(pair: tuple[Manifest, Manifest], alignment: Alignment | None, at: Utc) -> Micros:
    """σ of two cameras' wall times against each other: by the alignment that stands, else by what was signed. Stills
    have the clock of the recording they were taken beside."""
    if alignment is not None:
        keys = [m.recording_id if alignment.of(m.recording_id) or m.still_of is None else m.still_of for m in pair]
        joint = alignment.joint_sigma(keys[0], keys[1], at)
        if joint is not None:
            return joint
    sigmas = []
    for manifest in pair:
        own = correction_of(manifest, alignment)
        sigmas.append(manifest.clock.uncertainty if own is None else own.sigma_at(own.to_stated(at)))
    return Micros(round(hypot(*sigmas)))


def _place(asked: Asked) -> tuple[bool, int, str]:
    found = asked.judgement
    return found is None, min(m.at for m in found.moments) if found is not None else 0, asked.event.id
