"""A bucket as evidence store: Amazon S3 and what speaks like it, tried on Ceph's gateway 16 and SeaweedFS 4.

Write-once as far as the bucket is: `integrity` says what it promised when it was last asked. **The oldest version of a
name is the object** (of what moves, the newest): put-if-absent puts, then looks which version is the oldest, because
Ceph 16 ignores If-None-Match in buckets with versions. What a loser of a race put stays behind as a newer version that
nobody reads. Reads name their version, so what is laid over an object, or a delete marker, changes nothing.
"""

from __future__ import annotations

import io
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from reviewer.domain.errors import AlreadyInStore, NotInStore, ReviewerError, StoreUnfit, StoreUnreachable
from reviewer.domain.timebase import SECOND, Utc, from_datetime
from reviewer.stores import s3_lock
from reviewer.stores.location import Location
from reviewer.stores.objects import (
    Chunk,
    ObjectStat,
    Protection,
    Source,
    already_there,
    check_path,
    check_pointer,
    is_pointer,
    missing,
)
from reviewer.stores.s3_link import Link
from reviewer.stores.s3_put import MARK, PART, as_file, overwrite, upload
from reviewer.stores.s3_read import PinnedFile, pieces

_DAY = 86_400 * SECOND
_PINS = 100_000  # versions remembered: the oldest one of a name does not change
Stats = tuple[ObjectStat, ...]


class BucketStore:
    """A store in one bucket, or below a prefix of it. Safe to use from several threads and processes."""

    def __init__(self, location: Location) -> None:
        self._where = location
        self._link = Link(location)
        self._promise: s3_lock.Promise | None = None
        self._pins: dict[str, ObjectStat] = {}
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """As it was named."""
        return self._where.text

    @property
    def description(self) -> str:
        """For the screen: where it is and what it promises."""
        place = self._where.place
        return f"{place[0].upper()}{place[1:]} ({self.integrity})"

    @property
    def integrity(self) -> str:
        """What it promised when it was last asked."""
        return s3_lock.words_of(self._promise, self._where.retain)[1]

    @property
    def write_once(self) -> bool:
        """Whether it promised that nobody can remove what is put."""
        return s3_lock.words_of(self._promise, self._where.retain)[0]

    def reachable(self) -> bool:
        """Whether it answers and is fit to be used."""
        try:
            self.check()
        except ReviewerError:
            return False
        return True

    def check(self) -> None:
        """Ask what it promises. Raises why it cannot be used: StoreUnreachable and its kinds, StoreUnfit."""
        promise = s3_lock.promise_of(self._link)
        s3_lock.refuse_unfit(promise, self._link)
        self._promise = promise

    def create(self) -> None:
        """Make the bucket, with versions and Object Lock and, if the location says `retain`, a retention for all that
        is put; or take one that is there and has nothing under this prefix. Raises AlreadyInStore, StoreUnfit."""
        bucket, link = self._where.bucket, self._link
        if link.ask(lambda c: c.head_bucket(Bucket=bucket), none_if={"404", "NoSuchBucket", "NotFound"}) is None:
            link.must(lambda c: c.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True, **self._region()))
            if self._where.retain:
                rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": self._where.retain}}
                lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
                link.must(lambda c: c.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock))
        self.check()
        if next(self._grouped(""), None) is not None:
            raise AlreadyInStore(
                f"There is something in {self._where.place} already.", "Name a new bucket, or a folder in it."
            )
        if self._where.retain and not self.write_once:
            raise StoreUnfit(
                f"The {self._where.place} cannot keep anything for {self._where.retain} days: it has no Object Lock.",
                "Name a new bucket, which is then made with it, or leave out retain=.",
            )

    def get(self, path: str) -> bytes:
        """All of a small object. Raises NotInStore, StoreUnreachable."""
        stat, was_known = self._pin(path)
        try:
            return self._whole(stat)
        except NotInStore:
            if not was_known:
                raise
        return self._whole(self._resolved(path))  # somebody could remove that version: what counts now?

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        """An object as a seekable binary file, from `offset`, of the version that counts now."""
        file = PinnedFile(self._link, self._key(path), self._resolved(path), offset)
        return cast(BinaryIO, io.BufferedReader(file, 1 << 16))

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        """Bytes [start, stop) of exactly that version, in pieces; an answer that breaks off is gone on with."""
        key = self._key(path)
        stat = self._pin(path)[0] if version is None else ObjectStat(path, stop, version)
        answer = pieces(self._link, key, stat, start, stop)
        try:
            yield answer
        finally:
            answer.close()  # type: ignore[attr-defined]

    def size(self, path: str) -> int:
        """Bytes of an object. Raises NotInStore, StoreUnreachable."""
        return self.stat(path).size

    def exists(self, path: str) -> bool:
        """Whether it is there. Raises StoreUnreachable."""
        try:
            self.stat(path)
        except NotInStore:
            return False
        return True

    def stat(self, path: str) -> ObjectStat:
        """The version that counts. Raises NotInStore, StoreUnreachable."""
        return self._resolved(path)

    def versions(self, path: str) -> Stats:
        """All versions of one name, oldest first. Raises NotInStore."""
        found = self._versions(path)
        if not found:
            raise missing(path)
        return found

    def list(self, prefix: str) -> Iterator[str]:
        """Paths of all objects below a folder of the store, sorted; those that were deleted over, too. Empty: all."""
        return (stat.path for stat in self.survey(prefix))

    def survey(self, prefix: str) -> Iterator[ObjectStat]:
        """`list` with sizes and versions."""
        if prefix:
            check_path(prefix)
        self._fit()
        for found in self._grouped(f"{prefix}/" if prefix else ""):
            counts = found[-1 if is_pointer(found[0].path) else 0]
            self._remember(counts)
            yield counts

    def removals(self) -> Iterator[ObjectStat]:
        """Delete markers that are the newest of their name."""
        self._fit()
        for page in self._pages(self._where.prefix, 1_000):
            for each in page.get("DeleteMarkers", []):
                path = self._path(each["Key"])
                if path is not None and each.get("IsLatest"):
                    yield ObjectStat(path, 0, str(each["VersionId"]), from_datetime(each["LastModified"]))

    def leftovers(self) -> Iterator[ObjectStat]:
        """Uploads in parts that were begun and not completed."""
        self._fit()
        marker: dict[str, str] = {}
        while True:
            page = self._link.must(
                lambda c, m=dict(marker): c.list_multipart_uploads(  # type: ignore[misc]
                    Bucket=self._where.bucket, Prefix=self._where.prefix, **m
                )
            )
            for each in page.get("Uploads", []):
                yield ObjectStat(self._path(each["Key"]) or each["Key"], 0, None, from_datetime(each["Initiated"]))
            if not page.get("IsTruncated"):
                return
            marker = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    def put_if_absent(self, path: str, source: Source) -> None:
        """Put a new object, durable when this returns. Raises AlreadyInStore for all but one of several writers."""
        key = self._key(path)
        self._fit()
        if self._versions(path):
            raise already_there(path)  # before sending gigabytes for nothing; the versions decide below
        if isinstance(source, bytes) and len(source) <= PART:
            self._put(key, path, source)
            return
        with as_file(path, source) as file:
            self._put(key, path, file)

    def put_made(self, name: Callable[[Path], str], source: Source) -> str:
        """Put an object whose path follows from its content. Returns the path; the same content twice is no error.
        Raises AlreadyInStore if something of another size has that name."""
        with as_file("a new object", source) as file:
            path = name(file)
            self._fit()
            before = self._versions(path)
            if not before:
                try:
                    self._put(self._key(path), path, file)
                    return path
                except AlreadyInStore:  # somebody put it meanwhile
                    before = self.versions(path)
            if before[0].size != file.stat().st_size:
                raise AlreadyInStore(
                    f"The store has something else under {path}, which should follow from what it holds.",
                    "Check the store: that object was not put by this program.",
                )
        return path

    def replace(self, path: str, data: bytes) -> None:
        """Move a pointer to new content. Raises ReviewerError for a path that may not move."""
        check_pointer(path)
        self._fit()
        overwrite(self._link, self._key(path), path, data)

    def protection(self, path: str) -> Protection:
        """What holds the version that counts, read back from the store."""
        return s3_lock.protection_of(self._link, self._key(path), path, self._resolved(path).version)

    def protect(self, path: str, until: Utc) -> None:
        """Keep it until then, in compliance mode. Raises NotSupported, ProtectionRefused."""
        version = self._resolved(path).version
        s3_lock.refuse_unlocked(self._fit(), self._link, path)
        s3_lock.protect(self._link, self._key(path), path, version, until)

    def hold(self, path: str, on: bool) -> None:
        """Set or lift the legal hold. Raises NotSupported, ProtectionRefused."""
        version = self._resolved(path).version
        s3_lock.refuse_unlocked(self._fit(), self._link, path)
        s3_lock.hold(self._link, self._key(path), path, version, on)

    # -- one name --------------------------------------------------------------------------------------------------

    def _key(self, path: str) -> str:
        check_path(path)
        return self._where.prefix + path

    def _path(self, key: str) -> str | None:
        """The path of a key, None for one that no store of ours has."""
        path = key[len(self._where.prefix) :]
        try:
            check_path(path)
        except ReviewerError:
            return None
        return path

    def _whole(self, stat: ObjectStat) -> bytes:
        return b"".join(pieces(self._link, self._key(stat.path), stat, 0, stat.size))

    def _pin(self, path: str) -> tuple[ObjectStat, bool]:
        """The version that counts, and whether that was known before."""
        check_path(path)
        known = self._pins.get(path)
        return (known, True) if known is not None else (self._resolved(path), False)

    def _resolved(self, path: str) -> ObjectStat:
        check_path(path)
        self._fit()
        found = self._versions(path)
        if not found:
            self._pins.pop(path, None)
            raise missing(path)
        counts = found[-1 if is_pointer(path) else 0]
        self._remember(counts)
        return counts

    def _remember(self, stat: ObjectStat) -> None:
        if is_pointer(stat.path):
            return
        with self._lock:
            if len(self._pins) >= _PINS:
                self._pins.clear()
            self._pins[stat.path] = stat

    def _versions(self, path: str) -> Stats:
        """Oldest first; none if there is none. Of a pointer, which may have very many, the newest alone."""
        found: list[ObjectStat] = []
        for stat in self._listed(self._key(path), 20 if is_pointer(path) else 1_000):
            if stat.path != path:
                break
            found.append(stat)
            if is_pointer(path):
                break
        return tuple(reversed(found))

    # -- listings --------------------------------------------------------------------------------------------------

    def _grouped(self, folder: str) -> Iterator[Stats]:
        """The versions of each name below a folder, oldest first."""
        same: list[ObjectStat] = []
        for stat in self._listed(self._where.prefix + folder):
            if same and same[0].path != stat.path:
                yield tuple(reversed(same))
                same = []
            same.append(stat)
        if same:
            yield tuple(reversed(same))

    def _listed(self, prefix: str, most: int = 1_000) -> Iterator[ObjectStat]:
        """Versions, by name, the newest of each first; delete markers are none."""
        for page in self._pages(prefix, most):
            for each in page.get("Versions", []):
                path = self._path(each["Key"])
                if path is not None:
                    modified = from_datetime(each["LastModified"])
                    yield ObjectStat(path, int(each["Size"]), str(each["VersionId"]), modified)

    def _pages(self, prefix: str, most: int) -> Iterator[dict[str, Any]]:
        ask: dict[str, Any] = {"Bucket": self._where.bucket, "Prefix": prefix, "MaxKeys": most}
        while True:
            page = self._link.must(lambda c, a=dict(ask): c.list_object_versions(**a))  # type: ignore[misc]
            yield page
            if not page.get("IsTruncated"):
                return
            ask |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}

    # -- putting ---------------------------------------------------------------------------------------------------

    def _fit(self) -> s3_lock.Promise:
        """What the bucket promised; asks if nobody has yet."""
        promise = self._promise
        if promise is None:
            promise = s3_lock.promise_of(self._link)
            s3_lock.refuse_unfit(promise, self._link)
            self._promise = promise
        return promise

    def _region(self) -> dict[str, Any]:
        if self._where.endpoint or self._where.region == "us-east-1":
            return {}
        return {"CreateBucketConfiguration": {"LocationConstraint": self._where.region}}

    def _put(self, key: str, path: str, body: bytes | Path) -> None:
        mark = uuid.uuid4().hex
        made = upload(self._link, key, path, body, mark)
        found = self._versions(path)
        if not found:
            raise StoreUnreachable(
                f"The store took {path} and does not have it.", "Try again; tell who keeps the store."
            )
        oldest = found[-1 if is_pointer(path) else 0]
        if oldest.version != made and not self._is_mine(key, path, oldest, mark):
            raise already_there(path)
        self._remember(oldest)
        self._keep(key, path, oldest, in_parts=isinstance(body, Path))

    def _is_mine(self, key: str, path: str, stat: ObjectStat, mark: str) -> bool:
        """Whether a put whose answer was lost, and that was sent again, made this version."""
        name = {"Bucket": self._where.bucket, "Key": key, "VersionId": stat.version}
        head = self._link.must(lambda c: c.head_object(**name), path)
        return bool(head.get("Metadata", {}).get(MARK) == mark)

    def _keep(self, key: str, path: str, stat: ObjectStat, *, in_parts: bool) -> None:
        """See that what was put is kept as long as promised: an engine may forget that, Ceph 16 does for parts."""
        promise, retain = self._fit(), self._where.retain
        if not promise.lock or is_pointer(path):
            return
        by_itself = promise.days if promise.mode == "COMPLIANCE" else 0
        days = max(retain, by_itself)
        if not days or (by_itself >= retain and not in_parts):
            return
        until = Utc(time.time_ns() // 1_000 + days * _DAY)
        now = s3_lock.protection_of(self._link, key, path, stat.version)
        if now.mode != "COMPLIANCE" or now.until is None or now.until < until - _DAY:
            s3_lock.protect(self._link, key, path, stat.version, until)
