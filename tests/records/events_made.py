"""Any event of `domain.events`, by its type hints, for property tests."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from reviewer.domain import codec, events
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records.projections import EntryMeta

_TIMES = st.integers(1_700_000_000_000_000, 1_700_000_100_000_000)
_IDS = st.sampled_from(["a", "b", "c"])  # few, so that events meet each other


def _value(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type hint is anything
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(h for h in get_args(hint) if h is not type(None))
        return st.none() | _value(inner)
    if origin is tuple:
        return st.lists(_value(get_args(hint)[0]), max_size=3).map(tuple)
    if hint is Utc:
        return _TIMES
    if hint is TimeRange:
        return st.tuples(_TIMES, _TIMES).map(lambda ends: TimeRange(Utc(min(ends)), Utc(max(ends))))
    if hint is bool:
        return st.booleans()
    if hint is int or hint is Micros:
        return st.integers(-4000, 1 << 40)
    if hint is str:
        return _IDS
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    assert is_dataclass(hint)
    return _made(hint)


def _made(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{f.name: _value(hints[f.name]) for f in fields(cls)})


ANY_EVENT: st.SearchStrategy[events.Event] = st.one_of([_made(cls) for cls in events.EVENTS.values()])


def meta_of(
    event: events.Event, origin: str, index: int, lamport: int, *, at: int = 1_700_000_000_000_000
) -> EntryMeta:
    """The open part of an entry as the journal makes it."""
    payload = json.dumps(codec.encode(event), sort_keys=True)
    case, recording = getattr(event, "case", None), getattr(event, "recording", None)
    body = f"{index:064x}"
    return EntryMeta(
        origin, index, Utc(at), Micros(lamport), "boot", lamport, event.KIND, case, recording, None, body, payload
    )
