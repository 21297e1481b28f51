"""The package that answers a request: copies, what was withheld and why, a letter, hashes, proofs of the making.

It is a bag (BagIt, RFC 8493) that is whole or not there: made beside its place, recorded (`PackageMade`), then named.
What is given was checked when it was rendered, and is checked again once the agency's C2PA manifest is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from reviewer.domain.errors import AccessRefused, IntegrityError, ReviewerError
from reviewer.domain.making_acts import PackageMade
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import NOTHING, RenderPlan
from reviewer.domain.request import Answer, Request
from reviewer.domain.roles import DISCLOSERS
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import Local
from reviewer.exports.bag import TAGS, digest, tag_files
from reviewer.media.camera import DeckCamera
from reviewer.services.agency_tables import zone_of
from reviewer.services.case_state import rights_of
from reviewer.services.certificate import CopySigner, copy_signer
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disclosure_copies import Checks, Copying, Known, is_video
from reviewer.services.disclosure_files import as_json, bag_info, package_files
from reviewer.services.disclosure_index import KINDS, Index, Listed, answer_words, ground, hidden_in, left_out
from reviewer.services.disclosure_proofs import Making, proven
from reviewer.services.disclosure_seal import SEALED, ZIP, check_password, check_recipient, seal_for, zip_under
from reviewer.services.disclosure_verify import PACKED, verify_package
from reviewer.services.disk import check_room, disk_error, make_folder, sync_folder, write_atomically
from reviewer.services.growing import growing
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.session import Session

_ROOM = 32 << 20
_CLOSED = 3  # the folder, the plain ZIP, what it is sealed to


class PackageCancelled(ReviewerError):
    """Somebody stopped it. Nothing was left behind."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is given. `path` is where it lies; its SHA-256 must stand in a `CopyMade` and a `CopyReleased` of the
    request. `plan`: what it was rendered by (it says what is hidden and why); None for what was not rendered (a clip of
    the recording's own frames, an original, a still, a signed manifest). `words`: what it is, for index and letter; ""
    is said from the plan. The recipient sees names by the request's number, not `path`'s."""

    path: Path
    plan: RenderPlan | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """How the package is closed: neither, an open folder; `password`, a ZIP under AES-256 (WinZip AE-2, which 7-Zip
    opens); `recipient`, sealed to this public key (base64 of a P-256 point, as `reviewer key new` prints it), which
    `reviewer disclosure open` opens. `name`: whose key that is, in words."""

    password: str = field(default="", repr=False)
    recipient: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PackageAsked:
    """`target` is a name that nothing has yet; “.zip” or “.sealed” is added to it where it is sealed. `certified`: a
    C2PA manifest signed by the agency's certificate goes into each MP4, where the agency has one. `redaction`: all that
    the request hides, with its reasons (`Redactions.redaction(request.id)`), for plans leave reasons out."""

    case: str
    request: Request
    copies: tuple[Enclosed, ...]
    target: Path
    seal: Seal = Seal()
    certified: bool = True
    redaction: Redaction = NOTHING


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `done` of `total` (bytes or files, as `words` has it)."""

    words: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class GivenCopy:
    """A file as it lies in the package: its name there, and its SHA-256. `made` is that of the released copy; it is
    another where a C2PA manifest was added."""

    name: str
    sha256: str
    made: str
    recordings: tuple[str, ...]
    certified: bool


@dataclass(frozen=True, slots=True)
class PackageDone:
    """What lies at `path`. `manifest` is the SHA-256 of its tag manifest, `said` what a person should know: that there
    is no certificate, that no witness saw the newest entries yet."""

    path: Path
    copies: tuple[GivenCopy, ...]
    bytes: int
    manifest: str
    said: tuple[str, ...] = ()


def make_package(
    session: Session,
    asked: PackageAsked,
    cameras: Mapping[str, DeckCamera],
    *,
    zone: Local,
    progress: Callable[[Step], None] = lambda _step: None,
    cancelled: Callable[[], bool] = lambda: False,
    now: Clock = utc_now,
) -> PackageDone:
    """Make it; takes as long as checking every copy again, so on a thread of its own. `cameras`: the case's by
    recording, as `footage.deck_camera(camera, signed=True)` gives them. `zone`: in which index and letter say times
    where the agency's table names none.

    Raises PackageCancelled; AccessRefused for who may not answer requests of the case; ReviewerError for a copy that
    was not released or is another file by now, for a check that failed, for a name that is taken; LogUnwritable; what
    the store and the disk raise. Nothing is left then.
    """
    return _Package(session, asked, cameras, zone, progress, cancelled, now).make()


class _Package:
    """One package while it is made."""

    def __init__(
        self,
        session: Session,
        asked: PackageAsked,
        cameras: Mapping[str, DeckCamera],
        zone: Local,
        progress: Callable[[Step], None],
        cancelled: Callable[[], bool],
        now: Clock,
    ) -> None:
        self._session, self._asked, self._cameras = session, asked, cameras
        self._progress, self._cancelled, self._now = progress, cancelled, now
        self._tables = session.trust.roster().agency_tables
        self._zone = zone_of(self._tables, zone)
        self._said: list[str] = []
        self._signer: CopySigner | None = None
        self._target = _target_of(asked)

    def make(self) -> PackageDone:
        asked, known = self._asked, self._refuse_early()
        size = sum(each.made.bytes for each in known)
        check_room(self._target, size * (_CLOSED if asked.seal != Seal() else 1) + _ROOM)
        try:
            with growing(self._session.trust.workspace, self._target) as staging:
                staging.mkdir(mode=0o700)
                folder = staging / _safe(asked.target.name)
                copying = Copying(
                    self._session, self._signer, asked.redaction, self._tables, self._zone, asked.request.number
                )
                checks = Checks(self._cameras, self._cancelled, self._passing, self._share, self._stop)
                copies = [copying.put(each, folder / "data" / "copies", checks) for each in known]
                manifest = self._close_bag(folder, copies)
                self._name_it(folder, size)
        except OSError as wrong:
            raise disk_error(self._target, wrong) from wrong
        except ReviewerError:
            self._stop()  # whatever else a stop looks like from within
            raise
        given = tuple(GivenCopy(c.file, c.sha256, c.checked_sha256, c.recordings, c.certified) for c in copies)
        return PackageDone(self._target, given, _size_of(self._target), manifest, tuple(self._said))

    # Before anything is written

    def _refuse_early(self) -> list[Known]:
        asked, request = self._asked, self._asked.request
        refusal = rights_of(self._session.trust, asked.case).refusal(self._session.user.id, DISCLOSERS)
        if refusal is not None:
            raise refusal
        if self._target.exists() or self._target.is_symlink():
            raise ReviewerError(f"There is something at {self._target} already.", "Choose a new name.")
        if not asked.copies and request.answer is not Answer.REFUSED:
            raise ReviewerError("No copy is in the package.", "Render one and release it, or refuse the request.")
        if request.answer is Answer.REFUSED and not request.refusals:
            raise ReviewerError("No reason is given for the refusal.", "Choose one of the agency’s reasons.")
        if asked.seal.password:
            check_password(asked.seal.password)
        if asked.seal.recipient:
            check_recipient(asked.seal.recipient)
        make_folder(self._target.parent)
        if asked.certified and any(is_video(each.path) for each in asked.copies):
            self._find_signer()
        making = Making(self._session, asked.case, request.id)
        return [self._judge(n, each, making) for n, each in enumerate(asked.copies, 1)]

    def _find_signer(self) -> None:
        try:
            self._signer = copy_signer(self._session.trust, self._session.keys, now=self._now)
        except AccessRefused as none:
            self._said.append(f"{none.message} The copies carry no C2PA manifest. {none.next_step}")

    def _judge(self, n: int, enclosed: Enclosed, making: Making) -> Known:
        """Raises ReviewerError unless exactly this file was made, checked and released for this request."""
        name = enclosed.path.name
        try:
            found = digest(enclosed.path, lambda _bytes: self._stop())
        except OSError as wrong:
            raise disk_error(enclosed.path, wrong) from wrong
        made = making.made(found)
        if made is None:
            raise ReviewerError(f"{name} is no copy that was made for this request.", "Render it, and release it.")
        if making.released(found) is None:
            raise ReviewerError(f"{name} was not released.", "Release it first.")
        if enclosed.plan is not None and plan_sha256(enclosed.plan) != made.plan:
            raise ReviewerError(f"{name} was made by another plan than this.", "Render it again, and release it.")
        if enclosed.plan is not None:
            hidden_in(enclosed.plan, self._asked.redaction, self._tables)
            left_out(enclosed.plan, self._asked.redaction, self._tables)
        called = f"{_safe(self._asked.request.number)}-{n}{enclosed.path.suffix.lower()}"
        return Known(enclosed.path, enclosed.plan, enclosed.words, made, called)

    def _stop(self) -> None:
        if self._cancelled():
            raise PackageCancelled("The package was stopped; nothing of it was kept.", "Begin it again.")

    # Its files

    def _close_bag(self, folder: Path, copies: Sequence[Listed]) -> str:
        """Everything beside the copies, the bag around it, the entry that it is made; verified. Gives the SHA-256 of
        its tag manifest."""
        asked, at = self._asked, self._now()
        index = self._index(copies, at)
        hashes = {h for c in copies for h in (c.sha256, c.checked_sha256)}
        bundle, keys = self._proofs(hashes)
        for name, data in package_files(index, asked.request, self._zone, self._session, bundle, keys).items():
            write_atomically(folder / "data" / name, data, 0o644)
        info = bag_info(index, self._now())
        known = {f"data/{c.file}": c.sha256 for c in copies}
        tags = tag_files(folder, info, known, passing=lambda _bytes: self._stop())
        for name, data in tags.items():
            write_atomically(folder / name, data, 0o644)
        manifest = sha256(tags[TAGS]).hexdigest()
        self._stop()
        given = tuple(c.sha256 for c in copies)
        sealed = "password" if asked.seal.password else asked.seal.name or asked.seal.recipient
        made = PackageMade(asked.case, asked.request.id, self._target.name, manifest, given, sealed)
        self._session.journal.record(made).result()
        packed = Making(self._session, asked.case, asked.request.id).packed(manifest)
        proof, _, waits = proven(self._session, packed)
        write_atomically(folder / PACKED, as_json(proof), 0o644)
        self._said += [f"Not witnessed yet: {each}" for each in waits]
        verdict = verify_package(folder, keys, authority=self._signer.authority if self._signer else "")
        if not verdict.ok:
            raise IntegrityError(f"The package does not verify: {verdict.problems[0]}", "Tell us; nothing was kept.")
        return manifest

    def _proofs(self, hashes: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Proofs about the copies, and the keys of their logs and of one's own, in which the package will stand."""
        making = Making(self._session, self._asked.case, self._asked.request.id)
        bundle, keys, _ = proven(self._session, making.about(hashes), self._passing("entries proven", 0))
        return bundle, keys

    def _index(self, copies: Sequence[Listed], at: Utc) -> Index:
        request, user, roster = self._asked.request, self._session.user, self._session.trust.roster()
        return Index(
            agency=roster.title,
            number=request.number,
            kind=KINDS[request.kind],
            requester=request.requester,
            asked=request.asked,
            received=request.received,
            answer=answer_words(request, copies),
            refusals=tuple(ground(self._tables, each) for each in request.refusals),
            fee=request.fee,
            made_at=at,
            made_by=f"{user.name} {user.badge}",
            copies=tuple(copies),
            certificate=roster.title if any(c.certified for c in copies) else "",
        )

    # Its name

    def _name_it(self, folder: Path, size: int) -> None:
        seal, passing = self._asked.seal, self._passing("closed", size)
        done = folder
        if seal.password:
            done = folder.parent / "closed"
            zip_under(folder, done, seal.password, passing)
        elif seal.recipient:
            done = folder.parent / "closed"
            seal_for(folder, done, seal.recipient, passing)
        if self._target.exists():
            raise ReviewerError(f"There is something at {self._target} already.", "Choose a new name.")
        done.rename(self._target)
        sync_folder(self._target.parent)

    def _passing(self, words: str, total: int) -> Callable[..., None]:
        done = 0

        def passing(step: int = 1) -> None:
            nonlocal done
            done += step
            self._stop()
            self._progress(Step(words, done, max(done, total)))

        return passing

    def _share(self, words: str) -> Callable[[float], None]:
        return lambda share: self._progress(Step(words, round(share * 1000), 1000))


def _target_of(asked: PackageAsked) -> Path:
    end = ZIP if asked.seal.password else SEALED if asked.seal.recipient else ""
    target = asked.target.absolute()
    return target if not end or target.suffix.lower() == end else target.with_name(target.name + end)


def _safe(words: str) -> str:
    """A name that every file system takes, and that no path has a meaning in."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip(".-") or "copy"


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
