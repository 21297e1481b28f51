"""exiftool, an outside program that reads positions out of many more kinds of file than this program: dashcams, phones,
cameras. It need not be there. It gets the path of a person's own file, never footage of a case; what it answers is read
as strictly as any file (`tracks/exiftool`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reviewer.domain.errors import Cancelled, UnreadableTrack
from reviewer.intake.exif import PICTURES as PICTURES

PATIENCE = 120.0
"""Seconds that it may take for one file."""
LONGEST = 64 << 20
"""Bytes that it may answer."""
_LOOK = 0.2
_ARGUMENTS = (
    *("-json", "-extractEmbedded", "-G3", "-n", "-fast", "-charset", "utf8"),
    *("-GPSLatitude", "-GPSLongitude", "-GPSLatitudeRef", "-GPSLongitudeRef", "-GPSDateTime", "-GPSDateStamp"),
    *("-GPSTimeStamp", "-GPSSpeed", "-GPSSpeedRef", "-GPSTrack", "-GPSHPositioningError", "-GPSDOP", "-GPSHDOP"),
    *("-GPSStatus", "-SampleTime"),
)


def exiftool_here() -> str | None:
    """Where it is, or None."""
    return shutil.which("exiftool")


def ask_exiftool(path: Path, cancelled: Callable[[], bool] | None = None) -> bytes:
    """Its answer about the positions in a file, as JSON. Raises UnreadableTrack where it is not there, fails, takes too
    long or answers too much; Cancelled."""
    program = exiftool_here()
    if program is None:
        raise UnreadableTrack(
            f"{path.name} is of a kind that no reader here knows.",
            "Install exiftool, which reads many more, or export the track as GPX or CSV.",
        )
    with tempfile.TemporaryFile() as answer:
        # A config file of the person's could run anything: none is read. "--" ends the options.
        command = [program, "-config", os.devnull, *_ARGUMENTS, "--", str(path.absolute())]
        try:
            child = subprocess.Popen(  # noqa: S603 - a program from PATH, a list of arguments, no shell
                command, stdin=subprocess.DEVNULL, stdout=answer, stderr=subprocess.DEVNULL, close_fds=True
            )
        except OSError as wrong:
            raise UnreadableTrack("exiftool cannot be started.", "Check how it is installed.") from wrong
        try:
            _wait(child, path.name, answer.fileno(), cancelled)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        answer.seek(0)
        data = answer.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise UnreadableTrack(f"exiftool says too much of {path.name}.", "Export the hours that matter as GPX.")
    if not data.strip():
        raise UnreadableTrack(f"exiftool finds nothing in {path.name}.", "Export the track as GPX or CSV.")
    return data


def _wait(child: subprocess.Popen[bytes], name: str, answer: int, cancelled: Callable[[], bool] | None) -> None:
    began = time.monotonic()
    while True:
        try:
            child.wait(_LOOK)
            return
        except subprocess.TimeoutExpired:
            if cancelled is not None and cancelled():
                raise Cancelled("Reading the file") from None
            if time.monotonic() - began > PATIENCE or os.fstat(answer).st_size > LONGEST:
                raise UnreadableTrack(
                    f"exiftool takes too long over {name}.", "Export the hours that matter as GPX."
                ) from None
