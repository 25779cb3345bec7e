# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of one's own, out of anyone's sight: X server, window manager, session bus, accessibility bus, home folder."""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time


class DesktopError(Exception):
    """The desktop could not be set up or did not come down; the message says what to do."""


def processes():
    """{pid: (parent pid, state, command line)} of all processes."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                stat = file.read()
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except OSError:
            continue  # ended meanwhile
        # The name in parentheses may hold anything, parentheses too.
        state, parent = stat[stat.rindex(")") + 2:].split()[:2]
        name = stat[stat.index("(") + 1:stat.rindex(")")]
        found[int(entry)] = (int(parent), state, command or f"[{name}]")
    return found


def descendants(root):
    """{pid: command line} of every living process below `root`."""
    table = processes()
    below, front = {}, [root]
    while front:
        parent = front.pop()
        for pid, (its_parent, state, command) in table.items():
            if its_parent == parent and pid not in below:
                front.append(pid)
                if state not in "ZX":
                    below[pid] = command
    return below


def wait_until(condition, seconds):
    """The first true value of `condition`, or its last value when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() >= end:
            return value
        time.sleep(0.02)


class Desktop:
    """Context manager. Sets this process's environment (DISPLAY, the buses, HOME, XDG_*) for what is started in it, and has
    every orphan of its children become a child of this process, so that it can tell which are left. One a process: the
    accessibility bindings remember the first bus that they saw."""

    def __init__(self, width=1600, height=1000):
        self.width, self.height = width, height
        self.home = tempfile.mkdtemp(prefix="muster-walk-")
        self.atspi = None
        self._helpers = []
        self._own = set()
        self._saved = dict(os.environ)

    def __enter__(self):
        PR_SET_CHILD_SUBREAPER = 36
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            self._environment()
            self._start_display()
            self._start_bus()
            self._start_window_manager()
            self._start_accessibility()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception):
        self.close()

    def _environment(self):
        for name in ("WAYLAND_DISPLAY", "SESSION_MANAGER", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "QT_STYLE_OVERRIDE",
                     "QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "QT_QUICK_BACKEND", "QT_QUICK_CONTROLS_STYLE",
                     "QT_SCALE_FACTOR", "AT_SPI_BUS_ADDRESS", "NO_AT_BRIDGE", "XAUTHORITY"):
            os.environ.pop(name, None)
        for name in ("config", "data", "cache", "state", "runtime"):
            folder = os.path.join(self.home, name)
            os.mkdir(folder, 0o700)
            os.environ["XDG_RUNTIME_DIR" if name == "runtime" else f"XDG_{name.upper()}_HOME"] = folder
        os.environ.update({
            "HOME": self.home,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_ACCESSIBILITY": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        })

    def _helper(self, name, command, **options):
        if shutil.which(command[0]) is None:
            raise DesktopError(f"{command[0]} is not installed; ./installer/test installs it")
        with open(os.path.join(self.home, f"{name}.log"), "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        self._helpers.append((name, process))
        return process

    def _start_display(self):
        read, write = os.pipe()
        # The server picks a free display itself and writes its number when it takes connections.
        self._helper("xvfb", ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{self.width}x{self.height}x24",
                              "-nolisten", "tcp", "-noreset", "-dpi", "96"], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            number = self._line(pipe, "xvfb")
        os.environ["DISPLAY"] = f":{number}"

    def _start_window_manager(self):
        # A window that is opened while the window manager starts may never be shown: wait until it answers for the desktop.
        manager = self._helper("openbox", ["openbox", "--sm-disable"])
        answers = wait_until(lambda: manager.poll() is not None or subprocess.run(
            ["xdotool", "get_num_desktops"], capture_output=True, check=False).returncode == 0, 20)
        if not answers or manager.poll() is not None:
            raise DesktopError(f"openbox did not start. {self._log('openbox')}")

    def _start_bus(self):
        read, write = os.pipe()
        self._helper("dbus", ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog",
                              f"--print-address={write}"], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = self._line(pipe, "dbus")

    def _line(self, pipe, who):
        text = b""
        end = time.monotonic() + 20
        while not text.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
                raise DesktopError(f"{who} did not start within 20 s. {self._log(who)}")
            part = os.read(pipe.fileno(), 4096)
            if not part:
                raise DesktopError(f"{who} ended at once. {self._log(who)}")
            text += part
        return text.decode().strip()

    def _log(self, who):
        with open(os.path.join(self.home, f"{who}.log"), encoding="utf-8", errors="replace") as file:
            return f"It said: {file.read()[-1000:].strip()}"

    def _start_accessibility(self):
        # The bindings read the environment when they start, so not before there is a bus.
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.atspi = Atspi
        Atspi.init()
        Atspi.get_desktop(0)  # starts the registry
        self._own = set(descendants(os.getpid()))

    def strangers(self):
        """{pid: command line} of the living processes that were started here and are not the desktop's own."""
        return {pid: command for pid, command in descendants(os.getpid()).items() if pid not in self._own}

    def close(self):
        """Stops the desktop and everything that was started in it."""
        for _name, process in reversed(self._helpers):
            process.terminate()
        for _name, process in reversed(self._helpers):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._helpers.clear()
        # The accessibility bus was started by the session bus and ends with it; what else is left is not ours to wait for.
        left = wait_until(lambda: None if self._reap() else True, 5)
        if not left:
            for pid in descendants(os.getpid()):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            wait_until(lambda: not self._reap(), 5)
        os.environ.clear()
        os.environ.update(self._saved)
        shutil.rmtree(self.home, ignore_errors=True)

    @staticmethod
    def _reap():
        """Collects ended orphans; returns the processes below this one that live on."""
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            pass
        return descendants(os.getpid())
