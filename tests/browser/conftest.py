"""A real Chromium against a real server on the loopback interface, with real commits.

Where no Chromium is found the tests are skipped, loudly; HANGARLINK_REQUIRE_BROWSER=1 (continuous integration) refuses
the skip. CHROMIUM names another binary.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import plain_static_files, sign_in

__all__ = ["plain_static_files"]

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
# A refused form answers 422 and a missing page 404; a test may pull the plug. The browser logs them all as errors.
MEANT = ("the server responded with a status of 4", "ERR_INTERNET_DISCONNECTED")
SIZES = {"1440": (1440, 900), "1024": (1024, 768), "390": (390, 844)}
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything here `browser`; skips it where there is no Chromium, unless that is refused."""
    here = [item for item in items if Path(str(item.path)).is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(
                pytest.mark.skip(reason="NO CHROMIUM: pages were not tried in a browser. apt install chromium")
            )
    if here and CHROMIUM is None and os.environ.get("HANGARLINK_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError("HANGARLINK_REQUIRE_BROWSER=1, but there is no Chromium: install it or set CHROMIUM.")


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: failures show in the test."""


@pytest.fixture
def origin(committed: None) -> Iterator[str]:
    """A server of the whole product; `http://demo.localhost:<port>`, which Chromium resolves to this machine itself."""
    from hangarlink.config.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
    server.daemon_threads = False
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://demo.localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser process for all of these tests. It ends with them: it keeps an event loop running, in which whatever
    follows in this process could not start one of its own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width)
    .map((e) => `${e.tagName} ${e.className.baseVal ?? e.className} ${e.textContent.trim().slice(0, 30)}`).slice(0, 12);
}"""


@dataclass
class Visitor:
    """Somebody at a browser."""

    origin: str
    context: BrowserContext
    page: Page
    complaints: list[str]

    def open(self, path: str) -> Page:
        """Go to a page of the demo account."""
        self.page.goto(self.origin + path)
        return self.page

    def picture(self, name: str) -> None:
        """Keep what the page looks like, whole, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def pictures(
        self, name: str, sizes: tuple[str, ...] = ("1440", "1024", "390"), modes: tuple[str, ...] = ("light", "dark")
    ) -> None:
        """The same at several widths, light and dark. All of them with HANGARLINK_PICTURES=1; else the first, light."""
        if os.environ.get("HANGARLINK_PICTURES") != "1":
            sizes, modes = sizes[:1], modes[:1]
        for mode in modes:
            self.page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
            for size in sizes:
                width, height = SIZES[size]
                self.page.set_viewport_size({"width": width, "height": height})
                self.picture(f"{name}-{size}-{mode}")

    def sticking_out(self) -> list[str]:
        """What makes the page wider than the window: nothing should."""
        found: list[str] = self.page.evaluate(STICKING_OUT)
        return found


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(origin: str, chromium: Browser) -> Iterator[Arrive]:
    """`arrive(membership)`: that member at a fresh browser, signed in; `arrive(None)`: nobody signed in.

    What the browser complains about (script errors, a broken policy, a failed request) fails the test.
    """
    visitors: list[Visitor] = []

    def come(membership: Membership | None, size: str = "1440", **options: object) -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        if membership is not None:
            session = sign_in(membership).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        visitors.append(Visitor(origin, context, page, complaints))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
    complaints = [
        text for visitor in visitors for text in visitor.complaints if not any(word in text for word in MEANT)
    ]
    assert not complaints, complaints


@pytest.fixture
def skyline(committed: None) -> Account:
    """The account people visit. Committed."""
    return Account.objects.create(subdomain="demo", name="Skyline Flight School", time_zone="Europe/Copenhagen")


@pytest.fixture
def chief(skyline: Account) -> Membership:
    """Its administrator."""
    return make_member(skyline, *PERMISSIONS, email="kim@skyline.example", role="Administrator")
