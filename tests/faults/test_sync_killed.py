"""A transfer is killed (SIGKILL) again and again at random bytes, then goes on: nothing is lost, little comes twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from tests.bench.sync_child import fetch

ROOT = Path(__file__).parents[2]
SIZE = 96_000_000
KILLS = 5
MOST_AGAIN = 8 << 20


def _here(part: Path) -> int:
    with suppress(OSError):
        stat = part.stat()
        return min(stat.st_size, stat.st_blocks * 512)
    return 0


def test_killed_at_random_bytes_it_goes_on(tmp_path: Path) -> None:
    data = os.urandom(SIZE)
    name = sha256(data).hexdigest()
    store, home = tmp_path / "store", tmp_path / "home"
    lies = store / "objects" / name[:2] / name
    lies.parent.mkdir(parents=True)
    lies.write_bytes(data)
    order = {"location": str(store), "home": str(home), "objects": [[name, SIZE]], "cap": 60_000_000}
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order))
    part, killed = home / "cache" / name[:2] / f"{name}.part", 0
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(KILLS):
        until = min(SIZE - 1, _here(part) + chance.randrange(1, SIZE // KILLS))
        words = [sys.executable, "-m", "tests.bench.sync_child", str(file)]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as child:
            end = time.monotonic() + 60
            while child.poll() is None and _here(part) < until and time.monotonic() < end:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(0.002)
            child.kill()
            killed += child.wait(10) == -signal.SIGKILL
        if not part.exists():
            break
    assert killed >= 2
    written = _here(part)
    found = fetch(order | {"cap": 0})
    assert found["complete"]
    assert found["received"] - (SIZE - written) <= MOST_AGAIN
    whole = home / "cache" / name[:2] / name
    assert whole.read_bytes() == data
    assert [p.name for p in whole.parent.iterdir()] == [name]
