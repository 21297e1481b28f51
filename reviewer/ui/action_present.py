"""The keys of presenting a finished reel, and of a reel's way to another editor and back."""

from __future__ import annotations

from reviewer.ui.command import Command, Where

ANSWERS = tuple(
    Command(f"present.answer_{n}", f"Answer {n} of the question", str(n), "Presenting", Where.PRESENT)
    for n in range(1, 10)
)
PRESENT = (
    Command("reel.present", "Present the rendered reel on another display", "P", "Reels", Where.REELS),
    Command("reel.timeline_out", "Write the reel as a timeline for an editor", "Ctrl+E", "Reels", Where.REELS),
    Command("reel.timeline_in", "A reel of an editor’s timeline", "Ctrl+I", "Reels", Where.REELS),
    Command("present.toggle", "Play, stop; from a question on", "Space", "Presenting", Where.PRESENT),
    Command("present.next", "Next clip", "PgDown", "Presenting", Where.PRESENT),
    Command("present.previous", "This clip again, or the one before", "PgUp", "Presenting", Where.PRESENT),
    Command("present.first", "The reel from its beginning", "Home", "Presenting", Where.PRESENT),
    *ANSWERS,
)
