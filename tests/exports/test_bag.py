"""A bag as the Library of Congress's own program reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bagit
import pytest

from reviewer.exports.bag import digest, payload, tag_files


def _bag(folder: Path, **info: str) -> Path:
    (folder / "data" / "copies").mkdir(parents=True)
    (folder / "data" / "one.txt").write_bytes(b"one")
    (folder / "data" / "copies" / "ä two.mp4").write_bytes(b"two" * 1000)
    for name, data in tag_files(folder, info).items():
        (folder / name).write_bytes(data)
    return folder


def test_bagit_accepts_it_and_reads_what_it_says(tmp_path: Path) -> None:
    bag = bagit.Bag(str(_bag(tmp_path / "b", **{"Source-Organization": "Helsinki", "Note": "first\nsecond"})))
    assert bag.validate() is True
    assert (bag.info["Source-Organization"], bag.info["Payload-Oxum"]) == ("Helsinki", "3003.2")
    assert bag.info["Note"].split() == ["first", "second"]
    assert sorted(bag.payload_files()) == ["data/copies/ä two.mp4", "data/one.txt"]


@pytest.mark.parametrize("name", ["data/one.txt", "bag-info.txt", "manifest-sha256.txt"])
def test_bagit_finds_what_was_changed(tmp_path: Path, name: str) -> None:
    folder = _bag(tmp_path / "b")
    (folder / name).write_bytes((folder / name).read_bytes() + b"x")
    words = [sys.executable, "-m", "bagit", "--validate", str(folder)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 1


def test_hashes_that_are_known_are_not_read_again(tmp_path: Path) -> None:
    folder = _bag(tmp_path / "b")
    read: list[int] = []
    tag_files(folder, {}, {"data/copies/ä two.mp4": "0" * 64}, passing=read.append)
    assert read == [3] and len(list(payload(folder))) == 2
    assert digest(folder / "data/one.txt")[:8] == "7692c3ad"
