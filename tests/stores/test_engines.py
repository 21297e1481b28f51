"""The engines go with those who use them, however those end, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil
import pytest

from tests.stores.engines.ceph import Ceph
from tests.stores.engines.processes import EngineFailed

ROOT = Path(__file__).resolve().parents[2]
_USER = (
    "import sys, time\n"
    "from tests.stores.engines.client import engine\n"
    "made = engine('seaweed', sys.argv[1])\n"
    "print(made.ca, flush=True)\n"
    "sys.stdin.read()\n"
)


def _used(run: str) -> tuple[subprocess.Popen[str], Path]:
    """A process that uses an engine, and the engine's folder."""
    user = subprocess.Popen(
        [sys.executable, "-c", _USER, run], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    return user, Path(user.stdout.readline().strip()).parent


def _of(folder: Path) -> list[psutil.Process]:
    """Processes that name this folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in word for word in process.info["cmdline"] or ()):
            found.append(process)
    return found


def _until_gone(folder: Path) -> list[psutil.Process]:
    end, pause = time.monotonic() + 20, threading.Event()
    while (left := _of(folder)) and time.monotonic() < end:
        pause.wait(0.1)
    return left


def _end(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate()


def test_killed_users_take_their_engine_with_them() -> None:
    run = uuid.uuid4().hex
    one, folder = _used(run)
    other, same = _used(run)
    assert folder == same and folder.is_dir()
    _end(one)
    threading.Event().wait(2)
    assert _of(folder), "the other one still uses it"
    _end(other)
    assert not _until_gone(folder)
    assert not folder.exists() and not Path(f"{folder}.lock").exists()


def test_a_killed_host_takes_its_daemons_with_it_and_the_next_one_begins_anew() -> None:
    run = uuid.uuid4().hex
    user, folder = _used(run)
    (host,) = (each for each in _of(folder) if "tests.stores.engines.host" in each.cmdline())
    host.send_signal(signal.SIGKILL)
    assert not _until_gone(folder)
    _end(user)
    again, same = _used(run)
    assert same == folder and _of(folder)
    _end(again)
    assert not _until_gone(folder)
    assert not folder.exists()


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(EngineFailed, match="apt-get install ceph-mon ceph-osd radosgw ceph-common"):
        Ceph(tmp_path)


def test_where_results_count_no_engine_is_left_out() -> None:
    assert "\nunset REVIEWER_NO_CEPH" in (ROOT / ".ci" / "run").read_text()
