"""The newest checkpoint of each log that this machine has found whole, kept in the workspace.

A log that was rewritten and signed anew verifies by itself wherever no witness saw it; it does not begin any more with
what this machine saw. So whoever verifies twice from one machine is a witness to themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.logcheck import StoreReport


class SeenCheckpoints:
    """In one file, `logs-seen.json`: signed notes by origin."""

    def __init__(self, home: Path) -> None:
        self._path = home / "logs-seen.json"

    def notes(self) -> dict[str, bytes]:
        """By origin. Raises ReviewerError for a file that is damaged: it must not pass for "nothing seen"."""
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as wrong:
            raise disk_error(self._path, wrong) from wrong
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(note, str) for note in found.values()):
            raise ReviewerError(
                f"{self._path} is damaged, so nobody can say what was seen of the logs before.",
                "Tell the custodian; remove the file to begin anew.",
            )
        return {origin: note.encode() for origin, note in found.items()}

    def keep(self, report: StoreReport) -> None:
        """Keep the checkpoints of the logs that were found whole; what is kept of others stays."""
        notes: Mapping[str, str] = {origin: note.decode() for origin, note in self.notes().items()}
        whole = {log.origin: log.checkpoint for log in report.logs if log.ok and log.checkpoint}
        if whole.items() - notes.items():
            write_atomically(self._path, json.dumps({**notes, **whole}, indent=1).encode())
