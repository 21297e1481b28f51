"""Which frames of which parts of a recording lie within a stretch of time, for what goes through all of them."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.errors import DecoderStopped, UnreadableMedia
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media import apart
from reviewer.media.camera import CameraTimes
from reviewer.media.index import FrameIndex
from reviewer.media.still import read_index


@dataclass(frozen=True, slots=True)
class Run:
    """Frames `first` to `last` of a part."""

    part: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


def learned(times: CameraTimes, part: int) -> FrameIndex:
    """The part's index, read in a process apart where it is not known yet. Raises UnreadableMedia for a part that is
    not here or may not be opened, DecoderStopped, and what opening it raises."""
    fault = times.faults[part]
    if fault is not None:
        raise UnreadableMedia(fault.note or "A part of this recording cannot be read.", "Download it first.")
    index = times.indexes[part]
    if index is None:
        name = f"Part {part + 1}"
        source = times.camera.parts[part].source()
        index = apart.call(read_index, source, name, gives=FrameIndex, what=name)
        times.learn(part, index)
    return index


def runs_within(times: CameraTimes, over: TimeRange) -> tuple[tuple[Run, ...], tuple[TimeRange, ...]]:
    """The runs of frames whose own times lie in `over`, in order, and the stretches of parts that cannot be read."""
    runs, unread = [], []
    for number, part in enumerate(times.camera.parts):
        asked = part.range.overlap(over)
        if asked is None or part.still:
            continue
        try:
            run = run_within(times, number, asked)
        except (UnreadableMedia, DecoderStopped):
            unread.append(asked)
            continue
        if run is not None:
            runs.append(run)
    return tuple(runs), tuple(unread)


def run_within(times: CameraTimes, part: int, over: TimeRange) -> Run | None:
    """The frames of one part whose own times lie in `over`, and in what of the part may be shown. Raises like
    `learned`."""
    learned(times, part)
    asked = times.camera.parts[part].range.overlap(over)
    if asked is None:
        return None
    first = times.frame_at(part, Utc(asked.start - 1)) + 1
    last = times.frame_at(part, Utc(asked.end - 1))
    return Run(part, first, last) if first <= last else None
