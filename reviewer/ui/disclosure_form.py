"""A request as a form: who asked, when, for what of which recordings, who looks as the second person, how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.request import Request, RequestKind
from reviewer.domain.timebase import Utc
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.complaint_words import shown_time
from reviewer.ui.case.entries import Entry, Paragraph, entry
from reviewer.ui.custodian_search import Choice
from reviewer.ui.custodian_words import moment
from reviewer.ui.disclosure_words import KINDS
from reviewer.ui.fields import check, labelled
from reviewer.ui.fonts import Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, label, surface

_TIMES = ("received", "start", "end", "extended")
_LABELS = {
    "number": "Number",
    "requester": "Requester",
    "contact": "Contact",
    "asked": "Asked for, in their words",
    "received": "Received",
    "start": "From (local; empty: from the start)",
    "end": "To (local; empty: to the end)",
    "extended": "Extended to",
    "fee": "Fee note",
    "letter": "Letter: what the cover letter says besides",
}
_DAY = "13 Jun 2026"
_MOMENT = "13 Jun 2026 22:41:00"


class RequestForm(QWidget):
    """`written(before, after)`: two Requests; `before` is None for a new one. `withdrawn(Request)`; `left()`: nothing
    is written."""

    written = Signal(object, object)
    withdrawn = Signal(object)
    left = Signal()

    def __init__(self, keys: KeyTable, zone: Zone) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self._zone = zone
        self._before: Request | None = None
        self._shown = Request("", RequestKind.ACCESS, "")
        self.heading = label("Register a request", Type.PANEL, wrap=True)
        self.kind = Choice([(words, kind) for kind, words in KINDS.items()])
        self.second = Choice([("Nobody named yet", "")])
        self.entries = {
            "number": entry("number", "FOI-2026-088"),
            "requester": entry("requester"),
            "contact": Entry("contact", Paragraph(2)),
            "received": entry("received", _DAY),
            "asked": Entry("asked", Paragraph(3)),
            "start": entry("start", _MOMENT),
            "end": entry("end", _MOMENT),
            "extended": entry("extended", "14 Aug 2026, where the law allows"),
            "fee": entry("fee", "No fee: under 2 hours of work"),
            "letter": Entry("letter", Paragraph(3)),
        }
        self._recordings: dict[str, QCheckBox] = {}
        self.error = ErrorNote()
        self.write = keys.wear(Button("Write it", icon="signature", look=Look.PRIMARY), "disclose.save")
        self.back = keys.wear(Button("Back", look=Look.QUIET), "disclose.requests")
        self.off = keys.wear(Button("Take off", icon="x", look=Look.QUIET), "disclose.take_off")
        self.off.setToolTip("Off the register; it stays in the log")
        self.write.clicked.connect(self.submit)
        self.back.clicked.connect(self.left)
        self.off.clicked.connect(self.take_off)
        self._compose()

    def _compose(self) -> None:
        body = surface(1)
        column = QVBoxLayout(body)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(labelled("Kind", self.kind))
        column.addLayout(self._pair("number", "received"))
        for name in ("requester", "contact", "asked"):
            column.addWidget(labelled(_LABELS[name], self.entries[name].widget))
        column.addWidget(label("Of these recordings", Type.LABEL, "text2"))
        self._cameras = QVBoxLayout()
        self._cameras.setSpacing(0)
        column.addLayout(self._cameras)
        for name in ("start", "end"):
            column.addWidget(labelled(_LABELS[name], self.entries[name].widget))
        column.addWidget(labelled("Second person, who looks before release", self.second))
        for name in ("fee", "letter", "extended"):
            column.addWidget(labelled(_LABELS[name], self.entries[name].widget))
        column.addWidget(self.off, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 12)
        whole.setSpacing(8)
        whole.addWidget(area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(17, 0, 16, 0)
        foot.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(self.write)
        row.addWidget(self.back)
        row.addStretch()
        foot.addLayout(row)
        whole.addLayout(foot)

    def _pair(self, *names: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name in names:
            row.addWidget(labelled(_LABELS[name], self.entries[name].widget), 1)
        return row

    # What it shows

    def show_people(self, people: Mapping[str, str]) -> None:
        """Who may look as the second person: names by user id."""
        self.second.show_choices([("Nobody named yet", ""), *((name, user) for user, name in people.items())])

    def show_cameras(self, cameras: Sequence[ReviewCamera]) -> None:
        """The recordings of the case that may be asked for."""
        for box in self._recordings.values():
            self._cameras.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._recordings = {}
        for camera in cameras:
            box = check(f"{camera.number}  {camera.officer} {camera.badge}".rstrip())
            self._cameras.addWidget(box)
            self._recordings[camera.key] = box

    def begin(self, request: Request | None, shown: Request, read_only: str) -> None:
        """One of the register, or with None a new one with what is known of it (`shown`)."""
        self._before, self._shown = request, shown
        self.heading.setText(f"Request {request.number}" if request is not None else "Register a request")
        self.error.clear()
        self.kind.choose(shown.kind)
        self.second.choose(shown.second)
        for name, each in self.entries.items():
            value = getattr(shown, name)
            day = name in ("received", "extended")
            words = value if name not in _TIMES else self._zone.date(value) if day and value else None
            each.reset(shown_time(value, self._zone) if words is None else words)
            each.set_read_only(bool(read_only))
        for key, box in self._recordings.items():
            box.setChecked(key in shown.recordings)
            box.setEnabled(not read_only)
        for choice in (self.kind, self.second):
            choice.setEnabled(not read_only)
        self.write.set_enabled(not read_only, read_only)
        self.off.setVisible(request is not None and not read_only)

    def focus(self) -> None:
        """The first field to fill: number of a new request, else the requester."""
        first = self.entries["requester" if self._shown.number else "number"].widget
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def changed(self) -> bool:
        return any(each.changed for each in self.entries.values())

    # What it says

    def submit(self) -> None:
        """Write it, if what was typed is understood."""
        if not self.write.isEnabled():
            return
        times: dict[str, Utc | None] = {}
        for name in _TIMES:
            each = self.entries[name]
            try:
                times[name] = moment(each.typed, self._zone) if each.changed else getattr(self._shown, name)
            except ReviewerError as wrong:
                each.mark(invalid=True)
                self.error.say(wrong)
                return
            each.mark(invalid=False)
        texts = {name: each.typed.strip() for name, each in self.entries.items() if name not in _TIMES}
        fields: dict[str, Any] = {**texts, **times}
        after = replace(
            self._shown,
            kind=self.kind.value,
            second=str(self.second.value or ""),
            recordings=tuple(key for key, box in self._recordings.items() if box.isChecked()),
            **fields,
        )
        self.error.clear()
        self.written.emit(self._before, after)

    def take_off(self) -> None:
        """Off the register, if it is on it and this person may."""
        if self._before is not None and not self.off.isHidden():
            self.withdrawn.emit(self._before)

    def say(self, error: ReviewerError) -> None:
        """It was not written. What was typed stays."""
        self.error.say(error)
