"""Proxies are made beside the work: said in the status line, in the log, and given to the case that is open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from PySide6.QtCore import Qt

from reviewer.app import proxies as proxies_module
from reviewer.domain.events import ProxiesBegun, ProxiesMade
from reviewer.media.camera import ProxyChunk
from reviewer.records.queries import EntryFilter
from reviewer.services.machine import Machine
from reviewer.services.playback import Playback
from reviewer.services.proxy import KEEP_FREE, ProxyState
from tests.journeys.conftest import PATIENCE, Person

SitDown = Callable[[], Person]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Begins at log-on whatever else this machine does; what the open case is given."""
    given: list[tuple[str, int, int]] = []
    true_set = Playback.set_proxies

    def set_proxies(self: Playback, key: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        given.append((key, part, sum(c.count for c in chunks)))
        true_set(self, key, part, chunks)

    monkeypatch.setattr(proxies_module, "BEGIN_AFTER", 0.0)
    monkeypatch.setattr(Machine, "is_busy", lambda _self: False)
    monkeypatch.setattr(Machine, "on_battery", lambda _self: False)
    monkeypatch.setattr(Machine, "free", lambda _self, _folder: 2 * KEEP_FREE)
    monkeypatch.setattr(Playback, "set_proxies", set_proxies)
    return given


def _opens(person: Person) -> None:
    """Enter on the case, then on the reason; how sharp the pictures are is not this test's."""
    person.desk.queue.table.setFocus()
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.screen is not None)


def _is_done(person: Person) -> bool:
    done = person.desk.proxies.proxies.status
    return done.state is ProxyState.DONE and done.total > 0


def test_they_are_made_said_logged_and_used(sit_down: SitDown, at_once: list[tuple[str, int, int]]) -> None:
    person = sit_down()
    person.logs_on()
    pause = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    person.key(Qt.Key.Key_P, pause)
    person.has_footage()
    _opens(person)
    line = person.program.window.status
    person.sees(lambda: "Proxies" in line.words and "paused: until you go on" in line.words)
    person.key(Qt.Key.Key_P, pause)
    # The process that makes them has the system's lowest class: beside another journey it gets what is left over.
    person.bot.waitUntil(lambda: _is_done(person), timeout=8 * PATIENCE)
    person.sees(lambda: "Proxies" not in line.words)
    parts = {(c.key, n) for c in person.room.cameras if not c.is_still for n in range(len(c.objects))}
    person.sees(lambda: {(key, part) for key, part, _ in at_once} == parts)
    assert all(count for _, _, count in at_once)
    with closing(person.desk.session.queries()) as queries:
        kinds = [entry.meta.kind for entry in queries.entries(EntryFilter(), limit=500)]
    assert kinds.count(ProxiesBegun.KIND) == kinds.count(ProxiesMade.KIND) == len(parts)
    person.key(Qt.Key.Key_Space)
    person.lives(1_000)
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.settled)
    assert person.viewing.painted_outside == 0
    person.leaves()

    again = sit_down()
    again.logs_on()
    again.sees(lambda: _is_done(again))
    again.has_footage()  # the queue has the case before it is opened
    _opens(again)
    with closing(again.desk.session.queries()) as queries:
        assert [e.meta.kind for e in queries.entries(EntryFilter(), limit=500)].count(ProxiesBegun.KIND) == len(parts)
