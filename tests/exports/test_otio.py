"""A reel as an OpenTimelineIO timeline, and what an editor makes of it read back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime, schema

from reviewer.domain.errors import ReviewerError
from reviewer.domain.reel import Branch, Clip, ClipKind, NamesShown, Reel
from reviewer.domain.render import Layout
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.exports.otio import RATE, alias_of, read, write

BEGAN = 1_781_379_690_000_000
NIEMI, KORHONEN = "20260613-2214-aa", "20260613-1873-bb"
COVERS = {
    NIEMI: TimeRange(Utc(BEGAN + 84_215), Utc(BEGAN + 90 * SECOND)),
    KORHONEN: TimeRange(Utc(BEGAN - 3_333), Utc(BEGAN + 88 * SECOND)),
}
REEL = Reel("r", "Distance, words, aid", "Module 4", NamesShown.NONE, voices=False)
CARD = Clip("k", "r", ClipKind.CARD, 1, "Distance", caption="one\ntwo", hold=Micros(5 * SECOND))


def _footage(id_: str, recordings: tuple[str, ...], start: int, end: int, **more: Any) -> Clip:  # noqa: ANN401 - fields
    clip = Clip(id_, "r", ClipKind.FOOTAGE, 2, id_, recordings, Utc(BEGAN + start), Utc(BEGAN + end))
    return replace(clip, **more)


ASKS = _footage(
    "c1",
    (NIEMI,),
    10 * SECOND + 17,
    20 * SECOND + 1_234,
    question="What next?",
    hold=Micros(8 * SECOND),
    branches=(Branch("Step back", "c2"), Branch("Nothing", "")),
    limits="No sound",
    notes="Wait for an answer.",
)
TWO = _footage("c2", (KORHONEN, NIEMI), 30 * SECOND, 33 * SECOND + 500_000, layout=Layout.SIDE, heard=NIEMI)
CLIPS = (CARD, ASKS, TWO)


def _written(clips: tuple[Clip, ...] = CLIPS) -> bytes:
    parts = {c.id: [(r, TimeRange(Utc(c.start + 7 * n), Utc(c.end + 7 * n))) for n, r in enumerate(c.recordings)]
             for c in clips}  # fmt: skip
    return write(REEL, clips, parts, COVERS)


def _timeline(data: bytes) -> schema.Timeline:
    return otio.adapters.read_from_string(data.decode(), "otio_json")


def _plain(clip: Clip) -> Clip:
    return replace(clip, reel="", order=0)


def test_what_was_written_comes_back_to_the_microsecond() -> None:
    taken = read(_written(), COVERS)
    assert taken.left_out == ()
    assert taken.reel == replace(REEL, id="")
    assert [_plain(c) for c in taken.clips] == [_plain(c) for c in CLIPS]


def test_it_is_a_timeline_as_long_as_the_reel_with_a_marker_for_the_question() -> None:
    timeline = _timeline(_written())
    assert timeline.duration() == opentime.RationalTime(round(sum(c.lasts for c in CLIPS) * RATE / SECOND), RATE)
    assert [t.kind for t in timeline.tracks] == ["Video", "Video", "Audio"]
    assert all(t.duration() == timeline.duration() for t in timeline.tracks)
    (marked,) = [c for c in timeline.find_clips() if c.markers]
    assert marked.markers[0].comment == "What next?"
    assert marked.markers[0].marked_range.end_time_exclusive() == marked.source_range.end_time_exclusive()
    assert marked.source_range.start_time.value == round((10 * SECOND + 17 - 84_215) * RATE / SECOND)


def test_neither_names_nor_numbers_nor_the_day_nor_a_file_of_the_evidence_is_in_it() -> None:
    text = _written().decode()
    for secret in (NIEMI, KORHONEN, "2214", "1873", "20260613", str(BEGAN)[:8]):
        assert secret not in text
    urls = {c.media_reference.target_url for c in _timeline(_written()).find_clips()}
    assert urls == {f"{alias_of(NIEMI)}.mp4", f"{alias_of(KORHONEN)}.mp4"}


def test_an_editor_that_keeps_no_metadata_gives_clips_times_and_questions() -> None:
    """As Kdenlive 25.04 does: clips by their files, markers by their comments, cards gone."""
    timeline = _timeline(_written())
    for each in [*timeline.find_children(), *timeline.tracks, timeline]:
        each.metadata.clear()
    first = timeline.tracks[0][1]
    first.source_range = opentime.TimeRange(first.source_range.start_time + opentime.RationalTime(30, RATE),
                                            first.source_range.duration - opentime.RationalTime(30, RATE))  # fmt: skip
    timeline.tracks[0].insert(1, schema.Gap(duration=opentime.RationalTime(30, RATE)))
    taken = read(otio.adapters.write_to_string(timeline, "otio_json").encode(), COVERS)
    one, two = taken.clips
    assert (one.recordings, one.question, two.recordings) == ((NIEMI,), "What next?", (KORHONEN, NIEMI))
    assert abs(one.start - (ASKS.start + SECOND)) <= SECOND // RATE
    assert abs(one.end - ASKS.end) <= SECOND // RATE
    assert two.layout is Layout.SIDE


def test_what_is_not_released_is_left_out_and_said_and_so_is_an_answer_that_led_there() -> None:
    taken = read(_written(), {NIEMI: COVERS[NIEMI]})
    assert [c.id for c in taken.clips] == ["k", "c1"]
    assert [b.answer for b in taken.clips[1].branches] == ["Nothing"]
    assert "nothing that is released here" in taken.left_out[0]
    assert "Step back" in taken.left_out[1]


def test_a_file_never_says_that_nothing_has_to_be_masked() -> None:
    told = tuple(replace(clip, plain="because") if clip.recordings else clip for clip in CLIPS)
    plain = json.loads(_written(told))
    plain["metadata"]["reviewer"]["plain"] = "because"
    taken = read(json.dumps(plain).encode(), COVERS)
    assert taken.reel.plain == ""
    assert {clip.plain for clip in taken.clips} == {""}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"OTIO_SCHEMA": "Clip.1"}',
        b'{"OTIO_SCHEMA": "Timeline.1"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": 5}',
        b'{"OTIO_SCHEMA": "Timeline.99", "tracks": null}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": ' + b"[" * 100_000,
        b"0" * (9 << 20),
    ],
    ids=["empty", "object", "list", "bytes", "clip", "bare", "number", "newer", "deep", "large"],
)
def test_what_is_no_timeline_is_one_sentence(data: bytes) -> None:
    with pytest.raises(ReviewerError) as refused:
        read(data, COVERS)
    assert refused.value.next_step


_ODD = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.text(max_size=5), st.just([]), st.just({}))


@given(data=st.data())
def test_a_timeline_with_anything_in_it_is_read_or_refused(data: st.DataObject) -> None:
    """One value anywhere in it is replaced by something else."""
    plain = json.loads(_written())
    places: list[tuple[Any, Any]] = []

    def walk(at: Any) -> None:  # noqa: ANN401 - JSON
        for key, value in at.items() if isinstance(at, dict) else enumerate(at):
            places.append((at, key))
            if isinstance(value, dict | list):
                walk(value)

    walk(plain)
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(_ODD)
    try:
        taken = read(json.dumps(plain).encode(), COVERS)
    except ReviewerError:
        return
    assert all(set(clip.recordings) <= set(COVERS) for clip in taken.clips)
