"""The demo's transcript of one camera and the beginning of its story, so that these pages show what they are for."""

from __future__ import annotations

from reviewer.captions import CaptionFile
from reviewer.domain.case_acts import AllegationSet
from reviewer.domain.recording import Manifest
from reviewer.domain.reference import Reference, Referred
from reviewer.domain.timebase import Micros
from reviewer.domain.transcript import Cue
from reviewer.services.case import CaseFile
from reviewer.services.narrative import Narrative
from reviewer.services.transcript import Counting, Transcripts, place

_HEARD = (
    (0.36, 0.41, "Person A", "What have I done? I am only waiting here."),
    (0.415, 0.46, "Ofc. Niemi", "Step back from the rails. I ask you for the third time."),
    (0.48, 0.54, "Person A", "I’m not resisting. Let go of my arm."),
    (0.50, 0.53, "Ofc. Korhonen", "Move. Now."),
    (0.545, 0.58, "Ofc. Virtanen", "Mind the tram."),
    (0.585, 0.65, "Person A", "I cannot get up."),
    (0.68, 0.72, "Ofc. Niemi", "Can you breathe?"),
    (0.725, 0.78, "Ofc. Laine", "Shall I call somebody?"),
    (0.79, 0.84, "Person A", "My shoulder."),
    (0.87, 0.93, "Ofc. Korhonen", "Ambulance to the corner, please."),
)
"""From and to, in shares of the scene, as `demo/sound` has the voices; who, and what."""


def write_story(file: CaseFile, manifest: Manifest) -> None:
    """A transcript of this recording, and two sections that name what they are about."""
    length = manifest.parts[0].duration
    cues = tuple(Cue(_at(begin, length), _at(end, length), text, who) for begin, end, who, text in _HEARD)
    heard = CaptionFile("vtt", cues)
    placed = place(heard, manifest, Counting.START)
    hand = Transcripts(file)
    id_ = hand.take_in(manifest.recording_id, manifest.officer, heard, placed, "camera-1.vtt").result()
    arm = placed.lines[2]
    began = Reference.footage(manifest.recording_id, 0, placed.lines[1].start)
    first = next(iter(file.things(AllegationSet)), None)
    about = f" ({Reference(Referred.ALLEGATION, first.id).token})" if first is not None else ""
    story = Narrative(file)
    story.add(
        "Before the fall",
        f"From {began.token} {manifest.officer} asks Person A to step back from the rails; nobody has touched them.",
    ).result()
    said = Reference.line(id_, arm.key)
    story.add(
        "The arm", f"What is said at {said.token} and when the arm is taken{about} is still to be put in order."
    ).result()


def _at(share: float, length: Micros) -> Micros:
    """In whole milliseconds, as a file has them."""
    return Micros(round(share * length) // 1_000 * 1_000)
