"""What the browser's tests stand on: real memcached servers, the screen itself, and a Chromium without a window.

The programs come from `swift build`; PROGRAMS names their folder. Screenshots go to SCREENSHOTS.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("PROGRAMS", ROOT / ".build/debug"))
SCREENSHOTS = pathlib.Path(os.environ.get("SCREENSHOTS", ROOT / ".build-browser/screenshots"))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what, seconds=20):
    """Returns what the condition returns as soon as that counts as true."""
    deadline = time.monotonic() + seconds
    while True:
        result = None
        # Where another page comes in the middle of it.
        with contextlib.suppress(StaleElementReferenceException, NoSuchElementException):
            result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"within {seconds} s it didn't happen: {what}"
        time.sleep(0.1)


class Memcached:
    """A server of the text protocol, as another client sees it."""

    def __init__(self, *options):
        self.port = free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(["memcached", "-l", "127.0.0.1", "-p", str(self.port), *user, *options])
        self.name = f"127.0.0.1:{self.port}"
        wait_until(self.accepts, "memcached listens")

    def accepts(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True

    def ask(self, *lines, end=b"\r\n"):
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(b"".join(line + b"\r\n" for line in lines))
            answer = b""
            while not answer.endswith(end):
                piece = connection.recv(65536)
                assert piece, answer
                answer += piece
            return answer

    def set(self, key, value, flags=0):
        value = value.encode()
        assert self.ask(f"set {key} {flags} 0 {len(value)}".encode(), value) == b"STORED\r\n"

    def get(self, key):
        answer = self.ask(f"get {key}".encode(), end=b"END\r\n")
        return None if answer == b"END\r\n" else answer.split(b"\r\n", 1)[1][: -len(b"\r\nEND\r\n")].decode()

    def stat(self, name):
        answer = self.ask(b"stats", end=b"END\r\n").decode()
        return int(dict(line.split(" ", 2)[1:] for line in answer.split("\r\n") if line.startswith("STAT"))[name])

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def memcached():
    """Starts a server with the options that are given."""
    servers = []

    def start(*options):
        servers.append(Memcached(*options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Program:
    """One of the package's programs, until the test ends."""

    def __init__(self, name, *arguments, environment=None):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MEMCACHED_", "XDG_"))}
        self.process = subprocess.Popen(
            [PROGRAMS / name, *arguments],
            env=clean | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self, words):
        """The first line of its output in which these words are, which has been waited for."""
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if words in line:
                return line.strip()
        raise AssertionError("".join(seen))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


@pytest.fixture
def program():
    """Starts a program, which must end by itself on SIGTERM."""
    programs = []

    def start(*arguments, **options):
        programs.append(Program(*arguments, **options))
        return programs[-1]

    yield start
    statuses = [one.stop() for one in programs if one.process.poll() is None]
    assert all(status == 0 for status in statuses), statuses


@pytest.fixture
def screen(program, tmp_path):
    """Starts the screen; its `url` is where it listens, its `config` the file that it saves."""

    def start(*arguments, port=0, environment=None):
        config = tmp_path / "memcached-dict/config.json"
        started = program(
            "memcached-manage",
            "--port",
            str(port),
            *arguments,
            environment={"XDG_CONFIG_HOME": str(tmp_path)} | (environment or {}),
        )
        started.url = started.line("memcached-manage: open ").split(" open ")[1]
        started.config = config
        return started

    return start


def chromium(*arguments, preferences=None):
    options = Options()
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", *arguments]:
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium")
    if preferences:
        options.add_experimental_option("prefs", preferences)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


@pytest.fixture(scope="session")
def shared_browser():
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture
def browser(shared_browser):
    """A browser without a past."""
    shared_browser.get("about:blank")
    shared_browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    shared_browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    shared_browser.set_window_size(1280, 900)
    return shared_browser


@pytest.fixture(scope="session")
def shared_plain_browser():
    driver = chromium(preferences={"profile.managed_default_content_settings.javascript": 2})
    yield driver
    driver.quit()


@pytest.fixture
def plain_browser(shared_plain_browser):
    """One in which no script runs, without a past."""
    shared_plain_browser.get("about:blank")
    shared_plain_browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    return shared_plain_browser


def picture(driver, name):
    """The whole page, as it would be on a long enough window."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = driver.get_window_size()
    height = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["height"]
    driver.set_window_size(size["width"], min(int(height) + 150, 4_000))
    driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))
    driver.set_window_size(size["width"], size["height"])
