"""What the Linux kernel takes from a process before it reads footage, so that a file that takes it over gets little.

Whoever runs code in a decoder has that process's rights. So it gives them up first, for good, which takes no
privilege: it can start no program and no other process, make no socket, write, make or remove no file, look into no
other process and signal none. It can still read what its user may read, and answer through the pipe it was given.
Where a kernel lacks one of these, the others hold.

Landlock: Linux's userspace-api/landlock; seccomp filters: seccomp(2). The numbers are the kernel's.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import platform
import resource
import signal
import stat
import struct
from contextlib import suppress
from multiprocessing import forkserver
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights on files each version of Landlock knows; from 5 on, 16
_TCP = 0b11  # bind, connect; from version 4
_SCOPES = 0b11  # abstract sockets, signals; from version 6

_LOAD, _EQUAL, _AT_LEAST, _SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16  # places in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_CLONE3 = 435
_EVERYWHERE = (425,)  # io_uring_setup: its queue makes sockets past any filter
# audit's name of the machine, clone, and what is refused: socket connect execve execveat ptrace process_vm_readv
# process_vm_writev add_key request_key keyctl bpf perf_event_open userfaultfd unshare setns mount; fork and vfork
_MACHINES = {
    "x86_64": (0xC000003E, 56, (41, 42, 59, 322, 101, 310, 311, 248, 249, 250, 321, 298, 323, 272, 308, 165, 57, 58)),
    "aarch64": (0xC00000B7, 220, (198, 203, 221, 281, 117, 270, 271, 217, 218, 219, 280, 241, 282, 97, 268, 40)),
}


def cut_off() -> None:
    """Give it all up, for the process that calls it and before it has threads."""
    kernel = ctypes.CDLL(None, use_errno=True)
    alone = kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if not (alone and _landlock(kernel)):
        _write_nothing()
    if alone:
        _filter(kernel)


def _write_nothing() -> None:
    """No file can grow. Where stderr is one, it is let go: PyAV goes in circles when it cannot write there."""
    for number in (1, 2):
        if stat.S_ISREG(os.fstat(number).st_mode):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
            os.close(nowhere)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def end_with_app() -> None:
    """For a process that was forked from the server of processes: the server ends with the app, and this process with
    the server, whatever it is doing. It holds, for children of its own, the line by which the server knows that the app
    lives; that is let go."""
    server: Any = forkserver._forkserver  # noqa: SLF001 - CPython has no other way
    line = getattr(server, "_forkserver_alive_fd", None)
    if line is None or multiprocessing.parent_process() is None:
        return
    with suppress(OSError):
        os.close(line)
    server._forkserver_alive_fd = None  # noqa: SLF001
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _landlock(kernel: ctypes.CDLL) -> bool:
    """Every right on files but reading, TCP, signals and abstract sockets: handled, and granted nowhere. Whether no
    file can be written to."""
    version = kernel.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    files = (1 << _FS_RIGHTS.get(version, 16)) - 1 & ~(_READ_FILE | _READ_DIR)
    fields = [files, *([_TCP] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = kernel.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    restricted: bool = kernel.syscall(_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return restricted


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def _filter(kernel: ctypes.CDLL) -> None:
    """System calls that a decoder never needs fail; threads can be made, processes cannot."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return
    arch, clone, refused = machine
    no = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    unknown = (_RETURN, 0, 0, _REFUSE | errno.ENOSYS)  # libc then takes the older call
    steps = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, arch), no, (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), no]
    for number in (*_EVERYWHERE, *refused):
        steps += [(_EQUAL, 0, 1, number), no]
    steps += [(_EQUAL, 0, 1, _CLONE3), unknown, (_EQUAL, 0, 3, clone)]
    steps += [(_LOAD, 0, 0, _FIRST_ARGUMENT), (_SET, 1, 0, _CLONE_THREAD), no, (_RETURN, 0, 0, _ALLOW)]
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(steps), instructions)), 0, 0)
