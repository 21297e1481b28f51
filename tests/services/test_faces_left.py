"""A face that still shows on a finished file is said, with the place; a hidden one is not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from reviewer.domain.timebase import Micros
from reviewer.services.faces_left import faces_left, faces_left_words
from tests.bench.walking import encoded
from tests.media.faces_made import COUNT, RATE, SIZE, scenes


def test_only_the_face_that_nothing_hides_is_said(tmp_path: Path) -> None:
    pictures = []
    for n in range(COUNT):
        picture, marks = scenes()[n]
        hidden = picture.copy()
        x, y = (int(v) for v in np.mean(marks[0], axis=0))
        cv2.rectangle(hidden, (x - 70, y - 80), (x + 70, y + 80), (33, 33, 33), -1)
        pictures.append(hidden)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(encoded(pictures, SIZE, RATE))
    places = faces_left(copy)
    assert places == (1_000_000,)
    assert faces_left_words(places) == (
        "The detector sees a face that nothing hides at 0:01. Look there before the copy is given."
    )


def test_many_places_are_counted_and_none_says_nothing() -> None:
    assert faces_left_words(()) == ""
    words = faces_left_words(tuple(Micros(n * 61_000_000) for n in range(8)))
    assert "0:00, 1:01, 2:02, 3:03, 4:04 and 3 more places" in words
