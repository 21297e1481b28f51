"""A C2PA manifest (Content Credentials; C2PA Technical Specification 2.2) in an MP4: whose copy this is.

Written and read by c2pa-python. It adds a thumbnail of the footage to every manifest, and what an ingredient of it
looks like, unless it is told not to; here it is told, nothing is an ingredient, and what was written is read again and
refused if it holds more than what was asked. It fetches nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa

from reviewer.domain.errors import IntegrityError, ReviewerError

LABEL = "reviewer.copy"
"""The assertion of ours: a flat object of texts."""
EDITED = "http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits"
CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
"""Digital source types (IPTC) of a copy in which something is hidden, and of a recording's own frames."""
_KNOWN = frozenset({"c2pa.hash.bmff", "c2pa.actions", LABEL})
_MEDIA = "video/mp4"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the manifest says. `title` is the file's name; `about` the members of LABEL."""

    title: str
    about: Mapping[str, str]
    source: str = EDITED
    program: str = "Reviewer"
    version: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader finds. `state` is C2PA's: "Trusted" if the signer leads to an authority that was given, "Valid" if
    all holds and nobody vouches for the signer, "Invalid". `failures` are codes of the specification; `assertions` the
    labels in the manifest, `ingredients` how many it has, `thumbnails` whether any picture lies in it."""

    state: str
    failures: tuple[str, ...]
    title: str
    issuer: str
    assertions: tuple[str, ...]
    ingredients: int
    thumbnails: bool
    about: Mapping[str, str]
    serial: str = ""  # of the signer's certificate, decimal


def sign_copy(source: Path, target: Path, claim: Claim, chain: str, sign: Callable[[bytes], bytes], root: str) -> Read:
    """A copy of `source` at `target` with a manifest in it. `chain` is PEM, the leaf first; `sign` makes ES256 (RFC
    9053, r ‖ s) of bytes; `root` is the authority as PEM. What the reader finds in it is returned. Raises
    IntegrityError if it finds anything else than what was asked, ReviewerError if it cannot be made."""
    definition = {
        "claim_generator_info": [{"name": claim.program, "version": claim.version or "0"}],
        "title": claim.title,
        "format": _MEDIA,
        "ingredients": [],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": claim.source}]},
            },
            {"label": LABEL, "data": dict(claim.about)},
        ],
    }
    try:
        with (
            c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain) as signer,
            c2pa.Builder(json.dumps(definition), _context(root)) as builder,
            source.open("rb") as plain,
            target.open("w+b") as signed,
        ):
            builder.sign(signer, _MEDIA, plain, signed)
    except c2pa.C2paError as wrong:
        raise ReviewerError(f"The C2PA manifest could not be made: {wrong}", "Give the copies without one.") from wrong
    found = read_copy(target, root)
    _expect(found, claim)
    return found


def read_copy(path: Path, root: str = "") -> Read:
    """The manifest in a file. `root`: authorities to trust, as PEM. Raises ReviewerError if there is none, or none that
    can be read."""
    try:
        with path.open("rb") as file, c2pa.Reader(_MEDIA, file, context=_context(root)) as reader:
            state, store = str(reader.get_validation_state()), json.loads(reader.json())
    except (c2pa.C2paError, ValueError) as wrong:
        raise ReviewerError(
            f"{path.name} has no C2PA manifest that can be read: {wrong}", "Ask for it again."
        ) from wrong
    manifests: dict[str, dict[str, Any]] = store["manifests"]
    active = manifests[store["active_manifest"]]
    made = active.get("assertions", [])
    about: dict[str, Any] = next((each["data"] for each in made if each["label"] == LABEL), {})
    results = store.get("validation_results", {}).get("activeManifest", {})
    return Read(
        state,
        tuple(each["code"] for each in results.get("failure", [])),
        str(active.get("title", "")),
        str(active.get("signature_info", {}).get("issuer", "")),
        tuple(each["label"] for each in made),
        sum(len(each.get("ingredients", [])) for each in manifests.values()) + len(manifests) - 1,
        "thumbnail" in json.dumps(store) or any(each.get("thumbnail") for each in manifests.values()),
        {str(name): str(value) for name, value in about.items()},
        str(active.get("signature_info", {}).get("cert_serial_number", "")),
    )


def _context(root: str) -> c2pa.Context:
    asked: dict[str, Any] = {
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    if root:
        asked["trust"] = {"trust_anchors": root}
    return c2pa.Context.from_dict(asked)


def _expect(found: Read, claim: Claim) -> None:
    more = [label for label in found.assertions if label.rpartition(".v")[0] not in _KNOWN and label not in _KNOWN]
    said = (
        (found.state != "Trusted", f"it reads as {found.state} ({', '.join(found.failures) or 'no code'})"),
        (found.thumbnails, "it holds a thumbnail"),
        (found.ingredients > 0, "it holds an ingredient"),
        (bool(more), f"it holds {', '.join(more)}"),
        (dict(found.about) != dict(claim.about) or found.title != claim.title, "it says something else"),
    )
    problem = next((words for wrong, words in said if wrong), None)
    if problem is not None:
        raise IntegrityError(f"The C2PA manifest of {claim.title} is not what was asked for: {problem}.", "Tell us.")
