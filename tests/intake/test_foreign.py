from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.recording import Device
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.intake.base import CannotTakeIn, FoundRecording, NoteKind
from reviewer.intake.foreign import read_foreign
from tests.intake.looking import footage, look, only, put, texts

START = parse_rfc3339("2026-06-13T19:42:17Z")


def beside(folder: Path, said: object, name: str = "clip.json") -> FoundRecording:
    put(folder / "clip.mp4", footage())
    put(folder / name, json.dumps(said).encode())
    return only(look(folder))


def test_what_leaves_no_doubt_is_found(tmp_path: Path) -> None:
    said = {
        "officer": {"officer_name": "A. Niemi", "Badge Number": 2214},
        "device": {"manufacturer": "Example", "model": "Body 9", "serialNumber": "S1"},
        "incidentNumber": ["2026-0613", "2026-0614"],
        "eventType": "disturbance",
        "startTime": "2026-06-13T22:42:17+03:00",
    }
    found = beside(tmp_path, said)
    assert (found.officer, found.badge, found.event_type) == ("A. Niemi", "2214", "disturbance")
    assert found.device == Device("Example", "Body 9", "S1")
    assert found.incidents == ("2026-0613", "2026-0614")
    assert found.clock is not None
    assert (found.clock.started_at, found.clock.uncertainty) == (START, 60 * SECOND)
    assert texts(found, NoteKind.GUESSED) == []
    assert texts(found, NoteKind.MISSING) == []


@pytest.mark.parametrize("name", ["clip.json", "clip.mp4.json"])
def test_what_is_a_guess_is_marked_as_one(tmp_path: Path, name: str) -> None:
    found = beside(tmp_path, {"user": "niemi", "caseId": "C-7", "start_time": 1781379737}, name)
    assert (found.officer, found.incidents) == ("niemi", ("C-7",))
    assert found.clock is not None
    assert found.clock.started_at == START
    said = texts(found, NoteKind.GUESSED)
    assert any("“user” in" in t for t in said)
    assert any("“caseId” in" in t for t in said)
    assert any("a number taken for seconds since 1970" in t for t in said)


def test_what_is_said_twice_is_not_believed(tmp_path: Path) -> None:
    found = beside(tmp_path, {"a": {"officer": "Niemi"}, "b": {"officer": "Laine"}})
    assert found.officer is None
    assert "clip.json names more than one officer." in texts(found, NoteKind.MISSING)
    assert beside(tmp_path, {"a": {"officer": "Niemi"}, "b": {"officer": "Niemi"}}).officer == "Niemi"
    assert beside(tmp_path, {"officer": "Niemi", "user": "x"}).officer == "Niemi"


def test_a_time_without_a_zone_is_hours_unsure(tmp_path: Path) -> None:
    found = beside(tmp_path, {"startTime": "2026-06-13T19:42:17"})
    assert found.clock is not None
    assert (found.clock.started_at, found.clock.uncertainty) == (START, 4 * 3600 * SECOND)
    assert any("without a zone, read as UTC" in t for t in texts(found, NoteKind.GUESSED, "clock"))


@pytest.mark.parametrize("when", ["yesterday", -5, 17, "0001-01-01T00:00:00Z", {"a": 1}, True])
def test_no_time_is_said(tmp_path: Path, when: object) -> None:
    found = beside(tmp_path, {"startTime": when})
    assert found.clock is None


def test_places_are_a_track(tmp_path: Path) -> None:
    found = beside(tmp_path, [{"lat": 60.17, "lon": 24.94, "time": "2026-06-13T19:42:17Z"}])
    assert [(t.format, t.path and t.path.name) for t in found.tracks] == [("json", "clip.json")]


def test_no_json_is_refused_and_the_footage_is_taken_in(tmp_path: Path) -> None:
    put(tmp_path / "clip.mp4", footage())
    put(tmp_path / "clip.json", b"{")
    put(tmp_path / "other.json", b"{}")
    found = look(tmp_path)
    assert len(found.recordings) == 1
    assert [r.error.message for r in found.refused] == ["clip.json is not valid JSON."]
    assert [(a.path.name, a.why) for a in found.aside] == [("other.json", "it belongs to no footage here")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["officer", "badge", "startTime", "serial", "incident", "lat", "lon", "x"]),
            inside,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
def test_any_json_is_read_or_refused(tmp_path: Path, said: Any) -> None:  # noqa: ANN401
    path = put(tmp_path / "a.json", json.dumps(said).encode())
    try:
        found = read_foreign(path)
    except CannotTakeIn as refused:
        assert refused.message.startswith("a.json ")
    else:
        assert all(len(text) <= 100 for text in (found.officer, found.badge, *found.incidents))


@pytest.mark.parametrize("data", [b"[" * 100_000, b"9" * 5_000, b" " * (16 << 20) + b"{} ", b"\xff\xfe"])
def test_hostile_json_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CannotTakeIn):
        read_foreign(put(tmp_path / "a.json", data))
