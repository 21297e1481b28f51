"""How a cell of the allegation board is drawn, measured and spoken: cards of exhibits, or why there is none."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

from reviewer.domain.case import Stance
from reviewer.domain.gate import clock_words
from reviewer.domain.timebase import SECOND, TimeRange
from reviewer.services.board import Card, Cell, Empty, Row
from reviewer.ui import icons
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import Theme, Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import paint_tag

PAD = 6  # around the cards of a cell
_GAP = 6
_IN = 7  # inside a card
_HEAD = 16
_LINE = 16
_BAR = 3
_MOST_LINES = 4
_HEAD_PAD = 10
_TAG = 24

STANCES = {
    Stance.FOR: ("arrow-up-right", "supports", "for"),
    Stance.AGAINST: ("arrow-down-right", "against", "against"),
    Stance.UNDECIDED: ("help-circle", "text2", "undecided"),
    Stance.SILENT: ("circle-dashed", "text2", "silent"),
}
"""Icon, colour and word: colour never says it alone."""
_EMPTY = {
    Empty.COUNTING: ("hourglass", "text3", "Being counted"),
    Empty.SILENT: ("circle-dashed", "text2", "Watched: silent"),
    Empty.ABSENT: ("video-off", "text2", "No footage at this time"),
    Empty.NO_DOCUMENTS: ("circle-dashed", "text3", "No documents"),
    Empty.READ: ("circle-dashed", "text2", "Read: silent"),
}


def empty_face(cell: Cell) -> tuple[str, str, str] | None:
    """Icon, colour and words of a cell without exhibits; None where there is nothing to say."""
    if cell.empty is Empty.LEFT:
        return "eye-off", "warn", f"{clock_words(cell.left)} not watched"
    if cell.empty is Empty.SILENT and cell.unheard >= SECOND:
        if cell.whole:
            return "volume-off", "text2", "Watched without sound: silent"
        return "volume-off", "text2", f"Watched: silent, {clock_words(cell.unheard)} without sound"
    if cell.empty is Empty.UNREAD:
        return "eye-off", "warn", f"{count(cell.files, 'document')} not opened"
    return _EMPTY.get(cell.empty)


def place_words(card: Card, zone: Zone) -> str:
    """When or where: "22:42:14.9", "22:42:14.9 – 22:42:17.5", "p. 2"."""
    if card.where:
        return card.where
    return _times(card.at, zone) if card.at is not None else ""


def spoken_card(card: Card, zone: Zone) -> str:
    """The card in one sentence, for a screen reader, a tooltip, the status line."""
    word = STANCES[card.exhibit.stance][2]
    said = f"{card.exhibit.name}, {word}, {place_words(card, zone)}".removesuffix(", ")
    return f"{said}: {card.text}{f' ({card.gone})' if card.gone else ''}" if card.text or card.gone else said


def spoken_cell(cell: Cell, zone: Zone) -> str:
    """Every card of it, or why there is none."""
    if cell.cards:
        said = [spoken_card(card, zone) for card in cell.cards]
        return "; ".join([*said, f"{clock_words(cell.left)} not watched"] if cell.claims_too_much else said)
    face = empty_face(cell)
    return face[2] if face is not None else "Nothing"


def _times(at: TimeRange, zone: Zone) -> str:
    start = zone.clock(at.start, 1)
    return start if at.end - at.start < 100_000 else f"{start} – {zone.clock(at.end, 1)}"


@lru_cache(maxsize=4096)
def folded(text: str, width: int, role: Type = Type.DETAIL, most: int = _MOST_LINES) -> tuple[str, ...]:
    """The text in lines of this width, the last one cut where there are more."""
    text = " ".join(text.split())
    layout = QTextLayout(text[:2_000], font(role))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(10, width))
        start, size = line.textStart(), line.textLength()
        if len(lines) == most - 1 and start + size < len(text):
            lines.append(QFontMetricsF(font(role)).elidedText(text[start:], Qt.TextElideMode.ElideRight, width))
            break
        lines.append(text[start : start + size].rstrip())
    layout.endLayout()
    return tuple(lines)


# Cells


def card_height(card: Card, width: int) -> int:
    """`width` is the cell's."""
    if card.exhibit.stance is Stance.SILENT:
        return max(1, len(_silent_lines(card, width, watched=False))) * _LINE + 6  # the longer words
    lines = len(folded(card.text, _text_width(width))) + (1 if card.gone else 0)
    return 6 + _HEAD + lines * _LINE + 6


def cell_height(cell: Cell, width: int) -> int:
    """With all its cards, `width` wide."""
    if not cell.cards:
        face = empty_face(cell)
        lines = len(folded(face[2], width - 2 * PAD - 22)) if face is not None else 1
        return 2 * PAD + lines * _LINE + 4
    warning = _LINE + 4 if cell.claims_too_much else 0
    return 2 * PAD + sum(card_height(card, width) for card in cell.cards) + _GAP * (len(cell.cards) - 1) + warning


def card_rects(cell: Cell, rect: QRectF) -> list[QRectF]:
    """Where each card of a cell stands."""
    found, top = [], rect.top() + PAD
    for card in cell.cards:
        height = card_height(card, int(rect.width()))
        found.append(QRectF(rect.left() + PAD, top, rect.width() - 2 * PAD, height))
        top += height + _GAP
    return found


def paint_cell(painter: QPainter, rect: QRectF, cell: Cell, zone: Zone, theme: Theme, *, picked: int = -1) -> None:
    """`picked` is the card that the keys stand on, with the focus."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for n, (card, box) in enumerate(zip(cell.cards, card_rects(cell, rect), strict=True)):
        if card.exhibit.stance is Stance.SILENT:
            _paint_silent(painter, box, card, int(rect.width()), theme, watched=not cell.claims_too_much)
        else:
            _paint_card(painter, box, card, zone, theme)
        if n == picked:
            _ring(painter, box, theme)
    face = empty_face(cell) if not cell.cards or cell.claims_too_much else None
    if face is not None:
        icon, tone, words = face
        top = max((box.bottom() for box in card_rects(cell, rect)), default=rect.top() + PAD)
        icons.paint(painter, icon, QRectF(rect.left() + PAD + 2, top + 3, 14, 14), theme.color(tone))
        lines = folded(words, int(rect.width()) - 2 * PAD - 22)
        _lines(painter, QPointF(rect.left() + PAD + 22, top + 2), lines, theme.color(tone))


def _text_width(width: int) -> int:
    return width - 2 * PAD - _BAR - 2 * _IN


def _silent_lines(card: Card, width: int, *, watched: bool = True) -> tuple[str, ...]:
    words = f"Watched: {card.text or 'silent'}" if watched else f"Called silent: {card.text}".removesuffix(": ")
    return folded(words, width - 2 * PAD - 24)


def _ring(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(theme.color("focus"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 5, 5)


def _paint_silent(painter: QPainter, box: QRectF, card: Card, width: int, theme: Theme, *, watched: bool) -> None:
    icons.paint(painter, "circle-dashed", QRectF(box.left() + 2, box.top() + 4, 14, 14), theme.color("text2"))
    _lines(
        painter,
        QPointF(box.left() + 22, box.top() + 3),
        _silent_lines(card, width, watched=watched),
        theme.color("text2"),
    )


def _paint_card(painter: QPainter, box: QRectF, card: Card, zone: Zone, theme: Theme) -> None:
    icon, tone, word = STANCES[card.exhibit.stance]
    color = theme.color(tone)
    pen = QPen(theme.color("edge" if card.gone else "line"), 1)
    if card.gone:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(theme.color("bg1"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.fillRect(QRectF(box.left(), box.top() + 1, _BAR, box.height() - 2), color)
    left, top = box.left() + _BAR + _IN, box.top() + 6
    inner = box.width() - _BAR - 2 * _IN
    icons.paint(painter, icon, QRectF(left, top + 1, 14, 14), color)
    said, where = _head_that_fits(word, card, zone, inner - 17)
    _text(painter, QRectF(left + 17, top, inner - 17, _HEAD), said, Type.META, color)
    line = QRectF(left, top, inner, _HEAD)
    _text(painter, line, where, Type.DETAIL_STRONG, theme.color("text"), right=True)
    lines = folded(card.text, int(inner))
    _lines(painter, QPointF(left, top + _HEAD), lines, theme.color("text"))
    if card.gone:
        below = QRectF(left, top + _HEAD + len(lines) * _LINE, inner, _LINE)
        _text(painter, below, card.gone, Type.DETAIL, theme.color("warn"))


def _head_that_fits(word: str, card: Card, zone: Zone, room: float) -> tuple[str, str]:
    """Stance and place. Where there is no room a range's end goes first, then the tenths, then the word: icon and
    colour say the same."""
    words, places = QFontMetricsF(font(Type.META)), QFontMetricsF(font(Type.DETAIL_STRONG))
    tries = [place_words(card, zone)]
    if card.at is not None and not card.where:
        tries += [zone.clock(card.at.start, 1), zone.clock(card.at.start)]
    beside = room - words.horizontalAdvance(word) - 5
    found = next((each for each in tries if places.horizontalAdvance(each) <= beside), None)
    if found is not None:
        return word, found
    alone = next((each for each in tries if places.horizontalAdvance(each) <= room), tries[-1])
    return "", places.elidedText(alone, Qt.TextElideMode.ElideRight, room)


def _lines(painter: QPainter, at: QPointF, lines: tuple[str, ...], color: QColor, role: Type = Type.DETAIL) -> None:
    for n, words in enumerate(lines):
        _text(painter, QRectF(at.x(), at.y() + n * _LINE, 2_000, _LINE), words, role, color)


def _text(painter: QPainter, rect: QRectF, words: str, role: Type, color: QColor, *, right: bool = False) -> None:
    painter.setFont(font(role))
    painter.setPen(color)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)


# Rows' heads


def gate_face(row: Row) -> tuple[str, Tone, str] | None:
    """Icon, tone and words of the row's gate; None while it is being counted."""
    if row.gate is None:
        return None
    if row.gate.met:
        words = "coverage met" if row.gate.cameras else "no footage"
        return "circle-check", Tone.OK if row.gate.cameras else Tone.PLAIN, words
    return "lock", Tone.WARN, f"{clock_words(row.gate.left)} left"


def head_height(row: Row, width: int) -> int:
    """Of an allegation's head, `width` wide."""
    title, text = _head_lines(row, width)
    lines = max(1, len(title)) * 18 + len(text) * _LINE
    counts = len(folded(row.words, width - 2 * _HEAD_PAD)) * _LINE
    return 8 + lines + 4 + counts + (_TAG if row.gate is not None else 0) + 8


def paint_head(painter: QPainter, rect: QRectF, row: Row, theme: Theme, *, current: bool) -> None:
    """An allegation: its name, title, words, what speaks for and against, and its gate."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, theme.color("bg3" if current else "bg2"))
    if current:
        painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("ink"))
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("line"))
    painter.fillRect(QRectF(rect.right() - 1, rect.top(), 1, rect.height()), theme.color("line"))
    title, text = _head_lines(row, int(rect.width()))
    left, top = rect.left() + _HEAD_PAD, rect.top() + 8
    chip = QRectF(left, top, _name_width(row), 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("ink"))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setPen(theme.color("on_ink"))
    painter.setFont(font(Type.DETAIL_STRONG))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, row.allegation.name)
    for n, words in enumerate(title):
        at = QRectF(chip.right() + 7, top + n * 18, rect.right(), 18)
        _text(painter, at, words, Type.STRONG, theme.color("text"))
    top += max(1, len(title)) * 18 + 2
    _lines(painter, QPointF(left, top), text, theme.color("text2"))
    top += len(text) * _LINE + 2
    counts = folded(row.words, int(rect.width()) - 2 * _HEAD_PAD)
    _lines(painter, QPointF(left, top), counts, theme.color("text"))
    face = gate_face(row)
    if face is not None:
        icon, tone, words = face
        under = QRectF(left, top + len(counts) * _LINE, rect.width() - 2 * _HEAD_PAD, _TAG)
        paint_tag(painter, under, words, icon, tone, theme)


def _name_width(row: Row) -> float:
    return max(24.0, QFontMetricsF(font(Type.DETAIL_STRONG)).horizontalAdvance(row.allegation.name) + 10)


def _head_lines(row: Row, width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    room = width - 2 * _HEAD_PAD
    title = folded(row.allegation.title or "No title", int(room - _name_width(row) - 7), Type.STRONG, 3)
    return title, folded(row.allegation.text, room, Type.DETAIL, 2)
