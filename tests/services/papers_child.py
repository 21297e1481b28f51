"""Logs on and attaches one document after the other, saying each when it is durable, until it is killed."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from reviewer.services.case import CaseFile
from reviewer.services.papers import Papers, Pasted
from reviewer.services.session import log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.folder import FolderStore
from tests.services.agency import CASE, NOW


def main(home: str, store: str, root: str, passphrase: str, begin: int) -> None:
    workspace = Workspace(Path(home))
    trust = Trust(FolderStore(Path(store)), root, workspace, now=lambda: NOW)
    session = log_on(workspace, trust, "K. Salo", passphrase, now=lambda: NOW)
    session.open_case(CASE)
    papers = Papers(workspace, session)
    with closing(session.queries()) as queries:
        file = CaseFile(session.journal.record, queries, CASE)
        for n in range(begin, begin + 1_000):
            taken = papers.take(CASE, Pasted(f"{n}.txt", f"{n}\n".encode() * 20_000), unopened=n % 5 != 0)
            papers.attach(file, taken).result()
            sys.stdout.write(f"{n}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
