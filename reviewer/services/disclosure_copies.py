"""Copies put into a package: the file that was released, with the agency's C2PA manifest in it, checked once more."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import reviewer
from reviewer.domain.agency import Tables
from reviewer.domain.errors import IntegrityError
from reviewer.domain.making_acts import ORIGINAL, PACKED, CopyMade
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import RenderPlan
from reviewer.domain.wording import Local
from reviewer.exports import credentials
from reviewer.exports.bag import digest
from reviewer.exports.same_media import same_but_for_c2pa
from reviewer.media.camera import DeckCamera
from reviewer.services.certificate import CopySigner
from reviewer.services.copy_check import check_copy
from reviewer.services.disclosure_index import Listed, hidden_in, left_out, words_of
from reviewer.services.session import Session

_READ = 1 << 20
_ADDED = "The agency’s C2PA manifest was added; nothing else of the file is another."


@dataclass(frozen=True, slots=True)
class Known:
    """A file that may be given: how it was made, and its name in the package."""

    path: Path
    plan: RenderPlan | None
    words: str
    made: CopyMade
    name: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What checking needs, and who is told how far it is: `passing` and `share` begin a step by its words, `stop`
    raises once somebody stopped it."""

    cameras: Mapping[str, DeckCamera]
    cancelled: Callable[[], bool]
    passing: Callable[[str, int], Callable[[int], None]]
    share: Callable[[str], Callable[[float], None]]
    stop: Callable[[], None]


def is_video(path: Path) -> bool:
    return path.suffix.lower() == ".mp4"


class Copying:
    """For one package. `signer` None: no manifest is put in."""

    def __init__(
        self,
        session: Session,
        signer: CopySigner | None,
        redaction: Redaction,
        tables: Tables,
        zone: Local,
        number: str,
    ) -> None:
        self._session, self._signer, self._redaction = session, signer, redaction
        self._tables, self._zone, self._number = tables, zone, number

    def put(self, known: Known, folder: Path, checks: Checks) -> Listed:
        """The file in its place, with the manifest where there is one; an entry for what is another file by that."""
        folder.mkdir(parents=True, exist_ok=True)
        made, place = known.made, folder / known.name
        passing = checks.passing(f"{known.name} copied", made.bytes)
        with known.path.open("rb") as source, place.open("wb") as out:
            found = sha256()
            while piece := source.read(_READ):
                out.write(piece)
                found.update(piece)
                passing(len(piece))
            out.flush()
            os.fsync(out.fileno())
        if found.hexdigest() != made.sha256:
            raise IntegrityError(f"{known.path.name} changed meanwhile.", "Render it again.")
        certified = self._signer is not None and is_video(place) and made.purpose != ORIGINAL
        given = self._certify(known, place, checks) if certified else made
        plan, redaction = known.plan, self._redaction
        stretches = () if plan is None else tuple((each.start, each.end) for each in plan.stretches)
        return Listed(
            file=f"copies/{known.name}",
            sha256=given.sha256,
            bytes=given.bytes,
            checked_sha256=made.sha256,
            words=words_of(plan, known.words, self._zone),
            recordings=made.recordings,
            stretches=stretches,
            hidden=() if plan is None else hidden_in(plan, redaction, self._tables),
            left=() if plan is None else left_out(plan, redaction, self._tables),
            checks=given.checks,
            plan=made.plan,
            encoded=made.encoded,
            certified=certified,
        )

    def _certify(self, known: Known, place: Path, watch: Checks) -> CopyMade:
        """Put the agency's manifest in, check the file again, record it. Raises IntegrityError if it is not good."""
        signer, made = self._signer, known.made
        if signer is None:
            raise ValueError("nobody signs")
        plain = place.rename(place.with_suffix(".plain"))
        about = {
            **{"request": self._number, "checked_sha256": made.sha256, "plan": made.plan},
            "recordings": " ".join(made.recordings),
        }
        source = credentials.EDITED if made.encoded else credentials.CAPTURED
        claim = credentials.Claim(known.name, about, source, version=reviewer.__version__)
        watch.stop()
        credentials.sign_copy(plain, place, claim, signer.chain, signer.sign, signer.authority)
        if not same_but_for_c2pa(plain, place):
            raise IntegrityError(f"The C2PA manifest changed more of {known.name} than it may.", "Tell us.")
        checks = [*made.checks, _ADDED]
        if known.plan is not None:
            step = watch.share(f"{known.name} checked again")
            checked = check_copy(place, known.plan, watch.cameras, watch.cancelled, step)
            if checked.problems:
                raise IntegrityError(f"{known.name} failed its check: {checked.problems[0]}", "Render it again.")
            checks = [*(checked.checks or made.checks), _ADDED]
        plain.unlink()
        with place.open("rb+") as file:
            os.fsync(file.fileno())
        given = replace(
            made,
            purpose=PACKED,
            name=known.name,
            sha256=digest(place),
            bytes=place.stat().st_size,
            checks=tuple(checks),
        )
        self._session.journal.record(given).result()
        return given
