"""Bytes into a bucket: each request with the MD5 of its body, large objects in parts, every put with a mark of its own.

boto3 rather than obstore: it sends Content-MD5 (SeaweedFS takes a body that differs from its signed SHA-256, Ceph 16
looks at no other checksum), says the version it made, and gives up an upload that failed.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from reviewer.domain.errors import ReviewerError
from reviewer.stores.objects import Source, fill
from reviewer.stores.s3_link import Link

PART = 16 << 20
_MOST_PARTS = 9_000
MARK = "reviewer-put"
"""Name of the metadata that says which put made a version: an answer that was lost is recognised by it."""
LOST = {"PreconditionFailed", "412", "ConditionalRequestConflict"}


@contextmanager
def as_file(path: str, source: Source) -> Iterator[Path]:
    """A source as a file, which is gone afterwards if it was not one before. Raises ReviewerError for a full disk."""
    if isinstance(source, Path):
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="reviewer-put-") as folder:
        file = Path(folder) / "body"
        try:
            with file.open("xb") as out:
                fill(out, source)
        except OSError as wrong:
            raise ReviewerError(
                f"This machine could not prepare {path} ({wrong.strerror}); nothing was put into the store.",
                "Free some room, then try again.",
            ) from wrong
        yield file


def upload(link: Link, key: str, path: str, body: bytes | Path, mark: str) -> str | None:
    """Put a body under a key, whoever else does. The version that it made, None if somebody was surely there before."""
    try:
        if isinstance(body, Path):
            size = body.stat().st_size
            if size > PART:
                with body.open("rb") as file:
                    return _in_parts(link, key, path, file, size, mark)
            body = body.read_bytes()
    except OSError as wrong:
        raise ReviewerError(
            f"What was to be put as {path} cannot be read ({wrong.strerror}).",
            "Look whether the card or disk is still there, then try again.",
        ) from wrong
    return _at_once(link, key, path, body, mark)


def _at_once(link: Link, key: str, path: str, body: bytes, mark: str) -> str | None:
    answer = link.ask(
        # Amazon and SeaweedFS keep what IfNoneMatch asks; Ceph 16 does not, so the caller looks at the versions.
        lambda c: c.put_object(
            Bucket=link.where.bucket,
            Key=key,
            Body=body,
            ContentMD5=_md5(body),
            IfNoneMatch="*",
            Metadata={MARK: mark},
        ),
        path,
        none_if=LOST,
    )
    return str(answer.get("VersionId") or "") if answer is not None else None


def overwrite(link: Link, key: str, path: str, body: bytes) -> None:
    """Lay a newer version over what is there."""
    link.must(lambda c: c.put_object(Bucket=link.where.bucket, Key=key, Body=body, ContentMD5=_md5(body)), path)


def _in_parts(link: Link, key: str, path: str, file: BinaryIO, size: int, mark: str) -> str:
    name = {"Bucket": link.where.bucket, "Key": key}
    begun = link.must(lambda c: c.create_multipart_upload(**name, Metadata={MARK: mark}), path)
    this = {**name, "UploadId": begun["UploadId"]}
    length = max(PART, -(-size // _MOST_PARTS))
    try:
        parts = []
        for number, body in enumerate(iter(lambda: file.read(length), b""), 1):
            tag = link.must(_part(this, number, body), path)["ETag"]
            parts.append({"ETag": tag, "PartNumber": number})
        done = link.ask(
            lambda c: c.complete_multipart_upload(**this, MultipartUpload={"Parts": parts}),
            path,
            none_if={"NoSuchUpload"},  # completed the first time, whose answer was lost: the mark tells
        )
    except BaseException:
        with suppress(ReviewerError):
            link.ask(lambda c: c.abort_multipart_upload(**this), path)
        raise
    return str((done or {}).get("VersionId") or "")  # Ceph 16 leaves the ETag empty here; nothing needs it


def _part(this: dict[str, Any], number: int, body: bytes) -> Callable[[Any], dict[str, Any]]:
    return lambda c: c.upload_part(**this, PartNumber=number, Body=body, ContentMD5=_md5(body))


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
