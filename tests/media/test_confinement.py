"""What a process that reads footage cannot do any more: each thing is tried in one, and would work in the app."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.domain.errors import UnreadableMedia
from reviewer.media import apart, confinement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means, on Linux only")


def landlock() -> int:
    """The kernel's version of it; below 1 for none."""
    return int(ctypes.CDLL(None).syscall(444, None, 0, 1))


def connect(where: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.connect(where)


def resolve(where: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"a secret", ("127.0.0.1", int(where)))


def fork(_: str) -> None:
    if os.fork() == 0:
        os._exit(0)


def execute(where: str) -> None:
    os.execv(where, [where])  # noqa: S606 - it must not


def spawn(where: str) -> None:
    subprocess.run([where], check=True)


def write(where: str) -> None:
    Path(where).write_text("footage in plain")


def append(where: str) -> None:
    with Path(where).open("ab") as file:
        file.write(b"more")


def truncate(where: str) -> None:
    os.truncate(where, 0)


def remove(where: str) -> None:
    Path(where).unlink()


def rename(where: str) -> None:
    Path(where).rename(where + ".moved")


def link(where: str) -> None:
    Path(where + ".link").symlink_to(where)


def look_into(pid: str) -> None:
    Path(f"/proc/{pid}/mem").open("rb").close()


def trace(pid: str) -> None:
    if ctypes.CDLL(None, use_errno=True).ptrace(16, int(pid), 0, 0) != 0:  # PTRACE_ATTACH
        raise PermissionError(ctypes.get_errno(), "ptrace")


def end(pid: str) -> None:
    os.kill(int(pid), signal.SIGCONT)


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is there to be harmed."""
    file = tmp_path_factory.mktemp("around") / "evidence"
    file.write_text("evidence")
    return {"file": str(file), "new": f"{file}.new", "program": "/bin/true", "app": str(os.getpid())}


def errno_of(function: Callable[[str], None], where: str) -> int:
    try:
        function(where)
    except OSError as refused:
        return refused.errno or -1
    return 0


@pytest.mark.parametrize("act", [connect, resolve, fork, execute, spawn, trace])
def test_system_calls_that_reach_out_are_refused(act: Callable[[str], None], around: dict[str, str]) -> None:
    where = {connect: around["file"], resolve: "9", fork: "", trace: around["app"]}.get(act, around["program"])
    assert apart.call(errno_of, act, where, gives=int) == 1  # EPERM


@pytest.mark.parametrize("act", [append, truncate, remove, rename, link, write, look_into])
def test_files_and_other_processes_are_out_of_reach(act: Callable[[str], None], around: dict[str, str]) -> None:
    if landlock() < 3 and act is not append:
        pytest.skip("this kernel has no Landlock that knows all of it")
    where = {write: around["new"], look_into: around["app"]}.get(act, around["file"])
    assert apart.call(errno_of, act, where, gives=int) != 0
    assert Path(around["file"]).read_text() == "evidence"
    assert sorted(p.name for p in Path(around["file"]).parent.iterdir()) == ["evidence"]


def test_the_app_cannot_be_signalled(around: dict[str, str]) -> None:
    if landlock() < 6:
        pytest.skip("this kernel’s Landlock knows no signals")
    assert apart.call(errno_of, end, around["app"], gives=int) == 1


def test_without_landlock_no_file_can_grow() -> None:
    assert apart.call(without_landlock, gives=tuple[int, int]) == (0, 0)


def without_landlock() -> tuple[int, int]:
    confinement._landlock = lambda _: False
    confinement.cut_off()
    return resource.getrlimit(resource.RLIMIT_FSIZE)


def test_nothing_came_along_from_the_server() -> None:
    """Only the three standard streams, the pipe to the app, and the folder that is being listed."""
    assert apart.call(open_files, gives=int) == 5


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - one call, one descriptor


def test_what_a_decoder_needs_still_works(around: dict[str, str]) -> None:
    assert apart.call(reads_and_threads, around["file"], gives=tuple[str, int]) == ("evidence", 3)


def reads_and_threads(where: str) -> tuple[str, int]:
    found: list[int] = []
    threads = [threading.Thread(target=found.append, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Path(where).read_text(), len(found)


def test_shared_memory_that_is_held_already_can_be_written_to() -> None:
    """What decoders of the deck do, were they to give up as much."""
    from reviewer.media.shared import SharedBlock

    block = SharedBlock(1 << 16)
    process = apart.context().Process(target=draw, args=(block,))  # type: ignore[attr-defined]
    process.start()
    process.join(20)
    assert process.exitcode == 0
    assert bytes(block.memory[:4]) == b"here"
    block.close()


def draw(block: object) -> None:
    apart.confine()
    apart.seclude()
    memory: memoryview = block.memory  # type: ignore[attr-defined]
    memory[:4] = b"here"


def test_the_app_keeps_all_its_rights(tmp_path: Path) -> None:
    apart.call(os.getpid, gives=int)
    write(str(tmp_path / "new"))
    spawn("/bin/true")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0


def test_a_core_file_is_never_left() -> None:
    assert apart.call(core, gives=tuple[int, int]) == (0, 0)
    with pytest.raises(UnreadableMedia):
        apart.call(signal.raise_signal, signal.SIGABRT, gives=None)


def core() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_CORE)
