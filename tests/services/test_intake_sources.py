"""What cameras leave, from the files to a manifest in the store; and who goes on with what was begun."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.intake.base import NoteKind
from reviewer.sealing.stream import Sealed
from reviewer.services.unfinished import LeftBehind, Unfinished, left_behind
from tests.services.agency import NOW, Agency, station_key
from tests.services.test_ingest import video
from tests.services.test_intake import agency, only, opened, plan, write

__all__ = ["agency"]
AXIS = "0417_B8A4_20260613T194217Z"
START = parse_rfc3339("2026-06-13T19:41:47Z")


def axis(account: Path) -> Path:
    """Two clips of a second, a trail, what the system says of them and of its user, whose id is a badge here."""
    folder = account / AXIS
    video(folder / "20260613_194147_a1.mp4", seed=1)
    video(folder / "20260613_194148_a1.mp4", seed=2)
    entries = [
        {
            "LocationWKT": f"POINT(24.94{i} 60.17)",
            "SecondsFromStart": i * 0.5,
            "Timestamp": f"2026-06-13T19:41:4{7 + i}Z",
        }
        for i in range(3)
    ]
    (folder / "20260613_194147_a1_B8A4_gpstrail.json").write_text(json.dumps({"CoordinateEntries": entries}))
    meta = {"Starttimeiso": "2026-06-13T19:41:47Z", "Triggerontimeiso": "2026-06-13T19:42:17Z", "Status": "Complete"}
    (folder / f"{AXIS}.metadata.json").write_text(json.dumps(meta))
    users = account / "Users"
    users.mkdir()
    (users / "Users.0417.metadata.json").write_text('{"Name": "K. Salo", "Userid": "0417"}')
    return folder


def test_an_axis_container_becomes_a_recording_of_its_officer(agency: Agency, tmp_path: Path) -> None:
    axis(tmp_path / "axis")
    made = plan(agency, tmp_path / "axis")
    planned = only(made)
    assert {n.kind for n in planned.notes if n.about == "clock"} == {NoteKind.GUESSED}
    assert (planned.source, planned.tracks[0].format, planned.tracks[0].fixes) == ("Axis", "axis_gnss", 3)
    report = write(agency, made)
    assert report.refused == ()
    manifest = opened(agency, report.recordings[0].manifest)
    assert (manifest.officer, manifest.officer_id, manifest.device.serial) == ("K. Salo 0417", "salo", "B8A4")
    assert manifest.range.start == START
    assert (manifest.clock.source, manifest.clock.uncertainty) == (ClockSource.CONTAINER, 5 * SECOND)
    assert [p.name for p in manifest.parts] == ["20260613_194147_a1.mp4", "20260613_194148_a1.mp4"]
    assert manifest.buffer is not None
    assert manifest.place is not None
    assert [t.format for t in manifest.tracks] == ["axis_gnss"]


def test_what_a_strange_sidecar_says_reaches_the_manifest(agency: Agency, tmp_path: Path) -> None:
    video(tmp_path / "card" / "clip.mp4")
    said = {"badgeNumber": "0102", "incidentNumber": "INC-5", "startTime": "2026-06-13T19:41:47Z", "eventType": "stop"}
    (tmp_path / "card" / "clip.json").write_text(json.dumps(said))
    manifest = opened(agency, write(agency, plan(agency, tmp_path / "card")).recordings[0].manifest)
    assert (manifest.officer, manifest.officer_id) == ("S. Aro 0102", "aro")
    assert (manifest.incidents, manifest.event_type) == (("INC-5",), "stop")
    assert (manifest.range.start, manifest.clock.uncertainty) == (START, 60 * SECOND)


@pytest.mark.parametrize("station", ["ws-1", "another"])
def test_only_the_station_that_began_goes_on(agency: Agency, station: str) -> None:
    begun = Unfinished.open(agency.workspace, "r1", station_key(), NOW)
    manifest = agency.recording("other", b"footage")
    part = manifest.parts[0]
    begun.add(Sealed(part.object, part.sealed_size, part.sha256, part.size))
    assert left_behind(agency.workspace) == (LeftBehind("r1", NOW, (part.object,)),)
    key = station_key() if station == "ws-1" else station_key(station)
    again = Unfinished.open(agency.workspace, "r1", key, NOW)
    assert (again.data_key == begun.data_key) == (station == "ws-1")
    assert (again.there(part.sha256, agency.store) is not None) == (station == "ws-1")
    assert begun.data_key not in begun.path.read_bytes()
    again.finished()
    assert left_behind(agency.workspace) == ()
