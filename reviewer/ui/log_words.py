"""The log's words as the screen wears them: tones and icons of the states. The words themselves stand in
`services/logwords.py` (what was done, and what exactly), where exports and the command line find them without Qt."""

from __future__ import annotations

from enum import StrEnum

from reviewer.services.logwords import KINDS as KINDS
from reviewer.services.logwords import LogKind as LogKind
from reviewer.services.logwords import Names as Names
from reviewer.services.logwords import details as details
from reviewer.services.logwords import did as did
from reviewer.services.logwords import is_refusal as is_refusal
from reviewer.services.logwords import what as what
from reviewer.ui.theme import Tone


class ProofState(StrEnum):
    """Rule 10: integrity is a word."""

    WITNESSED = "witnessed"  # a witness vouches for it; how many is said
    PUBLISHED = "published"  # stands in the store, under a signed head
    SIGNED = "signed only"  # on this machine, under a signed head
    WRONG = "does not match"


PROOF = {
    ProofState.WITNESSED: (Tone.OK, "shield-check"),
    ProofState.PUBLISHED: (Tone.PLAIN, "shield"),
    ProofState.SIGNED: (Tone.WARN, "hourglass"),
    ProofState.WRONG: (Tone.STOP, "shield-x"),
}
