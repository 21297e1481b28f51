"""A case as CASE/UCO JSON-LD: what other investigation software reads (CASE 1.4, UCO 1.4; JSON-LD 1.1).

Recordings are files with their hashes and the device they came from, exhibits provenance records over them, findings
and decisions annotations, intake and signatures investigative actions. Names of things are uuid5 of the agency and the
thing's own id, so the same case has the same names in every export.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain.case import Allegation, CaseDocument, CasePerson, Exhibit, PersonRole
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc, format_rfc3339

_ONTOLOGIES = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-role": "https://ontology.unifiedcyberontology.org/uco/role/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kb": "urn:uuid:",
}
_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "reviewer.example")
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did, once: "Finding signed". `about` are ids of recordings, allegations or documents."""

    id: str
    what: str
    who: str
    at: Utc
    about: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class CaseGraph:
    """What is exported. `state` in words; `footage_of` gives the recordings that an exhibit shows, by its id."""

    case: str
    title: str
    agency: str
    state: str
    made_at: Utc
    made_by: str
    version: str
    people: tuple[CasePerson, ...]
    allegations: tuple[Allegation, ...]
    recordings: tuple[Manifest, ...]
    documents: tuple[CaseDocument, ...]
    exhibits: tuple[Exhibit, ...]
    footage_of: dict[str, tuple[str, ...]]
    acts: tuple[Act, ...]


def to_jsonld(graph: CaseGraph) -> bytes:
    """The bundle, UTF-8; the same bytes for the same case."""
    writer = _Writer(graph.agency)
    nodes = [*_people(writer, graph), *_recordings(writer, graph.recordings), *_documents(writer, graph.documents)]
    nodes += _allegations(writer, graph)
    nodes += _exhibits(writer, graph)
    known = {node["@id"] for node in nodes}
    nodes += _acts(writer, graph, known)
    tool = {
        "@id": writer.id("tool", graph.version),
        "@type": "uco-tool:Tool",
        "uco-core:name": "Reviewer",
        "uco-tool:version": graph.version,
    }
    investigation = {
        "@id": writer.id("case", graph.case),
        "@type": "case-investigation:Investigation",
        "uco-core:name": graph.case,
        "uco-core:description": graph.title,
        "case-investigation:investigationForm": "case",
        "case-investigation:investigationStatus": graph.state,
        "case-investigation:focus": [f"{each.name} {each.title}" for each in graph.allegations],
        "uco-core:object": [{"@id": node["@id"]} for node in nodes],
    }
    bundle = {
        "@id": writer.id("bundle", f"{graph.case} {graph.made_at}"),
        "@type": "uco-core:Bundle",
        "uco-core:name": f"{graph.case}, exported by {graph.made_by}",
        "uco-core:objectCreatedTime": _time(graph.made_at),
        "uco-core:object": [{"@id": each["@id"]} for each in (investigation, tool)],
    }
    whole = {"@context": _ONTOLOGIES, "@graph": [bundle, investigation, tool, *nodes]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


class _Writer:
    """Names things."""

    def __init__(self, agency: str) -> None:
        self._space = uuid.uuid5(_SPACE, agency)

    def id(self, kind: str, own: str) -> str:
        """The name of a thing of this kind and id."""
        return f"kb:{uuid.uuid5(self._space, f'{kind}/{own}')}"

    def facet(self, kind: str, own: str, of: str, **members: object) -> Node:
        """A part of a thing: UCO's facets have names too."""
        node: Node = {"@id": self.id(kind, own), "@type": f"uco-observable:{of}"}
        return node | {f"uco-observable:{name}": value for name, value in members.items() if value not in (None, "")}


def _time(at: Utc) -> Node:
    return {"@type": "xsd:dateTime", "@value": format_rfc3339(at)}


def _sha256(writer: _Writer, digest: str) -> Node:
    return {
        "@id": writer.id("hash", digest),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest.upper()},
    }


def _people(writer: _Writer, graph: CaseGraph) -> Iterable[Node]:
    for person in graph.people:
        role = person.role.value if person.role is not None else "person"
        officer = f" {person.badge}" if person.badge else ""
        yield {
            "@id": writer.id("person", person.id),
            "@type": "uco-identity:Person",
            "uco-core:name": f"{person.name}{officer}",
            "uco-core:description": role,
        }
        if person.role is PersonRole.SUBJECT:
            yield {
                "@id": writer.id("role", person.id),
                "@type": "case-investigation:Subject",
                "uco-core:name": f"{person.name}{officer}, {role}",
            }


def _recordings(writer: _Writer, manifests: Sequence[Manifest]) -> Iterable[Node]:
    for manifest in manifests:
        own, device = manifest.recording_id, manifest.device
        made = " ".join(filter(None, (device.make, device.model)))
        yield {
            "@id": writer.id("device", own),
            "@type": "uco-observable:ObservableObject",
            "uco-core:name": f"{made} {device.serial or ''}".strip() or "camera",
            "uco-core:hasFacet": [
                writer.facet("device facet", own, "DeviceFacet", model=made, serialNumber=device.serial or "")
            ],
        }
        files = []
        for n, part in enumerate(manifest.parts):
            name = writer.id("part", f"{own}/{n}")
            files.append(name)
            facets = [
                writer.facet("file facet", f"{own}/{n}", "FileFacet", fileName=part.name, sizeInBytes=part.size),
                writer.facet("content facet", f"{own}/{n}", "ContentDataFacet", hash=[_sha256(writer, part.sha256)]),
            ]
            yield {
                "@id": name,
                "@type": "uco-observable:ObservableObject",
                "uco-core:name": f"{manifest.officer}, part {n + 1}",
                "uco-core:startTime": _time(part.range.start),
                "uco-core:endTime": _time(part.range.end),
                "uco-core:hasFacet": facets,
            }
        clock = f"clock {manifest.clock.source.value}, ± {2 * manifest.clock.uncertainty} µs"
        yield {
            "@id": writer.id("recording", own),
            "@type": "case-investigation:ProvenanceRecord",
            "uco-core:name": f"Recording of {manifest.officer}",
            "uco-core:description": f"{own}; {clock}",
            "uco-core:object": [{"@id": each} for each in (writer.id("device", own), *files)],
        }


def _documents(writer: _Writer, documents: Sequence[CaseDocument]) -> Iterable[Node]:
    for each in documents:
        facets = [
            writer.facet("file facet", each.id, "FileFacet", fileName=each.name, sizeInBytes=each.size),
        ]
        if each.sha256:
            facets.append(
                writer.facet("content facet", each.id, "ContentDataFacet", hash=[_sha256(writer, each.sha256)])
            )
        yield {
            "@id": writer.id("document", each.id),
            "@type": "uco-observable:ObservableObject",
            "uco-core:name": each.name,
            "uco-core:hasFacet": facets,
        }


def _allegations(writer: _Writer, graph: CaseGraph) -> Iterable[Node]:
    for each in graph.allegations:
        node: Node = {
            "@id": writer.id("allegation", each.id),
            "@type": "uco-core:Grouping",
            "uco-core:name": f"{each.name} {each.title}",
            "uco-core:description": each.text or each.title,
            "uco-core:object": [{"@id": writer.id("case", graph.case)}],
        }
        if each.window is not None:
            node["uco-core:startTime"], node["uco-core:endTime"] = _time(each.window.start), _time(each.window.end)
        yield node


def _exhibits(writer: _Writer, graph: CaseGraph) -> Iterable[Node]:
    allegations = {each.id for each in graph.allegations}
    for each in graph.exhibits:
        shown = [writer.id("recording", key) for key in graph.footage_of.get(each.id, ())]
        shown += [writer.id("document", each.document)] * bool(each.document)
        shown += [writer.id("allegation", each.allegation)] * (each.allegation in allegations)
        node: Node = {
            "@id": writer.id("exhibit", each.id),
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": each.name,
            "uco-core:name": each.name,
            "uco-core:description": f"{each.stance.value}: {each.text or each.where}",
            "uco-core:object": [{"@id": name} for name in shown or [writer.id("case", graph.case)]],
        }
        if each.at is not None:
            node["uco-core:startTime"], node["uco-core:endTime"] = _time(each.at.start), _time(each.at.end)
        yield node


def _acts(writer: _Writer, graph: CaseGraph, known: set[str]) -> Iterable[Node]:
    performers: dict[str, Node] = {}
    for act in graph.acts:
        who = performers.get(act.who)
        if who is None:
            who = performers[act.who] = {
                "@id": writer.id("performer", act.who),
                "@type": "uco-identity:Person",
                "uco-core:name": act.who,
            }
            yield who
        kinds = ("recording", "document", "allegation", "exhibit")
        about = [name for own in act.about for kind in kinds if (name := writer.id(kind, own)) in known]
        yield {
            "@id": writer.id("act", act.id),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": act.what,
            "uco-core:description": act.said or act.what,
            "uco-action:startTime": _time(act.at),
            "uco-action:endTime": _time(act.at),
            "uco-action:performer": {"@id": who["@id"]},
            **({"uco-action:object": [{"@id": name} for name in about]} if about else {}),
        }
