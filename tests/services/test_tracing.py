"""From a file back to what it was made of; the whole way is tested from the command line (tests/commands)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.services.tracing import Traced, sha256_of


def test_a_file_is_known_by_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "copy.mp4"
    file.write_bytes(b"a copy" * 100_000)
    assert sha256_of(file) == hashlib.sha256(b"a copy" * 100_000).hexdigest()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError):
        sha256_of(tmp_path / "gone.mp4")


def test_what_no_entry_names_is_not_known_and_has_no_people() -> None:
    traced = Traced("0" * 64, (), (), (), ())
    assert not traced.known and traced.people == ()
