"""Transcripts of a case: on the footage line by line, whole or not at all, merged by line, found and exported."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
import webvtt

from reviewer.captions import read_captions
from reviewer.domain.case_acts import Change, LinesSet
from reviewer.domain.errors import ReviewerError, UnreadableCaptions
from reviewer.domain.event import Event
from reviewer.domain.recording import Clock, ClockSource, Ingest, Kind, Manifest, Part
from reviewer.domain.report_acts import ReportExported
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.domain.transcript import Line, Transcript
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.journal import Recorded
from reviewer.services.transcript import (
    Counting,
    Placed,
    TranscriptOut,
    Transcripts,
    cues_of,
    export,
    guess,
    line_at,
    matching,
    place,
    read_file,
)
from tests.services.test_case import CASE, Logs

BEGAN = parse_rfc3339("2026-06-13T19:42:00Z")
HELSINKI = 3 * 3600


def recording(*lengths: int, gap: int = 0) -> Manifest:
    """A recording whose parts have these lengths (s), with gaps between them."""
    at, parts = BEGAN, []
    for length in lengths:
        parts.append(Part("o", 1, "h", 1, at, Micros(length * SECOND)))
        at = Utc(at + (length + gap) * SECOND)
    clock = Clock(ClockSource.GPS, Micros(6_000))
    return Manifest("rec-1", "agency", Kind.VIDEO, tuple(parts), clock, Ingest("s", BEGAN, "1"), ())


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    yield Logs(path, conn)
    conn.close()


@pytest.fixture
def hand(logs: Logs) -> Iterator[Transcripts]:
    queries = Queries(logs.path)
    yield Transcripts(CaseFile(logs.record, queries, CASE))
    queries.close()


def taken_in(hand: Transcripts, text: str, manifest: Manifest | None = None) -> str:
    file = read_captions("a.txt", text.encode())
    placed = place(file, manifest or recording(60), Counting.START)
    return hand.take_in("rec-1", "Niemi", file, placed, "a.txt").result()


def test_what_is_taken_in_lies_on_the_footage_part_by_part(hand: Transcripts) -> None:
    id_ = taken_in(hand, "0:05 A: One\n0:35 B: Two\n1:30 C: Three", recording(30, 30, gap=600))
    assert [(line.part, line.start, line.text, line.speaker) for line in hand.lines(id_)] == [
        (0, 5 * SECOND, "One", "A"),
        (1, 5 * SECOND, "Two", "B"),
    ]
    found = hand.all()[0]
    assert (found.recording, found.name, found.source, found.format) == ("rec-1", "Niemi", "a.txt", "txt")
    assert found.note == "1 line was left out: 1 outside the recording."


def test_times_of_day_are_read_by_the_local_clock_and_guessed() -> None:
    file = read_captions("a.txt", b"22:42:05 One\n22:42:40 Two\n22:42:59 Three")
    manifest = recording(30, 10, gap=5)
    assert guess(file, manifest, lambda _at: HELSINKI) == Counting.CLOCK
    placed = place(file, manifest, Counting.CLOCK, lambda _at: HELSINKI)
    assert [(line.part, line.start) for line in placed.lines] == [(0, 5 * SECOND), (1, 5 * SECOND)]
    assert placed.said == "1 line was left out: 1 outside the recording."
    assert guess(read_captions("a.txt", b"0:05 One"), manifest, lambda _at: HELSINKI) == Counting.START


def test_a_time_of_day_after_midnight_is_of_the_next_day() -> None:
    file = read_captions("a.txt", b"23:59:59 One\n00:00:01 Two")
    at = parse_rfc3339("2026-06-13T20:59:58Z")
    manifest = recording(10)
    manifest = replace(manifest, parts=(replace(manifest.parts[0], started_at=at),))
    placed = place(file, manifest, Counting.CLOCK, lambda _at: HELSINKI)
    assert [line.start for line in placed.lines] == [SECOND, 3 * SECOND]


def test_one_undo_takes_a_whole_transcript_away(hand: Transcripts, logs: Logs) -> None:
    text = "\n".join(f"{i // 60}:{i % 60:02d} line {i}" for i in range(1_200))
    id_ = taken_in(hand, text, recording(3_600))
    assert len(hand.lines(id_)) == 1_200
    undone = hand._file.undo()
    assert undone is not None
    undone.result()
    assert hand.all() == ()
    assert not hand._file.can_undo
    redone = hand._file.redo()
    assert redone is not None
    redone.result()
    assert len(hand.lines(hand.all()[0].id)) == 1_200


def test_nothing_is_taken_in_where_the_last_entry_is_not_written(logs: Logs) -> None:
    """Killed between the lines and the transcript that names them: nothing is shown."""
    queries = Queries(logs.path)

    def dies(event: Event) -> Future[Recorded]:
        return logs.record(event) if isinstance(event, LinesSet) else Future()

    hand = Transcripts(CaseFile(dies, queries, CASE))
    file = read_captions("a.txt", b"0:01 One")
    hand.take_in("rec-1", "x", file, place(file, recording(60), Counting.START), "a.txt")
    assert hand.all() == ()
    assert hand.find("one") == ()
    queries.close()


def test_two_people_work_on_one_transcript_line_by_line(hand: Transcripts, logs: Logs) -> None:
    id_ = taken_in(hand, "0:01 One\n0:05 Two")
    first, second = hand.lines(id_)
    theirs = Line(second.key, second.part, second.start, second.end, "Two, theirs")
    logs.record(LinesSet(CASE, id_, (Change(second.key, theirs.value, second.value),)), user="virta")
    hand.write(id_, Line(first.key, first.part, first.start, first.end, "One, mine", "A"), first).result()
    assert [line.text for line in hand.lines(id_)] == ["One, mine", "Two, theirs"]


def test_an_overwrite_of_the_same_line_shows(hand: Transcripts, logs: Logs) -> None:
    id_ = taken_in(hand, "0:01 One")
    seen = hand.lines(id_)[0]
    theirs = Line(seen.key, 0, seen.start, seen.end, "theirs")
    logs.record(LinesSet(CASE, id_, (Change(seen.key, theirs.value, seen.value),)), user="virta")
    hand.write(id_, Line(seen.key, 0, seen.start, seen.end, "mine"), seen).result()
    assert [edit.overwrote for edit in hand._file.history(LinesSet, id_)] == [False, False, True]


def test_lines_are_written_changed_and_removed(hand: Transcripts) -> None:
    id_ = hand.begin("rec-1", "Typed").result()
    hand.add(id_, 0, Micros(4 * SECOND), Micros(5 * SECOND), " Step back. ", "Niemi").result()
    hand.add(id_, 0, Micros(2 * SECOND), Micros(SECOND), "ארצה!", "Niemi").result()
    assert [(line.start // SECOND, line.end // SECOND, line.text) for line in hand.lines(id_)] == [
        (2, 2, "ארצה!"),
        (4, 5, "Step back."),
    ]
    hand.rename_speaker(id_, "Niemi", "Ofc. Niemi").result()
    assert {line.speaker for line in hand.lines(id_)} == {"Ofc. Niemi"}
    hand.remove(id_, [hand.lines(id_)[0].key]).result()
    assert [line.text for line in hand.lines(id_)] == ["Step back."]


@pytest.mark.parametrize(
    ("text", "speaker", "sentence"),
    [
        ("  ", "", "A line without words says nothing."),
        ("x" * 10_000, "", "The line has 10,000 characters."),
        ("x", "y" * 10_000, "The speaker’s name has 10,000 characters."),
    ],
)
def test_what_is_no_line_is_refused(hand: Transcripts, text: str, speaker: str, sentence: str) -> None:
    id_ = hand.begin("rec-1", "Typed").result()
    with pytest.raises(ReviewerError) as refused:
        hand.add(id_, 0, Micros(0), Micros(0), text, speaker)
    assert refused.value.message == sentence
    assert hand.lines(id_) == ()


def test_a_file_whose_times_fit_nowhere_is_refused(hand: Transcripts) -> None:
    file = read_captions("a.txt", b"9:00:00 late")
    with pytest.raises(ReviewerError, match="No line of it lies on this recording"):
        hand.take_in("rec-1", "x", file, place(file, recording(60), Counting.START), "a.txt")
    assert place(file, recording(60), Counting.START) == Placed((), {"outside the recording": 1})


def test_search_looks_past_case_and_accents(hand: Transcripts) -> None:
    taken_in(hand, "0:01 A: Männer, ZURÜCK\n0:02 B: Step back\n0:03 الضابط: ارجع")
    assert [found.line.text for found in hand.find("zuruck manner")] == ["Männer, ZURÜCK"]
    assert [found.line.text for found in hand.find("b step")] == ["Step back"]
    assert [found.line.text for found in hand.find("ارجع")] == ["ارجع"]
    assert len(hand.find("")) == 3
    assert list(matching((), "x")) == []


def test_what_is_said_at_an_instant() -> None:
    def line(start: int, end: int, part: int = 0) -> Line:
        return Line(f"{part}{start}", part, Micros(start), Micros(end), f"{part}:{start}")

    lines = sorted([line(10, 20), line(12, 100), line(30, 40), line(5, 9, part=1)], key=lambda each: each.order)

    def at(part: int, stream: int) -> str:
        found = line_at(lines, part, Micros(stream))
        return found.text if found is not None else ""

    assert [at(0, t) for t in (9, 10, 12, 25, 35, 50, 100)] == ["", "0:10", "0:12", "0:12", "0:30", "0:12", ""]
    assert [at(1, t) for t in (4, 5, 9)] == ["", "1:5", ""]


def test_it_leaves_logged_first_and_comes_back_the_same(hand: Transcripts, logs: Logs, tmp_path: Path) -> None:
    manifest = recording(30, 30, gap=600)
    id_ = taken_in(hand, "0:05 A: One\n0:35 B: Two", manifest)
    recorded: list[Event] = []

    def record(event: Event) -> Future[Recorded]:
        assert not (tmp_path / "out.vtt").exists()
        recorded.append(event)
        return logs.record(event)

    out = TranscriptOut(hand.all()[0], cues_of(hand.lines(id_), manifest), "Recording rec-1")
    written = export(out, CASE, tmp_path / "out.vtt", record)
    assert isinstance(recorded[0], ReportExported)
    assert [(c.start, c.voice, c.text) for c in webvtt.read(str(written)).captions] == [
        ("00:00:05.000", "A", "One"),
        ("00:00:35.000", "B", "Two"),
    ]
    again = place(read_file(written), manifest, Counting.START)
    assert [(x.part, x.start, x.end, x.text, x.speaker) for x in again.lines] == [
        (x.part, x.start, x.end, x.text, x.speaker) for x in hand.lines(id_)
    ]


def test_what_cannot_be_exported_says_so(tmp_path: Path, logs: Logs) -> None:
    nothing = TranscriptOut(Transcript("t", "rec-1", "x"), (), "")
    with pytest.raises(ReviewerError, match=r"not written as “\.docx”"):
        export(nothing, CASE, tmp_path / "a.docx", logs.record)
    with pytest.raises(ReviewerError, match="has no line"):
        export(nothing, CASE, tmp_path / "a.srt", logs.record)


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaptions, match=r"a\.vtt cannot be read: No such file or directory\."):
        read_file(tmp_path / "a.vtt")
    big = tmp_path / "b.vtt"
    with big.open("wb") as made:
        made.truncate(2 << 30)
    with pytest.raises(UnreadableCaptions, match="larger than 8 MiB"):
        read_file(big)
