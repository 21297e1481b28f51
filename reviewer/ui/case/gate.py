"""The coverage gate on screen: per camera what of the required footage was watched, what is left, and who watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.coverage import Stretches, length
from reviewer.domain.gate import (
    CameraGate,
    CaseGate,
    Pace,
    clock_words,
    notes,
    people_words,
    rule_words,
    shut_words,
)
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.domain.wall_time import WallTime
from reviewer.services.board import BoardCamera
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.case.board_cells import camera_words
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.widgets import Card, Chip, Tag, label, set_tone

_BETWEEN = 8  # px between two stretches of time that lie apart
_BAR = 12
_ROW = 26
_MOST_ROWS = 6


class Axis:
    """Wall time laid out over a strip: stretches that matter side by side, what lies between them left out."""

    def __init__(self, stretches: Sequence[TimeRange]) -> None:
        self.stretches = merge(stretches)
        self._whole = sum(each.duration for each in self.stretches) or 1

    def spans(self, of: TimeRange, width: float) -> list[tuple[float, float]]:
        """Where a stretch of time lies, in px from the left: once for each piece of it that matters."""
        room = max(1.0, width - _BETWEEN * (len(self.stretches) - 1))
        found, left = [], 0.0
        for each in self.stretches:
            wide = room * each.duration / self._whole
            both = each.overlap(of)
            if both is not None and each.duration:
                start = left + wide * (both.start - each.start) / each.duration
                end = left + wide * (both.end - each.start) / each.duration
                found.append((start, max(end, start + 1)))
            left += wide + _BETWEEN
        return found


class _Strip(QWidget):
    """Watched is solid, what is left hollow, too fast half as high, no footage dashed (STYLE.md, rule 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._axis = Axis(())
        self._required: tuple[TimeRange, ...] = ()
        self._watched: tuple[TimeRange, ...] = ()
        self._fast: tuple[TimeRange, ...] = ()

    def show_gate(self, axis: Axis, gate: CameraGate, clocks: WallTime) -> None:
        def on_wall(stretches: Stretches) -> tuple[TimeRange, ...]:
            stated = (TimeRange(Utc(a), Utc(b)) for a, b in stretches)
            return tuple(clocks.range_to_wall(gate.recording, each) for each in stated)

        self._axis = axis
        self._required, self._watched = on_wall(gate.required), on_wall(gate.watched)
        self._fast = on_wall(gate.paces.get(Pace.TOO_FAST, ()))
        self.update()

    def paintEvent(self, _event: object) -> None:
        theme, painter = theme_of(self), QPainter(self)
        width, height = self.width(), self.height()
        for each in self._axis.stretches:
            for a, b in self._axis.spans(each, width):
                pen = QPen(theme.color("edge"), 1, Qt.PenStyle.CustomDashLine)
                pen.setDashPattern([3, 3])
                painter.setPen(pen)
                painter.setBrush(theme.color("bg3"))
                painter.drawRect(QRectF(a, 0, b - a, height).adjusted(0.5, 0.5, -0.5, -0.5))
        for each in self._required:
            for a, b in self._axis.spans(each, width):
                painter.setPen(QPen(theme.color("edge"), 1))
                painter.setBrush(theme.color("bg1"))
                painter.drawRect(QRectF(a, 0, b - a, height).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(Qt.PenStyle.NoPen)
        for stretches, top in ((self._fast, height / 2), (self._watched, 0.0)):
            for each in stretches:
                for a, b in self._axis.spans(each, width):
                    painter.fillRect(QRectF(a, top, b - a, height - top), theme.color("ink"))


class _CameraRow(QWidget):
    """One camera: chip, name, strip, how much is left, and the button that plays just that."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_ROW)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        self._chip: Chip | None = None
        self._recording = ""
        self._name = label("", Type.DETAIL)
        self._name.setFixedWidth(92)
        self.strip = _Strip()
        self._icon = IconLabel("circle-check", 14, "ok")
        self._words = label("", Type.DETAIL)
        self._words.setFixedWidth(72)
        self.button = Button("Watch what is left", icon="player-play", height=24)
        self.button.clicked.connect(lambda: self.asked.emit(self._recording))
        for each in (self._name, self.strip, self._icon, self._words, self.button):
            self._row.addWidget(each)
        kept = self.button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(kept)

    def show_gate(self, camera: BoardCamera, gate: CameraGate, axis: Axis, clocks: WallTime, said: str) -> None:
        if self._chip is not None:
            self._row.removeWidget(self._chip)
            self._chip.deleteLater()
        self._chip = Chip(camera.number)
        self._row.insertWidget(0, self._chip)
        self._recording = gate.recording
        name = camera_words(camera.number, camera.manifest)
        self._name.setText(ReviewCamera(camera.number, camera.manifest).short_name)
        self.strip.show_gate(axis, gate, clocks)
        left = length(gate.left)
        words = f"{clock_words(left)} left" if left else "all watched"
        self._words.setText(words)
        set_tone(self._words, "warn" if left else "ok")
        self._icon.show_icon("eye-off" if left else "circle-check", "warn" if left else "ok")
        self.button.setVisible(bool(left))
        self.button.setAccessibleName(f"Watch what is left of camera {camera.number}")
        self.setToolTip(f"{name}: {words}{f'. {said}' if said else ''}")
        self.setAccessibleName(f"{name}: {words}. {said}")


class GatePanel(Card):
    """Of the whole case. `watch_asked(recording)`: play what is left of this camera; "" of all of them."""

    watch_asked = Signal(str)

    def __init__(self, name_of: Callable[[str], str], keys: KeyTable) -> None:
        super().__init__()
        self._name_of = name_of
        self._rows: list[_CameraRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label("Watch-coverage gate", Type.SECTION))
        self.tag = Tag()
        head.addWidget(self.tag)
        head.addStretch(1)
        self.all = keys.wear(Button("Watch all that is left", icon="player-play", height=24), "board.left")
        self.all.clicked.connect(lambda: self.watch_asked.emit(""))
        head.addWidget(self.all)
        column.addLayout(head)
        self._rule = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._rule)
        inner = QWidget()
        inner.setProperty("surface", "none")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        column.addWidget(self._scroll)
        self._people = label("", Type.DETAIL, "text2", wrap=True)
        self._notes = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._people)
        column.addWidget(self._notes)

    def show_gate(self, gate: CaseGate | None, cameras: Mapping[str, BoardCamera], clocks: WallTime) -> None:
        """What is known now; None while it is being counted. `cameras` by recording, in wall time."""
        self._say(gate)
        shown = [
            (cameras[each.recording], each) for each in (gate.cameras if gate else ()) if each.recording in cameras
        ]
        shown.sort(key=lambda pair: pair[0].number)
        axis = _axis(gate, [camera.manifest for camera, _ in shown])
        while len(self._rows) < len(shown):
            row = _CameraRow()
            row.asked.connect(self.watch_asked)
            self._list.addWidget(row)
            self._rows.append(row)
        for n, row in enumerate(self._rows):
            row.setVisible(n < len(shown))
        for row, (camera, each) in zip(self._rows, shown, strict=False):
            row.show_gate(camera, each, axis, clocks, people_words((each,), self._name_of))
        self._scroll.setFixedHeight(min(len(shown), _MOST_ROWS) * (_ROW + 2))
        self._scroll.setVisible(bool(shown))
        people = people_words([each for _, each in shown], self._name_of)
        self._people.setText(f"Watched by {people}" if people else "Nobody watched any of it yet." if shown else "")
        self._people.setVisible(bool(shown))
        said = notes(gate, lambda key: f"camera {cameras[key].number}" if key in cameras else key) if gate else ()
        self._notes.setText("  ".join(said))
        self._notes.setVisible(bool(said))
        self.updateGeometry()

    def _say(self, gate: CaseGate | None) -> None:
        words = shut_words(gate) if gate is not None else ""
        if gate is None:
            self.tag.say("being counted", Tone.PLAIN, "hourglass")
        elif not gate.allegations:
            self.tag.say("No allegation yet: nothing is required", Tone.PLAIN)
        elif words:
            self.tag.say(words, Tone.WARN, "lock")
        elif not gate.cameras:
            self.tag.say("No camera rolled at an alleged time", Tone.PLAIN, "video-off")
        else:
            self.tag.say("All of the required footage was watched", Tone.OK, "circle-check")
        self.all.setVisible(bool(words))
        rule = gate.allegations[0].rule if gate is not None and gate.allegations else None
        self._rule.setText(f"Required = {rule_words(rule)}" if rule is not None else "")
        self._rule.setVisible(rule is not None)

    def aim(self, allegation: str) -> None:
        """Whose rest the button plays: that of an allegation ("A1"), "" for all of them."""
        self.all.set_words(f"Watch what is left for {allegation}" if allegation else "Watch all that is left")

    def sizeHint(self) -> QSize:
        return QSize(600, super().sizeHint().height())


def _axis(gate: CaseGate | None, manifests: Sequence[Manifest]) -> Axis:
    """The alleged times with the minutes around them, as far as any camera rolled then at all."""
    windows = [each.window for each in gate.allegations if each.window is not None] if gate is not None else []
    if gate is not None and any(each.window is None for each in gate.allegations):
        windows += [manifest.range for manifest in manifests]
    if not manifests:
        return Axis(windows)
    whole = TimeRange(min(m.range.start for m in manifests), max(m.range.end for m in manifests))
    return Axis([both for each in windows if (both := each.overlap(whole)) is not None])
