"""The log screen as a supervisor uses it, with keys alone: found, asked, proven, exported for a court, answered for."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QWidget
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reviewer.audit.note import raw_public
from reviewer.domain import events as ev
from reviewer.domain.log_acts import LogExported, LogExportEnded, LogReviewed
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services.demo import CASE
from reviewer.services.logexport import FILES
from reviewer.ui.log import LogScreen
from reviewer.ui.log_words import KINDS, LogKind
from tests.journeys.conftest import ARO, SALO, Command, Person, secret

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform, of a list that unfolds
KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_FAR = 60  # presses of Tab: farther is not reached


def _has_focus(name: str) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and focused.isVisible() and focused.accessibleName() == name


def _tab_to(person: Person, found: Callable[[], object], what: str) -> None:
    for _ in range(_FAR):
        if found():
            return
        person.key(KEY.Key_Tab)
    raise AssertionError(f"Tab does not reach {what}")


def _writes(person: Person, name: str, words: str) -> None:
    """Go to a field, and write these words instead of what stands there."""
    _tab_to(person, lambda: _has_focus(name), name)
    person.key(KEY.Key_A, CTRL)
    person.types(words)


def _enters(person: Person, name: str, passphrase: str) -> None:
    """Through the door by keys."""
    person.sees(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and person.program.desk is None)
    _writes(person, "Name or badge", name)
    _writes(person, "Passphrase for your signing key", passphrase)
    box = next(b for b in person.program.window.findChildren(QCheckBox) if b.isVisible())
    _tab_to(person, lambda: QApplication.focusWidget() is box, "what is to be read")
    if not box.isChecked():
        person.key(KEY.Key_Space)
    person.key(KEY.Key_Tab)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.program.desk is not None)


def _watches_a_bit(person: Person) -> None:
    """K. Salo opens the case, plays, marks, and logs off at the lock."""
    _enters(person, f"{SALO.name} {SALO.badge}", SALO.passphrase)
    person.has_footage()
    person.opens_case()
    begun = person.playback.now()
    person.key(KEY.Key_Space)
    person.sees(lambda: person.playback.now() > begun + 1_500_000)
    person.key(KEY.Key_Space)
    person.key(KEY.Key_B)
    person.sees(lambda: len(person.screen.marking.bookmarks) == 1)
    person.key(KEY.Key_L, CTRL)
    person.sees(lambda: person.program.window.is_locked)
    _tab_to(person, lambda: _has_focus("Log off"), "Log off")
    person.key(KEY.Key_Return)
    person.sees(lambda: person.program.desk is None)


@pytest.fixture
def aro(person: Person) -> Person:
    """S. Aro before the log, in which K. Salo's views stand."""
    _watches_a_bit(person)
    _enters(person, f"{ARO.name} {ARO.badge}", ARO.passphrase)
    person.key(KEY.Key_3, CTRL)
    person.sees(lambda: {ev.ViewClosed.KIND, ev.LoggedOff.KIND} <= _kinds(person, by=SALO.id))
    person.sees(lambda: _has_focus("Entries of the signed log"))
    return person


def _log(person: Person) -> LogScreen:
    return person.desk.log


def _kinds(person: Person, *, by: str | None = None) -> set[str]:
    return {e.meta.kind for e in _log(person).entries if by is None or e.meta.actor == by}


def _words(widget: QWidget) -> str:
    """What a part of the screen says."""
    shown = [w for w in widget.findChildren(QWidget) if w.isVisible()]
    return "\n".join(f"{w.property('text') or ''}\n{w.accessibleName()}" for w in shown)


def _shows(person: Person, holds: Callable[[LogEntry], bool]) -> None:
    """The list has entries, and only such."""
    person.sees(lambda: _log(person).entries and all(map(holds, _log(person).entries)))


def _unfolds(person: Person, key: Qt.Key, words: str) -> None:
    """A list of choices by its key; the one with these words by arrows and Enter. The entries have the keys again."""
    person.key(key)
    person.sees(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    box = popup.parentWidget() if popup is not None else None
    assert isinstance(box, QComboBox)
    for _ in range(box.count()):
        if box.view().currentIndex().data() == words:
            break
        QTest.keyClick(box.view(), KEY.Key_Down)
    assert box.view().currentIndex().data() == words
    QTest.keyClick(box.view(), KEY.Key_Return)
    person.sees(lambda: QApplication.activePopupWidget() is None and box.currentText() == words)
    person.program.window.activateWindow()  # no window manager does it here


def _picks(person: Person, kind: str) -> LogEntry:
    """Go down to the first entry of a kind."""
    person.sees(lambda: _has_focus("Entries of the signed log"))
    person.key(KEY.Key_Home, CTRL)
    for _ in _log(person).entries:
        current = _log(person).table.current
        if current is not None and current.meta.kind == kind:
            return current
        person.key(KEY.Key_Down)
    raise AssertionError(f"no {kind} is in the list")


def test_entries_are_found_asked_about_and_proven_by_keys(aro: Person) -> None:
    log = _log(aro)
    for key, kind in zip((KEY.Key_2, KEY.Key_3), (LogKind.VIEWS, LogKind.WORK), strict=True):
        aro.key(key)
        _shows(aro, lambda e, kind=kind: e.meta.kind in KINDS[kind])  # type: ignore[misc]
    aro.key(KEY.Key_4)
    aro.sees(lambda: log.empty.isVisible() and not log.entries and not log.sheet.isVisible())
    assert "No entry is like that" in _words(log) and "Backspace" in _words(log)
    aro.key(KEY.Key_1)
    aro.sees(lambda: ev.LoggedOn.KIND in _kinds(aro))

    _unfolds(aro, KEY.Key_P, f"{SALO.name} {SALO.badge}")
    _shows(aro, lambda e: e.meta.actor == SALO.id)
    _unfolds(aro, KEY.Key_C, CASE)
    _shows(aro, lambda e: (e.meta.actor, e.meta.case) == (SALO.id, CASE))
    recorded = _picks(aro, ev.ViewClosed.KIND)
    aro.sees(lambda: log.below.count() and "Who watched which second" in _words(log))
    officer = log.filters.recording.itemText(1)
    _unfolds(aro, KEY.Key_M, officer)
    aro.sees(lambda: log.filters.asked.recording is not None and not log._waiting)
    _unfolds(aro, KEY.Key_D, "Today")
    aro.sees(lambda: log.filters.asked.since is not None)
    _unfolds(aro, KEY.Key_D, "From … to …")
    aro.sees(lambda: _has_focus("From"))
    aro.types("not a day")
    aro.key(KEY.Key_Return)
    aro.sees(lambda: log.filters.error.isVisible())
    aro.key(KEY.Key_Escape)
    aro.key(KEY.Key_Backspace)
    aro.sees(lambda: log.filters.asked == EntryFilter() and not log.filters.error.isVisible())

    aro.sees(lambda: ev.ViewClosed.KIND in _kinds(aro))
    _picks(aro, ev.ViewClosed.KIND)
    aro.key(KEY.Key_W)
    _shows(aro, lambda e: e.meta.kind in (ev.ViewOpened.KIND, ev.ViewClosed.KIND))
    assert log.filters.words.startswith("Who watched this recording? of ")
    assert {e.meta.actor for e in log.entries} == {SALO.id}
    aro.key(KEY.Key_V)
    aro.sees(lambda: log.filters.asked.user == SALO.id and recorded in log.entries)
    aro.key(KEY.Key_X)
    aro.sees(lambda: log.empty.isVisible())
    aro.key(KEY.Key_Backspace)
    aro.sees(lambda: ev.ViewClosed.KIND in _kinds(aro))

    _picks(aro, ev.ViewClosed.KIND)
    _is_proven(aro)


def _is_proven(aro: Person) -> None:
    """The picked entry checked again, all of them, and its proof copied; witnesses are named."""
    log = _log(aro)
    aro.sees(lambda: "stands under the signed head, unchanged" in _words(log.sheet))
    aro.key(KEY.Key_K)
    assert "Being checked" in _words(log.sheet)
    aro.sees(lambda: "stands under the signed head, unchanged" in _words(log.sheet))
    aro.sees(lambda: "witnessed ×1" in log.sheet._tag.words)
    assert "witness demo-witness" in _words(log.sheet)
    aro.sees(lambda: "Witnessed by 1 of 1" in _words(log))
    aro.key(KEY.Key_K, SHIFT)
    aro.sees(lambda: "Complete" in _words(log) and "none missing, none changed" in _words(log))
    aro.key(KEY.Key_C, CTRL | SHIFT)
    aro.sees(lambda: "Proof copied" in _words(log.sheet))
    (proven,) = json.loads(QGuiApplication.clipboard().text())["logs"]
    picked = log.sheet.entry
    assert picked is not None
    assert [each["index"] for each in proven["entries"]] == [picked.meta.index]


def _verified(folder: Path) -> tuple[int, str]:
    """What the verifier that lies in an export says of it, run as a court runs it."""
    words = [sys.executable, "-I", "verify_log.py", "bundle.json", "--keys", "keys.json"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def _exports(person: Person, folder: Path) -> None:
    """Export for court with everything in it, into a new folder."""
    form = _log(person).export
    person.key(KEY.Key_E, CTRL)
    person.sees(lambda: _has_focus("Sign and export"))
    for words in ("Table (CSV)", "Table (JSON)"):
        _tab_to(person, lambda words=words: getattr(QApplication.focusWidget(), "text", str)() == words, words)  # type: ignore[misc]
        person.key(KEY.Key_Space)
    _writes(person, "Goes to", str(folder))
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: not form.running and (form._said.text() or form.error.words))
    assert not form.error.words


def _entries_of(folder: Path) -> dict[tuple[str, int], str]:
    """Every entry that an export has, by its place."""
    logs = json.loads((folder / "bundle.json").read_text())["logs"]
    return {(log["origin"], e["index"]): e["entry"] for log in logs for e in log["entries"]}


def _told(person: Person, *kinds: str) -> list[Any]:
    """What the log says of these kinds, oldest first."""
    with closing(person.desk.session.queries()) as queries:
        return [e.event for e in queries.entries(EntryFilter(kinds=kinds))][::-1]


def test_what_leaves_for_court_is_checked_by_anybody_and_stands_in_the_log(
    aro: Person, tmp_path: Path, command: Command
) -> None:
    log, court = _log(aro), tmp_path / "court"
    aro.key(KEY.Key_2)
    _shows(aro, lambda e: e.meta.kind in KINDS[LogKind.VIEWS])
    shown = {(e.meta.origin, e.meta.index) for e in log.entries}
    _exports(aro, court)
    assert {each.name for each in court.iterdir()} == {*FILES.values(), "keys.json", "README.txt", "MANIFEST.sha256"}
    assert str(court.name) in log.export._said.text()
    assert set(_entries_of(court)) == shown
    begun, ended = _told(aro, LogExported.KIND, LogExportEnded.KIND)
    assert (begun.entries, begun.export) == (len(shown), ended.export) and not ended.problem
    aro.key(KEY.Key_Escape)
    aro.key(KEY.Key_X)
    aro.sees(lambda: {LogExported.KIND, LogExportEnded.KIND} <= _kinds(aro))

    assert _verified(court) == (0, "PASS")
    pages = pypdf.PdfReader(court / "report.pdf").pages
    paper = " ".join("\n".join(page.extract_text() for page in pages).split())
    assert "Signed log" in paper and f"{ARO.name} {ARO.badge}" in paper and f"{SALO.name} {SALO.badge}" in paper
    assert begun.export in paper and "PASS" in paper
    assert len(json.loads((court / "entries.json").read_text())["rows"]) == len(shown)
    with (court / "entries.csv").open(newline="", encoding="utf-8") as table:
        assert len(list(csv.reader(table))) == 1 + len(shown)
    _the_command_gives_the_same(aro, court, command, tmp_path / "again")
    _one_byte_changed(court / "bundle.json")
    status, said = _verified(court)
    assert status == 1 and said.startswith("FAIL")


def _the_command_gives_the_same(aro: Person, court: Path, command: Command, again: Path) -> None:
    aro.leaves()
    who = ("--user", ARO.id, "--passphrase-file", secret(aro.demo, ARO.id, ARO.passphrase))
    printed = command("log", "export", again, "--kind", "views", *who)
    assert printed["status"] == 0 and printed["problems"] == []
    assert _entries_of(again) == _entries_of(court)
    assert _verified(again) == (0, "PASS")


def _one_byte_changed(file: Path) -> None:
    """In the middle of what an entry says."""
    data = bytearray(file.read_bytes())
    at = data.index(b"complaint")
    data[at] ^= 1
    file.write_bytes(data)


def test_a_week_is_answered_for_with_a_remark(aro: Person, tmp_path: Path) -> None:
    """What left the program stands out; the remark to it lives through a wrong passphrase and a look elsewhere."""
    log, form = _log(aro), _log(aro).review
    _exports(aro, tmp_path / "court")
    aro.key(KEY.Key_Escape)
    aro.key(KEY.Key_R)
    aro.sees(lambda: _has_focus("Entries that stand out"))
    rows = form.table
    aro.presses(KEY.Key_Down, lambda: rows.current is not None and rows.current[0].meta.kind == LogExported.KIND)
    _tab_to(aro, lambda: _has_focus("Remark"), "Remark")
    aro.types("For the prosecutor, asked for on paper.")
    aro.key(KEY.Key_Escape)
    aro.key(KEY.Key_E)
    aro.sees(lambda: log.sheet.isVisible())
    assert log.sheet.entry is not None and log.sheet.entry.meta.kind == LogExported.KIND
    aro.key(KEY.Key_R)
    aro.sees(lambda: form.isVisible() and "For the prosecutor, asked for on paper." in form.remark.text())
    _writes(aro, "Your passphrase", "not this one")
    aro.key(KEY.Key_Return)
    aro.sees(lambda: form.error.words)
    assert "passphrase" in form.error.words.lower() and not form.passphrase.text
    assert _has_focus("Your passphrase"), "it is typed again where it was typed"
    assert not list((aro.demo / "store").glob("reviews/*/*"))
    aro.types(ARO.passphrase)
    aro.key(KEY.Key_Return, CTRL)
    aro.sees(lambda: "Review 1 is signed" in _words(form))
    assert not form.error.words
    aro.sees(lambda: "Review 2" in _words(form))

    roster = aro.desk.session.roster
    key = next(u.signing_key for u in roster.users if u.id == ARO.id)
    document = Envelope.from_dict(json.loads((aro.demo / "store" / "reviews" / ARO.id / "1.json").read_text()))
    public = Ed25519PublicKey.from_public_bytes(raw_public(key))
    document.verify([SSlibKey.from_crypto(public, keyid=ARO.id)], 1)
    review = json.loads(document.payload)
    assert (review["supervisor"], review["n"]) == (ARO.id, 1)
    (signed,) = _told(aro, LogReviewed.KIND)
    assert (signed.n, signed.remarks) == (1, 1)
    assert [m["remark"] for m in review["marked"] if m["remark"]] == ["For the prosecutor, asked for on paper."]
    aro.key(KEY.Key_Escape)
    aro.key(KEY.Key_E)
    aro.sees(lambda: log.sheet.isVisible() and LogReviewed.KIND in _kinds(aro))
