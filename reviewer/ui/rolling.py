"""Who rolled when (Alt+R): the incident's cameras on one line, what is late, silent or missing, and the report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer.domain.coverage import length_words
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.rolling import CameraRolling, Edge, Expected, Lean, RollingReport
from reviewer.services.rolling_words import edge_words, incident_words, sentences
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.rolling_bars import RollingBars
from reviewer.ui.table import Cell, Column, Table, Words
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, ProgressStrip, label, set_tone, short_path

_WIDTH, _ROW, _MOST = 1_080, 42, 6
_REST = 400  # px of the sheet that are neither bars nor rows, and a little room around it
_PDF = "Report (*.pdf);;Table (*.csv);;For programs (*.json)"


@dataclass(frozen=True, slots=True)
class Step:
    """Parts listened to, of how many; whose it is. `known`: what can be said before anything was listened to."""

    done: int
    of: int
    officer: str
    known: RollingReport | None = None


@dataclass(frozen=True, slots=True)
class RollingSource:
    """All answer on the pool. `ask` listens to every camera that is here, telling of each step; `save` writes the
    report as the name's suffix says; `expect` and `unexpect` record who else was there. `place` is where a report would
    go."""

    ask: Callable[[Callable[[Step], None], Callable[[], bool]], Future[RollingReport]]
    save: Callable[[RollingReport, Path], Future[Path]]
    expect: Callable[[str, str], Future[Sequence[Expected]]]
    unexpect: Callable[[str], Future[Sequence[Expected]]]
    place: Path


@dataclass(frozen=True, slots=True)
class _Row:
    camera: CameraRolling | None
    start: Edge | None = None
    end: Edge | None = None
    expected: Expected | None = None


class RollingSheet(QDialog):
    """Open it with `open()`; Esc closes it and stops what is being listened to."""

    _stepped = Signal(object)

    def __init__(
        self, source: RollingSource, bridge: Bridge, *, zone: Zone, theme: ThemeName, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._source, self._bridge, self._zone = source, bridge, zone
        self.report: RollingReport | None = None
        self._gone = threading.Event()
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle("Camera coverage")
        self.setFixedWidth(min(_WIDTH, parent.width() - 40 if parent is not None else _WIDTH))
        self._lay_out()
        apply_theme(self, theme)
        self._stepped.connect(self._step)
        self.finished.connect(lambda _how: self._gone.set())
        self.listen()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(0)
        column.addWidget(label(self.windowTitle(), Type.TITLE))
        column.addSpacing(4)
        self._when = label("", Type.BODY, "text2", wrap=True)
        self._said = label("The cameras’ own sound is being listened to.", Type.BODY, wrap=True)
        self.strip = ProgressStrip("Listening")
        self.bars = RollingBars(self._zone)
        for widget, gap in ((self._when, 6), (self._said, 8), (self.strip, 8), (self.bars, 12)):
            column.addWidget(widget)
            column.addSpacing(gap)
        self.table: Table[_Row] = Table(self._columns(), self._cells, name="Cameras and what is missing", row=_ROW)
        column.addWidget(self.table)
        column.addSpacing(12)
        column.addLayout(self._expecting())
        self.error = ErrorNote()
        column.addWidget(self.error)
        column.addSpacing(14)
        column.addLayout(self._foot())
        self.table.hide()
        self.bars.hide()

    def _expecting(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.officer, self.why = line("Name and badge"), line("Dispatch log, duty roster …")
        self.add = Button("Expect their footage", icon="plus", height=32)
        self.add.clicked.connect(self.expect)
        self.remove = Button("Expect no longer", icon="x", height=32)
        self.remove.clicked.connect(self.unexpect)
        self.why.returnPressed.connect(self.expect)
        for field in (self.officer, self.why):
            field.textChanged.connect(lambda _text: self._settle())
        row.addWidget(labelled("Who else was there with a camera", self.officer), 2)
        row.addWidget(labelled("How that is known", self.why), 3)
        for button in (self.add, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._saved = label("A report goes into the log before it is written.", Type.DETAIL, "text2", wrap=True)
        row.addWidget(self._saved, 1)
        self.save = Button("Save report …", icon="file-export", look=Look.PRIMARY, height=32)
        self.save.clicked.connect(lambda: self.ask_place())
        self.leave = Button("Close", key="Esc", height=32)
        self.leave.clicked.connect(self.reject)
        row.addWidget(self.save)
        row.addWidget(self.leave)
        self._settle()
        return row

    # Listening

    def listen(self) -> None:
        """Ask anew; the answer comes by itself."""
        self._bridge.watch(self._source.ask(self._stepped.emit, self._gone.is_set), self._found, self._failed, self)

    def _step(self, step: Step) -> None:
        if step.known is not None and self.report is None:
            self._show(step.known)
        self.strip.set_fraction(step.done / max(1, step.of))
        if step.officer:
            self._said.setText(f"Listening for muted cameras: {step.officer}, file {step.done + 1} of {step.of}")

    def _found(self, report: RollingReport) -> None:
        self.report = report
        self.strip.hide()
        self._said.setText(" ".join(sentences(report)))
        self._show(report)
        self._settle()

    def _show(self, report: RollingReport) -> None:
        self._when.setText(incident_words(report, self._zone))
        self.bars.show_report(report)
        self.bars.show()
        rows = [_Row(*each) for each in zip(report.cameras, report.starts, report.ends, strict=True)]
        rows += [_Row(None, expected=each) for each in report.expected]
        self.table.rows.show_rows(rows)
        parent = self.parentWidget()
        room = parent.height() - self.bars.sizeHint().height() - _REST if parent is not None else _ROW * _MOST
        self.table.setFixedHeight(min(self.table.content_height(), 34 + max(2 * _ROW, room)))
        self.table.setVisible(bool(rows))
        self.adjustSize()
        if parent is not None:
            middle = parent.mapToGlobal(parent.rect().center())
            self.move(middle - self.rect().center())

    def _failed(self, error: ReviewerError) -> None:
        if not isinstance(error, Cancelled):
            self.strip.hide()
            self.error.say(error)

    # Who else was there

    def expect(self) -> None:
        """Record that somebody else was there."""
        if self.add.isEnabled():
            self._record(self._source.expect(self.officer.text().strip(), self.why.text().strip()))

    def unexpect(self) -> None:
        """Withdraw the chosen statement."""
        chosen = self._chosen()
        if chosen is not None:
            self._record(self._source.unexpect(chosen.id))

    def _chosen(self) -> Expected | None:
        row = self.table.current
        return row.expected if row is not None else None

    def _record(self, future: Future[Sequence[Expected]]) -> None:
        self.error.clear()
        self._bridge.watch(future, self._recorded, self.error.say, self)

    def _recorded(self, _expected: Sequence[Expected]) -> None:
        for field in (self.officer, self.why):
            field.clear()
        self.listen()

    def _settle(self) -> None:
        named, known = bool(self.officer.text().strip()), bool(self.why.text().strip())
        lacks = "" if named and known else "Say who, and how that is known."
        self.add.set_enabled(not lacks, lacks)
        self.save.set_enabled(self.report is not None, "The cameras are still being listened to.")
        self.remove.setVisible(bool(self.report and self.report.expected))

    # The report

    def ask_place(self) -> QFileDialog:
        """Let the person choose a name; its suffix says what is written."""
        dialog = QFileDialog(self, "Save the report", str(self._source.place), _PDF)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda chosen: self.save_as(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def save_as(self, path: Path) -> None:
        """Write it there."""
        if self.report is not None:
            self.error.clear()
            self._bridge.watch(self._source.save(self.report, path), self._written, self.error.say, self)

    def _written(self, path: Path) -> None:
        self._saved.setText(f"Saved as {short_path(path, 70)}")
        set_tone(self._saved, "ok")

    # The table

    @staticmethod
    def _columns() -> Sequence[Column]:
        edges = Column("Start", 232), Column("End", 232)
        return Column("Officer", 168), *edges, Column("Reason for the stop", 150), Column("Sound and uploads", 180, 1)

    def _cells(self, row: _Row) -> Sequence[Cell]:
        if row.camera is None or row.start is None or row.end is None:
            who, why = (row.expected.officer, row.expected.why) if row.expected is not None else ("", "")
            missing = Words("Nothing of theirs is here", why, tone="warn")
            return Words(who, strong=True), Words("expected"), Words(""), Words(""), missing
        camera = row.camera
        return (
            Words(camera.officer, f"camera {camera.number}", strong=True),
            Words(edge_words(row.start, start=True), tone=_tone(row.start), wrap=True),
            Words(edge_words(row.end, start=False), tone=_tone(row.end), wrap=True),
            Words(camera.stop or "none stated", tone="text" if camera.stop else "text2", wrap=True),
            _sound(camera),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    @property
    def fields(self) -> tuple[QLineEdit, QLineEdit]:
        return self.officer, self.why


def _tone(edge: Edge) -> str:
    return {Lean.LACKS: "warn", Lean.UNDECIDED: "text2"}.get(edge.lean, "text")


def _sound(camera: CameraRolling) -> Words:
    said = []
    if camera.mute:
        said.append(f"no sound for {length_words(sum(each.duration for each in camera.mute))}")
    if camera.unheard:
        said.append("times only" if not camera.assigned else "sound not listened to")
    said += camera.lacking
    if not said:
        return Words("nothing missing", tone="text2")
    return Words(said[0].capitalize(), "; ".join(said[1:]), tone="warn", wrap=len(said) == 1)
