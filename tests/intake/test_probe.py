from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import parse_rfc3339
from reviewer.intake.probe import probe
from tests.intake.footage import record

HERO5 = Path(__file__).parents[3] / "shared/data/recordings/hero5-trimmed.mp4"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("footage") / "a.mp4").read_bytes()


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.avi", "a.ts"])
def test_every_container(tmp_path: Path, name: str) -> None:
    found = probe(record(tmp_path / name))
    assert (found.has_video, found.has_audio, found.gpmf, found.cut_off) == (True, False, False, False)
    assert 800_000 <= found.duration <= 1_100_000


def test_when_and_by_what(tmp_path: Path) -> None:
    words = {"creation_time": "2026-06-13T19:42:17.000000Z", "make": "Axon", "model": "Body 3"}
    found = probe(record(tmp_path / "a.mp4", metadata=words))
    assert found.container_time == parse_rfc3339("2026-06-13T19:42:17Z")
    assert (found.make, found.model) == ("Axon", "Body 3")


def test_a_clock_that_was_never_set_is_no_time(tmp_path: Path) -> None:
    assert probe(record(tmp_path / "a.mp4", metadata={"creation_time": "1970-01-01T00:00:07Z"})).container_time is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.mp4 is empty."),
        (b"just some text\n" * 200, "x.mp4 is not a recording this program can read."),
        (b"#EXTM3U\n#EXTINF:1,\nother.ts\n", "x.mp4 is not a recording this program can read."),
        (b"ffconcat version 1.0\nfile other.mp4\n", "x.mp4 is not a recording this program can read."),
        (b"1\n00:00:01,000 --> 00:00:02,000\nwords\n", "x.mp4 is not a recording this program can read."),
    ],
)
def test_one_sentence_each(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x.mp4").write_bytes(data)
    for source in (tmp_path / "x.mp4", BytesIO(data)):
        with pytest.raises(UnreadableMedia) as caught:
            probe(source, "x.mp4")
        assert caught.value.message == message
        assert caught.value.next_step.endswith(".")


def test_cut_off_before_the_index(whole: bytes) -> None:
    for end in (40, len(whole) // 2, len(whole) - 10):
        with pytest.raises(UnreadableMedia) as caught:
            probe(BytesIO(whole[:end]), "x.mp4")
        assert caught.value.message == "x.mp4 ends before its index; it was cut off."


def test_cut_off_after_the_index_is_said(tmp_path: Path) -> None:
    data = record(tmp_path / "a.mp4", frames=50, faststart=True).read_bytes()
    assert not probe(BytesIO(data)).cut_off
    assert probe(BytesIO(data[:-500])).cut_off


def test_a_cut_off_matroska_still_has_a_length(tmp_path: Path) -> None:
    data = record(tmp_path / "a.mkv", frames=50).read_bytes()
    assert probe(BytesIO(data[: len(data) // 2])).duration > 0


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia, match=r"gone\.mp4 cannot be read: No such file"):
        probe(tmp_path / "gone.mp4")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_is_a_value_or_a_sentence(whole: bytes, data: st.DataObject) -> None:
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 10))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = probe(BytesIO(bytes(broken)), "x.mp4")
    except UnreadableMedia as refused:
        assert refused.message.startswith("x.mp4 ")
    else:
        assert found.duration >= 0


def test_a_real_gopro() -> None:
    if not HERO5.exists():
        pytest.skip("shared/data is not here")
    found = probe(HERO5)
    assert (found.gpmf, found.make, found.container_time) == (True, "GoPro", None)
    assert (found.has_video, found.has_audio, found.duration) == (True, True, 2_005_333)
