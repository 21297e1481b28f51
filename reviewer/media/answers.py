"""What a process apart may answer: plain values, and nothing that does anything when it is read.

The process may be in the hands of the file that it reads, and ordinary pickle would let it run code in the app. Here a
pickle is read that can name our own frozen dataclasses and enums, fractions, and arrays of numbers; nothing else, and
nothing that is not imported already. What it says can still be wrong: it is the file's own word.
"""

from __future__ import annotations

import io
import math
import pickle  # read by _Reader only
import re
import sys
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import numpy as np

from reviewer.domain.errors import ReviewerError, UnreadableMedia

_NUMBERS = re.compile(r"[<>|][iuf][1248]")
_LONGEST_WORDS = 400
_LONGEST_TRACE = 10_000


class Unfit(Exception):
    """The answer is none that a process of ours gives."""


def pack(value: object) -> bytes:
    """In the process apart."""
    out = io.BytesIO()
    _Writer(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


def value(body: bytes | memoryview) -> Any:  # noqa: ANN401 - as the function that was called says
    """In the app. Raises Unfit."""
    try:
        return _Reader(io.BytesIO(body)).load()
    except (pickle.UnpicklingError, ValueError, TypeError, LookupError, AttributeError, EOFError, MemoryError) as wrong:
        raise Unfit("not a value that a process apart gives") from wrong


def fits(value: object, hint: Any) -> bool:  # noqa: ANN401 - any type hint
    """Whether a value is of a type throughout: dataclasses by their fields, tuples by their members, arrays by their
    numbers. Any value fits None."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is None:
        return True
    if origin in (Union, types.UnionType):
        return any(value is None if each is types.NoneType else fits(value, each) for each in inner)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        hints = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return len(hints) == len(value) and all(map(fits, value, hints))
    if origin is dict:
        return isinstance(value, dict) and all(fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items())
    if origin is np.ndarray:
        return isinstance(value, np.ndarray) and value.dtype == np.dtype(get_args(inner[1])[0])
    if isinstance(hint, NewType):
        return fits(value, hint.__supertype__)
    if type(value) is not hint and not (hint is float and type(value) is int):
        return False
    return not is_dataclass(hint) or all(fits(getattr(value, name, ...), each) for name, each in _hints(hint).items())


@cache
def _hints(kind: type) -> dict[str, Any]:
    known = get_type_hints(kind)
    return {each.name: known[each.name] for each in fields(kind)}


def pack_error(error: Exception, trace: str) -> bytes:
    """In the process apart: an error, and where it came from for whoever mends it."""
    kind = type(error)
    words = (error.message, error.next_step) if isinstance(error, ReviewerError) else ("", "")
    return pack((kind.__module__, kind.__qualname__, *words, trace[-_LONGEST_TRACE:]))


def error(body: bytes | memoryview, what: str) -> ReviewerError:
    """In the app: the ReviewerError that was raised there, of its own type and words; for anything else
    UnreadableMedia. Its cause has the other process's traceback. Raises Unfit."""
    found = value(body)
    if not (isinstance(found, tuple) and len(found) == 5 and all(isinstance(each, str) for each in found)):
        raise Unfit("not an error that a process apart gives")
    module, name, message, next_step, trace = found
    kind = getattr(sys.modules.get(module), name, None)
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


class _Writer(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:  # noqa: ANN401 - as pickle has it
        if isinstance(obj, np.ndarray):
            return _array, (obj.dtype.str, obj.shape, np.ascontiguousarray(obj).tobytes())
        return NotImplemented


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        if (module, name) == (_array.__module__, _array.__name__):
            return _array
        if (module, name) == ("fractions", "Fraction"):
            return Fraction
        found = getattr(sys.modules.get(module), name, None) if module.split(".")[0] == "reviewer" else None
        if isinstance(found, type) and (issubclass(found, Enum) or _is_frozen(found)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def _is_frozen(kind: type) -> bool:
    return is_dataclass(kind) and bool(getattr(kind, "__dataclass_params__").frozen)  # noqa: B009 - not in typeshed


def _array(kind: str, shape: tuple[int, ...], data: bytes) -> Any:  # noqa: ANN401 - of any number type
    """An array of numbers that cannot be written to."""
    if not (_NUMBERS.fullmatch(kind) and all(type(n) is int and n >= 0 for n in shape)):
        raise pickle.UnpicklingError("no array of numbers")
    numbers = np.dtype(kind)
    if math.prod(shape) * numbers.itemsize != len(data):
        raise pickle.UnpicklingError("an array of another size")
    return np.frombuffer(data, numbers).reshape(shape)
