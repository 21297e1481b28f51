"""Frozen dataclasses to JSON values and back, by their type hints.

Documents and log bodies are JSON without floats (RFC 8785 canonical form is then unambiguous). `Utc` becomes an RFC
3339 string, enums their value, tuples arrays, dataclasses objects. Reading is strict about what it knows and ignores
members that a later version added; a wrong shape raises `MalformedDocument`, naming the member.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Utc, format_rfc3339, parse_rfc3339

T = TypeVar("T")
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


_HINTS: dict[type, dict[str, Any]] = {}
_MEMBERS: dict[type, list[tuple[str, Any]]] = {}
_AS_IT_IS = (str, int, bool)


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]


def encode(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """A dataclass instance as a JSON object. Members that are None are left out."""
    cls = type(value)
    members = _MEMBERS.get(cls) or _MEMBERS.setdefault(cls, [(f.name, _hints(cls)[f.name]) for f in fields(cls)])
    found: dict[str, Any] = {}
    for name, hint in members:
        each = getattr(value, name)
        if each is not None:
            found[name] = each if type(each) is hint and hint in _AS_IT_IS else _out(each, hint)
    return found


def _out(value: Any, hint: Any) -> Json:  # noqa: ANN401 - any JSON value
    if hint is Utc:
        return format_rfc3339(value)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(h for h in get_args(hint) if h is not type(None))
        return None if value is None else _out(value, inner)
    if origin is tuple:
        return [_out(each, get_args(hint)[0]) for each in value]
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value):
        return encode(value)
    if isinstance(value, float):
        raise TypeError("a float has no place in a signed document")
    return value  # type: ignore[no-any-return]


def decode(cls: type[T], value: object) -> T:
    """The dataclass that a JSON object describes. Raises `MalformedDocument` naming the first member that is wrong."""
    try:
        return cast(T, _reader(cls)(value))
    except (ValueError, TypeError, KeyError):  # what is wrong, and where, is for the slower way to say
        return cast(T, _in(value, cls, cls.__name__))


Reader = Callable[[Any], Any]
_READERS: dict[Any, Reader] = {}


def _reader(hint: Any) -> Reader:  # noqa: ANN401 - any hint
    """What `_in` does, put together once for each type and without words for what is wrong: logs have a million bodies.
    Raises ValueError, TypeError or KeyError for whatever `_in` does not take."""
    if hint not in _READERS:
        _READERS[hint] = _made_reader(hint)
    return _READERS[hint]


def _made_reader(hint: Any) -> Reader:  # noqa: ANN401 - any hint
    if get_origin(hint) in (Union, types.UnionType):
        some = _reader(_some(hint))
        return lambda value: None if value is None else some(value)
    bare = _bare(hint)
    if is_dataclass(bare):
        return _object_reader(cast(type, bare))
    if isinstance(bare, type) and issubclass(bare, Enum):
        return bare
    kind, convert = _usual(hint)
    if convert is None:
        return lambda value: _exactly(kind, value)
    return lambda value: convert(_exactly(kind, value))


def _some(hint: Any) -> Any:  # noqa: ANN401 - any hint
    """X of `X | None`."""
    return next(h for h in get_args(hint) if h is not type(None))


def _bare(hint: Any) -> Any:  # noqa: ANN401 - any hint
    """What a new name stands for; `Utc` stays, as it is a text in JSON."""
    return hint.__supertype__ if isinstance(hint, NewType) and hint is not Utc else hint


def _usual(hint: Any) -> tuple[type, Reader | None]:  # noqa: ANN401 - any hint
    """The JSON type in which a value of this hint mostly comes, and how one of that type becomes the value (None: it is
    the value)."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _usual(_some(hint))
    if origin is tuple:
        each = _reader(get_args(hint)[0])
        return list, lambda value: tuple([each(item) for item in value])
    if hint is Utc:
        return str, _instant_in
    hint = _bare(hint)
    if is_dataclass(hint):
        return dict, _reader(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return str, {member.value: member for member in hint}.__getitem__
    return hint, None


_instant_in = lru_cache(1024)(parse_rfc3339)
"""The stretch of a view stands in its entry once for each camera."""
_MOST_PLANS = 64


def _object_reader(cls: type) -> Reader:
    """Objects of a class mostly have one of few sets of members, always in the same order (RFC 8785 sorts them): how
    such a set is read is put together once. Whatever is not as usual is read member by member."""
    plans: dict[tuple[str, ...], Reader] = {}
    each = _member_reader(cls)

    def read(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        there = tuple(_exactly(dict, value))
        plan = plans.get(there)
        if plan is None:
            plan = _plan(cls, there, each)
            if len(plans) < _MOST_PLANS:  # a stranger's documents could have any members
                plans[there] = plan
        return plan(value)

    return read


def _member_reader(cls: type) -> Reader:
    members = [(f.name, _reader(_hints(cls)[f.name])) for f in fields(cls)]
    left_out = dict.fromkeys(_left_out(cls))

    def read(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        return cls(**{**left_out, **{name: reader(value[name]) for name, reader in members if name in value}})

    return read


def _plan(cls: type, there: Sequence[str], otherwise: Reader) -> Reader:
    """A reader of objects with exactly these members, in these words' order: all are taken at once, their types are
    compared at once, and only what JSON has otherwise is converted."""
    known = {f.name: f for f in fields(cls)}
    present = [name for name in there if name in known]
    absent = [name for name in known if name not in present]
    none = _left_out(cls)
    if len(present) < 2 or any(known[name].default is MISSING and name not in none for name in absent):
        return otherwise
    take, order = itemgetter(*present), [*present, *absent]
    kinds, converters = zip(*(_usual(_hints(cls)[name]) for name in present), strict=True)
    converted = [(at, convert) for at, convert in enumerate(converters) if convert is not None]
    constants = [None if name in none else known[name].default for name in absent]
    arrange = itemgetter(*(order.index(name) for name in known))

    def read(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        taken = take(value)
        if tuple(map(type, taken)) != kinds:
            return otherwise(value)
        values = [*taken, *constants]
        for at, convert in converted:
            values[at] = convert(values[at])
        return cls(*arrange(values))

    return read


def _left_out(cls: type) -> list[str]:
    """Members without a default that may be None, and so are left out where they are."""
    needed = (f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)
    return [name for name in needed if type(None) in get_args(_hints(cls)[name])]


def _exactly(kind: type, value: Any) -> Any:  # noqa: ANN401 - an instance of kind
    if type(value) is not kind:
        raise TypeError
    return value


def _in(value: object, hint: Any, where: str) -> Any:  # noqa: ANN401 - decided by the hint
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(h for h in get_args(hint) if h is not type(None))
        return None if value is None else _in(value, inner, where)
    if origin is tuple:
        return tuple(_in(each, get_args(hint)[0], f"{where}[{i}]") for i, each in enumerate(_a(list, value, where)))
    if hint is Utc:
        return _instant(_a(str, value, where), where)
    if isinstance(hint, NewType):
        hint = hint.__supertype__
    if is_dataclass(hint):
        return _object(cast(type, hint), _a(dict, value, where), where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(hint, value, where)
    return _a(hint, value, where)


def _object(cls: type, value: dict[str, object], where: str) -> object:
    known: dict[str, object] = {}
    optional = _left_out(cls)
    for f in fields(cls):
        if f.name in value:
            known[f.name] = _in(value[f.name], _hints(cls)[f.name], f"{where}.{f.name}")
        elif f.name in optional:
            known[f.name] = None
        elif f.default is MISSING and f.default_factory is MISSING:
            raise _malformed(f"{where}.{f.name}", "is missing")
    try:
        return cls(**known)
    except ValueError as wrong:
        raise _malformed(where, str(wrong)) from wrong


def _a(kind: type, value: object, where: str) -> Any:  # noqa: ANN401 - an instance of kind
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _malformed(where, f"is not {_NAMES.get(kind, kind.__name__)}")
    return value


def _instant(text: str, where: str) -> Utc:
    try:
        return parse_rfc3339(text)
    except ValueError as wrong:
        raise _malformed(where, "is not an RFC 3339 time") from wrong


def _member(hint: type[Enum], value: object, where: str) -> Enum:
    try:
        return hint(value)
    except ValueError as wrong:
        raise _malformed(where, f"is not one of {', '.join(str(m.value) for m in hint)}") from wrong


_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a text",
    int: "a whole number",
    bool: "true or false",
}


def _malformed(where: str, what: str) -> MalformedDocument:
    return MalformedDocument(
        f"The document is not as its format says: {where} {what}.", "Ask the custodian who signed it."
    )
