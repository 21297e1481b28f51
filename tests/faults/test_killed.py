"""The program is killed while it plays: the log says at least what was painted, is whole, and work goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from pytestqt.qtbot import QtBot

from reviewer.domain.events import ViewOpened
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.demo import CASE
from reviewer.services.workspace import Workspace
from tests.journeys.conftest import PATIENCE, Command, Person

ROOT = Path(__file__).parents[2]
_ENOUGH = 300  # paintings
Painted = set[tuple[str, TimeRange]]


def _play_and_kill(demo: Path, told: Path, bot: QtBot) -> None:
    """Let a second process play until it has painted enough; kill it, and see that it leaves no process behind."""
    words = [sys.executable, "-m", "tests.faults.playing_child", str(demo)]
    with told.open("wb") as out, subprocess.Popen(words, cwd=ROOT, stdout=out) as child:
        try:
            bot.waitUntil(  # it starts, logs on, fetches, opens and plays: each of them a wait of its own
                lambda: told.read_bytes().count(b"\n") > _ENOUGH or child.poll() is not None, timeout=4 * PATIENCE
            )
            helpers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        finally:
            child.kill()
        assert child.wait(10) == -signal.SIGKILL
    assert helpers, "the map is drawn in a process of its own"
    bot.waitUntil(lambda: not any(_lives(pid) for pid in helpers), timeout=PATIENCE)


def _lives(pid: str) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _painted(told: Path) -> Painted:
    """Every frame that was painted; the last line may be cut."""
    lines = (line.split() for line in told.read_text().splitlines(keepends=True) if line.endswith("\n"))
    return {(key, TimeRange(Utc(int(start)), Utc(int(end)))) for key, start, end in lines}


def test_what_was_painted_is_in_the_log_and_work_goes_on(
    demo: Path, tmp_path: Path, qtbot: QtBot, sit_down: Callable[[], Person], command: Command
) -> None:
    _play_and_kill(demo, tmp_path / "told", qtbot)
    painted = _painted(tmp_path / "told")
    assert len({key for key, _ in painted}) >= 3
    with closing(Queries(Workspace(demo / "home").user("salo").records)) as queries:
        opened = [e.event for e in queries.entries(EntryFilter(kinds=(ViewOpened.KIND,)), limit=1000)]
        cut = queries.cut_spans(CASE)
    said = [c for event in opened if isinstance(event, ViewOpened) for c in event.cameras]
    for key, frame in painted:
        assert any(frame.overlap(c.shown) for c in said if c.recording == key), f"{key} at {frame}: not in the log"
    assert cut, "a view that nobody closed is said to be cut"

    person = sit_down()
    person.logs_on()
    person.has_footage()
    person.opens_case()
    person.sees(lambda: person.screen.wall.painted())
    person.leaves()
    assert command("log", "verify")["ok"]
