"""Export for court, beside the log: what goes into it, where it goes, how far it is, what lies there then."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.records.queries import EntryFilter
from reviewer.services.logexport import Asked, Exported, Part, Step
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fields import check, labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.log_sheet import LIMITS, side
from reviewer.ui.log_source import LogSource
from reviewer.ui.theme import Tone
from reviewer.ui.times import count
from reviewer.ui.widgets import ErrorNote, ProgressStrip, label, set_tone, short_path

_WORDS = {
    Part.PDF: "PDF report, numbered pages",
    Part.PROOFS: "Entries with proofs",
    Part.CSV: "Table (CSV)",
    Part.JSON: "Table (JSON)",
    Part.VERIFIER: "Stand-alone verifier, with source",
}
_USUAL = {Part.PDF, Part.PROOFS, Part.VERIFIER}


class ExportForm(QWidget):
    """`back` when somebody is done with it. What is exported is what the filter shows when Sign is pressed."""

    back = Signal()
    _heard = Signal(object)

    def __init__(self, source: LogSource, bridge: Bridge, keys: KeyTable) -> None:
        super().__init__()
        self._source, self._bridge, self._keys = source, bridge, keys
        self._wanted, self._total = EntryFilter(), 0
        self._cancel: threading.Event | None = None
        self._heard.connect(self._passed)
        self._lay_out(side(self))
        self._settle()

    def _lay_out(self, column: QVBoxLayout) -> None:
        column.addWidget(label("Export for court", Type.PANEL))
        column.addSpacing(8)
        self._what = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._what)
        column.addSpacing(8)
        self.parts = {part: check(words) for part, words in _WORDS.items()}
        self.notes = check("Internal notes (else their bodies stay sealed)")
        for part, box in self.parts.items():
            box.setChecked(part in _USUAL)
            box.toggled.connect(lambda _on: self._settle())
            column.addWidget(box)
        column.addWidget(self.notes)
        column.addSpacing(8)
        self.form = Segmented([("folder", "Folder"), ("zip", "ZIP")], name="Form of the export")
        self.form.chosen.connect(lambda _form: self._rename())
        column.addWidget(self.form, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        self.path = line("A new folder")
        self.path.textChanged.connect(lambda _text: self._settle())
        column.addWidget(labelled("Goes to", self.path))
        column.addSpacing(6)
        self._choose = Button("Choose …", icon="folder")
        self._choose.clicked.connect(lambda: self.ask_place())
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(12)
        column.addWidget(label(LIMITS, Type.DETAIL, "text2", wrap=True))
        column.addSpacing(8)
        self._feet(column)

    def _feet(self, column: QVBoxLayout) -> None:
        self._strip = ProgressStrip("Export")
        self._strip.hide()
        self._said = label("", Type.BODY, "text2", wrap=True)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.error = ErrorNote()
        for widget in (self._strip, self._said, self.error):
            column.addWidget(widget)
        column.addSpacing(8)
        row = QHBoxLayout()
        self.sign = self._keys.wear(
            Button("Sign and export", icon="signature", look=Look.PRIMARY, height=32), "log.sign"
        )
        self.sign.clicked.connect(self.submit)
        self.stop = Button("Stop", icon="player-stop", height=32)
        self.stop.clicked.connect(self.cancel)
        self.stop.hide()
        self.leave = self._keys.wear(Button("Back", look=Look.QUIET, height=32), "log.entry")
        self.leave.clicked.connect(self.back)
        for button in (self.sign, self.stop):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.leave)
        column.addLayout(row)
        column.addStretch()

    @property
    def running(self) -> bool:
        return self._cancel is not None

    def show_filter(self, wanted: EntryFilter, words: str, total: int) -> None:
        """What would be exported now."""
        self._wanted, self._total = wanted, total
        self._what.setText(f"{count(total, 'entry', 'entries')}: {words}")
        if not self.path.text():
            self.path.setText(str(self._free(wanted)))
        self._settle()

    def _free(self, wanted: EntryFilter) -> Path:
        """A name that nobody has yet."""
        name = f"Signed log {wanted.case}" if wanted.case else "Signed log"
        suffix = ".zip" if self.form.value == "zip" else ""
        at, n = self._source.place / f"{name}{suffix}", 2
        while at.exists():
            at, n = self._source.place / f"{name} ({n}){suffix}", n + 1
        return at

    def _rename(self) -> None:
        """The same name as a folder, or as a ZIP."""
        path = self.path.text().strip()
        bare = path[:-4] if path.lower().endswith(".zip") else path
        self.path.setText(f"{bare}.zip" if self.form.value == "zip" else bare)

    def _settle(self) -> None:
        if self.running:
            return
        chosen = any(box.isChecked() for part, box in self.parts.items() if part is not Part.VERIFIER)
        lacks = "" if chosen else "Choose the report, the proofs or a table."
        lacks = lacks or ("" if self._total else "The filter shows no entry.")
        lacks = lacks or ("" if self.path.text().strip() else "Say where it goes.")
        self.sign.set_enabled(not lacks, lacks)

    def ask_place(self) -> QFileDialog:
        """Let the person choose the folder in which the export gets its own."""
        dialog = QFileDialog(self, "Where the export goes", str(Path(self.path.text()).parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self.path.setText(str(Path(chosen, Path(self.path.text()).name))))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def submit(self) -> None:
        """Begin. That it begins is an entry before the first file."""
        if not self.sign.isEnabled() or self.running:
            return
        parts = frozenset(part for part, box in self.parts.items() if box.isChecked())
        target = Path(self.path.text().strip()).expanduser().absolute()
        self._cancel = threading.Event()
        self.error.clear()
        self._said.setText("")
        self._busy(True)
        asked = Asked(self._wanted, target, parts, self.notes.isChecked())
        future = self._source.export(asked, self._heard.emit, self._cancel)
        self._bridge.watch(future, self._done, self._failed, self)

    def cancel(self) -> None:
        """Stop; nothing of it is kept."""
        if self._cancel is not None:
            self._cancel.set()
            self.stop.set_enabled(False, "It stops after what it is doing now.")

    def _busy(self, busy: bool) -> None:
        self._strip.setVisible(busy)
        self._strip.set_fraction(0)
        self.stop.setVisible(busy)
        self.stop.set_enabled(True)
        if busy:
            self.stop.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sign.set_enabled(not busy, "The export is being made.")
        for widget in (*self.parts.values(), self.notes, self.path, self.form, self._choose):
            widget.setEnabled(not busy)

    def _passed(self, step: Step) -> None:
        if self.running:
            self._strip.set_fraction(step.done / max(1, step.total))
            self._said.setText(f"{step.done:,} of {count(step.total, 'entry', 'entries')} {step.words}")

    def _done(self, done: Exported) -> None:
        self._end()
        files = f"{count(done.entries, 'entry', 'entries')} in {count(done.files, 'file')}"
        proofs = f"\nSHA-256 of the proofs: {_in_groups(done.bundle)}" if done.bundle else ""
        self._said.setText(f"{files} at {short_path(done.path, 60)}{proofs}")
        set_tone(self._said, "ok")
        if done.problems:
            self.error.say(f"The verifier will say FAIL: {done.problems[0]}", Tone.WARN)
        self.path.setText(str(self._free(self._wanted)))

    def _failed(self, error: ReviewerError) -> None:
        self._end()
        self._said.setText("")
        self.error.say(error)

    def _end(self) -> None:
        self._cancel = None
        stopping = self.stop.hasFocus()
        self._busy(False)
        set_tone(self._said, "text2")
        self._settle()
        if stopping:
            self.sign.setFocus(Qt.FocusReason.OtherFocusReason)


def _in_groups(digest: str) -> str:
    """A hash that breaks into lines, whole: it is compared with what the court was given."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))
