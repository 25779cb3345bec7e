# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job of the dashboard, as a person does it: start the demo fleet, watch its devices come alive, filter them, ask all
of a region, group the answers by region and firmware, and export them. With the pointer, or with the keyboard alone."""

import os
import re

from window import CLICKABLE, EDITABLE, StepFailed

OUTCOMES = ("answered", "empty", "error", "silent", "offline", "waiting")


def number_in(text):
    """The digits of a count as people write it: "1,248" is 1248; without digits 0."""
    return int(re.sub(r"\D", "", text) or 0)


class Hands:
    """How a person gets to a control."""

    def __init__(self, window):
        self.window = window

    def press(self, name, roles=CLICKABLE, shortcut=None, **options):
        raise NotImplementedError

    def write(self, name, text, shortcut=None):
        raise NotImplementedError

    def pick(self, title, word):
        """Chooses a word from the list that is open: types it, and takes the entry that says exactly this."""
        field = self.window.wait_find(title, EDITABLE)
        self.window.wait_for(f"{title} having the keyboard", lambda: field.is_now("focused"), 5)
        self.window.type(word)
        self.window.wait_for(f"{word} being offered", lambda: word in self._entries(title), 5)

    def _entries(self, title):
        entries = self.window.find(title, ("list",))
        return [entry.name for entry in self.window.find_all(re.compile("."), ("list item",), within=entries)] if entries else []


class Pointer(Hands):
    """Clicks what it sees."""

    def press(self, name, roles=CLICKABLE, shortcut=None, **options):
        self.window.click(name, roles, **options)

    def write(self, name, text, shortcut=None):
        self.window.fill(name, text)

    def pick(self, title, word):
        super().pick(title, word)
        self.window.click(word, ("list item",))


class Keyboard(Hands):
    """Never touches the pointer: shortcuts where there are some, else Tab until the control has the focus."""

    def press(self, name, roles=CLICKABLE, shortcut=None, **options):
        if shortcut:
            self.window.wait_find(name, roles, **options)
            self.window.key(shortcut)
        else:
            self.go_to(name, roles)
            self.window.key("space")

    def write(self, name, text, shortcut=None):
        if shortcut:
            self.window.key(shortcut)
            self.window.wait_for(f"{shortcut} leading to the field {name}", lambda: self._has_focus(name, EDITABLE), 5)
        else:
            self.go_to(name, EDITABLE)
        self.window.key("ctrl+a")
        self.window.type(text)
        field = self.window.focused()
        self.window.wait_for(f"{field} holding {text!r}", lambda: field.text() == text, 10)

    def pick(self, title, word):
        super().pick(title, word)
        self.window.key(*["Down"] * self._entries(title).index(word), "Return")

    def _has_focus(self, name, roles):
        element = self.window.focused()
        matches = (lambda text: bool(name.search(text))) if isinstance(name, re.Pattern) else (lambda text: text == name)
        return element is not None and element.role in roles and matches(element.name)

    def go_to(self, name, roles):
        self.window.wait_find(name, roles)
        passed = []
        for _ in range(80):
            if self._has_focus(name, roles):
                return
            before = self.window.focused()
            self.window.key("Tab")
            place = before and before.extents()
            self.window.wait_for("Tab moving the focus", lambda: self._moved(before, place), 5)
            passed.append(str(self.window.focused()))
        raise StepFailed(f"Tab never comes to {name}; it went through {', '.join(passed)}")

    def _moved(self, before, place):
        now = self.window.focused()
        if now is None or before is None:
            return now is not before
        return now.name != before.name or now.extents() != place


class MainJob:
    """One walk through the window. `shot(name, text)` is called where a picture says something."""

    def __init__(self, window, hands, shot=lambda name, text: None):
        self.window, self.hands, self.shot = window, hands, shot

    def connect(self):
        """From the Connect page to the demo fleet, in one click."""
        self.window.wait_find("Start a demo fleet on this computer", CLICKABLE)
        self.shot("connect", "the Connect page, before anything is connected")
        self.hands.press("Start a demo fleet on this computer", shortcut="ctrl+d")
        self.window.wait_find("Devices", ("heading",), 30)

    def see_devices(self, count):
        """The Devices page with all of `count` devices on it, live."""
        self.page("Devices", "Devices", 1)
        self.window.wait_for(f"{count} devices on the Devices page", lambda: self.device_count() == count, 60)
        self.window.wait_for("most devices being online", lambda: self.state_count("Online") > 0.8 * count, 30)
        self.shot("devices", f"{count} devices, live")

    def page(self, name, title, number):
        """Opens a page from the rail."""
        self.hands.press(name, shortcut=f"ctrl+{number}")
        self.window.wait_find(title, ("heading",))

    def state_count(self, state):
        """What the state's segment on the Devices page says; -1 when it is not there."""
        element = self.window.find(state, CLICKABLE)
        return number_in(element.description) if element else -1

    def device_count(self):
        return self.state_count("All")

    def filter_devices(self, expression):
        """Types a filter and returns how many devices are shown."""
        total = self.device_count()
        self.hands.write("Filter devices", expression, shortcut="ctrl+f")
        self.window.key("Return")
        shown = self.window.wait_for(f"fewer than {total} devices being shown",
                                     lambda: 0 < self._shown() < total and self._shown(), 10)
        self.shot("devices-filtered", f"{shown} of {total} devices: {expression}")
        return shown

    def _shown(self):
        label = self.window.find(re.compile(r"^[\d,.]+ shown$"))
        return number_in(label.name) if label else 0

    def compose(self, where, group_by):
        """Fills the composer of the Query page."""
        self.page("Query", "Live Query", 2)
        self.hands.write("Where", where)
        self.window.key("Return")  # takes the suggestions away
        self.window.wait_find(re.compile(r"^valid"))
        if self.window.find("Edit", CLICKABLE):  # a low window folds what to select and group by
            self.hands.press("Edit")
        for field in group_by:
            if field not in self._groups():
                self.hands.press("Add group")
                self.hands.pick("Group by", field)
                self.window.wait_for(f"the group {field}", lambda: field in self._groups(), 10)
        self.window.wait_find(re.compile(r"^[\d,.]+ device\S* match"))
        self.shot("query-composed", f"the question, and whom it reaches: {where}")

    def _groups(self):
        """What the answers are grouped by: the chips between the deadline and the aggregates, in reading order."""
        groups = None
        for element in self.window.elements():
            if element.name == "Deadline" and element.role == "combo box":
                groups = []
            elif element.name == "Aggregate":
                break
            elif groups is not None and element.role in CLICKABLE and element.showing \
                    and not element.name.startswith(("Remove ", "Add ")):
                groups.append(element.name)
        return groups or []

    def run(self):
        """Asks, waits for the end of the roll-call, and returns {outcome: count}."""
        self.hands.press("Run", shortcut="ctrl+Return")
        tally = self.window.wait_for("the end of the roll-call", self._ended, 30)
        total = tally.pop("total")
        if sum(tally.values()) != total:
            raise StepFailed(f"the roll-call does not sum: {tally} is not {total}")
        self.shot("query-answered", ", ".join(f"{count} {outcome}" for outcome, count in tally.items()))
        return tally

    def tally(self):
        """{outcome: count} and "total", as the roll-call bar says it now; None when there is none."""
        bar = self.window.find(re.compile("^Roll-call: "))
        if bar is None:
            return None
        counts = {word: number_in(number) for number, word in re.findall(r"(\d[\d,.]*) (\w+)", bar.name)}
        return {**{outcome: counts[outcome] for outcome in OUTCOMES}, "total": number_in(bar.name.rpartition("=")[2])}

    def _ended(self):
        tally = self.tally()
        return tally if tally and tally["total"] > 0 and tally["waiting"] == 0 \
            and self.window.find("Run", CLICKABLE) else None

    def export(self, path):
        """Saves what is on the table as CSV."""
        self.hands.press("Export CSV")
        self.hands.write("File", path)
        self.shot("export", "where the CSV goes, and what will be in it")
        self.hands.press("Export")
        said = self.window.wait_find(re.compile("^(Exported .* to |Not exported to )"))
        if said.name.startswith("Not") or not os.path.exists(path):
            raise StepFailed(f"the export failed; the window says: {said.name}")
