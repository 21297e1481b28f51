"""Every command of the program: what it does, the key it has at first, where that holds. `actions` binds them.

A room's commands are a tuple of their own here; `COMMANDS` puts them in the order of the sheet of keys.
"""

from __future__ import annotations

from reviewer.ui.action_copies import CLIPS, DISCLOSE, REELS
from reviewer.ui.action_notes import NOTES
from reviewer.ui.action_present import PRESENT
from reviewer.ui.action_renders import RENDERS
from reviewer.ui.command import Command as Command
from reviewer.ui.command import Where as Where

_CAMERAS = tuple(Command(f"camera.{n}", f"Focus camera {n}", str(n), "Cameras") for n in range(1, 10))
_HEAR = tuple(Command(f"hear.{n}", f"Hear camera {n}", f"Shift+{n}", "Cameras") for n in range(1, 10))
_MIX = tuple(Command(f"mix.{n}", f"Hear camera {n} too, or no more", f"Ctrl+Shift+{n}", "Sound") for n in range(1, 10))

_PICTURE = (
    Command("look.nearer", "Look nearer", "+", "Picture"),
    Command("look.farther", "Look from farther", "-", "Picture"),
    Command("look.whole", "The whole picture", "W", "Picture"),
    Command("look.left", "Look farther left", "Ctrl+Shift+Left", "Picture"),
    Command("look.right", "Look farther right", "Ctrl+Shift+Right", "Picture"),
    Command("look.up", "Look farther up", "Ctrl+Shift+Up", "Picture"),
    Command("look.down", "Look farther down", "Ctrl+Shift+Down", "Picture"),
    Command("look.turn", "Turn the picture a quarter", "Q", "Picture"),
    Command("look.brighter", "Brighter", "U", "Picture"),
    Command("look.darker", "Darker", "Shift+U", "Picture"),
    Command("look.contrast", "More contrast", "D", "Picture"),
    Command("look.flatter", "Less contrast", "Shift+D", "Picture"),
    Command("look.gamma", "Lighter middle tones (gamma)", "E", "Picture"),
    Command("look.gamma_down", "Darker middle tones (gamma)", "Shift+E", "Picture"),
    Command("look.undo", "Undo the last change of the look", "Alt+Z", "Picture"),
    Command("look.reset", "Look at the picture as recorded", "Shift+W", "Picture"),
    Command("compare.toggle", "Hold this instant to compare, or end that", "C", "Picture"),
    Command("compare.again", "Hold this instant instead", "Shift+C", "Picture"),
    Command("compare.swap", "Go to the held instant, hold this one", "Alt+C", "Picture"),
    Command("still.save", "Save a still of the focused camera", "S", "Picture"),
    Command("still.all", "Save a still of every picture, or stop that", "Shift+S", "Picture"),
)

_INTAKE = (
    Command("intake.folder", "Choose a folder to take in", "Ctrl+O", "Intake", Where.INTAKE),
    Command("intake.files", "Choose files to take in", "Ctrl+Shift+O", "Intake", Where.INTAKE),
    Command("intake.take", "Take in what is planned, or go on", "Ctrl+Return", "Intake", Where.INTAKE),
    Command("intake.stop", "Stop looking or taking in", "Ctrl+.", "Intake", Where.INTAKE),
    Command("intake.clear", "Put the plan away", "Ctrl+Backspace", "Intake", Where.INTAKE),
    Command("intake.leave", "Leave the recording out, or not", "Del", "Intake", Where.INTAKE),
    Command("intake.officer", "Whose recording it is", "O", "Intake", Where.INTAKE),
    Command("intake.incidents", "Incident numbers", "I", "Intake", Where.INTAKE),
    Command("intake.event", "Kind of event", "E", "Intake", Where.INTAKE),
    Command("intake.restrict", "Restricted, or not", "R", "Intake", Where.INTAKE),
    Command("intake.all", "The same officer, incidents and event for all", "Shift+O", "Intake", Where.INTAKE),
    Command("intake.dock", "The dock, or the plan again", "D", "Intake", Where.INTAKE),
    Command("dock.add", "Watch a folder", "Ctrl+N", "Intake", Where.INTAKE),
    Command("dock.toggle", "Start or stop watching the folder", "S", "Intake", Where.INTAKE),
    Command("dock.remove", "Watch the folder no longer", "Shift+Del", "Intake", Where.INTAKE),
)

_RECORDINGS = (
    Command("recordings.all", "Recordings", "1", "Recordings", Where.RECORDINGS),
    Command("recordings.cases", "Cases and their people", "2", "Recordings", Where.RECORDINGS),
    Command("recordings.pending", "What waits for a second signature", "3", "Recordings", Where.RECORDINGS),
    Command("recordings.assign", "Assign the picked recordings", "A", "Recordings", Where.RECORDINGS),
    Command("recordings.release", "Release for training", "R", "Recordings", Where.RECORDINGS),
    Command("recordings.withdraw", "Withdraw from training", "Shift+R", "Recordings", Where.RECORDINGS),
    Command("recordings.take_off", "Take somebody off the case", "T", "Recordings", Where.RECORDINGS),
    Command("recordings.hand_over", "Hand the case over", "H", "Recordings", Where.RECORDINGS),
    Command("recordings.of_case", "Show the case’s recordings", "S", "Recordings", Where.RECORDINGS),
    Command("recordings.map", "Search where the map looks", "M", "Recordings", Where.RECORDINGS),
    Command("recordings.draw", "Draw a place and search there", "D", "Recordings", Where.RECORDINGS),
    Command("recordings.key", "Open or forget the custody key", "K", "Recordings", Where.RECORDINGS),
    Command("recordings.clear", "Clear the search", "X", "Recordings", Where.RECORDINGS),
    Command("recordings.sign", "Sign", "Ctrl+Return", "Recordings", Where.RECORDINGS),
    Command("recordings.back", "Back, nothing signed", "Backspace", "Recordings", Where.RECORDINGS),
)

_STORE = (
    Command("store.check", "Check the store, or go on", "C", "Store", Where.STORE),
    Command("store.deep", "Check every byte, or go on", "D", "Store", Where.STORE),
    Command("store.anew", "Check every byte from the beginning", "Shift+D", "Store", Where.STORE),
    Command("store.stop", "Stop the check", "Ctrl+.", "Store", Where.STORE),
    Command("store.sign", "Sign and save the report", "Ctrl+Return", "Store", Where.STORE),
    Command("store.recording", "How a recording is kept", "R", "Store", Where.STORE),
    Command("store.retain", "Keep it until the day in the field", "Ctrl+K", "Store", Where.STORE),
    Command("store.hold", "Set or lift its legal hold", "Ctrl+H", "Store", Where.STORE),
)

_LOG = (
    Command("log.kind1", "Every entry", "1", "Log", Where.LOG),
    Command("log.kind2", "Views", "2", "Log", Where.LOG),
    Command("log.kind3", "Work", "3", "Log", Where.LOG),
    Command("log.kind4", "Refusals", "4", "Log", Where.LOG),
    Command("log.kind5", "Exports", "5", "Log", Where.LOG),
    Command("log.user", "Whose entries", "P", "Log", Where.LOG),
    Command("log.case", "Which case", "C", "Log", Where.LOG),
    Command("log.camera", "Which camera", "M", "Log", Where.LOG),
    Command("log.when", "When", "D", "Log", Where.LOG),
    Command("log.who_watched", "Who has watched this recording", "W", "Log", Where.LOG),
    Command("log.what_watched", "What has this person watched", "V", "Log", Where.LOG),
    Command("log.who_exported", "Who exported", "X", "Log", Where.LOG),
    Command("log.second", "Who watched this second?", "H", "Log", Where.LOG),
    Command("log.clear", "Show all entries", "Backspace", "Log", Where.LOG),
    Command("log.entry", "The picked entry and its proof", "E", "Log", Where.LOG),
    Command("log.again", "Check the entry’s proof again", "K", "Log", Where.LOG),
    Command("log.check", "Check every entry", "Shift+K", "Log", Where.LOG),
    Command("log.copy", "Copy the entry’s proof", "Ctrl+Shift+C", "Log", Where.LOG),
    Command("log.export", "Export for court", "Ctrl+E", "Log", Where.LOG),
    Command("log.review", "The week that is to be reviewed", "R", "Log", Where.LOG),
    Command("log.sign", "Sign and export, or sign the review", "Ctrl+Return", "Log", Where.LOG),
    Command("log.stop", "Stop the export", "Ctrl+.", "Log", Where.LOG),
)

CLOCKS = (
    Command("clocks.show", "Clocks, or the annotations again", "Y", "Clocks"),
    Command("clocks.sound", "Compare the cameras’ sound", "Shift+Y", "Clocks"),
    Command("clocks.stop", "Stop comparing", "Ctrl+.", "Clocks"),
    Command("clocks.accept", "Accept what is proposed", "Alt+Y", "Clocks"),
    Command("clocks.withdraw", "Back to the signed clocks", "Ctrl+Y", "Clocks"),
    Command("clocks.undo", "Undo the last change of the clocks (a new entry)", "Ctrl+Shift+Y", "Clocks"),
    Command("clocks.redo", "Redo it", "Alt+Shift+Y", "Clocks"),
    Command("clocks.cue", "The same event: mark it in one camera, then in another", "P", "Clocks"),
    Command("clocks.offset", "State how far the focused camera’s clock is off", "Alt+P", "Clocks"),
    Command("clocks.against", "Compare the focused camera with the next one", "Alt+O", "Clocks"),
    Command("clocks.frame_back", "Focused camera a frame earlier against the other", "Alt+,", "Clocks"),
    Command("clocks.frame_on", "Focused camera a frame later against the other", "Alt+.", "Clocks"),
    Command("clocks.ms_back", "Focused camera 1 ms earlier against the other", "Alt+Shift+,", "Clocks"),
    Command("clocks.ms_on", "Focused camera 1 ms later against the other", "Alt+Shift+.", "Clocks"),
    Command("clocks.nudged", "Take the nudge as a marked event", "Alt+Return", "Clocks"),
)

_PLACES = (
    Command("places.show", "Places: who was where, or the annotations again", "Shift+H", "Places"),
    Command("places.draw", "Draw a place on the map: who was there", "Shift+P", "Places"),
    Command("places.nearest", "Nearest camera to the place now", "Shift+N", "Places"),
    Command("places.turn", "Next question to the map", "Alt+H", "Places"),
    Command("places.wider", "A wider distance, then the smallest again", "Alt+W", "Places"),
    Command("places.clear", "No place any more", "Ctrl+Backspace", "Places"),
    Command("places.save", "Save what the map answered", "Ctrl+E", "Places"),
)

_MAP = (
    Command("map.large", "Map over the wall, or back in its place", "Shift+G", "Map"),
    Command("map.follow", "The map follows the officers, or not", "Alt+M", "Map"),
    Command("map.trail", "A longer trail on the map, then none, then the shortest", "Alt+T", "Map"),
    Command("map.closer", "Map closer", "Alt+=", "Map"),
    Command("map.farther", "Map from farther", "Alt+-", "Map"),
    Command("map.all", "All tracks on the map", "Alt+0", "Map"),
)

_ORDER = (
    Command("order.mark", "Which came first: mark one moment, then the other", "Shift+B", "Order"),
    Command("order.show", "Which came first, or the annotations again", "Alt+B", "Order"),
    Command("order.undo", "Undo the last order (a new entry)", "Ctrl+Shift+B", "Order"),
    Command("order.redo", "Redo it", "Alt+Shift+B", "Order"),
    Command("order.save", "Save which came first", "Ctrl+Alt+B", "Order"),
)

_TRACKS = (
    Command("tracks.show", "Tracks of the case: add one from a file", "Shift+T", "Tracks"),
    Command("tracks.file", "Choose the track’s file", "Ctrl+O", "Tracks"),
    Command("tracks.add", "Add the track to the case", "Ctrl+T", "Tracks"),
    Command("tracks.withdraw", "Withdraw the picked track", "Ctrl+Del", "Tracks"),
    Command("tracks.undo", "Undo what was added or withdrawn (a new entry)", "Ctrl+Z", "Tracks"),
    Command("tracks.export", "Save the tracks as GPX, KML or GeoJSON", "Ctrl+Shift+T", "Tracks"),
)

CASE_PAGES = ("board", "story", "people", "documents", "transcript", "report", "history")
_PAGE_WORDS = ("Allegation board", "Story in order", "Complaint", "Documents", "Transcript", "Report", "History")
_CASE_PAGES = tuple(
    Command(f"case.page_{page}", f"Go to the page “{words}”", f"Alt+Shift+{n}", "Case", Where.CASE)
    for n, (page, words) in enumerate(zip(CASE_PAGES, _PAGE_WORDS, strict=True), start=1)
)

_COMPLAINT = (
    Command("complaint.person", "Add a person to the complaint", "Alt+P", "Case", Where.CASE),
    Command("complaint.allegation", "Add an allegation", "Alt+A", "Case", Where.CASE),
    Command("complaint.told", "The complainant was told how it stands", "Alt+T", "Case", Where.CASE),
    Command("complaint.move", "Move the case on", "Alt+M", "Case", Where.CASE),
    Command("complaint.save", "Write the person or allegation", "Ctrl+S", "Case", Where.CASE),
    Command("complaint.back", "Leave the form, nothing written", "Alt+C", "Case", Where.CASE),
    Command("complaint.withdraw", "Take the picked person or allegation off the case", "Alt+Del", "Case", Where.CASE),
    Command("history.person", "Whose entries the history shows", "Alt+W", "Case", Where.CASE),
)

_PAPERS = (
    Command("paper.attach", "Attach documents", "Alt+O", "Documents", Where.CASE),
    Command("paper.paste", "Attach what is on the clipboard", "Ctrl+Shift+V", "Documents", Where.CASE),
    Command("paper.unopened", "Attach the refused document unopened", "Alt+U", "Documents", Where.CASE),
    Command("paper.stop", "Stop attaching documents", "Alt+.", "Documents", Where.CASE),
    Command("paper.next", "Next page of the document", "Alt+PgDown", "Documents", Where.CASE),
    Command("paper.previous", "Page before of the document", "Alt+PgUp", "Documents", Where.CASE),
    Command("paper.closer", "The page larger", "Ctrl+=", "Documents", Where.CASE),
    Command("paper.farther", "The page smaller", "Ctrl+-", "Documents", Where.CASE),
    Command("paper.fit", "The page as wide as there is room", "Ctrl+0", "Documents", Where.CASE),
    Command("paper.find_next", "Next place that was found", "F3", "Documents", Where.CASE),
    Command("paper.find_previous", "Place before that was found", "Shift+F3", "Documents", Where.CASE),
    Command("paper.export", "Export the original of the picked document", "Alt+E", "Documents", Where.CASE),
    Command("paper.withdraw", "Take the picked document off the case", "Alt+X", "Documents", Where.CASE),
)

_REPORT = (
    Command("report.show", "The case’s report", "Ctrl+P", "Case", Where.CASE),
    Command("report.save", "Sign and save the report", "Ctrl+Alt+P", "Case", Where.CASE),
    Command("report.stop", "Stop making the report", "Ctrl+.", "Case", Where.CASE),
)

_DASHBOARD = (
    Command("dashboard.cases", "Open cases", "1", "Dashboard", Where.DASHBOARD),
    Command("dashboard.year", "A year in numbers", "2", "Dashboard", Where.DASHBOARD),
    Command("dashboard.public", "For the agency, or for the public", "P", "Dashboard", Where.DASHBOARD),
    Command("dashboard.save", "Save the numbers", "Ctrl+S", "Dashboard", Where.DASHBOARD),
)

_CASE = (
    Command("case.undo", "Undo the last change of the case (a new entry)", "Ctrl+Z", "Case", Where.CASE),
    Command("case.redo", "Redo it", "Ctrl+Shift+Z", "Case", Where.CASE),
)

_BOARD = (
    Command("board.exhibit", "Put a mark or a document on the board", "E", "Board", Where.CASE),
    Command("board.play", "Play the exhibits of the allegation in a row", "P", "Board", Where.CASE),
    Command("board.left", "Watch what is left for the allegation", "W", "Board", Where.CASE),
    Command("board.left_camera", "Watch what is left of the camera", "Shift+W", "Board", Where.CASE),
    Command("board.for", "The exhibit speaks for it", "+", "Board", Where.CASE),
    Command("board.against", "The exhibit speaks against it", "-", "Board", Where.CASE),
    Command("board.undecided", "It cannot be decided", "?", "Board", Where.CASE),
    Command("board.silent", "It is silent: watched, nothing found", "0", "Board", Where.CASE),
    Command("board.up", "The exhibit goes to the allegation above", "Ctrl+Up", "Board", Where.CASE),
    Command("board.down", "The exhibit goes to the allegation below", "Ctrl+Down", "Board", Where.CASE),
    Command("board.withdraw", "Take the exhibit off the board", "Del", "Board", Where.CASE),
    Command("sequence.next", "Next of what is played in a row", "PgDown", "Playing"),
    Command("sequence.previous", "The one before of what is played in a row", "PgUp", "Playing"),
    Command("sequence.end", "End playing in a row", "Backspace", "Playing"),
)

_FINDING = (
    *(Command(f"finding.{n}", f"Show the finding of A{n}", f"Alt+{n}", "Finding", Where.CASE) for n in range(1, 10)),
    Command("finding.why", "Write why; @ names an exhibit", "Alt+Y", "Finding", Where.CASE),
    Command(
        "finding.sign", "Sign what is written (finding, impression, decision)", "Ctrl+Return", "Finding", Where.CASE
    ),
    Command("finding.return", "Return the signed finding", "Alt+R", "Finding", Where.CASE),
    Command("finding.answer", "Answer what was returned", "Alt+S", "Finding", Where.CASE),
    Command("finding.dissent", "Find otherwise than the signed finding", "Alt+D", "Finding", Where.CASE),
    Command("finding.decide", "Decide the allegation", "Alt+G", "Finding", Where.CASE),
    Command("finding.save", "Save the signed decision for outside", "Alt+K", "Finding", Where.CASE),
    Command("finding.review", "Ask for a blind second review", "Alt+B", "Finding", Where.CASE),
)

_TRANSCRIPT = (
    Command("captions.toggle", "Captions below the pictures, or none", "Shift+V", "Transcript"),
    Command("transcript.show", "Transcript, or the annotations again", "Alt+V", "Transcript"),
    Command("transcript.play", "Play or stop, while typing too (pedal)", "F4", "Transcript"),
    Command("transcript.hold", "Play while it is held down (pedal)", "F10", "Transcript"),
    Command("transcript.back", "2 s back, while typing too (pedal)", "F7", "Transcript"),
    Command("transcript.on", "2 s on, while typing too (pedal)", "F8", "Transcript"),
    Command("transcript.slower", "Next slower speed, while typing too", "F2", "Transcript"),
    Command("transcript.faster", "Next faster speed, while typing too", "F3", "Transcript"),
    Command("transcript.start", "The line that is being typed begins here", "F9", "Transcript"),
    Command("transcript.file", "Take in a transcript from a file", "Ctrl+I", "Transcript", Where.CASE),
    Command("transcript.type", "Type along with the camera", "Alt+L", "Transcript", Where.CASE),
    Command("transcript.export", "Save the transcript as WebVTT or SRT", "Ctrl+E", "Transcript", Where.CASE),
    Command("story.add", "Add a section to the story", "Alt+N", "Story", Where.CASE),
    Command("story.refer", "Name an exhibit, a mark or a time in the text", "Ctrl+K", "Story", Where.CASE),
    Command("story.go", "Go where the reference at the cursor leads", "Ctrl+G", "Story", Where.CASE),
    Command("story.up", "The section goes up", "Alt+Up", "Story", Where.CASE),
    Command("story.down", "The section goes down", "Alt+Down", "Story", Where.CASE),
)

COMMANDS: tuple[Command, ...] = (
    Command("play.toggle", "Play, stop", "Space", "Playing"),
    Command("play.turn", "Turn round, playing", "Shift+Space", "Playing"),
    Command("play.slower", "Back, faster at each press", "J", "Playing"),
    Command("play.stop", "Stop; held with J or L frame by frame", "K", "Playing"),
    Command("play.faster", "Faster at each press", "L", "Playing"),
    Command("speed.slower", "Next slower speed", "Shift+J", "Playing"),
    Command("speed.normal", "Speed 1×", "Shift+K", "Playing"),
    Command("speed.faster", "Next faster speed", "Shift+L", "Playing"),
    Command("frame.back", "One frame back, focused camera", ",", "Playing"),
    Command("frame.forward", "One frame on, focused camera", ".", "Playing"),
    Command("frame.back10", "10 frames back", "Shift+,", "Playing"),
    Command("frame.forward10", "10 frames on", "Shift+.", "Playing"),
    Command("seek.back", "1 s back", "Left", "Playing"),
    Command("seek.forward", "1 s on", "Right", "Playing"),
    Command("seek.back5", "5 s back", "Shift+Left", "Playing"),
    Command("seek.forward5", "5 s on", "Shift+Right", "Playing"),
    Command("seek.back30", "30 s back", "Ctrl+Left", "Playing"),
    Command("seek.forward30", "30 s on", "Ctrl+Right", "Playing"),
    Command("edge.previous", "Previous start or end of a part", "Alt+Left", "Playing"),
    Command("edge.next", "Next start or end of a part", "Alt+Right", "Playing"),
    Command("time.type", "Type a time, local or UTC", "T", "Playing"),
    Command("loop.toggle", "Loop the range", "R", "Playing"),
    Command("mark.previous", "Previous mark", "Up", "Marks"),
    Command("mark.next", "Next mark", "Down", "Marks"),
    Command("unwatched.previous", "Previous unwatched stretch", "[", "Marks"),
    Command("unwatched.next", "Next unwatched stretch", "]", "Marks"),
    Command("unseen.previous", "Previous stretch that nobody saw", "Shift+X", "Marks"),
    Command("unseen.next", "Next stretch that nobody saw", "X", "Marks"),
    Command("second.who", "Who watched this second?", "H", "Marks"),
    Command("bookmark.add", "Bookmark", "B", "Marks"),
    Command("range.in", "In of a range", "I", "Marks"),
    Command("range.out", "Out of a range", "O", "Marks"),
    Command("range.clear", "No range, no loop", "Shift+R", "Marks"),
    Command("range.to_in", "Go to the in point", "Shift+I", "Marks"),
    Command("range.to_out", "Go to the out point", "Shift+O", "Marks"),
    Command("note.write", "Annotate the moment or range", "N", "Marks"),
    Command("note.sign", "Sign and add", "Ctrl+Return", "Marks"),
    Command("undo", "Undo (a new entry)", "Z", "Marks"),
    Command("redo", "Redo", "Shift+Z", "Marks"),
    *NOTES,
    *_CAMERAS,
    *_HEAR,
    Command("wall.back", "Back to the wall", "0", "Cameras"),
    Command("wall.layout", "Next layout", "G", "Cameras"),
    Command("picture.full", "Picture full screen", "F", "Cameras"),
    *_PICTURE,
    Command("part.fetch", "Fetch this part of the focused camera first", "Ctrl+D", "Cameras"),
    Command("restricted.say_why", "Say why the focused restricted camera is viewed", "Ctrl+R", "Cameras"),
    Command("screening.open", "Play the focused camera in the second player", "V", "Cameras"),
    Command("film.toggle", "Filmstrip of the focused camera", "Shift+F", "Timeline"),
    Command("timeline.closer", "Show less time", "Ctrl+=", "Timeline"),
    Command("timeline.farther", "Show more time", "Ctrl+-", "Timeline"),
    Command("timeline.all", "Show all time", "Ctrl+0", "Timeline"),
    Command("sound.mute", "Mute all", "M", "Sound"),
    Command("sound.panel", "Levels of all cameras", "A", "Sound"),
    Command("sound.solo", "Only the focused camera, or all again", "Shift+A", "Sound"),
    Command("sound.louder", "Focused camera louder", "Ctrl+Up", "Sound"),
    Command("sound.softer", "Focused camera softer", "Ctrl+Down", "Sound"),
    *_MIX,
    *CLOCKS,
    *_PLACES,
    *_MAP,
    *_TRACKS,
    *_ORDER,
    *_TRANSCRIPT,
    Command("rolling.show", "Who rolled when: late, silent, missing", "Alt+R", "Timeline"),
    Command("case.open", "Open the selected case", "Return", "Lists", Where.LISTS),
    Command("case.fetch", "Fetch the selected case", "Ctrl+D", "Lists", Where.LISTS),
    *_BOARD,
    *_FINDING,
    *_CASE,
    *_PAPERS,
    *_REPORT,
    *_DASHBOARD,
    *REELS,
    *PRESENT,
    *DISCLOSE,
    *CLIPS,
    *RENDERS,
    *_CASE_PAGES,
    *_COMPLAINT,
    *_STORE,
    *_LOG,
    *_RECORDINGS,
    Command("list.find", "Find", "Ctrl+F", "Lists", Where.EVERYWHERE),
    Command("list.again", "Ask again", "F5", "Lists", Where.EVERYWHERE),
    *_INTAKE,
    Command("go.queue", "Go to the queue", "Ctrl+1", "Program", Where.EVERYWHERE),
    Command("go.review", "Go to the review", "Ctrl+2", "Program", Where.EVERYWHERE),
    Command("go.log", "Go to the log", "Ctrl+3", "Program", Where.EVERYWHERE),
    Command("go.recordings", "Go to the recordings", "Ctrl+4", "Program", Where.EVERYWHERE),
    Command("go.intake", "Go to the intake", "Ctrl+5", "Program", Where.EVERYWHERE),
    Command("go.store", "Go to the store", "Ctrl+6", "Program", Where.EVERYWHERE),
    Command("go.case", "Go to the case’s papers", "Ctrl+7", "Program", Where.EVERYWHERE),
    Command("go.dashboard", "Go to the dashboard", "Ctrl+8", "Program", Where.EVERYWHERE),
    Command("go.copies", "Go to the reels, or to the copies", "Ctrl+9", "Program", Where.EVERYWHERE),
    Command("sync.pause", "Pause what comes down, or go on", "Ctrl+Shift+D", "Program", Where.EVERYWHERE),
    Command("proxies.pause", "Pause making proxies, or go on", "Ctrl+Shift+P", "Program", Where.EVERYWHERE),
    Command("lock", "Lock, cover the picture", "Ctrl+L", "Program", Where.EVERYWHERE),
    Command("log_off", "Log off, once it is locked", "Ctrl+Shift+L", "Program", Where.EVERYWHERE),
    Command("pane.next", "Next pane", "F6", "Program", Where.EVERYWHERE),
    Command("help", "Keys and help", "F1", "Program", Where.EVERYWHERE),
)
