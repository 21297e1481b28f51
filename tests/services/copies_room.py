"""A custodian with a request, a copy that was rendered and released, and what a package is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import av
import numpy as np

from reviewer.domain.agency import DEFAULT
from reviewer.domain.drawing import Spot
from reviewer.domain.making_acts import CopyMade, CopyReleased, RenderBegun
from reviewer.domain.redaction import (
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Redaction,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
)
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.request import Request, RequestKind
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.disclosure_package import Enclosed, PackageAsked
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.session import Session
from tests.services.agency import CASE, NOW, Agency
from tests.services.log_desk import agency_with_log, at_work

REQUEST = Request(
    "req-1",
    RequestKind.ACCESS,
    "FOI-2026-088",
    "M. Virtanen",
    "Example street 1\nHelsinki",
    "the recording of 13 June",
    received=Utc(NOW - 18 * 86_400 * SECOND),
    recordings=("r1",),
    fee="None.",
)
SPAN = TimeRange(NOW, Utc(NOW + 4 * SECOND))
SECRET_WORDS = "the neighbour with the red coat"
REDACTION = Redaction(
    (
        Mask(
            "m1",
            REQUEST.id,
            "r1",
            Target.FACE,
            MaskShape.BOX,
            MaskStyle.SOLID,
            NOW,
            Utc(NOW + 2 * SECOND),
            (Keyframe(NOW, (Spot(0, 0), Spot(900, 900))),),
            reason="third_party",
            words=SECRET_WORDS,
            number=1,
        ),
    ),
    (SoundEdit("s1", REQUEST.id, "r1", NOW, Utc(NOW + SECOND), SoundWay.MUTE, "youth", SECRET_WORDS, 1),),
    (Withheld("w1", REQUEST.id, "r1", Utc(NOW + 3 * SECOND), SPAN.end, "court", SECRET_WORDS, 1),),
)


def plan() -> RenderPlan:
    """As `services/disclosure.plan_of` makes it: without reasons and words."""
    mask, sound, left = REDACTION.masks[0], REDACTION.sounds[0], REDACTION.withheld[0]
    bare = Redaction(
        (
            Mask(
                *(
                    getattr(mask, n)
                    for n in ("id", "of", "recording", "target", "shape", "style", "start", "end", "frames")
                )
            ),
        ),
        (SoundEdit(sound.id, sound.of, sound.recording, sound.start, sound.end, sound.way),),
        (Withheld(left.id, left.of, left.recording, left.start, left.end),),
    )
    return RenderPlan(Purpose.DISCLOSURE, redaction=bare, recording="r1", stretches=(SPAN,))


def film(path: Path, frames: int = 30) -> Path:
    """A small MP4 with picture and sound."""
    with av.open(str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as out:
        video, sound = out.add_stream("libx264", rate=30), out.add_stream("aac", rate=48_000)
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        for n in range(frames):
            image = np.full((120, 160, 3), (n * 7) % 255, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(video.encode())
        quiet = av.AudioFrame.from_ndarray(
            np.zeros((1, 48_000 * frames // 30), np.float32), format="flt", layout="mono"
        )
        quiet.sample_rate = 48_000
        out.mux(sound.encode(quiet))
        out.mux(sound.encode())
    return path


def agency_of_copies(tmp_path: Path, cached: Path, *, witness: bool = False) -> Agency:
    """An agency whose custodian is on the case."""
    made = agency_with_log(tmp_path, cached, "salo", "hill", witness=witness)
    made.assign("r1", members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN})
    return made


@contextmanager
def custodian(agency: Agency) -> Iterator[Session]:
    """P. Hill at work, the case open."""
    with at_work(agency, "P. Hill") as session:
        session.open_case(CASE)
        session.state_reason(CASE, "disclosure", SECRET_WORDS).result()
        yield session


def rendered(session: Session, path: Path, *, released: bool = True, of: str = REQUEST.id) -> Path:
    """The file of this path, as if it had been rendered by `plan()`, checked, and released."""
    film(path, 30 + sum(path.stem.encode()) % 17)
    data, digest = path.read_bytes(), plan_sha256(plan())
    about = (CASE, f"job of {path.stem}", Purpose.DISCLOSURE.value, of, digest, ("r1",))
    session.journal.record(RenderBegun(*about)).result()
    made = CopyMade(*about, path.name, sha256(data).hexdigest(), len(data), ("30 frames compared",))
    session.journal.record(made).result()
    if released:
        session.journal.record(CopyReleased(CASE, of, made.sha256, ("3 frames of M1",))).result()
    return path


def asked(target: Path, *copies: Path, request: Request = REQUEST) -> PackageAsked:
    return PackageAsked(CASE, request, tuple(Enclosed(c, plan()) for c in copies), target, redaction=REDACTION)


WORDS = {each.id: each.words for each in DEFAULT.hiding}
