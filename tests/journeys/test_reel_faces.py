"""A training officer decides what of a reel is hidden: faces that were proposed, regions by hand; nobody has a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from reviewer.app import case_reels_faces
from reviewer.app.case_reels import ReelRoom
from reviewer.domain.drawing import Spot
from reviewer.domain.errors import AccessRefused
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Proposed, Target
from reviewer.domain.timebase import TimeRange
from reviewer.media.camera import DeckCamera
from reviewer.sealing import keyring
from reviewer.services import custody
from reviewer.services.demo import PEOPLE
from reviewer.services.proposing import Proposals
from reviewer.services.reel_plan import Why
from tests.journeys.conftest import Person

KEY = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
ARO, FALK = (next(p for p in PEOPLE if p.id == each) for each in ("aro", "falk"))


def one_face(
    camera: DeckCamera,
    over: TimeRange,
    of: str,
    known: Sequence[Mask] = (),
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Proposals:
    """A detector that sees one face in every stretch."""
    progress(0.5)
    frames = (Keyframe(over.start, (Spot(4000, 4000), Spot(5000, 5000))),)
    mask = Mask(
        *("", of, camera.key, Target.FACE, MaskShape.ELLIPSE, MaskStyle.PIXELATE, over.start, over.end, frames),
        proposed=Proposed.OPEN,
    )
    return Proposals((mask,), 0, "Looked at 25 pictures.")


@pytest.fixture
def room(person: Person, monkeypatch: pytest.MonkeyPatch) -> ReelRoom:
    """The demo's reel, open."""
    monkeypatch.setattr(case_reels_faces, "propose", one_face)
    person.logs_on(f"{FALK.name} {FALK.badge}", FALK.passphrase)
    person.has_footage()
    person.opens_case()
    person.key(KEY.Key_9, CTRL)
    room = person.room.hands.copies if person.room.hands is not None else None
    assert isinstance(room, ReelRoom)
    person.sees(lambda: room.screen.isVisible() and room.clips)
    return room


def test_what_is_hidden_is_decided_face_by_face(person: Person, room: ReelRoom) -> None:
    assert {each.why for each in room.waiting} == {Why.NOT_SEARCHED}
    said = " ".join(label.text() for label in person.program.window.findChildren(QLabel))
    assert not [name for name in ("Niemi", "Korhonen", "Virtanen", "Laine") if name in said]
    assert all(camera.manifest.officer.startswith("Officer ") for camera in person.room.cameras)

    room.choose_clip(room.clips[1].id)
    room.stage.view.setFocus()
    person.key(KEY.Key_F, ALT)
    person.sees(lambda: room.screen.deciding)
    person.key(KEY.Key_F)
    person.sees(lambda: {each.why for each in room.waiting} == {Why.OPEN})
    count = sum(len(clip.recordings) for clip in room.clips)
    assert len(room.redaction.masks) == count
    for n in range(count):
        person.sees(lambda: room.faces._shown is not None)
        person.key(KEY.Key_T if n == 0 else KEY.Key_N)
        person.sees(lambda n=n: sum(m.proposed is not Proposed.OPEN for m in room.redaction.masks) == n + 1)  # type: ignore[misc]
    person.sees(lambda: {each.why for each in room.waiting} == {Why.NOTHING_HIDDEN})
    assert [m.proposed for m in room.redaction.masks].count(Proposed.TAKEN) == 1

    room.choose_clip(room.waiting[0].clip)
    person.sees(lambda: room.hiding.editor.now() is not None)
    room.stage.view.setFocus()
    person.key(KEY.Key_X, SHIFT)
    person.sees(lambda: room.screen.pad.isVisible())
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Return)
    person.sees(lambda: {each.why for each in room.waiting} == {Why.BURNED_IN})
    assert not room.screen.head.buttons["reel.render"].isEnabled()
    room.stage.view.setFocus()
    person.key(KEY.Key_B, ALT)
    person.sees(lambda: room.waiting == ())
    assert room.redaction.masks[-1].end == room.manifests[room.redaction.masks[-1].recording].range.end
    assert room.screen.head.buttons["reel.render"].isEnabled()
    assert {m.words for m in room.rendering.plan().redaction.masks} == {""}
    room.stage.view.setFocus()
    person.key(KEY.Key_Delete, SHIFT)
    person.sees(lambda: room.waiting)
    person.key(KEY.Key_Z)
    person.sees(lambda: room.waiting == ())

    person.key(KEY.Key_Delete, SHIFT)
    person.sees(lambda: room.waiting)
    person.key(KEY.Key_W, ALT)
    person.types("Staged; everybody agreed in writing.")
    person.key(KEY.Key_Return, ALT | SHIFT)
    person.sees(lambda: room.waiting == ())
    assert room.reel is not None and room.reel.plain == "Staged; everybody agreed in writing."


def test_what_is_released_no_more_is_refused(person: Person, room: ReelRoom) -> None:
    session, gone = person.desk.session, next(iter(room.manifests))
    aro = keyring.unlock(person.program.workspace.key_file(ARO.id), ARO.passphrase)
    custody.release_for_training(session.trust, [gone], aro, released=False, reason="the case goes on")
    room.ask_released()
    person.sees(lambda: gone not in room.released)
    assert any(card.state is not None and "not released" in card.state.words for card in room.screen.strip.cards)
    with pytest.raises(AccessRefused, match="not released for training"):
        room.rendering.plan()
