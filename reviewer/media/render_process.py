"""Stretches of new files are made in processes apart: originals are files from outside. Values go in and out; what
comes back is taken as numbers and bytes of known shape (`answers`), never as objects.

One process makes one stretch and sees the recordings that stand in it, of which there are several in a split screen:
who takes it over by one file sees the others of that scene, and can do no more with them than spoil this stretch, which
the check then finds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import DecoderStopped, IntegrityError
from reviewer.domain.redaction import SoundWay
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.index import FrameIndex, clockwise
from reviewer.media.masked_sound import CONTEXT, change_voice, mute, tone
from reviewer.media.render import Look, Order, Step, Stretch, Voiced, samples
from reviewer.media.render_encode import Encoder, PartFrames, Pictures
from reviewer.media.sound_reader import SOUND_ERRORS, SoundReader
from reviewer.media.sound_ring import RATE

MEMORY = 4 << 30  # bytes of address space: four decoders and an encoder
_PATIENCE = 60.0
_TELL_EVERY = 10  # frames
_NICE = 5  # who reviews comes first
_PIECE = 4 * RATE  # samples whose voice is changed at once
_FULL_SCALE = 32_767


def look_at(source: Source, index: FrameIndex, what: str, cancelled: Callable[[], bool] | None = None) -> Look:
    """How a part's frames come out of its decoder. Raises what reading it raises."""
    return apart.call(_look, source, index, gives=Look, what=what, cancelled=cancelled)


def make_stretch(
    order: Order, what: str, progress: Callable[[int], None], cancelled: Callable[[], bool] | None = None
) -> Stretch:
    """The stretch, made apart; `progress` hears how many frames are done. Raises Cancelled, UnreadableMedia,
    DecoderStopped, and what reading the originals raises."""
    made: Stretch | None = None
    limits = {"seconds": _PATIENCE, "memory": MEMORY}
    for step in apart.pieces(_make, order, gives=Step, what=what, cancelled=cancelled, **limits):  # type: ignore[arg-type]
        progress(step.done)
        made = step.made or made
    if made is None or not _fits(made, order):
        raise DecoderStopped(f"{what} was made in another shape than it should.", "Try again.")
    return made


def _fits(made: Stretch, order: Order) -> bool:
    """Whether it is a stretch of this order as far as numbers tell."""
    count = len(order.frames)
    shapes = made.pts.shape == made.keys.shape == made.sizes.shape == (count,)
    wanted = np.array([frame.pts for frame in order.frames], np.int64)
    sound = (samples(order.until) - samples(order.since)) if order.plan.sound else 0
    return (
        shapes
        and bool(np.array_equal(np.sort(made.pts), wanted))
        and int(made.sizes.sum()) == len(made.data)
        and bool((made.sizes > 0).all())
        and (not count or (bool(made.keys[0]) and len(made.sps) > 4 and bool(made.pps)))
        and made.sound.shape == (sound, 2)
    )


# -- in the process itself --------------------------------------------------------------------------------------------


def _look(source: Source, index: FrameIndex) -> Look:
    with closing(PartFrames(source, index)) as frames:
        found = next((each for n in range(len(index)) if (each := frames.at(n)) is not None), None)
        if found is None:
            return Look(index.width, index.height, "yuv420p", 1, 2, 2, 2, index.rotation)
        frame = found[1]
        tags = (int(frame.color_range), int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace))
        return Look(frame.width, frame.height, frame.format.name, *tags, clockwise(frame))


def _make(order: Order) -> Iterator[Step]:
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    encoder = Encoder(order.target, max((len(scene.sources) for scene in order.plan.scenes), default=1))
    with closing(Pictures(order)) as pictures:
        for number, frame in enumerate(order.frames):
            encoder.add(pictures.of(frame), frame.pts)
            apart.alive()
            if number % _TELL_EVERY == 0:
                yield Step(number, None)
    sps, pps = encoder.end() if order.frames else (b"", b"")
    sound = _sound(order) if order.plan.sound else np.zeros((0, 2), np.int16)
    pts, keys, sizes = (np.array(each, np.int64) for each in (encoder.pts, encoder.keys, encoder.sizes))
    yield Step(len(order.frames), Stretch(pts, keys, sizes, b"".join(encoder.data), sps, pps, sound))


def _sound(order: Order) -> NDArray[np.int16]:
    """The stretch's sound: what is heard, mixed, then silence and tones over it."""
    first, last = samples(order.since), samples(order.until)
    mixed = np.zeros((last - first, 2), np.float32)
    for voiced in order.voiced:
        source, index = order.parts[voiced.heard.recording, voiced.heard.part]
        if index.sound is not None:
            _mix(mixed, first, voiced, source, order.seed)
        apart.alive()
    for edit in order.edits:
        start, end = samples(edit.begin) - first, samples(Micros(edit.end + 1)) + 1 - first
        if edit.way is SoundWay.TONE:
            tone(mixed, start, end, first)
    for edit in order.edits:  # silence last: nothing is heard over it
        if edit.way is SoundWay.MUTE:
            mute(mixed, samples(edit.begin) - first, samples(Micros(edit.end + 1)) + 1 - first)
    return np.rint(np.clip(mixed, -1, 1) * _FULL_SCALE).astype(np.int16)


def _mix(mixed: NDArray[np.float32], first: int, voiced: Voiced, source: Source, seed: int) -> None:
    heard = voiced.heard
    start, end = max(first, samples(heard.begin)), min(first + len(mixed), samples(heard.end))
    if start >= end:
        return
    shift = samples(heard.stream) - samples(heard.begin)  # from the file's samples to the footage's
    found = _read(source, start + shift - CONTEXT, end - start + 2 * CONTEXT)
    plain = found[CONTEXT:-CONTEXT].copy()
    for begin, over in voiced.changed:
        low, high = max(start, samples(begin)), min(end, samples(Micros(over + 1)) + 1)
        for at in range(low, high, _PIECE):
            until = min(high, at + _PIECE)
            around = found[at - start : until - start + 2 * CONTEXT]
            changed = change_voice(around, at + shift - CONTEXT, seed)
            plain[at - start : until - start] = changed[CONTEXT:-CONTEXT]
            apart.alive()
    mixed[start - first : end - first] += plain


def _read(source: Source, first: int, count: int) -> NDArray[np.float32]:
    """So many samples of a part's sound from its sample `first` on; silence where it has none, or is damaged. Raises
    IntegrityError."""
    found = np.zeros((count, 2), np.float32)
    try:
        with closing(SoundReader(apart.reading(source()))) as reader:
            _fill(found, reader, first)
    except IntegrityError:
        raise
    except SOUND_ERRORS:
        pass
    return found


def _fill(found: NDArray[np.float32], reader: SoundReader, first: int) -> None:
    at, count = 0, len(found)
    for start, run in reader.runs(Micros(max(0, first) * SECOND // RATE)):
        at = at if start is None else round(start * RATE / SECOND) - first
        low, high = max(0, at), min(count, at + len(run))
        if low < high:
            found[low:high] = run[low - at : high - at]
        at += len(run)
        apart.alive()
        if at >= count:
            break
