"""What somebody at a browser does, on any of the pages."""

import contextlib
import subprocess

from axe_core_python.selenium import Axe
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from conftest import PROGRAMS, wait_until


def text(browser):
    return browser.find_element(By.TAG_NAME, "body").text


def fill(browser, field, value):
    element = browser.find_element(By.ID, field)
    element.clear()
    element.send_keys(value)
    return element


def wait_for_another(browser, page, what):
    """Waits until another page has come, and is there as a whole."""

    def is_there():
        # In between there is none.
        with contextlib.suppress(WebDriverException):
            return browser.find_element(By.TAG_NAME, "html") != page and browser.execute_script(
                "return document.readyState") == "complete"

    wait_until(is_there, what)


def press(browser, label):
    """Presses the button of that label, and waits for the next page."""
    page = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.XPATH, f"//button[starts-with(normalize-space(), '{label}')]").click()
    wait_for_another(browser, page, f"the page behind '{label}'")


def log_in(browser, password):
    fill(browser, "password", password)
    press(browser, "Log in")


def configure(browser, url, servers, button="Save"):
    browser.get(url + "/configure")
    fill(browser, "servers", "\n".join(server.name for server in servers))
    press(browser, button)


def look_up(browser, url, key, prefix=""):
    browser.get(url + "/keys")
    fill(browser, "prefix", prefix)
    fill(browser, "key", key)
    press(browser, "Look up")


def hashed(password):
    """What the settings keep of a password."""
    return subprocess.run(
        [PROGRAMS / "memcached-manage", "hash-password"], input=password + "\n", capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def check_accessibility(browser, where):
    serious = [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary')}"
        for one in Axe().run(browser)["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, (where, serious)
    overflow = browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, (where, overflow)
