from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.recording import Buffer, ClockSource, Device
from reviewer.domain.timebase import SECOND, Micros, parse_rfc3339
from reviewer.intake.axis import SET_AT_DOCKING
from reviewer.intake.base import NoteKind
from tests.intake.looking import footage, look, only, parts, put, texts

USER = "9e2b1c34-0a3d-4b5e-8f11-2c6a7d8e9f00"
NAME = f"{USER}_B8A44F123456_20260613T194217Z"
CLIPS = ("20260613_194147_a1.mkv", "20260613_194247_a1.mkv")
META = {
    "Containername": NAME,
    "Bwcserialnumber": "B8A44F123456",
    "Bwcmodel": "W101",
    "Userid": USER,
    "Triggeron": "Button",
    "Triggeroff": "Button long press",
    "Triggerontime": "1781379737",
    "Triggerontimeiso": "2026-06-13T19:42:17Z",
    "Starttime": "1781379707",
    "Starttimeiso": "2026-06-13T19:41:47Z",
    "Status": "Complete",
}


def container(account: Path, name: str = NAME, **changed: str | None) -> Path:
    folder = account / name
    for clip, start in zip(CLIPS, ("2026-06-13T19:41:47Z", "2026-06-13T19:42:47Z"), strict=True):
        put(folder / clip, footage(60))
        put(folder / f"{name}.{clip}.metadata.json", json.dumps({"Starttimeiso": start}).encode())
    trail = {"CoordinateEntries": [{"LocationWKT": "POINT(24.94 60.17)", "SecondsFromStart": 3.0}]}
    put(folder / "20260613_194147_a1_B8A44F123456_gpstrail.json", json.dumps(trail).encode())
    meta = {k: v for k, v in (META | changed).items() if v is not None}
    put(folder / f"{name}.metadata.json", json.dumps(meta).encode())
    return folder


def registers(account: Path, user: object = None) -> None:
    said = user if user is not None else {"Name": "A.%20Niemi", "Userid": "2214", "Active": "True"}
    put(account / "Users" / f"Users.{USER}.metadata.json", json.dumps(said).encode())
    put(account / "Users" / USER)
    put(account / "Devices" / "Devices.B8A44F123456.metadata.json", b'{"Model": "W101", "Name": "Cam 7"}')


def test_a_container_is_a_recording(tmp_path: Path) -> None:
    folder = container(tmp_path)
    registers(tmp_path)
    put(folder / "complete")
    found = only(look(tmp_path))
    assert (found.source, found.officer, found.badge) == ("Axis", "A. Niemi", "2214")
    assert found.device == Device("Axis", "W101", "B8A44F123456")
    assert parts(found) == [(CLIPS[0], 0), (CLIPS[1], 60)]
    assert [(t.format, t.shared) for t in found.tracks] == [("axis_gnss", False)]
    assert found.clock is not None
    assert found.clock.started_at == parse_rfc3339("2026-06-13T19:41:47Z")
    assert (found.clock.source, found.clock.uncertainty) == (ClockSource.CONTAINER, SET_AT_DOCKING)
    assert found.buffer == Buffer(Micros(30 * SECOND), silent=False)
    assert found.stop == "Button long press"
    assert texts(found, NoteKind.MISSING) == []
    assert len(texts(found, NoteKind.GUESSED, "clock")) == 1


def test_every_file_beside_it_is_accounted_for(tmp_path: Path) -> None:
    container(tmp_path)
    registers(tmp_path)
    found = look(tmp_path)
    claimed = {p.path for r in found.recordings for p in r.parts} | {t.path for r in found.recordings for t in r.tracks}
    aside = {a.path for a in found.aside}
    assert claimed | aside == {p for p in tmp_path.rglob("*") if p.is_file()}
    assert not claimed & aside


@pytest.mark.parametrize("name", [CLIPS[1], f"{NAME}.metadata.json"])
def test_one_file_brings_its_container_and_its_officer_along(tmp_path: Path, name: str) -> None:
    folder = container(tmp_path)
    registers(tmp_path)
    if name.endswith(".mkv"):
        found = only(look(folder / name))
        assert (len(found.parts), found.officer) == (2, "A. Niemi")
    else:
        assert look(folder / name).recordings == ()


def test_without_metadata_names_say_when(tmp_path: Path) -> None:
    folder = container(tmp_path)
    for path in folder.glob("*metadata.json"):
        path.unlink()
    found = only(look(folder))
    assert parts(found) == [(CLIPS[0], 0), (CLIPS[1], 60)]
    assert found.clock is not None
    assert found.clock.started_at == parse_rfc3339("2026-06-13T19:41:47Z")
    assert "names the officer only as user 9e2b" in texts(found, NoteKind.MISSING, "officer")[0]
    assert texts(found, NoteKind.GUESSED, "parts") == ["Nothing says that its system had transferred all of it."]


def test_a_gap_between_clips_is_said(tmp_path: Path) -> None:
    folder = container(tmp_path)
    said = json.dumps({"Starttime": "1781379797"}).encode()
    put(folder / f"{NAME}.{CLIPS[1]}.metadata.json", said)
    found = only(look(folder))
    assert parts(found)[1] == (CLIPS[1], 90)
    assert texts(found, NoteKind.FOUND, "parts") == [f"30 s before {CLIPS[1]} were not recorded."]


def test_a_clip_that_says_nothing_is_taken_to_follow(tmp_path: Path) -> None:
    folder = container(tmp_path)
    put(folder / "last.mkv", footage(10))
    found = only(look(folder))
    assert parts(found)[2] == ("last.mkv", 120)
    assert any("last.mkv does not say when it began" in t for t in texts(found, NoteKind.GUESSED, "parts"))


def test_what_is_still_being_transferred_is_left_alone(tmp_path: Path) -> None:
    found = look(container(tmp_path, Status="Transferring"))
    assert found.recordings == ()
    assert {r.error.message for r in found.refused} == {f"{NAME} is still being transferred."}


def test_encrypted_clips_are_named_as_such(tmp_path: Path) -> None:
    folder = container(tmp_path)
    for clip in CLIPS:
        put(folder / clip, b"\x8f\x01 sealed")
        put(folder / clip.replace(".mkv", ".key"), b'{"EncryptedKey": ""}')
    found = look(folder)
    assert found.recordings == ()
    assert found.refused[0].error.message == f"{CLIPS[0]} is encrypted for the content destination."


def test_bookmarks_give_the_event_type_and_say_that_they_are_not_kept(tmp_path: Path) -> None:
    folder = container(tmp_path)
    put(folder / "bookmark_20260613T194300Z_1", b"Suspect says sorry")
    put(folder / f"{NAME}.bookmark_20260613T194300Z_1.metadata.json", b'{"Categoryname": "Disturbance"}')
    found = only(look(folder))
    assert found.event_type == "Disturbance"
    assert texts(found, NoteKind.FOUND, "bookmarks") == ["A bookmark, which is not kept, says “Suspect says sorry”."]
    put(folder / "bookmark_2", b"")
    put(folder / f"{NAME}.bookmark_2.metadata.json", b'{"Categoryname": "Traffic"}')
    again = only(look(folder))
    assert again.event_type == ""
    assert texts(again, NoteKind.MISSING, "event type") == ["Its bookmarks name 2 categories: Disturbance, Traffic."]


def test_rejected_content_keeps_its_origin(tmp_path: Path) -> None:
    name = "RejectedContent_20260614T010203Z_77"
    folder = container(tmp_path, name, Rejectedcontentoriginalcontainer=NAME, Rejectedcontentreason="no such user")
    registers(tmp_path)
    found = only(look(tmp_path))
    assert found.officer == "A. Niemi"
    assert "It was refused before: no such user." in texts(found, NoteKind.FOUND)
    assert folder.name == found.name


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.lists(st.integers())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(sorted(META)), VALUES),
    st.dictionaries(st.sampled_from(["Starttime", "Starttimeiso"]), VALUES),
    VALUES | st.dictionaries(st.sampled_from(["Name", "Userid"]), VALUES),
)
def test_any_metadata_is_read_or_said(tmp_path: Path, whole: Any, clip: Any, user: Any) -> None:  # noqa: ANN401
    folder = container(tmp_path)
    put(folder / f"{NAME}.metadata.json", json.dumps(whole).encode())
    put(folder / f"{NAME}.{CLIPS[1]}.metadata.json", json.dumps(clip).encode())
    registers(tmp_path, user)
    found = look(tmp_path)
    assert len(found.recordings) + len(found.refused) >= 1
    for recording in found.recordings:
        assert all(p.offset >= 0 for p in recording.parts)
        assert len(recording.parts) == 2
