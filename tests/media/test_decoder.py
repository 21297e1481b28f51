"""What a camera's process does next, step by step in this process, with a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import av
import pytest

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.apart import context
from reviewer.media.camera import Absence, CameraTimes, DeckCamera
from reviewer.media.clock import ClockView, DeckClock
from reviewer.media.decoder import CameraDecoder
from reviewer.media.index import FrameIndex
from reviewer.media.plan import Want
from reviewer.media.shared import SharedBlock
from reviewer.media.shelf import Shelf, Viewer
from tests.media.footage import START, Hands, camera, clip, part

FRAME = 40_000


@dataclass
class Heard:
    """What the decoder said."""

    asked: list[int] = field(default_factory=list)
    failures: list[Absence] = field(default_factory=list)

    def ask(self, part: int) -> None:
        self.asked.append(part)

    def learned(self, part: int, index: FrameIndex, by: str) -> None: ...

    def failed(self, part: int, why: Absence) -> None:
        self.failures.append(why)

    def lost(self, part: int, frames: range) -> None: ...


class Rig:
    """One decoder, its clock and what it put up."""

    def __init__(self, cam: DeckCamera) -> None:
        self.hands, self.heard = Hands(), Heard()
        self.clock = DeckClock(TimeRange(START, Utc(START + 60_000_000)), self.hands)
        self.shelf = Shelf(context().Lock())
        self.shelf.head["tile_w"], self.shelf.head["tile_h"] = 96, 54
        self.viewer = Viewer(self.shelf)
        self.decoder = CameraDecoder(CameraTimes(cam), ClockView(self.clock.block), self.shelf, self.heard)
        for number, each in enumerate(cam.parts):
            self.decoder.give_source(number, each.source())

    def work(self, steps: int = 1000) -> None:
        """Until it rests."""
        for _ in range(steps):
            self.clock.monotonic()
            if self.decoder.step() != 0:
                return

    def close(self) -> None:
        self.decoder.close()
        self.shelf.close()
        self.clock.close()


def test_playing_on_after_an_exact_seek_decodes_nothing_again() -> None:
    rig = Rig(camera(part(clip(tuple(range(120)), gop=60))))
    rig.work()
    rig.clock.change(at=Utc(START + 40 * FRAME))
    rig.work()
    reader = rig.decoder._reader
    assert reader is not None
    seeks: list[int] = []
    reader.seek = lambda frame, wanted_from=None: seeks.append(frame)  # type: ignore[method-assign]
    rig.clock.change(playing=True)
    for n in range(60):
        rig.hands.move(16_667)
        rig.work()
        frame = 40 + (n + 1) * 16_667 // FRAME
        assert rig.viewer.find(0, frame) is not None
    assert seeks == []
    rig.close()


@pytest.mark.parametrize("onward", [True, False])
def test_what_will_be_played_on_from_where_it_stands_waits_before_its_next_frame(onward: bool) -> None:
    """Else its way back from the frames before it may not be over when it is to be played: tiles stood for half a
    second after a reel's clips had changed."""
    rig = Rig(camera(part(clip(tuple(range(120)), gop=60))))
    rig.shelf.head["calm"], rig.shelf.head["onward"] = 1, onward
    given: list[int] = []
    rig.clock.change(at=Utc(START + 50 * FRAME))
    while rig.decoder._reader is None:
        rig.decoder.step()
    reader = rig.decoder._reader
    advance = reader.advance

    def counted() -> list[tuple[int, av.VideoFrame]]:
        found = advance()
        given.extend(frame for frame, _picture in found)
        return found

    reader.advance = counted  # type: ignore[method-assign]
    rig.work()
    assert rig.viewer.find(0, 60) is not None
    assert (rig.viewer.find(0, 25) is None) is onward
    assert (given == sorted(set(given))) is onward  # no frame twice, and none after a later one
    assert rig.decoder._chooser._stands_before(Want(0, given[-1] + 1, range(0))) or not onward
    rig.close()


def test_nothing_is_decoded_for_a_tile_that_nobody_sees() -> None:
    rig = Rig(camera(part(clip())))
    rig.shelf.head["tile_w"] = 0
    rig.work()
    assert rig.decoder._reader is None
    rig.shelf.head["tile_w"] = 96
    rig.work()
    assert rig.viewer.find(0, 0) is not None
    rig.close()


def test_a_part_that_was_not_sent_is_asked_for_once() -> None:
    cam = camera(part(clip()))
    rig = Rig(cam)
    rig.decoder._sources.clear()
    rig.work()
    rig.work()
    assert rig.heard.asked == [0]
    rig.decoder.give_source(0, cam.parts[0].source())
    rig.work()
    assert rig.viewer.find(0, 0) is not None
    rig.close()


def test_a_course_that_is_written_meanwhile_is_never_read_in_halves() -> None:
    clock = DeckClock(TimeRange(START, Utc(START + 1_000_000)))
    process = context().Process(target=read_courses, args=(clock.block,))  # type: ignore[attr-defined]
    process.start()
    n = 0
    while process.is_alive():
        n += 1
        clock.set_span(TimeRange(Utc(START + n), Utc(START + n + 1000)), at=Utc(START + n))
    process.join()
    assert process.exitcode == 0
    clock.close()


def read_courses(block: SharedBlock) -> None:
    """The span's length and its place by the clock's must fit each other at every look."""
    view = ClockView(block)
    while view.span.start < START + 20_000:
        course, span, _ = view._get()
        fits = span.duration in (1000, 1_000_000) and span.start - 1 <= course.anchor <= span.start
        if not fits:
            raise SystemExit(3)
