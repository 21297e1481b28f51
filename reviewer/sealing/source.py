"""How to open a sealed file in another process: a value that can be sent there.

It holds the data key, so it goes through a pipe between processes of this program and nowhere else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from reviewer.domain.errors import NotInStore
from reviewer.sealing.stream import OpenStream

_BUFFER = 1 << 17


@dataclass(frozen=True, slots=True)
class SealedSource:
    """Calling it gives a new reader of the plaintext of the sealed file at `path`: seekable, in memory only, one a
    thread. Raises NotInStore if the file is gone, IntegrityError if it does not open; reading raises IntegrityError."""

    path: Path
    key: bytes = field(repr=False)
    associated_data: bytes

    def __call__(self) -> BinaryIO:
        try:
            raw = self.path.open("rb", buffering=0)
        except FileNotFoundError as wrong:
            raise NotInStore("This part is no longer on this machine.", "Fetch the case.") from wrong
        try:
            stream = OpenStream(cast(BinaryIO, raw), self.key, self.associated_data)
        except BaseException:
            raw.close()
            raise
        return cast(BinaryIO, io.BufferedReader(stream, _BUFFER))
