"""What we write is read by programs that nobody here wrote: FFmpeg's SRT and WebVTT readers, and webvtt-py."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from reviewer.captions import read_captions, write_srt, write_vtt
from reviewer.captions.reading import clean
from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.transcript import Cue

CUES = (
    Cue(Micros(1_000_000), Micros(2_500_000), "Step back.\nNow.", "Niemi"),
    Cue(Micros(3_000_000), Micros(3_000_000), "a --> b & <c>"),
    Cue(Micros(3_723_004_000), Micros(3_724_000_000), "ارجع إلى الوراء", "الضابط"),
)


def seen_by_ffmpeg(path: Path) -> list[tuple[int, int, str]]:
    """(start, length) in ms and the words of each subtitle, as FFmpeg reads the file."""
    with av.open(str(path)) as container:
        base = container.streams[0].time_base
        assert base is not None
        return [
            (round(packet.pts * base * 1000), round((packet.duration or 0) * base * 1000), bytes(packet).decode())
            for packet in container.demux()
            if packet.pts is not None and packet.size
        ]


def test_ffmpeg_reads_our_srt(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(write_srt(CUES))
    assert seen_by_ffmpeg(path) == [
        (1000, 1500, "Niemi: Step back.\nNow."),
        (3000, 0, "a → b & <c>"),
        (3_723_004, 996, "الضابط: ارجع إلى الوراء"),
    ]


def test_ffmpeg_reads_our_webvtt(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_bytes(write_vtt(CUES, "Recording r-1\n\nby a --> b"))
    assert seen_by_ffmpeg(path) == [
        (1000, 1500, "<v Niemi>Step back.\nNow."),
        (3000, 1, "a --&gt; b &amp; &lt;c&gt;"),
        (3_723_004, 996, "<v الضابط>ارجع إلى الوراء"),
    ]


def test_webvtt_py_reads_our_webvtt() -> None:
    found = webvtt.from_buffer(io.BytesIO(write_vtt(CUES, "Recording r-1")))
    assert [(c.start, c.end, c.voice) for c in found.captions] == [
        ("00:00:01.000", "00:00:02.500", "Niemi"),
        ("00:00:03.000", "00:00:03.001", None),
        ("01:02:03.004", "01:02:04.000", "الضابط"),
    ]


_WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60).map(clean).filter(bool)
)
_CUES = st.lists(
    st.builds(
        lambda start, length, words: Cue(Micros(start * 1000), Micros((start + length) * 1000), words),
        st.integers(0, 400_000_000),
        st.integers(1, 60_000),
        _WORDS,
    ),
    min_size=1,
    max_size=8,
)


@given(_CUES)
def test_webvtt_comes_back_as_it_went(cues: list[Cue]) -> None:
    found = read_captions("a.vtt", write_vtt(cues)).cues
    by_time = sorted(cues, key=lambda cue: cue.start)
    assert [(c.start, c.end) for c in found] == [(c.start, c.end) for c in by_time]
    assert ["".join((f"{c.speaker}: {c.text}" if c.speaker else c.text).split()) for c in found] == [
        "".join(c.text.split()) for c in by_time
    ]


@given(_CUES)
def test_srt_comes_back_with_every_time(cues: list[Cue]) -> None:
    found = read_captions("a.srt", write_srt(cues))
    assert len(found.cues) + sum(found.left_out.values()) == len(cues)
    assert {(c.start, c.end) for c in found.cues} <= {(c.start, c.end) for c in cues}


@pytest.mark.parametrize("write", [write_srt, write_vtt])
def test_long_recordings_have_long_hours(write: object) -> None:
    data = write([Cue(Micros(101 * 3600 * SECOND), Micros(101 * 3600 * SECOND + SECOND), "late")])  # type: ignore[operator]
    assert b"101:00:00" in data
