"""The keys of the list of files that are being made, in both rooms that have it."""

from __future__ import annotations

from reviewer.ui.command import Command, Where


def _of(room: str, where: Where, group: str) -> tuple[Command, ...]:
    return (
        Command(f"{room}.renders_next", "The next file that is being made", "Ctrl+Down", group, where),
        Command(f"{room}.renders_cancel", "Stop making the file", "Ctrl+.", group, where),
        Command(f"{room}.renders_retry", "Make the file again, or go on", "Ctrl+Shift+R", group, where),
        Command(f"{room}.renders_show", "Show the file in its folder", "Ctrl+Shift+O", group, where),
        Command(f"{room}.renders_forget", "Take the file off the list", "Ctrl+Shift+X", group, where),
    )


RENDERS = (*_of("reel", Where.REELS, "Reels: files"), *_of("disclose", Where.DISCLOSE, "Copies: files"))
