"""A whole clip by stage: decode, detect, track, store, as `manage.py process_clip` does it.

    python benchmarks/process_clip.py [--release FOLDER] [--clip FILE] [--seconds 60] [--fps 5] [--rounds 3]

The clip is repeated, without encoding it anew, until it is as long as wished, and judged in a data
folder of its own that is thrown away. Compare the shares; seconds belong to the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import av

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # runs as a file too
STREET = ROOT.parent / "shared" / "data" / "clips" / "street-handwash.mp4"


def looped(source: Path, target: Path, seconds: float) -> Path:
    """Write the pictures of a clip again and again, packets untouched, for at least that long."""
    with av.open(str(target), "w") as out:
        stream, offset = None, 0
        while stream is None or offset * stream.time_base < seconds:
            with av.open(str(source)) as container:
                video = container.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video)
                    stream.time_base = video.time_base
                first, step, last = video.start_time or 0, 0, 0
                for packet in container.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    step = packet.duration or step
                    last = max(last, packet.pts - first + step)
                    packet.pts, packet.dts = packet.pts - first + offset, packet.dts - first + offset
                    packet.stream = stream
                    out.mux(packet)
                offset += last
    return target


def judge(clip: Path, fps: float, name: str) -> dict[str, Any]:
    """Run the command once; its result, and the seconds of each stage."""
    from django.core.management import call_command

    from detection.models import Clip

    out = StringIO()
    call_command("process_clip", str(clip), camera=name, fps=fps, json=True, verbosity=0, stdout=out)
    found = json.loads(out.getvalue())
    analysis = Clip.objects.get(pk=found["clip"]).counted_analysis
    assert analysis is not None and analysis.job is not None
    return {**found, "stages": analysis.job.detail["stages"]}


def prepare(release: Path | None) -> None:
    """A fresh data folder with a release to judge by: the given one, else the one that ships."""
    import django

    django.setup()
    from jobs.data_folder import data_folder_prepare
    from releases.services import release_activate, release_active, release_register

    data_folder_prepare()
    if release is not None:
        release_activate(release=release_register(folder=release, by=None), by=None)
    release_active()


def table(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the rounds; `rest` is what no stage holds: loading the network, the job's row, the command."""
    median = {stage: statistics.median(found["stages"][stage] for found in rounds) for stage in rounds[0]["stages"]}
    wall = statistics.median(found["wall_seconds"] for found in rounds)
    frames, seconds = rounds[0]["frames"], rounds[0]["seconds"]
    stages = {**median, "rest": max(0.0, wall - sum(median.values()))}
    return {
        "clip_seconds": seconds,
        "frames": frames,
        "wall_seconds": round(wall, 2),
        "times_real_time": round(seconds / wall, 2),
        "frames_per_second": round(frames / wall, 1),
        "stages": {
            name: {
                "seconds": round(took, 2),
                "share": round(took / wall, 3),
                "ms_a_frame": round(1000 * took / frames, 2),
            }
            for name, took in stages.items()
        },
    }


def show(found: dict[str, Any]) -> None:
    print(
        f"{found['clip_seconds']:.1f} s, {found['frames']} judged frames in {found['wall_seconds']} s: "
        f"{found['times_real_time']} times real time, {found['frames_per_second']} frames a second"
    )
    for name, row in found["stages"].items():
        print(f"{name:8} {row['seconds']:8.2f} s {100 * row['share']:6.1f} % {row['ms_a_frame']:8.2f} ms a frame")


def main() -> None:
    parser = argparse.ArgumentParser(description="How long each stage of judging a clip takes.")
    parser.add_argument("--clip", type=Path, default=STREET, help="default: street-handwash.mp4 of ../shared")
    parser.add_argument("--release", type=Path, help="folder of a release (default: the one that ships)")
    parser.add_argument("--seconds", type=float, default=60, help="length to which the clip is repeated")
    parser.add_argument("--fps", type=float, default=5, help="frames judged a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.clip.is_file():
        sys.exit(f"There is no clip {options.clip}.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASKWEB_DATA_DIR=f"{folder}/data", MASKWEB_LOG_LEVEL="WARNING")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
        prepare(options.release)
        clip = looped(options.clip, Path(folder) / "looped.mp4", options.seconds)
        found = table([judge(clip, options.fps, f"round {number}") for number in range(options.rounds)])
    if options.json:
        print(json.dumps(found))
    else:
        show(found)


if __name__ == "__main__":
    main()
