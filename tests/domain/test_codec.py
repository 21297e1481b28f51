"""Documents to values and back; a wrong shape names its member."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import codec, events
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Micros, TimeRange, Utc

st.register_type_strategy(Utc, st.integers(0, 4 * 10**15).map(Utc))  # type: ignore[arg-type]
st.register_type_strategy(Micros, st.integers(-(10**15), 10**15).map(Micros))  # type: ignore[arg-type]
st.register_type_strategy(
    TimeRange,
    st.tuples(st.integers(0, 10**15), st.integers(0, 10**12)).map(lambda p: TimeRange(Utc(p[0]), Utc(p[0] + p[1]))),
)
EVENTS = st.sampled_from(sorted(events.EVENTS)).flatmap(lambda kind: st.from_type(events.EVENTS[kind]))


@given(EVENTS)
def test_every_event_comes_back_through_json(event: events.Event) -> None:
    text = json.dumps(codec.encode(event))
    assert codec.decode(type(event), json.loads(text)) == event


def _manifest() -> dict[str, Any]:
    return {
        "v": 1,
        "recording_id": "r",
        "agency": "a",
        "officer": "o",
        "device": {"make": "m", "model": "n"},
        "kind": "video",
        "parts": [
            {
                "object": "00",
                "sealed_size": 1,
                "sha256": "00",
                "size": 1,
                "started_at": "2026-06-13T19:40:00.000000Z",
                "duration": 1_000_000,
            }
        ],
        "clock": {"source": "gps", "uncertainty": 1_000_000},
        "ingest": {"station": "s", "time": "2026-06-13T23:00:00.000000Z", "version": "1"},
        "sealed_data_keys": [],
    }


def test_a_member_that_a_later_version_added_is_no_harm() -> None:
    later = {**_manifest(), "added_later": {"x": 1}}
    assert codec.decode(Manifest, later).recording_id == "r"


@pytest.mark.parametrize(
    ("member", "value", "named"),
    [
        ("parts", {}, "Manifest.parts is not an array"),
        ("kind", "hologram", "Manifest.kind is not one of"),
        ("device", {"make": "m"}, "Manifest.device.model is missing"),
        ("ingest", {"station": "s", "time": "noon", "version": "1"}, "Manifest.ingest.time is not an RFC 3339"),
        ("v", True, "Manifest.v is not a whole number"),
        ("clock", {"source": "gps", "uncertainty": 1.5}, "Manifest.clock.uncertainty is not a whole number"),
    ],
)
def test_a_wrong_shape_names_its_member(member: str, value: object, named: str) -> None:
    with pytest.raises(MalformedDocument, match=named):
        codec.decode(Manifest, {**_manifest(), member: value})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
)


@given(JSON, st.sampled_from(sorted(_manifest())))
def test_any_json_is_a_manifest_or_a_sentence(value: object, member: str) -> None:
    for document in (value, {**_manifest(), member: value}):
        try:
            codec.decode(Manifest, document)
        except MalformedDocument as wrong:
            assert wrong.next_step


def _judged(decode: Callable[[], object]) -> object:
    """The value, or the sentence about what is wrong."""
    try:
        return decode()
    except MalformedDocument as wrong:
        return str(wrong)


def _places(value: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON value
    """The ways to all that is in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, each in inner for place in ((*way, key), *_places(each, (*way, key)))]


@given(EVENTS, st.data())
def test_the_quick_reader_judges_as_the_one_with_words_does(event: events.Event, data: st.DataObject) -> None:
    """Whatever is left out, null, of another type, or there beside what is known: read members at once and member by
    member come to the same value or the same refusal."""
    document = json.loads(json.dumps(codec.encode(event), sort_keys=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(0, 2))):
        places = _places(document)
        *way, last = data.draw(st.sampled_from(places)) if places else ("later",)
        holder = reduce(getitem, way, document)
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = data.draw(JSON)
    slow = _judged(lambda: codec._in(document, type(event), type(event).__name__))
    assert _judged(lambda: codec.decode(type(event), document)) == slow


def test_strangers_members_do_not_fill_the_memory() -> None:
    reader = codec._object_reader(TimeRange)
    stretch = {"start": "2026-06-13T19:40:00.000000Z", "end": "2026-06-13T19:40:01.000000Z"}
    for n in range(3 * codec._MOST_PLANS):
        assert reader({**stretch, f"later {n}": n}) == reader(stretch)
    kept = [cell.cell_contents for cell in reader.__closure__ or () if isinstance(cell.cell_contents, dict)]
    assert [len(each) for each in kept] == [codec._MOST_PLANS]
