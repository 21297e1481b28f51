"""Faces are found as tracks, on recordings that lie on their side too; what was not looked at is said."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from functools import partial

import pytest

from reviewer.domain.drawing import Spot
from reviewer.domain.errors import Cancelled, ReviewerError, UnreadableMedia
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera
from reviewer.media.faces import ALONE, BEGINS, EVERY, Face, faces_on, find_faces, tracks_of
from tests.media.faces_made import COUNT, RATE, SIZE, START, at, holds, part, scenes


def test_two_faces_are_two_tracks_each_as_long_as_it_shows() -> None:
    heard: list[float] = []
    found = find_faces(DeckCamera("one", (part(),)), TimeRange(START, at(COUNT)), progress=heard.append)
    assert len(found.tracks) == 2
    first, second = found.tracks
    assert first.over == TimeRange(START, at(COUNT))
    assert at(RATE) - 500_000 <= second.over.start <= at(RATE) + EVERY
    for track, who in ((first, 0), (second, 1)):
        for face in track.faces:
            frame = (face.at - START) * RATE // SECOND
            assert holds(face, scenes()[frame][1][who])
    assert (found.looked, found.frames, found.sizes) == (11, COUNT, (SIZE,))
    assert found.unread == ()
    assert heard[-1] == 1.0


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_camera_that_lay_on_its_side_finds_them_where_its_picture_has_them(turn: int) -> None:
    found = faces_on(DeckCamera("one", (part(turn),)), (at(10), at(40)))
    assert [len(each) for each in found] == [1, 2]
    assert holds(found[0][0], scenes()[10][1][0], turn)


def test_what_cannot_be_read_is_said_and_the_rest_is_looked_at() -> None:
    gone = Absence(TileState.NOT_DOWNLOADED, "Not downloaded.")
    absent = replace(part(), absence=gone, range=TimeRange(at(COUNT), at(2 * COUNT)))
    found = find_faces(DeckCamera("one", (part(), absent)), TimeRange(START, at(2 * COUNT)))
    assert found.unread == (absent.range,)
    assert len(found.tracks) == 2
    broken = replace(part(), source=partial(partial, io.BytesIO, part().open().read()[:9_000]))
    found = find_faces(DeckCamera("one", (broken,)), TimeRange(START, at(COUNT)))
    assert found.looked < 11
    with pytest.raises(UnreadableMedia):
        find_faces(DeckCamera("one", (absent,)), TimeRange(START, at(2 * COUNT)))


def test_who_cancels_has_nothing() -> None:
    stop = threading.Event()
    with pytest.raises(Cancelled):
        find_faces(
            DeckCamera("one", (part(),)),
            TimeRange(START, at(COUNT)),
            progress=lambda _share: stop.set(),
            cancelled=stop.is_set,
        )


def test_without_the_detector_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.media.faces.find_spec", lambda _name: None)
    with pytest.raises(ReviewerError, match="not installed"):
        whole_of_it()


def whole_of_it() -> None:
    find_faces(DeckCamera("one", (part(),)), TimeRange(START, at(COUNT)))


def seen(look: int, x: int, score: int = 800, size: int = 50_000) -> Face:
    return Face(Utc(START + look * EVERY), (Spot(x, 400_000), Spot(x + size, 400_000 + size)), score)


def joined(*looks: tuple[Face, ...]) -> list[list[int]]:
    over = TimeRange(START, Utc(START + 100 * EVERY))
    return [[(face.at - START) // EVERY for face in track.faces] for track in tracks_of(looks, over)]


def test_what_is_near_is_one_face_and_what_is_far_another() -> None:
    assert joined((seen(0, 0),), (seen(1, 10_000),), (seen(2, 500_000),)) == [[0, 1], [2]]
    assert joined((seen(0, 0), seen(0, 300_000)), (seen(1, 300_000), seen(1, 5_000))) == [[0, 1], [0, 1]]
    assert joined((seen(0, 0),), (seen(20, 0),)) == [[0], [20]]
    assert joined((seen(0, 0),), (seen(5, 20_000),)) == [[0, 5]]
    assert joined((seen(0, 0),), (seen(1, 0, size=300_000),)) == [[0], [1]]


def test_who_walks_on_is_expected_further_on() -> None:
    assert joined(*((seen(n, n * 35_000),) for n in range(8))) == [list(range(8))]


def test_a_weak_look_begins_no_track_and_a_single_one_has_to_be_strong() -> None:
    weak = BEGINS - 1
    assert joined((seen(0, 0, weak),), (seen(1, 0, weak),)) == []
    assert joined((seen(0, 0, weak),), (seen(1, 0, BEGINS),)) == [[0, 1]]
    assert joined((seen(0, 0, ALONE - 1),)) == []
    assert joined((seen(0, 0, ALONE),)) == [[0]]


def test_a_track_reaches_beyond_its_looks_and_not_beyond_what_was_asked() -> None:
    (track,) = tracks_of([(seen(20, 0),)], TimeRange(START, Utc(START + 21 * EVERY)))
    assert track.over == TimeRange(Utc(START + 20 * EVERY - 500_000), Utc(START + 21 * EVERY))
