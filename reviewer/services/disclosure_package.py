"""The package that answers a request: copies, what was withheld and why, a letter, hashes, proofs of the making.

It is a bag (BagIt, RFC 8493) that is whole or not there: made beside its place, recorded (`PackageMade`), then named.
What is given was checked when it was rendered, and is checked again once the agency's C2PA manifest is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import NOTHING, RenderPlan
from reviewer.domain.request import Request
from reviewer.domain.wording import Local
from reviewer.media.camera import DeckCamera
from reviewer.services.clock import Clock, utc_now
from reviewer.services.session import Session


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
    recording, as `footage.deck_camera(camera, signed=True)` gives them.

    Raises PackageCancelled; ReviewerError for a copy that was not released or is another file by now, for a check that
    failed, for a name that is taken; LogUnwritable; what the store and the disk raise. Nothing is left then.
    """
    raise ReviewerError("Packages are not made yet.", "Wait for the next version.")
