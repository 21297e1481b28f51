"""What is done with the evidence store itself: it was checked, and what keeps it from being removed was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event


@dataclass(frozen=True, slots=True)
class StoreChecked(Event):
    """A finished check of the store, before its report is signed. `report` is the SHA-256 of the report's RFC 8785
    JSON, without who signed it."""

    KIND: ClassVar[str] = "store_checked"
    report: str
    deep: bool
    objects: int
    bytes: int
    broken: int
    warnings: int


@dataclass(frozen=True, slots=True)
class KeepingAsked(Event):
    """Durable before the store is asked: so many objects are to be kept as `how` says ("until 2036-01-01", "legal hold
    on"), of a `recording`, or the one at `path`."""

    KIND: ClassVar[str] = "keeping_asked"
    how: str
    objects: int
    path: str = ""
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class KeepingChanged(Event):
    """What the store read back: `done` of `objects` are kept as it was asked; `problem` is why not the others."""

    KIND: ClassVar[str] = "keeping_changed"
    how: str
    done: int
    objects: int
    path: str = ""
    recording: str | None = None
    problem: str = ""
