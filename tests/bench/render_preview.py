"""`preview_ideal_share`: the preview of a reel of twenty clips, four cameras each, on the real screen.

The demo's training assignment is opened by its officer; clips of all four cameras, a few seconds each and all over the
incident, are put on a strip and played from end to end. Sixty times a second it is looked at what each tile of the
stage in sight has really painted, while its camera rolled. It is ideal if that is the frame that is right at the reel's
clock, or was within the tick before (a frame is painted after the tick that asks for it), and the clock goes on: where
the preview waits between two clips, every tick of it is one lost.

Needs an X display (`xvfb-run python -m tests.bench render`); without one Qt's offscreen platform draws.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.domain.reel import Clip, ClipKind
from reviewer.domain.render import Layout
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.demo import make_demo

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

TICK = 1 / 60
_SLACK = 20_000  # µs: a tick, and a little
_PATIENCE = 120.0
CASE = "TR-2026-01"
_FALK = ("R. Falk 0251", "demo-falk-0251")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one tick: when (s), the reel's clock in the clip (wall time), and of each tile the stretch of
    the frame that it has painted, None for none."""

    at: float
    clip: str
    now: Utc
    painted: Mapping[str, TimeRange | None]


@dataclass(slots=True)
class Judged:
    """`due` tile-ticks, `ideal` of them, `steady` as many as there had been at 60 Hz; `waited`: seconds between clips
    in which the clock stood; `worst` the longest between two ticks."""

    due: int = 0
    steady: int = 0
    ideal: int = 0
    waited: float = 0.0
    worst: float = 0.0
    clips: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.ideal / self.due if self.due else 0.0

    @property
    def at_60_hz(self) -> float:
        return self.ideal / self.steady if self.steady else 0.0


def judge(looks: Sequence[Look]) -> Judged:
    """The share of tile-ticks that are ideal. One at which the clock of the same clip stands where it stood is none. In
    `at_60_hz` a tick that came late counts for all that it stands for, too."""
    found = Judged()
    for before, look in pairwise(looks):
        stands = max(1, round((look.at - before.at) / TICK))
        if not found.clips or found.clips[-1] != look.clip:
            found.clips.append(look.clip)
        moves = look.clip != before.clip or look.now > before.now
        if not moves:
            found.waited += look.at - before.at
        found.worst = max(found.worst, look.at - before.at)
        for stretch in look.painted.values():
            right = stretch is not None and stretch.start <= look.now and look.now - _SLACK < stretch.end
            found.due += 1
            found.steady += stands
            found.ideal += 1 if moves and right else 0
    return found


def measure(clips: int, seconds: float, say: Callable[[str], object], demo: Path | None = None) -> dict[str, Any]:
    """Play a reel of so many clips of so many seconds; `demo`: one that is there, with a training assignment. Raises
    RuntimeError if the program does not come as far."""
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="reviewer-preview-") as folder:
        here = demo or Path(folder) / "demo"
        if demo is None:
            say("making the demo …")
            make_demo(here, cameras=4, seconds=90, seed=1)
        say("playing the reel …")
        looks = _play(here, clips, seconds)
    found = judge(looks)
    return {
        "preview_ideal_share": round(found.share, 5),
        "preview_at_60_hz": round(found.at_60_hz, 5),
        "clips": len(found.clips),
        "tile_ticks": found.due,
        "waited_s": round(found.waited, 3),
        "longest_tick_ms": round(1000 * found.worst, 1),
        "seconds_played": round(looks[-1].at - looks[0].at, 1) if looks else 0.0,
    }


def _play(demo: Path, clips: int, seconds: float) -> list[Look]:
    from PySide6.QtCore import Qt, QTimer  # after the platform is chosen

    from reviewer.app.root import Program
    from reviewer.app.start import make_application

    make_application()
    program = Program(demo / "home", demo=demo)
    try:
        program.window.resize(1600, 1000)
        program.window.show()
        room = _open(program)
        _fill(room, clips, seconds)
        program.window.showNormal()
        room.desk.window.show_screen("reels")
        room.choose_clip(room.clips[0].id)
        _wait(lambda: room.player.playback is not None and room.player.playback.settled)
        looks: list[Look] = []
        eye = QTimer(interval=round(1000 * TICK))
        eye.setTimerType(Qt.TimerType.PreciseTimer)
        eye.timeout.connect(lambda: _look(room, looks))
        room.player.play_all()
        _wait(lambda: room.player.playback is not None and room.player.place is not None and _moves(room))
        eye.start()
        _wait(lambda: not room.player.playing, clips * seconds * 2 + 60)
        eye.stop()
        return looks
    finally:
        program.close()


def _moves(room: ReelRoom) -> bool:
    place = room.player.place
    return place is not None and place.since > SECOND // 10


def _look(room: ReelRoom, looks: list[Look]) -> None:
    clip, now = room.player.clip, room.player.now
    if clip is None or now is None or not room.player.playing:
        return
    wall = room.player.stage.view.wall
    painted: dict[str, TimeRange | None] = {}
    for key in clip.recordings:
        if not any(now in each for each in _aligned(room, key)):
            continue  # it did not record then: its tile says so in words
        tile = wall.tile(key)
        picture = tile.painted if tile is not None else None
        has = picture is not None and picture.image is not None
        painted[key] = TimeRange(picture.at, picture.until) if picture is not None and has else None
    looks.append(Look(time.perf_counter(), clip.id, now, painted))


def _aligned(room: ReelRoom, key: str) -> tuple[TimeRange, ...]:
    return tuple(room.stage.clocks.range_to_wall(key, each) for each in room.manifests[key].rolling)


def _open(program: Any) -> ReelRoom:  # noqa: ANN401 the program is imported once the platform is chosen
    from reviewer.app.case_reels import ReelRoom

    login = program.login
    login._name.setText(_FALK[0])
    login._passphrase.line.setText(_FALK[1])
    login._read.setChecked(True)
    login.submit()
    _wait(lambda: program.desk is not None)
    desk = program.desk
    _wait(lambda: bool(desk.queue.cases) and all(c.here == len(c.recordings) for c in desk.queue.cases))
    desk.open_case(CASE)
    _wait(lambda: desk.room is not None and desk.room.dialog is not None)
    desk.room.dialog.submit()
    _wait(lambda: desk.room.screen is not None)
    copies = desk.room.hands.copies
    if not isinstance(copies, ReelRoom):
        raise RuntimeError("the assignment is not for training")
    return copies


def _fill(room: ReelRoom, clips: int, seconds: float) -> None:
    """Clips all over the time in which all four cameras roll, far from each other in turn."""
    keys = tuple(room.manifests)[:4]
    common = [room.wall_range(key) for key in keys]
    start, end = max(r.start for r in common), min(r.end for r in common)
    length = round(seconds * SECOND)
    room_for = max(1, end - start - length - SECOND)
    reel = room.reels.make("Bench").result()
    made = []
    for n in range(clips):
        at = Utc(start + SECOND + room_for * (n * 7 % clips) // clips)
        stated = room.stage.stated(keys[0], at)
        until = Utc(stated + length)
        made.append(Clip("", reel, ClipKind.FOOTAGE, 0, recordings=keys, start=stated, end=until, layout=Layout.QUAD))
    room.reels.add_all(made).result()
    room.open_reel(reel)


def _wait(done: Callable[[], bool], patience: float = _PATIENCE) -> None:
    from PySide6.QtCore import QCoreApplication, QEventLoop

    end = time.perf_counter() + patience
    while not done():
        if time.perf_counter() > end:
            raise RuntimeError("what was waited for did not come")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    import json
    import sys

    where = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(json.dumps(measure(20, 3.0, print, where)))
