"""Publishing a log as static files: bundles and tiles first, `checkpoints/<size>` next, `checkpoint` last.

Whoever reads the files meanwhile sees the old tree whole or the new one whole. Everything but `checkpoint` is written
once and never replaced; a publication that stopped halfway is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reviewer.audit.errors import AuditError, Forked, RolledBack
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Checkpoint, verify_note
from reviewer.audit.tiles import CHECKPOINT, Read, checkpoint_path, new_tiles, pack_entries

WriteIfAbsent = Callable[[str, bytes], bool]  # False if something lies there already; it must then be left alone
Replace = Callable[[str, bytes], None]


def publish(log: SqliteLog, read: Read, write_if_absent: WriteIfAbsent, replace: Replace) -> list[str]:
    """Bring the published files up to the local log. Returns the paths that it wrote, in their order; none if all was
    there. Paths are relative to the log's own folder.

    Raises `Forked` if other bytes lie where an unchangeable file belongs or the published checkpoint is not of this
    log, `RolledBack` if it is of more entries than the local log has. Nothing published is changed then: stop, and
    tell."""
    note = log.checkpoint
    local = Checkpoint.from_text(verify_note(note, [log.verifier])[0])
    published = _published_size(log, local, read)
    if published == local.size:
        return []
    written = []
    for path, data in _files(log, published or 0, local.size, note):
        if write_if_absent(path, data):
            written.append(path)
        elif read(path) != data:
            raise Forked(f"FORK: {path} of {log.origin} is published with other content than this machine's log has.")
    replace(CHECKPOINT, note)
    return [*written, CHECKPOINT]


def _files(log: SqliteLog, old: int, new: int, note: bytes) -> Iterator[tuple[str, bytes]]:
    for tile in new_tiles(old, new):
        if tile.level == 0:
            yield tile.entries_path, pack_entries(list(log.entries(tile.start, tile.start + tile.width)))
        yield tile.path, b"".join(log.hashes(tile))
    yield checkpoint_path(new), note


def _published_size(log: SqliteLog, local: Checkpoint, read: Read) -> int | None:
    """How many entries are published, None if no checkpoint is."""
    note = read(CHECKPOINT)
    if note is None:
        return None
    try:
        published = Checkpoint.from_text(verify_note(note, [log.verifier])[0])
    except AuditError as wrong:
        raise Forked(f"FORK: the published checkpoint of {log.origin} is not this log's: {wrong}") from wrong
    if published.origin != log.origin:
        raise Forked(f"FORK: the published checkpoint is of {published.origin}, not of {log.origin}.")
    if published.size > local.size:
        raise RolledBack(
            f"ROLLBACK: {published.size} entries of {log.origin} are published, and this machine has {local.size}."
        )
    if log.root_at(published.size) != published.root:
        raise Forked(
            f"FORK: the first {published.size} entries of {log.origin} are not the {published.size} that are published."
        )
    return published.size
