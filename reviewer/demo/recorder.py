"""Makes one camera's folder: its parts, stills, track and sidecar. Runs in a process of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from reviewer.demo.camera import CAMERAS, CameraSpec, pose_at, walk_of
from reviewer.demo.canvas import Image
from reviewer.demo.film import write_part
from reviewer.demo.fixes import as_csv, as_gpx, gps_rows
from reviewer.demo.picture import Painter
from reviewer.demo.scene import Scene, Schedule
from reviewer.demo.sidecar import own_clock, sidecar_text
from reviewer.demo.sound import SoundField, Wave, record_sound
from reviewer.demo.street import bearing, to_wgs84
from reviewer.demo.timing import PartPlan, buffer_of, frame_times, plan_parts, track_gap_of
from reviewer.demo.truth import CameraTruth, PartTruth, Place, StillTruth
from reviewer.domain.timebase import SECOND, Micros, Utc

_REPORT_EVERY = 15  # frames
_STILLS_FROM, _STILLS_TO = 0.57, 0.70  # shares of the event's length: the arm up, the bag falling
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to make: camera `index` of `cameras`, into `folder` (its own directory is made there)."""

    index: int
    cameras: int
    schedule: Schedule
    seed: int
    folder: Path


class Stopped(Exception):
    """Somebody asked for the work to stop."""


class Recorder:
    """One camera of the event. `report` hears the share done (0 to 1), `stopped` says whether to give up."""

    def __init__(self, order: Order, report: Callable[[float], None], stopped: Callable[[], bool]) -> None:
        self._order, self._report, self._stopped = order, report, stopped
        self._spec: CameraSpec = CAMERAS[order.index]
        self._schedule = order.schedule
        walks = [walk_of(spec, order.schedule.length, order.seed) for spec in CAMERAS[: order.cameras]]
        self._walk = walks[order.index]
        self._scene = Scene(order.schedule, walks, order.seed)
        self._painter = Painter(self._spec, self._scene, order.index, order.seed)
        self._parts = plan_parts(self._spec, order.schedule, order.seed)
        self._frames = sum(len(part.pts) for part in self._parts)
        self._done = 0

    def record(self) -> CameraTruth:
        """Write everything this camera leaves behind; returns what is true about it. Raises `Stopped`."""
        home = self._order.folder / self._spec.directory
        home.mkdir()
        silent = buffer_of(self._spec, self._schedule)
        field = SoundField(self._scene, self._order.seed)
        for i, part in enumerate(self._parts):
            sound = self._sound(field, part, silent if i == 0 else Micros(0))
            clock = own_clock(self._spec, part.start)
            write_part(home / part.file, self._spec, part.pts, self._pictures(part), sound, clock)
        stills = self._stills(home)
        track = self._track(home)
        text = sidecar_text(self._spec, self._parts, stills, track, silent)
        (home / f"{self._spec.directory}.camera.json").write_text(text, encoding="utf-8")
        return self._truth(silent, stills)

    def _pictures(self, part: PartPlan) -> Iterator[Image]:
        for instant in frame_times(part, self._spec):
            if self._done % _REPORT_EVERY == 0:
                if self._stopped():
                    raise Stopped
                self._report(self._done / self._frames)
            self._done += 1
            yield self._painter.frame(instant)

    def _sound(self, field: SoundField, part: PartPlan, silent: Micros) -> Wave:
        start, length = self._schedule.seconds(part.start), part.length / SECOND
        sound = record_sound(field, self._spec, self._walk, start, length, self._order.seed)
        sound[:, : silent * self._spec.sample_rate // SECOND] = 0.0
        return sound

    def _stills(self, home: Path) -> list[tuple[str, Utc]]:
        """Photos the officer took beside the recording, with the same camera."""
        stills: list[tuple[str, Utc]] = []
        for i in range(self._spec.stills):
            share = _STILLS_FROM + (_STILLS_TO - _STILLS_FROM) * i / max(1, self._spec.stills - 1)
            at = Utc(self._schedule.instant(share) + 137_000 * (i + 1) % 300_000)
            name = f"{self._spec.model}_{self._spec.badge}_IMG{i + 1:03d}.jpg"
            _, data = cv2.imencode(".jpg", self._painter.frame(at), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
            (home / name).write_bytes(data.tobytes())
            stills.append((name, at))
        return stills

    def _track(self, home: Path) -> str:
        begin, last = self._parts[0].start, self._parts[-1]
        end = Utc(last.start + last.length)
        rows = gps_rows(self._spec, self._walk, self._schedule, begin, end, self._order.seed)
        name = f"{self._spec.directory}.{self._spec.track}"
        text = as_csv(rows) if self._spec.track == "csv" else as_gpx(rows, f"{self._spec.make} {self._spec.model}")
        (home / name).write_text(text, encoding="utf-8")
        return name

    def _places(self) -> tuple[Place, ...]:
        begin, last = self._parts[0].start, self._parts[-1]
        places = []
        for at in range(-(-begin // SECOND) * SECOND, last.start + last.length, SECOND):
            pose = pose_at(self._walk, self._schedule.seconds(Utc(at)), self._spec)
            looks = bearing(math.cos(pose.yaw), math.sin(pose.yaw))
            places.append(Place(Utc(at), *to_wgs84(pose.x, pose.y), looks))
        return tuple(places)

    def _truth(self, silent: Micros, stills: list[tuple[str, Utc]]) -> CameraTruth:
        spec = self._spec
        base = spec.time_base.as_integer_ratio()
        return CameraTruth(
            number=spec.number,
            directory=spec.directory,
            officer=spec.officer,
            badge=spec.badge,
            width=spec.width,
            height=spec.height,
            rate=spec.rate.as_integer_ratio() if spec.rate else None,
            b_frames=spec.b_frames,
            clock_error=spec.clock_error,
            checked_offset=spec.checked.missing if spec.checked else None,
            silent=silent,
            track=f"{spec.directory}.{spec.track}",
            fix=spec.fix,
            gps_gap=track_gap_of(spec, self._schedule),
            sample_rate=spec.sample_rate,
            channels=spec.channels,
            parts=tuple(
                PartTruth(p.file, p.start, p.length, base, p.pts, tuple(frame_times(p, spec))) for p in self._parts
            ),
            stills=tuple(StillTruth(name, at) for name, at in stills),
            places=self._places(),
        )
