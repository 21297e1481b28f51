from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.lens import Lens
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.review.faces import Step, face_of, head_words, late_words
from reviewer.ui.review.framing import framing
from reviewer.ui.review.lens_words import LOOKING, tile_words
from reviewer.ui.review.tile import Tile
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review.samples import NOW, ZONE, at, cameras, picture

MARK = (7, 201, 113)  # a colour (B, G, R) that nothing of ours has


def marked(width: int, height: int, state: TileState = TileState.PLAYING) -> TilePicture:
    """A picture of nothing but MARK, with a white pixel in its top left corner."""
    image = np.empty((height, width, 4), np.uint8)
    image[:] = (*MARK, 255)
    image[0, 0, :3] = 255
    return TilePicture(state, image, 0, 0, NOW, Utc(NOW + 40_000))


def pixels(tile: Tile) -> np.ndarray:
    grabbed = tile.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(grabbed.constBits(), np.uint8)
    return flat.reshape(grabbed.height(), grabbed.bytesPerLine() // 4, 4)[:, : grabbed.width(), :3].copy()


def has_mark(tile: Tile) -> bool:
    return bool((pixels(tile) == np.array(MARK)).all(axis=-1).any())


@pytest.fixture
def tile(qtbot: QtBot) -> Tile:
    made = Tile(cameras(1)[0], ZONE)
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(640, 416)
    made.show()
    return made


def shown(tile: Tile, state: TileState, note: str = "") -> Tile:
    tile.show_picture(picture(state, (320, 180), late=140, note=note), NOW, playing=True)
    return tile


def test_every_state_is_reachable_and_says_something_of_its_own(tile: Tile) -> None:
    said = {state: shown(tile, state).words for state in TileState}
    assert all(said.values()), said
    assert len(set(said.values())) == len(TileState), said


def test_every_state_without_a_picture_has_an_icon_words_and_most_a_next_step() -> None:
    steps: dict[TileState, Step | None] = {}
    for state in TileState:
        face = face_of(cameras(4)[3], state, NOW, ZONE)
        if face is not None:
            assert face.icon and face.headline and face.detail
            steps[state] = face.next.step if face.next else None
    assert steps == {
        TileState.NOT_STARTED: Step.GO_TO,
        TileState.ENDED: Step.GO_TO,
        TileState.GAP: Step.GO_TO,
        TileState.NOT_DOWNLOADED: Step.FETCH_FIRST,
        TileState.CORRUPT: Step.FETCH_AGAIN,
        TileState.UNREADABLE: Step.SECOND_PLAYER,
        TileState.STOPPED: Step.SECOND_PLAYER,
        TileState.NO_PERMISSION: Step.ASK_SUPERVISOR,
        TileState.RESTRICTED: Step.SAY_WHY,
        TileState.OPENING: None,
        TileState.COVERED: None,
    }


@pytest.mark.parametrize("name", list(ThemeName))
def test_no_state_is_plain_black(tile: Tile, name: ThemeName) -> None:
    apply_theme(tile, name)
    for state in set(TileState) - {TileState.PLAYING, TileState.LATE, TileState.STILL}:
        inside = shown(tile, state).picture_rect
        area = pixels(tile)[inside.top() : inside.bottom(), inside.left() : inside.right()]
        assert len(np.unique(area.reshape(-1, 3), axis=0)) > 5, state


def test_late_says_by_how_much(tile: Tile) -> None:
    assert shown(tile, TileState.LATE).words == "0.1 s late"
    said = [late_words(Micros(late)) for late in (20_000, 440_000, 12_300_000, 150_000_000)]
    assert said == ["under 0.1 s late", "0.4 s late", "12.3 s late", "2 min late"]


def test_the_silent_buffer_and_a_damaged_frame_are_said(tile: Tile) -> None:
    camera = tile.camera
    words = head_words(camera, picture(TileState.PLAYING), at("22:39:20"), True)
    assert words is not None and words.words == "Buffer, silent"
    damaged = head_words(camera, picture(TileState.PLAYING, note="This frame is damaged."), NOW, True)
    assert damaged is not None and damaged.words == "This frame is damaged"


def test_a_gap_says_from_when_to_when_and_its_button_goes_there(qtbot: QtBot) -> None:
    tile = Tile(cameras(4)[3], ZONE)
    qtbot.addWidget(tile)
    tile.resize(400, 300)
    shown(tile, TileState.GAP)
    assert tile.face is not None
    assert tile.face.detail == "Stopped 22:41:12, starts again 22:44:02"
    assert tile.next_button.text() == "Go to 22:44:02"
    with qtbot.waitSignal(tile.step_asked) as asked:
        tile.next_button.click()
    key, step = asked.args
    assert (key, step.step, step.at) == ("rec-4", Step.GO_TO, at("22:44:02"))


def test_fetching_asks_for_the_part_that_is_missing(qtbot: QtBot) -> None:
    tile = Tile(cameras(5)[4], ZONE)
    qtbot.addWidget(tile)
    shown(tile, TileState.NOT_DOWNLOADED)
    assert tile.face is not None
    assert (tile.face.detail, tile.face.fraction) == ("63 % · about 2 min left", 0.63)
    with qtbot.waitSignal(tile.step_asked) as asked:
        tile.next_button.click()
    assert (asked.args[1].step, asked.args[1].part) == (Step.FETCH_FIRST, 1)


def test_the_picture_stands_on_its_own_pixels_uncropped_with_nothing_on_it(tile: Tile) -> None:
    size = tile.device_size()
    tile.show_picture(marked(size.width(), size.height()), NOW, playing=True)
    room, seen = tile.picture_rect, pixels(tile)
    area = seen[room.top() : room.bottom() + 1, room.left() : room.right() + 1]
    assert (area[0, 0] == 255).all()
    area[0, 0] = MARK
    assert (area == np.array(MARK)).all()


def test_another_shape_is_letterboxed_on_black(tile: Tile) -> None:
    tile.show_picture(marked(200, 200), NOW, playing=True)
    room, seen = tile.picture_rect, pixels(tile)
    assert (seen[room.center().y(), room.left() + 1] == 0).all()
    assert (seen[room.center().y(), room.center().x()] == MARK).all()


def test_a_covered_tile_shows_no_pixel_of_the_picture_and_lets_go_of_it(tile: Tile) -> None:
    frame = marked(640, 360)
    tile.show_picture(frame, NOW, playing=True)
    assert has_mark(tile) and tile.painted is frame
    tile.cover("The session is locked.")
    assert not has_mark(tile)
    assert tile.painted is None and tile.words == "Picture covered"
    tile.resize(700, 500)  # painting again for any reason brings nothing back
    assert not has_mark(tile)


@pytest.mark.parametrize("state", [TileState.COVERED, TileState.NO_PERMISSION, TileState.CORRUPT])
def test_an_image_handed_in_beside_such_a_state_is_not_painted(tile: Tile, state: TileState) -> None:
    tile.show_picture(marked(640, 360, state), NOW, playing=True)
    assert not has_mark(tile) and tile.painted is None


def test_only_the_picture_is_painted_again_and_only_for_a_new_frame(tile: Tile, qtbot: QtBot) -> None:
    qtbot.waitExposed(tile)
    first = picture(TileState.PLAYING, (320, 180))
    assert tile.show_picture(first, NOW, playing=True) is True
    assert tile.show_picture(first, NOW, playing=True) is False


def test_the_buffer_is_not_copied(tile: Tile) -> None:
    frame = marked(*_size(tile))
    tile.show_picture(frame, NOW, playing=True)
    tile.grab()
    assert frame.image is not None
    frame.image[:] = (1, 2, 3, 255)  # the decoder would not do this; that it shows proves there is one buffer
    room = tile.picture_rect
    assert (pixels(tile)[room.center().y(), room.center().x()] == (1, 2, 3)).all()


def _size(tile: Tile) -> tuple[int, int]:
    return tile.device_size().width(), tile.device_size().height()


def test_a_lens_zooms_and_asks_the_decoder_for_more_pixels(tile: Tile, qtbot: QtBot) -> None:
    before = tile.device_size()
    with qtbot.waitSignal(tile.resized):
        tile.set_lens(Lens(zoom=2_000))
    assert tile.device_size().width() == 2 * before.width()
    tile.set_lens(Lens(turn=90))
    assert tile.device_size() == before.transposed()


def test_light_changes_what_is_seen_not_the_frame(tile: Tile) -> None:
    frame = marked(*_size(tile))
    tile.show_picture(frame, NOW, playing=True)
    tile.set_lens(Lens(gamma=200))
    assert not has_mark(tile)
    assert frame.image is not None and tuple(frame.image[5, 5, :3]) == MARK


def test_how_it_is_looked_at_stands_in_words_beside_the_picture(tile: Tile) -> None:
    shown(tile, TileState.PLAYING)
    plain = pixels(tile)
    tile.set_lens(Lens(2_500, turn=90, brightness=20, gamma=125))
    assert tile.toolTip() == (
        "Zoom 2.5×, turned 90° clockwise, brightness +20, gamma 1.25. This changes what you see, never the recording."
    )
    foot = slice(tile.picture_rect.bottom() + 2, None)
    assert (pixels(tile)[foot] != plain[foot]).any()
    room = tile.picture_rect  # nothing of ours lies on the picture
    tile.set_lens(Lens(2_500, gamma=200))
    tile.show_picture(marked(*_size(tile)), NOW, playing=True)
    inside = pixels(tile)[room.top() : room.bottom() + 1, room.left() : room.right() + 1]
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    ("lens", "full", "tight"),
    [
        (Lens(), (), ()),
        (Lens(zoom=2_500), ("2.5×",), ("2.5×",)),
        (Lens(turn=270), ("Turned 270°",), ("270°",)),
        (Lens(16_000, turn=90, contrast=-10), ("16×", "Turned 90°", LOOKING), ("16×", "90°", "Adjusted")),
    ],
)
def test_a_lens_in_words(lens: Lens, full: tuple[str, ...], tight: tuple[str, ...]) -> None:
    assert tile_words(lens) == full
    assert tile_words(lens, tight=True) == tight


def test_the_wheel_looks_nearer_around_the_pointer_and_a_double_click_ends_it(tile: Tile, qtbot: QtBot) -> None:
    tile.looked.connect(lambda _key, lens: tile.set_lens(lens))
    shown(tile, TileState.PLAYING)
    at = QPointF(tile.picture_rect.topLeft() + QPoint(100, 60))
    before = tile.view().point(at)
    for _ in range(5):
        QApplication.sendEvent(tile, wheel(at, 120))
    assert 2_900 < tile.lens.zoom < 3_200
    after = tile.view().point(at)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.01
    middle = tile.picture_rect.center()
    x = tile.lens.x
    qtbot.mousePress(tile, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(tile, middle - QPoint(60, 0))
    qtbot.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=middle - QPoint(60, 0))
    assert tile.lens.x > x  # pulled to the left: one sees what lies farther right
    with qtbot.assertNotEmitted(tile.full_asked):
        qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=middle)
    assert tile.lens == Lens()


def wheel(at: QPointF, turned: int) -> QWheelEvent:
    buttons, held = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    return QWheelEvent(at, at, QPoint(), QPoint(0, turned), buttons, held, Qt.ScrollPhase.NoScrollPhase, False)


def test_where_no_picture_is_the_wheel_does_nothing(tile: Tile, qtbot: QtBot) -> None:
    shown(tile, TileState.GAP)
    with qtbot.assertNotEmitted(tile.looked):
        QApplication.sendEvent(tile, wheel(QPointF(tile.picture_rect.center()), 120))


def test_two_fingers_look_nearer(tile: Tile) -> None:
    tile.looked.connect(lambda _key, lens: tile.set_lens(lens))
    shown(tile, TileState.PLAYING)
    device = QPointingDevice.primaryPointingDevice()
    at = QPointF(tile.picture_rect.center())
    pinch = QNativeGestureEvent(Qt.NativeGestureType.ZoomNativeGesture, device, 2, at, at, at, 0.5, QPointF())
    QApplication.sendEvent(tile, pinch)
    assert tile.lens.zoom == 1_500


def test_the_other_mouse_button_asks_for_the_menu(tile: Tile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.menu_asked):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(50, 50), QPoint(50, 50))
        QApplication.sendEvent(tile, event)


def test_hands(tile: Tile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.focus_asked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    with qtbot.waitSignal(tile.full_asked):
        qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    sound = next(b for b in tile.findChildren(type(tile.next_button)) if b.accessibleName() == "Hear camera 1")
    with qtbot.waitSignal(tile.hear_asked):
        qtbot.mouseClick(sound, Qt.MouseButton.LeftButton)
    tile.set_heard(True)
    assert sound.accessibleName() == "Mute camera 1"


@pytest.mark.parametrize(("wide", "high"), [(640, 360), (360, 640), (1, 500), (333, 77)])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_the_whole_picture_keeps_its_shape_inside_the_room(wide: int, high: int, ratio: float) -> None:
    room = QRect(10, 20, 401, 303)
    found = framing((wide, high), room, ratio, Lens()).target
    slack = 1.0
    assert found.left() >= room.left() - slack and found.right() <= room.left() + room.width() + slack
    assert found.top() >= room.top() - slack and found.bottom() <= room.top() + room.height() + slack
    assert abs(found.width() * high - found.height() * wide) <= max(wide, high) * 2


# -- told apart without colour ---------------------------------------------------------------------------------------


def said_of(tile: Tile) -> dict[str, TilePicture]:
    """Every state, and every fidelity of a picture, each as the engine would hand it out."""
    states = {state.value: picture(state, (320, 180), late=400) for state in TileState}
    marks = {
        each.value: picture(TileState.PLAYING, (320, 180), fidelity=each)
        for each in set(Fidelity) - {Fidelity.ORIGINAL}
    }
    late = picture(TileState.LATE, (320, 180), late=400, fidelity=Fidelity.SKIPPING)
    return {**states, **marks, "late and skipping": late}


def grey(tile: Tile) -> np.ndarray:
    """The head, and for a face all of it, as somebody sees it who sees no colour."""
    return np.round(pixels(tile)[..., ::-1] @ np.array([0.299, 0.587, 0.114])).astype(int)


@pytest.mark.parametrize("name", list(ThemeName))
@pytest.mark.parametrize("size", [(866, 540), (400, 280), (252, 200), (330, 168)])
def test_each_state_and_each_fidelity_is_told_apart_in_grey(tile: Tile, name: ThemeName, size: tuple[int, int]) -> None:
    apply_theme(tile, name)
    tile.resize(*size)
    heads: dict[str, np.ndarray] = {}
    words: dict[str, str] = {}
    icons: dict[str, tuple[str, ...]] = {}
    for what, each in said_of(tile).items():
        tile._words_at = 0.0
        tile.show_picture(each, NOW, playing=True)
        faces = tuple(part.icon for part in (tile.face, tile.head, tile.mark) if part is not None)
        words[what], icons[what] = tile.words, faces
        seen = grey(tile)
        heads[what] = seen if tile.face is not None else seen[: tile.picture_rect.top()]
    assert len(set(words.values())) == len(words), words
    assert len(set(icons.values())) == len(icons), icons
    for one, other in combinations(heads, 2):
        if heads[one].shape == heads[other].shape:
            different = np.abs(heads[one] - heads[other]) > 40
            assert different.sum() >= 12, (one, other)


@pytest.mark.parametrize("fidelity", [f for f in Fidelity if f is not Fidelity.ORIGINAL])
def test_what_is_not_the_original_is_said_in_words_however_narrow(tile: Tile, fidelity: Fidelity) -> None:
    for state in (TileState.PLAYING, TileState.LATE):
        tile.show_picture(picture(state, (320, 180), late=400, fidelity=fidelity), NOW, playing=False)
        assert tile.mark is not None and tile.mark.words in tile.words
    assert tile.words.startswith("0.4 s late, ")


def test_a_stopped_decoder_leads_to_the_second_player_or_the_cameras_own_file(qtbot: QtBot) -> None:
    tile = Tile(cameras(1)[0], ZONE)
    qtbot.addWidget(tile)
    tile.resize(640, 416)
    tile.show()
    tile.show_picture(picture(TileState.STOPPED, note="Reading it took more than 2 GB of memory."), NOW, playing=True)
    assert tile.face is not None and tile.words == "Its decoder was stopped"
    assert tile.face.detail == "Reading it took more than 2 GB of memory."
    for button, step in ((tile.next_button, Step.SECOND_PLAYER), (tile.other_button, Step.ASK_CUSTODIAN)):
        with qtbot.waitSignal(tile.step_asked) as asked:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert (asked.args[1].step, asked.args[1].part) == (step, 0)
    assert not tile.next_button.geometry().intersects(tile.other_button.geometry())
    tile.resize(230, 200)
    assert tile.next_button.isVisible() and not tile.other_button.isVisible()


def test_it_is_said_to_a_screen_reader(tile: Tile) -> None:
    shown(tile, TileState.CORRUPT)
    assert tile.accessibleName() == "Camera 1, Ofc. A. Niemi 2214, Corrupt: not shown"
