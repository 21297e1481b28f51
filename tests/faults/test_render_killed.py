"""A render is killed (SIGKILL) again and again: it goes on at the last whole stretch, and no half file has its name."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.media.footage import clip
from tests.media.rendering import pictures
from tests.services.rendering import CASE

ROOT = Path(__file__).parents[2]
SECONDS = 6
KILLS = 3


def _child(order: dict[str, str]) -> list[str]:
    return [sys.executable, "-m", "tests.faults.rendering_child", json.dumps(order)]


def test_killed_again_and_again_it_goes_on(tmp_path: Path) -> None:
    footage = tmp_path / "footage.mp4"
    footage.write_bytes(clip(tuple(range(25 * SECONDS)), size=(640, 360), tone=True))
    out, home = tmp_path / "out" / "copy.mp4", tmp_path / "home"
    order = {"home": str(home), "footage": str(footage), "seconds": str(SECONDS)}
    heads: set[str] = set()
    for n in range(KILLS):
        asked = order | {"out": str(out)} if n == 0 else order
        with subprocess.Popen(_child(asked), cwd=ROOT, stdout=subprocess.DEVNULL) as child:
            end = time.monotonic() + 60
            while child.poll() is None and time.monotonic() < end:
                made = {p.name for p in (home / "renders" / CASE).glob("*/stretch.*.head")}
                if len(made) >= min(11, len(heads) + 2):
                    break
                with suppress(subprocess.TimeoutExpired):
                    child.wait(0.002)
            child.kill()
            assert child.wait(10) == -signal.SIGKILL
        assert heads <= made  # what was whole is there still
        heads = made
        assert not out.exists()
    said = subprocess.run(_child(order), cwd=ROOT, check=True, capture_output=True, timeout=120)
    found = json.loads(said.stdout)
    assert found == {"state": "done", "path": str(out), "kinds": ["copy_made"]}
    assert [p.name for p in out.parent.iterdir()] == ["copy.mp4"]
    assert len(pictures(out)) == 25 * SECONDS
