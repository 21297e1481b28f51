"""Makes one job's file: stretch by stretch in processes apart, kept sealed, put together, and named at last."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np

from reviewer.domain.errors import Cancelled, IntegrityError, ReviewerError
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media import apart, render, schedule
from reviewer.media.camera import CameraTimes, DeckCamera, Source
from reviewer.media.index import FrameIndex
from reviewer.media.mp4_writer import PictureTrack, SoundTrack, write
from reviewer.media.render import Look, PartKey, Target
from reviewer.media.render_process import look_at, make_stretch
from reviewer.media.render_sound import BIT_RATE, PRIMED, AacEncoder
from reviewer.media.sound_ring import RATE
from reviewer.media.still import read_index
from reviewer.services.disk import disk_error, sync_folder
from reviewer.services.rendering_job import RenderJob
from reviewer.services.rendering_spool import Head, Spool

FINISHED = ("The file was read again after it was written.",)
_READ = 1 << 20
_MAKING = 0.96  # of the work is making stretches, the rest putting them together
_WIDTH, _HEIGHT = 1920, 1080


@dataclass(frozen=True, slots=True)
class Finished:
    """The file under its own name."""

    path: Path
    sha256: str
    size: int


class Pace:
    """From shares that are done, how long the rest takes: `say(share, seconds left or None)`."""

    def __init__(self, say: Callable[[float, float | None], None]) -> None:
        self._say = say
        self._first: tuple[float, float] | None = None

    def tell(self, share: float) -> None:
        """So much of the whole is done, 0 to 1."""
        now = time.monotonic()
        if self._first is None:
            self._first = now, share
        since, begun = self._first
        done, took = share - begun, now - since
        self._say(share, took * (1 - share) / done if done > 0.01 and took > 1 else None)


def make(
    job: RenderJob,
    folder: Path,
    part: Path,
    cameras: Mapping[str, DeckCamera],
    cancelled: Callable[[], bool],
    progress: Callable[[float], None],
) -> None:
    """The file at `part`, the hidden name beside its place (`services/growing`), whole and durable. Stretches that lie
    in `folder` already are not made again. Raises Cancelled, NoRoom, and what reading the footage raises."""
    footage = _Footage(job.plan, cameras, cancelled)
    times, plan = footage.times, job.plan
    length = schedule.length(plan, times)
    if length <= 0:
        raise ReviewerError("There is nothing in this file: no footage lies in what was asked for.", "Ask for more.")
    spool = Spool(folder, job.id, bytes.fromhex(job.key))
    target = _target(plan, footage, cancelled)
    count = render.stretch_count(length)
    reasons = {each.id: each.words for each in job.reasons}
    for number in range(count):
        if cancelled():
            raise Cancelled(f"Making {job.name}")
        if not spool.has(number):
            order = render.order(plan, times, target, number, footage.sources, job.seed, reasons)
            frames = max(1, len(order.frames))
            told = partial(_tell, progress, number, count, frames)
            spool.keep(number, make_stretch(order, f"A stretch of {job.name}", told, cancelled))
        progress(_MAKING * (number + 1) / count)
    _assemble(job, part, spool, count, target, schedule.passages(plan, times)[-1].end, cancelled, progress)


def _tell(progress: Callable[[float], None], number: int, count: int, frames: int, done: int) -> None:
    progress(_MAKING * (number + min(1.0, done / frames)) / count)


class _Footage:
    """The footage that a plan takes: what is opened, and when each frame of it is."""

    def __init__(self, plan: RenderPlan, cameras: Mapping[str, DeckCamera], cancelled: Callable[[], bool]) -> None:
        self.times = {recording: CameraTimes(cameras[recording]) for recording in plan.recordings}
        self.sources: dict[PartKey, Source] = {}
        for recording, wanted in _asked_for(plan, cameras).items():
            for number, part in enumerate(cameras[recording].parts):
                if part.absence is None and any(part.range.overlap(each) for each in wanted):
                    source = self.sources[recording, number] = part.source()
                    what = f"Part {number + 1}"
                    index = apart.call(read_index, source, what, gives=FrameIndex, what=what, cancelled=cancelled)
                    self.times[recording].learn(number, index)


def _asked_for(plan: RenderPlan, cameras: Mapping[str, DeckCamera]) -> dict[str, list[TimeRange]]:
    """Which stretches of stated time of each recording."""
    if plan.rate is None:
        return {plan.recording: [*plan.stretches] or [cameras[plan.recording].range]}
    found: dict[str, list[TimeRange]] = {recording: [] for recording in plan.recordings}
    for scene in plan.scenes:
        for source in scene.sources:
            found[source.recording].append(TimeRange(source.start, Utc(source.start + scene.lasts + 1)))
    return found


def _target(plan: RenderPlan, footage: _Footage, cancelled: Callable[[], bool]) -> Target:
    """How the pictures are coded. A reel of cards only is as its plan says."""
    key = render.first_part(plan, footage.times)
    source = footage.sources.get(key)
    index = footage.times[key[0]].indexes[key[1]] if source is not None else None
    if source is None or index is None:
        plain = Look(_WIDTH, _HEIGHT, "yuv420p", 1, 1, 1, 1, 0)
        return render.target_of(plan, footage.times, plain, Fraction(1))
    look = look_at(source, index, f"Part {key[1] + 1}", cancelled)
    return render.target_of(plan, footage.times, look, index.aspect)


def _assemble(
    job: RenderJob,
    part: Path,
    spool: Spool,
    count: int,
    target: Target,
    end: int,
    cancelled: Callable[[], bool],
    progress: Callable[[float], None],
) -> None:
    """The file from its stretches. Sound is encoded in one go: an AAC packet needs the ones before."""

    def passing(share: float) -> None:
        if cancelled():
            raise Cancelled(f"Making {job.name}")
        progress(_MAKING + (1 - _MAKING) * share)

    heads: list[Head] = []
    encoder = AacEncoder()
    sizes: list[int] = []
    samples = 0
    for number in range(count):
        head = spool.head(number)
        if job.plan.sound:
            packets = encoder.feed(head.sound) + (encoder.end() if number == count - 1 else [])
            spool.keep_sound(number, packets)
            sizes += map(len, packets)
            samples += len(head.sound)
        heads.append(replace(head, sound=head.sound[:0]))
        passing(0.3 * (number + 1) / count)
    picture = _joined(heads, target, end)
    lengths = np.array(sizes, np.int64)
    sound = SoundTrack(RATE, encoder.config, lengths, samples, PRIMED, BIT_RATE) if job.plan.sound else None
    with closing(spool.coded(count)) as pictures, closing(spool.sound(count if sound else 0)) as packets_:
        _write(
            part, partial(write, picture=picture, sound=sound, pictures=pictures.take, packets=packets_.take), passing
        )


def _joined(heads: Sequence[Head], target: Target, end: int) -> PictureTrack:
    """The pictures of all stretches as one track. Raises IntegrityError where they were not made alike."""
    sets = {(head.sps, head.pps) for head in heads if len(head.pts)}
    if len(sets) != 1:
        raise IntegrityError("Stretches of this file were not made alike.", "Cancel it, then render it again.")
    pts, keys, sizes = (np.concatenate([getattr(h, name) for h in heads]) for name in ("pts", "keys", "sizes"))
    return PictureTrack(target, pts, keys, sizes, end, *sets.pop())


def _write(path: Path, fill: Callable[..., None], passing: Callable[[float], None]) -> None:
    """A file that only this person reads, durable; gone if it cannot be whole."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            fill(out, passing=lambda share: passing(0.3 + 0.7 * share))
            out.flush()
            os.fsync(out.fileno())
    except OSError as wrong:
        path.unlink(missing_ok=True)
        raise disk_error(path, wrong, "the file that is made") from wrong
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def finish(part: Path, wanted: Path, made: Callable[[Finished], None]) -> Finished:
    """Give a checked file its name, or the next one that is free; `made` hears which before it has it. Raises what
    `made` and the disk raise; the file has no name then."""
    digest, size = _digest(part)
    try:
        for number in count(1):
            path = wanted if number == 1 else wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
            if path.exists():
                continue
            done = Finished(path, digest, size)
            made(done)
            try:
                os.link(part, path)
            except FileExistsError:  # somebody took it meanwhile
                continue
            except OSError:  # a file system without hard links
                part.replace(path)
            part.unlink(missing_ok=True)
            sync_folder(path.parent)
            return done
    except OSError as wrong:
        raise disk_error(wanted, wrong) from wrong
    raise AssertionError("there is always a free name")


def stands(path: Path, digest: str) -> bool:
    """Whether a file has its name already, and these bytes (SHA-256, hex)."""
    try:
        return path.is_file() and _digest(path)[0] == digest
    except ReviewerError:
        return False


def _digest(path: Path) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while data := file.read(_READ):
                found.update(data)
                size += len(data)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    return found.hexdigest(), size
