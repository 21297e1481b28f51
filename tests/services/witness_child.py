"""Witnesses one log of one growing store for ever, until it is killed. A child process of test_witness_killed."""

from __future__ import annotations

import sys
from pathlib import Path

from reviewer.services.trust import Trust
from reviewer.services.witness import WitnessFolder, WitnessJob
from reviewer.services.workspace import Workspace
from reviewer.stores.folder import FolderStore


def main(folder: str, store: str, root: str) -> None:
    own = Path(folder)
    job = WitnessJob(WitnessFolder(own), Trust(FolderStore(Path(store)), root, Workspace(own / "trusted")))
    while True:
        for origin in job.run().cosigned:
            sys.stdout.write(f"{origin}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
