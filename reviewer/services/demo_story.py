"""The demo's transcript of one camera and the beginning of its story, so that these pages show what they are for."""

from __future__ import annotations

from reviewer.captions import read_captions
from reviewer.domain.case_acts import AllegationSet
from reviewer.domain.recording import Manifest
from reviewer.domain.reference import Reference, Referred
from reviewer.domain.timebase import SECOND, Micros
from reviewer.services.case import CaseFile
from reviewer.services.narrative import Narrative
from reviewer.services.transcript import Counting, Transcripts, place

_HEARD = """WEBVTT

00:16.000 --> 00:18.500
<v Ofc. Niemi>Good evening. Step back from the rails, please.

00:20.000 --> 00:22.000
<v Person A>I am only waiting here.

00:24.500 --> 00:26.500
<v Ofc. Korhonen>Move. Now.

00:28.000 --> 00:30.000
<v Ofc. Korhonen>Move. Now.

00:33.000 --> 00:35.500
<v Ofc. Niemi>Step back. I ask you for the third time.

00:38.000 --> 00:40.000
<v Person A>I’m not resisting.

00:48.000 --> 00:50.000
<v Ofc. Niemi>Can you breathe?

00:56.000 --> 00:59.000
<v Ofc. Niemi>Ambulance to the corner, please.
"""


def write_story(file: CaseFile, manifest: Manifest) -> None:
    """A transcript of this recording, and two sections that name what they are about."""
    heard = read_captions("camera-1.vtt", _HEARD.encode())
    placed = place(heard, manifest, Counting.START)
    if not placed.lines:
        return
    hand = Transcripts(file)
    id_ = hand.take_in(manifest.recording_id, manifest.officer, heard, placed, "camera-1.vtt").result()
    line = placed.lines[len(placed.lines) // 2]
    began = Reference.footage(manifest.recording_id, 0, Micros(min(16 * SECOND, manifest.parts[0].duration - 1)))
    first = next(iter(file.things(AllegationSet)), None)
    about = f" ({Reference(Referred.ALLEGATION, first.id).token})" if first is not None else ""
    story = Narrative(file)
    story.add(
        "Before the fall",
        f"From {began.token} {manifest.officer} asks Person A to step back from the rails; nobody has touched them.",
    ).result()
    said = Reference.line(id_, line.key)
    story.add(
        "The arm", f"What is said at {said.token} and when the arm is taken{about} is still to be put in order."
    ).result()
