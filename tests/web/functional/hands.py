"""How somebody works a page: by mouse, by keyboard alone, or by mouse in a browser that runs no script.

A journey is written once, in what a user does ("press", "choose", "fill"), and is driven in each way. By keyboard the
hands use Tab, Enter, Space, the arrows and letters, start at each new page with its skip link, and see that the focus
is where it can be seen.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 600
# What has the focus is in the window and wears the design system's focus colour, which nothing else on a page does;
# itself or, where its own box is unseen (a radio), its label.
IS_SHOWN = """element => {
  const isMarked = ({outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor}) => {
    const outline = outlineStyle !== "none" && parseFloat(outlineWidth) > 1 ? outlineColor : "";
    return [outline, boxShadow, backgroundColor].join().includes("255, 221, 0");
  };
  const box = element.getBoundingClientRect();
  const looks = [getComputedStyle(element)];
  for (const label of element.labels ?? []) looks.push(getComputedStyle(label, "::before"));
  return element.matches(":focus-visible") && looks.some(isMarked) && box.bottom > 0 && box.top < innerHeight;
}"""
HAS_FOCUS = """(element, inGroup) => {
  const active = document.activeElement;
  return element === active || (inGroup && active.type === "radio" && active.name === element.name);
}"""


class Way(StrEnum):
    MOUSE = "mouse"
    KEYBOARD = "keyboard"
    NO_SCRIPT = "no script"


def begins(label: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(label)}")


@dataclass
class Hands:
    """One user's page and the way they work it.

    Names are what the page says: of links and buttons a part, of labels the beginning.
    """

    page: Page
    way: Way

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Follows the first link or presses the first button of this name."""
        place = within or self.page.locator("body")
        target = place.get_by_role("link", name=name).or_(place.get_by_role("button", name=name)).first
        self.go_to(target)
        target.click() if self.way != Way.KEYBOARD else self.page.keyboard.press("Enter")

    def open(self, summary: str) -> None:
        """Opens what is folded away under these words, the first of the page."""
        target = self.page.locator("main summary", has_text=summary).first
        self.go_to(target)
        target.click() if self.way != Way.KEYBOARD else self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        target = self.page.get_by_label(begins(label)).first
        self.go_to(target)
        target.fill(text) if self.way != Way.KEYBOARD else self.page.keyboard.type(text)
        expect(target).to_have_value(text)

    def fill_date(self, question: str, day: date) -> None:
        group = self.page.get_by_role("group", name=question)
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            target = group.get_by_label(part, exact=True)
            self.go_to(target)
            target.fill(str(value)) if self.way != Way.KEYBOARD else self.page.keyboard.type(str(value))
            expect(target).to_have_value(str(value))

    def choose(self, label: str, *, of: str = "") -> None:
        """Selects a radio or a checkbox, of the question `of`. Arrows move between radios; Tab enters the group."""
        place = self.page.get_by_role("group", name=of) if of else self.page.locator("main")
        target = place.get_by_label(begins(label)).first
        if self.way != Way.KEYBOARD:
            target.check()
        elif target.get_attribute("type") == "checkbox":
            self.go_to(target)
            self.page.keyboard.press("Space")
        else:
            self.go_to(target, in_group=True)
            self.until(target, "ArrowDown")
            if not target.is_checked():
                self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def select(self, label: str, option: str) -> None:
        """Selects in a drop-down list the first option that begins with these words."""
        target = self.page.get_by_label(begins(label))
        self.go_to(target)
        if self.way == Way.KEYBOARD:
            self.page.keyboard.type(option)
        else:
            target.select_option(target.locator("option", has_text=option).first.get_attribute("value"))
        expect(target.locator("option:checked")).to_contain_text(option)

    def attach(self, label: str, path: Path) -> None:
        target = self.page.get_by_label(begins(label))
        self.go_to(target)
        with self.page.expect_file_chooser() as chooser:
            target.click() if self.way != Way.KEYBOARD else self.page.keyboard.press("Space")
        chooser.value.set_files(path)

    def wait_for(self, target: Locator) -> None:
        """Until background work has brought it. Without a script the page is asked for again by its link."""
        for _ in range(240):
            if self.way != Way.NO_SCRIPT or target.is_visible():
                break
            self.page.wait_for_timeout(500)
            self.press("Refresh to see how far it has got")
        target.wait_for(timeout=120_000)

    def go_to(self, target: Locator, *, in_group: bool = False) -> None:
        """Moves the focus there, by Tab, past the skip link where the page is new. Only the keyboard has to."""
        if self.way != Way.KEYBOARD:
            return
        expect(target).to_be_visible()
        if self.page.evaluate("document.activeElement === document.body"):
            self.skip_to_main(target)
        self.until(target, "Tab", in_group=in_group)

    def skip_to_main(self, target: Locator) -> None:
        self.page.keyboard.press("Tab")
        skip = self.page.get_by_role("link", name="Skip to main content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        if target.evaluate("element => !!element.closest('main')"):
            self.page.keyboard.press("Enter")

    def until(self, target: Locator, key: str, *, in_group: bool = False) -> None:
        """Presses the key until the target has the focus, or another radio of its question; and the focus is seen."""
        for _ in range(MOST_TABS):
            if target.evaluate(HAS_FOCUS, in_group):
                break
            self.page.keyboard.press(key)
        else:
            raise AssertionError(f"{self.page.url}: {key} does not reach {target}")
        assert self.page.evaluate(f"({IS_SHOWN})(document.activeElement)"), (
            f"{self.page.url}: no focus seen at {target}"
        )
