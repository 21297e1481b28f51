"""What a prosecutor or a court is given of a case: clips of the recordings' own frames, originals, stills.

Nothing is hidden in them and, where that can be, nothing encoded anew (`media/remux`): a clip is what the camera wrote,
from the key frame before what was asked for. An original is the camera's whole file, byte for byte what its signed
manifest names, with that manifest beside it. What cannot be cut between its frames is for the renderer; `plan` says so.

Of each thing that is made the log has `RenderBegun` before its footage is read, and `CopyMade` (`encoded` False) before
it has its name; what the check refuses is thrown away (`CopyRefused`). No file of one order (`job`) is named before all
of them are whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from reviewer.domain import making_acts
from reviewer.domain import recording as recordings
from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.domain.making_acts import CopyMade, CopyRefused, RenderBegun
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.timebase import SECOND, TimeRange, Utc, to_datetime
from reviewer.domain.wording import count
from reviewer.exports.png import encode_png
from reviewer.media.camera import Absence, DeckPart, Source
from reviewer.media.clip_check import ClipCheck, check_clip
from reviewer.media.remux import Cut, Kept, look, pieces, tidy
from reviewer.media.still import original
from reviewer.services import apart
from reviewer.services.clip_files import Unnamed, copied, file_name, unnamed
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.signed import read_with_signers
from reviewer.services.still import provenance
from reviewer.services.trust import Trust
from reviewer.services.undoing import Record
from reviewer.services.workspace import Workspace

Progress = Callable[[float], object]
Cancel = Callable[[], bool]
_HEAD = 1 << 20  # bytes that a container takes beside its packets, generously
_HOW = Purpose.CLIP


class Form(StrEnum):
    """What a file is: the `purpose` of its `CopyMade`."""

    CLIP = Purpose.CLIP
    ORIGINAL = making_acts.ORIGINAL  # and the signed manifest beside it
    STILL = making_acts.STILL


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """A clip of one part of a recording, before it is made: `wanted` of it, in stated time, and what that takes."""

    camera: CaseCamera
    part: int
    wanted: TimeRange
    cut: Cut

    @property
    def begins(self) -> Utc:
        """When its first frame was recorded (stated time)."""
        manifest = self.camera.manifest
        return manifest.model(manifest.parts[self.part]).to_utc(self.cut.first)

    @property
    def words(self) -> str:
        """Which frames are kept, or why its own frames cannot be taken: one sentence."""
        if self.cut.why:
            return f"{self.cut.why} It is encoded anew."
        if not self.cut.before:
            return "Its own frames, from a key frame on."
        return f"Its own frames; {count(self.cut.before, 'frame')} before {_clock(self.wanted.start)} UTC are kept."


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made, checked and recorded. `words`: what it is, for the index and the letter of a package."""

    path: Path
    copy: CopyMade
    words: str


class ClipRefused(ReviewerError):
    """The check found that a clip is not what it should be; it was thrown away, and the log says so."""


@dataclass(frozen=True, slots=True)
class Order:
    """For which request (`of`, its id; "" for none), into which `folder`, and how files are called there (`number`, the
    request's). `tags`: clips keep what the container says of camera, time and place."""

    of: str
    folder: Path
    number: str = ""
    tags: bool = False


class Clips:
    """Of one open case. What makes a file takes its time: not on the GUI's thread. `progress` hears shares, 0 to 1."""

    def __init__(self, footage: Footage, trust: Trust, record: Record, saved_by: str = "") -> None:
        self._footage, self._trust, self._record, self._saved_by = footage, trust, record, saved_by

    # Looking

    def plan(self, camera: CaseCamera, stretches: Sequence[TimeRange]) -> tuple[PlannedClip, ...]:
        """What clips of these stretches (stated time) of a recording would be: one for each part that a stretch
        touches. Raises ReviewerError where nothing of it has a picture, or a part is not here."""
        if camera.manifest.kind is not Kind.VIDEO:
            raise ReviewerError(f"{camera.manifest.officer} is no video.", "Give the original.")
        found = []
        deck = self._footage.deck_camera(camera, signed=True)
        for part, wanted in _touched(camera.manifest, stretches):
            model = deck.parts[part].model
            start, end = model.to_stream(wanted.start), model.to_stream(wanted.end)
            cut = look(_source(deck.parts[part]), start, end, _named(camera, part))
            found.append(PlannedClip(camera, part, wanted, cut))
        if not found:
            raise ReviewerError(
                f"{camera.manifest.officer} recorded nothing then.", "Choose a stretch that the camera recorded."
            )
        return tuple(found)

    # Making

    def clips(
        self,
        order: Order,
        planned: Sequence[PlannedClip],
        plan: RenderPlan,
        progress: Progress = lambda _share: None,
        cancelled: Cancel = lambda: False,
    ) -> tuple[MadeFile, ...]:
        """The clips of one recording, a file each. `plan` is what the log names them by
        (`services/disclosure.plan_of`). Raises ReviewerError for one whose own frames cannot be taken, ClipRefused,
        Cancelled, NoRoom, LogUnwritable, and what opening a part raises: no file is there then."""
        for each in planned:
            if each.cut.why:
                raise ReviewerError(each.cut.why, "Render it: it is encoded anew then, and says so.")
        made = _Making(self, order, Form.CLIP, plan)
        with made.begun(progress, cancelled) as making:
            for each in planned:
                making.clip(each, len(planned))
            return making.named()

    def originals(
        self,
        order: Order,
        camera: CaseCamera,
        progress: Progress = lambda _share: None,
        cancelled: Cancel = lambda: False,
    ) -> tuple[MadeFile, ...]:
        """Every file of a recording as its camera left it, and the signed manifest that names them. Raises
        IntegrityError for one that is not what was signed, and like `clips`."""
        manifest = camera.manifest
        made = _Making(self, order, Form.ORIGINAL, whole_plan(manifest))
        with made.begun(progress, cancelled) as making:
            for part in range(len(manifest.parts)):
                making.original(camera, part)
            making.manifest(camera)
            return making.named()

    def still(self, order: Order, camera: CaseCamera, at: Utc) -> MadeFile:
        """The original frame in view at this stated time, as a PNG that says where it comes from."""
        plan = RenderPlan(_HOW, recording=camera.key, stretches=(TimeRange(at, Utc(at + 1)),))
        with _Making(self, order, Form.STILL, plan).begun(lambda _share: None, lambda: False) as making:
            making.still(camera, at)
            return making.named()[0]

    # What the files are made of

    @property
    def footage(self) -> Footage:
        return self._footage

    @property
    def workspace(self) -> Workspace:
        return self._trust.workspace

    @property
    def saved_by(self) -> str:
        return self._saved_by

    def record(self, event: RenderBegun | CopyMade | CopyRefused) -> None:
        """Durable when this returns. Raises LogUnwritable."""
        self._record(event).result()

    def signed(self, manifest: Manifest) -> bytes:
        """The manifest as it was signed (a DSSE envelope), verified again. Raises NotTrusted."""
        path = f"recordings/{manifest.recording_id}/{manifest.n}.json"
        copy = self._trust.workspace.documents / path
        data = copy.read_bytes() if copy.is_file() else self._trust.store.get(path)
        found, _ = read_with_signers(path, data, self._trust.roster())
        if found != recordings.unopened(manifest):
            raise IntegrityError("The signed manifest is another one by now.", "Open the case again.")
        return data


class _Making:
    """The files of one order while they are made: none has its name before all are checked and recorded."""

    def __init__(self, clips: Clips, order: Order, form: Form, plan: RenderPlan) -> None:
        self._clips, self._order, self._form = clips, order, form
        self._job = uuid.uuid4().hex
        self._plan, self._recordings = plan_sha256(plan), plan.recordings
        self._undo = ExitStack()
        self._made: list[tuple[Unnamed, CopyMade, str]] = []
        self._progress: Progress = lambda _share: None
        self._cancelled: Cancel = lambda: False

    def begun(self, progress: Progress, cancelled: Cancel) -> _Making:
        self._progress, self._cancelled = progress, cancelled
        return self

    def __enter__(self) -> _Making:
        case = self._clips.footage.case
        begun = RenderBegun(case, self._job, self._form, self._order.of, self._plan, self._recordings)
        self._clips.record(begun)
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _file(self, name: str, size: int) -> Unnamed:
        return self._undo.enter_context(unnamed(self._clips.workspace, self._order.folder / name, size))

    # One file each

    def clip(self, planned: PlannedClip, of: int) -> None:
        """Cut, written, read again and compared."""
        camera, n, cut = planned.camera, planned.part, planned.cut
        part = self._clips.footage.deck_camera(camera, signed=True).parts[n]
        name, source = _named(camera, n), _source(part)
        start, end = part.model.to_stream(planned.wanted.start), part.model.to_stream(planned.wanted.end)
        times = f"{_clock(planned.wanted.start)}–{_clock(planned.wanted.end)} UTC".replace(":", ".")
        file = self._file(self._name(camera, n, times, f".{cut.format}"), _size(camera.manifest, planned))
        kept: list[Kept] = []

        def bytes_() -> Iterator[tuple[int, bytes]]:
            tags, stopped = self._order.tags, self._cancelled
            for piece in pieces(source, start, end, tags=tags, what=name, cancelled=stopped):
                if piece.kept is not None:
                    kept.append(piece.kept)
                else:
                    yield piece.at, piece.data

        file.fill(bytes_(), tidy)
        self._progress((len(self._made) + 0.5) / of)
        asked = ClipCheck(start, end, kept[0], self._order.tags)
        problems, checks = check_clip(apart.file_source(file.path), source, asked, self._cancelled)
        if problems:
            event = CopyRefused(self._clips.footage.case, self._job, self._form, self._order.of, self._plan, problems)
            self._clips.record(event)
            raise ClipRefused(f"The clip is not given: {problems[0]}", "Render it instead, or give the original.")
        words = f"{_whose(camera, n)}, {_clock(planned.wanted.start)} to {_clock(planned.wanted.end)} UTC: "
        self._note(file, checks, words + _kept_words(kept[0], planned.wanted))
        self._progress(len(self._made) / of)

    def original(self, camera: CaseCamera, n: int) -> None:
        """The camera's file as it was taken in; its SHA-256 must be the signed one."""
        manifest = camera.manifest
        part = manifest.parts[n]
        suffix = Path(part.name).suffix or ".mp4"
        file = self._file(self._name(camera, n, Path(part.name).stem or "original", suffix), part.size)
        before = sum(each.size for each in manifest.parts[:n])
        whole = max(1, sum(each.size for each in manifest.parts))
        deck = self._clips.footage.deck_camera(camera, signed=True).parts[n]
        with closing(_source(deck)()) as raw:
            file.fill(copied(raw, lambda done: self._progress((before + done) / whole), self._cancelled))
        found, _ = file.digest()
        if found != part.sha256:
            raise IntegrityError(f"{_named(camera, n)} is not what was signed.", "Fetch it again.")
        words = f"{_whose(camera, n)}: the camera’s own file, {part.name or 'unnamed'}, whole."
        self._note(file, ("its SHA-256 is the one in the signed manifest",), words)

    def manifest(self, camera: CaseCamera) -> None:
        """The signed manifest, as it lies in the store."""
        data = self._clips.signed(camera.manifest)
        file = self._file(self._name(camera, None, "signed manifest", ".json"), len(data))
        file.fill([(0, data)])
        checks = ("its signature holds under the agency’s roster",)
        self._note(file, checks, f"{_whose(camera, None)}: the manifest that was signed when it was taken in.")

    def still(self, camera: CaseCamera, at: Utc) -> None:
        """One frame, decoded anew at its own size."""
        deck = self._clips.footage.deck_camera(camera, signed=True)
        for part in deck.parts:
            if at in part.range and part.absence is not None:
                raise _absent(part.absence)
        taken = original(deck, at)
        words = provenance(self._clips.footage.case, camera.manifest, taken, self._clips.saved_by)
        data = encode_png(taken.image, words, taken.aspect)
        time = f"{_clock(taken.at)} UTC".replace(":", ".")
        file = self._file(self._name(camera, taken.part, time, ".png"), len(data))
        file.fill([(0, data)])
        if file.digest()[0] != sha256(data).hexdigest():
            raise IntegrityError("The still is not on the disk as it was made.", "Choose another folder.")
        where = f"pts {taken.pts}, base {taken.time_base}"
        self._note(
            file, (f"the original frame, {where}",), f"{_whose(camera, taken.part)}: still of {_clock(taken.at)}."
        )

    def _name(self, camera: CaseCamera, part: int | None, what: str, suffix: str) -> str:
        number = self._order.number or self._clips.footage.case
        many = len(camera.manifest.parts) > 1 and part is not None
        piece = f"part {(part or 0) + 1}" if many else ""
        return file_name(number, f"camera {camera.number}", piece, what, suffix=suffix)

    # Their end

    def _note(self, file: Unnamed, checks: tuple[str, ...], words: str) -> None:
        found, size = file.digest()
        case, of = self._clips.footage.case, self._order.of
        named = CopyMade(
            *(case, self._job, self._form, of, self._plan, self._recordings),
            *(file.target.name, found, size, checks),
            encoded=False,
        )
        self._made.append((file, named, words))

    def named(self) -> tuple[MadeFile, ...]:
        """Record all, then name all."""
        for _, event, _ in self._made:
            self._clips.record(event)
        return tuple(MadeFile(file.give_name(), event, words) for file, event, words in self._made)


def whole_plan(manifest: Manifest) -> RenderPlan:
    """What the log names all of a recording by."""
    return RenderPlan(_HOW, recording=manifest.recording_id, stretches=manifest.rolling)


def _touched(manifest: Manifest, stretches: Sequence[TimeRange]) -> list[tuple[int, TimeRange]]:
    """The parts of a recording that these stretches touch, in order of time, each with what is wanted of it."""
    found = []
    for n, part in enumerate(manifest.parts):
        for stretch in stretches:
            wanted = stretch.overlap(part.range)
            if wanted is not None:
                found.append((n, wanted))
    return sorted(found, key=lambda each: each[1])


def _source(part: DeckPart) -> Source:
    if part.absence is not None:
        raise _absent(part.absence)
    return part.source()


def _absent(absence: Absence) -> ReviewerError:
    return ReviewerError(absence.note, "Fetch the case first.")


def _size(manifest: Manifest, planned: PlannedClip) -> int:
    """How many bytes a clip takes at most, by the share of its part."""
    part = manifest.parts[planned.part]
    length = max(1, part.duration)
    taken = min(length, planned.wanted.duration + 10 * SECOND)
    return part.size * taken // length + _HEAD


def _kept_words(kept: Kept, wanted: TimeRange) -> str:
    said = []
    if kept.before:
        said.append(f"{count(kept.before, 'frame')} before {_clock(wanted.start)} kept")
    if kept.after:
        said.append(f"{count(kept.after, 'frame')} after {_clock(wanted.end)} kept")
    if kept.sound_late > 0:
        said.append(f"its sound begins {kept.sound_late / 1000:.0f} ms after its picture")
    return "; ".join(["the recording’s own frames, not encoded anew", *said]) + "."


def _named(camera: CaseCamera, part: int) -> str:
    return f"Part {part + 1} of {camera.manifest.officer}"


def _whose(camera: CaseCamera, part: int | None) -> str:
    many = len(camera.manifest.parts) > 1 and part is not None
    return f"Camera {camera.number}, {camera.manifest.officer}{f', part {(part or 0) + 1}' if many else ''}"


def _clock(at: Utc) -> str:
    """ "22:41:02.10": to the hundredth, rounded down."""
    return to_datetime(at).strftime("%H:%M:%S.%f")[:-4]
