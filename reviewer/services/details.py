"""What of a manifest or an assignment says something, sealed: with the right to read the whole store and no key one
learns ids, times and sizes.

`sealed_details` is AES-256-GCM (nonce ‖ ciphertext, base64) of the details' RFC 8785 JSON: a manifest's under the
recording's data key, an assignment's under the case key. The associated data names document and number, so that no
details can stand in for another's.
"""

from __future__ import annotations

import json
from dataclasses import replace

import rfc8785

from reviewer.domain import assignment as assignments
from reviewer.domain import recording as recordings
from reviewer.domain.assignment import Assignment, AssignmentDetails
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.recording import Details, Manifest
from reviewer.sealing import grant

SEALED = 2  # the `v` of documents with sealed details


def seal_manifest(manifest: Manifest, data_key: bytes) -> Manifest:
    """The manifest with its details sealed, still open in memory. What is signed is its `closed` form."""
    text = rfc8785.dumps(encode(recordings.details_of(manifest)))
    return replace(manifest, v=SEALED, sealed_details=grant.wrap(data_key, text, manifest_aad(manifest)))


def open_manifest(manifest: Manifest, data_key: bytes) -> Manifest:
    """The manifest with its details. Raises AccessRefused if the key is another, MalformedDocument."""
    if manifest.v < SEALED:
        return manifest
    details = decode(Details, _json(grant.unwrap(data_key, manifest.sealed_details, manifest_aad(manifest))))
    try:
        return recordings.opened(manifest, details)
    except ValueError as wrong:
        raise MalformedDocument("The details are of another manifest.", "Ask the custodian who signed it.") from wrong


def seal_assignment(assignment: Assignment, case_key: bytes) -> Assignment:
    """The assignment with its details sealed, still open in memory. What is signed is its `closed` form."""
    text = rfc8785.dumps(encode(AssignmentDetails(assignment.title, assignment.reason)))
    return replace(assignment, v=SEALED, sealed_details=grant.wrap(case_key, text, assignment_aad(assignment)))


def open_assignment(assignment: Assignment, case_key: bytes) -> Assignment:
    """The assignment with its details. Raises AccessRefused if the key is another, MalformedDocument."""
    if assignment.v < SEALED:
        return assignment
    text = grant.unwrap(case_key, assignment.sealed_details, assignment_aad(assignment))
    return assignments.opened(assignment, decode(AssignmentDetails, _json(text)))


def manifest_aad(manifest: Manifest) -> bytes:
    """What a manifest's sealed details are bound to."""
    return f"reviewer manifest details/{manifest.recording_id}/{manifest.n}".encode()


def assignment_aad(assignment: Assignment) -> bytes:
    """What an assignment's sealed details are bound to."""
    return f"reviewer assignment details/{assignment.case_id}/{assignment.n}".encode()


def _json(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise MalformedDocument("The details are no JSON.", "Ask the custodian who signed it.") from wrong
