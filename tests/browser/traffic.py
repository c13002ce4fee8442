"""What a page has asked for and not yet got, so that nobody waits for longer than it does."""

from playwright.sync_api import Page, Request

QUIET = 100  # milliseconds; Playwright's own "networkidle" is half a second, at every page
PATIENCE = 100  # times as long


class Traffic:
    """The requests of one page, counted from its first."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._asked = 0
        self._on_their_way: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        self._asked += 1
        self._on_their_way.add(request)

    def _end(self, request: Request) -> None:
        self._on_their_way.discard(request)

    def settle(self) -> None:
        """Until the page is loaded, nothing is on its way, and nothing new was asked for during QUIET."""
        self._page.wait_for_load_state("load")
        for _turn in range(PATIENCE):
            before = self._asked
            self._page.wait_for_timeout(QUIET)
            if not self._on_their_way and self._asked == before:
                return
        raise TimeoutError(f"{self._page.url} never came to rest: {[one.url for one in self._on_their_way]}")
