"""Footage in a copy: each picture is compared with the original frame that the plan says stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reviewer.domain.redaction import Mask, MaskStyle
from reviewer.domain.render import RenderPlan
from reviewer.media.camera import CameraTimes
from reviewer.media.copy_check_hidden import Fault, Means, judge
from reviewer.media.copy_check_originals import Fitting, Originals
from reviewer.media.copy_check_outside import Plane, Shrunk, is_card, like, other, shrink
from reviewer.media.copy_check_places import Look, Place
from reviewer.media.copy_check_planes import Planes, cut, planes_of, unturned
from reviewer.media.copy_check_said import Tally
from reviewer.media.framing import Box
from reviewer.media.index import clockwise
from reviewer.media.schedule import OutFrame, SourceFrame

_RING = 8  # pixels of the original around a mask and its margin that are neither hidden nor like it: the codec's blocks
_COVER = 2  # pixels around a mask that lies over another
_SAYS = {
    Fault.SHOWN: "does not hide what it should on {}.",
    Fault.STRIP: "leaves a strip at its side uncovered on {}.",
    Fault.UNEVEN: "is not where it should be, or something else stands there, on {}.",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """An original as it stands in a room: at that size, not turned. `exact`: it is this very frame, and no other that
    stands in for a damaged one."""

    source: SourceFrame
    box: Box
    planes: Planes
    small: Shrunk
    size: tuple[int, int]
    turn: int
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What stood in a room last, and the copy of it."""

    own: _Own
    copy: Shrunk
    hidden: Plane | None


class Footage:
    """For one thread; raises what reading the originals raises. `masks` and `frames`: how many were looked at."""

    def __init__(self, plan: RenderPlan, times: Mapping[str, CameraTimes], tally: Tally) -> None:
        self._plan, self._tally = plan, tally
        self._originals = Originals(times)
        self._fitting = Fitting(reel=plan.rate is not None)
        self._shown: dict[int, _Shown] = {}
        self._own: dict[int, _Own] = {}
        self._means: dict[str, Means] = {}
        self._masks: dict[str, tuple[Mask, ...]] = {}
        for mask in plan.redaction.masks:
            if mask.counts:
                self._masks[mask.recording] = (*self._masks.get(mask.recording, ()), mask)
        self.frames = self.masks = 0

    def close(self) -> None:
        """Let go of the originals."""
        self._originals.close()

    def forget(self, room: int) -> None:
        """Nothing stands there any more."""
        self._shown.pop(room, None)

    def last(self) -> list[Shrunk]:
        """The originals that stood in the picture last, as it showed them."""
        return [_turned(each.own) for each in self._shown.values()]

    def as_shown(self, source: SourceFrame, size: tuple[int, int]) -> Shrunk | None:
        """An original at the size of the whole picture; None where there is none."""
        own = self._original(source, Box(0, 0, *size))
        return None if own is None else _turned(own)

    def look(self, out: OutFrame, room: int, source: SourceFrame, box: Box, planes: Planes) -> None:
        """One picture in the file's frame."""
        own = self._own.get(room)
        if own is None or own.source != source or own.box != box:
            own = self._original(source, box)
        if own is None:
            if not is_card(cut(planes, box)):
                self._tally.frame("Where the recording has no whole picture, there is one on {}.", out.at)
            return
        self._own[room] = own
        copy = unturned(cut(planes, box), own.turn)
        now = _Shown(own, shrink(copy[0]), self._hidden(out, own, copy))
        self.frames += 1
        if own.exact:
            if not like(now.copy, own.small, now.hidden):
                self._tally.frame("The picture is not the recording’s, outside of what is hidden, on {}.", out.at)
            self._in_order(out, room, now)

    def finish(self) -> None:
        """What is only to be told of all frames together."""
        for name, means in self._means.items():
            if means.exact:
                self._tally.whole(f"{name} shows the exact means of what it hides: nothing is rounded off.")

    def _original(self, source: SourceFrame, box: Box) -> _Own | None:
        found = self._originals.frame(source)
        if found is None:
            return None
        frame, exact = found
        turn = clockwise(frame)
        wide, high = (box.height, box.width) if turn % 180 else (box.width, box.height)
        planes = planes_of(self._fitting.fit(frame, wide, high))
        return _Own(source, box, planes, shrink(planes[0]), (frame.width, frame.height), turn, exact)

    def _in_order(self, out: OutFrame, room: int, now: _Shown) -> None:
        """This frame and the one before it are each nearer to their own original than to the other's."""
        before, source = self._shown.get(room), now.own.source
        self._shown[room] = now
        if before is None or before.own.source == source or before.own.small.by != now.own.small.by:
            return
        was = before.own.source
        follows = (was.recording, was.part) == (source.recording, source.part) and 0 < source.frame - was.frame <= 2
        if follows and (
            other(before.copy, before.own.small, now.own.small, before.hidden)
            or other(now.copy, now.own.small, before.own.small, now.hidden)
        ):
            self._tally.frame("Another frame of the recording than it should be is shown on {}.", out.at)

    # -- what is hidden

    def _hidden(self, out: OutFrame, own: _Own, copy: Planes) -> Plane | None:
        """Look at every mask on this picture; where they lie, and a little around them, at the small size."""
        at = own.source.stated
        masks = ((mask, mask.region(at)) for mask in self._masks.get(own.source.recording, ()))
        wide = int(copy[0].shape[1])
        there = [(m, Place(region, m.style, *own.size)) for m, region in masks if region is not None]
        if not there:
            return None
        there.sort(key=lambda each: each[0].style is MaskStyle.SOLID)  # solid ones lie over the others
        small = own.small
        sheet = np.zeros((small.height, small.width), np.uint8)
        scale = small.width / own.size[0], small.height / own.size[1]
        for number, (mask, place) in enumerate(there):
            place.drawn(sheet, scale, place.margin + _RING + own.small.by * own.size[0] / wide)
            over = [later for _, later in there[number + 1 :] if _meet(place, later)]
            self._mask(out, mask, place, own, copy, over)
        return sheet

    def _mask(self, out: OutFrame, mask: Mask, place: Place, own: _Own, copy: Planes, over: list[Place]) -> None:
        self.masks += 1
        name = f"{mask.name} ({mask.target.value})"
        for number, plane in enumerate(copy):
            covered = _covered(over, plane) if over else None
            look = Look(plane, own.planes[number], place, covered, half=number > 0)
            if look.empty:
                continue
            fault = judge(look, self._means.setdefault(name, Means()) if number == 0 else None)
            if fault is not Fault.NONE:
                self._tally.frame(f"{name} {_SAYS[fault]}", out.at)
                return


def _turned(own: _Own) -> Shrunk:
    luma = np.ascontiguousarray(np.rot90(own.small.luma, -own.turn // 90))
    return Shrunk(luma, own.small.by)


def _meet(one: Place, two: Place) -> bool:
    left, right, top, bottom = one.rectangle
    other_left, other_right, other_top, other_bottom = two.rectangle
    across = left < other_right + _COVER and other_left < right + _COVER
    return across and top < other_bottom + _COVER and other_top < bottom + _COVER


def _covered(over: list[Place], plane: Plane) -> Plane:
    sheet = np.zeros(plane.shape, np.uint8)
    for place in over:
        scale = plane.shape[1] / place.width, plane.shape[0] / place.height
        place.drawn(sheet, scale, place.margin + _COVER)
    return sheet
