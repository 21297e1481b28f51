"""The keys of clips and originals, in the room where copies are made."""

from __future__ import annotations

from reviewer.ui.command import Command, Where

_GROUP, _D = "Copies: clips", Where.DISCLOSE

CLIPS = (
    Command("clips.make", "Make the clips", "Ctrl+Shift+K", _GROUP, _D),
    Command("clips.original", "Copy the originals with their signed manifests", "Ctrl+Shift+M", _GROUP, _D),
    Command("clips.still", "Save this frame as a still", "Ctrl+Shift+S", _GROUP, _D),
    Command("clips.tags", "Clips keep the file’s own words, or not", "Ctrl+Shift+T", _GROUP, _D),
)
