"""A blind second review as one person takes part in it: seal a first impression, and open it once all are in.

What is sealed lies in the entry itself, under a key that follows from its author's signing key (HKDF-SHA256, RFC 5869)
and from nothing else: neither the case key nor a custody key opens it. `domain/second_review` says what counts.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import uuid
from collections.abc import Collection
from concurrent.futures import Future

import rfc8785
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reviewer.domain import finding_acts as acts
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, IntegrityError, MalformedDocument, ReviewerError
from reviewer.domain.second_review import SALT, Impression, Review, Sealed, commitment
from reviewer.sealing.stream import KEY_SIZE, open_bytes, seal_bytes
from reviewer.services.finding_hand import FindingHand

LONGEST = 2_000
LEAST = 2  # reviewers


class SecondReviews:
    """One person's hand in the second reviews of one case. All methods on the thread of `hand`; as `Findings`."""

    def __init__(self, hand: FindingHand) -> None:
        self.hand = hand

    def reviews(self) -> tuple[Review, ...]:
        """Every one that was asked for, withdrawn ones too."""
        return self.hand.read().reviews

    def ask(self, allegations: Collection[str], reviewers: Collection[str]) -> Future[str]:
        """Ask these people (ids) to judge these allegations blind; the Future has the review's id."""
        self.hand.must_write()
        rights = self.hand.rights()
        people = tuple(dict.fromkeys(reviewers))
        if len(people) < LEAST:
            raise ReviewerError("A second review needs two people.", "Name the investigator and another one.")
        strangers = [rights.names.get(each, each) for each in people if not rights.writes(each)]
        if strangers:
            raise ReviewerError(
                f"{', '.join(strangers)} is not on the case as investigator or supervisor.", "Name somebody who is."
            )
        if not allegations:
            raise ReviewerError("No allegation is named.", "Name at least one.")
        standing = [each for each in self.reviews() if not each.withdrawn]
        if any(set(each.allegations) & set(allegations) for each in standing):
            raise ReviewerError("A second review of it is under way.", "Withdraw that one first.")
        event = acts.SecondReviewAsked(self.hand.case, uuid.uuid4().hex, tuple(dict.fromkeys(allegations)), people)
        return self.hand.done(event, event.id)

    def withdraw(self, review: str, reason: str) -> Future[str]:
        """End a review. What was sealed stays in the log, and sealed."""
        self.hand.must_write()
        self._standing(review)
        if not reason.strip():
            raise ReviewerError("Nothing is written.", "Say why it is withdrawn.")
        event = acts.SecondReviewWithdrawn(self.hand.case, review, reason.strip()[:LONGEST])
        return self.hand.done(event, review)

    def seal(self, review: str, allegation: str, disposition: str, words: str = "") -> Future[str]:
        """Seal this person's first impression; it cannot be changed. The Future has its id."""
        found, user = self._standing(review), self.hand.user
        if user not in found.reviewers or allegation not in found.allegations:
            raise AccessRefused("You are not asked to review this.", "Ask who asked for the review.")
        if not found.waits_for(allegation, user):
            raise ReviewerError("Your first impression is sealed already.", "It cannot be changed; dissent instead.")
        if self.hand.rights().tables.disposition(disposition) is None:
            raise ReviewerError("Choose a disposition.", "Choose one of the agency's table.")
        words = words.strip().replace("\0", "")
        if len(words) > LONGEST:
            raise ReviewerError(f"The text has {len(words):,} characters.", f"Shorten it to {LONGEST:,}.")
        id_, salt = uuid.uuid4().hex, secrets.token_bytes(SALT)
        payload = rfc8785.dumps(encode(Impression(self.hand.case, review, allegation, user, disposition, words)))
        sealed = base64.b64encode(seal_bytes(salt + payload, self._key(id_), id_.encode())).decode()
        event = acts.ImpressionSealed(self.hand.case, id_, review, allegation, commitment(salt, payload), sealed)
        return self.hand.done(event, id_)

    def mine(self, sealed: Sealed) -> Impression | None:
        """What this person sealed, for their own eyes; None for anybody else's, and for what was sealed with a key that
        they do not have any more."""
        plain = self._opened(sealed)
        try:
            return None if plain is None else decode(Impression, json.loads(plain[SALT:]))
        except (MalformedDocument, ValueError):
            return None

    def open_due(self) -> tuple[Future[str], ...]:
        """Open each impression of this person's whose review has all of them in; the Futures have their ids. To be
        called whenever colleagues' entries came."""
        found = []
        for review in self.reviews():
            for allegation in review.allegations:
                mine = review.impressions.get((allegation, self.hand.user))
                if mine is None or mine.impression is not None or review.withdrawn or review.missing(allegation):
                    continue
                plain = self._opened(mine)
                if plain is not None:
                    salt, payload = plain[:SALT].hex(), plain[SALT:].decode()
                    event = acts.ImpressionOpened(self.hand.case, mine.id, salt, payload)
                    found.append(self.hand.done(event, mine.id))
        return tuple(found)

    def _opened(self, sealed: Sealed) -> bytes | None:
        """salt ‖ payload of what this person sealed."""
        if sealed.user != self.hand.user:
            return None
        try:
            data = base64.b64decode(sealed.sealed, validate=True)
            plain = open_bytes(data, self._key(sealed.id), sealed.id.encode())
        except (IntegrityError, ValueError, binascii.Error):
            return None
        return plain if commitment(plain[:SALT], plain[SALT:]) == sealed.commitment else None

    def _key(self, id_: str) -> bytes:
        """The key of one impression."""
        info = f"reviewer first impression/{self.hand.case}/{id_}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(
            self.hand.keys.signing.private_bytes_raw()
        )

    def _standing(self, id_: str) -> Review:
        found = next((each for each in self.reviews() if each.id == id_ and not each.withdrawn), None)
        if found is None:
            raise ReviewerError("This review does not stand any more.", "Look at the list again.")
        return found
