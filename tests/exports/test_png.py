"""A PNG is whole, exact and readable by readers that are not ours."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from reviewer.exports.png import encode_png
from tests.exports.pngs import chunks, texts

WORDS = {"Title": "Ofc. A. Niemi 2214", "Officer": "Ofc. T. Mäkelä × 李 ±", "Note": "two\nlines"}


def _picture(height: int = 37, width: int = 53) -> NDArray[np.uint8]:
    return np.random.default_rng(7).integers(0, 256, (height, width, 4), np.uint8)


def _read(data: bytes) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found, np.uint8)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))))
def test_any_picture_is_read_as_it_was(image: NDArray[np.uint8]) -> None:
    assert np.array_equal(_read(encode_png(image, {})), image[..., :3])


def test_libav_and_qt_read_the_same() -> None:
    image = _picture()
    data = encode_png(image, WORDS)
    with av.open(io.BytesIO(data)) as file:
        frame = next(file.decode(video=0))
        assert np.array_equal(frame.to_ndarray(format="bgr24"), image[..., :3])
    read = QImage.fromData(data)
    assert (read.width(), read.height()) == (53, 37)
    assert [read.pixelColor(52, 36).getRgb()[i] for i in (2, 1, 0)] == image[36, 52, :3].tolist()
    assert {k: read.text(k) for k in WORDS} == WORDS


def test_the_order_of_chunks_and_their_words() -> None:
    data = encode_png(_picture(), WORDS)
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"tEXt", b"iTXt", b"tEXt", b"IDAT", b"IEND"]
    assert texts(data) == WORDS


def test_pixels_that_are_not_square_say_so() -> None:
    data = encode_png(_picture(), {}, Fraction(4, 3))
    assert dict(chunks(data))[b"pHYs"] == bytes([0, 0, 0, 3, 0, 0, 0, 4, 0])


@pytest.mark.parametrize("keyword", ["", "x" * 80, " Title", "A  b", "Ö", "a\0b"])
def test_a_keyword_that_png_does_not_allow_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match=r"keyword|ascii"):
        encode_png(_picture(), {keyword: "x"})


def test_a_zero_byte_does_not_end_a_text() -> None:
    assert texts(encode_png(_picture(), {"Note": "a\0b"})) == {"Note": "a\ufffdb"}
