"""A second person's signature: what is restricted waits for it, sealed to those who may give it.

The waiting document holds the finished assignment under one signature. Nobody who is to get the recordings can open it,
so two people are needed by keys too, not by this program's word alone. The second signature is over the same bytes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from reviewer.domain.acts import Countersigned
from reviewer.domain.assignment import Assignment, Pending
from reviewer.domain.codec import encode
from reviewer.domain.errors import (
    AccessRefused,
    AlreadyInStore,
    MalformedDocument,
    NotInStore,
    NotTrusted,
    ReviewerError,
)
from reviewer.domain.recording import SealedKey
from reviewer.sealing import envelope, grant, stream
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.drafting import Record, check_issuer, check_second, signed
from reviewer.services.signed import read_signed
from reviewer.services.trust import ISSUERS, Found, Trust


def pending(trust: Trust) -> Found[Pending]:
    """What waits for a second signature."""
    return trust.pending()


def waiting_order(trust: Trust, waiting: Pending, signer: PrivateKeys) -> Assignment:
    """What a waiting assignment says, with its title and reason as its issuer wrote them, for somebody who may sign it.
    Raises AccessRefused, MalformedDocument, NotTrusted."""
    return _opened_pending(trust, waiting, signer)[1]


def countersign(
    trust: Trust,
    case_id: str,
    n: int,
    signer: PrivateKeys,
    *,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Assignment:
    """Sign a waiting assignment as the second person: then it holds. Raises AccessRefused for its issuer and for
    whoever may not assign, NotInStore if nothing waits there, ReviewerError if a later assignment overtook it."""
    roster = trust.refresh()
    check_issuer(roster, signer)
    waiting = next((p for p in trust.pending().good if (p.case_id, p.n) == (case_id, n)), None)
    if waiting is None:
        raise NotInStore(f"Nothing of {case_id} waits as number {n}.", "“reviewer assign list” says what waits.")
    check_second(roster, waiting.issued_by, signer)
    data, assignment = _opened_pending(trust, waiting, signer)
    if assignment.expires is not None and assignment.expires <= now():
        raise ReviewerError(f"What waits for {case_id} has ended already.", "Assign it anew, with a later end.")
    if record is not None:
        record(Countersigned(case_id, n, waiting.issued_by)).result()
    both = envelope.add_signature(data, "assignment", signer.user, signer.signing)
    try:
        trust.store.put_if_absent(f"assignments/{case_id}/{n}.json", both)
    except AlreadyInStore as wrong:
        raise AlreadyInStore(f"{case_id} was assigned anew meanwhile.", "Look at what it says now.") from wrong
    return trust.assignment(case_id)


def put_pending(trust: Trust, assignment: Assignment, issuer: PrivateKeys) -> Pending:
    """Let an assignment, open in memory, wait. Raises AccessRefused if there is nobody else who may sign."""
    key = stream.new_data_key()
    inner = {
        "envelope": base64.b64encode(signed(assignment, issuer)).decode(),
        "reason": assignment.reason,
        "title": assignment.title,
    }
    case_id, n = assignment.case_id, assignment.n
    waiting = Pending(
        case_id=case_id,
        n=n,
        issued_by=issuer.user,
        issued_at=assignment.issued_at,
        sealed=grant.wrap(key, json.dumps(inner).encode(), _pending_info(case_id, n, issuer.user)),
        keys=tuple(
            SealedKey(u.id, grant.seal_to(u.sealing_key, key, _pending_info(case_id, n, u.id)))
            for u in trust.roster().users
            if u.id != issuer.user and u.left is None and ISSUERS.intersection(u.roles)
        ),
    )
    if not waiting.keys:
        raise AccessRefused("The roster names nobody else who may sign.", "Ask for a second supervisor or custodian.")
    data = envelope.sign("pending", encode(waiting), issuer.user, issuer.signing)
    trust.store.put_if_absent(f"pending/{case_id}/{n}.json", data)
    return waiting


def _opened_pending(trust: Trust, waiting: Pending, signer: PrivateKeys) -> tuple[bytes, Assignment]:
    """The waiting assignment's envelope, and what it says. It has to be what its path and its issuer say."""
    mine = next((k for k in waiting.keys if k.recipient == signer.user), None)
    if mine is None:
        raise AccessRefused(f"{waiting.case_id} does not wait for you.", f"Ask {waiting.issued_by} to propose it anew.")
    key = grant.open_sealed(signer.sealing, mine.sealed, _pending_info(waiting.case_id, waiting.n, signer.user))
    text = grant.unwrap(key, waiting.sealed, _pending_info(waiting.case_id, waiting.n, waiting.issued_by))
    try:
        inner = json.loads(text)
        data, title, reason = base64.b64decode(inner["envelope"], validate=True), str(inner["title"]), inner["reason"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise MalformedDocument("What waits is not as it should be.", "Ask its issuer to propose it anew.") from wrong
    found = read_signed(f"assignments/{waiting.case_id}/{waiting.n}.json", data, trust.roster())
    if not isinstance(found, Assignment) or found.issued_by != waiting.issued_by:
        raise NotTrusted("What waits is somebody else’s.", "Ask its issuer to propose it anew.")
    return data, replace(found, title=title, reason=str(reason))


def _pending_info(case_id: str, n: int, user_id: str) -> bytes:
    return f"reviewer pending/{case_id}/{n}/{user_id}".encode()
