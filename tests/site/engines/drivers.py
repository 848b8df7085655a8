"""Firefox and WebKit, as far as the tests need them.

Debian's Firefox speaks WebDriver BiDi by itself, over a websocket; its geckodriver, which selenium needs, is not
packaged. Debian's WebKit has a driver that speaks the older WebDriver, over HTTP. Both take the same actions of mouse
and keyboard (https://www.w3.org/TR/webdriver2/#actions), so the two differ only in how they start and in four commands,
and no library for both is smaller than that.
"""

import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import websocket

PATIENCE = 30  # seconds, for a machine that is busy
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Control": "\ue009", "Enter": "\ue007", "Escape": "\ue00c"}


class Refused(Exception):
    """The browser could not carry out a command, as when one page gives way to another. Exceptions of a page's are
    assertion errors."""


def find(*names):
    """The first of some programs that is there."""
    for name in names:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError(f"no {names[0]} on the PATH")


class Browser:
    """One tab. A subclass starts the browser (`start`), and has `load`, `run`, `perform` and `resize`."""

    def __init__(self, folder):
        self.processes = []
        try:
            self.start(folder)
        except BaseException:
            self.close()
            raise

    def spawn(self, *command, **options):
        """Start a program whose children end with it (`close`)."""
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.processes.append(process)
        return process

    def close(self):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def evaluate(self, expression):
        """The value of a JavaScript expression, as JSON carries it."""
        return json.loads(self.run(f"JSON.stringify({expression}) ?? 'null'"))

    def wait(self, condition):
        """Wait until a JavaScript expression is true, and return its value."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if value := self.evaluate(condition):
                    return value
                problem = None
            except Refused as refusal:
                problem = refusal
            if time.monotonic() > deadline:
                raise AssertionError(f"still not: {condition}") from problem
            time.sleep(0.03)

    def at_rest(self, expression):
        """The value of an expression once two frames have left it as it is."""
        deadline = time.monotonic() + PATIENCE
        before, value = None, self.evaluate(expression)
        while value != before:
            assert time.monotonic() < deadline, f"never at rest: {expression}"
            self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done('drawn'))))")
            before, value = value, self.evaluate(expression)
        return value

    def place(self, selector, share=0.5):
        """Scroll to an element, and return the point on it at this share of its width."""
        x, y, width, height = self.at_rest(f"""((element) => {{
          const where = () => element.getBoundingClientRect(), header = 80;
          if (where().top < header || where().bottom > innerHeight) element.scrollIntoView({{ block: "center", behavior: "instant" }});
          const {{ x, y, width, height }} = where();
          return [x, y, width, height];
        }})(document.querySelector({json.dumps(selector)}))""")  # each time, since what comes into view is laid out only then
        return round(x + share * width), round(y + height / 2)

    def drag(self, *points):
        """Press the mouse on the first of the points, move it over the others, and let go."""
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 0} for x, y in points]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self.perform([{"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]}])

    def click(self, selector, share=0.5):
        self.drag(self.place(selector, share))

    def press(self, *keys):
        """Press keys together, as `press("Control", "k")`."""
        values = [KEYS.get(key, key) for key in keys]
        actions = [{"type": "keyDown", "value": value} for value in values] + [
            {"type": "keyUp", "value": value} for value in reversed(values)
        ]
        self.perform([{"type": "key", "id": "keyboard", "actions": actions}])

    def type(self, text):
        for character in text:
            self.press(character)


class Firefox(Browser):
    def start(self, folder):
        firefox = find("firefox-esr", "firefox")
        # Of its preferences for automation one opens files to each other as no reader's Firefox does.
        (folder / "user.js").write_text('user_pref("remote.prefs.recommended", false);', encoding="utf-8")
        log = folder / "firefox.log"
        with log.open("w") as output:
            self.spawn(
                firefox,
                "--headless",
                "--no-remote",
                "--remote-debugging-port",
                "0",
                "--profile",
                folder,
                stdout=output,
                stderr=output,
            )
        said = "WebDriver BiDi listening on "
        deadline = time.monotonic() + 2 * PATIENCE
        while said not in log.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline and self.processes[0].poll() is None, (
                f"Firefox does not start:\n{log.read_text(encoding='utf-8')}"
            )
            time.sleep(0.05)
        address = log.read_text(encoding="utf-8").partition(said)[2].split()[0]
        self.socket = websocket.create_connection(f"{address}/session", timeout=2 * PATIENCE, suppress_origin=True)
        self.numbers = itertools.count()
        self.send("session.new", capabilities={})
        self.tab = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        answer = json.loads(self.socket.recv())
        if answer["type"] == "error":
            raise Refused(answer["message"])
        return answer["result"]

    def load(self, url):
        self.send("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def run(self, expression):
        answer = self.send("script.evaluate", expression=expression, target={"context": self.tab}, awaitPromise=True)
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def perform(self, actions):
        self.send("input.performActions", context=self.tab, actions=actions)

    def resize(self, width, height):
        self.send("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})

    def pdf(self):
        """The page as it is printed on A4."""
        printed = self.send("browsingContext.print", context=self.tab, page={"width": 21, "height": 29.7})
        return base64.b64decode(printed["data"])


class WebKit(Browser):
    """WebKitGTK's MiniBrowser, on a screen that nobody sees."""

    def start(self, folder):
        driver, screen = find("WebKitWebDriver"), find("Xvfb")
        browsers = sorted(Path("/usr").glob("lib*/**/webkit*gtk-*/MiniBrowser"))
        if not browsers:
            raise FileNotFoundError("no MiniBrowser of WebKitGTK in /usr/lib")
        reading, writing = os.pipe()
        with open(reading, encoding="utf-8") as display:  # noqa: PTH123 - a descriptor has no path
            self.spawn(
                screen,
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1600x1200x24",
                "-nolisten",
                "tcp",
                pass_fds=[writing],
                stderr=subprocess.DEVNULL,
            )
            os.close(writing)
            environment = {
                **os.environ,
                "DISPLAY": f":{display.readline().strip()}",
                "HOME": str(folder),
                "GDK_BACKEND": "x11",
            }
        self.address = f"http://127.0.0.1:{self.listen(driver, environment)}/"
        options = {"binary": str(browsers[-1]), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.address += f"session/{self.send('session', capabilities=capabilities)['sessionId']}/"

    def listen(self, driver, environment):
        """The port at which the driver listens. It does not say which it has been given, so that one is chosen for it;
        where another program has taken that meanwhile, the driver ends, and the next is chosen."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = self.spawn(driver, f"--port={port}", env=environment, **quiet)
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    return port
                except ConnectionRefusedError:
                    time.sleep(0.05)
        raise TimeoutError(f"{driver} does not start")

    def send(self, path, **body):
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=2 * PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            problem = AssertionError if value["error"] == "javascript error" else Refused
            raise problem(value["message"]) from error

    def load(self, url):
        self.send("url", url=url)

    def run(self, expression):
        return self.send("execute/sync", script=f"return {expression}", args=[])

    def perform(self, actions):
        self.send("actions", actions=actions)

    def resize(self, width, height):
        self.send("window/rect", width=width, height=height)
