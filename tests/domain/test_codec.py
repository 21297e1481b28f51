"""Documents to values and back; a wrong shape names its member."""

from __future__ import annotations

import json
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
