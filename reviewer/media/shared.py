"""Memory that a process and those it starts both see.

On Linux an anonymous memory file: it has no name, so nothing can be left behind and nobody else can open it; elsewhere
a named segment. It is never a file on a disk: decoded footage lies in it.
"""

from __future__ import annotations

import mmap
import os
from multiprocessing.reduction import DupFd
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


class SharedBlock:
    """`size` bytes, all zero at first; pages that nobody wrote to take no memory. Handed to a new process as one of its
    arguments, it is the same memory there. `memory` and `bytes` (a flat uint8 array) are two ways to it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._named: SharedMemory | None = None
        self._fd = -1
        if hasattr(os, "memfd_create"):
            self._fd = os.memfd_create("reviewer", os.MFD_CLOEXEC)
            os.ftruncate(self._fd, size)
            self._map()
        else:
            self._named = SharedMemory(create=True, size=size)
            self._look(self._named.buf)

    def _map(self) -> None:
        self._mmap = mmap.mmap(self._fd, self.size)
        self._look(memoryview(self._mmap))

    def _look(self, memory: memoryview | None) -> None:
        if memory is None:
            raise OSError("the shared memory is closed")
        self.memory = memory
        self.bytes: Bytes = np.frombuffer(memory, np.uint8, self.size)

    def free(self, start: int, stop: int) -> None:
        """Give back the memory of a stretch; what was in it is lost. Whole pages only, where the platform can."""
        page = mmap.PAGESIZE
        first, last = -(-start // page) * page, min(stop, self.size) // page * page
        if self._fd >= 0 and last > first and hasattr(mmap, "MADV_REMOVE"):
            self._mmap.madvise(mmap.MADV_REMOVE, first, last - first)

    def close(self) -> None:
        """This process no longer needs it. Arrays that still look into it keep their memory until they go."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        if self._named is not None:
            self._named.unlink()

    def __reduce__(self) -> tuple[Any, ...]:
        if self._named is not None:
            return _attach_named, (self._named.name, self.size)
        return _attach, (DupFd(self._fd), self.size)


def _attach(handle: Any, size: int) -> SharedBlock:  # noqa: ANN401 - a kind of its own on each platform
    block = SharedBlock.__new__(SharedBlock)
    block.size, block._named = size, None  # noqa: SLF001 - the class's other maker
    block._fd = handle.detach()  # noqa: SLF001
    block._map()  # noqa: SLF001
    return block


def _attach_named(name: str, size: int) -> SharedBlock:
    block = SharedBlock.__new__(SharedBlock)
    block.size, block._fd = size, -1  # noqa: SLF001
    block._named = SharedMemory(name=name)  # noqa: SLF001
    block._look(block._named.buf)  # noqa: SLF001
    return block
