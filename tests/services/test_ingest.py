"""Ingest: what cameras leave behind goes into the store whole, signed and sealed, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pytest

from reviewer.domain.errors import Cancelled, NotTrusted, StoreUnreachable
from reviewer.domain.recording import ClockSource, Kind, Manifest, unopened
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.sealing import stream
from reviewer.services import deposit
from reviewer.services.custody import CustodyGrants, Grants
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import IngestReport, Station, ingest
from reviewer.stores.folder import FolderStore, Source
from tests.services.agency import CASE, NOW, Agency, keys, station_key

START = parse_rfc3339("2026-06-13T19:39:40Z")
HERO5 = Path(__file__).parents[2].parent / "shared" / "data" / "recordings" / "hero5-trimmed.mp4"


def video(path: Path, frames: int = 25, seed: int = 1) -> Path:
    """A second of 64×48 noise at 25 fps."""
    noise = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as out:
        made = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        made.width, made.height, made.pix_fmt = 64, 48, "yuv420p"
        for i in range(frames):
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 255, (48, 64, 3), dtype=np.uint8), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 25)
            out.mux(made.encode(frame))
        out.mux(made.encode(None))
    return path


def docked(folder: Path, **more: object) -> Path:
    """What a dock writes: two parts, a still, a GPS table, a sidecar; the camera's clock is 37 s behind."""
    video(folder / "N1.mp4", seed=1)
    video(folder / "N2.mp4", seed=2)
    (folder / "N.jpg").write_bytes(b"\xff\xd8\xff" + b"a still" * 100)
    lines = ["stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix"]
    lines += [f"{i * SECOND},2026-06-13T19:39:{40 + i}Z,60.17,24.94,3.0,1.0,90.0,3" for i in range(12)]
    (folder / "N.csv").write_text("\n".join(lines) + "\n")
    sidecar = {
        "officer": "Ofc. A. Niemi",
        "badge": "2214",
        "device": {"make": "Example", "model": "Body 2", "serial": "B2-1"},
        "clock": {
            "source": "manifest",
            "started_at": "2026-06-13T19:39:03Z",
            "uncertainty_us": 50_000,
            "checked_offset_us": 37_000_000,
        },
        "parts": [
            {"file": "N1.mp4", "started_at": "2026-06-13T19:39:03Z"},
            {"file": "N2.mp4", "started_at": "2026-06-13T19:39:08Z"},
        ],
        "stills": [{"file": "N.jpg", "taken_at": "2026-06-13T19:39:05Z"}],
        "tracks": [{"file": "N.csv", "format": "csv"}],
        "buffer": {"seconds": 30, "silent": True},
        "incidents": ["INC-77"],
        "event_type": "disturbance",
        "stop_reason": "incident over",
    }
    (folder / "N.camera.json").write_text(json.dumps({**sidecar, **more}))
    return folder


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return docked(tmp_path / "card")


def take(agency: Agency, *paths: Path, cancel: threading.Event | None = None) -> IngestReport:
    return ingest(list(paths), agency.trust(), Station("ws-1", station_key()), cancel=cancel, now=lambda: NOW)


def _all(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _manifests(agency: Agency) -> list[str]:
    return list(agency.store.list("recordings"))


def _plain(agency: Agency, manifest: Manifest, part: int = 0) -> bytes:
    agency.assign(manifest.recording_id)
    key = Grants(agency.trust(), keys("salo")).data_key(CASE, manifest.recording_id)
    name = manifest.parts[part].object
    return stream.open_bytes(agency.store.get(f"objects/{name[:2]}/{name}"), key, manifest.recording_id.encode())


def test_a_docked_recording_is_whole_in_the_store(agency: Agency, card: Path) -> None:
    before = _all(card)
    report = take(agency, card)
    assert (report.refused, report.known, report.stopped) == ((), (), None)
    made, still = (i.manifest for i in report.recordings)
    assert made.recording_id.startswith("20260613-2214-")
    assert (made.officer, made.device.serial, made.kind) == ("Ofc. A. Niemi 2214", "B2-1", Kind.VIDEO)
    assert [p.started_at - START for p in made.parts] == [0, 5 * SECOND]
    assert [p.name for p in made.parts] == ["N1.mp4", "N2.mp4"]
    assert all(abs(p.duration - SECOND) < 50_000 for p in made.parts)
    assert (made.clock.source, made.clock.correction) == (ClockSource.MANIFEST, 37 * SECOND)
    assert (made.incidents, made.event_type, made.stop) == (("INC-77",), "disturbance", "incident over")
    assert made.buffer is not None
    assert made.buffer.length == 30 * SECOND
    (track,) = made.tracks
    assert (track.format, track.name, track.sha256) == ("csv", "N.csv", _sha(card / "N.csv"))
    assert (still.kind, still.still_of) == (Kind.STILL, made.recording_id)
    assert still.parts[0].started_at == START + 2 * SECOND
    there = tuple(unopened(m) for m in sorted((made, still), key=lambda m: m.recording_id))
    assert agency.trust().manifests().good == there
    assert CustodyGrants(agency.trust(), keys("custody")).manifests(None, there) == tuple(
        sorted((made, still), key=lambda m: m.recording_id)
    )
    assert _plain(agency, made, 1) == (card / "N2.mp4").read_bytes()
    assert made.parts[0].sha256 == _sha(card / "N1.mp4")
    assert _all(card) == before


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_of_it_lies_open_in_the_store(agency: Agency, card: Path) -> None:
    take(agency, card)
    stored = b"".join(p.read_bytes() for p in (agency.store.root / "objects").rglob("*") if p.is_file())
    assert b"ftyp" not in stored
    assert b"a still" not in stored


def test_the_same_footage_again_is_recognised_and_writes_nothing(agency: Agency, card: Path, tmp_path: Path) -> None:
    first = take(agency, card)
    before = _all(agency.store.root)
    again = take(agency, card)
    assert [k.recording_id for k in again.known] == [i.manifest.recording_id for i in first.recordings]
    assert again.recordings == ()
    assert _all(agency.store.root) == before
    copy = tmp_path / "elsewhere" / "other name.mp4"
    copy.parent.mkdir()
    copy.write_bytes((card / "N1.mp4").read_bytes())
    assert take(agency, copy).refused == ()


def test_a_recording_partly_known_is_not_taken_in_twice(agency: Agency, card: Path) -> None:
    single = take(agency, video(agency.folder / "alone" / "N1.mp4", seed=1))
    assert len(single.recordings) == 1
    (card / "N.camera.json").write_text((card / "N.camera.json").read_text())
    report = take(agency, card)
    assert report.recordings == ()
    assert "in the store already" in report.refused[0].message


def test_two_copies_in_one_run_are_one_recording(agency: Agency, tmp_path: Path) -> None:
    one = video(tmp_path / "a" / "x.mp4")
    two = tmp_path / "b" / "y.mp4"
    two.parent.mkdir()
    two.write_bytes(one.read_bytes())
    report = take(agency, one, two)
    assert (len(report.recordings), len(report.known)) == (1, 1)


def test_a_file_without_a_sidecar_says_what_was_guessed(agency: Agency, tmp_path: Path) -> None:
    path = video(tmp_path / "card" / "clip.mp4")
    os.utime(path, (START / SECOND + 1, START / SECOND + 1))
    report = take(agency, path)
    (made,) = report.recordings
    assert made.manifest.officer == "Officer not named"
    assert made.manifest.clock.source in (ClockSource.FILE, ClockSource.CONTAINER)
    assert {"officer", "clock"} <= {n.about for n in made.notes}
    assert made.manifest.recording_id.startswith("20260613-")


def test_bad_files_are_named_and_stop_nothing_else(agency: Agency, card: Path) -> None:
    (card / "notes.mp4").write_text("this is a text file")
    (card / "empty.mp4").write_bytes(b"")
    whole = video(card / "cut.mp4", seed=9).read_bytes()
    (card / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (card / "bomb.csv").write_text("x")
    bomb = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>'
    video(card / "with.mp4", seed=8)
    (card / "with.gpx").write_text(bomb)
    report = take(agency, card)
    assert {i.manifest.officer for i in report.recordings} == {"Ofc. A. Niemi 2214", "Officer not named"}
    refused = {Path(p.path).name: p for p in report.refused}
    assert {"notes.mp4", "empty.mp4", "cut.mp4", "with.gpx"} <= refused.keys()
    assert all(p.message.endswith(".") and p.next_step for p in report.refused)
    beside = next(i.manifest for i in report.recordings if i.sources[0].name == "with.mp4")
    assert beside.tracks == ()


def test_a_path_that_is_not_there_is_said(agency: Agency, tmp_path: Path) -> None:
    report = take(agency, tmp_path / "nothing")
    assert "is not there" in report.refused[0].message
    assert _manifests(agency) == []


@pytest.mark.parametrize("station", ["ws-1", "ws-9"])
def test_a_machine_that_the_roster_does_not_name_ingests_nothing(agency: Agency, card: Path, station: str) -> None:
    with pytest.raises(NotTrusted):
        ingest([card], agency.trust(), Station(station, station_key("other")))
    assert list(agency.store.list("objects")) == []


def test_a_cancelled_ingest_leaves_no_recording_half_there(agency: Agency, card: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    report = take(agency, card, cancel=cancel)
    assert isinstance(report.stopped, Cancelled)
    assert _manifests(agency) == []
    assert len(take(agency, card).recordings) == 2


def test_a_source_that_changes_meanwhile_is_refused(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = video(tmp_path / "card" / "clip.mp4")
    original = deposit.Deposit.hash

    def changing(self: deposit.Deposit, source: Path) -> deposit.SourceFile:
        hashed = original(self, source)
        source.write_bytes(source.read_bytes() + b"more")
        return hashed

    monkeypatch.setattr(deposit.Deposit, "hash", changing)
    report = take(agency, path)
    assert "changed while it was taken in" in report.refused[0].message
    assert _manifests(agency) == []


def test_a_store_that_writes_other_bytes_gets_no_manifest(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = FolderStore.open
    lied = set()

    def lying(self: FolderStore, path: str, offset: int = 0) -> BinaryIO:
        if path.startswith("objects/") and path not in lied:
            lied.add(path)
            file = self.root / path
            data = file.read_bytes()
            file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        return original(self, path, offset)

    monkeypatch.setattr(FolderStore, "open", lying)
    report = take(agency, video(tmp_path / "card" / "clip.mp4"))
    assert "with other bytes" in report.refused[0].message
    assert _manifests(agency) == []


def test_a_full_store_leaves_no_recording_half_there(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = FolderStore.put_made
    calls = []

    def filling(self: FolderStore, name: object, source: Source) -> str:
        calls.append(name)
        if len(calls) == 2:

            def full(_: BinaryIO) -> None:
                raise OSError(28, "No space left on device")

            return original(self, name, full)  # type: ignore[arg-type]
        return original(self, name, source)  # type: ignore[arg-type]

    monkeypatch.setattr(FolderStore, "put_made", filling)
    report = take(agency, card)
    assert any("no room left" in p.message for p in report.refused)
    assert all(m.manifest.still_of is None for m in report.recordings)
    monkeypatch.undo()
    assert take(agency, card).refused == ()


def test_a_store_that_is_not_reached_is_said(agency: Agency, card: Path) -> None:
    agency.store.root.rename(agency.folder / "away")
    with pytest.raises(StoreUnreachable):
        take(agency, card)


def test_a_track_whose_receiver_never_had_a_fix_is_kept_and_sets_no_clock(agency: Agency, card: Path) -> None:
    (card / "N.csv").write_text("stream_us,utc,lat,lon,fix\n" + "0,2026-06-13T10:00:00Z,0,0,0\n" * 9)
    made = take(agency, card).recordings[0].manifest
    assert made.clock.source is ClockSource.MANIFEST
    assert [t.format for t in made.tracks] == ["csv"]


def test_gps_corrects_a_clock_that_nobody_checked(agency: Agency, card: Path) -> None:
    docked(card, clock={"source": "container", "started_at": "2026-06-13T19:39:03Z", "uncertainty_us": 1_000_000})
    made = take(agency, card).recordings[0].manifest
    assert made.clock.source is ClockSource.GPS
    assert made.range.start == START
    assert made.clock.correction == 37 * SECOND


def test_progress_reaches_the_end_and_never_goes_back(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deposit, "_TELL_EVERY", 0.0)
    told: list[IngestProgress] = []
    ingest([card], agency.trust(), Station("ws-1", station_key()), listener=told.append)
    done = [p.done for p in told]
    assert done == sorted(done)
    assert told[-1].total >= told[-1].done >= 0.9 * told[-1].total


def test_the_gopro_sample_gets_track_and_clock_from_its_own_gps(agency: Agency) -> None:
    if not HERO5.exists():
        pytest.skip("the GoPro sample is not beside this checkout")
    (made,) = take(agency, HERO5).recordings
    manifest = made.manifest
    assert manifest.clock.source is ClockSource.GPS
    assert [(t.format, t.object) for t in manifest.tracks] == [("gpmf", "")]
    assert manifest.device.make == "GoPro"
    assert _plain(agency, manifest) == HERO5.read_bytes()
