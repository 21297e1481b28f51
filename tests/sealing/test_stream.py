"""Sealed objects: Tink's own implementation opens ours and we open Tink's; damage never yields a byte."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tink import aead, secret_key_access, streaming_aead
from tink import proto_keyset_format as keyset_format
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from reviewer.domain.errors import IntegrityError
from reviewer.sealing import stream

KEY = bytes(range(32))
AD = b"rec-2026-0142-1"
SEGMENT = 1 << 20
FIRST = SEGMENT - 56
EDGES = [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + SEGMENT - 16, FIRST + SEGMENT - 15, 3 * SEGMENT]


def sealed_of(plain: bytes, key: bytes = KEY, ad: bytes = AD) -> bytes:
    return stream.seal_bytes(plain, key, ad)


def plain_of(size: int) -> bytes:
    return hashlib.shake_128(size.to_bytes(8, "big")).digest(size)


def tink_of(secret: bytes) -> streaming_aead.StreamingAead:
    """Tink's own StreamingAead over the very same 32-byte key."""
    streaming_aead.register()
    aead.register()
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(
        version=0,
        key_value=secret,
        params=aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
            ciphertext_segment_size=SEGMENT, derived_key_size=32, hkdf_hash_type=common_pb2.SHA256
        ),
    )
    keyset = tink_pb2.Keyset(
        primary_key_id=1,
        key=[
            tink_pb2.Keyset.Key(
                key_data=tink_pb2.KeyData(
                    type_url="type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
                    value=key.SerializeToString(),
                    key_material_type=tink_pb2.KeyData.SYMMETRIC,
                ),
                status=tink_pb2.ENABLED,
                key_id=1,
                output_prefix_type=tink_pb2.RAW,
            )
        ],
    )
    handle = keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


@pytest.fixture(scope="module")
def tink_primitive() -> streaming_aead.StreamingAead:
    return tink_of(KEY)


@pytest.mark.parametrize("size", EDGES)
def test_tink_opens_what_we_seal(tink_primitive: streaming_aead.StreamingAead, size: int) -> None:
    plain = plain_of(size)
    with tink_primitive.new_decrypting_stream(io.BytesIO(sealed_of(plain)), AD) as opened:
        assert opened.read() == plain


@pytest.mark.parametrize("size", EDGES)
def test_we_open_what_tink_seals(tink_primitive: streaming_aead.StreamingAead, size: int) -> None:
    plain = plain_of(size)
    sink = _Kept()
    with tink_primitive.new_encrypting_stream(sink, AD) as sealing:
        sealing.write(plain)
    assert stream.open_bytes(sink.kept, KEY, AD) == plain


class _Kept(io.BytesIO):
    kept = b""

    def close(self) -> None:
        if not self.closed:
            self.kept = self.getvalue()
        super().close()


@pytest.mark.parametrize("size", EDGES)
def test_sizes_and_hashes_are_said_truly(size: int) -> None:
    plain, sink = plain_of(size), io.BytesIO()
    sealed = stream.seal(io.BytesIO(plain), sink, KEY, AD)
    assert sealed.sealed_size == len(sink.getvalue()) == stream.sealed_size(size)
    assert sealed.object == hashlib.sha256(sink.getvalue()).hexdigest()
    assert (sealed.sha256, sealed.size) == (hashlib.sha256(plain).hexdigest(), size)


@given(st.lists(st.tuples(st.integers(0, 3 * SEGMENT), st.integers(0, 70_000)), max_size=8))
@settings(max_examples=30, deadline=None)
def test_reads_like_the_plain_file(reads: list[tuple[int, int]]) -> None:
    plain = _BIG_PLAIN
    with stream.OpenStream(io.BytesIO(_BIG_SEALED), KEY, AD) as opened:
        for place, size in reads:
            assert opened.seek(place) == place
            assert opened.read(size) == plain[place : place + size]
        assert opened.seek(-5, io.SEEK_END) == len(plain) - 5
        assert opened.read() == plain[-5:]


_BIG_PLAIN = plain_of(2 * SEGMENT + 12_345)
_BIG_SEALED = sealed_of(_BIG_PLAIN)


@given(st.integers(0, len(_BIG_SEALED) - 1), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_a_flipped_bit_is_never_read_over(place: int, bit: int) -> None:
    bad = bytearray(_BIG_SEALED)
    bad[place] ^= 1 << bit
    with pytest.raises(IntegrityError):
        stream.open_bytes(bytes(bad), KEY, AD)


@given(st.integers(0, len(_BIG_SEALED) - 1))
@settings(max_examples=40, deadline=None)
def test_truncation_shows_on_opening(length: int) -> None:
    with pytest.raises(IntegrityError):
        stream.OpenStream(io.BytesIO(_BIG_SEALED[:length]), KEY, AD)


def test_extended_swapped_or_renamed_is_refused() -> None:
    for bad in (_BIG_SEALED + b"\0", _BIG_SEALED[:SEGMENT] + _BIG_SEALED[2 * SEGMENT :]):
        with pytest.raises(IntegrityError):
            stream.open_bytes(bad, KEY, AD)
    with pytest.raises(IntegrityError):
        stream.open_bytes(_BIG_SEALED, KEY, b"another recording")
    with pytest.raises(IntegrityError):
        stream.open_bytes(_BIG_SEALED, bytes(32), AD)


def test_short_raw_reads_seal_the_same_plaintext() -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 777) if size and size > 0 else size)

    plain, sink = plain_of(200_000), io.BytesIO()
    stream.seal(Dribble(plain), sink, KEY, AD)
    assert stream.open_bytes(sink.getvalue(), KEY, AD) == plain
