"""Which of two moments came first, as people asked it and as it was answered then; in the work log, for colleagues too.

The marks are in stream time: the order is judged anew whenever other clocks stand. What stands here of the answer is
what its author saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.annotation import Mark
from reviewer.domain.event import Event, LogName
from reviewer.domain.timebase import Micros


@dataclass(frozen=True, slots=True)
class OrderStated(Event):
    """`marks` are the two frames, in the order in which they were marked, each from its own stream time to the next
    frame's. `gap` and `sigma` (µs) are as in `domain.order.Order`, by the alignment that stood then ("": as signed)."""

    KIND: ClassVar[str] = "order_stated"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    marks: tuple[Mark, ...]
    gap: Micros
    sigma: Micros
    alignment: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderWithdrawn(Event):
    KIND: ClassVar[str] = "order_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


ORDER_ACTS: tuple[type[Event], ...] = (OrderStated, OrderWithdrawn)
"""Every kind here: whoever shows orders listens to all of them."""
