"""Why a log cannot be written, as a person is told."""

from __future__ import annotations

import errno
import sqlite3

from reviewer.domain.errors import LogUnwritable


def unwritable(wrong: Exception) -> LogUnwritable:
    """Why the log cannot be written, as a sentence with its next step."""
    code = getattr(wrong, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or getattr(wrong, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):
        return LogUnwritable("The log cannot be written: the disk is full.", "Make room on the disk, then try again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return LogUnwritable(
            "The log cannot be written: its file is read-only.", "Give this account the right to it, then try again."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LogUnwritable(
            "The log cannot be written: another program holds it.", "Close the other program, then try again."
        )
    why = str(wrong).rstrip(".")
    return LogUnwritable(f"The log cannot be written: {why}.", "Check the disk, then try again or log on again.")


def closed() -> LogUnwritable:
    """Nothing is written after the end."""
    return LogUnwritable("The log is closed.", "Log on again.")


def unsayable(error: BaseException) -> LogUnwritable:
    """What to say where no entry can say what was to be recorded."""
    return LogUnwritable(f"This view cannot be written into the log: {error}.", "Tell who looks after this program.")
