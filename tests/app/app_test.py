# SPDX-License-Identifier: GPL-3.0-or-later
"""The built dashboard in a real window, used by pointer and keyboard on a display of its own.

usage: app_test.py --program build/bin/muster --output FOLDER CASE
"""

import argparse
import csv
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "..", "installer", "walk")]

import plain_nats  # noqa: E402
from desktop import Desktop, DesktopError, descendants, wait_until  # noqa: E402
from main_job import Keyboard, MainJob, Pointer  # noqa: E402
from window import CLICKABLE, EDITABLE, StepFailed, Window  # noqa: E402

DEVICES = 200
WHERE = 'region = "eu" or region = "us"'

# What Mesa prints where there is no graphics card, and Qt when the accessibility bus is slow on a loaded machine.
HARMLESS = re.compile(r"^(libEGL warning|MESA|QSpiApplication::)")


class Wrong(Exception):
    """What the test expected and did not find."""


def expect(truth, message):
    if not truth:
        raise Wrong(message)


class Case:
    """A running dashboard; `hands` says how it is used."""

    running = None

    def __init__(self, desktop, options, hands=Pointer, arguments=()):
        Case.running = self
        self.options = options
        self.window = Window(desktop, [options.program, *arguments], "Muster",
                             os.path.join(options.output, "muster.log"))
        self.job = MainJob(self.window, hands(self.window), self._shot)
        self.window.open()

    def _shot(self, name, _text):
        self.window.screenshot(os.path.join(self.options.output, f"{name}.png"))

    def record_failure(self):
        self._shot("failed", "")
        with open(os.path.join(self.options.output, "failed.txt"), "w", encoding="utf-8") as file:
            file.write(self.window.tree())

    def server_url(self):
        chip = self.window.wait_find(re.compile(r"^Connection .*, connected"))
        return chip.description

    def path(self, name):
        path = os.path.join(self.options.output, name)
        if os.path.exists(path):
            os.remove(path)
        return path

    def export(self):
        path = self.path("query.csv")
        self.job.export(path)
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def check_answers(rows, tally, url):
    """The CSV against the roll-call, and against what the devices themselves say."""
    expect(len(rows) == tally["answered"],
           f"the CSV of the results has {len(rows)} rows; {tally['answered']} devices answered")
    devices = [row["device"] for row in rows]
    expect(len(set(devices)) == len(devices), "a device is in the CSV twice")
    request = {"v": 1, "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "deadline_ms": 5000, "spread_ms": 0, "reply_empty": True,
               "select": ["fw", "region", "site"]}
    said = plain_nats.ask(url, request, enough=lambda replies: set(devices) <= set(replies))
    both = [row for row in rows if "row" in said.get(row["device"], {})]
    # One in a hundred comes and goes, and may have gone since.
    expect(len(both) >= 0.9 * len(rows), f"only {len(both)} of {len(rows)} devices of the CSV answer now")
    for row in both:
        own = said[row["device"]]["row"]
        for field in ("fw", "region"):
            expect(row[field] == str(own.get(field, "")),
                   f"{row['device']}: the CSV says {field} = {row[field]!r}, the device says {own.get(field)!r}")
        expect(row["region"] in ("eu", "us"), f"{row['device']} of region {row['region']!r} was not asked for")
    matching = {device for device, reply in said.items() if reply.get("row", {}).get("region") in ("eu", "us")}
    missing = matching - set(devices)
    expect(len(missing) <= 0.1 * len(matching), f"the CSV lacks devices that match: {', '.join(sorted(missing)[:10])}")


def whole_job(case, size=None):
    if size:
        case.window.resize(*size)
    job = case.job
    job.connect()
    job.see_devices(DEVICES + 1)
    job.filter_devices('region = "eu"')
    job.compose(WHERE, ["region", "fw", "site"])
    tally = job.run()
    url = case.server_url()
    check_answers(case.export(), tally, url)


def main_job(desktop, options):
    case = Case(desktop, options)
    whole_job(case)
    return case


def keyboard_only(desktop, options):
    case = Case(desktop, options, Keyboard)
    whole_job(case)
    return case


def small_window(desktop, options):
    case = Case(desktop, options)
    whole_job(case, (1024, 680))
    return case


def server_killed(desktop, options):
    """The demo's nats-server dies and comes back: the window says so, with the age of what it shows, and is live again."""
    case = Case(desktop, options)
    window, job = case.window, case.job
    job.connect()
    job.see_devices(DEVICES + 1)
    url = urllib.parse.urlsplit(case.server_url())
    servers = [pid for pid, command in descendants(window.process.pid).items() if "nats-server" in command.split()[0]]
    expect(len(servers) == 1, f"there is not one nats-server below the dashboard, but {len(servers)}")
    with open(f"/proc/{servers[0]}/cmdline", "rb") as file:
        command = file.read().rstrip(b"\0").split(b"\0")
    folder = os.readlink(f"/proc/{servers[0]}/cwd")

    os.kill(servers[0], signal.SIGKILL)
    window.wait_find(re.compile(r"^Connection .*, reconnecting"), seconds=10)
    window.wait_find(re.compile(r"^Data is .* old$"), seconds=10)
    window.wait_for("devices becoming unknown", lambda: job.state_count("Unknown") > 0.8 * DEVICES, 10)
    expect(job.device_count() == DEVICES + 1, "devices went away with the server")
    case.job.shot("server-killed", "")

    server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        expect(wait_until(lambda: takes_connections(url.hostname, url.port), 10), "the server did not start again")
        start = time.monotonic()
        window.wait_find(re.compile(r"^Connection .*, connected"), seconds=10)
        connected = time.monotonic() - start
        window.wait_for("devices being online again", lambda: job.state_count("Online") > 0.8 * DEVICES, 20)
        live = time.monotonic() - start
        print(f"after the server took connections: connected {connected:.2f} s, devices online {live:.2f} s")
        expect(live <= 3, f"live again only {live:.1f} s after the server")
        case.job.shot("server-back", "")
        window.close()
    finally:
        server.terminate()
        server.wait()
    return case


def connected_at_start(desktop, options):
    """The link may be up before the window has drawn anything, or while it still makes its pages: they come every time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([shutil.which("nats-server", path=os.environ["PATH"] + ":/usr/sbin"), "-a", "127.0.0.1", "-p", str(port)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        expect(wait_until(lambda: takes_connections("127.0.0.1", port), 10), "the server did not start")
        for _start in range(6):
            case = Case(desktop, options, arguments=["--server", f"nats://127.0.0.1:{port}"])
            case.window.wait_find(re.compile(r"^Connection .*, connected"), seconds=10)
            case.window.key("ctrl+2")
            case.window.wait_find("Run", CLICKABLE, seconds=10)
            expect(case.window.close() == 0, "the dashboard did not end well")
    finally:
        server.terminate()
        server.wait()
    return case


def keys_in_front(desktop, options):
    """A page that is opened has the keys where one types; Esc is for what is in front, and only then ends the watch."""
    case = Case(desktop, options, Keyboard)
    window, job = case.window, case.job

    def focused(name):
        element = window.focused()
        return element if element is not None and element.name == name else None

    def still_watched(what):
        time.sleep(0.5)
        expect(window.find("Stop", CLICKABLE), f"Esc ended the watch instead of {what}")

    job.connect()
    job.see_devices(DEVICES + 1)
    window.key("ctrl+2")
    where = window.wait_for("Where having the keys", lambda: focused("Where"), 10)
    window.type('region = "eu"')
    job.hands.press("Watch", ("combo box",))
    window.key("Down", "Down", "Return")
    window.key("ctrl+Return")
    window.wait_find("Stop", CLICKABLE, seconds=10)

    window.key("ctrl+f")
    rows = window.wait_for("the filter of rows having the keys", lambda: focused("Filter rows"), 5)
    window.type("eu")
    window.key("Escape")
    window.wait_for("Esc clearing the filter of rows", lambda: rows.text() == "", 5)
    still_watched("clearing the filter of rows")

    job.hands.go_to("Where", EDITABLE)
    window.key("End")
    window.type(" ")
    window.wait_find("and", ("list item",), seconds=5)
    window.key("Escape")
    window.wait_gone("and", ("list item",), seconds=5)
    still_watched("closing the completions")

    job.hands.go_to("Deadline", ("combo box",))
    window.key("space")
    window.wait_find("10.0 s", ("list item",), seconds=5)
    window.key("Escape")
    window.wait_gone("10.0 s", ("list item",), seconds=5)
    still_watched("closing a list")

    job.hands.go_to("cpu.pct", ("button", "push button"))
    window.key("Return")
    window.wait_for("the chip's text being edited", lambda: (field := focused("Field")) and field.text() == "cpu.pct", 5)
    window.key("Escape")
    window.wait_for("the keys going back to the chip", lambda: focused("cpu.pct"), 5)
    still_watched("closing the editor of a chip")

    window.key("Escape")
    window.wait_find("Run", CLICKABLE, seconds=10)
    expect(where.text().startswith('region = "eu"'), f"what was typed is gone: {where.text()!r}")

    # An open menu is no reason not to end: finish() finds it so.
    window.click(window.wait_find(re.compile(r"^Connection .*, connected")))
    window.wait_find("Copy the address", CLICKABLE, seconds=10)
    return case


def takes_connections(host, port):
    try:
        socket.create_connection((host, port), 0.2).close()
    except OSError:
        return False
    return True


def finish(desktop, case):
    """The dashboard ends by itself, says nothing that it should not, and leaves nobody behind."""
    code = case.window.close()
    expect(code == 0, f"the dashboard ended with exit code {code}: {case.window.last_words()}")
    left = wait_until(lambda: not desktop.strangers(), 5) or desktop.strangers()
    expect(left is True, f"processes are left: {left}")
    with open(case.window.log, encoding="utf-8", errors="replace") as file:
        unexpected = [line.rstrip() for line in file if line.strip() and not HARMLESS.match(line)]
    expect(not unexpected, "the dashboard printed:\n" + "\n".join(unexpected[:20]))


CASES = {function.__name__: function for function in (main_job, keyboard_only, small_window, server_killed,
                                                      connected_at_start, keys_in_front)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("case", choices=CASES)
    options = parser.parse_args()
    os.makedirs(options.output, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Desktop() as desktop:
            case = None
            try:
                case = CASES[options.case](desktop, options)
                finish(desktop, case)
            except Exception:
                if Case.running and Case.running.window.alive():
                    Case.running.record_failure()
                raise
            finally:
                for pid in desktop.strangers():
                    os.kill(pid, signal.SIGTERM)
    except (Wrong, StepFailed, DesktopError) as problem:
        print(f"FAILED: {problem}\nPictures: {options.output}", file=sys.stderr)
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
