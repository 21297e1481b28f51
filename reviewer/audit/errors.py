"""What can be wrong with a log. Each error is one clear sentence."""

from __future__ import annotations


class AuditError(Exception):
    """Any error of this library."""


class BadProof(AuditError):
    """An inclusion or consistency proof does not prove what it is said to prove."""


class BadNote(AuditError):
    """A signed note, a verifier key or a checkpoint is malformed, or no trusted key signed it."""


class BadEntry(AuditError):
    """Bytes are not a log entry in its one canonical form."""


class BadTile(AuditError):
    """The bytes of a tile or an entry bundle are not as tlog-tiles lays them out."""


class NotPublished(AuditError):
    """A file that a published log must have is not there."""


class LogMisused(AuditError):
    """The caller broke the log's contract: no transaction, no signer, an index that is not there."""


class LogDamaged(AuditError):
    """What the database holds does not agree with its own signed head. Nothing may be appended to it."""


class Forked(AuditError):
    """FORK: the published log and the local one hold different entries at the same place."""


class RolledBack(AuditError):
    """ROLLBACK: the published log is longer than the local one, so the local one lost entries."""
