"""Draws the timeline's rows: fill, waveform, gaps, marks, what was watched. No state of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui import icons, times
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.cameras import ReviewCamera, Stretch, StretchKind
from reviewer.ui.review.lane_bands import paint_bands
from reviewer.ui.review.lane_marks import Marker
from reviewer.ui.review.peaks import bar_count, bar_pitch, bars, loudness
from reviewer.ui.review.scene import LANE, Layout, Scene, WatchedPlaces
from reviewer.ui.theme import Theme
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_WATCHED = 4


def _faint(color: QColor, alpha: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(alpha)
    return made


@dataclass(slots=True)
class Canvas:
    """One drawing of the timeline. `hits` collects where each bookmark can be clicked; `shown` is the stretch of px
    that is in view, if the drawing is wider."""

    painter: QPainter
    scene: Scene
    axis: TimeAxis
    layout: Layout
    theme: Theme
    zone: Zone
    hits: list[tuple[QRectF, str]] = field(default_factory=list)
    shown: tuple[float, float] | None = None

    def x(self, instant: Utc) -> float:
        return self.layout.header + self.axis.x(instant)

    def span(self, stretch: TimeRange, top: float, height: float) -> QRectF | None:
        """The stretch as a rectangle, cut to what is in view; None if none of it is."""
        left, right = max(self.x(stretch.start), self.layout.header), min(self.x(stretch.end), self.layout.size.width())
        return QRectF(left, top, right - left, height) if right > left else None

    def color(self, token: str) -> QColor:
        return self.theme.color(token)

    @property
    def marker(self) -> Marker:
        return Marker(self.painter, self.axis, self.theme, self.layout.header, self.hits, self.scene.marked)


def _majors(c: Canvas) -> tuple[int, Micros, list[tuple[Utc, float]]]:
    """The step of the labelled ticks, the zone's offset, and where they are."""
    step = c.axis.step(86)
    offset = Micros(c.zone.offset_seconds(c.axis.window.start) * SECOND)
    return step, offset, [(at, c.x(at)) for at in c.axis.ticks(step, offset)]


def draw_lane(c: Canvas, index: int) -> None:
    """One camera's row, without its header."""
    lane = c.layout.lane(index)
    c.painter.fillRect(lane, c.color("bg0"))
    c.painter.setClipRect(lane)
    for _, x in _majors(c)[2]:
        c.painter.fillRect(QRectF(round(x), lane.top(), 1, lane.height()), _faint(c.color("line"), 0.6))
    _lane(c, lane, c.scene.cameras[index])
    c.painter.setClipping(False)


def draw_headers(c: Canvas) -> None:
    """What stands beside the rows."""
    c.painter.fillRect(QRect(0, 0, c.layout.header, c.layout.size.height()), c.color("bg0"))
    for index, camera in enumerate(c.scene.cameras):
        _header(c, c.layout.lane(index), index, camera)
    strip = c.layout.strip
    row = QRectF(12, strip.top(), c.layout.header - 18, strip.height())
    _words(c, row, "Any camera watched", font(Type.META), c.color("text2"))


# The ruler


def draw_ruler(c: Canvas) -> None:
    """The row above the others, with what stands beside it."""
    step, offset, majors = _majors(c)
    p, ruler = c.painter, c.layout.ruler
    p.fillRect(QRect(0, 0, c.layout.size.width(), ruler.height()), c.color("bg1"))
    p.setFont(font(Type.META))
    p.setPen(c.color("text2"))
    p.drawText(QRectF(12, 0, c.layout.header - 12, ruler.height()), _MIDDLE, ruler_header(c.zone, c.axis.window.start))
    p.setClipRect(ruler)
    for at in c.axis.ticks(max(1, step // 4), offset):
        p.fillRect(QRectF(round(c.x(at)), ruler.bottom() - 4, 1, 5), c.color("edge"))
    decimals = 0 if step >= SECOND else 1 if step >= SECOND // 10 else 2
    for at, x in majors:
        p.fillRect(QRectF(round(x), ruler.bottom() - 9, 1, 10), c.color("edge"))
        words = c.zone.clock(at, decimals)
        if x + 5 + QFontMetricsF(p.font()).horizontalAdvance(words) <= ruler.right():
            p.drawText(QRectF(x + 5, 0, 120, ruler.height() - 4), _MIDDLE, words)
    p.setClipping(False)
    p.fillRect(QRect(0, ruler.bottom(), c.layout.size.width(), 1), c.color("line"))


def ruler_header(zone: Zone, at: Utc) -> str:
    """ "Local 13 Jun, UTC+3" """
    return f"Local {zone.date(at).rsplit(' ', 1)[0]}, {zone.offset(at)}"


# A lane's header


def _header(c: Canvas, lane: QRect, index: int, camera: ReviewCamera) -> None:
    p, clock = c.painter, camera.manifest.clock
    cell = QRect(0, lane.top(), c.layout.header - 6, lane.height() - 1)
    focused = c.scene.focused == camera.key
    p.fillRect(cell, c.color("bg3" if focused else "bg2"))
    p.fillRect(QRect(0, cell.top(), 4, cell.height()), c.theme.officer(camera.number))
    chip = chip_size(camera.number)
    box = QRectF(12, cell.center().y() - chip.height() / 2 + 0.5, chip.width(), chip.height())
    paint_chip(p, box, camera.number, c.theme)
    doubt = times.uncertainty(clock.uncertainty)
    doubt_color = c.color("warn" if times.is_wide(clock.uncertainty) else "text2")
    left, right = box.right() + 8, float(c.layout.sound(index).left())
    name, meta = font(Type.DETAIL, SEMIBOLD), font(Type.META)
    if lane.height() >= LANE:
        _words(c, QRectF(left, cell.center().y() - 16, right - left, 16), camera.short_name, name, c.color("text"))
        _words(c, QRectF(left, cell.center().y() + 2, right - left, 16), doubt, meta, doubt_color)
    else:
        width = QFontMetricsF(meta).horizontalAdvance(doubt)
        _words(
            c,
            QRectF(left, cell.top(), right - left - width - 6, cell.height()),
            camera.short_name,
            name,
            c.color("text"),
        )
        _words(c, QRectF(right - width - 2, cell.top(), width + 1, cell.height()), doubt, meta, doubt_color)
    heard = camera.key in c.scene.heard
    sound = c.layout.sound(index)
    icon = QRectF(sound.center().x() - 7, sound.center().y() - 7, 14, 14)
    icons.paint(p, "volume" if heard else "volume-off", icon, c.color("text" if heard else "text3"))


def _words(c: Canvas, row: QRectF, words: str, face: QFont, color: QColor) -> None:
    c.painter.setFont(face)
    c.painter.setPen(color)
    shown = QFontMetricsF(c.painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, row.width())
    c.painter.drawText(row, _MIDDLE, shown)


# A lane


def body(lane: QRect) -> QRectF:
    """Where a lane's footage lies: above the watched strip."""
    return QRectF(lane.left(), lane.top() + 3, lane.width(), lane.height() - 3 - _WATCHED - 4)


_PLAYED = (StretchKind.FOOTAGE, StretchKind.SILENT_BUFFER)


def _lane(c: Canvas, lane: QRect, camera: ReviewCamera) -> None:
    room = body(lane)
    officer, doubt = c.theme.officer(camera.number), Micros(COVERAGE * camera.manifest.clock.uncertainty)
    stretches = c.scene.stretches[camera.key]
    for stretch in stretches:
        if stretch.kind in _PLAYED:
            _footage(c, room, camera, stretch, officer, doubt)
        else:
            _absent(c, room, stretch)
    _waveform(c, room, camera, officer)
    for stretch in stretches:
        if stretch.kind is StretchKind.SILENT_BUFFER:
            _silent(c, room, stretch)
    marker = c.marker
    paint_bands(marker, c.scene.bands.values(), camera.key, QRectF(lane))
    watched_strip(c, c.scene.strips.get(camera.key), room.bottom() + 2)
    marker.bookmarks(c.scene.marks[camera.key], room, c.scene.selected)
    c.painter.fillRect(QRect(lane.left(), lane.bottom(), lane.width(), 1), _faint(c.color("line"), 0.6))


def _footage(c: Canvas, room: QRectF, camera: ReviewCamera, stretch: Stretch, officer: QColor, doubt: Micros) -> None:
    rolling = next(r for r in camera.manifest.rolling if stretch.range.start in r)
    around = TimeRange(
        Utc(stretch.range.start - (doubt if stretch.range.start == rolling.start else 0)),
        Utc(stretch.range.end + (doubt if stretch.range.end == rolling.end else 0)),
    )
    if doubt / c.axis.per_pixel >= 1:
        box = c.span(around, room.top(), room.height())
        if box is not None:
            c.painter.fillRect(box, _fading(c, rolling, officer, doubt))
        return
    box = c.span(stretch.range, room.top(), room.height())
    if box is None:
        return
    c.painter.fillRect(box, QBrush(_faint(officer, 0.32)))
    for end, inside in ((rolling.start, 0), (rolling.end, -1)):
        if stretch.range.start <= end <= stretch.range.end:
            c.painter.fillRect(QRectF(round(c.x(end)) + inside, room.top(), 1, room.height()), officer)


def _silent(c: Canvas, room: QRectF, stretch: Stretch) -> None:
    box = c.span(stretch.range, room.top(), room.height())
    if box is not None:
        c.painter.fillRect(box, c.color("bg0"))
        _dots(c, box)


def _fading(c: Canvas, rolling: TimeRange, officer: QColor, doubt: Micros) -> QBrush:
    """The 32 % fill, going in and out over the ± around where the camera says that it started and stopped."""
    first, last = c.x(Utc(rolling.start - doubt)), c.x(Utc(rolling.end + doubt))
    gradient = QLinearGradient(first, 0, last, 0)
    edge = min(0.5, 2 * doubt / max(1, rolling.duration + 2 * doubt))
    for at, alpha in ((0.0, 0.0), (edge, 0.32), (1 - edge, 0.32), (1.0, 0.0)):
        gradient.setColorAt(at, _faint(officer, alpha))
    return QBrush(gradient)


def _waveform(c: Canvas, room: QRectF, camera: ReviewCamera, officer: QColor) -> None:
    """The whole lane at once, however many parts it has."""
    parts = c.scene.peaks.get(camera.key, ())
    ratio = c.painter.device().devicePixelRatioF()
    width, height = int(room.width() * ratio), int(room.height() * ratio) - 4
    if not parts or width < bar_pitch() or height < 2:
        return
    pitch = bar_pitch() / ratio
    first = -(c.axis.window.start / c.axis.per_pixel % pitch)  # the same bars while time is panned
    loud = loudness(parts, c.axis, first, bar_count(width) + 1, pitch)
    if (loud < 0).all():
        return
    image = bars(loud, width + bar_pitch(), height, _faint(officer, 0.72))
    image.setDevicePixelRatio(ratio)
    c.painter.drawImage(QPointF(room.left() + first, room.top() + 2 / ratio), image)


def _dots(c: Canvas, box: QRectF) -> None:
    c.painter.save()
    c.painter.setBrushOrigin(box.topLeft())
    c.painter.setPen(QPen(c.color("text2"), 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    columns, rows = int(box.width() // 6) + 1, max(1, int(box.height() // 6))
    margin = (box.height() - (rows - 1) * 6) / 2
    points = [QPointF(box.left() + 3 + 6 * i, box.top() + margin + 6 * j) for i in range(columns) for j in range(rows)]
    c.painter.setClipRect(box)
    c.painter.drawPoints(points)
    c.painter.restore()


_STYLES = {  # border token, words token
    StretchKind.NOT_DOWNLOADED: ("info", "info"),
    StretchKind.NOT_ASSIGNED: ("edge", "text2"),
    StretchKind.CORRUPT: ("stop", "stop"),
    StretchKind.GAP: ("", "text2"),
}


def _absent(c: Canvas, room: QRectF, stretch: Stretch) -> None:
    box = c.span(stretch.range, room.top(), room.height())
    if box is None:
        return
    border, words = _STYLES[stretch.kind]
    inside = box.adjusted(0.5, 0.5, -0.5, -0.5)
    c.painter.setBrush(Qt.BrushStyle.NoBrush)
    if stretch.kind is StretchKind.GAP:
        _hatch(c, box)
    elif stretch.kind is StretchKind.CORRUPT:
        c.painter.fillRect(box, c.color("stop_tint"))
        c.painter.setPen(QPen(c.color(border), 1))
        c.painter.drawRect(inside)
    else:
        pen = QPen(c.color(border), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
        c.painter.setPen(pen)
        c.painter.drawRect(inside)
    _stretch_words(c, box, stretch.words, c.color(words))


def _hatch(c: Canvas, box: QRectF) -> None:
    c.painter.save()
    c.painter.setClipRect(box)
    c.painter.fillRect(box, _faint(c.color("bg2"), 0.6))
    c.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    c.painter.setPen(QPen(c.color("line"), 1.2))
    height = box.height()
    phase = (c.layout.header - c.axis.window.start / c.axis.per_pixel) % 9  # it stays where it is while time is panned
    first = (box.left() - height - phase) // 9 * 9 + phase
    lines = (first + 9 * i for i in range(int((box.right() - first) // 9) + 1))
    c.painter.drawLines([QLineF(x, box.bottom(), x + height, box.top()) for x in lines])
    c.painter.restore()


def _stretch_words(c: Canvas, box: QRectF, words: str, color: QColor) -> None:
    """Only where they fit; else the tool tip has them."""
    if c.shown is not None:  # at the edge of what is seen, not of what is drawn
        box = box.intersected(QRectF(c.shown[0], box.top(), c.shown[1] - c.shown[0], box.height()))
    face = font(Type.META)
    width = QFontMetricsF(face).horizontalAdvance(words)
    if width + 16 > box.width():
        return
    row = QRectF(box.left() + 4, box.center().y() - 7, width + 8, 14)
    c.painter.fillRect(row, _faint(c.color("bg0"), 0.85))
    c.painter.setFont(face)
    c.painter.setPen(color)
    c.painter.drawText(row.adjusted(4, -1, 4, 1), _MIDDLE, words)


def watched_strip(c: Canvas, places: WatchedPlaces | None, top: float, height: int = _WATCHED) -> None:
    """White where this person watched it, half height where only faster than 2×; grey where only somebody else saw it;
    hollow where nobody did."""
    if places is not None:
        c.marker.strip(places.whole, top, height, c.color("bg3"))
        c.marker.strip(places.anybody, top, height, c.color("edge"))
        c.marker.strip(places.fast, top + height // 2, height - height // 2, c.color("ink"))
        c.marker.strip(places.calm, top, height, c.color("ink"))


def draw_any(c: Canvas) -> None:
    """The row of any camera, without its header."""
    strip = c.layout.strip
    c.painter.fillRect(QRect(strip.left(), strip.top(), strip.width(), c.layout.size.height()), c.color("bg0"))
    paint_bands(c.marker, c.scene.bands.values(), "", QRectF(strip))
    watched_strip(c, c.scene.any_watched, strip.center().y() - 4, 8)
