"""The case's report: what it will say, in which form it leaves, how far it is, where it lies then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.report import Report, Section
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fields import check, labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.times import count
from reviewer.ui.widgets import Card, EmptyState, ErrorNote, ProgressStrip, label, set_tone, short_path

FORMS = (("pdf", "PDF"), ("html", "HTML"), ("docx", "Word"), ("jsonld", "CASE/UCO"), ("json", "JSON"), ("csv", "CSV"))
_PICTURES = ("pdf", "html", "docx")
_ABOUT = {
    "pdf": "All of it on numbered pages (PDF/A), with its fonts in it.",
    "html": "All of it as one page that opens in any browser and fetches nothing.",
    "docx": "All of it to go on writing in; drawings are left out.",
    "jsonld": "The case for other investigation software (CASE 1.4, JSON-LD).",
    "json": "Words and tables for programs; pictures by their hash.",
    "csv": "The tables alone.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for. The form is the name's suffix."""

    path: Path
    pictures: bool
    proofs: bool


@dataclass(frozen=True, slots=True)
class ReportSource:
    """`preview` reads the report without pictures; `save` writes it, telling words, done and total as it goes, and
    raises Cancelled once it was stopped. `stop` lets it end. `place` is a name that would do."""

    preview: Callable[[], Future[Report]]
    save: Callable[[Wanted, Callable[[tuple[str, int, int]], None]], Future[Path]]
    stop: Callable[[], None]
    place: Path


class ReportPage(QWidget):
    """The outline in the middle; `side` is the form that signs and saves."""

    def __init__(self, source: ReportSource, bridge: Bridge, keys: KeyTable) -> None:
        super().__init__()
        self._source, self._bridge = source, bridge
        self._reading = self._again = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.empty = EmptyState("hourglass", "Reading the case", "What the report will say stands here.")
        column.addWidget(self.empty, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("What the report says")
        self._scroll.hide()
        column.addWidget(self._scroll, 1)
        self.side = ReportForm(source, bridge, keys)

    def read(self) -> None:
        """Read it anew; once more if something changed while it was being read."""
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self._bridge.watch(self._source.preview(), self._show, self._failed, self)

    def _done(self) -> None:
        self._reading = False
        if self._again:
            self.read()

    def _failed(self, error: ReviewerError) -> None:
        self.empty.say("alert-triangle", error.message, error.next_step, "warn")
        self.empty.show()
        self._scroll.hide()
        self._done()

    def _show(self, report: Report) -> None:
        at = self._scroll.verticalScrollBar().value()
        self._scroll.setWidget(_outline(report))
        self._scroll.verticalScrollBar().setValue(at)
        self.empty.hide()
        self._scroll.show()
        self._done()


def _outline(report: Report) -> QWidget:
    body = QWidget()
    body.setProperty("surface", "0")
    body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(10)
    card, inside = _card()
    inside.addWidget(label(report.title, Type.PANEL))
    for name, value in report.facts:
        inside.addWidget(label(f"{name}: {value}", Type.BODY, "text2", wrap=True))
    column.addWidget(card)
    for section in report.sections:
        column.addWidget(_section(section))
    card, inside = _card()
    inside.addWidget(label("What it cannot say", Type.SECTION))
    for sentence in report.limits:
        inside.addWidget(label(f"– {sentence}", Type.BODY, "text2", wrap=True))
    column.addWidget(card)
    column.addStretch()
    return body


def _card() -> tuple[Card, QVBoxLayout]:
    card = Card()
    inside = QVBoxLayout(card)
    inside.setContentsMargins(16, 12, 16, 12)
    inside.setSpacing(4)
    return card, inside


_SHOWN = 6  # rows of a table that stand in the outline


def _section(section: Section) -> Card:
    card, inside = _card()
    inside.addWidget(label(section.heading, Type.SECTION))
    for sentence in section.sentences:
        inside.addWidget(label(sentence, Type.BODY, "text2", wrap=True))
    if section.rows:
        inside.addWidget(label(_row([title for title, _weight in section.columns]), Type.DETAIL, "text3", wrap=True))
    for row in section.rows[:_SHOWN]:
        inside.addWidget(label(_row(row), Type.BODY, wrap=True))
    if len(section.rows) > _SHOWN:
        inside.addWidget(label(f"and {count(len(section.rows) - _SHOWN, 'row')} more", Type.DETAIL, "text2"))
    if not section.rows and section.empty:
        inside.addWidget(label(section.empty, Type.BODY, "text2", wrap=True))
    if section.drawing is not None:
        inside.addWidget(label("with a drawing to scale", Type.DETAIL, "text2"))
    return card


def _row(row: Sequence[str]) -> str:
    """Cell by cell, as the line with the columns' titles has them."""
    return " · ".join(cell or "–" for cell in row)


class ReportForm(QWidget):
    """Form, pictures, proofs and place of the report; it runs one at a time, and can be stopped."""

    _heard = Signal(object)

    def __init__(self, source: ReportSource, bridge: Bridge, keys: KeyTable) -> None:
        super().__init__()
        self._source, self._bridge, self._keys = source, bridge, keys
        self._running = False
        self._heard.connect(self._passed)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)  # so narrow that all forms have room at 1366 px
        column.setSpacing(8)
        column.addWidget(label("Case report", Type.PANEL))
        self.form = Segmented(FORMS, name="Form of the report")
        self.form.chosen.connect(lambda _form: self._rename())
        column.addWidget(self.form)
        self._about = label(_ABOUT["pdf"], Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._about)
        self.pictures = check("Stills of the exhibits")
        self.pictures.setChecked(True)
        self.proofs = check("Proofs of every entry beside it, with the verifier")
        self.path = line("A new file")
        self.path.setText(str(source.place))
        column.addWidget(self.pictures)
        column.addWidget(self.proofs)
        column.addWidget(labelled("Goes to", self.path))
        self._choose = Button("Choose …", icon="folder")
        self._choose.clicked.connect(self.ask_place)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(label("That it leaves, and every still in it, is an entry first.", Type.DETAIL, "text2"))
        self._feet(column)

    def _feet(self, column: QVBoxLayout) -> None:
        self._strip = ProgressStrip("Report")
        self._strip.hide()
        self.said = label("", Type.BODY, "text2", wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.error = ErrorNote()
        for widget in (self._strip, self.said, self.error):
            column.addWidget(widget)
        row = QHBoxLayout()
        self.sign = self._keys.wear(
            Button("Sign and save", icon="signature", look=Look.PRIMARY, height=32), "report.save"
        )
        self.sign.clicked.connect(self.submit)
        self.stop = self._keys.wear(Button("Stop", icon="player-stop", height=32), "report.stop")
        self.stop.clicked.connect(self.cancel)
        self.stop.hide()
        row.addWidget(self.sign)
        row.addWidget(self.stop)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()

    @property
    def running(self) -> bool:
        return self._running

    def choose(self, form: str) -> None:
        """Another form, as the segment does it."""
        self.form.choose(form)
        self._rename()

    def _rename(self) -> None:
        form = str(self.form.value)
        self.path.setText(str(Path(self.path.text().strip() or self._source.place).with_suffix(f".{form}")))
        self._about.setText(_ABOUT[form])
        self.pictures.setEnabled(form in _PICTURES)

    def ask_place(self) -> None:
        """Let the person choose the folder; the name stays."""
        dialog = QFileDialog(self, "Where the report goes", str(Path(self.path.text()).parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self.path.setText(str(Path(chosen, Path(self.path.text()).name))))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def submit(self) -> None:
        """Make it."""
        if self._running:
            return
        if not self.path.text().strip():
            self.error.say(ReviewerError("No place is named.", "Say where the report goes."))
            return
        path = Path(self.path.text().strip()).expanduser().absolute()
        wanted = Wanted(path, self.pictures.isChecked() and self.pictures.isEnabled(), self.proofs.isChecked())
        self._busy(True)
        self._bridge.watch(self._source.save(wanted, self._heard.emit), self._done, self._failed, self)

    def cancel(self) -> None:
        """Stop; nothing of it is kept."""
        if self._running:
            self._source.stop()
            self.stop.set_enabled(False, "It stops after what it is doing now.")

    def _busy(self, busy: bool) -> None:
        self._running = busy
        self.error.clear()
        self.said.setText("")
        set_tone(self.said, "text2")
        self._strip.set_fraction(0)
        self._strip.setVisible(busy)
        self.stop.setVisible(busy)
        self.stop.set_enabled(True)
        self.sign.set_enabled(not busy, "The report is being made.")
        for widget in (self.form, self.proofs, self.path, self._choose):
            widget.setEnabled(not busy)
        self.pictures.setEnabled(not busy and self.form.value in _PICTURES)

    def _passed(self, step: tuple[str, int, int]) -> None:
        words, done, total = step
        if self._running:
            self._strip.set_fraction(done / total if total else 0)
            self.said.setText(f"{words}: {done:,} of {total:,}" if total else words)

    def _done(self, path: Path) -> None:
        self._busy(False)
        self.said.setText(f"Saved as {short_path(path, 60)}")
        set_tone(self.said, "ok")

    def _failed(self, error: ReviewerError) -> None:
        self._busy(False)
        if isinstance(error, Cancelled):
            self.said.setText("Stopped. Nothing of it was kept.")
        else:
            self.error.say(error)
