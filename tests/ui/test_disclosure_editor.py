"""Masks on the picture: drawn, moved, sized by mouse and keys, however it is turned; recorded only by who listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.lens import Lens
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Proposed, Region, Target
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Micros, Utc
from reviewer.services.playback import WallPicture
from reviewer.ui.disclosure_editor import LEAST, MaskEditor
from reviewer.ui.disclosure_grip import Grip, grip_at, inside, pulled
from reviewer.ui.disclosure_pad import EditPad
from reviewer.ui.disclosure_sketch import Edge, MaskSketch, moved, sized
from reviewer.ui.review.framing import framing
from reviewer.ui.review.sketch import to_screen
from reviewer.ui.review.tile import Tile
from reviewer.ui.stage import StageView
from tests.ui.review.samples import NOW, ZONE, cameras, picture

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
REC = "rec-1"
FROM, TO = Spot(ALL // 4, ALL // 4), Spot(ALL // 2, 3 * ALL // 4)


def mask(**more: object) -> Mask:
    frames = (Keyframe(NOW, (FROM, TO)),)
    made = Mask(
        "m1",
        "r1",
        REC,
        Target.FACE,
        MaskShape.BOX,
        MaskStyle.SOLID,
        NOW,
        Utc(NOW + 10_000_000),
        frames,
        number=1,
    )
    return replace(made, **more)  # type: ignore[arg-type]


@dataclass
class Bench:
    stage: StageView
    pad: EditPad
    editor: MaskEditor
    drawn: list[tuple[object, ...]] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    picked: list[str] = field(default_factory=list)

    @property
    def tile(self) -> Tile:
        found = self.stage.wall.tile(REC)
        assert found is not None
        return found

    def stands(self, at: Utc = NOW, turn: int = 0, *, playing: bool = False) -> None:
        """One frame of the recording stands there."""
        shown = replace(picture(TileState.STILL), at=at, until=Utc(at + 33_366), turn=turn)
        self.stage.wall.show_pictures({REC: shown}, at, playing, None)
        self.editor.follow(WallPicture(at, {REC: shown}, None, Micros(0), playing, 1.0, True))

    def at(self, spot: Spot, turn: int = 0) -> QPoint:
        return to_screen(self.tile.view(), (self.tile.lens.turn + turn) % 360, spot).toPoint()

    def drag(self, *spots: Spot, turn: int = 0) -> None:
        points = [self.at(spot, turn) for spot in spots]
        QTest.mousePress(self.tile, LEFT, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(self.tile, point)
        QTest.mouseRelease(self.tile, LEFT, pos=points[-1])


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    stage, pad = StageView(ZONE), EditPad()
    qtbot.addWidget(stage)
    qtbot.addWidget(pad)
    camera = cameras(1)[0]
    stage.wall.set_cameras((camera,))
    stage.resize(900, 640)
    stage.show()
    pad.show()
    made = Bench(stage, pad, MaskEditor(stage, pad, lambda _key, at: at))
    made.editor.drawn.connect(lambda *what: made.drawn.append(what))
    made.editor.moved.connect(lambda *what: made.moved.append(what))
    made.editor.picked.connect(made.picked.append)
    made.editor.allowed = True
    assert camera.key == REC
    made.editor.show_masks(REC, (), "")
    made.stands()
    yield made


def _near(one: Spot, other: Spot, within: int = 8_000) -> bool:
    return abs(one.x - other.x) <= within and abs(one.y - other.y) <= within


def _points(what: object) -> tuple[Spot, ...]:
    assert isinstance(what, tuple)
    return what


@pytest.mark.parametrize("shape", [MaskShape.BOX, MaskShape.ELLIPSE])
@pytest.mark.parametrize(("lens", "turn"), [(Lens(), 0), (Lens(turn=90), 0), (Lens(), 270), (Lens(zoom=1500), 0)])
def test_a_drag_is_a_mask_at_the_same_place_of_the_recording(
    bench: Bench, shape: MaskShape, lens: Lens, turn: int
) -> None:
    bench.tile.set_lens(lens)
    bench.stands(turn=turn)
    assert bench.editor.draw(shape)
    bench.drag(FROM, Spot(ALL // 3, ALL // 3), TO, turn=turn)
    ((made, points, at),) = bench.drawn
    low, high = (f(_points(points), key=lambda p: p.x) for f in (min, max))
    assert made is shape and at == NOW and not bench.editor.active
    assert abs(low.x - FROM.x) < 8_000 and abs(high.x - TO.x) < 8_000


def test_a_polygon_is_clicked_corner_by_corner_and_ends_with_a_double_click(bench: Bench) -> None:
    assert bench.editor.draw(MaskShape.POLYGON)
    corners = (FROM, Spot(ALL // 2, ALL // 4), TO)
    for spot in corners:
        QTest.mouseClick(bench.tile, LEFT, pos=bench.at(spot))
    QTest.mouseDClick(bench.tile, LEFT, pos=bench.at(TO))
    ((shape, points, _at),) = bench.drawn
    assert shape is MaskShape.POLYGON
    assert all(_near(a, b) for a, b in zip(_points(points), corners, strict=False))


def test_all_of_it_by_keys(bench: Bench) -> None:
    assert bench.editor.draw(MaskShape.BOX)
    before = bench.editor.pending
    QTest.keyClick(bench.pad, KEY.Key_Right)
    QTest.keyClick(bench.pad, KEY.Key_Down, CTRL)
    QTest.keyClick(bench.pad, KEY.Key_Right, SHIFT)
    QTest.keyClick(bench.pad, KEY.Key_Return)
    ((shape, points, _at),) = bench.drawn
    first, second = _points(points)
    assert shape is MaskShape.BOX
    assert second.x - first.x > before[1].x - before[0].x and first.y > before[0].y


def test_a_polygon_by_keys_needs_three_corners(bench: Bench) -> None:
    bench.editor.draw(MaskShape.POLYGON)
    QTest.keyClick(bench.pad, KEY.Key_Space)
    QTest.keyClick(bench.pad, KEY.Key_Return)
    assert bench.editor.active and not bench.drawn
    for key in (KEY.Key_Right, KEY.Key_Space, KEY.Key_Down, KEY.Key_Return):
        QTest.keyClick(bench.pad, key)
    ((_shape, points, _at),) = bench.drawn
    assert len(_points(points)) == 3


def test_a_click_is_no_mask_and_esc_leaves(bench: Bench) -> None:
    bench.editor.draw(MaskShape.BOX)
    bench.drag(FROM, FROM)
    assert not bench.drawn and bench.editor.active
    QTest.keyClick(bench.pad, KEY.Key_Escape)
    assert not bench.editor.active and not bench.drawn


def test_the_picked_mask_is_pulled_by_its_corner_and_by_its_middle(bench: Bench) -> None:
    bench.editor.show_masks(REC, (mask(),), "m1")
    bench.stands()
    bench.drag(TO, Spot(3 * ALL // 5, 4 * ALL // 5))
    ((of, at, points),) = bench.moved
    assert of == mask() and at == NOW
    assert _near(_points(points)[0], FROM) and _near(_points(points)[1], Spot(3 * ALL // 5, 4 * ALL // 5))
    middle = Spot((FROM.x + TO.x) // 2, (FROM.y + TO.y) // 2)
    bench.drag(middle, Spot(middle.x + 100_000, middle.y))
    assert _near(_points(bench.moved[1][2])[0], Spot(FROM.x + 100_000, FROM.y))


def test_another_mask_is_picked_first_and_beside_all_of_them_nothing_happens(bench: Bench) -> None:
    bench.editor.show_masks(REC, (mask(),), "")
    bench.stands()
    bench.drag(Spot(ALL // 3, ALL // 2), Spot(ALL // 2, ALL // 2))
    assert bench.picked == ["m1"] and not bench.moved
    bench.drag(Spot(9 * ALL // 10, ALL // 10), Spot(8 * ALL // 10, ALL // 10))
    assert bench.picked == ["m1"]


def test_what_was_moved_is_set_on_its_own_frame_when_another_comes(bench: Bench) -> None:
    bench.editor.show_masks(REC, (mask(),), "m1")
    bench.stands()
    assert bench.editor.edit()
    QTest.keyClick(bench.pad, KEY.Key_Left)
    bench.stands(Utc(NOW + 33_366))
    ((_of, at, _points),) = bench.moved
    assert at == NOW and not bench.editor.active


def test_a_new_one_goes_along_to_the_frame_that_stands_when_it_is_set(bench: Bench) -> None:
    """Who began it right after a step saw a frame that was about to be replaced."""
    later = Utc(NOW + 33_366)
    bench.editor.draw(MaskShape.BOX)
    before = bench.editor.pending
    QTest.keyClick(bench.pad, KEY.Key_Right)
    bench.stands(later)
    assert bench.editor.active and bench.pad.isVisible() and bench.editor.pending[0].x > before[0].x
    QTest.keyClick(bench.pad, KEY.Key_Return)
    ((shape, _points, at),) = bench.drawn
    assert (shape, at) == (MaskShape.BOX, later)


def test_one_that_nobody_moved_yet_lies_where_it_does_on_the_frame_that_comes(bench: Bench) -> None:
    later = Utc(NOW + 33_366)
    there = Spot(FROM.x + ALL // 10, FROM.y), Spot(TO.x + ALL // 10, TO.y)
    moving = mask(frames=(Keyframe(NOW, (FROM, TO)), Keyframe(later, there)))
    bench.editor.show_masks(REC, (moving,), "m1")
    bench.stands()
    assert bench.editor.edit()
    bench.stands(later)
    assert bench.editor.active and bench.editor.pending == there and not bench.moved
    QTest.keyClick(bench.pad, KEY.Key_Left)
    QTest.keyClick(bench.pad, KEY.Key_Return)
    ((_of, at, points),) = bench.moved
    assert at == later and _points(points)[0].x < there[0].x


def test_a_new_one_that_is_not_set_goes_when_it_plays(bench: Bench) -> None:
    bench.editor.draw(MaskShape.BOX)
    bench.stands(playing=True)
    assert not bench.editor.active and not bench.drawn


def test_who_may_not_draw_draws_nothing(bench: Bench) -> None:
    bench.editor.allowed = False
    assert not bench.editor.draw(MaskShape.BOX) and not bench.editor.edit()
    bench.drag(FROM, TO)
    assert not bench.drawn and not bench.moved


def test_the_edges_of_what_is_hidden_lie_over_the_picture_refused_ones_not() -> None:
    region = Region(MaskShape.BOX, (FROM, TO))
    shapes = (MaskShape.BOX, MaskShape.ELLIPSE, MaskShape.POLYGON)
    every = [Edge(Region(shape, (FROM, TO, Spot(0, ALL))[: 2 + (shape is MaskShape.POLYGON)])) for shape in shapes]
    view = framing((320, 200), QRect(0, 0, 320, 200), 1.0, Lens())
    for edges in ((), (Edge(region, "M1 Face", picked=True),), (Edge(region, open_=True),), tuple(every)):
        image = QImage(320, 200, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        MaskSketch(edges=edges).paint(painter, view, 0, QRect(0, 0, 320, 200))
        painter.end()
        drawn = any(image.pixelColor(x, 50).red() > 100 for x in range(320))
        assert drawn is bool(edges)


def test_a_refused_proposal_is_not_taken_by_the_mouse(bench: Bench) -> None:
    bench.editor.show_masks(REC, (mask(proposed=Proposed.REFUSED),), "")
    bench.stands()
    bench.drag(Spot(ALL // 3, ALL // 2), Spot(ALL // 2, ALL // 2))
    assert not bench.picked


SPOTS = st.builds(Spot, st.integers(0, ALL), st.integers(0, ALL))


@given(st.lists(SPOTS, min_size=2, max_size=6, unique=True), st.integers(-ALL, ALL), st.integers(-ALL, ALL))
def test_a_shape_that_is_moved_keeps_its_form_and_its_middle_on_the_picture(
    points: list[Spot], across: int, down: int
) -> None:
    there = inside(moved(tuple(points), across, down))
    assert {(b.x - a.x, b.y - a.y) for a, b in zip(points, there, strict=True)} == {
        (there[0].x - points[0].x, there[0].y - points[0].y)
    }
    xs, ys = [p.x for p in there], [p.y for p in there]
    assert 0 <= (min(xs) + max(xs)) // 2 <= ALL and 0 <= (min(ys) + max(ys)) // 2 <= ALL


@given(st.tuples(SPOTS, SPOTS), st.integers(-ALL, ALL), st.integers(-ALL, ALL))
def test_no_shape_is_sized_to_less_than_a_hundredth(points: tuple[Spot, Spot], across: int, down: int) -> None:
    made = sized(points, across, down, LEAST)
    if points[0].x != points[1].x:
        assert abs(made[1].x - made[0].x) >= LEAST - 2


def test_a_corner_that_is_pulled_over_the_other_turns_the_box() -> None:
    grip = Grip(1, TO, (FROM, TO))
    assert pulled(grip, Spot(0, 0), MaskShape.BOX) == (Spot(0, 0), FROM)
    screen = [QPointF(10, 10), QPointF(50, 50)]
    assert grip_at(screen, (FROM, TO), MaskShape.BOX, QPointF(200, 200), FROM) is None
    assert QRectF(screen[0], screen[1]).width() == 40
