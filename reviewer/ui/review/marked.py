"""What the review knows of marks beside themselves: the agency's kinds, what they say of which allegation, what is
drawn on their frames; and how each of that looks, in the list as on the lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from reviewer.domain.agency import DEFAULT, MarkKind, Shape, Tables
from reviewer.domain.case import Allegation, Exhibit, Stance
from reviewer.domain.drawing import Shape as Drawn
from reviewer.ui.resources import ICONS
from reviewer.ui.theme import Theme

STANCES: dict[Stance, tuple[str, str, str]] = {  # words, icon, colour (STYLE.md, Words)
    Stance.FOR: ("supports", "arrow-up-right", "supports"),
    Stance.AGAINST: ("speaks against", "arrow-down-right", "against"),
    Stance.UNDECIDED: ("cannot be decided", "help-circle", "text2"),
    Stance.SILENT: ("silent", "eye", "text2"),
}
_TONES = frozenset({"text", "info", "warn", "stop", "ok"})
_CROSS = 0.36  # of its size: how thick a cross's arms are


@dataclass(frozen=True, slots=True)
class Saying:
    """That a mark is the exhibit of this id, of this allegation."""

    exhibit: str
    allegation: Allegation
    stance: Stance

    @property
    def words(self) -> str:
        """ "A1 supports"."""
        return f"{self.allegation.name} {STANCES[self.stance][0]}"


@dataclass(frozen=True, slots=True)
class Marked:
    """`said` and `shapes` by the mark's id; `said` in the order of the allegations."""

    tables: Tables = DEFAULT
    allegations: tuple[Allegation, ...] = ()
    said: Mapping[str, tuple[Saying, ...]] = field(default_factory=dict)
    shapes: Mapping[str, Mapping[str, Drawn]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        tables: Tables,
        allegations: Iterable[Allegation],
        exhibits: Iterable[Exhibit],
        shapes: Mapping[str, Mapping[str, Drawn]],
    ) -> Marked:
        alleged = tuple(allegations)
        by_id = {each.id: each for each in alleged}
        said: dict[str, list[Saying]] = {}
        for each in exhibits:
            if each.mark and each.allegation in by_id:
                said.setdefault(each.mark, []).append(Saying(each.id, by_id[each.allegation], each.stance))
        return cls(tables, alleged, {mark: _ordered(found) for mark, found in said.items()}, shapes)

    def with_exhibit(self, id_: str, exhibit: Exhibit | None) -> tuple[Marked, tuple[str, ...]]:
        """After the exhibit of this id was set, changed or taken off (None): and the marks that it is about."""
        said = dict(self.said)
        touched = {mark for mark, found in said.items() if any(each.exhibit == id_ for each in found)}
        for mark in touched:
            said[mark] = tuple(each for each in said[mark] if each.exhibit != id_)
        allegation = self.allegation(exhibit.allegation) if exhibit is not None else None
        if exhibit is not None and allegation is not None and exhibit.mark:
            new = Saying(id_, allegation, exhibit.stance)
            said[exhibit.mark] = _ordered([*said.get(exhibit.mark, ()), new])
            touched.add(exhibit.mark)
        return replace(self, said=said), tuple(sorted(touched))

    def with_shapes(self, mark: str, shapes: Mapping[str, Drawn]) -> Marked:
        return replace(self, shapes={**self.shapes, mark: shapes})

    def kind(self, id_: str) -> MarkKind:
        """A kind by its id; one that the table does not have is shown with its id for words."""
        return self.tables.kind(id_)

    def says(self, mark: str) -> tuple[Saying, ...]:
        return self.said.get(mark, ())

    def drawn(self, mark: str) -> Mapping[str, Drawn]:
        return self.shapes.get(mark, {})

    def allegation(self, id_: str) -> Allegation | None:
        return next((each for each in self.allegations if each.id == id_), None)

    def label(self, mark: str, kind: str) -> str:
        """What stands on its range in a lane: the allegations that it is about, else its kind."""
        names = dict.fromkeys(each.allegation.name for each in self.says(mark))
        return " ".join(names) or self.kind(kind).words


def _ordered(found: Iterable[Saying]) -> tuple[Saying, ...]:
    return tuple(sorted(found, key=lambda each: (each.allegation.number, each.allegation.letter, each.exhibit)))


def icon_of(kind: MarkKind) -> str:
    """The table's icon; a plain one where this version does not have that."""
    return kind.icon if kind.icon and (ICONS / f"{kind.icon}.svg").is_file() else "bookmark"


def tone_of(kind: MarkKind) -> str:
    """The token of its colour; plain where the table names none that there is."""
    return kind.tone if kind.tone in _TONES else "text"


def color_of(kind: MarkKind, theme: Theme) -> QColor:
    return theme.color(tone_of(kind))


def paint_shape(painter: QPainter, shape: Shape, box: QRectF, color: QColor) -> None:
    """The shape of a kind, filled, as large as the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if shape is Shape.CIRCLE:
        painter.drawEllipse(box)
    elif shape is Shape.CROSS:
        painter.setPen(QPen(color, box.width() * _CROSS, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topRight())
    else:
        corners = _CORNERS[shape]
        at = [QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in corners]
        painter.drawPolygon(QPolygonF(at))
    painter.restore()


_CORNERS: dict[Shape, tuple[tuple[float, float], ...]] = {
    Shape.FLAG: ((0, 0), (1, 0), (0.7, 0.4), (1, 0.8), (0.15, 0.8), (0.15, 1), (0, 1)),
    Shape.DIAMOND: ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    Shape.TRIANGLE: ((0.5, 0.02), (1, 0.95), (0, 0.95)),
    Shape.SQUARE: ((0.06, 0.06), (0.94, 0.06), (0.94, 0.94), (0.06, 0.94)),
}
