"""The catalogue's file: what was read out of verified documents, so that they need not be read again to be listed.

It is an index and no evidence. Each row is sealed (AES-256-GCM) under a key derived from the person's own signing key,
with its kind, id and number as associated data: nobody writes or alters a row who does not hold that key, no row can
stand in for another, and the file alone tells an outsider ids and numbers, which lie open in the store as well. What
does not open is as if it were not there, and is read out of the documents again; so is a row that is missing, or
behind the number that the store lists. An older row put back is behind that number, or says what was true of a document
that nothing in a store can change. And whatever the index says, nobody acts on it: an assignment, a release and
every opening go through `Trust`, which reads and verifies the document itself.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewer.domain.errors import ReviewerError
from reviewer.sealing.keyring import PrivateKeys
from reviewer.sealing.stream import subkey
from reviewer.services.disk import make_folder

_PURPOSE = "reviewer catalogue v1"
_NONCE = 12
_WAIT = 2.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS rows (kind TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY (kind, id)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Row:
    """`values` is JSON: texts, whole numbers, true, false, null and lists of them."""

    kind: str
    id: str
    n: int
    values: list[Any]


class CatalogueIndex:
    """One person's. Each call opens the file for itself, so any thread may call; a file that is damaged, or of another
    program, is put away and begun again."""

    def __init__(self, path: Path, keys: PrivateKeys) -> None:
        self._path = path
        self._cipher = AESGCM(subkey(keys.signing.private_bytes_raw(), _PURPOSE))

    def rows(self, kind: str) -> dict[str, Row]:
        """Every row of a kind that opens, by id."""
        try:
            with self._open() as conn:
                found = conn.execute("SELECT id, n, sealed FROM rows WHERE kind = ?", (kind,)).fetchall()
        except sqlite3.DatabaseError:
            return {}
        opened = ((id_, n, self._unseal(kind, id_, n, sealed)) for id_, n, sealed in found)
        whole = [(id_, n, text) for id_, n, text in opened if text is not None]
        # One call for all: a list of lists.
        values = json.loads(b"[" + b",".join(text for _, _, text in whole) + b"]")
        return {id_: Row(kind, id_, n, each) for (id_, n, _), each in zip(whole, values, strict=True)}

    def ids(self, kind: str) -> list[str]:
        """The ids of every row of a kind, whether it opens or not."""
        try:
            with self._open() as conn:
                return [str(id_) for (id_,) in conn.execute("SELECT id FROM rows WHERE kind = ?", (kind,))]
        except sqlite3.DatabaseError:
            return []

    def put(self, rows: Iterable[Row], gone: Iterable[tuple[str, str]] = ()) -> None:
        """Put rows in the place of those of the same kind and id, and take away `gone` (kind, id). Raises ReviewerError
        when the disk refuses: what is listed is right all the same, and is read again another day."""
        sealed = [(r.kind, r.id, r.n, self._seal(r)) for r in rows]
        try:
            self._write(sealed, list(gone))
        except sqlite3.OperationalError as wrong:
            raise _unusable(self._path, wrong) from wrong
        except sqlite3.DatabaseError:
            self._put_away()
            try:
                self._write(sealed, [])
            except sqlite3.Error as wrong:
                raise _unusable(self._path, wrong) from wrong

    def _write(self, sealed: list[tuple[str, str, int, bytes]], gone: list[tuple[str, str]]) -> None:
        with self._open() as conn:
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany("DELETE FROM rows WHERE kind = ? AND id = ?", gone)
            conn.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", sealed)
            conn.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        make_folder(self._path.parent)
        if not self._path.exists():
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        conn = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
        try:
            conn.execute("PRAGMA secure_delete = ON")  # what goes with a case does not stay in a free page
            conn.execute(_TABLE)
            yield conn
        finally:
            conn.close()

    def _put_away(self) -> None:
        for name in (self._path.name, f"{self._path.name}-journal"):
            self._path.with_name(name).unlink(missing_ok=True)

    def _seal(self, row: Row) -> bytes:
        nonce = os.urandom(_NONCE)
        plain = json.dumps(row.values, separators=(",", ":"), ensure_ascii=False).encode()
        return nonce + self._cipher.encrypt(nonce, plain, _bound(row.kind, row.id, row.n))

    def _unseal(self, kind: object, id_: object, n: object, sealed: object) -> bytes | None:
        if not isinstance(sealed, bytes) or len(sealed) <= _NONCE or not isinstance(n, int):
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(kind, id_, n))
        except InvalidTag:
            return None


def _bound(kind: object, id_: object, n: object) -> bytes:
    return f"{kind}\n{id_}\n{n}".encode()


def _unusable(path: Path, wrong: sqlite3.Error) -> ReviewerError:
    return ReviewerError(
        f"The list of recordings cannot be kept in {path.name}: {wrong}.",
        "It is shown all the same; make room on the disk, and it is kept again.",
    )
