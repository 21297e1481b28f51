"""What a camera's tile has to say at an instant. Never plain black: a picture, or one of these words."""

from __future__ import annotations

from enum import StrEnum


class TileState(StrEnum):
    PLAYING = "playing"  # the frame that the clock asks for
    LATE = "late"  # the last frame is held; the right one is not decoded yet
    STILL = "still"  # a still image taken at this time
    OPENING = "opening"  # being verified and opened
    NOT_STARTED = "not_started"
    ENDED = "ended"
    GAP = "gap"
    NOT_DOWNLOADED = "not_downloaded"
    CORRUPT = "corrupt"
    UNREADABLE = "unreadable"
    STOPPED = (
        "stopped"  # this file crashed its decoder, hung it or asked for too much memory; it runs apart from the app
    )
    NO_PERMISSION = "no_permission"
    RESTRICTED = "restricted"  # a reason is asked for before this recording is shown, each time
    COVERED = "covered"  # no durable log entry covers this instant, or the session is locked


class Fidelity(StrEnum):
    """How faithful the picture in a tile is. Whatever is not ORIGINAL the tile says in words. At rest, and in every
    still, it is the original."""

    ORIGINAL = "original"
    PROXY = "proxy"  # the right frame, from a small copy made on this machine
    SKIPPING = "skipping"  # originals, but frames that no other frame needs are left out
    KEYS = "keys"  # originals, key frames only
