"""What a person did in this session and can take back: each step a recorded event, undone by recording its inverse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from reviewer.domain.events import Event
from reviewer.services.journal import Recorded

Record = Callable[[Event], Future[Recorded]]
Act = tuple[Event, Event, Event]
"""An event, what undoes it, and what does it again."""
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class _Step:
    done: Future[tuple[Recorded, ...]]
    undo: tuple[Event, ...]
    redo: tuple[Event, ...]


class Undoing:
    """Of one thread."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []

    def do(self, event: Event, undo: Event, redo: Event) -> Future[Recorded]:
        """Record an event, and remember the events that undo it and do it again."""
        return following(self.do_all([(event, undo, redo)]), _last)

    def do_all(self, acts: Sequence[Act]) -> Future[tuple[Recorded, ...]]:
        """Record several events as one step: one undo takes all of them back, the last first. Raises ValueError for
        none."""
        if not acts:
            raise ValueError("nothing to do")
        future = self._all(event for event, _undo, _redo in acts)
        undo = tuple(undo for _event, undo, _redo in reversed(acts))
        self._undo.append(_Step(future, undo, tuple(redo for _event, _undo, redo in acts)))
        self._redo.clear()
        return future

    def _all(self, events: Iterable[Event]) -> Future[tuple[Recorded, ...]]:
        """The journal answers in the order in which it was asked: once the last is durable, all are."""
        futures = [self._record(event) for event in events]
        after: Future[tuple[Recorded, ...]] = Future()
        after.set_running_or_notify_cancel()

        def ended(_last: Future[Recorded]) -> None:
            error = next((each.exception() for each in futures if each.exception() is not None), None)
            if error is not None:
                after.set_exception(error)
            else:
                after.set_result(tuple(each.result() for each in futures))

        futures[-1].add_done_callback(ended)
        return after

    @property
    def can_undo(self) -> bool:
        return any(not _failed(step.done) for step in self._undo)

    @property
    def can_redo(self) -> bool:
        return any(not _failed(step.done) for step in self._redo)

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done; None if there is nothing. What could not be recorded has no
        effect to undo, and is passed over."""
        return self._replay(self._undo, self._redo, lambda step: step.undo)

    def redo(self) -> Future[Recorded] | None:
        """Record again what was undone last; None if there is nothing."""
        return self._replay(self._redo, self._undo, lambda step: step.redo)

    def _replay(
        self, source: list[_Step], target: list[_Step], which: Callable[[_Step], tuple[Event, ...]]
    ) -> Future[Recorded] | None:
        while source:
            step = source.pop()
            if not _failed(step.done):  # one still on its way is recorded before its inverse is
                future = self._all(which(step))
                target.append(replace(step, done=future))
                return following(future, _last)
        return None


def _failed(future: Future[tuple[Recorded, ...]]) -> bool:
    return future.done() and future.exception() is not None


def _last(recorded: tuple[Recorded, ...]) -> Recorded:
    return recorded[-1]


def following(future: Future[U], made: Callable[[U], T]) -> Future[T]:
    """A Future of what `made` makes of the result; errors pass through."""
    after: Future[T] = Future()
    after.set_running_or_notify_cancel()

    def pass_on(done: Future[U]) -> None:
        error = done.exception()
        if error is not None:
            after.set_exception(error)
        else:
            after.set_result(made(done.result()))

    future.add_done_callback(pass_on)
    return after
