"""A display of its own, seen and used from outside: what is really on it, and keys to whatever window has them.

The second player is another process; a test can neither ask its widgets nor wait for its events. So it looks and types
as a person does, through libX11.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = (1366, 768)
_ALL_PLANES = 0xFFFFFFFF
_Z_PIXMAP = 2
_KEY_PRESS, _KEY_RELEASE = 2, 3
_VIEWABLE = 2
_SHIFT = 1


class _Image(Structure):
    _fields_ = (
        *((name, c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", c_void_p),
        *((name, c_int) for name in ("byte_order", "bitmap_unit", "bitmap_bit_order", "bitmap_pad", "depth")),
        *((name, c_int) for name in ("bytes_per_line", "bits_per_pixel")),
    )


class _KeyEvent(Structure):
    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        *((name, c_ulong) for name in ("window", "root", "subwindow", "time")),
        *((name, c_int) for name in ("x", "y", "x_root", "y_root")),
        ("state", c_uint),
        ("keycode", c_uint),
        ("same_screen", c_int),
        ("pad", c_long * 24),
    )


class _Attributes(Structure):
    _fields_ = (
        *((name, c_int) for name in ("x", "y", "width", "height", "border_width", "depth")),
        ("visual", c_void_p),
        ("root", c_ulong),
        *((name, c_int) for name in ("class_", "bit_gravity", "win_gravity", "backing_store")),
        *((name, c_ulong) for name in ("backing_planes", "backing_pixel")),
        ("save_under", c_int),
        ("colormap", c_ulong),
        *((name, c_int) for name in ("map_installed", "map_state")),
        ("pad", c_long * 16),
    )


class XScreen:
    """An Xvfb with one screen. `close` ends it."""

    def __init__(self) -> None:
        answer, tell = os.pipe()
        size = "x".join(map(str, (*SIZE, 24)))
        command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
        self._server = subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL)
        os.close(tell)
        with os.fdopen(answer) as told:
            self.name = f":{told.readline().strip()}"
        self._x = self._library()
        self._display = c_void_p(self._x.XOpenDisplay(self.name.encode()))
        self._root = c_ulong(self._x.XDefaultRootWindow(self._display))

    def _library(self) -> Any:  # noqa: ANN401 - ctypes
        x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = c_void_p
        x.XDefaultRootWindow.restype = c_ulong
        x.XGetImage.restype = POINTER(_Image)
        x.XStringToKeysym.restype = c_ulong
        x.XKeysymToKeycode.argtypes = (c_void_p, c_ulong)
        x.XKeysymToKeycode.restype = ctypes.c_ubyte
        return x

    def picture(self) -> NDArray[np.uint8]:
        """The whole screen, h×w×4 BGRX."""
        planes = c_ulong(_ALL_PLANES)
        image = self._x.XGetImage(self._display, self._root, 0, 0, *map(c_uint, SIZE), planes, c_int(_Z_PIXMAP))
        try:
            seen = image.contents
            raw = ctypes.string_at(seen.data, seen.bytes_per_line * seen.height)
            flat = np.frombuffer(raw, np.uint8).reshape(seen.height, seen.bytes_per_line // 4, 4)
            return flat[:, : seen.width].copy()
        finally:
            self._x.XDestroyImage(image)

    def windows(self) -> list[int]:
        """The top windows that are to be seen, the topmost last."""
        root, parent, children, count = c_ulong(), c_ulong(), POINTER(c_ulong)(), c_uint()
        self._x.XQueryTree(self._display, self._root, byref(root), byref(parent), byref(children), byref(count))
        found = [children[n] for n in range(count.value)]
        if found:
            self._x.XFree(children)
        return [each for each in found if self._is_seen(each)]

    def _is_seen(self, window: int) -> bool:
        about = _Attributes()
        self._x.XGetWindowAttributes(self._display, c_ulong(window), byref(about))
        return about.map_state == _VIEWABLE and about.width > 100

    def key(self, name: str, *, shift: bool = False) -> None:
        """Press and release a key (its X name: "Escape", "space") in the topmost window."""
        code = self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(c_char_p(name.encode())))
        window = self.windows()[-1]
        for kind in (_KEY_PRESS, _KEY_RELEASE):
            event = _KeyEvent(kind, 0, 1, self._display, window, self._root.value, 0, 0, 1, 1, 1, 1)
            event.state, event.keycode, event.same_screen = _SHIFT if shift else 0, code, 1
            self._x.XSendEvent(self._display, c_ulong(window), 1, c_long(kind - 1), byref(event))
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
        self._server.terminate()
        self._server.wait(10)
