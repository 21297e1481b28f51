"""The history of a mark, to be read: who set it, who changed what, and what went that its author had not seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.case import Stance
from reviewer.domain.drawing import Form, shape_of
from reviewer.domain.thing import WITHDRAWN, Edit
from reviewer.services.annotation import MarkPast
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.review.marked import STANCES, Marked
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label, strong, surface

FORM_WORDS = {
    Form.ARROW: "an arrow",
    Form.BOX: "a box",
    Form.ELLIPSE: "an ellipse",
    Form.LINE: "a line",
    Form.TEXT: "a text",
}


@dataclass(frozen=True, slots=True)
class PastRow:
    """One entry: when by its author's clock, who, what was done, and what of it overwrote something unseen ("")."""

    when: str
    who: str
    what: tuple[str, ...]
    warning: str = ""


def past_rows(past: MarkPast, marked: Marked, name_of: Callable[[str], str], zone: Zone) -> tuple[PastRow, ...]:
    """The entries, the first one first."""
    first = {(each.origin, each.index) for each in past.mark[:1]}
    said = [(each, _of_mark(each, marked, (each.origin, each.index) in first)) for each in past.mark]
    said += [(each, _of_exhibit(each, marked)) for each in past.exhibits]
    said += [(each, _of_drawing(each)) for each in past.drawing]
    entries: dict[tuple[str, int], list[tuple[Edit, str]]] = {}
    for edit, words in sorted(said, key=lambda each: (each[0].at, each[0].origin, each[0].index)):
        if words:
            entries.setdefault((edit.origin, edit.index), []).append((edit, words))
    return tuple(_row(found, name_of, zone) for found in entries.values())


def _row(found: list[tuple[Edit, str]], name_of: Callable[[str], str], zone: Zone) -> PastRow:
    edit = found[0][0]
    lost = [each.before for each, _words in found if each.overwrote and each.before]
    warning = "".join(f"Overwrote “{each}”, which its author had not seen. " for each in lost).strip()
    return PastRow(
        f"{zone.date(edit.at)} {zone.clock(edit.at)}",
        name_of(edit.user),
        tuple(dict.fromkeys(words for _edit, words in found)),
        warning,
    )


def _of_mark(edit: Edit, marked: Marked, first: bool) -> str:
    if edit.field == WITHDRAWN:
        return "Withdrawn" if edit.value else "Restored"
    if edit.field == "kind":
        words = marked.kind(edit.value).words
        return f"Set as {words}" if first else f"{marked.kind(edit.base).words} is now {words}"
    if first:
        return f"“{edit.value}”" if edit.value else ""
    return f"“{edit.value}” instead of “{edit.base}”" if edit.base else f"“{edit.value}”"


def _of_exhibit(edit: Edit, marked: Marked) -> str:
    match edit.field:
        case "allegation":
            alleged = marked.allegation(edit.value)
            return f"Exhibit of {alleged.name}" if alleged is not None else "Exhibit of an allegation"
        case "stance":
            known = edit.value in tuple(Stance)
            return STANCES[Stance(edit.value)][0].capitalize() if known else ""
        case field if field == WITHDRAWN and edit.value:
            return "No exhibit any more"
        case field if field == WITHDRAWN and edit.base:
            return "An exhibit again"
        case _:
            return ""


def _of_drawing(edit: Edit) -> str:
    shape, was = shape_of(edit.value), shape_of(edit.base)
    if shape is not None:
        return f"Drew {FORM_WORDS[shape.form]}" + (f" “{shape.text}”" if shape.text else "")
    return f"Took back {FORM_WORDS[was.form]}" if was is not None else ""


class PastView(QWidget):
    """`closed`: back to the list."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[PastRow, ...] = ()
        self.setProperty("pane", True)
        self.setAccessibleName("History of the mark")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 8, 6)
        self._title = label("", Type.DETAIL, "text2")
        self.back = Button("Back to the list", icon="arrow-left", look=Look.QUIET, height=28)
        self.back.clicked.connect(self.closed)
        head.addWidget(self._title, 1)
        head.addWidget(self.back)
        column.addLayout(head)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName("History of the mark")
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(self.area, 1)

    def show_rows(self, title: str, rows: tuple[PastRow, ...]) -> None:
        """The entries of one mark."""
        self.rows = rows
        self._title.setText(title)
        holder = surface(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(12, 4, 12, 12)
        column.setSpacing(2)
        for row in rows:
            column.addWidget(strong(row.who))
            column.addWidget(label(f"{row.when}, by their clock", Type.META, "text2"))
            for words in row.what:
                column.addWidget(label(words, Type.BODY, wrap=True))
            if row.warning:
                column.addWidget(label(row.warning, Type.DETAIL, "warn", wrap=True))
            column.addSpacing(10)
        column.addStretch()
        self.area.setWidget(holder)
