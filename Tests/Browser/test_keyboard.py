"""The management screen by keyboard alone, against real memcached servers."""

import json

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from conftest import wait_until
from steps import hashed, text, wait_for_another


class Keyboard:
    """Keys go to whatever has the focus, which must be seen."""

    def __init__(self, browser):
        self.browser = browser

    @property
    def focused(self):
        return self.browser.switch_to.active_element

    @property
    def identifier(self):
        return self.focused.get_attribute("id")

    def type(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def replace(self, text):
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(text).perform()

    def check_outline(self):
        outline = self.browser.execute_script(
            "const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)]"
        )
        assert outline[0] != "none" and outline[1] >= 2, (self.focused.get_attribute("outerHTML")[:200], outline)

    def tab(self):
        self.type(Keys.TAB)
        self.check_outline()

    def tab_to(self, label=None, identifier=None):
        """Tabs on until the focus is on what has this text or this identifier."""
        seen = []
        for _ in range(80):
            self.tab()
            # In one go, since the list of servers is renewed all the time.
            here = self.browser.execute_script("return [document.activeElement.innerText ?? '', document.activeElement.id]")
            seen.append(here)
            if here[1] == identifier if identifier else here[0].strip().startswith(label):
                return
        raise AssertionError((label or identifier, seen))

    def follow(self, *keys):
        """Types keys which lead to another page."""
        page = self.browser.find_element(By.TAG_NAME, "html")
        self.type(*keys)
        wait_for_another(self.browser, page, f"the page behind {keys!r}")


def test_a_key_is_looked_up(screen, browser, memcached):
    server = memcached()
    server.set("k", "value", flags=16)
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    browser.get(started.url + "/keys")
    keyboard = Keyboard(browser)
    keyboard.tab()
    assert keyboard.focused.text == "Skip to the content"
    assert keyboard.focused.is_displayed()
    for place in ["Servers", "Keys", "Statistics", "Configure"]:
        keyboard.tab()
        assert keyboard.focused.text == place
    keyboard.tab()
    assert keyboard.identifier == "prefix"
    keyboard.tab()
    keyboard.follow("k", Keys.ENTER)
    assert browser.find_element(By.ID, "value").get_attribute("value") == "value"
    # What can't be taken has the focus.
    keyboard.tab_to(identifier="touch")
    keyboard.follow("soon", Keys.ENTER)
    assert keyboard.identifier == "touch"
    keyboard.check_outline()
    keyboard.replace("1h")
    keyboard.tab()
    keyboard.follow(Keys.SPACE)
    assert "The item has a new expiration." in text(browser)
    keyboard.tab_to("Delete")
    keyboard.follow(Keys.ENTER)
    keyboard.tab_to("Delete")
    keyboard.follow(Keys.ENTER)
    assert server.get("k") is None


def test_the_list_of_servers_is_paused_and_findings_are_unfolded(screen, browser, memcached):
    server = memcached("-C")
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    browser.get(started.url + "/servers")
    wait_until(lambda: browser.find_elements(By.CSS_SELECTOR, ".server .finding.warning"), "the doctor has been there")
    keyboard = Keyboard(browser)
    keyboard.tab()
    keyboard.type(Keys.ENTER)
    assert keyboard.identifier == "content"
    keyboard.tab_to("Pause")
    keyboard.type(Keys.SPACE)
    assert keyboard.focused.text == "Go on"
    assert "They stand still." in text(browser)
    keyboard.type(Keys.ENTER)
    wait_until(lambda: "They are kept up to date." in text(browser), "the list is followed again")
    keyboard.tab_to("warning")
    for key, is_open in [(Keys.ENTER, True), (Keys.SPACE, False), (Keys.SPACE, True)]:
        keyboard.type(key)
        assert bool(browser.find_elements(By.CSS_SELECTOR, "details[open]")) == is_open
    # The focus stays when the list is renewed.
    browser.execute_script("document.querySelector('.server').id = 'old'")
    wait_until(lambda: not browser.find_elements(By.ID, "old"), "the list is renewed")
    assert browser.execute_script("return document.activeElement.matches('details[open] > summary')")
    keyboard.check_outline()


def test_settings_are_tested_corrected_and_saved(screen, browser, memcached):
    server = memcached()
    started = screen()
    browser.get(started.url + "/configure")
    keyboard = Keyboard(browser)
    keyboard.tab_to(identifier="servers")
    keyboard.type(server.name)
    # A group is unfolded; what is in it is next.
    keyboard.tab_to("TLS")
    keyboard.type(Keys.ENTER)
    keyboard.tab()
    assert keyboard.identifier == "tls"
    keyboard.tab_to("Test")
    keyboard.follow(Keys.SPACE)
    assert server.name in keyboard.focused.text
    keyboard.check_outline()
    keyboard.tab_to(identifier="timeout")
    keyboard.type("soon")
    keyboard.tab_to("Save")
    keyboard.follow(Keys.ENTER)
    assert keyboard.focused.get_attribute("role") == "alert"
    assert "Nothing was saved: one setting is wrong." in keyboard.focused.text
    keyboard.check_outline()
    # The way to the field.
    keyboard.tab()
    assert keyboard.focused.text == "Longest time of a call"
    keyboard.type(Keys.ENTER)
    wait_until(lambda: keyboard.identifier == "timeout", "the link leads to the field")
    keyboard.check_outline()
    assert keyboard.focused.get_attribute("aria-invalid") == "true"
    assert "timeout-problem" in keyboard.focused.get_attribute("aria-describedby").split()
    keyboard.replace("2")
    keyboard.tab_to("Save")
    keyboard.follow(Keys.SPACE)
    assert "The settings are saved" in text(browser)
    assert json.loads(started.config.read_text()) == {"servers": [server.name], "timeout": 2}


def test_a_flush_is_confirmed(screen, browser, memcached):
    one, other = memcached(), memcached()
    for server in [one, other]:
        server.set("k", "value")
    started = screen(environment={"MEMCACHED_SERVERS": f"{one.name},{other.name}"})
    browser.get(started.url + "/statistics")
    keyboard = Keyboard(browser)
    keyboard.tab_to("Settings")
    keyboard.follow(Keys.ENTER)
    keyboard.tab_to(identifier="flush-server")
    keyboard.type(Keys.ARROW_DOWN)
    keyboard.tab()
    keyboard.follow(Keys.SPACE)
    assert f"Drop all items of {one.name}?" in text(browser)
    assert keyboard.identifier == "word"
    keyboard.follow("flush", Keys.ENTER)
    assert keyboard.identifier == "word"
    assert keyboard.focused.get_attribute("aria-describedby") == "word-problem"
    assert "nothing was done" in browser.find_element(By.ID, "word-problem").text
    keyboard.check_outline()
    keyboard.follow(f"flush {one.name}", Keys.ENTER)
    assert "All items are dropped." in text(browser)
    assert (one.get("k"), other.get("k")) == (None, "value")


def test_somebody_logs_in_and_out(screen, browser, memcached, tmp_path):
    server = memcached()
    config = tmp_path / "memcached-dict/config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"servers": [server.name], "management": {"passwordHash": hashed("open sesame")}}))
    started = screen()
    browser.get(started.url)
    keyboard = Keyboard(browser)
    assert keyboard.identifier == "password"
    keyboard.follow("open", Keys.ENTER)
    assert keyboard.identifier == "password"
    keyboard.check_outline()
    assert keyboard.focused.get_attribute("aria-describedby") == "password-problem"
    assert browser.find_element(By.ID, "password-problem").text == "That isn't the password."
    keyboard.type("open sesame")
    keyboard.tab()
    keyboard.follow(Keys.SPACE)
    assert server.name in text(browser)
    keyboard.tab_to("Log out")
    keyboard.follow(Keys.ENTER)
    assert browser.current_url.endswith("/login")
