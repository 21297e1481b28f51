"""Steps that are taken back by their inverse: one event each, or several together."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from reviewer.domain.case_acts import Change, PersonSet
from reviewer.domain.errors import LogUnwritable
from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Undoing


@dataclass
class Log:
    """Answers when told to, in order."""

    events: list[Event] = field(default_factory=list)
    waiting: list[tuple[Event, Future[Recorded]]] = field(default_factory=list)

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        self.waiting.append((event, future))
        return future

    def answer(self, *, fail: bool = False) -> None:
        for event, future in self.waiting:
            if fail:
                future.set_exception(LogUnwritable("The log disk is full.", "Free 2 GB."))
            else:
                self.events.append(event)
                future.set_result(Recorded(event, "agency/desk/salo/work/1", len(self.events), Utc(1)))
        self.waiting.clear()


def _act(name: str) -> tuple[PersonSet, PersonSet, PersonSet]:
    did = PersonSet("c", name, (Change("name", name),))
    return did, did.inverse(), did


def test_several_acts_are_one_step_and_are_taken_back_from_the_last_to_the_first() -> None:
    log = Log()
    acts = Undoing(log.record)
    one, two = _act("one"), _act("two")
    future = acts.do_all([one, two])
    log.answer()
    assert [each.event for each in future.result()] == [one[0], two[0]]
    assert acts.undo() is not None
    log.answer()
    assert log.events == [one[0], two[0], two[1], one[1]]
    assert not acts.can_undo
    assert acts.redo() is not None
    log.answer()
    assert log.events[4:] == [one[0], two[0]]


def test_a_step_that_could_not_be_written_whole_is_no_step() -> None:
    log = Log()
    acts = Undoing(log.record)
    future = acts.do_all([_act("one"), _act("two")])
    log.answer(fail=True)
    with pytest.raises(LogUnwritable):
        future.result()
    assert not acts.can_undo and acts.undo() is None


def test_nothing_is_no_step() -> None:
    with pytest.raises(ValueError, match="nothing to do"):
        Undoing(Log().record).do_all([])
