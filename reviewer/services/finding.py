"""Findings of one person in one case: drafted together, signed alone, dissented from, answered.

What is signed is a DSSE envelope inside an entry of its author's log: the log says when and in which order, the
envelope verifies by itself, outside, with the key that the roster names. Nothing here merges two of them
(`domain/finding`).
"""

from __future__ import annotations

import uuid
from concurrent.futures import Future

from reviewer.domain import finding_acts as acts
from reviewer.domain.case import Exhibit
from reviewer.domain.case_acts import FindingSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.finding import FINDING, Cited, Finding
from reviewer.domain.gate import stands
from reviewer.domain.reference import Reference, Referred, plain, references
from reviewer.services.finding_checks import Draft, finding_blocked
from reviewer.services.finding_hand import FindingHand, refuse, same, words_of, written
from reviewer.services.finding_reading import CaseFindings


class Findings:
    """One person's hand on the findings of one case. All methods on the thread of `hand`; the Futures end when the
    entry is durable, or with LogUnwritable. What raises, raises ReviewerError, and nothing is recorded then."""

    def __init__(self, hand: FindingHand) -> None:
        self.hand = hand

    # Reading

    def read(self) -> CaseFindings:
        """All that was signed and said, everybody's."""
        return self.hand.read()

    def draft(self, allegation: str) -> Draft:
        """What is written of a finding, by everybody on the case, and not signed."""
        thing = self.hand.file.thing(FindingSet, allegation)
        if thing is None:
            return Draft()
        get = thing.get
        found = bool(get("nothing_found"))
        return Draft(get("standard"), get("disposition"), get("reasons"), found, get("unwatched_reason"), thing.last)

    def cited(self, text: str) -> tuple[Exhibit, ...]:
        """The exhibits that a text cites and that stand, in the order in which it does."""
        known = {each.id: each for each in self.hand.file.exhibits()}
        ids = (each.id for each in references(text) if each.kind is Referred.EXHIBIT)
        return tuple(known[id_] for id_ in dict.fromkeys(ids) if id_ in known)

    def blocked(self, allegation: str) -> tuple[str, ...]:
        """Why the finding cannot be signed by this person now, the first thing to do first; () if it can."""
        draft, matter = self.draft(allegation), self.hand.matter(self.hand.allegation(allegation))
        return finding_blocked(matter, draft, len(self.cited(draft.reasons)), self.hand.gate(allegation))

    # Writing

    def write(
        self,
        allegation: str,
        *,
        standard: str | None = None,
        disposition: str | None = None,
        reasons: str | None = None,
        nothing_found: bool | None = None,
        unwatched_reason: str | None = None,
    ) -> Future[str]:
        """Write these fields of the draft; None leaves one alone. Undone with `file.undo`."""
        self.hand.must_write()
        found = None if nothing_found is None else "yes" if nothing_found else ""
        given = {
            "standard": standard,
            "disposition": disposition,
            "reasons": reasons,
            "nothing_found": found,
            "unwatched_reason": unwatched_reason,
        }
        fields = {name: value for name, value in given.items() if value is not None}
        return self.hand.file.change(FindingSet, allegation, fields)

    def prepared(self, allegation: str) -> Finding:
        """What `sign` would sign now. Raises ReviewerError with the first reason why it cannot."""
        found = self.hand.allegation(allegation)
        draft, gate, matter = self.draft(allegation), self.hand.gate(allegation), self.hand.matter(found)
        cited = self.cited(draft.reasons)
        refuse(finding_blocked(matter, draft, len(cited), gate))
        tables, course = matter.tables, matter.course
        standard, disposition = tables.standard(draft.standard), tables.disposition(draft.disposition)
        if standard is None or disposition is None or gate is None:
            raise RuntimeError("a finding that is not blocked is written and counted")
        return Finding(
            *(self.hand.case, found.id, words_of(found), course.next_draft, self.hand.user, self.hand.now()),
            *(tables.name, tables.version, standard.id, standard.words, disposition.id, disposition.words),
            *(draft.reasons, plain(draft.reasons, self.hand.target), tuple(self._as_cited(each) for each in cited)),
            *(draft.nothing_found, stands(gate), "" if gate.met else draft.unwatched_reason),
            replaces=tuple(each.id for each in course.standing),
            answered=tuple(point.id for point in course.returns if point.answers),
        )

    def sign(self, allegation: str, prepared: Finding | None = None) -> Future[str]:
        """Sign the draft as it stands, or as it was `prepared` and looked at; the Future has the finding's id. Raises
        ReviewerError with the first reason why it cannot, or if it is not what was looked at any more."""
        now = self.prepared(allegation)
        if prepared is not None and not same(prepared, now):
            raise ReviewerError("It changed while you looked at it.", "Look at what it says now, then sign.")
        data, id_ = self.hand.envelope(FINDING, prepared or now)
        return self.hand.done(acts.FindingSigned(self.hand.case, id_, allegation, data), id_)

    def dissent(self, finding: str, disposition: str, reasons: str) -> Future[str]:
        """Find otherwise than a finding that somebody else signed; the Future has the dissent's id."""
        self.hand.must_write()
        about, course = self.hand.signed(finding)
        if about.written.user == self.hand.user:
            raise ReviewerError("This is your own finding.", "Sign another draft.")
        if course.allegation in self.read().hidden_from(self.hand.user):
            raise ReviewerError("Your first impression is not in.", "Seal it first.")
        if self.hand.rights().tables.disposition(disposition) is None:
            raise ReviewerError("Choose the disposition that you find.", "Choose one of the agency's table.")
        id_ = uuid.uuid4().hex
        text = written(reasons, "Say why you find otherwise.")
        return self.hand.done(
            acts.DissentStated(self.hand.case, id_, course.allegation, finding, disposition, text), id_
        )

    def withdraw_dissent(self, dissent: str) -> Future[str]:
        """Take one's own back."""
        every = (d for course in self.read().courses.values() for d in course.dissents)
        if all((each.id, each.written.user) != (dissent, self.hand.user) for each in every):
            raise ReviewerError("This is no dissent of yours that stands.", "Look at the list again.")
        return self.hand.done(acts.DissentWithdrawn(self.hand.case, dissent), dissent)

    def answer(self, point: str, text: str) -> Future[str]:
        """Say what was done about a point that was returned."""
        self.hand.must_write()
        self.hand.point(point)
        id_ = uuid.uuid4().hex
        return self.hand.done(acts.ReturnAnswered(self.hand.case, id_, point, written(text, "Say what was done.")), id_)

    def _as_cited(self, exhibit: Exhibit) -> Cited:
        said = self.hand.target(Reference(Referred.EXHIBIT, exhibit.id))
        about = exhibit.text or (said.about if said is not None else "")
        return Cited(exhibit.id, exhibit.name, exhibit.stance, about, exhibit.recording or exhibit.document)
