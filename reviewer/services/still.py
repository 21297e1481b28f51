"""A still: the original frame that a camera shows, saved as a PNG that says where it comes from.

The frame is decoded once more from the verified part, at its own size; the tile's picture is not used. Its entry is
durable before the file is written (no entry, no effect), and names the file by its SHA-256. The file is the one thing
of a recording that leaves the seal: it is plaintext in the folder that the person chose. Of a whole wall each picture
is a file and an entry of its own.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np

from reviewer import __version__
from reviewer.domain.errors import LogUnwritable, ReviewerError, UnreadableMedia
from reviewer.domain.events import Event, StillSaved
from reviewer.domain.recording import Manifest
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, Utc, format_rfc3339, to_datetime
from reviewer.exports.png import encode_png
from reviewer.media.camera import DeckCamera, Image, TilePicture
from reviewer.media.still import Still, original
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import check_room, write_new
from reviewer.services.journal import Recorded
from reviewer.services.playback import Playback

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_LONGEST_NAME = 40  # characters of the case's and of the officer's name in a file's name


class NotOnScreen(ReviewerError):
    """No durable entry says that this picture is shown now: no still of it is made."""

    def __init__(self) -> None:
        super().__init__("The log does not say yet that this picture is shown.", "Save again in a moment.")


@dataclass(frozen=True, slots=True)
class SavedStill:
    """The file, and its entry."""

    path: Path
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class SavedStills:
    """What became of a wall: the files, whose pictures could not be saved and why, and how many were not tried because
    a person stopped or the log did."""

    saved: tuple[SavedStill, ...]
    failed: tuple[tuple[Manifest, ReviewerError], ...] = ()
    left: int = 0


class Stills:
    """Saves stills of one open case. `save` on the GUI's thread; the work is done in `pool`. `saved_by` is the person
    as the file is to name them, `promise` what the evidence store promises ("tamper-evident, not write-once")."""

    def __init__(
        self,
        playback: Playback,
        record: Callable[[Event], Future[Recorded]],
        pool: Executor,
        case: str,
        saved_by: str,
        *,
        promise: Callable[[], str] = str,
        now: Clock = utc_now,
    ) -> None:
        self._playback = playback
        self._record = record
        self._pool = pool
        self._case = case
        self._saved_by = saved_by
        self._promise = promise
        self._now = now

    def save(self, manifest: Manifest, picture: TilePicture, folder: Path) -> Future[SavedStill]:
        """Save the original of a picture that is on the screen into a folder. Raises NotOnScreen if it is not. The
        Future has UnreadableMedia or what opening the part raises, LogUnwritable (there is no file then), or the
        disk's refusal."""
        return self._pool.submit(self._save, manifest, self._standing(manifest.recording_id, picture), picture, folder)

    def save_all(
        self,
        wanted: Sequence[tuple[Manifest, TilePicture]],
        folder: Path,
        progress: Callable[[int], None],
        stop: threading.Event,
    ) -> Future[SavedStills]:
        """Save the original of each of these pictures that is on the screen, one after the other. `progress` is told,
        in the pool, how many are done; `stop` ends it after the one that is being saved. Raises NotOnScreen if none of
        them is on the screen. Once the log cannot be written no more are tried."""
        found: list[tuple[Manifest, DeckCamera, TilePicture]] = []
        gone: list[tuple[Manifest, ReviewerError]] = []
        for manifest, picture in wanted:
            try:
                found.append((manifest, self._standing(manifest.recording_id, picture), picture))
            except NotOnScreen as wrong:
                gone.append((manifest, wrong))
        if not found:
            raise NotOnScreen
        return self._pool.submit(self._save_all, found, gone, folder, progress, stop)

    def original(self, recording: str, picture: TilePicture) -> Future[TilePicture]:
        """The original of a picture that is on the screen, at its own size, to be looked at beside others: it too is
        shown only once the log has it. Raises NotOnScreen; the Future has what opening the part raises."""
        return self._pool.submit(_as_original, self._standing(recording, picture), picture)

    def _standing(self, recording: str, picture: TilePicture) -> DeckCamera:
        camera = self._playback.camera(recording)
        if camera is None or not self._playback.stands(recording, picture):
            raise NotOnScreen
        return camera

    def _save_all(
        self,
        found: list[tuple[Manifest, DeckCamera, TilePicture]],
        failed: list[tuple[Manifest, ReviewerError]],
        folder: Path,
        progress: Callable[[int], None],
        stop: threading.Event,
    ) -> SavedStills:
        saved: list[SavedStill] = []
        for number, (manifest, camera, picture) in enumerate(found):
            if stop.is_set():
                return SavedStills(tuple(saved), tuple(failed), len(found) - number)
            try:
                saved.append(self._save(manifest, camera, picture, folder))
            except LogUnwritable as wrong:
                return SavedStills(tuple(saved), (*failed, (manifest, wrong)), len(found) - number - 1)
            except ReviewerError as wrong:
                failed.append((manifest, wrong))
            progress(number + 1)
        return SavedStills(tuple(saved), tuple(failed))

    def _save(self, manifest: Manifest, camera: DeckCamera, picture: TilePicture, folder: Path) -> SavedStill:
        still = _exactly(camera, picture)
        words = provenance(
            self._case, manifest, still, self._saved_by, note=picture.note, promise=self._promise(), now=self._now()
        )
        data = encode_png(still.image, words, still.aspect)
        path = folder / self._name(manifest, still)
        check_room(path, len(data))
        event = StillSaved(self._case, manifest.recording_id, still.part, still.pts, sha256(data).hexdigest())
        recorded = self._record(event).result()
        try:
            return SavedStill(write_new(path, data), recorded)
        except ReviewerError as wrong:
            raise ReviewerError(wrong.message, f"{wrong.next_step} The log keeps the entry of this try.") from wrong

    def _name(self, manifest: Manifest, still: Still) -> str:
        case, officer = (_NOT_IN_A_NAME.sub("-", n)[:_LONGEST_NAME].strip(" .") for n in (self._case, manifest.officer))
        return f"{case} {officer} {_moment(still.at).replace(':', '.')} UTC.png".lstrip()


def provenance(
    case: str,
    manifest: Manifest,
    still: Still,
    saved_by: str,
    *,
    note: str = "",
    promise: str = "",
    now: Utc | None = None,
) -> dict[str, str]:
    """What a PNG of a recording's frame says of itself, by keyword. `promise` is the evidence store's."""
    part, clock = manifest.parts[still.part], manifest.clock
    device = " ".join(filter(None, (manifest.device.make, manifest.device.model, manifest.device.serial)))
    words = {
        "Title": f"{manifest.officer}, {_moment(still.at)} UTC, {case}",
        "Case": case,
        "Recording": manifest.recording_id,
        "Agency": manifest.agency,
        "Officer": manifest.officer,
        "Camera": device,
        "Part": f"{still.part + 1} of {len(manifest.parts)}{f', {part.name}' if part.name else ''}",
        "Original file SHA-256": part.sha256,
        "Sealed object SHA-256": part.object,
        "Evidence store": promise,
        "Pts": str(still.pts),
        "Time base": f"{still.time_base.numerator}/{still.time_base.denominator}",
        "UTC": format_rfc3339(still.at),
        "Uncertainty": f"{clock.uncertainty} µs (one standard deviation)",
        "Clock source": clock.source.value,
        "Clock correction": f"{clock.correction} µs were added to the camera's own clock",
        "Turned": f"{still.rotation} degrees clockwise" if still.rotation else "",
        "Note": note,
        "Saved by": saved_by,
        "Saved at": format_rfc3339(utc_now() if now is None else now),
        "Software": f"Reviewer {__version__}",
    }
    return {keyword: text for keyword, text in words.items() if text}


def _exactly(camera: DeckCamera, picture: TilePicture) -> Still:
    """The original of this picture. Raises UnreadableMedia if the file no longer gives that very frame."""
    shown = camera.parts[picture.part].range
    still = original(camera, Utc(max(picture.at, shown.start)))
    if (still.part, still.pts) != (picture.part, picture.pts):
        raise UnreadableMedia("The frame shown is not found again in its file.", "Step one frame and save again.")
    return still


def _as_original(camera: DeckCamera, picture: TilePicture) -> TilePicture:
    still = _exactly(camera, picture)
    state = TileState.STILL if picture.state is TileState.STILL else TileState.PLAYING
    image = _square(still.image, still.aspect)
    return replace(picture, state=state, image=image, late=Micros(0), fidelity=Fidelity.ORIGINAL)


def _square(image: Image, aspect: Fraction) -> Image:
    """A picture whose pixels are not square, stretched to how it is meant to be seen; the others as they are."""
    if aspect == 1:
        return image
    width = max(1, round(image.shape[1] * aspect))
    at = np.linspace(0, image.shape[1] - 1, width)
    left = at.astype(np.intp)
    right = np.minimum(left + 1, image.shape[1] - 1)
    share = (at - left)[None, :, None]
    mixed = image[:, left] * (1 - share) + image[:, right] * share
    return np.ascontiguousarray(np.round(mixed).astype(np.uint8))


def _moment(at: Utc) -> str:
    """To the millisecond, rounded down: "2026-06-13 19:42:17.480"."""
    return to_datetime(at).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
