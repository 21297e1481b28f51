"""What a bucket promises: versions, Object Lock, how long, and what holds one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reviewer.domain.errors import NotSupported, ProtectionRefused, StoreUnfit
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339, from_datetime, to_datetime
from reviewer.stores.objects import Protection
from reviewer.stores.s3_link import Link

NO_LOCK = {
    "ObjectLockConfigurationNotFoundError",
    "NoSuchObjectLockConfiguration",
    "NoSuchConfiguration",
    "InvalidRequest",
    "NotImplemented",
    "MethodNotAllowed",
}
_REFUSED = {"AccessDenied", "403", "InvalidRequest", "InvalidRetentionPeriod", "ObjectLocked", "WORMProtected", "409"}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a bucket says of itself. `days` and `mode` are of the retention that it gives by itself."""

    versions: bool
    lock: bool
    mode: str = ""
    days: int = 0


def promise_of(link: Link) -> Promise:
    """Asks the bucket. Raises NoSuchBucket, CredentialsRefused, StoreUnreachable."""
    bucket = link.where.bucket
    versioning = link.must(lambda c: c.get_bucket_versioning(Bucket=bucket))
    # Whoever may read and write but not ask for the lock is promised none.
    found = link.ask(
        lambda c: c.get_object_lock_configuration(Bucket=bucket), none_if=NO_LOCK | {"AccessDenied", "403", "404"}
    )
    lock = (found or {}).get("ObjectLockConfiguration") or {}
    rule = (lock.get("Rule") or {}).get("DefaultRetention") or {}
    days = int(rule.get("Days") or 0) + 366 * int(rule.get("Years") or 0)
    enabled = lock.get("ObjectLockEnabled") == "Enabled"
    return Promise(versioning.get("Status") == "Enabled", enabled, str(rule.get("Mode") or ""), days)


def words_of(promise: Promise | None, retain: int) -> tuple[bool, str]:
    """Whether it is write-once, and the words for it. `retain`: days that this program asks for with each put."""
    if promise is None:
        return False, "not asked yet whether it is write-once"
    if not promise.lock:
        return False, "tamper-evident, not write-once: the bucket has no Object Lock"
    days = max(retain, promise.days if promise.mode == "COMPLIANCE" else 0)
    if days:
        return True, f"write-once: Object Lock in compliance mode, {_length(days)}"
    if promise.days:
        return (
            False,
            "tamper-evident, not write-once: its Object Lock is in governance mode, which an administrator lifts",
        )
    return False, "tamper-evident, not write-once: Object Lock is on, but keeps only what is protected one by one"


def refuse_unfit(promise: Promise, link: Link) -> None:
    """Raises StoreUnfit for a bucket that keeps no versions."""
    if not promise.versions:
        raise StoreUnfit(
            f"The {link.where.place} keeps no versions: what is overwritten there is lost.",
            "Turn versioning on, or make a new bucket with `reviewer store create`.",
        )


def refuse_unlocked(promise: Promise, link: Link, path: str) -> None:
    """Raises NotSupported where nothing can be kept. Not left to the engine: SeaweedFS takes a retention for a bucket
    without Object Lock."""
    if not promise.lock:
        raise NotSupported(
            f"The {link.where.place} has no Object Lock: nothing keeps {path} from being removed.",
            "Use a bucket that was made with it; `reviewer store create` makes one.",
        )


def protection_of(link: Link, key: str, path: str, version: str | None) -> Protection:
    """Read back from the store."""
    name = {"Bucket": link.where.bucket, "Key": key} | ({"VersionId": version} if version else {})
    head = link.must(lambda c: c.head_object(**name), path)
    until = head.get("ObjectLockRetainUntilDate")
    return Protection(
        from_datetime(until) if isinstance(until, datetime) else None,
        head.get("ObjectLockLegalHoldStatus") == "ON",
        str(head.get("ObjectLockMode") or ""),
    )


def protect(link: Link, key: str, path: str, version: str | None, until: Utc) -> None:
    """Retention in compliance mode until then, set and read back. Raises NotSupported, ProtectionRefused."""
    asked = Utc(-(-until // SECOND) * SECOND)  # engines keep whole seconds
    now = protection_of(link, key, path, version)
    if now.mode == "COMPLIANCE" and now.until is not None and now.until >= asked:
        if now.until - SECOND < asked:
            return
        raise _shorter(path, now.until)
    wanted = {"Mode": "COMPLIANCE", "RetainUntilDate": to_datetime(asked)}
    _set(link, key, path, version, "put_object_retention", Retention=wanted)
    now = protection_of(link, key, path, version)
    if now.until is None or now.until < asked or now.mode != "COMPLIANCE":
        raise ProtectionRefused(
            f"The store took the retention of {path} and does not have it.",
            "Do not count on it; tell who keeps the store.",
        )


def hold(link: Link, key: str, path: str, version: str | None, on: bool) -> None:
    """Legal hold, set and read back. Raises NotSupported, ProtectionRefused."""
    _set(link, key, path, version, "put_object_legal_hold", LegalHold={"Status": "ON" if on else "OFF"})
    if protection_of(link, key, path, version).hold is not on:
        raise ProtectionRefused(
            f"The store took the legal hold of {path} and does not have it.", "Tell who keeps the store."
        )


def _set(link: Link, key: str, path: str, version: str | None, verb: str, **what: object) -> None:
    name = {"Bucket": link.where.bucket, "Key": key} | ({"VersionId": version} if version else {})
    if link.ask(lambda c: getattr(c, verb)(**name, **what), path, none_if=NO_LOCK | _REFUSED) is not None:
        return
    raise ProtectionRefused(
        f"The store does not change what keeps {path}.", "Ask who keeps the store whether these credentials may."
    )


def _shorter(path: str, until: Utc) -> ProtectionRefused:
    return ProtectionRefused(
        f"{path} is kept until {format_rfc3339(until)[:19]}Z; that cannot be shortened by anybody.",
        "Name a later time.",
    )


def _length(days: int) -> str:
    return f"{days // 366} years" if days >= 732 and days % 366 == 0 else f"{days} days" if days > 1 else "1 day"
