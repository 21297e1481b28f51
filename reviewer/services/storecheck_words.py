"""What a check of the store says: one sentence a fault, with the next step. Paths stand in the finding beside it."""

from __future__ import annotations

from reviewer.domain.storecheck import Fault, Finding, Severity
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.stores.base import ObjectStat, Store

_BROKEN, _WARNING, _NOTE = Severity.BROKEN, Severity.WARNING, Severity.NOTE
_KEEPER = "Tell who keeps the store, and do not touch it."
_CUSTODIAN = "Ask the custodian who put it there."
_DAY = 86_400 * SECOND
JUST_PUT = _DAY
"""How long an object without a manifest may be one that is still being taken in."""


def size(count: int) -> str:
    """Bytes to be read by a person: "1.2 MB"; the report's figures have the exact ones."""
    for unit, step in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= step:
            return f"{count / step:.1f} {unit}"
    return "1 byte" if count == 1 else f"{count} bytes"


def day(at: Utc) -> str:
    return format_rfc3339(at)[:10]


def age(since: Utc | None, now: Utc) -> str:
    """How long something has lain there, to be read by a person."""
    if since is None:
        return "at a time that the store does not say"
    days = max(0, now - since) // _DAY
    return "today" if days == 0 else "a day ago" if days == 1 else f"{days} days ago"


# -- documents -------------------------------------------------------------------------------------------------------


def not_believed(path: str, why: str, next_step: str) -> Finding:
    """A signed document that counts for nothing. `why` is the sentence of whoever refused it."""
    return Finding(_BROKEN, Fault.NOT_BELIEVED, path, f"This document counts for nothing: {why}", next_step)


def gap(folder: str, first: int, last: int) -> Finding:
    """Numbered documents that are missing below one that is there."""
    which = f"Document {first} is" if first == last else f"Documents {first} to {last} are"
    message = f"{which} missing in {folder}, though a later one is there."
    return Finding(_BROKEN, Fault.GAP, f"{folder}/{first}.json", message, _KEEPER)


def lost(path: str) -> Finding:
    message = "This signed document is no longer in the store; this machine has a copy."
    return Finding(_BROKEN, Fault.LOST, path, message, _KEEPER)


def rolled_back(newest: int, seen: int) -> Finding:
    """The store's newest roster is older than one that this machine has accepted."""
    message = f"The roster went back from version {seen} to {newest}."
    return Finding(_BROKEN, Fault.ROLLED_BACK, "roster", message, "Do not go on; tell who keeps the store.")


def exchanged(version: int) -> Finding:
    """A roster of a version that this machine knows, and another one."""
    message = f"Roster {version} in the store is another one than this machine has accepted."
    return Finding(
        _BROKEN, Fault.ROLLED_BACK, f"roster/{version}.json", message, "Do not go on; tell who keeps the store."
    )


def expired(version: int, at: Utc) -> Finding:
    message = f"The roster expired on {day(at)}."
    return Finding(_WARNING, Fault.EXPIRED, f"roster/{version}.json", message, "Ask the custodian for a new one.")


def no_custody(path: str, recording: str) -> Finding:
    """No custody key of the roster opens this recording."""
    message = f"{recording} is sealed to no custody key of the roster: nobody can assign it any more."
    return Finding(
        _BROKEN, Fault.NO_CUSTODY, path, message, "Find the custody key of then, or ingest it again.", recording
    )


def custody_partly(path: str, recording: str, keys: list[str]) -> Finding:
    """One of the custody keys does not open this recording."""
    message = f"{recording} is not sealed to the custody key {', '.join(keys)}."
    return Finding(_WARNING, Fault.CUSTODY_PARTLY, path, message, "Keep a custody key that opens it.", recording)


def no_recording(path: str, recording: str) -> Finding:
    """A document speaks of a recording without a manifest."""
    message = f"It names {recording}, of which no manifest can be believed."
    return Finding(_WARNING, Fault.NO_RECORDING, path, message, "Ask the custodian what became of it.", recording)


# -- objects ---------------------------------------------------------------------------------------------------------


def missing(path: str, label: str, recording: str | None, wanted: int) -> Finding:
    """What a manifest names is not there."""
    message = f"{label} ({size(wanted)}) is not in the store."
    step = "Bring it back from a backup or from a machine that has it, under the same name."
    return Finding(_BROKEN, Fault.MISSING, path, message, step, recording)


def wrong_size(path: str, label: str, recording: str | None, found: int, wanted: int) -> Finding:
    """An object of another size than its manifest says."""
    how = "cut short" if found < wanted else "longer than it was signed"
    message = f"{label} is {how}: {found:,} bytes, and its manifest names {wanted:,}."
    return Finding(_BROKEN, Fault.SIZE, path, message, "Bring it back from a backup, under the same name.", recording)


def contradicted(path: str, label: str, recording: str | None, sizes: tuple[int, ...]) -> Finding:
    """Manifests that do not agree about one object."""
    message = f"Manifests disagree how long {label} is: {', '.join(f'{s:,}' for s in sizes)} bytes."
    return Finding(_BROKEN, Fault.SIZE, path, message, _CUSTODIAN, recording)


def wrong_bytes(path: str, label: str, recording: str | None, found: str) -> Finding:
    """An object whose bytes are not what was signed."""
    message = f"{label} does not match its signed manifest: its SHA-256 is {found}."
    return Finding(_BROKEN, Fault.BYTES, path, message, "Bring it back from a backup, under the same name.", recording)


def unreadable(path: str, label: str, recording: str | None, why: str) -> Finding:
    """The store answers, and this one thing cannot be read."""
    message = f"{label or path} cannot be read: {why}"
    return Finding(
        _BROKEN, Fault.UNREADABLE, path, message, "Check the store’s disk and rights, then check again.", recording
    )


def orphan(there: ObjectStat, now: Utc) -> Finding:
    """An object that no believed manifest names."""
    young = there.modified is not None and now - there.modified < JUST_PUT
    message = f"No manifest that is believed names this object ({size(there.size)}, put {age(there.modified, now)})."
    step = (
        "It may be on its way: check again tomorrow."
        if young
        else "Ingest that footage again; nothing is removed here."
    )
    return Finding(_NOTE if young else _WARNING, Fault.ORPHAN, there.path, message, step)


def leftover(there: ObjectStat, now: Utc) -> Finding:
    """What a writer left that did not end."""
    begun = age(there.modified, now)
    message = f"A writing that did not end left {size(there.size)} here, begun {begun}."
    return Finding(_NOTE, Fault.LEFTOVER, there.path, message, "It is no evidence; who keeps the store may remove it.")


def strange(path: str) -> Finding:
    message = "Nothing in this program puts such a thing there."
    return Finding(_WARNING, Fault.STRANGE, path, message, "Ask who put it there; it was not touched.")


# -- what holds them -------------------------------------------------------------------------------------------------


def written_again(path: str, later: tuple[ObjectStat, ...]) -> Finding:
    """Versions that lie over the one that counts."""
    last = max((v.modified for v in later if v.modified is not None), default=None)
    when = f", last on {day(last)}" if last is not None else ""
    times = "once" if len(later) == 1 else f"{len(later)} times"
    message = f"Somebody wrote over it {times}{when}; the oldest version counts, and was read."
    return Finding(_WARNING, Fault.VERSIONS, path, message, "Find out who may write there, and why it was done.")


def removed(path: str, at: Utc | None) -> Finding:
    """A delete marker lies over the version that counts."""
    when = f" on {day(at)}" if at is not None else ""
    message = f"Somebody removed it{when}; its oldest version is still there, and was read."
    return Finding(_WARNING, Fault.DELETED, path, message, "Find out who may remove things there, and why it was done.")


def not_locked(path: str) -> Finding:
    message = "Nothing keeps this from being removed, in a store that is write-once."
    return Finding(_WARNING, Fault.NOT_LOCKED, path, message, "Set its retention: “reviewer store retain”.")


def weakly_locked(path: str, mode: str, until: Utc) -> Finding:
    message = f"It is kept until {day(until)} in the mode {mode}, which an administrator can undo."
    return Finding(_WARNING, Fault.NOT_LOCKED, path, message, "Set its retention: “reviewer store retain”.")


def lock_ended(path: str, until: Utc) -> Finding:
    """Nothing keeps it any more."""
    message = f"What kept this from being removed ended on {day(until)}."
    return Finding(
        _WARNING, Fault.LOCK_ENDED, path, message, "Set a later retention, or have it removed as your rules say."
    )


def not_write_once(store: Store) -> Finding:
    """What the store as a whole does not promise."""
    bucket = "://" in store.location
    locks = (
        "Have the bucket keep everything that is put into it in compliance mode: Object Lock with a default retention."
    )
    step = locks if bucket else "Keep its rights narrow, and a copy somewhere else."
    message = f"This store is {store.integrity}: whoever may write there can remove what lies in it."
    return Finding(_WARNING if bucket else _NOTE, Fault.NOT_WRITE_ONCE, "", message, step)


# -- logs ------------------------------------------------------------------------------------------------------------


def log(origin: str, problem: str) -> Finding:
    return Finding(
        _BROKEN, Fault.LOG, f"logs/{origin}", problem, "Tell the custodian; “reviewer log verify” says more."
    )


def log_place(path: str, message: str, next_step: str, *, empty: bool) -> Finding:
    """What is wrong with the logs as a whole, or with one that nobody's key may sign."""
    return Finding(_WARNING if empty else _BROKEN, Fault.LOG, path, message, next_step)


def bodies(origin: str, count: int) -> Finding:
    """Bodies of a log that are not there."""
    which = "1 body is" if count == 1 else f"{count:,} bodies are"
    message = f"{which} not there: removed, or not published. The log is whole without."
    return Finding(_NOTE, Fault.BODIES, f"logs/{origin}", message, "Ask its owner if nothing was to be removed.")
