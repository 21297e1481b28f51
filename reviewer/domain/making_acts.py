"""New files are made of footage and leave: rendered, checked, released, packed. All go to the access log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Micros, Utc

PACKED = "package"
"""The purpose of a `CopyMade` of a released copy that got the agency's C2PA manifest when it was packed, and is another
file by that alone; `job` is the copy's."""
ORIGINAL = "original"
"""The purpose of a `CopyMade` of a camera's own file, byte for byte as it was signed: nothing may be added to it."""
STILL = "still"
"""The purpose of a `CopyMade` of one frame as a picture."""


@dataclass(frozen=True, slots=True)
class RenderBegun(Event):
    """Durable before the first frame is decoded. `job` names it, `of` is the reel or request, `plan` the SHA-256 of
    what is to be made (RFC 8785 JSON of `domain.render.RenderPlan`), `recordings` whose footage it takes."""

    KIND: ClassVar[str] = "render_begun"
    case: str
    job: str
    purpose: str
    of: str
    plan: str
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeScene:
    """A scene of a reel's file: of which clip (its id), and how long. `holds`: the clip's last frame stands still, for
    its question."""

    clip: str
    lasts: Micros
    holds: bool = False


@dataclass(frozen=True, slots=True)
class CopyMade(Event):
    """Durable before the file has its name: it was read again and compared, and what it carries is what the plan says.
    `checks`: what was looked at, in words. `sha256` and `bytes` are the file's; `encoded`: False where the recording's
    own frames were taken as they are. `scenes`: a reel's, in the order of the file, so that it can be presented
    wherever this entry is known; () for other files, and for reels of before there was this."""

    KIND: ClassVar[str] = "copy_made"
    case: str
    job: str
    purpose: str
    of: str
    plan: str
    recordings: tuple[str, ...]
    name: str
    sha256: str
    bytes: int
    checks: tuple[str, ...]
    encoded: bool = True
    scenes: tuple[MadeScene, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyRefused(Event):
    """The check found what may not be in the file, or not what should: it was thrown away."""

    KIND: ClassVar[str] = "copy_refused"
    case: str
    job: str
    purpose: str
    of: str
    plan: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyReleased(Event):
    """A person says that this copy may be given: every point of the list was done. `looked`: what a second person was
    asked to look at and did; `sha256` is the copy's."""

    KIND: ClassVar[str] = "copy_released"
    case: str
    of: str
    sha256: str
    looked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageMade(Event):
    """Durable before the package has its name: `manifest` is the SHA-256 of its tag manifest, `files` the SHA-256 of
    each copy in it, `sealed` to whom ("", "password", or the recipient's key)."""

    KIND: ClassVar[str] = "package_made"
    case: str
    of: str
    name: str
    manifest: str
    files: tuple[str, ...]
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class ReelExported(Event):
    """A reel's order left as a file of another editor's (OTIO), or came from one (`came`)."""

    KIND: ClassVar[str] = "reel_exported"
    case: str
    of: str
    name: str
    sha256: str
    came: bool = False


@dataclass(frozen=True, slots=True)
class CertificateMade(Event):
    """The root made the agency's certificate for copies, number `n`; `people` hold its private half."""

    KIND: ClassVar[str] = "certificate_made"
    n: int
    people: tuple[str, ...]
    expires: Utc


@dataclass(frozen=True, slots=True)
class CertificateRevoked(Event):
    """The root says that certificate `n` no longer holds from `since` on."""

    KIND: ClassVar[str] = "certificate_revoked"
    n: int
    since: Utc
    reason: str


MAKING_ACTS: tuple[type[Event], ...] = (
    RenderBegun,
    CopyMade,
    CopyRefused,
    CopyReleased,
    PackageMade,
    ReelExported,
    CertificateMade,
    CertificateRevoked,
)
