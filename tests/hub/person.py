"""Somebody in front of a browser: logs in, works in JupyterLab on the hub, marks in formgrader."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import READY

LIST = "nbgrader:open-assignment-list"
KNOWN = "(name) => window.jupyterapp?.commands.hasCommand(name)"
EXECUTE = "([name, options]) => { window.jupyterapp.commands.execute(name, options); }"
RUN_IN_KERNEL = """async (code) => {
  const app = window.jupyterapp;
  const kernel = await app.serviceManager.kernels.startNew({ name: 'python3' });
  let said = '';
  const future = kernel.requestExecute({ code });
  future.onIOPub = (message) => {
    const content = message.content;
    said += content.text ?? (content.ename ? `${content.ename}: ${content.evalue}` : '');
  };
  await future.done;
  await kernel.shutdown();
  return said;
}"""
RUN_BOX = """async () => {
  const app = window.jupyterapp;
  const notebook = app.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.findIndex(
    (cell) => cell.model.sharedModel.source.includes('AnswerBox('));
  await app.commands.execute('notebook:run-cell');
}"""


@dataclass
class Person:
    """One account and its browser.

    Attributes:
        name: The account.
        hub: The hub's address.
        page: The browser's tab.
        errors: What went wrong in its pages without being caught.
    """

    name: str
    hub: str
    page: Page
    errors: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, hub: str, name: str) -> Person:
        """*name* with a browser profile of their own."""
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        page.set_default_timeout(60_000)
        person = cls(name, hub, page)
        page.on("pageerror", lambda error: person.errors.append(str(error)))
        return person

    @property
    def server(self) -> str:
        """Where this person's own server is."""
        return f"{self.hub}/user/{self.name}"

    def enter(self, password: str) -> None:
        """Fill in the log-in page; the server begins to start."""
        self.page.goto(f"{self.hub}/hub/login")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", password)
        self.page.click("#login_submit", no_wait_after=True)

    def wait_for_lab(self) -> None:
        """Wait until JupyterLab is there."""
        self.page.wait_for_url("**/user/**/lab**", timeout=90_000)
        self.page.wait_for_selector("#jp-main-dock-panel", timeout=90_000)

    def status(self, address: str) -> int:
        """How the hub answers this person, who is logged in, at *address*."""
        response = self.page.goto(f"{self.hub}{address}")
        return response.status if response else 0

    def command(self, name: str, **options: object) -> None:
        """Execute a command of JupyterLab, as soon as there is one."""
        self.page.wait_for_function(KNOWN, arg=name)
        self.page.evaluate(EXECUTE, [name, options])

    def run(self, code: str) -> str:
        """What *code* prints in a kernel of this person's own server."""
        self.lab()
        return str(self.page.evaluate(RUN_IN_KERNEL, code))

    def lab(self, path: str = "lab?reset") -> None:
        """Open JupyterLab."""
        self.page.goto(f"{self.server}/{path}")
        self.page.wait_for_selector("#jp-main-dock-panel")
        self.page.wait_for_function(KNOWN, arg=LIST)

    def assignments(self) -> Locator:
        """nbgrader's list of assignments, read anew."""
        self.lab()
        self.command(LIST)
        return self.page.locator("#nbgrader-assignment-list")

    def fetch(self) -> None:
        """Fetch the one assignment that is released."""
        listed = self.assignments()
        listed.get_by_role("button", name="Fetch", exact=True).click()
        listed.get_by_role("button", name="Submit", exact=True).wait_for()

    def submit(self) -> None:
        """Submit the one assignment that was fetched."""
        listed = self.assignments()
        listed.get_by_role("button", name="Submit", exact=True).click()
        listed.get_by_role("button", name="Fetch Feedback").wait_for()

    def answer(self, notebook: str, text: str) -> str:
        """Write *text* into the notebook's answer box and have it judged; the result card."""
        self.lab(f"lab/tree/{notebook}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(READY)
        self.page.evaluate(RUN_BOX)
        box = self.page.locator(".sk-box").first
        area = box.get_by_role("textbox").first
        area.fill(text)
        area.press("Control+Enter")
        card = box.locator(".sk-card")
        card.wait_for()
        return card.inner_text()

    def feedback(self) -> str:
        """Fetch the feedback and open it in JupyterLab; what its page says."""
        listed = self.assignments()
        listed.get_by_role("button", name="Fetch Feedback").click()
        listed.get_by_text("(view feedback)").wait_for()
        find = "from pathlib import Path; print(*Path().glob('*/feedback/*/*.html'))"
        path = str(self.page.evaluate(RUN_IN_KERNEL, find)).strip()
        self.command("docmanager:open", path=path)
        frame = self.page.frame_locator(".jp-HTMLViewer iframe")
        frame.locator(".fb-head").wait_for()  # not the empty page that stands there first
        frame.locator(".fb-cell").last.wait_for()
        return frame.locator("body").inner_text()

    def mark(self, student: str, grade_id: str, points: int, comment: str) -> None:
        """Open formgrader, find *student*'s notebook and give a mark and a comment by hand."""
        self.page.goto(f"{self.server}/formgrader/gradebook/week01/week01")
        link = self.page.locator(f"tbody a:text-is('{student}')").first
        link.wait_for(state="attached")
        self.page.goto(f"{self.hub}{link.get_attribute('href')}")
        # The page's script has filled in what the judge gave.
        # Marks and comments are fetched apart.
        self.page.wait_for_selector(f"#{grade_id}_extra_credit[placeholder]", state="attached")
        self.page.wait_for_selector(f"#{grade_id}-comment[placeholder]")
        for place, said in ((f"#{grade_id}", str(points)), (f"#{grade_id}-comment", comment)):
            self.page.fill(place, said)
            with self.page.expect_response(lambda each: each.request.method == "PUT") as answer:
                self.page.press(place, "Tab")
            assert answer.value.ok, answer.value.status_text
