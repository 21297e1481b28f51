"""Every one-shot reading of footage, against files that crash, hang or flood what reads them, or are no footage.

A source's reads stand for the decoder: where the test makes a read kill the process, a broken codec would have.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path, PosixPath
from typing import BinaryIO

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import Cancelled, DecoderStopped, ReviewerError, UnreadableMedia, UnreadableTrack
from reviewer.domain.events import Event
from reviewer.domain.recording import TrackRef
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media import apart as processes
from reviewer.media.camera import DeckCamera, DeckPart, Source
from reviewer.media.still import original
from reviewer.media.thumbnails import thumbnails
from reviewer.media.waveform import measure
from reviewer.services import apart
from reviewer.services.custody import Grants
from reviewer.services.footage import Footage
from reviewer.services.ingest import Station, ingest
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from tests.media.footage import START, clip
from tests.media.hostile import Hostile, bomb
from tests.services.agency import CASE, NOW, Agency, keys, station_key

SOON, LITTLE = 0.3, 1 << 30
TALK = clip(tone=True)


class HostilePath(PosixPath):
    """A file whose reader misbehaves: its name says how, `die.2.mp4` at the second read."""

    def open(self, *_: object, **__: object) -> BinaryIO:  # type: ignore[override]
        act, after, _ = self.name.split(".")
        return Hostile(TALK, act, int(after))()


def probed(source: Source) -> object:
    if isinstance(source, Hostile):
        return apart.probe_file(HostilePath(f"{source.act}.{source.after}.mp4"))
    return processes.call(read_probe, source, gives=None)


def read_probe(source: Source) -> None:
    apart.probe(source())


def part(source: Source) -> DeckCamera:
    span = TimeRange(START, Utc(START + 2 * SECOND))
    return DeckCamera("one", (DeckPart(lambda: source, TimeModel(START, Micros(0)), span),))


READINGS: dict[str, Callable[[Source], object]] = {
    "probe": probed,
    "gpmf": lambda source: apart.track_inside(source, "This file"),
    "waveform": lambda source: measure(source, 50, lambda: False),
    "still": lambda source: original(part(source), Utc(START + SECOND)),
    "thumbnails": lambda source: list(thumbnails(source, [Micros(0), Micros(SECOND)], 48)),
}
every_reading = pytest.mark.parametrize("read", READINGS.values(), ids=READINGS.keys())


@every_reading
def test_footage_that_behaves_is_read(read: Callable[[Source], object]) -> None:
    read(partial(io.BytesIO, TALK))


@every_reading
@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize(
    ("act", "words"),
    [("die", "stopped its decoder"), ("leave", "stopped its decoder"), ("hang", "to no end"), ("eat", "more memory")],
)
def test_what_stops_the_decoder_is_one_sentence(
    read: Callable[[Source], object], act: str, after: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MEMORY", LITTLE)
    if act == "hang":
        monkeypatch.setattr(processes, "PATIENCE", SOON)
    with pytest.raises(DecoderStopped, match=words) as stopped:
        read(Hostile(TALK, act, after))
    assert "not touched" in stopped.value.next_step


@pytest.mark.parametrize("side", [16_000, 16_384])
@every_reading
def test_a_picture_that_claims_to_be_enormous_costs_itself(
    read: Callable[[Source], object], side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FFmpeg itself refuses 16,384 × 16,384; for 16,000 × 16,000 it would take 1.1 GB, which it does not get here."""
    monkeypatch.setattr(processes, "MEMORY", 900 << 20)
    try:
        read(partial(io.BytesIO, bomb(side)))
    except (UnreadableMedia, UnreadableTrack) as said:
        assert said.message.endswith(".")


@every_reading
@given(cut=st.integers(0, len(TALK)), flips=st.lists(st.integers(0, 1 << 30), max_size=4))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_and_damaged_footage_is_read_or_refused(
    read: Callable[[Source], object], cut: int, flips: list[int]
) -> None:
    data = bytearray(TALK[:cut])
    for each in flips if data else ():
        data[each % len(data)] ^= 1 + each % 255
    try:
        read(partial(io.BytesIO, bytes(data)))
    except (UnreadableMedia, UnreadableTrack) as said:
        assert said.message.endswith(".")


@every_reading
@given(st.binary(max_size=300))
@settings(max_examples=4, deadline=None)
def test_random_bytes_are_refused(read: Callable[[Source], object], data: bytes) -> None:
    with pytest.raises((UnreadableMedia, UnreadableTrack)):
        read(partial(io.BytesIO, data))


def test_reading_can_be_cancelled_at_once() -> None:
    source = Hostile(TALK, "hang")
    for read in (
        lambda gone: apart.probe_file(HostilePath("hang.0.mp4"), gone),
        lambda gone: apart.track_inside(source, "This file", gone),
        lambda gone: measure(source, 50, gone),
        lambda gone: list(thumbnails(source, [Micros(0)], 48, cancelled=gone)),
    ):
        with pytest.raises(Cancelled):
            read(lambda: True)


# -- in its place ------------------------------------------------------------------------------------------------------


@cache
def gpmf_inside() -> bytes:
    """A recording with a stream of GoPro metadata: two seconds of a walk."""
    from tests.tracks.gpmf_bytes import gps5

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file, av.open(io.BytesIO(clip())) as source:
        video = file.add_stream_from_template(source.streams.video[0])
        data = file.add_data_stream("bin_data")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = video
                file.mux(packet)
        for n in range(2):
            places = [(60.17 + (n * 18 + i) * 1e-6, 24.94) for i in range(18)]
            payload = av.Packet(gps5(f"2606131942{17 + n}.000", places))
            payload.stream, payload.pts, payload.dts, payload.duration = data, n * 1000, n * 1000, 1000
            file.mux(payload)
    return out.getvalue()


@dataclass
class Case:
    agency: Agency
    footage: Footage


@pytest.fixture
def case(tmp_path: Path) -> Case:
    agency = Agency(tmp_path)
    agency.recording("cam-a", TALK)
    assignment = agency.assign("cam-a")
    written: list[Event] = []
    trust = agency.trust()
    vault = Vault(agency.workspace, trust, Grants(trust, keys("salo"), now=lambda: agency.now), written.append)
    footage = Footage(vault, trust, agency.workspace, assignment)
    Sync(agency.workspace, agency.store, written.append).fetch(CASE, footage.manifests)
    return Case(agency, footage)


def card(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.mp4").write_bytes(clip(tone=True, gop=10))
    (folder / "b.mp4").write_bytes(gpmf_inside())
    return folder


def test_nothing_of_it_happens_in_the_app(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With FFmpeg taken out of this process, everything but live playback goes on."""
    folder = card(tmp_path / "card")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("footage was opened in the app")

    monkeypatch.setattr(av, "open", never)
    report = ingest([folder], case.agency.trust(), Station("ws-1", station_key()), now=lambda: NOW)
    assert (len(report.recordings), report.refused) == (2, ())
    (camera,) = case.footage.cameras()
    peaks = case.footage.peaks(camera, 0, 50, lambda: False)
    assert len(peaks) in range(119, 124)
    assert np.abs(peaks).max() > 5_000
    deck = case.footage.deck_camera(camera)
    assert original(deck, deck.range.start).image.shape == (90, 160, 4)
    source = deck.parts[0].source()
    assert [t.time for t in thumbnails(source, [Micros(500_000)], 48)] == [480_000]
    with pytest.raises(AssertionError):
        apart.probe(folder / "a.mp4")


def test_gps_inside_is_read_apart_at_ingest_and_at_review(case: Case, tmp_path: Path) -> None:
    report = ingest([card(tmp_path / "card")], case.agency.trust(), Station("ws-1", station_key()), now=lambda: NOW)
    made = next(i.manifest for i in report.recordings if i.manifest.tracks)
    assert made.tracks == (TrackRef("", "gpmf"),)
    track = apart.track_inside(apart.file_source(tmp_path / "card" / "b.mp4"), "b.mp4")
    assert (len(track.fixes), track.source) == (36, "gpmf")


def test_a_file_that_crashes_the_decoder_costs_ingest_that_file(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card")
    (folder / "die.2.mp4").write_bytes(TALK)
    monkeypatch.setattr(apart, "read_headers", read_hostile_headers)
    report = ingest([folder], case.agency.trust(), Station("ws-1", station_key()), now=lambda: NOW)
    assert len(report.recordings) == 2
    (refused,) = report.refused
    assert refused.path.endswith("die.2.mp4")
    assert refused.message == "Reading die.2.mp4 stopped its decoder."


def read_hostile_headers(path: Path) -> object:
    return apart.probe(HostilePath(path) if path.name.startswith("die") else path)


def test_gps_that_crashes_its_reader_costs_ingest_the_track_alone(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "read_inside", crash)
    report = ingest([card(tmp_path / "card")], case.agency.trust(), Station("ws-1", station_key()), now=lambda: NOW)
    assert len(report.recordings) == 2
    assert [r.message for r in report.refused] == ["Reading b.mp4 stopped its decoder."]
    assert not any(i.manifest.tracks for i in report.recordings)


def crash(_: Source) -> object:
    return Hostile(TALK, "die")().read()


def test_what_crashes_at_review_is_said_of_that_part(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    (camera,) = case.footage.cameras()
    hostile = Hostile(TALK, "die", 3)
    monkeypatch.setattr(Footage, "_source", lambda *_: hostile)
    with pytest.raises(DecoderStopped, match=r"^Reading part 1 of Ofc\. A\. Niemi 2214 stopped its decoder\."):
        case.footage.peaks(camera, 0, 50, lambda: False)
    inside = Footage.track(case.footage, _with_gpmf(camera))
    assert inside[0] is None
    assert isinstance(inside[1], DecoderStopped)


def _with_gpmf(camera: object) -> object:
    return replace(camera, manifest=replace(camera.manifest, tracks=(TrackRef("", "gpmf"),)))  # type: ignore[type-var, attr-defined]


def test_many_small_files_do_not_wait_for_their_processes(tmp_path: Path) -> None:
    """A process each, all from the server: two hundred take about a second or two on an idle machine."""
    for n in range(25):
        (tmp_path / f"{n}.mp4").write_bytes(TALK)
    apart.probe_file(tmp_path / "0.mp4")
    start = time.monotonic()
    for path in tmp_path.iterdir():
        assert apart.probe_file(path).has_audio
    assert (time.monotonic() - start) / 25 < 0.25  # 400 ms is what a new interpreter alone would take


def test_errors_that_a_reader_raises_keep_their_words(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    for path, words in ((tmp_path / "empty.mp4", "empty.mp4 is empty."), (tmp_path / "gone.mp4", "gone.mp4 cannot be")):
        with pytest.raises(ReviewerError) as said:
            apart.probe_file(path)
        assert said.value.message.startswith(words)
