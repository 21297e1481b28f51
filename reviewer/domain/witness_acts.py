"""What a witness meets, as it is recorded at the workstation that witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event


@dataclass(frozen=True, slots=True)
class WitnessRefused(Event):
    """This workstation, as the `witness` of that name, would not cosign a log: `what` is ROLLBACK or FORK. `seen` of
    its entries are published now, `kept` were seen before; both checkpoints lie at `path` in the store."""

    KIND: ClassVar[str] = "witness_refused"
    witness: str
    log: str
    what: str
    seen: int
    kept: int
    path: str
