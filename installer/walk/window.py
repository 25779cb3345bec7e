# SPDX-License-Identifier: GPL-3.0-or-later
"""A program's window, used as a person would: looked at through the accessibility bus (what a screen reader is told:
role, name, place, text), worked with the real pointer and keyboard of the X server."""

import functools
import os
import re
import signal
import subprocess
import time

from desktop import DesktopError, wait_until

CLICKABLE = ("push button", "toggle button", "check box", "radio button", "page tab", "list item", "menu item",
             "link", "combo box", "tree item", "check menu item", "radio menu item", "button")
EDITABLE = ("text", "entry")


class StepFailed(Exception):
    """What was tried, what was expected, what was there instead."""


class Element:
    """One accessible object: its role and name when it was found, the rest when it is first asked for."""

    def __init__(self, atspi, node):
        self._atspi, self.node = atspi, node
        self.role = node.get_role_name()
        self.name = node.get_name() or ""

    @functools.cached_property
    def description(self):
        try:
            return self.node.get_description() or ""
        except Exception:  # GLib.Error: it is gone
            return ""

    @functools.cached_property
    def states(self):
        try:
            return {state.value_nick for state in self.node.get_state_set().get_states()}
        except Exception:
            return set()

    @property
    def showing(self):
        return "showing" in self.states and "visible" in self.states

    def is_now(self, state):
        """Whether it has the state at this moment."""
        try:
            return state in {now.value_nick for now in self.node.get_state_set().get_states()}
        except Exception:
            return False

    def extents(self):
        """(x, y, width, height) on the screen; None when it has no place."""
        try:
            rectangle = self._atspi.Component.get_extents(self.node, self._atspi.CoordType.SCREEN)
        except Exception:  # GLib.Error: it is gone, or has no component
            return None
        return (rectangle.x, rectangle.y, rectangle.width, rectangle.height)

    def text(self):
        """What is written in an editable field."""
        try:
            return self._atspi.Text.get_text(self.node, 0, -1)
        except Exception:
            return ""

    def __str__(self):
        return f'{self.role} "{self.name}"'


def _matches(pattern, text):
    return bool(pattern.search(text)) if isinstance(pattern, re.Pattern) else pattern == text


class Window:
    """A program, started on a Desktop, and its window."""

    def __init__(self, desktop, command, title, log, environment=None):
        """`log`: the file that takes what the program prints."""
        self.title, self.log = title, log
        self._atspi = desktop.atspi
        self._window = None  # its number on the X server
        self._focus = None  # what the last message about the focus named
        self._listener = self._atspi.EventListener.new(self._on_focus)
        self._listener.register("object:state-changed:focused")
        with open(log, "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})

    # Looking

    def _application(self):
        desktop = self._atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_process_id() == self.process.pid:
                # The window changes under us; what the bindings remember of it is old at once.
                application.set_cache_mask(self._atspi.Cache.NONE)
                application.clear_cache()
                return application
        return None

    def elements(self, tables=False, within=None):
        """Every element that is there, parents first. Tables are not entered unless asked: they are long."""
        root = within.node if within else self._application()
        stack = [root] if root is not None else []
        while stack:
            node = stack.pop()
            try:
                element = Element(self._atspi, node)
                if tables or node is root or element.role not in ("table", "tree table", "tree"):
                    count = min(node.get_child_count(), 2000)
                    children = [node.get_child_at_index(index) for index in range(count)]
                else:
                    children = []
            except Exception:  # GLib.Error: it went away while we looked
                continue
            stack.extend(child for child in reversed(children) if child is not None)
            yield element

    def find(self, name, roles=None, showing=True, tables=False, within=None):
        """The first element of that name (text, or a compiled pattern), or None."""
        for element in self.elements(tables, within):
            if (roles is None or element.role in roles) and _matches(name, element.name) \
                    and (element.showing or not showing):
                return element
        return None

    def find_all(self, name, roles=None, tables=False, within=None):
        return [element for element in self.elements(tables, within)
                if (roles is None or element.role in roles) and _matches(name, element.name) and element.showing]

    def alive(self):
        return self.process.poll() is None

    def wait_for(self, what, condition, seconds=20):
        """The first true value of `condition`; StepFailed when it does not come in time or the program ends."""
        def check():
            if not self.alive():
                raise StepFailed(f"{what}: the program ended with exit code {self.process.returncode}; "
                                 f"its last words:\n{self.last_words()}")
            return condition()
        value = wait_until(check, seconds)
        if not value:
            raise StepFailed(f"{what}: not so after {seconds:g} s. On the window: {self.summary()}")
        return value

    def wait_find(self, name, roles=None, seconds=20, **options):
        shown = name.pattern if isinstance(name, re.Pattern) else name
        return self.wait_for(f'looking for {"/".join(roles) + " " if roles else ""}"{shown}"',
                             lambda: self.find(name, roles, **options), seconds)

    def wait_gone(self, name, roles=None, seconds=20):
        shown = name.pattern if isinstance(name, re.Pattern) else name
        self.wait_for(f'waiting for "{shown}" to go away', lambda: self.find(name, roles) is None, seconds)

    def focused(self):
        """The element with the keyboard focus, the innermost one."""
        self._hear()
        if self._focus is not None:
            try:
                last = Element(self._atspi, self._focus)
            except Exception:  # GLib.Error: it is gone
                last = None
            if last is not None and "focused" in last.states:
                return last
        for tables in (False, True):
            found = [element for element in self.elements(tables) if "focused" in element.states]
            if found:
                return found[-1]
        return None

    def _on_focus(self, event, *_data):
        if event.detail1 and event.source is not None:
            self._focus = event.source

    @staticmethod
    def _hear():
        """Takes the messages that the accessibility bus has for us."""
        from gi.repository import GLib
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass

    def summary(self, limit=60):
        """The names that are on the window now, for messages."""
        names = []
        for element in self.elements():
            if element.name and element.showing and element.role not in ("application", "frame"):
                names.append(str(element))
        return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")

    def tree(self):
        """All elements as text, a line each, for a failure's record."""
        lines = []

        def walk(node, depth):
            try:
                element = Element(self._atspi, node)
                lines.append("  " * depth + f"{element} {element.extents()} {' '.join(sorted(element.states))}"
                             + (f" text={element.text()!r}" if element.role in EDITABLE else "")
                             + (f" description={element.description!r}" if element.description else ""))
                for index in range(min(node.get_child_count(), 400)):
                    child = node.get_child_at_index(index)
                    if child is not None:
                        walk(child, depth + 1)
            except Exception as error:
                lines.append("  " * depth + f"(gone: {error})")

        application = self._application()
        if application is not None:
            walk(application, 0)
        return "\n".join(lines)

    def last_words(self, lines=15):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:]).strip()

    # Doing

    @staticmethod
    def _xdotool(*arguments):
        done = subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DesktopError(f"xdotool {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def open(self, seconds=30):
        """Waits for the window and gives it the keyboard, as a window manager does."""
        self.wait_for(f"opening the window \"{self.title}\"",
                      lambda: self.find(re.compile(re.escape(self.title)), ("frame", "window")), seconds)
        self._window = self.wait_for("finding the window on the screen", self._window_id, seconds)
        self.wait_for("the window taking the keyboard", self._active, seconds)

    def _window_id(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid), "--name",
                                self.title], capture_output=True, text=True, check=False).stdout.split()
        return found[0] if found else None

    def _active(self):
        active = subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True, check=False).stdout.strip()
        if active == self._window:
            return True
        subprocess.run(["xdotool", "windowactivate", self._window], capture_output=True, check=False)
        return False

    def resize(self, width, height):
        self._xdotool("windowsize", self._window, width, height)

        def sized():
            frame = self.find(re.compile(re.escape(self.title)), ("frame", "window"))
            place = frame and frame.extents()
            return place and place[2:] == (width, height)
        self.wait_for(f"the window being {width} x {height}", sized, 10)

    def settled(self, element, seconds=10):
        """The place of an element once it has stopped moving and is on the window."""
        last = [None]

        def still():
            place = element.extents()
            same = place is not None and place == last[0] and place[2] > 0 and place[3] > 0
            last[0] = place
            return place if same else None
        return self.wait_for(f"{element} standing still", still, seconds)

    def point(self, element):
        x, y, width, height = self.settled(element)
        self._xdotool("mousemove", x + width // 2, y + height // 2)

    def click(self, name, roles=CLICKABLE, seconds=20, button=1, **options):
        """Waits for the control to be there and enabled, and clicks in its middle."""
        element = name if isinstance(name, Element) else self.wait_find(name, roles, seconds, **options)
        self.wait_for(f"{element} being enabled", lambda: element.is_now("enabled"), seconds)
        self.point(element)
        self._xdotool("click", button)
        return element

    def key(self, *keys):
        """Keys by their X names: "Tab", "ctrl+Return"."""
        for key in keys:
            self._xdotool("key", "--clearmodifiers", key)

    def type(self, text):
        """Types into whatever has the keyboard."""
        self._xdotool("type", "--delay", "8", "--", text)

    def fill(self, name, text, roles=EDITABLE, **options):
        """Clicks into a field, replaces what is in it, and checks that it holds the text."""
        field = self.click(name, roles, **options)
        self.key("ctrl+a")
        self.type(text)
        self.wait_for(f'{field} holding {text!r} (it holds {field.text()!r})', lambda: field.text() == text, 10)
        return field

    def screenshot(self, path):
        """The window as a PNG; the whole screen while there is no window."""
        time.sleep(0.3)  # drawing may lag a few frames behind what the accessibility bus says already
        done = subprocess.run(["import", "-silent", "-window", self._window or "root", path], capture_output=True, text=True, check=False)
        if done.returncode != 0 or not os.path.exists(path):
            raise DesktopError(f"no screenshot: {done.stderr.strip()}")

    # Ending

    def close(self, seconds=15):
        """Closes the window as a person does; returns the exit code."""
        if self.alive():
            # What a window manager's close button sends; the program may ask, save, and end by itself.
            self.key("ctrl+q")
        return self._ended(seconds)

    def _ended(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise StepFailed(f"the program did not end within {seconds:g} s of being asked to") from None

    def terminate(self, seconds=15):
        """Ends the program if it still runs; for clean-up after a failure too."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
