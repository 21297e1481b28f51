"""Files that leave together: their list of SHA-256s, and all of them as one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

from reviewer.domain.timebase import Utc, to_datetime

MANIFEST = "MANIFEST.sha256"


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The list that `sha256sum -c` reads: hex, two spaces, name."""
    return "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()


def zip_of(files: Mapping[str, bytes], folder: str, made_at: Utc) -> bytes:
    """A ZIP of the files in one folder, the same bytes for the same files and time."""
    out = io.BytesIO()
    stamp = to_datetime(made_at).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3  # Unix, so that the rights count
            packed.writestr(info, data)
    return out.getvalue()
