"""Is a clip what it says it is: the recording's own frames, every one that was asked for, and nothing else?

The finished file is read again, and so is the original, each in a process of its own and by another way than the clip
was made (`media/remux`): both are listed packet by packet, with its time and the SHA-256 of its bytes, and the lists
are compared here. Equal packets under an equal decoder configuration are equal pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.container import open_container, video_stream
from reviewer.media.index import clockwise, origin
from reviewer.media.remux import Kept

_AROUND = 2 * SECOND  # of the original that is listed beyond the clip's end
_OURS = frozenset(("major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id"))
_HANDLERS = frozenset(("VideoHandler", "SoundHandler", ""))
_WHOLE = Micros(1 << 62)
_TRIED = 400  # packets within which a first picture must come


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Packets of one stream in the order of the file: `pts` in `base`, the SHA-256 of each (n × 32), whether it is a
    key, whether an edit list hides it. `shape`: what a decoder is told beforehand, in words."""

    pts: NDArray[np.int64]
    digests: NDArray[np.uint8]
    keys: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    base: Fraction
    shape: str


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a file holds. `other`: streams that are neither its picture nor its sound, chapters, boxes, in words; `tags`
    its words; `zero` the pts of stream time 0 of the picture, `opens` how many frames of its first run decode."""

    picture: Listed
    sound: Listed | None
    other: tuple[str, ...]
    tags: tuple[str, ...]
    zero: int
    opens: int


@dataclass(frozen=True, slots=True)
class ClipCheck:
    """What of a recording a clip was to be: [start, end) of a part's stream time; what making it said it holds; whether
    the container's words were asked for."""

    start: Micros
    end: Micros
    kept: Kept
    tags: bool = False


def check_clip(
    clip: Source, original: Source, asked: ClipCheck, cancelled: Callable[[], bool] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Problems (none for a good clip), and what was looked at and found right, each a sentence. What cannot be read is
    a problem. Raises Cancelled, DecoderStopped and what opening the original raises."""
    name = "The clip"
    try:
        ours = apart.call(read_contents, clip, None, _WHOLE, gives=Contents, what=name, cancelled=cancelled)
    except Cancelled:
        raise
    except ReviewerError as wrong:
        return (f"The file cannot be read again: {wrong.message}",), ()
    args = original, asked.kept.first, Micros(asked.end + _AROUND)
    theirs = apart.call(read_contents, *args, gives=Contents, what="The original", cancelled=cancelled)
    return judge(ours, theirs, asked)


def judge(ours: Contents, theirs: Contents, asked: ClipCheck) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The comparison itself: problems, and what was found right."""
    problems = [f"It holds more than picture and sound: {each}." for each in ours.other]
    if not asked.tags and ours.tags:
        problems.append(f"It says more than it may: {', '.join(ours.tags)}.")
    problems += _picture(ours, theirs, asked)
    problems += _sound(ours, theirs, asked)
    if problems:
        return tuple(problems), ()
    frames = len(ours.picture.pts)
    checks = [
        f"{frames} frames are the recording’s own, byte for byte, at their own times",
        f"every frame that was asked for is there ({asked.kept.frames}); {asked.kept.before} before and "
        f"{asked.kept.after} after it are kept and in view",
        "one picture and at most one sound; no other stream, chapter, cover or edit that hides something",
    ]
    if ours.sound is not None:
        checks.append(f"{len(ours.sound.pts)} packets of sound are the recording’s own, byte for byte")
    if not asked.tags:
        checks.append("no title, time, place or device in its words")
    return (), tuple(checks)


def _picture(ours: Contents, theirs: Contents, asked: ClipCheck) -> list[str]:
    mine, other = ours.picture, theirs.picture
    if not len(mine.pts) or not mine.keys[0] or not ours.opens:
        return ["Its first frame is no key frame: it cannot be decoded from there."]
    if mine.hidden.any():
        return ["An edit list hides frames that it holds."]
    if mine.shape != other.shape:
        return [f"Its picture is described otherwise than the original’s ({mine.shape}; {other.shape})."]
    start = _stands(mine, other)
    if start is None:
        return ["Its first frame is not the recording’s."]
    follows = np.arange(start, len(other.pts))
    follows = follows[other.pts[follows] >= other.pts[start]][: len(mine.pts)]
    problems = []
    if len(follows) < len(mine.pts) or not np.array_equal(other.digests[follows], mine.digests):
        problems.append("Its frames are not the recording’s own, one after the other.")
    elif not _same_times(mine.pts, mine.base, other.pts[follows] - other.pts[start], other.base, 0):
        problems.append("Its frames do not stand at their own times.")
    shown = other.pts[~other.hidden]
    first, last = (_ticks(Micros(t), other.base, theirs.zero) for t in (asked.start, asked.end - 1))
    before = shown[shown <= first]
    begins = before.max() if len(before) else shown.min()
    wanted = shown[(shown >= begins) & (shown <= last)]
    if not np.isin(wanted, other.pts[follows]).all() or len(np.unique(wanted)) != asked.kept.frames:
        problems.append("Frames that were asked for are missing.")
    if asked.kept.before + asked.kept.frames + asked.kept.after != len(mine.pts):
        problems.append("It does not hold as many frames as was said.")
    return problems


def _sound(ours: Contents, theirs: Contents, asked: ClipCheck) -> list[str]:
    mine, other = ours.sound, theirs.sound
    if mine is None or not len(mine.pts):
        late = asked.kept.sound_late
        return [] if late < 0 else ["Its sound is missing."]
    if other is None or mine.shape != other.shape:
        return ["Its sound is not the recording’s."]
    start = _stands(mine, other)
    if start is None or len(other.pts) - start < len(mine.pts):
        return ["Its sound is not the recording’s."]
    theirs_ = slice(start, start + len(mine.pts))
    if not np.array_equal(other.digests[theirs_], mine.digests):
        return ["Its sound is not the recording’s, packet after packet."]
    began = int(ours.picture.pts.min()) * ours.picture.base
    first = asked.kept.first * Fraction(1, SECOND)  # µs, rounded down: a tick of sound is 20 of them
    moved = other.pts[theirs_] * 1
    lead = Fraction(int(moved[0])) * other.base - first - (Fraction(int(mine.pts[0])) * mine.base - began)
    if abs(lead) > 2 * other.base + Fraction(1, 10_000):
        return ["Its sound stands elsewhere beside its picture than in the original."]
    if not _same_times(mine.pts - mine.pts[0], mine.base, moved - moved[0], other.base, 1):
        return ["Its sound does not stand at its own times."]
    return []


def _stands(mine: Listed, other: Listed) -> int | None:
    """Where the first of these packets is in the others; the run of equal ones decides where there are several."""
    found = np.flatnonzero((other.digests == mine.digests[0]).all(axis=1))
    for start in found.tolist():
        follows = np.arange(start, len(other.pts))
        follows = follows[other.pts[follows] >= other.pts[start]][: len(mine.pts)]
        if np.array_equal(other.digests[follows], mine.digests[: len(follows)]):
            return int(start)
    return int(found[0]) if len(found) else None


def _same_times(a: NDArray[Any], base_a: Fraction, b: NDArray[Any], base_b: Fraction, ticks: int) -> bool:
    """Whether two lists of times are equal from their own first on, to so many ticks of the coarser base."""
    one = (a - a[0]).astype(object) * base_a.numerator * base_b.denominator
    two = (b - b[0]).astype(object) * base_b.numerator * base_a.denominator
    apart_ = max((abs(x - y) for x, y in zip(one, two, strict=True)), default=0)
    return Fraction(apart_, base_a.denominator * base_b.denominator) <= ticks * max(base_a, base_b)


def _ticks(at: Micros, base: Fraction, zero: int) -> int:
    """The newest pts that is not after a stream time."""
    return ((at + 1) * base.denominator - 1) // (SECOND * base.numerator) + zero


# -- in the process apart ----------------------------------------------------------------------------------------------


def read_contents(source: Source, start: Micros | None, end: Micros) -> Contents:
    """In a process apart: everything of a file, or of the run that begins at a key at or before `start` (stream
    time)."""
    with closing(apart.reading(source())) as raw, open_container(raw) as container:
        picture = video_stream(container)
        if picture is None:
            raise ValueError("no picture")
        zero = origin(container, picture.time_base or Fraction(1, SECOND))
        sound: Any = next(iter(container.streams.audio), None)
        begin = 0 if start is None else max(0, start)
        opens, turned = _opens(container, picture, begin)
        container.seek(begin, backward=True)
        listed = _list(container, [s for s in (picture, sound) if s is not None], end)
        shapes = [_shape(picture, turned), _sound_shape(sound) if sound is not None else ""]
        return Contents(
            _listed(listed[picture.index], picture, shapes[0]),
            _listed(listed[sound.index], sound, shapes[1]) if sound is not None else None,
            tuple(_others(container, picture, sound)),
            tuple(_words(container)),
            zero,
            opens,
        )


_Rows = list[tuple[int, bytes, bool, bool]]


def _list(container: InputContainer, streams: list[Any], end: Micros) -> dict[int, _Rows]:
    rows: dict[int, _Rows] = {stream.index: [] for stream in streams}
    for packet in container.demux(streams):
        if not packet.size or packet.pts is None:
            continue
        digest = hashlib.sha256(bytes(packet)).digest()
        rows[packet.stream.index].append((packet.pts, digest, packet.is_keyframe, packet.is_discard))
        at = packet.dts if packet.dts is not None else packet.pts
        if packet.stream is streams[0] and at * packet.time_base * SECOND > end:
            break
    return rows


def _listed(rows: _Rows, stream: Any, shape: str) -> Listed:  # noqa: ANN401 - picture or sound
    digests = np.frombuffer(b"".join(row[1] for row in rows), np.uint8).reshape(-1, 32)
    return Listed(
        np.array([row[0] for row in rows], np.int64),
        digests,
        np.array([row[2] for row in rows], np.bool_),
        np.array([row[3] for row in rows], np.bool_),
        stream.time_base,
        shape,
    )


def _opens(container: InputContainer, picture: Any, begin: int) -> tuple[int, int]:  # noqa: ANN401 - a VideoStream
    """How many frames of the run at `begin` decode without a complaint, and by how many degrees they are turned."""
    container.seek(begin, backward=True)
    keys, frames = 0, []
    with suppress(FFmpegError):
        for n, packet in enumerate(container.demux(picture)):
            keys += packet.is_keyframe
            if keys > 1 or n > _TRIED or not packet.size:
                break
            frames += picture.codec_context.decode(packet)
        frames += picture.codec_context.decode(None)
    picture.codec_context.flush_buffers()
    return sum(not frame.is_corrupt for frame in frames), clockwise(frames[0]) if frames else 0


def _shape(picture: Any, turned: int) -> str:  # noqa: ANN401 - a VideoStream
    context = picture.codec_context
    config = hashlib.sha256(context.extradata or b"").hexdigest()[:16]
    aspect = picture.sample_aspect_ratio or context.sample_aspect_ratio or 1
    return f"{context.codec.name} {context.width}×{context.height} {aspect} {config} turned {turned}°"


def _sound_shape(sound: Any) -> str:  # noqa: ANN401 - an AudioStream
    context = sound.codec_context
    config = hashlib.sha256(context.extradata or b"").hexdigest()[:16]
    return f"{context.codec.name} {context.sample_rate} {context.layout.nb_channels} {config}"


def _others(container: InputContainer, picture: Any, sound: Any) -> list[str]:  # noqa: ANN401 - streams
    found = [f"a stream of {s.type}" for s in container.streams if s is not picture and s is not sound]
    chapters: Any = container.chapters() if hasattr(container, "chapters") else ()
    return found + ["chapters"] * bool(chapters)


def _words(container: InputContainer) -> list[str]:
    found = [name for name in container.metadata if name not in _OURS]
    for stream in container.streams:
        for name, value in stream.metadata.items():
            if name not in _OURS or (name == "handler_name" and value not in _HANDLERS):
                found.append(name)
    return found
