"""The management screen in a browser that runs no scripts, against real memcached servers."""

import json

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from steps import configure, fill, look_up, press, text


def focused(browser):
    return browser.switch_to.active_element


def test_the_servers_are_shown_with_a_word_on_how_to_renew_them(screen, plain_browser, memcached):
    server = memcached()
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    plain_browser.get(started.url + "/servers")
    assert server.name in text(plain_browser)
    assert "Load the page again" in text(plain_browser)
    # No button is there that only a script would make work.
    assert not plain_browser.find_elements(By.TAG_NAME, "button")


def test_an_item_is_edited_and_a_conflict_shows_both(screen, plain_browser, memcached):
    server = memcached()
    server.set("k", "value", flags=16)
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    look_up(plain_browser, started.url, "k")
    fill(plain_browser, "value", "mine")
    fill(plain_browser, "lifetime", "soon")
    press(plain_browser, "Store")
    assert "A lifetime is a number of seconds" in plain_browser.find_element(By.ID, "lifetime-problem").text
    assert focused(plain_browser).get_attribute("id") == "lifetime"
    assert plain_browser.find_element(By.ID, "value").get_attribute("value") == "mine"
    fill(plain_browser, "lifetime", "1h")
    server.set("k", "theirs", flags=16)
    press(plain_browser, "Store")
    assert "Somebody has stored another value" in focused(plain_browser).text
    assert plain_browser.find_element(By.TAG_NAME, "pre").text == "theirs"
    assert plain_browser.find_element(By.ID, "value").get_attribute("value") == "mine"
    assert server.get("k") == "theirs"
    press(plain_browser, "Store mine in place of theirs")
    assert "The value is stored." in text(plain_browser)
    assert server.get("k") == "mine"


def test_an_expiration_is_set_and_an_item_deleted(screen, plain_browser, memcached):
    server = memcached()
    server.set("k", "value", flags=16)
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    look_up(plain_browser, started.url, "k")
    fill(plain_browser, "touch", "soon")
    press(plain_browser, "Set")
    assert focused(plain_browser).get_attribute("id") == "touch"
    assert plain_browser.find_element(By.ID, "touch-problem").text
    fill(plain_browser, "touch", "15m")
    press(plain_browser, "Set")
    assert "The item has a new expiration." in text(plain_browser)
    assert 0 < int(server.ask(b"mg k t").split(b" t")[1]) <= 900
    press(plain_browser, "Delete")
    assert "Delete 'k'?" in text(plain_browser)
    plain_browser.find_element(By.LINK_TEXT, "Cancel").click()
    assert server.get("k") == "value"
    press(plain_browser, "Delete")
    press(plain_browser, "Delete")
    assert "The item is deleted." in text(plain_browser)
    assert server.get("k") is None


def test_a_reset_and_a_flush_need_their_word(screen, plain_browser, memcached):
    one, other = memcached(), memcached()
    for server in [one, other]:
        server.set("k", "value")
    started = screen(environment={"MEMCACHED_SERVERS": f"{one.name},{other.name}"})
    plain_browser.get(started.url + "/statistics")
    press(plain_browser, "Reset")
    fill(plain_browser, "word", "reset")
    press(plain_browser, "Reset")
    assert "That isn't 'reset all'; nothing was done." in plain_browser.find_element(By.ID, "word-problem").text
    assert focused(plain_browser).get_attribute("id") == "word"
    assert one.stat("cmd_set") == other.stat("cmd_set") == 1
    fill(plain_browser, "word", "reset all")
    press(plain_browser, "Reset")
    assert "The counters start anew." in text(plain_browser)
    assert one.stat("cmd_set") == other.stat("cmd_set") == 0
    Select(plain_browser.find_element(By.ID, "flush-server")).select_by_visible_text(one.name)
    press(plain_browser, "Flush")
    fill(plain_browser, "word", "flush all")
    press(plain_browser, "Drop all items")
    assert "nothing was done" in text(plain_browser)
    assert one.get("k") == other.get("k") == "value"
    fill(plain_browser, "word", f"flush {one.name}")
    press(plain_browser, "Drop all items")
    assert "All items are dropped." in text(plain_browser)
    assert (one.get("k"), other.get("k")) == (None, "value")


def test_settings_are_tested_and_saved_and_what_is_wrong_is_explained_at_its_field(screen, plain_browser, memcached):
    server = memcached()
    started = screen()
    configure(plain_browser, started.url, [server], button="Test")
    assert "memcached" in focused(plain_browser).find_element(By.CSS_SELECTOR, ".good").text
    assert not started.config.exists()
    fill(plain_browser, "timeout", "soon")
    plain_browser.find_element(By.XPATH, "//summary[normalize-space()='Failures']").click()
    fill(plain_browser, "ejectionFailures", "some")
    press(plain_browser, "Save")
    assert "Nothing was saved: 2 settings are wrong." in focused(plain_browser).text
    for name in ["timeout", "ejectionFailures"]:
        field = plain_browser.find_element(By.ID, name)
        problem = plain_browser.find_element(By.ID, f"{name}-problem")
        assert problem.is_displayed() and problem.text
        assert problem.get_attribute("id") in field.get_attribute("aria-describedby")
        fill(plain_browser, name, "3")
    assert not started.config.exists()
    press(plain_browser, "Save")
    assert "The settings are saved" in text(plain_browser)
    assert json.loads(started.config.read_text()) == {"servers": [server.name], "timeout": 3, "ejectionFailures": 3}
    # A server that can't be reached is asked about.
    fill(plain_browser, "servers", "127.0.0.1:1")
    press(plain_browser, "Save")
    assert "Nothing was saved yet" in focused(plain_browser).text
    press(plain_browser, "Save all the same")
    assert "The settings are saved" in text(plain_browser)
    assert json.loads(started.config.read_text())["servers"] == ["127.0.0.1:1"]
