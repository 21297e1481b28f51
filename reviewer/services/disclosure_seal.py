"""A package closed for whom it is for: a ZIP under a password, or sealed to a public key; and opened again.

A ZIP is AES-256 as WinZip has it (AE-2), which 7-Zip, WinZip and macOS's archivers open; names and sizes of files in it
stay readable, and its key comes from the password by 1,000 rounds of PBKDF2, so short passwords are refused. What is
sealed to a key is one line of JSON (whose, and the data key by HPKE), then a plain ZIP under Tink's streaming AEAD.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

import pyzipper
import rfc8785

from reviewer.domain.errors import IntegrityError, MalformedDocument, ReviewerError
from reviewer.sealing import grant, stream
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.disk import disk_error, sync_folder
from reviewer.services.growing import growing
from reviewer.services.workspace import Workspace

ZIP, SEALED = ".zip", ".sealed"
SHORTEST = 12
_KIND = "reviewer-package"
_INFO = b"reviewer package/1/"
_READ = 1 << 20
_LEAST = 2  # parts of a name: the folder, the file
_HEAD_MOST = 4_096
Passing = Callable[[int], None]
"""Told of the bytes of each piece; raising ends the work."""


def check_password(password: str) -> None:
    """Raises ReviewerError for one that would be guessed."""
    if len(password) < SHORTEST:
        raise ReviewerError(f"The password has fewer than {SHORTEST} characters.", "Choose a longer one.")


def check_recipient(public: str) -> None:
    """Raises ReviewerError for what is no public sealing key."""
    try:
        grant.seal_to(public, b"", _INFO)
    except ValueError as wrong:
        raise ReviewerError("That is no public key of a recipient.", "Copy it as “key new” printed it.") from wrong


def zip_under(folder: Path, target: Path, password: str, passing: Passing = lambda _bytes: None) -> None:
    """The folder as a ZIP at `target`, under the password. Raises OSError, and what `passing` raises."""
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as packed:
        packed.setpassword(password.encode())
        packed.setencryption(pyzipper.WZ_AES, nbits=256)
        for path in _files(folder):
            with path.open("rb") as file, packed.open(_name(folder, path), "w", force_zip64=True) as out:
                _pour(file, out, passing)
    _durable(target)


def seal_for(folder: Path, target: Path, public: str, passing: Passing = lambda _bytes: None) -> None:
    """The folder sealed to a public key at `target`. Raises OSError, and what `passing` raises."""
    plain = target.with_name(f"{target.name}.plain")
    try:
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as packed:
            for path in _files(folder):
                with path.open("rb") as file, packed.open(_name(folder, path), "w", force_zip64=True) as out:
                    _pour(file, out, passing)
        key = stream.new_data_key()
        sealed = grant.seal_to(public, key, _INFO + public.encode())
        head = rfc8785.dumps({"v": 1, "kind": _KIND, "to": public, "key": sealed}) + b"\n"
        with plain.open("rb") as file, target.open("wb") as out:
            out.write(head)
            stream.seal(file, out, key, _bound(head))
    finally:
        plain.unlink(missing_ok=True)
    _durable(target)


def sealed_to(path: Path) -> str:
    """The public key that a `.sealed` file is for. Raises MalformedDocument."""
    with path.open("rb") as file:
        return str(_head(file)[1]["to"])


def open_package(
    workspace: Workspace, path: Path, out: Path, *, password: str = "", keys: PrivateKeys | None = None
) -> Path:
    """Unpack a closed package into a new folder `out`, whole or not at all. Raises ReviewerError for a wrong password
    or key, for what is damaged, for a name that is taken."""
    if out.exists():
        raise ReviewerError(f"There is something at {out} already.", "Choose a new name.")
    try:
        with growing(workspace, out.absolute()) as beside, ExitStack() as stack:
            beside.mkdir(mode=0o700)
            try:
                packed = _opened(path, password, keys, stack)
                inside = _unpack(packed, beside)
            except (RuntimeError, pyzipper.BadZipFile, zipfile.BadZipFile, zipfile.LargeZipFile) as wrong:
                raise ReviewerError(
                    f"{path.name} does not open: {wrong}.", "Check the password; ask for it again."
                ) from wrong
            inside.rename(out)
        sync_folder(out.absolute().parent)
    except OSError as wrong:
        raise disk_error(out, wrong) from wrong
    return out


def _opened(path: Path, password: str, keys: PrivateKeys | None, stack: ExitStack) -> zipfile.ZipFile:
    file = stack.enter_context(path.open("rb"))
    if file.read(2) == b"PK":
        packed = stack.enter_context(pyzipper.AESZipFile(path))
        packed.setpassword(password.encode())
        found: zipfile.ZipFile = packed
        return found
    if keys is None:
        raise ReviewerError(f"{path.name} is sealed to a key.", "Name the key file with --key.")
    file.seek(0)
    head, said = _head(file)
    key = grant.open_sealed(keys.sealing, str(said["key"]), _INFO + str(said["to"]).encode())
    raw = cast(BinaryIO, stack.enter_context(_Rest(path, len(head))))
    plain = stack.enter_context(stream.OpenStream(raw, key, _bound(head)))
    return stack.enter_context(zipfile.ZipFile(cast(BinaryIO, plain)))


class _Rest(io.RawIOBase):
    """A file from a place on, as if it began there."""

    def __init__(self, path: Path, start: int) -> None:
        super().__init__()
        self._file, self._start = path.open("rb"), start
        self._file.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset + self._start * (whence == io.SEEK_SET), whence) - self._start

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()
        super().close()


def _head(file: BinaryIO) -> tuple[bytes, dict[str, object]]:
    """The first line of what is sealed to a key, and what it says. Raises MalformedDocument."""
    line = file.readline(_HEAD_MOST)
    try:
        said = json.loads(line)
        if said["kind"] != _KIND or said["v"] != 1 or not line.endswith(b"\n"):
            raise ValueError(said["kind"])
        base64.b64decode(said["to"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise MalformedDocument("This is no package that is sealed to a key.", "Ask for it again.") from wrong
    return line, said


def _bound(head: bytes) -> bytes:
    """The associated data: nothing of the first line can be another."""
    return sha256(head).hexdigest().encode()


def _unpack(packed: zipfile.ZipFile, into: Path) -> Path:
    """Every file of the one folder that a package is. Raises IntegrityError for names that lead elsewhere."""
    tops = set()
    for info in packed.infolist():
        parts = PurePosixPath(info.filename).parts
        strange = "\\" in info.filename or ".." in parts or len(parts) < _LEAST or parts[0] == "/"
        if strange or stat.S_ISLNK(info.external_attr >> 16):
            raise IntegrityError("This package holds a file with a name that no package has.", "Do not use it.")
        tops.add(parts[0])
        path = into.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(info) as file, path.open("xb") as out:
            shutil.copyfileobj(file, out, _READ)
    if len(tops) != 1:
        raise IntegrityError("This is no package: it is not one folder.", "Ask for it again.")
    return into / tops.pop()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _name(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _pour(file: BinaryIO, out: IO[bytes], passing: Passing) -> None:
    while piece := file.read(_READ):
        out.write(piece)
        passing(len(piece))


def _durable(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
