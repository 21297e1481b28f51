"""A sealed file opened from a value that went through a pipe."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest

from reviewer.domain.errors import IntegrityError, NotInStore
from reviewer.sealing.source import SealedSource
from reviewer.sealing.stream import new_data_key, seal


def test_a_source_that_was_sent_elsewhere_gives_the_same_bytes(tmp_path: Path) -> None:
    plain, key = bytes(range(256)) * 8192, new_data_key()
    with (tmp_path / "sealed").open("wb") as sink:
        seal(io.BytesIO(plain), sink, key, b"recording")
    source: SealedSource = pickle.loads(pickle.dumps(SealedSource(tmp_path / "sealed", key, b"recording")))  # noqa: S301 - our own
    with source() as one, source() as other:
        one.seek(1_000_000)
        assert other.read() == plain
        assert one.read(10) == plain[1_000_000:1_000_010]
    assert key.hex() not in repr(source)
    assert repr(key) not in repr(source)


def test_a_source_of_a_file_that_is_gone_or_changed_says_so(tmp_path: Path) -> None:
    key = new_data_key()
    with pytest.raises(NotInStore):
        SealedSource(tmp_path / "sealed", key, b"recording")()
    with (tmp_path / "sealed").open("wb") as sink:
        seal(io.BytesIO(b"footage" * 1000), sink, key, b"recording")
    with pytest.raises(IntegrityError):
        SealedSource(tmp_path / "sealed", key, b"another")()
