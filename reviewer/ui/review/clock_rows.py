"""The cameras of the clocks panel, a row each: what its clock rests on, what is added to it, its ±, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.alignment import COVERAGE, Alignment, Judged
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_words import (
    KINDS,
    Change,
    Numbers,
    about,
    against,
    disagreement,
    is_nothing,
    moved,
    signed,
)
from reviewer.ui.review.clocks import SOURCES
from reviewer.ui.times import is_wide, uncertainty
from reviewer.ui.widgets import Chip, label, set_tone, surface

_MARGIN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says. `standing` and `proposed` are whole alignments: a row takes what is about its camera."""

    camera: ReviewCamera
    standing: Alignment | None
    proposed: Alignment | None
    change: Change | None
    picked: bool


class ClockList(QWidget):
    """`picked` carries a camera's key: the one that a person clicked."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _Row] = {}
        self._due: tuple[tuple[Line, ...], Numbers, tuple[str, ...]] | None = None
        holder = surface(1)
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._notes = label("", Type.META, "text2", wrap=True)
        below = QVBoxLayout()
        below.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        below.addWidget(self._notes)
        self._column.addLayout(below)
        self._column.addStretch()
        self.area = scrolling(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)

    @property
    def words(self) -> str:
        """All that stands there, row by row."""
        self._fill()
        return "\n".join([*(row.words for row in self._rows.values()), self._notes.text()])

    def show_lines(self, lines: tuple[Line, ...], number: Numbers, notes: tuple[str, ...] = ()) -> None:
        """Exactly these rows, in this order; a camera keeps its row. `notes` stand below them. Made when they are to be
        seen: those of forty cameras take a window long, and few look at them."""
        self._due = (lines, number, notes)
        if self.isVisible():
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        self._fill()
        super().showEvent(event)

    def _fill(self) -> None:
        if self._due is None:
            return
        (lines, number, notes), self._due = self._due, None
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        wanted = [line.camera.key for line in lines]
        if wanted != list(self._rows):
            for row in self._rows.values():
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            self._rows = {line.camera.key: _Row(line.camera) for line in lines}
            for at, row in enumerate(self._rows.values()):
                self._column.insertWidget(at, row)
                row.clicked.connect(self.picked)
        for line in lines:
            self._rows[line.camera.key].show_line(line, number)
        chosen = next((line.camera.key for line in lines if line.picked), None)
        if chosen is not None:
            self.area.ensureWidgetVisible(self._rows[chosen], 0, 4)


def empty(column: QLayout) -> None:
    """Take everything out of a layout, out of sight at once."""
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def scrolling(holder: QWidget) -> QScrollArea:
    """What a panel shows, scrolled up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(holder)
    return area


class _Row(QWidget):
    clicked = Signal(str)

    def __init__(self, camera: ReviewCamera) -> None:
        super().__init__()
        self._key = camera.key
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("border", "bottom")
        self._name = label("", Type.DETAIL_STRONG)
        self._shift = label("", Type.DETAIL, "text2")
        self._doubt = label("", Type.DETAIL, weight=SEMIBOLD)
        self._icon = IconLabel("certificate", 14, "text2")
        self._source = label("", Type.META, "text2")
        self._change = label("", Type.META, "info", weight=SEMIBOLD)
        self._reasons = QWidget()
        self._reason_column = QVBoxLayout(self._reasons)
        self._reason_column.setContentsMargins(26, 2, 0, 2)
        self._reason_column.setSpacing(3)
        self._said: tuple[tuple[str, str, str], ...] = ()
        self._compose(camera)

    def _compose(self, camera: ReviewCamera) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 7, _MARGIN, 7)
        column.setSpacing(1)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(8)
        second.setSpacing(6)
        first.addWidget(Chip(camera.number))
        first.addWidget(self._name)
        first.addStretch()
        first.addWidget(self._shift)
        first.addWidget(self._doubt)
        second.addSpacing(26)
        second.addWidget(self._icon)
        second.addWidget(self._source)
        second.addStretch()
        second.addWidget(self._change)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self._reasons)

    @property
    def words(self) -> str:
        parts = [self._name.text(), self._shift.text(), self._doubt.text(), self._source.text(), self._change.text()]
        return " · ".join(p for p in (*parts, *(f"{a} {b}" for _, a, b in self._said)) if p)

    def show_line(self, line: Line, number: Numbers) -> None:
        camera, clock = line.camera, line.camera.manifest.clock
        self.setProperty("surface", "3" if line.picked else "1")
        self.style().unpolish(self)
        self.style().polish(self)
        words, _, icon = SOURCES[clock.source]
        self._name.setText(camera.short_name)
        own = line.standing.of(camera.key) if line.standing is not None else None
        self._shift.setText(moved(own, own.pivot) if own is not None else "as signed")
        self._doubt.setText(uncertainty(clock.uncertainty))
        set_tone(self._doubt, "warn" if is_wide(clock.uncertainty) else "text")
        self._icon.show_icon(icon, "text2")
        self._source.setText(words)
        self._change.setText(_change_words(line.change))
        basis = line.proposed if line.proposed is not None else line.standing
        judged = about(camera.key, basis)
        self._show_reasons(judged if line.picked else tuple(j for j in judged if not j.used), number)
        self.setAccessibleName(self.words)

    def _show_reasons(self, judged: tuple[Judged, ...], number: Numbers) -> None:
        said = tuple(_reason(self._key, each, number) for each in judged)
        if said != self._said:
            self._said = said
            empty(self._reason_column)
            for each in said:
                self._reason_column.addWidget(_reason_row(*each))
        self._reasons.setVisible(bool(said))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(self._key)
        event.accept()


def _change_words(change: Change | None) -> str:
    if change is None:
        return ""
    by = signed(change.by, COVERAGE * change.sigma)
    return f"proposed {'' if is_nothing(by) else f'{by}  '}{uncertainty(change.sigma)}"


def _reason(camera: str, judged: Judged, number: Numbers) -> tuple[str, str, str]:
    """Icon, what a reading says, what is said of it."""
    words, icon = KINDS[judged.reading.kind]
    said = f"{words}: {against(judged.reading, camera, number)}"
    if not judged.used:
        return "alert-triangle", said, judged.why or disagreement(judged)
    return icon, said, judged.why or judged.reading.why


def _reason_row(icon: str, said: str, why: str) -> QWidget:
    wrong = icon == "alert-triangle"
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(IconLabel(icon, 14, "warn" if wrong else "text2"), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label(said, Type.META, "text", wrap=True))
    if why:
        column.addWidget(_second(why, "warn" if wrong else "text2"))
    row.addLayout(column, 1)
    return made


def _second(words: str, tone: str) -> QLabel:
    return label(words, Type.META, tone, wrap=True)
