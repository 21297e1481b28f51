"""A blind second review: everybody's first impression is sealed before anybody can read another's; then all are opened.

An impression is committed to by hash (salt ‖ payload) in an entry whose content only its author can open. Its author
opens it once all are in: a Lamport value says whether they had seen the others' seals by then, so an early
opening shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reviewer.domain import finding_acts as acts
from reviewer.domain.codec import decode
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Written
from reviewer.domain.finding import Entitled, Entry
from reviewer.domain.roles import WRITERS

SALT = 32  # bytes


@dataclass(frozen=True, slots=True)
class Impression:
    """What somebody made of an allegation before they saw what others did. `disposition` is an id of the table."""

    case: str
    review: str
    allegation: str
    by: str
    disposition: str
    words: str = ""
    v: int = 1


@dataclass(frozen=True, slots=True)
class Sealed:
    """A reviewer's first impression of one allegation: `impression` once it was opened and is what was committed to.
    `again`: its author sealed more than one, so which came first rests on their word. `early`: it was opened before its
    author had seen every other's seal."""

    id: str
    user: str
    commitment: str
    sealed: str
    written: Written
    impression: Impression | None = None
    again: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the impressions of one allegation that are open: how many say what most of them say. `blind`: each was sealed
    once, and opened after all were in."""

    alike: int
    of: int
    blind: bool


@dataclass(frozen=True, slots=True)
class Review:
    """`impressions` by (allegation, user). `withdrawn` is why it was, "" while it stands."""

    id: str
    allegations: tuple[str, ...]
    reviewers: tuple[str, ...]
    written: Written
    impressions: Mapping[tuple[str, str], Sealed] = field(default_factory=dict)
    withdrawn: str = ""

    def of(self, allegation: str) -> tuple[Sealed, ...]:
        """Those that are in, in the order in which the reviewers were named."""
        found = (self.impressions.get((allegation, user)) for user in self.reviewers)
        return tuple(each for each in found if each is not None)

    def missing(self, allegation: str) -> tuple[str, ...]:
        """Whose impression is not in."""
        return tuple(user for user in self.reviewers if (allegation, user) not in self.impressions)

    def waits_for(self, allegation: str, user: str) -> bool:
        """Whether this person is to judge it and has not: so long nothing of others is shown to them."""
        return not self.withdrawn and allegation in self.allegations and user in self.missing(allegation)

    def agreement(self, allegation: str) -> Agreement | None:
        """None until every one is open."""
        found = self.of(allegation)
        opened = [each.impression for each in found if each.impression is not None]
        if allegation not in self.allegations or len(opened) < len(self.reviewers):
            return None
        said = [each.disposition for each in opened]
        alike = max(said.count(each) for each in said)
        return Agreement(alike if alike > 1 else 0, len(said), not any(each.again or each.early for each in found))


def commitment(salt: bytes, payload: bytes) -> str:
    """SHA-256 (hex) of salt ‖ payload, as log bodies are committed to (formats.md)."""
    return hashlib.sha256(salt + payload).hexdigest()


def opened(sealed: acts.ImpressionSealed, opening: acts.ImpressionOpened, user: str) -> Impression | None:
    """What was opened; None if it is not what `user` had sealed."""
    try:
        salt, payload = bytes.fromhex(opening.salt), opening.payload.encode()
        said = decode(Impression, json.loads(payload))
    except (MalformedDocument, ValueError, RecursionError):
        return None
    fits = (said.case, said.review, said.allegation, said.by) == (sealed.case, sealed.review, sealed.allegation, user)
    holds = len(salt) == SALT and commitment(salt, payload) == sealed.commitment
    return said if fits and holds and opening.id == sealed.id else None


def reviews(entries: Iterable[Entry], entitled: Entitled) -> tuple[Review, ...]:
    """Every review that was asked for, withdrawn ones too, in the order that counts for everybody."""
    held = sorted(entries, key=lambda each: each[1].order)
    withdrawn = {
        event.id: event.reason
        for event, written in held
        if isinstance(event, acts.SecondReviewWithdrawn) and _may(written.user, entitled)
    }
    found = []
    for event, written in held:
        if isinstance(event, acts.SecondReviewAsked) and _may(written.user, entitled):
            why = withdrawn.get(event.id, "")
            seals = _impressions(event, held)
            gone = why or ("withdrawn" if event.id in withdrawn else "")
            found.append(Review(event.id, event.allegations, event.reviewers, written, seals, gone))
    return tuple(found)


def _may(user: str, entitled: Entitled) -> bool:
    return any(entitled(user, role) for role in WRITERS)


def _impressions(asked: acts.SecondReviewAsked, held: list[Entry]) -> dict[tuple[str, str], Sealed]:
    seals: dict[tuple[str, str], list[tuple[acts.ImpressionSealed, Written]]] = {}
    openings: dict[tuple[str, str], list[tuple[acts.ImpressionOpened, Written]]] = {}
    for event, written in held:
        mine = isinstance(event, acts.ImpressionSealed) and event.review == asked.id
        if isinstance(event, acts.ImpressionSealed) and mine and written.user in asked.reviewers:
            if event.allegation in asked.allegations:
                seals.setdefault((event.allegation, written.user), []).append((event, written))
        elif isinstance(event, acts.ImpressionOpened):
            openings.setdefault((event.id, written.user), []).append((event, written))
    return {place: _sealed(place, seals, openings, asked.reviewers) for place in seals}


def _sealed(
    place: tuple[str, str],
    seals: Mapping[tuple[str, str], list[tuple[acts.ImpressionSealed, Written]]],
    openings: Mapping[tuple[str, str], list[tuple[acts.ImpressionOpened, Written]]],
    reviewers: tuple[str, ...],
) -> Sealed:
    allegation, user = place
    event, written = seals[place][0]
    first = Sealed(event.id, user, event.commitment, event.sealed, written, again=len(seals[place]) > 1)
    for opening, at in openings.get((event.id, user), ()):
        said = opened(event, opening, user)
        if said is not None:
            others = (seals.get((allegation, each)) for each in reviewers if each != user)
            early = any(other is None or other[0][1].lamport >= at.lamport for other in others)
            return Sealed(first.id, user, first.commitment, first.sealed, written, said, again=first.again, early=early)
    return first


def blinded(found: Iterable[Review], user: str) -> frozenset[str]:
    """Allegations (ids) of which this person sees nothing of others' findings yet."""
    return frozenset(a for review in found for a in review.allegations if review.waits_for(a, user))
