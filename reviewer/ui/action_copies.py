"""The keys of the rooms where new files are made: reels for training, copies for the public."""

from __future__ import annotations

from reviewer.ui.command import Command, Where

REELS = (Command("reel.play", "Play, stop", "Space", "Reels", Where.REELS),)
DISCLOSE = (Command("disclose.play", "Play, stop", "Space", "Copies", Where.DISCLOSE),)
