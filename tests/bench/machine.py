"""The machine under the bench: what a process tree costs, a display of our own, children that leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SCREEN = (1600, 1000)
_HZ = os.sysconf("SC_CLK_TCK")

Say = Callable[[str], object]


class Missing(Exception):
    """What a section needs is not here. Its words go into the report."""


def tree(pid: int | None = None) -> list[int]:
    """A process and everything that descends from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, todo = [], [pid or os.getpid()]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


def cpu_seconds(pid: int | None = None) -> float:
    """User and system time of a process tree, with its children that have ended and were waited for."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{each}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            total += sum(int(n) for n in stat[11:15])
    return total / _HZ


def memory_mb(pid: int | None = None) -> dict[str, float]:
    """PSS of each process of a tree, MB, by "id name"; what processes share is divided among them."""
    found = {}
    for each in tree(pid):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="utf-8")
            line = next((w for w in rollup.splitlines() if w.startswith("Pss:")), None)
            if line is not None:
                found[f"{each} {_name(each)}"] = int(line.split()[1]) / 1024
    return found


def _name(pid: int) -> str:
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    for part in ("forkserver", "resource_tracker", "map_tiles", "spawn_main"):
        if part in line:
            return part
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


def facts() -> dict[str, object]:
    """What every run records."""
    import av

    return {
        "cores": os.cpu_count(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "python": platform.python_version(),
        "av": av.__version__,
        "system": platform.platform(),
    }


@contextlib.contextmanager
def display() -> Iterator[str]:
    """The display of DISPLAY, or one of our own for as long as this lasts. Raises Missing without Xvfb."""
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    read, write = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    try:
        server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Missing("Xvfb is not installed and DISPLAY is not set") from None
    finally:
        os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise Missing("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        yield os.environ["DISPLAY"]
    finally:
        os.environ.pop("DISPLAY", None)
        server.terminate()
        server.wait()


@contextlib.contextmanager
def busy_core() -> Iterator[None]:
    """Another program that wants a whole core."""
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()


def measured(sections: Sequence[str], section: Callable[[str], dict[str, Any]], say: Say) -> dict[str, Any]:
    """Run these sections and give their figures; what could not be measured stands in "missing"."""
    found: dict[str, Any] = {"machine_before": facts(), "missing": {}}
    for name in sections:
        began = time.monotonic()
        try:
            found |= section(name)
        except (Missing, RuntimeError) as wrong:
            found["missing"][name] = str(wrong)
        say(f"{name}: done ({time.monotonic() - began:.0f} s)")
    return found | {"machine_after": facts()}


def run_child(name: str, given: dict[str, Any], patience: float) -> dict[str, Any]:
    """Run `tests.bench.<name>.run(**given)` in a process group of its own and give what it returns. Raises Missing for
    what it misses, RuntimeError if it fails or takes longer than `patience` seconds."""
    with tempfile.TemporaryDirectory(prefix="reviewer-bench-") as folder:
        answer, errors = Path(folder) / "answer.json", Path(folder) / "errors"
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "QT_LOGGING_RULES": "*=false"}
        command = [sys.executable, "-m", "tests.bench.child", name, json.dumps(given), str(answer)]
        with errors.open("wb") as log:
            child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
            try:
                status = f"ended with {child.wait(patience)}"
            except subprocess.TimeoutExpired:
                status = "did not end in time"
            finally:
                _end_group(child)
        if answer.exists():
            found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            if "missing" in found:
                raise Missing(found["missing"])
            return found
        words = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-40:]
        raise RuntimeError(f"{name}: {status}\n" + "\n".join(words))


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End whatever the child left in its own process group."""
    deadline = time.monotonic() + 5
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, sign)
        while child.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(0.2)
    child.wait()
