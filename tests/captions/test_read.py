"""Captions as programs and people write them: read whole, read in part with counts, or refused in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.captions import READERS, format_of, read_captions
from reviewer.captions.reading import LARGEST, MOST_CUES
from reviewer.captions.srt import read_srt
from reviewer.captions.txt import read_txt
from reviewer.captions.vtt import read_vtt
from reviewer.domain.errors import ReviewerError, UnreadableCaptions
from reviewer.domain.timebase import SECOND
from reviewer.domain.transcript import Cue

SRT = b"""1\r
00:00:01,000 --> 00:00:02,500\r
<i>NIEMI:</i> Step back.\r
\r
2\r
00:00:03,000 --> 00:00:04,000\r
I am not\r
\r
resisting.\r
"""
VTT = """WEBVTT - street

STYLE
::cue { color: red }

NOTE made by hand

intro
00:01.000 --> 00:02.500 align:start
<v.loud Niemi>Step <b>back</b>. R&amp;D</v>

01:00:03.000 --> 01:00:04.000
<v A>Yes<v B>No
"""


def cue(start: float, end: float, text: str, speaker: str = "") -> Cue:
    return Cue(round(start * SECOND), round(end * SECOND), text, speaker)  # type: ignore[arg-type]


def read(name: str, text: str) -> tuple[Cue, ...]:
    return read_captions(name, text.encode()).cues


def test_subrip_with_markup_and_an_empty_line_in_the_words() -> None:
    assert read_captions("a.srt", SRT).cues == (
        cue(1, 2.5, "Step back.", "NIEMI"),
        cue(3, 4, "I am not\nresisting."),
    )


def test_subrip_without_numbers_and_with_points() -> None:
    found = read(
        "a.srt", "0:00:01.5 --> 0:00:02.25\nOne.\n\n0:01:02.5 --> 0:01:03\n911\n\n3\n0:02:00 --> 0:02:01\nTwo."
    )
    assert found == (cue(1.5, 2.25, "One."), cue(62.5, 63, "911"), cue(120, 121, "Two."))


def test_webvtt_with_voices_settings_and_blocks_that_are_no_cues() -> None:
    found = read_captions("a.vtt", VTT.encode())
    assert found.cues == (
        cue(1, 2.5, "Step back. R&D", "Niemi"),
        cue(3603, 3604, "Yes", "A"),
        cue(3603, 3604, "No", "B"),
    )
    assert found.said == ""


def test_a_broken_webvtt_is_read_as_far_as_it_goes_and_says_what_went() -> None:
    broken = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:05.000 --> 00:03.000\nTwo\n\n"
        "0:7 --> x\nThree\n\nlost words\n\n00:09.000 --> 00:10"
    )
    found = read_captions("a.vtt", broken.encode())
    assert found.cues == (cue(1, 2, "One"),)
    assert (
        found.said
        == "4 lines were left out: 1 that ends before it begins, 2 without a readable time, 1 without a time."
    )


def test_webvtt_cut_off_in_the_middle_keeps_what_is_whole() -> None:
    for cut in range(len(VTT)):
        try:
            found = read_captions("a.vtt", VTT[:cut].encode())
        except UnreadableCaptions:
            continue
        assert found.cues[0].start == SECOND


def test_text_with_times_in_many_hands() -> None:
    text = (
        "Interview of K. Salo\n\n[00:00:01] NIEMI: Step back.\n00:00:04.5 - 00:00:06 NIEMI: Now.\n"
        "(1:02) He said: stop\nand again\n\n00:02:00:12\nFrames after the seconds\n"
    )
    found = read_captions("a.txt", text.encode())
    assert [(c.start / SECOND, c.text, c.speaker) for c in found.cues] == [
        (1, "Step back.", "NIEMI"),
        (4.5, "Now.", "NIEMI"),
        (62, "He said: stop\nand again", ""),
        (120, "Frames after the seconds", ""),
    ]
    assert found.cues[1].end == 6 * SECOND
    assert found.cues[0].end == 4 * SECOND  # as long as it takes to read, and no longer than until the next
    assert found.said == "1 line was left out: 1 before the first time."


def test_a_line_without_an_end_ends_where_the_next_begins() -> None:
    found = read("a.txt", "0:01 one\n0:01 two\n0:02 three")
    assert [c.end / SECOND for c in found] == [2, 2, 5]


def test_right_to_left_and_other_scripts_stay_as_they_are() -> None:
    found = read(
        "a.srt",
        "1\n00:00:01,000 --> 00:00:02,000\nالضابط: ارجع إلى الوراء\n\n2\n00:00:03,000 --> 00:00:04,000\n“היי, 22:42”",
    )
    assert found == (cue(1, 2, "ارجع إلى الوراء", "الضابط"), cue(3, 4, "“היי, 22:42”"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nMänner, zurück!\n"
    assert read_captions("a.srt", text.encode(encoding)).cues == (cue(1, 2, "Männer, zurück!"),)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.vtt", b"", "a.vtt is empty."),
        ("a.vtt", b"1\n00:01.000 --> 00:02.000\nx", "a.vtt does not begin with WEBVTT, so it is no WebVTT file."),
        (
            "a.vtt",
            b"WEBVTT\n\n00:05.000 --> 00:03.000\nx",
            "a.vtt holds no line with a time (1 line was left out: 1 that ends before it begins).",
        ),
        ("a.srt", b"hello", "a.srt holds no subtitles."),
        ("a.txt", b"hello\nthere", "a.txt has no line that begins with a time."),
        ("a.srt", b"\x00\x01\x02\xff" * 50, "a.srt is not text."),
        ("a.srt", b"0" * 30_000, "a.srt has a line that is too long for a transcript."),
        ("a.srt", b"0" * (LARGEST + 1), "a.srt is larger than 8 MiB, too much for a transcript."),
        ("a.docx", b"PK\x03\x04", "a.docx is no SRT, VTT or TXT file."),
    ],
)
def test_what_is_no_transcript_is_refused_in_a_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableCaptions) as refused:
        read_captions(name, data)
    assert refused.value.message == sentence
    assert refused.value.next_step


def test_too_many_lines_are_refused() -> None:
    text = "\n".join(f"{i // 60}:{i % 60:02d} word" for i in range(MOST_CUES + 1))
    with pytest.raises(UnreadableCaptions, match="20,001 lines; 20,000 are the most"):
        read("a.txt", text)


def test_a_format_has_one_reader() -> None:
    assert {"srt": read_srt, "vtt": read_vtt, "txt": read_txt} == READERS


def test_a_format_is_known_by_what_a_file_begins_with() -> None:
    assert format_of("a.txt", VTT.encode()) == "vtt"
    assert format_of("a.txt", SRT) == "srt"
    assert format_of("a", SRT) == "srt"
    assert format_of("a.doc", b"words") is None


_PIECES = st.sampled_from(
    [
        "WEBVTT",
        "\n",
        "\n\n",
        "\r",
        "00:00:01,000",
        "00:01.000",
        " --> ",
        "-->",
        "1",
        "99:99:99",
        "<v A>",
        "</v>",
        "&amp;",
        "NOTE",
        "[0:01]",
        "A: ",
        "{\\an8}",
        " ",
        "م",
        "\x00",
        "-1:00",
        "<",
        "{",
    ]
)


@given(st.sampled_from(sorted(READERS)), st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40))
def test_whatever_comes_is_read_or_refused(format: str, pieces: list[str]) -> None:
    try:
        found = READERS[format]("x", ("WEBVTT\n" + "".join(pieces)).encode("utf-8", "surrogatepass"))
    except ReviewerError as refused:
        assert refused.message.startswith("x ")
        return
    assert list(found.cues) == sorted(found.cues, key=lambda c: c.start)
    assert all(c.end >= c.start >= 0 and c.text.strip() for c in found.cues)
