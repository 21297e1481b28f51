"""What comes back from a process apart is a plain value, or nothing: that process may be anybody's."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from reviewer.domain.errors import DecoderStopped, UnreadableMedia
from reviewer.domain.probe import Probe
from reviewer.domain.recording import Kind
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.track import Fix, Refused, Track
from reviewer.intake.base import CannotTakeIn
from reviewer.media import answers, apart
from reviewer.media.answers import Unfit, error, pack, pack_error, unpack

PROBE = Probe(Micros(5), True, False, None, False, "GoPro", "HERO5", False)
FIX = Fix(Utc(1), 60.0, 24.0, None, 1, None, Micros(0))
TRACK = Track((FIX, FIX), "gpmf", (Refused("no fix", 3),))


@pytest.mark.parametrize(
    ("given_", "hint"),
    [
        (None, None),
        (3, int),
        (-1.5, float),
        ("Ä", str),
        (b"\0\1", bytes),
        (("a", (1, 2, 3)), tuple[str, tuple[int, ...]]),
        (PROBE, Probe),
        (TRACK, Track),
        (None, Probe | None),
        (PROBE, Probe | None),
        (Kind.STILL, Kind),
        (Fraction(1, 3), Fraction),
        (TimeRange(Utc(1), Utc(2)), TimeRange),
        ((b"ab", b"", b"c"), tuple[bytes, ...]),
    ],
)
def test_a_value_comes_back_as_it_was(given_: object, hint: object) -> None:
    assert unpack(pack(given_), hint) == given_


@pytest.mark.parametrize("kind", [np.int16, np.uint8, np.int64, np.float32])
def test_arrays_of_numbers_come_back_and_cannot_be_written_to(kind: type[np.generic]) -> None:
    numbers = np.arange(24).reshape(2, 3, 4).astype(kind)[:, ::2]
    back = unpack(pack(numbers), NDArray[kind])  # type: ignore[valid-type]
    assert back.dtype == numbers.dtype
    assert np.array_equal(back, numbers)
    assert not back.flags.writeable


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        (3, None),
        (None, int),
        (True, int),
        (1, bool),
        (1.0, int),
        ("5", int),
        ("no kind", Kind),
        ((1, 2), Probe),
        (("5", True, False, None, False, "", "", False), Probe),
        ((5, 1, False, None, False, "", "", False), Probe),
        ((5, True, False, 1.5, False, "", "", False), Probe),
        ((5, True, False), Probe),
        (((3,), "gpmf", ()), Track),
        ((1, 0), Fraction),
        ((1, 2, 3), tuple[int, int]),
        (np.zeros(2, np.int32), NDArray[np.int16]),
        (np.zeros(2, np.int16), tuple[int, ...]),
        ((b"ab",), tuple[int, bytes]),
        (b"ab", int),
        ((2, 1), TimeRange),
    ],
)
def test_what_is_of_another_type_is_refused(sent: object, hint: object) -> None:
    with pytest.raises(Unfit):
        unpack(pack(sent), hint)


@pytest.mark.parametrize("other", [object(), {1, 2}, np.float64, Counter, os.getcwd])
def test_nothing_else_is_sent(other: object) -> None:
    with pytest.raises(TypeError):
        pack(other)


def test_an_array_is_as_large_as_its_numbers() -> None:
    whole = pack(np.zeros(5, np.int16))
    for before, after in ((b"[5]", b"[6]"), (b"[5]", b"[4]"), (b"[5]", b"-5 "), (b"<i2", b"|O8"), (b"<i2", b"<i4")):
        assert before in whole
        with pytest.raises(Unfit):
            unpack(whole.replace(before, after), NDArray[np.int16])


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("false",)


def test_nothing_is_unpickled() -> None:
    for hint in (int, bytes, Probe, None):
        with pytest.raises(Unfit):
            unpack(pickle.dumps(Harmful()), hint)
    source = Path(answers.__file__).read_text() + Path(apart.__file__).read_text()
    assert "import pickle" not in source
    assert ".recv()" not in source


HINTS = st.sampled_from([int, None, bytes, Probe, Track, NDArray[np.int16], tuple[NDArray[np.uint8], int]])


@given(st.binary(max_size=200), HINTS)
def test_any_bytes_are_a_value_or_refused(body: bytes, hint: object) -> None:
    with suppress(Unfit):
        unpack(body, hint)


@given(st.data())
def test_a_broken_answer_is_a_value_or_refused(data: st.DataObject) -> None:
    body = bytearray(pack((TRACK, np.zeros(3, np.int16), Fraction(1, 3))))
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=4)):
        body[at] = data.draw(st.integers(0, 255))
    with suppress(Unfit):
        unpack(bytes(body), tuple[Track, NDArray[np.int16], Fraction])


def test_nesting_without_end_is_refused() -> None:
    text = b"[" * 100_000
    with pytest.raises(Unfit):
        unpack(len(text).to_bytes(4, "little") + text, Probe)


# -- errors ------------------------------------------------------------------------------------------------------------


def test_our_errors_keep_their_type_and_words() -> None:
    raised = CannotTakeIn("It is not there.", "Look again.")
    back = error(pack_error(raised, "Traceback of the other process"), "a.mp4")
    assert (type(back), str(back)) == (CannotTakeIn, "It is not there. Look again.")
    assert "Traceback of the other process" in str(back.__cause__)


def test_any_other_error_is_said_of_the_file() -> None:
    back = error(pack_error(ZeroDivisionError("x"), ""), "a.mp4")
    assert (type(back), back.message) == (UnreadableMedia, "a.mp4 cannot be read as footage.")


@pytest.mark.parametrize("module", ["os", "reviewer.media.apart", "reviewer.gone"])
def test_no_other_class_is_made_an_error(module: str) -> None:
    back = error(pack((module, "system", "echo", "Do it.", "")), "a.mp4")
    assert type(back) is UnreadableMedia
    with pytest.raises(Unfit):
        error(pack(("reviewer.domain.errors", "DecoderStopped", 3, "", "")), "a.mp4")
    assert type(error(pack((DecoderStopped.__module__, "DecoderStopped", "It.", "Do.", "")), "")) is DecoderStopped
