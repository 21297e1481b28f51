"""Hardware decodes only where its pictures are the software's, and hands over to software wherever it fails.

No test machine need have a device: the ones here are made of the software's decoder, told to be right, wrong or gone.
"""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
import pytest
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from hypothesis import given
from hypothesis import strategies as st

from reviewer.media import hardware
from reviewer.media.hardware import SOFTWARE, Device, DeviceFailed, Verdicts, devices_here, same_picture
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler
from tests.media.footage import clip
from tests.media.structures import decoded, movie


@pytest.fixture(autouse=True)
def verdicts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Verdicts]:
    """Each test meets its devices for the first time."""
    fresh = Verdicts()
    monkeypatch.setattr("reviewer.media.decoding.VERDICTS", fresh)
    yield fresh


def interleaved(frame: av.VideoFrame, spoil: int = 0) -> av.VideoFrame:
    """The same samples as a device hands them over: nv12. `spoil` changes one of them."""
    made = av.VideoFrame(frame.width, frame.height, "nv12")
    y, u, v = (np.frombuffer(memoryview(p), np.uint8).reshape(-1, p.line_size)[: p.height] for p in frame.planes)
    chroma = (frame.width + 1) // 2
    both = np.stack([u[:, :chroma], v[:, :chroma]], axis=2).reshape(u.shape[0], 2 * chroma)
    for plane, samples in zip(made.planes, (y[:, : frame.width], both), strict=True):
        padded = np.zeros((plane.height, plane.line_size), np.uint8)
        padded[:, : samples.shape[1]] = samples
        padded[-1, 0] ^= spoil
        plane.update(padded.tobytes())
    made.pts = frame.pts
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    return made


@dataclass(frozen=True, slots=True)
class Pretended(Device):
    """A device made of the software's decoder. `stops` after so many packets; `spoils` one sample of each picture."""

    kind: str = "vaapi"
    spoils: bool = False
    stops: int = 1 << 30
    fed: list[int] = field(default_factory=lambda: [0])

    def accel(self) -> HWAccel | None:
        return None

    def takes(self, context: VideoCodecContext) -> bool:
        return True

    def decode(self, context: VideoCodecContext, packet: Packet[Any] | None) -> list[av.VideoFrame]:
        self.fed[0] += 1
        if self.fed[0] > self.stops:
            raise DeviceFailed("it was unplugged")
        return [interleaved(frame, int(self.spoils)) for frame in context.decode(packet)]


@dataclass(frozen=True, slots=True)
class Absent(Device):
    """A device that this machine names and cannot open: really opened, it really fails."""

    kind: str = "cuda"


def all_of(reader: PartReader) -> list[tuple[int, av.VideoFrame]]:
    reader.seek(0)
    given = []
    while reader.next < len(reader.index):
        given += reader.advance()
    return given


def as_planes(frame: av.VideoFrame) -> np.ndarray[Any, np.dtype[Any]]:
    return np.array(frame.reformat(format="yuv420p").to_ndarray())


@pytest.mark.parametrize("structure", ["b-frames", "hevc"])
def test_a_device_with_equal_pictures_is_taken(structure: str, verdicts: Verdicts) -> None:
    data, device = movie(structure), Pretended()
    reader = PartReader(io.BytesIO(data), devices=(device,))
    assert reader.decoded_by == "VAAPI"
    assert reader.fell_back == ""
    given = all_of(reader)
    assert [place for place, _ in given] == list(range(60))
    assert all(frame.format.name == "nv12" for _, frame in given)
    assert all(np.array_equal(as_planes(f), p) for (_, f), p in zip(given, decoded(data), strict=True))
    assert len(verdicts.known) == 1
    reader.close()


def test_a_device_with_other_pictures_is_not_taken_and_it_is_said() -> None:
    reader = PartReader(io.BytesIO(movie("b-frames")), devices=(Pretended(spoils=True),))
    assert reader.decoded_by == SOFTWARE
    assert reader.fell_back == "VAAPI is not used: its pictures differ from the software's."
    assert all(frame.format.name == "yuv420p" for _, frame in all_of(reader))
    reader.close()


def test_the_next_device_is_tried() -> None:
    devices = (Pretended(spoils=True), Absent(), Pretended("d3d11va"))
    reader = PartReader(io.BytesIO(movie("b-frames")), devices=devices)
    assert reader.decoded_by == "D3D11VA"
    assert reader.fell_back == ""
    reader.close()


def test_devices_are_compared_once(verdicts: Verdicts) -> None:
    first, second = Pretended(), Pretended()
    for device in (first, second):
        PartReader(io.BytesIO(movie("b-frames")), devices=(device,)).close()
    assert first.fed[0] > 0
    assert second.fed[0] == 0
    elsewhere = Verdicts()
    elsewhere.learn(pickle.loads(pickle.dumps(verdicts.known)))  # noqa: S301 - made on this line
    assert elsewhere.get(second, "h264", "yuv420p") == verdicts.known[0]


@pytest.mark.parametrize("stops", [7, 20, 40, 63])
@pytest.mark.parametrize("wanted_from", [None, 12])
def test_a_device_that_stops_midway_leaves_no_gap(stops: int, wanted_from: int | None) -> None:
    data = movie("b-pyramid")
    whole = decoded(data)
    reader = PartReader(io.BytesIO(data), devices=(Pretended(stops=stops),))
    assert reader.decoded_by == "VAAPI"
    reader.seek(12, wanted_from)
    given: list[tuple[int, av.VideoFrame]] = []
    while reader.next < len(reader.index):
        given += reader.advance()
    places = [place for place, _ in given]
    assert [p for p in places if p >= 12] == list(range(12, 60))
    assert places == sorted(set(places))
    assert all(np.array_equal(as_planes(frame), whole[place]) for place, frame in given)
    assert reader.lost == []
    assert reader.decoded_by == SOFTWARE
    assert reader.fell_back == "VAAPI stopped decoding (it was unplugged); software goes on."
    reader.close()


def test_a_device_that_stops_at_once_is_not_taken() -> None:
    reader = PartReader(io.BytesIO(movie("b-frames")), devices=(Pretended(stops=0),))
    assert reader.decoded_by == SOFTWARE
    assert "it cannot decode this footage (it was unplugged)" in reader.fell_back
    assert len(all_of(reader)) == 60
    reader.close()


@pytest.mark.parametrize("kind", ["cuda", "vaapi", "d3d11va", "no such kind"])
def test_a_device_that_does_not_open_is_passed_over(kind: str) -> None:
    if kind in {d.kind for d in devices_here()}:
        pytest.skip("this machine has one")
    reader = PartReader(io.BytesIO(movie("b-frames")), devices=(Device(kind),))
    assert reader.decoded_by == SOFTWARE
    assert reader.fell_back
    assert len(all_of(reader)) == 60
    reader.close()


@pytest.mark.parametrize(("structure", "container"), [("mpeg-4", "mp4"), ("mpeg-4", "avi")])
def test_only_codecs_that_fix_every_sample_go_to_a_device(structure: str, container: str) -> None:
    device = Pretended()
    reader = PartReader(io.BytesIO(movie(structure, container)), devices=(device,))
    assert (reader.decoded_by, device.fed) == (SOFTWARE, [0])
    reader.close()


def test_probing_is_done_once_and_costs_nothing() -> None:
    found = devices_here()
    began = time.perf_counter()
    for _ in range(1000):
        devices_here()
    assert time.perf_counter() - began < 0.1
    assert {d.kind for d in found} <= set(hwdevices_available())
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - made on this line


def test_a_kind_that_does_not_open_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "hwdevices_available", lambda: ["drm", "vaapi", "cuda", "unheard of"])
    monkeypatch.setattr(hardware, "_opens", lambda kind: kind == "cuda")
    assert devices_here.__wrapped__() == (Device("cuda"),)


def test_no_device_means_nothing_is_said() -> None:
    reader = PartReader(io.BytesIO(clip()), devices=())
    assert (reader.decoded_by, reader.fell_back) == (SOFTWARE, "")
    reader.close()


SIZES = st.tuples(st.integers(8, 120).map(lambda n: 2 * n), st.integers(8, 80).map(lambda n: 2 * n))


def noise(size: tuple[int, int], seed: int, full: bool) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuvj420p" if full else "yuv420p")
    for plane in frame.planes:
        plane.update(np.random.default_rng(seed).integers(0, 256, plane.buffer_size, np.uint8).tobytes())
    frame.color_range = 2 if full else 1
    return frame


@given(SIZES, SIZES, st.integers(0, 99), st.booleans())
def test_what_a_device_gives_is_scaled_to_the_same_bytes(
    size: tuple[int, int], tile: tuple[int, int], seed: int, full: bool
) -> None:
    software = noise(size, seed, full)
    device = interleaved(software)
    assert same_picture(software, device)
    one, other = Scaler().shrink(software, tile), Scaler().shrink(device, tile)
    assert np.array_equal(one.small.to_ndarray(), other.small.to_ndarray())
    assert one.matrix == other.matrix


@given(SIZES, st.integers(0, 99))
def test_one_sample_or_mark_of_colour_makes_a_picture_another(size: tuple[int, int], seed: int) -> None:
    software = noise(size, seed, False)
    assert not same_picture(software, interleaved(software, 1))
    marked = interleaved(software)
    marked.color_range = 2
    assert not same_picture(software, marked)
    marked = interleaved(software)
    marked.colorspace = 5
    assert not same_picture(software, marked)
    assert not same_picture(software, software.reformat(format="yuv422p"))
