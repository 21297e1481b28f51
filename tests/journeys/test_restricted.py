"""Restricted footage: covered until its viewer says why, each time; and every entry that shows it says so too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from reviewer.domain.assignment import Purpose
from reviewer.domain.codec import encode
from reviewer.domain.events import ViewOpened
from reviewer.domain.reason_acts import RestrictedReasonStated
from reviewer.domain.recording import closed
from reviewer.domain.roster import Role
from reviewer.domain.tile import TileState
from reviewer.records.queries import EntryFilter
from reviewer.sealing import envelope, keyring
from reviewer.services import custody
from reviewer.services.demo import CASE, CUSTODY, PEOPLE, STATION
from reviewer.services.details import open_manifest, seal_manifest
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.folder import FolderStore
from reviewer.ui.reason import ReasonDialog
from tests.journeys.conftest import SALO, Person

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
WHY = "A minor is seen"
NOTE = "The complaint names this minute"


def _restrict(demo: Path) -> str:
    """Camera 1 of the demo is restricted from now on, and assigned so by two people."""
    workspace = Workspace(demo / "home")
    trust = Trust(FolderStore(demo / "store"), workspace.setup().root, workspace)
    held = keyring.unlock(demo / "keys" / "custody.json", CUSTODY.passphrase)
    people = {p.id: keyring.unlock(workspace.key_file(p.id), p.passphrase) for p in PEOPLE}
    before = trust.assignment(CASE)
    first = before.recordings[0].recording_id
    grants = custody.CustodyGrants(trust, held)
    key = grants.data_key(first)
    known = open_manifest(trust.manifest(first), key)
    manifest = seal_manifest(replace(known, restricted=WHY, n=known.n + 1), key)
    signed = envelope.sign("manifest", encode(closed(manifest)), STATION, keyring.load_station(workspace.station_key))
    trust.store.put_if_absent(f"recordings/{first}/{manifest.n}.json", signed)
    order = custody.Order(
        case_id=CASE,
        title="Restricted footage",
        members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR},
        recordings=dict.fromkeys(r.recording_id for r in before.recordings),
        purpose=Purpose.COMPLAINT,
        reason="Complaint",
    )
    custody.assign(trust, order, people["aro"], held, second=people["hill"])
    return first


@pytest.fixture
def demo(demo: Path) -> Path:
    _restrict(demo)
    return demo


@pytest.fixture
def first(person: Person) -> Iterator[str]:
    """Camera 1, with the case open."""
    person.logs_on()
    person.has_footage()
    person.opens_case()
    yield person.room.cameras[0].key


def _state(person: Person, key: str) -> TileState:
    tile = person.screen.wall.tile(key)
    assert tile is not None
    return tile.state


def _dialog(person: Person) -> ReasonDialog | None:
    dialog = person.room.dialog
    return dialog if dialog is not None and dialog.isVisible() else None


def _says_why(person: Person) -> None:
    person.key(KEY.Key_1)
    person.key(KEY.Key_R, CTRL)
    person.sees(lambda: _dialog(person) is not None)
    dialog = _dialog(person)
    assert dialog is not None
    person.key(KEY.Key_Return)
    assert _dialog(person) is dialog, "it is said in words, or not at all"
    QTest.keyClicks(dialog._note, NOTE)
    QTest.keyClick(dialog._note, KEY.Key_Return)
    person.sees(lambda: _dialog(person) is None)


def test_restricted_footage_asks_each_time_and_every_entry_says_why(person: Person, first: str) -> None:
    assert _state(person, first) is TileState.RESTRICTED
    others = [c.key for c in person.room.cameras if c.assigned and not c.is_still and c.key != first]
    assert any(_state(person, key) is TileState.PLAYING for key in others)
    tile = person.screen.wall.tile(first)
    assert tile is not None
    assert "Restricted" in person.paints(tile)
    _says_why(person)
    person.sees(lambda: _state(person, first) is TileState.PLAYING)
    person.key(KEY.Key_L, CTRL)
    person.sees(lambda: person.desk.session.locked)
    person.sees(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    person.types(SALO.passphrase)
    QTest.keyClick(QApplication.focusWidget(), KEY.Key_Return)
    person.sees(lambda: not person.desk.session.locked)
    person.sees(lambda: _state(person, first) is TileState.RESTRICTED)
    _says_why(person)
    person.sees(lambda: _state(person, first) is TileState.PLAYING)
    _the_log_has_it(person, first)


def _the_log_has_it(person: Person, first: str) -> None:
    with closing(person.desk.session.queries()) as queries:
        entries = sorted(queries.entries(EntryFilter(case=CASE), limit=10_000), key=lambda e: e.meta.lamport)
    stated = [e for e in entries if isinstance(e.event, RestrictedReasonStated)]
    assert [(e.meta.recording, e.event.note, e.event.restricted) for e in stated if e.event] == [(first, NOTE, WHY)] * 2
    views = [e for e in entries if isinstance(e.event, ViewOpened)]
    of_first = [e for e in views if e.event and first in {c.recording for c in e.event.cameras if c.width}]
    assert of_first and of_first[0].meta.lamport > stated[0].meta.lamport
    for entry in of_first:
        assert f'"restricted_reasons":{{"{first}":"complaint"}}' in (entry.meta.payload or "")
