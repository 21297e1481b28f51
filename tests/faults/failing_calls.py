"""File-system calls that fail when they are told to: `failing_calls.c`, compiled here, and the block it is armed by."""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
WITHOUT = (
    "gcc is not here, and no file-system call can be made to fail: install gcc and libc6-dev (installer/setup test)"
)


class NoCompiler(Exception):
    """`WITHOUT`."""


class Control(ctypes.Structure):
    """`struct control` of the C file: `fail_at` counts from 1; 0 only counts."""

    _fields_ = (
        ("armed", ctypes.c_int32),
        ("error", ctypes.c_int32),
        ("sticky", ctypes.c_int32),
        ("fired", ctypes.c_int32),
        ("fail_at", ctypes.c_int64),
        ("count", ctypes.c_int64),
        ("call", ctypes.c_char * 32),
        ("path", ctypes.c_char * 480),
    )

    armed: int
    error: int
    sticky: int
    fired: int
    fail_at: int
    count: int
    call: bytes
    path: bytes


def control(file: Path) -> Control:
    """The block of a process that runs with the shim."""
    with file.open("r+b") as opened:
        return Control.from_buffer(mmap.mmap(opened.fileno(), ctypes.sizeof(Control)))


def compiled(folder: Path) -> Path:
    """The shim, compiled in this folder. Raises NoCompiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NoCompiler(WITHOUT)
    made = folder / "failing_calls.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE), "-ldl", "-pthread"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return made


def start(folder: Path, root: Path, module: str, *args: str, trace: Path | None = None) -> subprocess.Popen[str]:
    """A Python process of `module` whose calls below `root` can fail. Its first argument is the block's file. Raises
    NoCompiler."""
    shim, block = compiled(folder), folder / "control"
    block.write_bytes(bytes(ctypes.sizeof(Control)))
    env = os.environ | {"LD_PRELOAD": str(shim), "FAULTS_ROOT": str(root), "FAULTS_CONTROL": str(block)}
    if trace is not None:
        env["FAULTS_TRACE"] = str(trace)
    command = [sys.executable, "-m", module, str(block), *args]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
