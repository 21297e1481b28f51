"""Who rolled when: gathered from a case's manifests as the wall shows them, the cameras' own sound, and the store.

What nobody could look at is said as such: sound of a file that is not on this machine, a store that does not answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import numpy as np

from reviewer.domain.alignment import Alignment
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.recording import Manifest, Part
from reviewer.domain.report_acts import CameraExpected, CameraNotExpected
from reviewer.domain.rolling import CameraRolling, Expected, RollingReport, incident_of
from reviewer.domain.rolling import report as compare
from reviewer.domain.timebase import SECOND, Micros, TimeRange, merge
from reviewer.media.waveform import Peaks
from reviewer.records.facts import EXPECTED
from reviewer.records.queries import Queries
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.holding import ObjectState
from reviewer.services.reporting import Record
from reviewer.services.sync_begin import path_of
from reviewer.stores.base import Store

QUIET = 4
"""Of 32,768: −78 dB of full scale. A microphone that is on, hears more of itself; a muted one writes zeros, of which a
lossy codec makes ±1."""
SHORTEST_MUTE = Micros(2 * SECOND)
PER_SECOND = 50
NO_SOUND_TRACK = "no sound track"
_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<n>\d{1,6})\D{0,4}")

Quiet = tuple[tuple[Micros, Micros], ...]
"""Stretches of a file's stream time without sound."""
Measure = Callable[[CaseCamera, int], Quiet | None]
"""Where a camera's part is quiet; None for one without a sound track."""
Progress = Callable[[int, int, str], None]
"""Parts listened to, of how many, and whose it is."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Where a recording has no sound, and where nobody could listen (wall time)."""

    mute: tuple[TimeRange, ...] = ()
    unheard: tuple[TimeRange, ...] = ()


def quiet(peaks: Peaks, per_second: int = PER_SECOND) -> Quiet | None:
    """Stretches without sound, at least `SHORTEST_MUTE` long; None without a sound track (no peaks at all)."""
    if not len(peaks):
        return None
    still = np.abs(peaks.astype(np.int32)).max(axis=1, initial=0) <= QUIET
    edges = np.flatnonzero(np.diff(np.concatenate(([False], still, [False])).astype(np.int8)))
    every = SECOND // per_second
    found = ((Micros(int(a) * every), Micros(int(b) * every)) for a, b in edges.reshape(-1, 2))
    return tuple((a, b) for a, b in found if b - a >= SHORTEST_MUTE)


def listen(
    cameras: Sequence[CaseCamera],
    measure: Measure,
    progress: Progress = lambda _done, _of, _who: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Silence]:
    """The silences of every camera whose files are here, by recording; takes seconds for an hour of sound. What cannot
    be read is `unheard`. Raises Cancelled."""
    wanted = [(c, n) for c in cameras if _can_open(c) for n in range(len(c.manifest.parts))]
    found: dict[str, Silence] = {}
    for done, (camera, n) in enumerate(wanted):
        if cancelled():
            raise Cancelled("Listening for muted cameras")
        progress(done, len(wanted), camera.manifest.officer)
        before = found.get(camera.key, Silence())
        found[camera.key] = _joined(before, _of_part(camera, n, measure))
    progress(len(wanted), len(wanted), "")
    return found


def _can_open(camera: CaseCamera) -> bool:
    return camera.assigned and not camera.shut and not camera.is_still


def _of_part(camera: CaseCamera, n: int, measure: Measure) -> Silence:
    manifest = camera.aligned
    part = manifest.parts[n]
    if camera.objects[n].state is not ObjectState.PRESENT:
        return Silence(unheard=(part.range,))
    try:
        silent = measure(camera, n)
    except Cancelled:
        raise
    except ReviewerError:
        return Silence(unheard=(part.range,))
    if silent is None:
        return Silence(mute=(part.range,))
    model = manifest.model(part)
    stretches = (TimeRange(model.to_utc(a), model.to_utc(b)) for a, b in silent)
    inside = (each.overlap(part.range) for each in stretches)
    return Silence(mute=tuple(each for each in inside if each is not None))


def _joined(one: Silence, other: Silence) -> Silence:
    return Silence(merge((*one.mute, *other.mute)), merge((*one.unheard, *other.unheard)))


def cameras_of(
    cameras: Iterable[CaseCamera], silences: dict[str, Silence], lacking: dict[str, tuple[str, ...]]
) -> tuple[CameraRolling, ...]:
    """Every camera of the case as the report wants it; stills never rolled."""
    return tuple(
        _camera(each, silences.get(each.key), lacking.get(each.key, ())) for each in cameras if not each.is_still
    )


def _camera(camera: CaseCamera, silence: Silence | None, lacking: tuple[str, ...]) -> CameraRolling:
    manifest = camera.aligned
    buffer = _buffer(manifest)
    if silence is None:
        silence = Silence(unheard=manifest.rolling)
    mute = silence.mute if buffer is None else _after(silence.mute, buffer)
    return CameraRolling(
        camera.key,
        camera.number,
        manifest.officer,
        manifest.rolling,
        manifest.clock.uncertainty,
        buffer,
        manifest.buffer is not None and manifest.buffer.silent,
        mute,
        silence.unheard,
        manifest.stop,
        camera.assigned,
        lacking,
    )


def _buffer(manifest: Manifest) -> TimeRange | None:
    if manifest.buffer is None or not manifest.buffer.length:
        return None
    start = manifest.range.start
    return TimeRange(start, min(manifest.range.end, type(start)(start + manifest.buffer.length)))


def _after(mute: Iterable[TimeRange], buffer: TimeRange) -> tuple[TimeRange, ...]:
    """What of it lies behind the buffer, whose silence is the camera's rule and not the officer's hand."""
    kept = (TimeRange(max(each.start, buffer.end), each.end) for each in mute if each.end > buffer.end)
    return tuple(each for each in kept if each.duration >= SHORTEST_MUTE)


def lacking_of(cameras: Iterable[CaseCamera], store: Store | None) -> dict[str, tuple[str, ...]]:
    """What recordings should have and have not, by recording: parts whose bytes the store has not got, and numbers that
    are left out between the names of their files. Asks the store about what is not on this machine; `store` None: it
    is not to be asked."""
    found: dict[str, tuple[str, ...]] = {}
    for camera in cameras:
        if camera.is_still:
            continue
        missing = _not_in_store(camera, store) if camera.assigned else []
        if missing := [*missing, *left_out(camera.manifest.parts)]:
            found[camera.key] = tuple(missing)
    return found


def _not_in_store(camera: CaseCamera, store: Store | None) -> list[str]:
    said: list[str] = []
    for n, (part, status) in enumerate(zip(camera.manifest.parts, camera.objects, strict=False), 1):
        if status.state is ObjectState.PRESENT or store is None:
            continue
        try:
            there = store.exists(path_of(part.object))
        except ReviewerError:
            return [*said, "the store was not reached: whether all its files are there is not known"]
        if not there:
            said.append(f"part {n} is in its signed manifest and not in the store")
    return said


def left_out(parts: Sequence[Part]) -> list[str]:
    """Numbers that the names of a recording's own files leave out. A camera that numbers everything it does in a row
    leaves out none within one recording."""
    said = []
    for one, other in pairwise(parts):
        a, b = (_NUMBERED.fullmatch(PurePath(p.name).stem) for p in (one, other))
        if a is None or b is None or a["stem"] != b["stem"]:
            continue
        first, last = int(a["n"]) + 1, int(b["n"]) - 1
        if first <= last and other.started_at > one.range.end:
            numbers = f"{first:0{len(b['n'])}d}" + ("" if first == last else f" to {last:0{len(b['n'])}d}")
            said.append(f"file {numbers} between {one.name} and {other.name} was never taken in")
    return said


LONGEST = 200
"""Characters of a name, or of how something is known."""


def expected(queries: Queries, case: str, name: Callable[[str], str] = str) -> tuple[Expected, ...]:
    """Who else was there, as people stated and did not take back. `name` gives a person's name by user id."""
    found = queries.facts(case, EXPECTED, CameraExpected)
    return tuple(Expected(event.id, event.officer, event.why, name(said.user)) for event, said in found)


def state(record: Record, event: CameraExpected | CameraNotExpected) -> None:
    """Record who else was there, or that they are not awaited any more; returns when it is durable. Raises
    ReviewerError for a statement without a name or a source, LogUnwritable."""
    if isinstance(event, CameraExpected):
        if not event.officer.strip() or not event.why.strip():
            raise ReviewerError("Nobody is named, or no source.", "Say who was there, and how that is known.")
        if max(len(event.officer), len(event.why)) > LONGEST:
            raise ReviewerError("That is too long for the log.", f"Shorten it to {LONGEST} characters.")
    record(event).result()


class CaseRolling:
    """The report of one open case. Methods take their time: not on the GUI's thread. `queries` opens the records for
    the thread that asks; `cameras` are the case's as they stand on this machine now."""

    def __init__(
        self,
        footage: Footage,
        cameras: Callable[[], Sequence[CaseCamera]],
        queries: Callable[[], Queries],
        name: Callable[[str], str] = str,
    ) -> None:
        self._footage, self._cameras, self._queries, self._name = footage, cameras, queries, name
        self._heard: dict[tuple[str, int], Quiet | None] = {}  # a file is listened to once

    def at_once(self, stated: TimeRange | None = None) -> RollingReport:
        """What manifests and log say, before anything was listened to and the store was asked."""
        return self._compared(cameras_of(self._cameras(), {}, {}), stated)

    def report(
        self,
        store: Store | None,
        stated: TimeRange | None = None,
        progress: Progress = lambda _done, _of, _who: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> RollingReport:
        """All of it. Raises Cancelled, and ReviewerError for a case without a recording that rolled."""

        def measure(camera: CaseCamera, part: int) -> Quiet | None:
            key = camera.key, part
            if key not in self._heard:
                self._heard[key] = quiet(self._footage.peaks(camera, part, PER_SECOND, cancelled))
            return self._heard[key]

        every = self._cameras()
        silences = listen(every, measure, progress, cancelled)
        return self._compared(cameras_of(every, silences, lacking_of(every, store)), stated)

    def expected(self) -> tuple[Expected, ...]:
        with closing(self._queries()) as queries:
            return expected(queries, self._footage.case, self._name)

    def clocks(self) -> str:
        """What the times rest on, for a report."""
        return "as the signed manifests say" if self._alignment() is None else "aligned, and accepted in the log"

    def _alignment(self) -> Alignment | None:
        with closing(self._queries()) as queries:
            standing = queries.alignment(self._footage.case).accepted
        return standing.alignment if standing is not None else None

    def _compared(self, cameras: Sequence[CameraRolling], stated: TimeRange | None) -> RollingReport:
        incident = incident_of(cameras, stated)
        if incident is None:
            raise ReviewerError("This case has no recording that rolled.", "Ask who assigned it.")
        return compare(cameras, incident, (self._alignment() or Alignment(())).joint_sigma, self.expected())
