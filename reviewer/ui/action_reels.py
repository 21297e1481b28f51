"""The keys of the reels' screen."""

from __future__ import annotations

from reviewer.ui.command import Command, Where


def _command(id_: str, words: str, key: str) -> Command:
    return Command(f"reel.{id_}", words, key, "Reels", Where.REELS)


CAMERAS = tuple(_command(f"camera_{n}", f"Camera {n} into the clip, or out of it", str(n)) for n in range(1, 10))
"""By their numbers on the list of released recordings."""
REELS = (
    _command("play", "Play, stop", "Space"),
    _command("play_all", "Play the whole reel from its beginning", "Shift+Space"),
    _command("previous", "Clip before", "["),
    _command("next", "Next clip", "]"),
    _command("back", "One second back", "Left"),
    _command("on", "One second on", "Right"),
    _command("far_back", "Five seconds back", "Shift+Left"),
    _command("far_on", "Five seconds on", "Shift+Right"),
    _command("frame_back", "One frame back", ","),
    _command("frame_on", "One frame on", "."),
    _command("in", "The clip begins here", "I"),
    _command("out", "The clip ends here", "O"),
    _command("ask", "Pause and ask at the clip’s end", "Q"),
    _command("split", "Cut the clip in two here", "K"),
    _command("add", "What is marked becomes a clip", "A"),
    _command("card", "A title card", "C"),
    _command("earlier", "The clip one place to the left", "Alt+Left"),
    _command("later", "The clip one place to the right", "Alt+Right"),
    _command("remove", "Take the clip off the strip", "Del"),
    _command("hear", "Hear the clip’s next camera", "H"),
    _command("mute", "Sound on, off", "M"),
    _command("write", "To the clip’s title", "E"),
    _command("faces", "Look for faces, and decide on them", "Alt+F"),
    _command("search", "Look for faces where nobody looked yet", "F"),
    _command("search_stop", "Stop looking for faces", "Shift+F"),
    _command("take", "This is a face: hide it", "T"),
    _command("refuse", "This is no face", "N"),
    _command("hide", "Hide a region in this clip", "X"),
    _command("hide_whole", "Hide a region in the whole recording", "Shift+X"),
    _command("unhide", "Take the picked mask off", "Shift+Del"),
    _command("plain", "Say why nothing is hidden", "Alt+W"),
    _command("plain_clip", "Nothing is hidden in this clip, for that reason", "Alt+Return"),
    _command("plain_reel", "Nothing is hidden in the whole reel, for that reason", "Alt+Shift+Return"),
    _command("burned", "Burned-in names are covered, or not looked at", "Alt+B"),
    _command("render", "Render the reel to a file", "Ctrl+Return"),
    _command("choose", "Another reel, or a new one", "Ctrl+O"),
    _command("rename", "Another title for the reel", "F2"),
    _command("undo", "Undo (a new entry)", "Z"),
    _command("redo", "Redo", "Shift+Z"),
    *CAMERAS,
)
