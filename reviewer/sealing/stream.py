"""Sealed objects: Google Tink's streaming AEAD, `AES256_GCM_HKDF_1MB`, written in one pass and read at any place.

Wire format (Tink, "AES-GCM-HKDF streaming AEAD"; formats.md, Sealed objects): a header of 1 byte length (40), 32 bytes
salt and 7 bytes nonce prefix; then segments of 1 MiB of ciphertext (the first one shorter by the header), each
AES-256-GCM under HKDF-SHA256(data key, salt, info = associated data) with nonce = prefix ‖ segment number (4 bytes,
big-endian) ‖ last flag. The last flag makes truncation and extension visible; so the last segment is authenticated
before any other is read.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reviewer.domain.errors import IntegrityError

KEY_SIZE = 32
_SALT = 32
_PREFIX = 7
_HEADER = 1 + _SALT + _PREFIX
_TAG = 16
_SEGMENT = 1 << 20
_FIRST_PLAIN = _SEGMENT - _HEADER - _TAG
_PLAIN = _SEGMENT - _TAG
_MAX_SEGMENTS = 1 << 32
_SHA256 = SHA256()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing made: SHA-256 (hex) and size in bytes of the sealed object and of the plaintext."""

    object: str
    sealed_size: int
    sha256: str
    size: int


def new_data_key() -> bytes:
    """32 random bytes. One a recording, never used for two different plaintexts of one part."""
    return os.urandom(KEY_SIZE)


def subkey(key: bytes, purpose: str) -> bytes:
    """A key of its own for another purpose (HKDF-SHA256, RFC 5869; `purpose` is the info): one key never serves two."""
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=purpose.encode()).derive(key)


def sealed_size(size: int) -> int:
    """Bytes of the sealed object of a plaintext of `size` bytes."""
    rest = max(0, size - _FIRST_PLAIN)
    segments = 1 + -(-rest // _PLAIN)
    return _HEADER + size + segments * _TAG


def _cipher(key: bytes, salt: bytes, associated_data: bytes) -> AESGCM:
    if len(key) != KEY_SIZE:
        raise ValueError(f"a data key has {KEY_SIZE} bytes, not {len(key)}")
    return AESGCM(HKDF(_SHA256, 32, salt, associated_data).derive(key))


def _nonce(prefix: bytes, segment: int, last: bool) -> bytes:
    return prefix + segment.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def seal(
    source: BinaryIO,
    sink: BinaryIO,
    key: bytes,
    associated_data: bytes,
    *,
    progress: Callable[[int], None] | None = None,
) -> Sealed:
    """Seal everything `source` has into `sink`, in one pass and constant memory, hashing both sides.

    `progress` gets the plaintext bytes done so far, once a segment, and may raise to stop.
    """
    salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
    cipher = _cipher(key, salt, associated_data)
    plain_hash, sealed_hash = hashlib.sha256(), hashlib.sha256()
    header = bytes([_HEADER]) + salt + prefix
    sink.write(header)
    sealed_hash.update(header)
    size, written, segment = 0, _HEADER, 0
    chunk = _read(source, _FIRST_PLAIN)
    while True:
        following = _read(source, _PLAIN) if chunk else b""
        ciphertext = cipher.encrypt(_nonce(prefix, segment, not following), chunk, None)
        plain_hash.update(chunk)
        sealed_hash.update(ciphertext)
        sink.write(ciphertext)
        size, written, segment = size + len(chunk), written + len(ciphertext), segment + 1
        if progress is not None:
            progress(size)
        if not following:
            return Sealed(sealed_hash.hexdigest(), written, plain_hash.hexdigest(), size)
        chunk = following


def _read(source: BinaryIO, size: int) -> bytes:
    """Exactly `size` bytes, fewer only at the end: a raw file may return less than asked."""
    data = source.read(size)
    while data and len(data) < size:
        more = source.read(size - len(data))
        if not more:
            break
        data += more
    return data


class OpenStream(io.RawIOBase):
    """The plaintext of a sealed object as a seekable, read-only binary file that exists in memory only.

    `raw` is a seekable binary file of the sealed bytes, closed with this one. Raises IntegrityError on opening if the
    header or the last segment does not authenticate, on reading if another segment does not. One reader a thread.
    """

    def __init__(self, raw: BinaryIO, key: bytes, associated_data: bytes, *, cached_segments: int = 4) -> None:
        super().__init__()
        self._raw = raw
        self._cached_segments = cached_segments
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._position = 0
        sealed = raw.seek(0, io.SEEK_END)
        raw.seek(0)
        header = raw.read(_HEADER)
        if sealed < _HEADER + _TAG or header[0] != _HEADER:
            raise _damaged()
        self._prefix = header[1 + _SALT :]
        self._cipher = _cipher(key, header[1 : 1 + _SALT], associated_data)
        self._segments = -(-sealed // _SEGMENT)
        self._sealed = sealed
        self._size = sealed - _HEADER - self._segments * _TAG
        if self._segments > _MAX_SEGMENTS or self._size < 0:
            raise _damaged()
        self._segment(self._segments - 1)

    @property
    def size(self) -> int:
        """Bytes of plaintext."""
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("cannot seek to before the start")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._position < self._size:
            segment, within = self._place(self._position)
            plain = self._segment(segment)
            piece = plain[within : within + len(view) - done]
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._position += len(piece)
        return done

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted:
            segment, within = self._place(self._position)
            plain = self._segment(segment)
            if within + wanted <= len(plain):  # the usual small read: one copy
                self._position += wanted
                return plain[within : within + wanted]
        buffer = bytearray(wanted)
        self.readinto(buffer)
        return bytes(buffer)

    def close(self) -> None:
        if not self.closed:
            self._cache.clear()
            self._raw.close()
        super().close()

    @staticmethod
    def _place(position: int) -> tuple[int, int]:
        if position < _FIRST_PLAIN:
            return 0, position
        segment, within = divmod(position - _FIRST_PLAIN, _PLAIN)
        return segment + 1, within

    def _segment(self, number: int) -> bytes:
        known = self._cache.get(number)
        if known is not None:
            self._cache.move_to_end(number)
            return known
        start = number * _SEGMENT if number else _HEADER
        end = min((number + 1) * _SEGMENT, self._sealed)
        self._raw.seek(start)
        ciphertext = _read(self._raw, end - start)
        nonce = _nonce(self._prefix, number, number == self._segments - 1)
        try:
            plain = self._cipher.decrypt(nonce, ciphertext, None)
        except InvalidTag as wrong:
            raise _damaged() from wrong
        self._cache[number] = plain
        if len(self._cache) > self._cached_segments:
            self._cache.popitem(last=False)
        return plain


def _damaged() -> IntegrityError:
    return IntegrityError("The sealed footage does not open: its bytes were changed or cut.", "Fetch it again.")


def seal_bytes(plain: bytes, key: bytes, associated_data: bytes) -> bytes:
    """Seal a small thing (a log body) in memory."""
    if len(plain) > _FIRST_PLAIN:
        sink = io.BytesIO()
        seal(io.BytesIO(plain), sink, key, associated_data)
        return sink.getvalue()
    header = bytes([_HEADER]) + os.urandom(_SALT + _PREFIX)
    cipher = _cipher(key, header[1 : 1 + _SALT], associated_data)
    return header + cipher.encrypt(_nonce(header[1 + _SALT :], 0, last=True), plain, None)


def open_bytes(sealed: bytes, key: bytes, associated_data: bytes) -> bytes:
    """The plaintext of a small sealed thing. Raises IntegrityError."""
    if len(sealed) > _SEGMENT:
        with OpenStream(io.BytesIO(sealed), key, associated_data) as stream:
            return stream.read()
    if len(sealed) < _HEADER + _TAG or sealed[0] != _HEADER:
        raise _damaged()
    cipher = _cipher(key, sealed[1 : 1 + _SALT], associated_data)
    try:
        return cipher.decrypt(_nonce(sealed[1 + _SALT : _HEADER], 0, last=True), sealed[_HEADER:], None)
    except InvalidTag as wrong:
        raise _damaged() from wrong
