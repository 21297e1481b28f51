"""Killed (SIGKILL) while something grows beside its place: it is gone at the next start, and nothing else with it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.media.camera import DeckCamera
from reviewer.services.growing import sweep
from reviewer.services.rendering_job import RenderState
from reviewer.services.workspace import Workspace
from tests.services.rendering import CASE, Room

ROOT = Path(__file__).parents[2]


class _Gone(dict[str, DeckCamera]):
    """Recordings of which none is here any more."""

    def __missing__(self, key: str) -> DeckCamera:
        raise ReviewerError("It is not here.", "Fetch it.")


def _killed(kind: str, folder: Path) -> Path:
    """The workspace of a child that was killed while it made something in `folder`/out."""
    order = [sys.executable, "-m", "tests.faults.growing_child", kind, str(folder)]
    with subprocess.Popen(order, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        home = Path(child.stdout.readline().strip())
        assert sweep(Workspace(home)) == ()  # it is being made
        child.kill()
        assert child.wait(10) == -signal.SIGKILL
    return home


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where it is made, with something of somebody else’s that looks alike."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".FOI.part").write_text("somebody else’s")
    return tmp_path / "out"


@pytest.mark.parametrize("kind", ["package", "opened", "render"])
def test_what_a_kill_leaves_is_gone_at_the_next_start(kind: str, tmp_path: Path, out: Path) -> None:
    home = _killed(kind, tmp_path)
    hidden = [each for each in out.iterdir() if each.name != ".FOI.part"]
    assert len(hidden) == 1 and hidden[0].name.startswith(".")
    files = [p for p in (hidden[0], *hidden[0].rglob("*")) if p.is_file()]
    assert any(file.stat().st_size for file in files)  # there was something of the footage
    assert sweep(Workspace(home)) == (hidden[0],)
    assert [each.name for each in out.iterdir()] == [".FOI.part"]


def test_a_render_that_is_cancelled_after_a_kill_leaves_nothing(tmp_path: Path, out: Path) -> None:
    home = _killed("render", tmp_path)
    room = Room(home, _Gone())
    job = room.queue.statuses(CASE)[0].job.id
    room.queue.cancel(job)
    assert room.wait(job, RenderState.CANCELLED).state is RenderState.CANCELLED
    room.queue.close()
    assert [each.name for each in out.iterdir()] == [".FOI.part"]
