from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.probe import Probe
from reviewer.domain.recording import Buffer, ClockSource, Device, Kind
from reviewer.domain.timebase import SECOND, Micros, parse_rfc3339
from reviewer.intake.base import CannotTakeIn, FoundRecording, NoteKind, Survey
from reviewer.intake.probe import probe
from reviewer.intake.sidecar import read_sidecar
from reviewer.intake.survey import survey
from tests.intake.footage import record

START = "2026-06-13T19:42:17.250000Z"
SIDECAR: dict[str, Any] = {
    "officer": "A. Niemi",
    "badge": "2214",
    "device": {"make": "Axon", "model": "Body 3", "serial": "X81"},
    "clock": {"source": "manifest", "started_at": START, "uncertainty_us": 40000, "checked_offset_us": -37000000},
    "parts": [
        {"file": "B2_1.mp4", "started_at": START},
        {"file": "B2_2.mp4", "started_at": "2026-06-13T19:45:17.250000Z"},
    ],
    "stills": [{"file": "B2_s1.jpg", "taken_at": "2026-06-13T19:43:00Z"}],
    "tracks": [{"file": "B2.csv", "format": "csv"}],
    "buffer": {"seconds": 30.0, "silent": True},
    "incidents": ["2026-0613"],
    "event_type": "disturbance",
    "stop_reason": "end of incident",
}


def fake_probe(path: Path) -> Probe:
    """What intake is told about a file, by its content: "bad", "gopro", or footage of a minute."""
    text = path.read_bytes()
    if text == b"bad":
        raise UnreadableMedia(f"{path.name} is not a recording this program can read.", "Leave it out.")
    gopro = text == b"gopro"
    return Probe(Micros(60 * SECOND), True, True, None, gopro, "GoPro" if gopro else "", "HERO8 Black" if gopro else "")


def put(folder: Path, *names: str, content: bytes = b"footage") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(content)


def camera(folder: Path, **changed: object) -> Path:
    put(folder, "B2_1.mp4", "B2_2.mp4", "B2_s1.jpg", "B2.csv")
    path = folder / "B2.camera.json"
    path.write_text(json.dumps(SIDECAR | changed))
    return path


def look(*paths: Path) -> Survey:
    return survey(paths, fake_probe)


def only(found: Survey) -> FoundRecording:
    assert found.refused == ()
    (recording,) = found.recordings
    return recording


def sentences(found: Survey) -> list[str]:
    for each in found.refused:
        assert each.error.message.endswith(".")
        assert each.error.next_step.endswith(".")
    return [each.error.message for each in found.refused]


def test_what_a_dock_wrote(tmp_path: Path) -> None:
    camera(tmp_path)
    found = only(look(tmp_path))
    assert (found.name, found.kind, found.officer, found.badge) == ("B2", Kind.VIDEO, "A. Niemi", "2214")
    assert found.device == Device("Axon", "Body 3", "X81")
    assert [(p.path.name, p.offset) for p in found.parts] == [("B2_1.mp4", 0), ("B2_2.mp4", 180 * SECOND)]
    assert [(t.format, t.path and t.path.name) for t in found.tracks] == [("csv", "B2.csv")]
    assert [(s.path.name, s.taken_at) for s in found.stills] == [("B2_s1.jpg", parse_rfc3339("2026-06-13T19:43:00Z"))]
    assert found.buffer == Buffer(Micros(30 * SECOND), silent=True)
    assert (found.incidents, found.event_type, found.stop) == (("2026-0613",), "disturbance", "end of incident")
    assert found.clock is not None
    assert (found.clock.source, found.clock.uncertainty) == (ClockSource.MANIFEST, 40_000)
    assert found.clock.start == parse_rfc3339("2026-06-13T19:41:40.250000Z")
    assert {n.kind for n in found.notes} == {NoteKind.FOUND}


@pytest.mark.parametrize("source", ["camera", "manifest", ""])
def test_an_unchecked_clock_is_only_a_hint(tmp_path: Path, source: str) -> None:
    camera(tmp_path, clock={"source": source, "started_at": START})
    clock = only(look(tmp_path)).clock
    assert clock is not None
    assert (clock.source, clock.checked_offset, clock.uncertainty) == (ClockSource.CONTAINER, None, 0)


@pytest.mark.parametrize("name", ["B2.camera.json", "B2_2.mp4", "B2.csv"])
def test_one_file_brings_its_recording_along(tmp_path: Path, name: str) -> None:
    camera(tmp_path)
    put(tmp_path, "other.mp4")
    assert len(only(look(tmp_path / name)).parts) == 2


def test_a_sidecar_without_parts_means_its_namesake(tmp_path: Path) -> None:
    put(tmp_path, "C3.mp4", "C3.gpx")
    (tmp_path / "C3.camera.json").write_text('{"officer": "B. Laine"}')
    found = only(look(tmp_path))
    assert [p.path.name for p in found.parts] == ["C3.mp4"]
    assert [t.format for t in found.tracks] == ["gpx"]
    assert found.clock is None
    assert {n.about for n in found.notes if n.kind is NoteKind.MISSING} == {"device", "clock"}
    assert {n.about for n in found.notes if n.kind is NoteKind.GUESSED} == {"tracks"}


def test_a_missing_part_and_a_broken_one_are_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    camera(tmp_path)
    (tmp_path / "B2_1.mp4").unlink()
    found = look(tmp_path)
    assert [(p.path.name, p.offset) for p in found.recordings[0].parts] == [("B2_2.mp4", 180 * SECOND)]
    assert sentences(found) == ["Part 1 (B2_1.mp4) is named in B2.camera.json and is not here."]
    put(tmp_path, "B2_1.mp4", content=b"bad")
    assert sentences(look(tmp_path)) == ["B2_1.mp4 is not a recording this program can read."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "B2.camera.json is not valid JSON (line 1)."),
        ("[" * 100_000, "B2.camera.json is not valid JSON."),
        ("null", "B2.camera.json is not as cameras write it: the whole is not an object."),
        (
            '{"clock": {"checked_offset_us": 99999999999999999999}}',
            "B2.camera.json is not as cameras write it: clock is off by more than a century.",
        ),
        (
            '{"clock": {"started_at": "9999-01-01T00:00:00Z"}}',
            "B2.camera.json is not as cameras write it: clock has an impossible year.",
        ),
        (
            '{"buffer": {"seconds": -5}}',
            "B2.camera.json is not as cameras write it: buffer is not between none and a day.",
        ),
        ("[]", "B2.camera.json is not as cameras write it: the whole is not an object."),
        ('{"officer": 7}', "B2.camera.json is not as cameras write it: officer is not a text."),
        ('{"parts": [{}]}', "B2.camera.json is not as cameras write it: parts[0].file is missing."),
        (
            '{"clock": {"started_at": "2026-06-13T19:42:17"}}',
            "B2.camera.json is not as cameras write it: clock.started_at is not an RFC 3339 time.",
        ),
        (
            '{"buffer": {"seconds": 1.5}}',
            "B2.camera.json is not as cameras write it: buffer.seconds is not a whole number.",
        ),
        ('{"parts": [{"file": "../B2_1.mp4"}]}', "B2.camera.json names a file outside its folder."),
        (
            '{"parts": [{"file": "B2_1.mp4"}, {"file": "B2_2.mp4"}]}',
            "B2.camera.json does not say clearly when part 2 began.",
        ),
        (
            '{"parts": [{"file": "B2_1.mp4"}, {"file": "B2_1.mp4"}]}',
            "B2.camera.json names B2_1.mp4, which is part of something else already.",
        ),
        (" " * 1_000_001, "B2.camera.json is too large for a camera’s sidecar."),
    ],
)
def test_a_broken_sidecar_holds_its_footage_back(tmp_path: Path, text: str, says: str) -> None:
    camera(tmp_path).write_text(text)
    put(tmp_path, "B21.mp4")
    found = look(tmp_path)
    assert [r.name for r in found.recordings] == ["B21"]
    assert sentences(found) == [says]


def test_gopro_chapters_are_one_recording(tmp_path: Path) -> None:
    put(tmp_path, "GX010123.MP4", "GX020123.MP4", "GX030123.MP4", "GX010124.MP4", "GOPR0007.MP4", content=b"gopro")
    put(tmp_path, "GP010007.MP4", "anything.mp4", content=b"gopro")
    found = {r.name: r for r in look(tmp_path).recordings}
    assert sorted(found) == ["GOPR0007", "GX010123", "GX010124", "anything"]
    assert [(p.path.name, p.offset) for p in found["GX010123"].parts] == [
        ("GX010123.MP4", 0),
        ("GX020123.MP4", 60 * SECOND),
        ("GX030123.MP4", 120 * SECOND),
    ]
    assert len(found["GOPR0007"].parts) == 2
    assert found["anything"].device == Device("GoPro", "HERO8 Black")
    assert all(r.tracks[0].format == "gpmf" and r.tracks[0].path is None for r in found.values())
    assert len(only(look(tmp_path / "GX020123.MP4")).parts) == 3


def test_after_a_missing_chapter_a_recording_of_its_own_begins(tmp_path: Path) -> None:
    put(tmp_path, "GX010123.MP4", "GX030123.MP4", content=b"gopro")
    put(tmp_path, "GX020123.MP4", content=b"bad")
    found = look(tmp_path)
    assert [r.name for r in found.recordings] == ["GX010123", "GX030123"]
    assert any(n.text == "The chapters before GX030123.MP4 are not here." for n in found.recordings[1].notes)
    assert sentences(found) == ["GX020123.MP4 is not a recording this program can read."]


def test_loose_files(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "a.gpx", "a.csv", "b.MKV", "notes.txt", ".hidden.mp4")
    put(tmp_path / "deep" / "er", "c.ts")
    put(tmp_path, "lone.gpx")
    found = look(tmp_path)
    assert [r.name for r in found.recordings] == ["a", "b", "c"]
    assert [t.format for t in found.recordings[0].tracks] == ["csv", "gpx"]
    assert sentences(found) == ["lone.gpx belongs to no footage here."]


def test_a_still_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "s.jpg", content=b"\xff\xd8\xff\xe0 picture")
    put(tmp_path, "text.jpg", content=b"text")
    put(tmp_path, "empty.png", content=b"")
    os.utime(tmp_path / "s.jpg", (1_781_379_737, 1_781_379_737))
    found = look(tmp_path)
    (recording,) = found.recordings
    assert (recording.kind, recording.parts) == (Kind.STILL, ())
    assert recording.stills[0].taken_at == parse_rfc3339("2026-06-13T19:42:17Z")
    assert recording.stills[0].guessed
    assert sentences(found) == ["empty.png is empty.", "text.jpg is not a picture this program can read."]


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt")
    (tmp_path / "hollow").mkdir()
    assert sentences(look(tmp_path / "gone", tmp_path / "notes.txt", tmp_path / "hollow")) == [
        f"{tmp_path / 'gone'} is not there.",
        "notes.txt is no footage that this program knows.",
        f"{tmp_path / 'hollow'} holds no footage.",
    ]


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """Run as a user whom rights bind: root reads everything."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_folder_without_rights(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    put(tmp_path / "locked", "a.mp4")
    put(tmp_path / "open", "b.mp4")
    (tmp_path / "locked").chmod(0)
    request.getfixturevalue("nobody")
    found = look(tmp_path)
    assert [r.name for r in found.recordings] == ["b"]
    assert sentences(found) == [f"You may not read {tmp_path / 'locked'}."]
    assert sentences(look(tmp_path / "locked")) == [f"You may not read {tmp_path / 'locked'}."]


def test_real_files_with_the_real_probe(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", metadata={"creation_time": START})
    put(tmp_path, "text.mp4", content=b"no footage at all")
    put(tmp_path, "empty.mp4", content=b"")
    put(tmp_path, "cut.mp4", content=(tmp_path / "a.mp4").read_bytes()[:300])
    found = survey([tmp_path], probe)
    assert [r.name for r in found.recordings] == ["a"]
    assert sentences(found) == [
        "cut.mp4 ends before its index; it was cut off.",
        "empty.mp4 is empty.",
        "text.mp4 is not a recording this program can read.",
    ]
    assert found.recordings[0].parts[0].probe.container_time == parse_rfc3339(START)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(sorted(SIDECAR)), inside, max_size=4),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*SIDECAR, "file", "started_at", "seconds"]), JSON))
def test_any_sidecar_is_read_or_refused_in_a_sentence(tmp_path: Path, changed: dict[str, object]) -> None:
    path = camera(tmp_path, **changed)
    try:
        read_sidecar(path)
    except CannotTakeIn as refused:
        assert refused.message.startswith("B2.camera.json is not ")
    look(tmp_path)
