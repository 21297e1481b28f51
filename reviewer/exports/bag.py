"""A bag (BagIt, RFC 8493) around a folder's `data`: what it declares, the SHA-256 of every file, of its tag files too.

The Library of Congress's `bagit` for Python would write one, but it changes the folder of the whole process while it
does, which a program with a window and other threads cannot have; it reads ours in the tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_READ = 1 << 20
_BREAKS = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})  # RFC 8493, 2.1.3


def tag_files(
    folder: Path,
    info: Mapping[str, str],
    known: Mapping[str, str] = {},
    *,
    passing: Callable[[int], None] = lambda _bytes: None,
) -> dict[str, bytes]:
    """The tag files of a bag whose payload lies in `folder / "data"`, by name, to be written beside it. `info`: what
    bag-info.txt says, in this order. `known`: SHA-256 (hex) of payload files that were hashed already, by their path
    in the bag. `passing` is told of the bytes of each piece that is read and may raise to stop. Raises OSError."""
    sums, size = {}, 0
    for path in sorted(payload(folder)):
        size += (folder / path).stat().st_size
        sums[path] = known.get(path) or digest(folder / path, passing)
    said = {**info, "Payload-Oxum": f"{size}.{len(sums)}"}
    files = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{name}: {_folded(value)}\n" for name, value in said.items()).encode(),
        PAYLOAD: _manifest(sums),
    }
    return {**files, TAGS: _manifest({name: sha256(data).hexdigest() for name, data in files.items()})}


def payload(folder: Path) -> Iterator[str]:
    """Every file of the payload, by its path in the bag, with “/” between folders."""
    for at, _, names in os.walk(folder / "data"):
        for name in names:
            yield (Path(at) / name).relative_to(folder).as_posix()


def digest(path: Path, passing: Callable[[int], None] = lambda _bytes: None) -> str:
    """SHA-256 of a file, hex. Raises OSError."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ):
            found.update(piece)
            passing(len(piece))
    return found.hexdigest()


def _manifest(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{each}  {name.translate(_BREAKS)}\n" for name, each in sorted(sums.items())).encode()


def _folded(value: str) -> str:
    """One line of bag-info.txt: what has lines goes on after an indent (RFC 8493, 2.2.2)."""
    return "\n  ".join(line.strip() for line in value.splitlines() if line.strip())
