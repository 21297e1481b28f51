"""A finished file is what its hash says, or is not opened."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import pytest

from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.media.finished import FinishedFile


def test_it_opens_as_often_as_wanted_also_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"reel" * 1000)
    file = FinishedFile.read(path)
    assert file.sha256 == hashlib.sha256(b"reel" * 1000).hexdigest()
    for source in (file, pickle.loads(pickle.dumps(file))):  # noqa: S301 - our own
        with source() as one, source() as other:
            assert one.read(4) == other.read(4) == b"reel"


def test_another_file_in_its_place_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"reel")
    file = FinishedFile.read(path)
    (tmp_path / "other").write_bytes(b"lier")
    (tmp_path / "other").replace(path)
    with pytest.raises(IntegrityError, match="not the file any more that the log names"):
        file()
    path.unlink()
    with pytest.raises(IntegrityError):
        file()


def test_written_over_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"reel")
    file = FinishedFile.read(path)
    path.write_bytes(b"lier")
    os.utime(path, ns=(1, 1))
    with pytest.raises(IntegrityError):
        file()


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match=r"nothing\.mp4 cannot be read"):
        FinishedFile.read(tmp_path / "nothing.mp4")
