"""A case as CASE/UCO, judged by NIST's validator (case_utils: SHACL shapes of CASE 1.5, offline)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from reviewer.domain.case import Allegation, CaseDocument, CasePerson, Exhibit, PersonRole, Stance
from reviewer.domain.recording import Clock, ClockSource, Device, Ingest, Kind, Manifest, Part
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.exports.caseuco import Act, CaseGraph, to_jsonld

_AT = Utc(1_780_000_000_000_000)
_WINDOW = TimeRange(_AT, Utc(_AT + 5_000_000))


def _manifest() -> Manifest:
    part = Part("ab" * 32, 1_100, "cd" * 32, 1_000, _AT, Micros(90_000_000), name="W110_2214.mp4")
    return Manifest(
        recording_id="r1",
        agency="helsinki.example",
        officer="Ofc. A. Niemi 2214",
        device=Device("Axis", "W110", "B8A44F"),
        kind=Kind.VIDEO,
        parts=(part,),
        clock=Clock(ClockSource.GPS, Micros(6_000)),
        incidents=("I-1",),
        event_type="",
        restricted=None,
        ingest=Ingest("desk-1", _AT, "0.1"),
        sealed_data_keys=(),
    )


GRAPH = CaseGraph(
    case="CR-2026-0142",
    title="Aleksanterinkatu × Mikonkatu",
    agency="helsinki.example",
    state="review",
    made_at=_AT,
    made_by="K. Salo 0417",
    version="0.1.0",
    people=(CasePerson("p1", "A. Niemi", PersonRole.SUBJECT, "2214"), CasePerson("p2", "A", PersonRole.COMPLAINANT)),
    allegations=(Allegation("a1", 1, "Excessive force", "قال", window=_WINDOW),),
    recordings=(_manifest(),),
    documents=(CaseDocument("d1", "report.pdf", "pdf", "ab" * 32, "ef" * 32, 9_000, ""),),
    exhibits=(
        Exhibit("e1", 1, "a1", Stance.FOR, mark="m1", at=_WINDOW, text="Arm behind back"),
        Exhibit("e2", 2, "gone", Stance.SILENT),
    ),
    footage_of={"e1": ("r1",)},
    acts=(
        Act("1", "Taken in", "desk-1", _AT, ("r1",)),
        Act("2", "Finding signed", "K. Salo 0417", _AT, ("a1", "unknown"), "Not sustained"),
        Act("3", "Decided", "S. Aro 0102", _AT, ()),
    ),
)


def _validate(path: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "case_validate"
    return subprocess.run([str(tool), str(path)], capture_output=True, text=True, timeout=200, check=False)


def test_nists_validator_finds_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "case.jsonld"
    path.write_bytes(to_jsonld(GRAPH))
    judged = _validate(path)
    assert judged.returncode == 0, judged.stdout[-3000:] + judged.stderr[-2000:]
    assert "Conforms: True" in judged.stdout
    assert "Warning" not in judged.stdout
    wrong = json.loads(path.read_bytes())
    for node in wrong["@graph"]:
        node.pop("uco-core:object", None)
    path.write_text(json.dumps(wrong))
    assert _validate(path).returncode != 0


def test_every_name_that_is_spoken_of_is_there_and_the_same_in_every_export() -> None:
    first, again = to_jsonld(GRAPH), to_jsonld(GRAPH)
    assert first == again
    nodes = json.loads(first)["@graph"]
    names = {node["@id"] for node in nodes}
    assert len(names) == len(nodes)

    def spoken(value: object) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(spoken, value)) if value else set()
        if isinstance(value, dict):
            own = {value["@id"]} if set(value) == {"@id"} else set()
            return own.union(*(spoken(each) for each in value.values()))
        return set()

    assert spoken(nodes) <= names


def test_hashes_of_footage_and_papers_are_in_it() -> None:
    made = to_jsonld(GRAPH).decode()
    assert ("CD" * 32) in made
    assert ("EF" * 32) in made
    assert '"case-investigation:exhibitNumber": "E1"' in made
