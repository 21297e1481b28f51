"""The demo's training reel and its request for copies: what R. Falk and P. Hill wrote before anybody opens it.

Both are cases of their own, of the same footage: whoever trains sees what was released for training and nothing of the
complaint, and a request is answered by who has to, not by who investigates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from reviewer.domain.assignment import Purpose
from reviewer.domain.case_acts import ClipSet, ReelSet, RequestSet
from reviewer.domain.recording import Manifest
from reviewer.domain.reel import CARD, Branch, Clip, ClipKind, Reel, default_layout
from reviewer.domain.request import RequestKind
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Micros, Utc, format_rfc3339
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.case import CaseFile
from reviewer.services.clock import Clock, utc_now
from reviewer.services.queue import case_manifests
from reviewer.services.reel import clip_fields, reel_fields
from reviewer.services.session import Session, log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

TRAINING = "TR-2026-01"
REQUEST = "FOI-2026-088"
REEL = "distance-words-aid"
_DAY = 86_400 * SECOND
_ASKED = Micros(18 * _DAY)  # before the demo was made: twelve days of thirty are left
_HOLD = Micros(8 * SECOND)
_ASKS = "What would you say next, and from where?"
_LIMITS = "One camera at chest height; what happens to the left of the tram is not seen."


def assign_copies(
    trust: Trust, recordings: Sequence[str], title: str, issuer: PrivateKeys, custody_keys: PrivateKeys
) -> None:
    """Release these recordings for training, assign them to R. Falk, and the first two to P. Hill for a request, with
    S. Aro, who has to look at a copy before it is given."""
    custody.release_for_training(trust, recordings, issuer, reason="Training, module 4")
    whole: dict[str, None] = dict.fromkeys(recordings)
    training = custody.Order(
        case_id=TRAINING,
        title="Training, module 4: distance, words, aid",
        members={"falk": Role.TRAINING},
        recordings=dict(whole),
        purpose=Purpose.TRAINING,
        reason="Scenario reels for module 4",
    )
    custody.assign(trust, training, issuer, custody_keys)
    request = custody.Order(
        case_id=REQUEST,
        title=title,
        members={"hill": Role.CUSTODIAN, "aro": Role.SUPERVISOR},
        recordings=dict.fromkeys(list(whole)[:2]),
        purpose=Purpose.DISCLOSURE,
        reason=f"Request {REQUEST} for a copy",
    )
    custody.assign(trust, request, issuer, custody_keys)


def write_copies(
    workspace: Workspace,
    trust: Trust,
    trainer: tuple[str, str],
    custodian: tuple[str, str],
    *,
    now: Clock = utc_now,
) -> None:
    """Log on as each of the two (id and passphrase), and write the reel and the request into their own signed logs."""
    with _sat_down(workspace, trust, trainer, now) as session:
        _write_reel(*_case(session, trust, TRAINING))
    with _sat_down(workspace, trust, custodian, now) as session:
        _write_request(*_case(session, trust, REQUEST), now())


@contextmanager
def _sat_down(workspace: Workspace, trust: Trust, person: tuple[str, str], now: Clock) -> Iterator[Session]:
    session = log_on(workspace, trust, *person, now=now)
    try:
        yield session
    finally:
        session.log_off()
        session.publisher.publish()


def _case(session: Session, trust: Trust, case: str) -> tuple[Session, str, list[Manifest]]:
    """The case, and its footage in the order of the assignment."""
    assignment = session.open_case(case)
    found = {each.recording_id: each for each in case_manifests(trust, assignment, session.grants).good}
    return session, case, [found[each.recording_id] for each in assignment.recordings]


def _write_reel(session: Session, case: str, footage: list[Manifest]) -> None:
    with closing(session.queries()) as queries:
        file = CaseFile(session.journal.record, queries, case)
        reel = Reel(REEL, "Distance, words, aid", "Training, module 4")
        file.add(ReelSet, reel_fields(reel), reel.id).result()
        for clip in reel_of(footage):
            file.add(ClipSet, clip_fields(clip), clip.id).result()


def reel_of(footage: Sequence[Manifest]) -> list[Clip]:
    """A card and four clips of one to four cameras, a question with two ways to go on, for footage of any length."""
    first, names = footage[0], [each.recording_id for each in footage]
    second = footage[min(1, len(footage) - 1)]

    def clip(id_: str, order: int, of: Manifest, share: tuple[int, int], title: str, **more: object) -> Clip:
        begin, lasts = of.rolling[0].start, of.rolling[0].duration
        start, end = (Utc(begin + lasts * percent // 100) for percent in share)
        fields = {"recordings": (of.recording_id,), "start": start, "end": end, "hold": _HOLD, **more}
        return Clip(id_, REEL, ClipKind.FOOTAGE, order, title, **fields)  # type: ignore[arg-type]

    ways = (Branch("Step back and speak", "demo-clip-3"), Branch("Take the arm", "demo-clip-4"))
    side, quad = tuple(reversed(names[:2])), tuple(names[:4])  # times are stated by the first of a clip's cameras
    return [
        Clip("demo-card", REEL, ClipKind.CARD, 10, "Distance, words, aid", caption="Module 4", hold=CARD),
        clip("demo-clip-1", 20, first, (8, 22), "Approach and distance", notes="Ask who saw the tram."),
        clip("demo-clip-2", 30, first, (22, 36), "Words used", question=_ASKS, branches=ways, limits=_LIMITS),
        clip(
            "demo-clip-3",
            40,
            second,
            (36, 50),
            "Same moment, side view",
            recordings=side,
            layout=default_layout(len(side)),
        ),
        clip(
            "demo-clip-4",
            50,
            first,
            (58, 78),
            "Aid: position and call",
            recordings=quad,
            layout=default_layout(len(quad)),
        ),
    ]


def _write_request(session: Session, case: str, footage: list[Manifest], now: Utc) -> None:
    """Of the first camera, all but its first and last seconds."""
    rolled = footage[0].rolling[0]
    edge = rolled.duration // 10
    fields = {
        "kind": RequestKind.ACCESS.value,
        "number": REQUEST,
        "requester": "Person A",
        "contact": "By letter, care of a lawyer",
        "asked": "The footage of the officer who took my arm, from before I was spoken to until the ambulance came.",
        "received": format_rfc3339(Utc(now - _ASKED)),
        "start": format_rfc3339(Utc(rolled.start + edge)),
        "end": format_rfc3339(Utc(rolled.end - edge)),
        "recordings": json.dumps([footage[0].recording_id]),
        "second": "aro",
    }
    with closing(session.queries()) as queries:
        CaseFile(session.journal.record, queries, case).add(RequestSet, fields, "demo-request").result()
