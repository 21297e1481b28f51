"""The custodian's intake at the real window, with keys alone; what others see of it, which is nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from reviewer.app import intake
from reviewer.app.intake import IntakeRoom
from reviewer.domain.events import FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.services.demo import PEOPLE
from reviewer.services.dock_state import DeliveryState
from reviewer.ui import intake_words as words
from reviewer.ui.intake import IntakeScreen
from reviewer.ui.intake_page import Stage
from tests.journeys.conftest import Person
from tests.services.test_ingest import docked, video

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
HILL = next(p for p in PEOPLE if p.id == "hill")


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def room(person: Person) -> IntakeRoom:
    return person.desk.intake


def screen(person: Person) -> IntakeScreen:
    found = room(person).screen
    assert found is not None
    return found


def states(person: Person) -> list[str]:
    return [words.state(row).words for row in screen(person).plan.table.rows.rows]


def recordings(demo: Path) -> set[str]:
    return {p.parent.name for p in (demo / "store" / "recordings").glob("*/*.json")}


def chooses(person: Person, folder: Path) -> None:
    """In the folder dialog that is open: the path, Enter."""
    dialog = next(d for d in person.program.window.findChildren(QFileDialog) if d.isVisible())
    name = next(f for f in dialog.findChildren(QLineEdit) if f.isVisible())
    name.setText(str(folder))
    person.key(KEY.Key_Return)


def test_a_folder_is_taken_in_by_keys_alone_and_stays_as_it_was(person: Person, demo: Path, tmp_path: Path) -> None:
    card = tmp_path / "card"
    docked(card / "laine", officer="Ofc. S. Laine", badge="1940")
    video(card / "DCIM" / "MOV_0001.mp4", seed=7)
    shutil.copytree(demo / "footage" / "niemi-2214", card / "niemi")
    before, there = everything(card), recordings(demo)
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.key(KEY.Key_5, CTRL)
    assert person.program.window.current == "intake"
    assert "tamper-evident, not write-once" in person.says()

    person.key(KEY.Key_O, CTRL)
    chooses(person, card)
    person.sees(lambda: screen(person).plan.stage is Stage.PLANNED)
    assert sorted(states(person)) == ["in the store", "new", "new"]
    assert recordings(demo) == there, "nothing is written before it was seen"

    rows = screen(person).plan.table.rows.rows
    at = next(i for i, row in enumerate(rows) if row.recording.name == "MOV_0001")
    for _ in range(at):
        person.key(KEY.Key_Down)
    assert "missing" in person.says() and "guessed" in person.says()
    person.key(KEY.Key_O)
    person.types("0417")
    person.key(KEY.Key_Escape)
    person.key(KEY.Key_I)
    person.types("INC-9")
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: screen(person).plan.stage is Stage.ENDED)
    person.sees(lambda: "Nothing keeps it from being removed" in person.says())
    assert sorted(states(person)) == ["in the store", "taken in", "taken in"]
    new = recordings(demo) - there
    assert len(new) == 3  # laine's footage, the still beside it, and the other one
    by_hand = next(r for r in new if "-0417-" in r)
    assert person.desk.session.trust.manifest(by_hand).incidents == ("INC-9",)
    assert everything(card) == before

    person.key(KEY.Key_3, CTRL)
    wanted = {IntakeBegun.KIND, FootageTakenIn.KIND, IntakeEnded.KIND}
    person.sees(lambda: wanted <= {entry.meta.kind for entry in person.desk.log.entries})


def test_a_dock_takes_in_by_itself_and_nobody_else_has_the_door(
    person: Person, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SETTLE", 0.2)
    monkeypatch.setattr(intake, "EVERY", 0.1)
    dock = tmp_path / "dock"
    video(dock / "0417" / "A.mp4", seed=8)
    before, there = everything(dock), recordings(demo)
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.key(KEY.Key_5, CTRL)
    person.key(KEY.Key_D)
    made = room(person).dock
    assert made is not None
    person.key(KEY.Key_N, CTRL)
    chooses(person, dock)
    person.sees(lambda: [d.state for s in made.statuses() for d in s.deliveries] == [DeliveryState.DONE])
    person.sees(lambda: "1 recording" in person.paints(screen(person).dock.deliveries.viewport()))
    assert len(recordings(demo) - there) == 1 and everything(dock) == before
    person.key(KEY.Key_S)
    person.sees(lambda: not made.statuses()[0].watch.on)
    person.key(KEY.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    person.sees(lambda: not made.statuses())

    person.program.log_off()
    person.sees(lambda: person.has_button("Log on"))
    person.logs_on()
    assert room(person).screen is None and not person.program.window.rail.is_open("intake")
    person.key(KEY.Key_5, CTRL)
    assert person.program.window.current == "queue"
