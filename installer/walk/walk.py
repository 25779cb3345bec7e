# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks the dashboard through its main job on a display of its own, and leaves screenshots and the CSV."""

import argparse
import csv
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from desktop import Desktop, DesktopError, wait_until  # noqa: E402
from main_job import MainJob, Pointer  # noqa: E402
from window import StepFailed, Window  # noqa: E402


class Pictures:
    """Numbered screenshots in a folder, each named as it is taken."""

    def __init__(self, folder):
        self.folder, self.count, self.window = folder, 0, None

    def __call__(self, name, text):
        self.count += 1
        path = os.path.join(self.folder, f"{self.count:02}-{name}.png")
        self.window.screenshot(path)
        say(path, text)


def say(path, text):
    print(f"  {os.path.relpath(path)}: {text}", flush=True)


def walk(desktop, options, pictures):
    # Up to the size that the Connect page offers the fleet is started there, by hand; others come from the command line.
    by_hand = options.devices == 200
    command = [options.program, *([] if by_hand else ["--demo", str(options.devices)]), *options.muster]
    window = pictures.window = Window(desktop, command, "Muster", os.path.join(options.output, "muster.log"))
    try:
        window.open()
        job = MainJob(window, Pointer(window), pictures)
        if by_hand:
            job.connect()
        job.see_devices(options.devices + 1)  # this computer is one more
        job.filter_devices('region = "eu"')
        job.compose('region = "eu" or region = "us"', ["region", "fw"])
        tally = job.run()
        path = os.path.join(options.output, "query.csv")
        job.export(path)
        with open(path, encoding="utf-8", newline="") as file:
            rows = len(list(csv.DictReader(file)))
        say(path, f"the answers, {rows} rows ({tally['answered']} devices answered)")
        code = window.close()
        if code != 0:
            raise StepFailed(f"the dashboard ended with exit code {code}; its last words:\n{window.last_words()}")
    except StepFailed:
        if window.alive():
            pictures("failed", "the window when it failed")
            with open(os.path.join(options.output, "failed.txt"), "w", encoding="utf-8") as file:
                file.write(window.tree())
        raise
    finally:
        window.terminate()
    left = wait_until(lambda: not desktop.strangers(), 5) or desktop.strangers()
    if left is not True:
        raise StepFailed("processes are left: " + ", ".join(f"{pid} {command}" for pid, command in left.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--output", required=True)
    parser.add_argument("muster", nargs="*", help="options for the program")
    options = parser.parse_args()
    os.makedirs(options.output, exist_ok=True)
    for name in os.listdir(options.output):
        if name.endswith((".png", ".csv", ".log", ".txt")):
            os.remove(os.path.join(options.output, name))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Desktop() as desktop:
            walk(desktop, options, Pictures(options.output))
    except (StepFailed, DesktopError) as problem:
        print(f"The walk failed: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; everything was stopped.", file=sys.stderr)
        return 130
    print("The walk is complete; the dashboard and its fleet have ended, no process is left.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
