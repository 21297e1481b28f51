"""The witness's promise: whatever it is shown, and wherever it is interrupted, it cosigns one growing tree of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.errors import AuditError, BadNote, BadProof
from reviewer.audit.merkle import consistency_proof, leaf_hash, reader_of, tree_root
from reviewer.audit.note import Checkpoint, Signer, sign_note, split_note, verify_note
from reviewer.audit.witness import Cosigner
from reviewer.audit.witnessing import FORK, ROLLBACK, ClockWentBack, Kept, Refused, StateDamaged, Witness, own_word
from tests.audit.logs import KEY, ORIGIN

LOG = Signer(ORIGIN, KEY)
COSIGNER = Cosigner("records-01", Ed25519PrivateKey.from_private_bytes(b"\x21" * 32))
MOST = 40
TRUNK = [leaf_hash(b"trunk %d" % n) for n in range(MOST)]
AT = 1_781_380_800


class PowerCut(Exception):
    """The machine stops here."""


@dataclass
class Memory:
    """A disk. `cut` stops the machine at the next save, before or after what is saved is durable."""

    saved: dict[str, bytes] = field(default_factory=dict)
    cut: str = ""

    def load(self, origin: str) -> bytes | None:
        return self.saved.get(origin)

    def save(self, origin: str, data: bytes) -> None:
        cut, self.cut = self.cut, ""
        if cut == "before":
            raise PowerCut
        self.saved[origin] = data
        if cut == "after":
            raise PowerCut


def branch(from_: int) -> list[bytes]:
    """A log that is the trunk's up to an entry, and another one from there on."""
    return [*TRUNK[:from_], *(leaf_hash(b"branch %d %d" % (from_, n)) for n in range(from_, MOST))]


def note(leaves: Sequence[bytes], size: int) -> bytes:
    return sign_note(Checkpoint(ORIGIN, size, tree_root(leaves[:size])).to_text(), [LOG])


def show(witness: Witness, leaves: Sequence[bytes], size: int, at: int = AT, known: Sequence[bytes] = ()) -> bytes:
    def prove(old: int) -> list[bytes]:
        return consistency_proof(old, size, reader_of(leaves))

    return witness.cosign(LOG.verifier, note(leaves, size), prove, at, known)


def head(cosigned: bytes) -> Checkpoint:
    text, (signature,) = verify_note(cosigned, [COSIGNER.verifier])
    assert signature.name == "records-01"
    return Checkpoint.from_text(text)


def test_what_grows_is_cosigned_and_kept_first() -> None:
    memory = Memory()
    witness = Witness(COSIGNER, memory)
    assert witness.kept(LOG.verifier) is None
    assert head(show(witness, TRUNK, 3)).size == 3
    assert head(show(witness, TRUNK, 20)).size == 20
    assert head(show(witness, TRUNK, 20, AT + 9)).size == 20  # nothing new, said again: a newer time
    kept = witness.kept(LOG.verifier)
    assert kept == Kept(note(TRUNK, 20), AT + 9)
    assert Kept.from_bytes(kept.to_bytes()) == kept


def test_a_smaller_tree_and_another_one_are_refused_with_the_evidence() -> None:
    memory = Memory()
    witness = Witness(COSIGNER, memory)
    said = show(witness, TRUNK, 20)
    before = dict(memory.saved)
    for leaves, size, kind in ((TRUNK, 19, ROLLBACK), (branch(5), 20, FORK), (branch(19), 30, FORK)):
        with pytest.raises(Refused, match=kind) as refused:
            show(witness, leaves, size)
        assert (refused.value.kind, refused.value.seen) == (kind, note(leaves, size))
        assert refused.value.kept == said  # what this witness said then, in its own hand
        assert memory.saved == before
    assert head(show(witness, branch(20), 30)).size == 30  # it begins with all that was seen


def test_only_the_logs_own_checkpoint_is_looked_at() -> None:
    witness = Witness(COSIGNER, Memory())
    other = Signer(ORIGIN, Ed25519PrivateKey.generate())
    for bad in (
        sign_note(Checkpoint(ORIGIN, 1, TRUNK[0]).to_text(), [other]),
        sign_note(Checkpoint("elsewhere", 1, TRUNK[0]).to_text(), [Signer("elsewhere", KEY)]),
        sign_note("not a checkpoint\n", [LOG]),
    ):
        with pytest.raises(BadNote):
            witness.cosign(LOG.verifier, bad, lambda _old: [], AT)
    assert witness.kept(LOG.verifier) is None


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"v":1,"at":"1","note":""}', Kept(b"x", 1).to_bytes()])
def test_a_witness_that_does_not_know_what_it_saw_signs_nothing(damage: bytes) -> None:
    memory = Memory({ORIGIN: damage})
    with pytest.raises(StateDamaged):
        show(Witness(COSIGNER, memory), TRUNK, 20)
    assert memory.saved == {ORIGIN: damage}


def test_a_clock_that_went_back_says_nothing_about_time() -> None:
    witness = Witness(COSIGNER, Memory())
    show(witness, TRUNK, 3)
    with pytest.raises(ClockWentBack, match="60 s before"):
        show(witness, TRUNK, 4, AT - 60)
    assert head(show(witness, TRUNK, 4, AT)).size == 4


def test_a_lost_state_is_taken_up_from_what_was_said() -> None:
    said = show(Witness(COSIGNER, Memory()), TRUNK, 20)
    mine = own_word(COSIGNER, LOG.verifier, said)
    assert mine == said
    for leaves, size in ((TRUNK, 19), (branch(7), 30)):
        with pytest.raises(Refused):
            show(Witness(COSIGNER, Memory()), leaves, size, known=[said])
    assert head(show(Witness(COSIGNER, Memory()), TRUNK, 30, known=[said])).size == 30
    stranger = Cosigner("records-01", Ed25519PrivateKey.generate())
    assert own_word(stranger, LOG.verifier, said) is None
    assert own_word(COSIGNER, LOG.verifier, note(TRUNK, 20)) is None
    assert own_word(COSIGNER, LOG.verifier, b"x") is None


def test_a_proof_that_does_not_prove_is_a_fork_whoever_gives_it() -> None:
    witness = Witness(COSIGNER, Memory())
    show(witness, TRUNK, 5)
    for proof in ([], [bytes(32)], consistency_proof(4, 20, reader_of(TRUNK))):
        with pytest.raises(Refused, match="FORK"):
            witness.cosign(LOG.verifier, note(TRUNK, 20), lambda _old, given=proof: given, AT)

    def missing(_old: int) -> list[bytes]:
        raise AuditError("tile/0/000 is missing.")

    with pytest.raises(AuditError, match="is missing") as unproven:
        witness.cosign(LOG.verifier, note(TRUNK, 20), missing, AT)
    assert not isinstance(unproven.value, Refused | BadProof)  # damaged files are not the log's own doing


@dataclass(frozen=True)
class Step:
    from_: int  # MOST: the trunk
    size: int
    later: int  # s by the witness's clock
    cut: str
    lost: bool


STEPS = st.builds(
    Step,
    from_=st.sampled_from([MOST, MOST, 0, 7, 8, 21]),
    size=st.integers(1, MOST),
    later=st.integers(-3, 100),
    cut=st.sampled_from(["", "", "before", "after"]),
    lost=st.sampled_from([False, False, False, True]),
)


@given(st.lists(STEPS, max_size=30))
def test_all_that_is_ever_cosigned_is_one_tree_that_grew(steps: list[Step]) -> None:
    """Also with power cut anywhere and the whole state lost, as long as what it published can be read back."""
    memory, published, at = Memory(), [], AT
    said: list[tuple[list[bytes], int]] = []
    for step in steps:
        at += step.later
        if step.lost:
            memory.saved.clear()
        memory.cut = step.cut
        leaves = branch(step.from_)
        try:
            cosigned = show(Witness(COSIGNER, memory), leaves, step.size, at, published[-1:])
        except (Refused, ClockWentBack, PowerCut):
            continue
        finally:
            memory.cut = ""
        assert split_note(cosigned)[0] == split_note(note(leaves, step.size))[0]
        published.append(cosigned)
        said.append((leaves, step.size))
    for (older, small), (newer, large) in pairwise(said):
        assert small <= large
        assert older[:small] == newer[:small]
