"""What a process apart may answer: values of the type that was asked for, and nothing else.

The process may be in the hands of the file that it reads, so nothing it sends is unpickled. An answer is JSON, with the
numbers of arrays behind it; it names no classes. What each value has to be is said by whoever asks. What it says can
still be wrong: it is the file's own word.
"""

from __future__ import annotations

import json
import math
import struct
import sys
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import numpy as np

from reviewer.domain.errors import ReviewerError, UnreadableMedia

_HEAD = struct.Struct("<I")  # length of the JSON; then come the blobs, one after the other
_LONGEST_WORDS = 400
_LONGEST_TRACE = 10_000


class Unfit(Exception):
    """The answer is none that a process of ours gives."""


# -- in the process apart ----------------------------------------------------------------------------------------------


def pack(value: object) -> bytes:
    """None, truth, numbers, texts, bytes, tuples, enums, fractions, arrays of numbers, dataclasses of these. Raises
    TypeError for anything else."""
    blobs: list[bytes] = []
    text = json.dumps(_out(value, blobs)).encode()
    return b"".join((_HEAD.pack(len(text)), text, *blobs))


def _out(value: Any, blobs: list[bytes]) -> Any:  # noqa: ANN401 - any of the above
    if isinstance(value, np.ndarray):
        blobs.append(np.ascontiguousarray(value).tobytes())
        return [value.dtype.str, list(value.shape)]
    if isinstance(value, bytes):
        blobs.append(value)
        return len(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    if isinstance(value, tuple):
        return [_out(each, blobs) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [_out(getattr(value, name), blobs) for name in _fields(type(value))]
    return value


def pack_error(error: Exception, trace: str) -> bytes:
    """An error, and where it came from for whoever mends it."""
    kind = type(error)
    words = (error.message, error.next_step) if isinstance(error, ReviewerError) else ("", "")
    return pack((kind.__module__, kind.__qualname__, *words, trace[-_LONGEST_TRACE:]))


# -- in the app --------------------------------------------------------------------------------------------------------


def unpack(body: bytes | memoryview, hint: Any) -> Any:  # noqa: ANN401 - of the type that `hint` says
    """A value of this type throughout; arrays in it cannot be written to. Raises Unfit."""
    try:
        (length,) = _HEAD.unpack_from(body)
        text, blobs = bytes(body[_HEAD.size : _HEAD.size + length]), _Blobs(body[_HEAD.size + length :])
        found = _in(json.loads(text), hint, blobs)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, struct.error) as wrong:
        raise Unfit(f"no {hint}") from wrong
    if blobs.left:
        raise Unfit("more than was asked for")
    return found


class _Blobs:
    def __init__(self, data: bytes | memoryview) -> None:
        self._data = data

    @property
    def left(self) -> int:
        return len(self._data)

    def take(self, size: int) -> bytes:
        if not 0 <= size <= len(self._data):
            raise ValueError("less than it says")
        taken, self._data = bytes(self._data[:size]), self._data[size:]
        return taken


def _in(found: Any, hint: Any, blobs: _Blobs) -> Any:  # noqa: ANN401 - decided by the hint
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (some,) = (each for each in inner if each is not types.NoneType)
        return None if found is None else _in(found, some, blobs)
    if origin is tuple:
        hints = inner[:1] * len(found) if inner[-1] is Ellipsis else inner
        return tuple(_in(each, one, blobs) for each, one in zip(_a(list, found), hints, strict=True))
    if origin is np.ndarray:
        return _array(found, np.dtype(get_args(inner[1])[0]), blobs)
    if isinstance(hint, NewType):
        return _in(found, hint.__supertype__, blobs)
    if is_dataclass(hint):
        known = _fields(hint)  # type: ignore[arg-type]
        pairs = zip(_a(list, found), known.values(), strict=True)
        made: Any = hint
        return made(**dict(zip(known, [_in(each, one, blobs) for each, one in pairs], strict=True)))
    return _single(found, hint, blobs)


def _single(found: Any, hint: Any, blobs: _Blobs) -> Any:  # noqa: ANN401
    if hint is None or hint is types.NoneType:
        return _a(types.NoneType, found)
    if hint is bytes:
        return blobs.take(_a(int, found))
    if hint is Fraction:
        numerator, denominator = _a(list, found)
        return Fraction(_a(int, numerator), _a(int, denominator))
    if hint is float and type(found) is int:
        return float(found)
    return hint(found) if issubclass(hint, Enum) else _a(hint, found)


def _a(kind: type, found: Any) -> Any:  # noqa: ANN401
    if type(found) is not kind:
        raise TypeError(f"no {kind}")
    return found


def _array(found: Any, kind: np.dtype[Any], blobs: _Blobs) -> Any:  # noqa: ANN401
    name, shape = _a(list, found)
    if name != kind.str or not all(type(n) is int and n >= 0 for n in shape):
        raise TypeError(f"no array of {kind}")
    return np.frombuffer(blobs.take(math.prod(shape) * kind.itemsize), kind).reshape(shape)


@cache
def _fields(kind: type) -> dict[str, Any]:
    """What a dataclass is made of, and the types."""
    known = get_type_hints(kind)
    return {each.name: known[each.name] for each in fields(kind) if each.init}


def error(body: bytes | memoryview, what: str) -> ReviewerError:
    """The ReviewerError that was raised there, of its own type and words; for anything else UnreadableMedia. Its cause
    has the other process's traceback. Raises Unfit."""
    module, name, message, next_step, trace = unpack(body, tuple[str, str, str, str, str])
    kind = getattr(sys.modules.get(module), name, None) if module.startswith("reviewer.") else None
    made: ReviewerError
    if message and isinstance(kind, type) and issubclass(kind, ReviewerError):
        made = kind.__new__(kind)
        ReviewerError.__init__(made, message[:_LONGEST_WORDS], next_step[:_LONGEST_WORDS])
    else:
        made = UnreadableMedia(f"{what} cannot be read as footage.", "Fetch it again, or ask who recorded it.")
    made.__cause__ = Elsewhere(trace)
    return made


class Elsewhere(Exception):
    """The traceback of another process."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"
