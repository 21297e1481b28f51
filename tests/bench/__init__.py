"""The bench: figures of playback, ours and those of other players, on clips whose every frame says which one it is.

    python -m tests.bench playback                          everything, as a table (about 25 minutes on two cores)
    python -m tests.bench playback --json                   the same, with one JSON object on the last line
    python -m tests.bench playback --only seek,step         some sections or keys (`--list` names them)
    python -m tests.bench playback --quick                  short stretches, few repetitions: does it run at all
    python -m tests.bench playback --seconds 20 --pairs 2   shorter stretches at 1x, fewer pairs
    python -m tests.bench sync [--json] [--only …] [--quick]   transfers from a Ceph of its own, and what is here
    python -m tests.bench log [--json] [--only …] [--quick]    the signed log: append, verify, publish, rebuild, play
    python -m tests.bench place [--json] [--only …] [--quick]  the map, tracks, questions to them, the timeline
    python -m tests.bench align [--json] [--only …] [--quick]  alignment by sound, on pairs that nothing was tuned on

Each section runs in a process group of its own (`child`), so that its memory and CPU time are its own and nothing of it
stays. The window is the real one on a real X display: the one of DISPLAY, else an Xvfb that the bench starts and ends.
What is painted is grabbed from that display and its barcodes are read; below the window, the pictures that `Deck` hands
out are read. CPU time is that of the whole process tree. Ratios are of pairs that ran alternately in the same run.

Clips are made once and kept in the temporary folder (`reviewer-bench`, up to 4 GB with the 72 parts of `open`).
The other players are asked for by `pip install -e '.[bench]'` and, on Debian, libmpv2, libvlc5, vlc-plugin-base and
ffmpeg; a section says so when one is missing, and goes on.
"""
