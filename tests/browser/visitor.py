"""People in front of a browser: what they type, and what goes wrong there."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Response

from tests.conftest import PASSWORD

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 20_000  # milliseconds a busy machine may take for one step


@dataclass
class Person:
    """Somebody at a browser of their own, and what went wrong in it."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors of scripts and missing files; a refused form is no fault."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        loading = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not loading:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _on_response(self, response: Response) -> None:
        broken = response.status >= 500
        missing = (
            response.status >= 400 and response.request.resource_type != "document"
        )
        if broken or missing:
            self.faults.append(f"{response.status} {response.url}")

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, email: str) -> "Person":
        """Sign in."""
        self.go("/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.send("form:has(input[name=password])")
        assert "/sign-in" not in self.page.url, f"{email} cannot sign in"
        return self

    def send(self, form: str) -> None:
        """Press the main button of a form and wait for the next page."""
        with self.page.expect_navigation():
            self.page.locator(f"{form} button.btn-primary").click()

    def sign_out(self) -> None:
        """Sign out by the menu."""
        self.page.locator("summary", has=self.page.locator("use[href$='#me']")).click()
        with self.page.expect_navigation():
            self.page.locator("form[action='/sign-out'] button").click()


Visit = Callable[..., Person]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody types who has no profile yet."""

    email: str
    name: str
    latin_name: str
    country: str
    city: str
    languages: tuple[str, ...]
    organisation: str
    sectors: tuple[str, ...]
    about: str
    offer: tuple[str, str]
    request: tuple[str, str]
    markets: tuple[str, ...]
    contacts: dict[str, str]

    def fill_person(self, page: Page) -> None:
        """Fill in the first step."""
        page.fill("input[name=full_name]", self.name)
        page.fill("input[name=latin_name]", self.latin_name)
        page.select_option("select[name=country]", self.country)
        page.fill("input[name=city]", self.city)
        tick(page, "languages", self.languages)

    def fill_organisation(self, page: Page) -> None:
        """Fill in the second step."""
        page.fill("input[name=organisation]", self.organisation)
        page.fill("textarea[name=about]", self.about)
        tick(page, "sectors", self.sectors)

    def fill_items(self, page: Page) -> None:
        """Fill in the third step."""
        for side, (kind, text) in (("offer", self.offer), ("request", self.request)):
            page.select_option(f"select[name={side}_kind]", kind)
            page.fill(f"textarea[name={side}_text]", text)

    def fill_reach(self, page: Page) -> None:
        """Fill in the fourth step."""
        tick(page, "markets", self.markets)
        for kind, value in self.contacts.items():
            page.fill(f"input[name={kind}]", value)


def tick(page: Page, name: str, values: tuple[str, ...]) -> None:
    """Tick boxes of a long list, opening the groups they stand in."""
    for value in values:
        box = page.locator(f"input[name={name}][value='{value}']")
        group = page.locator("details", has=box).last
        if not box.is_visible() and group.count():
            group.locator("summary").click()
        box.check()


def find_letter(person: Person, email: str) -> str:
    """Return the path of the link in the newest letter to an address."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        letter = person.go("/letters").locator("article", has_text=email)
        if letter.count():
            found = re.search(r"https?://[^/]+(/\S+)", letter.first.inner_text())
            assert found is not None, "the letter has no link"
            return found.group(1)
        time.sleep(0.2)
    raise AssertionError(f"no letter to {email}")
