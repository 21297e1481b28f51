"""Is this package what the agency made? What the single-file verifier says, with the keys that this machine trusts, and
what a C2PA reader says of each copy."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from reviewer import config
from reviewer.domain.certificate import Revocation
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import CopyMade
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import clock, date
from reviewer.exports import credentials
from reviewer.exports.bag import digest
from reviewer.services.disk import disk_error
from reviewer.services.logkeys import key_of
from reviewer.services.revocation import revoked

VERIFIER = "verify_disclosure.py"
PACKED = "package-made.json"
"""Beside the bag's lists, for it proves the entry that has their hash."""
_Verify = Callable[..., tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` make it FAIL; `remarks` are told anyway."""

    problems: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verifier_source() -> bytes:
    """The single file, as it comes with the program. Raises ReviewerError if it is missing."""
    path = config.resource("verifier", VERIFIER)
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise disk_error(path, wrong, "the verifier of packages") from wrong


def verify_package(
    folder: Path,
    keys: Mapping[str, Any] | None = None,
    *,
    authority: str = "",
    witnessed: bool = False,
    ended: Sequence[Revocation] = (),
) -> Verdict:
    """Check a package that lies open in a folder. `keys` as `reviewer log keys --json` says them; None takes the
    package's own. `authority`: the agency's, as PEM; with it every C2PA manifest must lead there. `ended`: what the
    root revoked; a copy that was signed by such a certificate holds only if the log has it from before. Never raises
    for what the package holds."""
    problems, remarks = _verify()(str(folder), keys, witnessed)
    said = []
    for path in sorted((folder / "data" / "copies").glob("*.mp4")):
        try:
            found = credentials.read_copy(path, authority)
        except ReviewerError:
            continue  # the verifier says where there should be one
        good = found.state == "Trusted" or (not authority and found.state == "Valid")
        if not good or found.thumbnails or found.ingredients:
            problems.append(f"copies/{path.name}: its C2PA manifest reads as {found.state}.")
        said.append(f"copies/{path.name}: signed by {found.issuer} (C2PA: {found.state})")
        end = revoked(ended, found.serial)
        if end is not None:
            before = _made_before(folder, path, end.since)
            (said if before else problems).append(f"copies/{path.name}: {_ended_words(end, before)}")
    return Verdict(tuple(problems), (*remarks, *said))


def _ended_words(end: Revocation, before: bool) -> str:
    since = f"{date(end.since)} {clock(end.since)} UTC"
    says = f"its certificate no longer holds since {since} ({end.reason})"
    return f"{says}; the log has the copy from before" if before else f"{says}, and no entry has the copy from before"


def _made_before(folder: Path, copy: Path, since: Utc) -> bool:
    """Whether an entry that the package proves (the single-file verifier judges that) says that this very file was made
    before then."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        sha256 = digest(copy)
        bundle = json.loads((folder / "data/proofs/bundle.json").read_bytes())
        for each in (entry for log in bundle["logs"] for entry in log["entries"]):
            entry, payload = json.loads(each["entry"]), json.loads(each["payload"])
            if entry["kind"] == CopyMade.KIND and payload["sha256"] == sha256:
                return bool(entry["at"] < since)
    return False


def keys_by(folder: Path, roster: Roster) -> dict[str, Any]:
    """The keys of the logs that a package names, as a roster has them; a log that it does not know gets none."""
    found = []
    with suppress(OSError, ValueError, KeyError, TypeError):
        for name in ("data/proofs/bundle.json", PACKED):
            found += [str(log["origin"]) for log in json.loads((folder / name).read_bytes())["logs"]]
    keys = {origin: key_of(origin, roster) for origin in dict.fromkeys(found)}
    return {
        "logs": [{"origin": origin, "vkey": key} for origin, key in keys.items() if isinstance(key, str)],
        "witnesses": [{"name": w.name, "vkey": w.vkey, "station": w.station} for w in roster.witnesses],
    }


@cache
def _verify() -> _Verify:
    return cast(_Verify, runpy.run_path(str(config.resource("verifier", VERIFIER)))["verify"])
