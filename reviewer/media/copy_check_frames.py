"""A copy's frames, one after the other, beside the originals that the plan says stand there. In a process apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import av
import numpy as np

from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import Utc
from reviewer.media import framing
from reviewer.media.camera import CameraTimes
from reviewer.media.copy_check_footage import Footage
from reviewer.media.copy_check_outside import Shrunk, is_card, moves, shows, shrink
from reviewer.media.copy_check_planes import Planes, cut, planes_of
from reviewer.media.copy_check_said import Tally
from reviewer.media.framing import Box
from reviewer.media.schedule import Kind, OutFrame, Passage, SourceFrame, passages


class Frames:
    """Looks at one frame after the other; `tally` hears what is wrong. `size`: the file's picture. For one thread;
    raises what reading the originals raises."""

    def __init__(self, plan: RenderPlan, times: Mapping[str, CameraTimes], size: tuple[int, int], tally: Tally) -> None:
        self._plan, self._times, self._tally = plan, times, tally
        self._size = size
        self._passages = passages(plan, times)
        self._still: tuple[object, Shrunk] | None = None
        self.footage = Footage(plan, times, tally)

    def close(self) -> None:
        """Let go of the originals."""
        self.footage.close()

    def look(self, out: OutFrame, copy: av.VideoFrame) -> None:
        """One frame of the file."""
        planes = planes_of(copy)
        passage = self._passages[out.passage]
        if not out.sources:
            self._card(out, passage, planes)
            return
        rooms = self._rooms(out, passage)
        missing = tuple(source.has_picture for source in out.sources)
        if self._plan.rate is not None and (self._plan.bars or len(rooms) > 1 or not all(missing)):
            self._around(out, planes, rooms, (out.passage, missing))
        for number, (source, box) in enumerate(zip(out.sources, rooms, strict=False)):
            if source.has_picture:
                self._allowed(out, source)
                self.footage.look(out, number, source, box, planes)
            else:
                self.footage.forget(number)
                if not is_card(cut(planes, box)):
                    self._tally.frame("Where no picture is to be seen, there is one on {}.", out.at)

    # -- what is drawn, and not footage

    def _card(self, out: OutFrame, passage: Passage, planes: Planes) -> None:
        """Words on a ground, the same from its first frame to its last, and nothing of the footage around it."""
        whole = shrink(planes[0])
        if self._still is None or self._still[0] != out.passage:
            self._still = out.passage, whole
            if not is_card(planes):
                self._tally.frame("A card is no card: it shows a picture on {}.", out.at)
        elif moves(whole, self._still[1]):
            self._tally.frame("A card does not stand still on {}.", out.at)
        footage = self.footage.last()
        if self._still[1] is whole and passage.kind is Kind.WITHHELD:
            footage += self._withheld(passage)
        if any(shows(whole, each) for each in footage):
            self._tally.frame("Footage shines through a card on {}.", out.at)

    def _withheld(self, passage: Passage) -> Iterator[Shrunk]:
        """What the card stands for, at its begin and in its middle."""
        times, span = self._times[self._plan.recording], passage.range
        for at in () if span is None else (span.start, Utc(span.start + span.duration // 2)):
            spot = times.locate(at)
            index = times.indexes[spot.part]
            if spot.has_frame and index is not None:
                pts = int(index.pts[spot.frame])
                source = SourceFrame(self._plan.recording, spot.part, spot.frame, pts, spot.at)
                found = self.footage.as_shown(source, self._size)
                if found is not None:
                    yield found

    def _around(self, out: OutFrame, planes: Planes, rooms: tuple[Box, ...], key: object) -> None:
        """Titles, names and captions stand still and have hardly a colour; nothing else is outside the pictures."""
        whole = shrink(planes[0])
        outside = np.ones(whole.luma.shape, np.bool_)
        for source, box in zip(out.sources, rooms, strict=False):
            if source.has_picture:
                rows = slice(max(0, box.top // whole.by - 2), (box.top + box.height) // whole.by + 3)
                outside[rows, max(0, box.left // whole.by - 2) : (box.left + box.width) // whole.by + 3] = False
        if self._still is None or self._still[0] != key:
            self._still = key, whole
        elif moves(whole, self._still[1], outside):
            self._tally.frame("Something moves outside the pictures on {}.", out.at)
        if float((whole.luma > 80)[outside].mean() if outside.any() else 0) > 0.3:
            self._tally.frame("Something else than words stands outside the pictures on {}.", out.at)

    # -- where pictures stand

    def _rooms(self, out: OutFrame, passage: Passage) -> tuple[Box, ...]:
        wide, high = self._size
        if self._plan.rate is None:
            return (Box(0, 0, wide, high),)
        scene = self._plan.scenes[passage.scene]
        rooms = framing.cells(self._plan, scene, wide, high)
        return tuple(self._fits(source, room) for source, room in zip(out.sources, rooms, strict=False))

    def _fits(self, source: SourceFrame, room: Box) -> Box:
        index = self._times[source.recording].indexes[source.part]
        if not source.has_picture or index is None:
            return room
        quarter = index.rotation % 180 != 0
        shown = (index.height, index.width) if quarter else (index.width, index.height)
        return framing.fitted(room, *shown, 1 / index.aspect if quarter else index.aspect)

    def _allowed(self, out: OutFrame, source: SourceFrame) -> None:
        """By the plan's own words, whatever the schedule says: nothing withheld, nothing that was not asked for."""
        for held in self._plan.redaction.withheld:
            if held.recording == source.recording and source.stated in held.range:
                self._tally.frame(f"{held.name} is withheld and stands in the copy on {{}}.", out.at)
        asked = self._plan.stretches
        if self._plan.rate is None and asked and not any(source.stated in each for each in asked):
            self._tally.frame("Footage that was not asked for stands in the copy on {}.", out.at)
