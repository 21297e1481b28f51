"""The looks that a finished file gets, each in a process apart: its structure, its picture, its sound.

The first sees nothing but the file. The others see it beside the originals that it was made of, as the renderer did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media import apart, schedule
from reviewer.media.camera import CameraTimes, DeckCamera
from reviewer.media.container import open_container, video_stream
from reviewer.media.copy_check_boxes import Track
from reviewer.media.copy_check_frames import Frames
from reviewer.media.copy_check_hearing import PIECE, Hearing, runs
from reviewer.media.copy_check_originals import THREADS
from reviewer.media.copy_check_said import Said, Step, Tally
from reviewer.media.copy_check_sound import RATE, first_sample
from reviewer.media.copy_check_streams import sample_problems, seen_by_ffmpeg
from reviewer.media.copy_check_structure import NO_COPY, structure

_TELL_EVERY = 10  # frames
_PRIMING = Fraction(1, 20)  # seconds before the picture that an AAC encoder needs
_LONGER = Fraction(1, 5)  # seconds by which a file's end may differ: its last frame's own length is the encoder's


def read_structure(path: Path) -> Said:
    """In a process apart: boxes, samples, streams, metadata."""
    if not path.stat().st_size:
        return Said((NO_COPY,))
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as data:
        found = structure(data)
        for problem in sample_problems(data, found):
            found.say(problem)
    try:
        with path.open("rb") as file:
            for problem in seen_by_ffmpeg(file):
                found.say(problem)
    except UnreadableMedia:
        found.say(NO_COPY)
    problems = found.problems
    checks = (
        f"{len(found.tracks)} {'track' if len(found.tracks) == 1 else 'tracks'}, no metadata, no place, no cover, no "
        "chapters, nothing hidden in boxes or padding",
        "every byte of the media belongs to a frame or to the sound",
    )
    return Said(tuple(problems), () if problems else checks, (), found.credentials)


def read_pictures(path: Path, plan: RenderPlan, cameras: tuple[DeckCamera, ...]) -> Iterator[Step]:
    """In a process apart: every frame of the file in its place, beside the originals. `cameras` have an index for each
    part that has a source."""
    times = {camera.key: CameraTimes(camera) for camera in cameras}
    tally = Tally()
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as data:
        tracks = structure(data).of(b"vide")
    if len(tracks) != 1:
        return
    total = schedule.frame_count(plan, times)
    _timing(plan, times, tracks[0], total, tally)
    with path.open("rb") as file, open_container(file, "The copy") as container:
        stream = video_stream(container)
        if stream is None:
            return
        stream.thread_type, stream.codec_context.thread_count = "AUTO", THREADS
        decoded = _decoded(container, stream, tally)
        with closing(Frames(plan, times, (stream.width, stream.height), tally)) as frames:
            for out, copy in zip(schedule.schedule(plan, times), decoded, strict=False):
                if copy.is_corrupt or (copy.width, copy.height) != (stream.width, stream.height):
                    tally.frame("A frame of the file is damaged: {}.", out.at)
                else:
                    frames.look(out, copy)
                apart.alive()
                if out.number % _TELL_EVERY == 0:
                    yield Step(out.number / max(1, total))
            frames.footage.finish()
            yield Step(1.0, _pictures_said(frames, total, tally))


def _decoded(container: InputContainer, stream: VideoStream, tally: Tally) -> Iterator[VideoFrame]:
    """The file's frames, as far as they can be decoded; that they cannot is a problem of the file."""
    try:
        yield from container.decode(stream)
    except FFmpegError:
        tally.whole("The file’s picture breaks off: it cannot be decoded to its end.")


def _timing(plan: RenderPlan, times: Mapping[str, CameraTimes], track: Track, total: int, tally: Tally) -> None:
    """As many frames as planned, each at its time, and the file ends with the last."""
    pts = np.sort(track.pts)
    if len(pts) != total:
        tally.whole(f"The file has {len(pts)} frames; its plan has {total}.")
        return
    base, slack = schedule.time_base(plan, times), Fraction(1, track.scale) + Fraction(1, SECOND)
    for out, own in zip(schedule.schedule(plan, times), pts.tolist(), strict=True):
        apart.alive()
        if abs(Fraction(own, track.scale) - out.pts * base) > slack:
            tally.frame("Frames are shown at other times than they should be: {}.", out.at)
    whole = Fraction(schedule.length(plan, times), SECOND)
    if abs(Fraction(track.ends, track.scale) - whole) > _LONGER:
        tally.whole(f"The file lasts {track.ends / track.scale:.2f} s; its plan lasts {float(whole):.2f} s.")


def _pictures_said(frames: Frames, total: int, tally: Tally) -> Said:
    checks = [f"{total} frames, each at its time and each compared with the recording’s own"]
    if frames.footage.masks:
        checks.append(f"masks on {frames.footage.masks} places of these frames hide what lies there")
    problems = tally.sentences
    return Said(problems, () if problems else tuple(checks))


def read_sounds(path: Path, plan: RenderPlan, cameras: tuple[DeckCamera, ...]) -> Iterator[Step]:
    """In a process apart: the file's sound beside the originals'."""
    times = {camera.key: CameraTimes(camera) for camera in cameras}
    tally = Tally()
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as data:
        tracks = structure(data).of(b"soun")
    length = first_sample(schedule.length(plan, times))
    hearing = Hearing(plan, times, length, tally)
    if not plan.sound or not tracks:
        if tracks:
            tally.whole("The file has a sound track, and was to have none.")
        elif plan.sound and hearing.heard:
            tally.whole("The file has no sound track.")
        yield Step(1.0, Said(tally.sentences, () if tally.sentences else ("no sound track, as planned",)))
        return
    track = tracks[0]
    if abs(track.ends / track.scale - length / RATE) > _LONGER or track.pts.min(initial=0) < -_PRIMING * track.scale:
        tally.whole("The file’s sound does not begin and end with its picture.")
    with path.open("rb") as file:
        for share in _listen(file, hearing, length):
            yield Step(share)
    edits = len({span.name for span in hearing.spans if span.name})
    checks = ["one sound track, as long as the picture, the recording’s own sound in its place"]
    checks += [f"{edits} {'stretch' if edits == 1 else 'stretches'} muted, a tone or another voice throughout"] * bool(
        edits
    )
    problems = tally.sentences
    yield Step(1.0, Said(problems, () if problems else tuple(checks)))


def _listen(file: BinaryIO, hearing: Hearing, length: int) -> Iterator[float]:
    """Every span in pieces, as the file is decoded once."""
    wave = runs(file, Micros(0), length)
    kept, at = np.zeros((0, 1), np.float32), 0  # `at`: the file's sample that `kept` begins with
    for span in hearing.spans:
        for first in range(span.first, span.last, PIECE):
            last = min(span.last, first + PIECE)
            while at + len(kept) < last:
                found = next(wave, None)
                if found is None:
                    break
                start, samples = found
                kept = kept if kept.shape[1] == samples.shape[1] else np.repeat(kept[:, :1], samples.shape[1], axis=1)
                hole = np.zeros((max(0, start - at - len(kept)), samples.shape[1]), np.float32)
                early = max(0, at + len(kept) - start)
                kept = np.concatenate([kept, hole, samples[early:]])
            kept, at = kept[max(0, first - at) :], max(at, first)
            hearing.look(span, first, kept[: last - first])
            yield last / max(1, length)
