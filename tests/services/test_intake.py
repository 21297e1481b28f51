"""The plan: what would be taken in, said and changeable before anything is written."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from reviewer.alignment import clocks
from reviewer.domain.errors import Cancelled, StoreUnreachable
from reviewer.domain.recording import ClockSource, Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.intake.base import NoteKind
from reviewer.sealing import stream
from reviewer.services.grants import CustodyGrants
from reviewer.services.ingest import IngestReport, Station, take_in
from reviewer.services.intake import plan_intake
from reviewer.services.intake_plan import IntakePlan, PlannedRecording
from reviewer.services.intake_tracks import open_whole
from reviewer.tracks.base import read_track
from tests.intake.pictures import LOCAL, OFFSET, PLACE, picture
from tests.services.agency import NOW, Agency, keys, station_key
from tests.services.test_ingest import _all, docked, video

TAKEN = parse_rfc3339("2026-06-13T19:42:17.250000Z")
SHIFT = parse_rfc3339("2026-06-13T16:00:00Z")


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def plan(agency: Agency, *paths: Path) -> IntakePlan:
    return plan_intake(list(paths), agency.trust())


def write(agency: Agency, made: IntakePlan) -> IngestReport:
    return take_in(made, agency.trust(), Station("ws-1", station_key()), now=lambda: NOW)


def only(made: IntakePlan) -> PlannedRecording:
    (recording,) = made.recordings
    return recording


def at(path: Path, when: Utc) -> Path:
    os.utime(path, (when / SECOND, when / SECOND))
    return path


def opened(agency: Agency, manifest: Manifest) -> Manifest:
    return CustodyGrants(agency.trust(), keys("custody")).manifest(agency.trust().manifest(manifest.recording_id))


def test_a_plan_writes_nothing(agency: Agency, tmp_path: Path) -> None:
    card = docked(tmp_path / "card")
    before = _all(card) | _all(agency.store.root)
    made = plan(agency, card)
    assert _all(card) | _all(agency.store.root) == before
    planned = only(made)
    assert (planned.details.officer, planned.details.badge) == ("Ofc. A. Niemi", "2214")
    assert (planned.details.incidents, planned.details.event_type) == (("INC-77",), "disturbance")
    assert [p.file.path.name for p in planned.parts] == ["N1.mp4", "N2.mp4"]
    assert planned.parts[1].gap > 3 * SECOND
    assert made.bytes == sum(p.stat().st_size for p in card.iterdir() if p.suffix != ".json")
    assert planned.will_be_written
    assert planned.place is not None
    assert [c.clock.source for c in planned.clocks] == [ClockSource.MANIFEST, ClockSource.GPS]


def test_duplicates_are_seen_within_one_take_and_against_the_store(agency: Agency, tmp_path: Path) -> None:
    card = docked(tmp_path / "card")
    shutil.copytree(card, tmp_path / "copy")
    video(tmp_path / "copy" / "new.mp4", seed=7)
    made = plan(agency, card, tmp_path / "copy")
    first, second = (r for r in made.recordings if r.name == "N")
    assert (first.duplicate_of, second.duplicate_of) == (None, first.key)
    assert not second.will_be_written
    report = write(agency, made)
    assert (len(report.recordings), len(report.known)) == (3, 2)
    again = plan(agency, card)
    assert only(again).known == report.recordings[0].manifest.recording_id
    assert (again.bytes, only(again).will_be_written) == (0, False)


def test_a_part_by_itself_is_a_copy_of_the_whole(agency: Agency, tmp_path: Path) -> None:
    card = docked(tmp_path / "card")
    alone = tmp_path / "alone" / "x.mp4"
    alone.parent.mkdir()
    shutil.copy(card / "N2.mp4", alone)
    found = {r.name: r for r in plan(agency, alone, card).recordings}
    assert found["x"].duplicate_of == found["N"].key


def test_some_parts_the_same_is_a_problem_of_its_own(agency: Agency, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, seeds in ((one, (1, 2, 3)), (two, (2, 9))):
        for i, seed in enumerate(seeds, 1):
            video(folder / f"x_part{i}.mp4", seed=seed)
    made = plan(agency, one, two)
    problems = [r.problem.message for r in made.recordings if r.problem is not None]
    assert len(problems) == 1
    assert "are the same as some of x_part1.mp4’s recording; others are not." in problems[0]
    assert len(write(agency, made).refused) == 1


def test_only_files_that_could_be_known_are_read_through(agency: Agency, tmp_path: Path) -> None:
    video(tmp_path / "a.mp4", frames=25)
    video(tmp_path / "b.mp4", frames=40)
    assert {f.sha256 for r in plan(agency, tmp_path / "a.mp4", tmp_path / "b.mp4").recordings for f in r.files} == {
        None
    }


def test_the_roster_helps_to_say_whose_it_was(agency: Agency, tmp_path: Path) -> None:
    video(tmp_path / "dock" / "0417" / "DCIM" / "100MEDIA" / "M0001.mp4")
    video(tmp_path / "dock" / "S. Aro 2026-06-13" / "clip.mp4", seed=2)
    video(tmp_path / "dock" / "spare" / "clip.mp4", seed=3)
    found = {r.parts[0].file.path.parts[len(tmp_path.parts) + 1]: r for r in plan(agency, tmp_path / "dock").recordings}
    first, second, third = found["0417"], found["S. Aro 2026-06-13"], found["spare"]
    assert (first.details.officer, first.details.badge) == ("K. Salo", "0417")
    assert (second.details.officer, second.details.badge) == ("S. Aro", "0102")
    assert third.details.officer == ""
    said = [n for n in first.notes if n.about == "officer"]
    assert [(n.kind, n.text) for n in said] == [
        (NoteKind.GUESSED, "The folder “0417” is taken to be K. Salo’s, by the roster.")
    ]
    assert first.proposed == first.details


def test_a_still_brings_its_time_and_place(agency: Agency, tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "P1.jpg").write_bytes(picture(own=LOCAL | OFFSET, gps=PLACE, main={271: "Example", 272: "B2"}))
    made = plan(agency, tmp_path / "card")
    planned = only(made)
    assert (planned.kind, planned.range.start) == (Kind.STILL, TAKEN)
    assert planned.details.clock.clock.uncertainty == 60 * SECOND
    assert planned.stills[0].fix is not None
    manifest = opened(agency, write(agency, made).recordings[0].manifest)
    assert manifest.parts[0].started_at == TAKEN
    assert [(t.object, t.format) for t in manifest.tracks] == [("", "exif")]
    assert manifest.place is not None
    assert manifest.device.model == "B2"


# -- a shift's track -------------------------------------------------------------------------------------------------


def shift(folder: Path) -> Path:
    """Two phone videos of a second each and the track of six hours, a position every ten seconds."""
    for name, minutes, seed in (("PXL_20260613_170000000.mp4", 60, 1), ("PXL_20260613_190000000.mp4", 180, 2)):
        at(video(folder / name, seed=seed), Utc(SHIFT + minutes * 60 * SECOND))
    points = []
    for i in range(6 * 360):
        when = f"2026-06-13T{16 + i // 360:02}:{i % 360 // 6:02}:{i % 6 * 10:02}Z"
        points.append(f'<trkpt lat="{60 + i * 1e-5:.5f}" lon="24.94"><time>{when}</time></trkpt>')
    (folder / "shift.gpx").write_text(f"<gpx><trk><trkseg>{''.join(points)}</trkseg></trk></gpx>")
    return folder


def test_each_recording_gets_the_stretch_around_it_and_custody_the_whole(agency: Agency, tmp_path: Path) -> None:
    folder = shift(tmp_path / "phone")
    made = plan(agency, folder)
    assert [(t.shared, t.fixes) for r in made.recordings for t in r.tracks] == [(True, 13), (True, 13)]
    said = [n for n in made.recordings[0].notes if n.about == "tracks"]
    assert said[0].kind is NoteKind.GUESSED
    assert said[0].text.startswith("13 of 2160 positions of shift.gpx lie around it; only these are taken in with it.")
    report = write(agency, made)
    assert report.refused == ()
    first, second = (opened(agency, r.manifest) for r in report.recordings)
    for manifest, name in ((first, "16:59:00"), (second, "18:59:00")):
        (ref,) = manifest.tracks
        assert (ref.format, ref.name.startswith(f"shift.gpx, {name}")) == ("csv", True)
        data = agency.store.get(f"objects/{ref.object[:2]}/{ref.object}")
        key = CustodyGrants(agency.trust(), keys("custody")).data_key(manifest.recording_id)
        track = read_track(ref.name, stream.open_bytes(data, key, manifest.recording_id.encode()), ref.format)
        assert len(track.fixes) == 13
        assert manifest.place is not None
    whole = first.tracks[0].cut_from
    assert whole is not None
    assert whole == second.tracks[0].cut_from
    key = CustodyGrants(agency.trust(), keys("custody")).whole_track_key(whole)
    assert open_whole(agency.trust(), whole, key) == (folder / "shift.gpx").read_bytes()


def test_the_stretch_follows_the_clock_that_a_person_decides(agency: Agency, tmp_path: Path) -> None:
    made = plan(agency, shift(tmp_path / "phone"))
    first = made.recordings[0]
    own = clocks.CameraClock(first.range.start, ClockSource.CONTAINER, Micros(0))
    moved = clocks.stated(own, Utc(first.range.start + 3600 * SECOND), Micros(SECOND))
    report = write(agency, made.edit(first.key, clock=moved))
    names = [opened(agency, r.manifest).tracks[0].name for r in report.recordings]
    assert any(name.startswith("shift.gpx, 17:59:00") for name in names)


def test_a_shift_that_does_not_cover_a_recording_is_said(agency: Agency, tmp_path: Path) -> None:
    folder = shift(tmp_path / "phone")
    at(video(folder / "PXL_20260612_190000000.mp4", seed=3), SHIFT)
    made = plan(agency, folder)
    early = made.recordings[0]
    assert [n.text for n in early.notes if n.about == "tracks"] == [
        "shift.gpx has no position while this was recorded, by a clock good to ± 6 s."
    ]
    report = write(agency, made)
    assert [len(r.manifest.tracks) for r in report.recordings] == [0, 1, 1]


# -- what may go wrong -----------------------------------------------------------------------------------------------


def test_a_cancelled_look_says_so(agency: Agency, tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    made = plan_intake([docked(tmp_path / "card")], agency.trust(), cancel=cancel)
    assert isinstance(made.stopped, Cancelled)
    assert write(agency, made).recordings == ()


def test_a_store_that_is_not_reached_is_said(agency: Agency, tmp_path: Path) -> None:
    agency.store.root.rename(agency.folder / "away")
    with pytest.raises(StoreUnreachable):
        plan(agency, video(tmp_path / "a.mp4"))


def test_what_changed_since_the_plan_is_not_taken_in(agency: Agency, tmp_path: Path) -> None:
    card = docked(tmp_path / "card")
    made = plan(agency, card)
    (card / "N2.mp4").write_bytes((card / "N2.mp4").read_bytes() + b"more")
    report = write(agency, made)
    assert [p.message for p in report.refused] == ["N2.mp4 changed since it was looked at."]
    assert list(agency.store.list("recordings")) == []
