"""Records for ever and prints each acknowledged index, until it is killed. A child process of test_journal."""

from __future__ import annotations

import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.events import CaseSynced, LogName
from reviewer.services.journal import Journal


def main(path: str, seed: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    journal = Journal(Path(path), {LogName.ACCESS: "pd/ws1/salo/access/1"}, key)
    number = 0
    while True:
        futures = [journal.record(CaseSynced("c1", number + n, 0)) for n in range(3)]
        number += 3
        for future in futures:
            recorded = future.result()
            event = recorded.event
            assert isinstance(event, CaseSynced)
            sys.stdout.write(f"{recorded.index} {event.objects}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
