"""The product as a person meets it: roles, labels and words, no inner names. Words come from the catalogues."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

from marketingos.text import sentence
from tests.server import EMAIL, PASSWORD, Server

PLATFORMS = ("Instagram", "Facebook", "LinkedIn", "TikTok")


class Screen:
    """One browser window, in the language it speaks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.language = "es"

    def say(self, key: str, **values: object) -> str:
        """The product's own words for a catalogue key."""
        return sentence(key, self.language, **values)

    def log_in(self, server: Server, *, email: str = EMAIL, password: str = PASSWORD) -> None:
        """Fills the log-in form and presses the button."""
        self.page.goto(f"{server.url}/login")
        self.page.get_by_label(self.say("login.email")).fill(email)
        self.page.get_by_label(self.say("login.password"), exact=True).fill(password)
        self.page.get_by_role("button", name=self.say("login.submit"), exact=True).click()

    def speak(self, language: str) -> None:
        """Switches the language with the menu in the top bar (or the log-in page's)."""
        self.page.get_by_role("button", name=self.say("frame.language")).click()
        self.page.get_by_role("menuitemradio", name=self.say(f"language.{language}")).click()
        self.language = language
        expect(self.page.get_by_role("button", name=self.say("frame.language"))).to_be_visible()

    def run_first_cycle(self) -> None:
        """Asks for the first week and waits until it is there."""
        self.page.get_by_role("button", name=self.say("calendar.first.write")).click()
        asked = self.page.get_by_role("dialog", name=self.say("calendar.generate_all"))
        asked.get_by_role("button", name=self.say("calendar.generate"), exact=True).click()
        expect(self.page.get_by_role("status").filter(has_text=self.say("calendar.may_leave"))).to_be_visible()
        expect(self.toast).to_contain_text(self._any("calendar.written"), timeout=180_000)

    def chip(self, product: str, *, time: str = "", status: str = "") -> Locator:
        """Posts in the calendar; their name reads "18:30, Por aprobar: ... . ReservasPro"."""
        word = self.say(f"status.{status}") if status else ""
        title = re.compile(rf"^{time}.*{re.escape(word)}: .*{re.escape(product)}$", re.DOTALL)
        return self.page.get_by_label(title).filter(visible=True)

    @property
    def panel(self) -> Locator:
        """The post that is open."""
        return self.page.get_by_role("complementary")

    @property
    def toast(self) -> Locator:
        """What just happened."""
        return self.page.locator(".toast")

    @property
    def field(self) -> Locator:
        """The text that is being edited."""
        return self.panel.get_by_role("textbox", name=self._any("preview.text"))

    def look_at(self, platform: str) -> None:
        """Turns to a platform of the open post."""
        tab = self.panel.get_by_role("group", name=self.say("post.platforms")).get_by_role("button", name=platform)
        tab.click()
        expect(tab).to_have_attribute("aria-pressed", "true")

    def start_editing(self) -> None:
        self.panel.get_by_role("button", name=self.say("action.edit"), exact=True).click()
        expect(self.field).to_be_visible()

    def save(self) -> None:
        self.panel.get_by_role("button", name=self.say("action.save")).click()

    def text_of(self, platform: str) -> str:
        """What the post says on a platform, to the letter."""
        self.look_at(platform)
        self.start_editing()
        text = self.field.input_value()
        self.panel.get_by_role("button", name=self.say("action.cancel")).click()
        expect(self.field).to_have_count(0)
        return text

    def write(self, platform: str, text: str) -> None:
        """Replaces the text on a platform, in place, and saves it."""
        self.look_at(platform)
        self.start_editing()
        self.field.fill(text)
        self.save()
        expect(self.toast).to_contain_text(self.say("post.saved"))
        expect(self.field).to_have_count(0)

    def media_address(self, platform: str) -> str:
        """Where the picture or the video of a platform's preview is kept."""
        self.look_at(platform)
        media = self.panel.get_by_role("article", name=platform).locator(".pv-media")
        expect(media).to_be_visible()
        return urljoin(self.page.url, str(media.get_attribute("src")))

    def approve(self, tiktok: str = "") -> None:
        """Approves what can be; for a part on TikTok it is said who may see it."""
        self.panel.get_by_role("button", name=re.compile(f"^{self.say('post.approve')}")).click()
        if tiktok:
            question = self.page.get_by_role("dialog", name=self.say("terms.title"))
            question.get_by_label(self.say("terms.privacy")).select_option(tiktok)
            question.get_by_role("button", name=re.compile(f"^{self.say('post.approve')}")).click()
        expect(self.toast).to_contain_text(self._any("post.approved"))

    def badge(self, status: str) -> Locator:
        """The status of the open post."""
        return self.panel.get_by_text(self.say(f"status.{status}"), exact=True).first

    def _any(self, key: str) -> re.Pattern[str]:
        """The words of a key with anything in its places."""
        pattern = re.escape(self.say(key, n="{n}", platform="{n}")).replace(r"\{n\}", ".+")
        return re.compile(pattern)
