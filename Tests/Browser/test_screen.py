"""The management screen in a real browser, against real memcached servers."""

import contextlib
import http.server
import json
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from conftest import PROGRAMS, ROOT, chromium, picture, wait_until
from steps import check_accessibility, configure, fill, hashed, log_in, look_up, press, text


def test_without_configuration_it_is_usable_and_says_so(screen, browser):
    started = screen()
    assert "this shows the embedded one, and 'Configure' takes real ones." in started.line("No server is configured")
    browser.get(started.url)
    assert "This is the embedded server" in text(browser)
    picture(browser, "embedded")
    check_accessibility(browser, "the embedded server")
    look_up(browser, started.url, "greeting")
    assert "Nothing is stored under this key" in text(browser)
    Select(browser.find_element(By.ID, "codec")).select_by_visible_text("text")
    fill(browser, "value", "hello")
    press(browser, "Store")
    assert "The value is stored." in text(browser)
    browser.find_element(By.LINK_TEXT, "Configure a real server").click()
    assert browser.current_url.endswith("/configure")


def test_a_server_is_configured_tested_saved_and_watched(screen, browser, memcached):
    one, other = memcached(), memcached("-m", "32", "-c", "200")
    started = screen()
    browser.get(started.url + "/configure")
    fill(browser, "servers", one.name + "\ncache-9:nonsense")
    fill(browser, "timeout", "soon")
    press(browser, "Save")
    assert "Nothing was saved" in text(browser)
    for field in ["servers", "timeout"]:
        element = browser.find_element(By.ID, field)
        assert element.get_attribute("aria-invalid") == "true"
        assert browser.find_element(By.ID, field + "-problem").text
    picture(browser, "configure-problems")
    check_accessibility(browser, "settings that are wrong")
    fill(browser, "servers", one.name + "\n127.0.0.1:1")
    fill(browser, "timeout", "1")
    press(browser, "Test")
    assert browser.find_element(By.CSS_SELECTOR, ".results .good").text.startswith(one.name)
    assert browser.find_element(By.CSS_SELECTOR, ".results .bad").text.startswith("127.0.0.1:1")
    assert not started.config.exists()
    picture(browser, "configure-test")
    check_accessibility(browser, "a test's results")
    fill(browser, "servers", f"{one.name}\n{other.name}")
    press(browser, "Save")
    assert "The settings are saved" in text(browser)
    assert json.loads(started.config.read_text()) == {"servers": [one.name, other.name], "timeout": 1}
    for number in range(500):
        one.set(f"k{number}", "v" * 500)
        one.get(f"k{number % 250 * 3}")
    browser.get(started.url + "/servers")
    assert "2 servers" in text(browser)
    # By server-sent events: the page is not loaded again.
    page = browser.find_element(By.TAG_NAME, "html")
    wait_until(
        lambda: len(browser.find_elements(By.CSS_SELECTOR, "polyline")) >= 6 and "They are kept up to date" in text(browser),
        "the charts have lines",
    )
    other.stop()
    wait_until(lambda: "1 not answering" in text(browser), "the lost server shows")
    assert browser.find_element(By.TAG_NAME, "html") == page
    press_pause = browser.find_element(By.XPATH, "//button[text()='Pause']")
    press_pause.click()
    assert "They stand still" in text(browser)
    picture(browser, "servers")


def test_servers_at_work_are_pictured(screen, browser, memcached):
    """The README's picture is this one."""
    servers = [memcached(), memcached("-m", "32")]
    started = screen()
    configure(browser, started.url, servers)
    browser.get(started.url + "/servers")
    end = threading.Event()

    def work(server):
        number = 0
        while not end.is_set():
            number += 1
            if number % 3 == 0:
                server.set(f"k{number % 5_000}", "v" * (number * 37 % 2_000 + 1))
            server.get(f"k{number * 7 % 6_000}")
            end.wait(0.002 + 0.004 * (number // 1_000 % 3))

    threads = [threading.Thread(target=work, args=[server]) for server in servers]
    for thread in threads:
        thread.start()
    try:
        wait_until(
            # In one go, since the list is renewed all the time.
            lambda: browser.execute_script(
                "const points = (chart) => [...chart.querySelectorAll('polyline')].map((line) => line.points.length);"
                "const longest = [...document.querySelectorAll('figure')].map((chart) => Math.max(0, ...points(chart)));"
                "return longest.length === 10 && Math.min(...longest) >= 20"
            ),
            "each chart has a line over some time",
            seconds=90,
        )
        picture(browser, "servers-at-work")
    finally:
        end.set()
        for thread in threads:
            thread.join()


def test_the_doctors_findings_are_where_the_server_is(screen, browser, memcached):
    server = memcached("-C")
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    browser.get(started.url + "/servers")
    unfolded = wait_until(
        # In one go, since the list is renewed all the time.
        lambda: browser.execute_script("""
            const finding = ".server .finding.critical, .server .finding.warning";
            const summary = document.querySelector(finding)?.querySelector("summary");
            summary?.focus();
            summary?.click();
            return summary?.innerText;
        """),
        "the doctor has been there",
    )
    # It stays unfolded, and keeps the focus, when the list is renewed.
    browser.execute_script("document.querySelector('.server').id = 'old'")
    wait_until(lambda: not browser.find_elements(By.ID, "old"), "the list is renewed")
    assert browser.find_element(By.CSS_SELECTOR, "details[open] > summary").text == unfolded
    assert "What to do:" in text(browser)
    assert browser.switch_to.active_element.text == unfolded
    picture(browser, "findings")


def test_a_value_is_explored_and_edited_and_a_conflict_shows_both(screen, browser, memcached):
    server = memcached()
    started = screen()
    configure(browser, started.url, [server])
    # 16 marks text, for python-memcached and for this package's own JSON.
    server.set("profiles:ada", '{"name":"Ada","visits":12345678901234567890}')
    look_up(browser, started.url, "ada", "profiles")
    shown = text(browser)
    for part in ["profiles:ada", server.name, "It is the only server.", "Version (CAS)"]:
        assert part in shown
    field = browser.find_element(By.ID, "value")
    # It is stored as one line, and laid out here.
    assert '\n    "visits": 12345678901234567890\n' in field.get_attribute("value")
    picture(browser, "key")
    field.clear()
    field.send_keys('{"name":"Ada","visits":2}')
    server.set("profiles:ada", '{"name":"Grace","visits":9}')
    press(browser, "Store")
    assert "Somebody has stored another value" in text(browser)
    assert "Grace" in browser.find_element(By.TAG_NAME, "pre").text
    assert "Ada" in browser.find_element(By.ID, "value").get_attribute("value")
    assert "Grace" in server.get("profiles:ada")
    picture(browser, "conflict")
    check_accessibility(browser, "a conflict")
    press(browser, "Store mine in place of theirs")
    assert "The value is stored." in text(browser)
    assert json.loads(server.get("profiles:ada")) == {"name": "Ada", "visits": 2}
    fill(browser, "touch", "15m")
    press(browser, "Set")
    assert "The item has a new expiration." in text(browser)
    press(browser, "Delete")
    assert "Delete 'profiles:ada'?" in text(browser)
    picture(browser, "delete")
    press(browser, "Delete")
    assert "The item is deleted." in text(browser)
    assert server.get("profiles:ada") is None


@pytest.mark.parametrize("width", [1280, 390])
def test_what_destroys_is_confirmed(screen, browser, memcached, width):
    server = memcached()
    started = screen()
    browser.set_window_size(width, 900)
    settings = {"servers": [server.name], "saslUser": "ada", "saslPassword": "s3cret", "dictionaries": {"pages": {"expiration": 60}}}
    started.config.parent.mkdir(exist_ok=True)
    started.config.write_text(json.dumps(settings))
    server.set("k", "value", flags=16)
    browser.get(started.url + "/configure")
    fill(browser, "dictionary-0-prefix", "")
    fill(browser, "saslUser", "")
    browser.find_element(By.NAME, "remove-saslPassword").click()
    fill(browser, "timeout", "0.7")
    press(browser, "Save")
    assert "The settings of the dictionary 'pages': 'Default expiration' 60." in text(browser)
    assert "What is stored as 'Password'." in text(browser)
    check_accessibility(browser, "the settings that go")
    picture(browser, f"configure-losses-{width}")
    press(browser, "Cancel")
    assert browser.find_element(By.ID, "timeout").get_attribute("value") == "0.7"
    assert browser.find_element(By.NAME, "remove-saslPassword").is_selected()
    assert json.loads(started.config.read_text()) == settings
    press(browser, "Save")
    press(browser, "Save without them")
    assert "The settings are saved" in text(browser)
    assert json.loads(started.config.read_text()) == {"servers": [server.name], "timeout": 0.7}
    look_up(browser, started.url, "k")
    fill(browser, "touch", "0.5")
    press(browser, "Set")
    assert "Let 'k' expire after 500.0 ms?" in text(browser)
    check_accessibility(browser, "an item that goes")
    press(browser, "Cancel")
    assert browser.find_element(By.ID, "touch").get_attribute("value") == "0.5"
    assert server.get("k") == "value"
    press(browser, "Set")
    press(browser, "Let it expire")
    wait_until(lambda: server.get("k") is None, "the item is gone")


def test_two_who_configure_at_once(screen, browser, memcached):
    server = memcached()
    started = screen()
    configure(browser, started.url, [server])
    browser.get(started.url + "/configure")
    first = browser.current_window_handle
    fill(browser, "timeout", "0.9")
    fill(browser, "dictionary-0-prefix", "pages")
    fill(browser, "dictionary-0-expiration", "60")
    browser.switch_to.new_window("tab")
    try:
        browser.get(started.url + "/configure")
        fill(browser, "timeout", "0.7")
        press(browser, "Save")
        assert "The settings are saved" in text(browser)
    finally:
        browser.close()
        browser.switch_to.window(first)
    press(browser, "Save")
    assert "Somebody else has changed the file since this page was made, and nothing was saved." in text(browser)
    typed = {"timeout": "0.9", "dictionary-0-prefix": "pages", "dictionary-0-expiration": "60"}
    assert {name: browser.find_element(By.ID, name).get_attribute("value") for name in typed} == typed
    assert json.loads(started.config.read_text()) == {"servers": [server.name], "timeout": 0.7}
    press(browser, "Save")
    assert "The settings are saved" in text(browser)
    assert json.loads(started.config.read_text())["timeout"] == 0.9


def test_text_comes_back_as_it_was(screen, browser, memcached):
    server = memcached()
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    original = "\n first line\n\tsecond \"line\" <b>&amp;</b>\n\n"
    server.set("text", original, flags=16)
    look_up(browser, started.url, "text")
    assert browser.find_element(By.ID, "value").get_attribute("value") == original
    browser.find_element(By.ID, "value").send_keys(Keys.CONTROL, Keys.END)
    browser.find_element(By.ID, "value").send_keys("end")
    press(browser, "Store")
    assert "The value is stored." in text(browser)
    assert server.get("text") == original + "end"


def test_a_form_that_the_browser_has_stopped_is_sent_again(screen, browser, memcached):
    server = memcached()
    started = screen(environment={
        "MEMCACHED_SERVERS": server.name, "MEMCACHED_TIMEOUT": "60", "MEMCACHED_STALL_TIMEOUT": "60"})
    server.set("text", "one", flags=16)
    look_up(browser, started.url, "text")
    server.process.send_signal(signal.SIGSTOP)
    browser.execute_script("""
        const field = document.getElementById("value");
        field.value = "two";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.form.requestSubmit();
        setTimeout(() => window.stop(), 200);
    """)
    # The text is still there, and neither lost by a slip nor held back.
    wait_until(lambda: browser.execute_script("return isChanged"), "the page knows of a text that isn't stored")
    server.process.send_signal(signal.SIGCONT)
    assert browser.find_element(By.ID, "value").get_attribute("value") == "two"
    press(browser, "Store")
    assert "The value is stored." in text(browser) or "This value is stored already" in text(browser)
    assert server.get("text") == "two"


def test_bytes_are_edited_in_hexadecimal_also_without_scripts(screen, browser, plain_browser, memcached):
    server = memcached()
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    server.set("text", "one\r\ntwo", flags=16)
    for number, driver in enumerate([browser, plain_browser]):
        # Python's pickle is bytes to this package.
        server.set("bytes", "\x01\x02\x7f" * 11, flags=1)
        look_up(driver, started.url, "bytes")
        assert "Value in hexadecimal" in text(driver)
        lines = ("01 02 7f " * 11).split()
        assert driver.find_element(By.ID, "value").get_attribute("value") == "\n".join(
            " ".join(lines[start : start + 16]) for start in (0, 16, 32))
        fill(driver, "value", "00 01\n0z")
        press(driver, "Store")
        assert "Line 2, column 2: 'z' is no hexadecimal digit" in driver.find_element(By.ID, "value-problem").text
        if number == 0:
            picture(driver, "key-bytes")
            check_accessibility(driver, "wrong hexadecimal")
        fill(driver, "value", "00 01\n0D0A")
        server.set("bytes", "\x03theirs", flags=1)
        press(driver, "Store")
        assert driver.find_element(By.TAG_NAME, "pre").text == "03 74 68 65 69 72 73"
        assert driver.find_element(By.ID, "value").get_attribute("value") == "00 01\n0D0A"
        if number == 0:
            picture(driver, "conflict-bytes")
            check_accessibility(driver, "a conflict of bytes")
        press(driver, "Store mine in place of theirs")
        assert "The value is stored." in text(driver)
        assert server.get("bytes") == "\x00\x01\r\n"
        assert b"VALUE bytes 1 4\r\n" in server.ask(b"get bytes", end=b"END\r\n")
        look_up(driver, started.url, "text")
        fill(driver, "value", driver.find_element(By.ID, "value").get_attribute("value") + " 21")
        press(driver, "Store")
    assert server.get("text") == "one\r\ntwo!!"


def test_a_key_is_explained_where_its_server_is_down(screen, browser):
    started = screen(environment={"MEMCACHED_SERVERS": "127.0.0.1:1,127.0.0.1:2", "MEMCACHED_TIMEOUT": "1"})
    look_up(browser, started.url, "json")
    shown = text(browser)
    for part in ["The item can't be read.", "127.0.0.1:", "The key's MD5 puts it at 0x"]:
        assert part in shown
    picture(browser, "key-unreachable")
    check_accessibility(browser, "a key whose server is down")


def test_a_file_that_is_wrong_is_told_and_the_one_before_put_back(screen, browser, memcached):
    server = memcached()
    started = screen()
    configure(browser, started.url, [server])
    sound = started.config.read_text()
    fill(browser, "timeout", "3")
    press(browser, "Save")
    started.config.write_text(json.dumps({"servers": [server.name], "tiemout": 1}))
    browser.get(started.url + "/configure")
    assert "'tiemout' is no setting." in text(browser)
    assert str(started.config) in text(browser)
    picture(browser, "configure-damage")
    check_accessibility(browser, "a file that is wrong")
    press(browser, "Put them back")
    check_accessibility(browser, "whether the file before shall be put back")
    press(browser, "Put them back")
    assert "The settings that were saved before are back" in text(browser)
    assert started.config.read_text() == sound
    assert "tiemout" in started.config.with_name("config.json.previous").read_text()


def test_statistics_are_side_by_side_and_a_flush_needs_its_word(screen, browser, memcached):
    one, other = memcached(), memcached("-m", "32")
    started = screen()
    configure(browser, started.url, [one, other])
    for number in range(2_000):
        one.set(f"k{number}", "v" * (number % 900 + 1))
    other.set("k", "value")
    for group in ["General", "Settings", "Items", "Slabs"]:
        browser.get(started.url + "/statistics")
        browser.find_element(By.LINK_TEXT, group).click()
        assert one.name in text(browser)
        picture(browser, f"statistics-{group.lower()}")
    compared = browser.find_element(By.CSS_SELECTOR, "[aria-label='Slab classes side by side']")
    assert [head.text for head in compared.find_elements(By.CSS_SELECTOR, "th[scope=colgroup]")] == [one.name, other.name]
    assert "–" in compared.text and " of " in compared.text
    browser.execute_script("arguments[0].focus()", compared)
    assert browser.switch_to.active_element == compared
    browser.get(started.url + "/statistics?group=settings")
    assert "maxbytes differs" in text(browser)
    browser.find_element(By.LINK_TEXT, other.name).click()
    assert [head.text for head in browser.find_elements(By.CSS_SELECTOR, "thead th")] == ["Name", other.name]
    check_accessibility(browser, "one server's settings")
    browser.find_element(By.LINK_TEXT, "All, side by side").click()
    assert "maxbytes differs" in text(browser)
    Select(browser.find_element(By.ID, "flush-server")).select_by_visible_text(one.name)
    press(browser, "Flush")
    assert f"Drop all items of {one.name}?" in text(browser)
    fill(browser, "word", "flush")
    press(browser, "Drop all items")
    assert "nothing was done" in text(browser)
    assert one.get("k1") is not None
    picture(browser, "flush")
    check_accessibility(browser, "a wrong word")
    fill(browser, "word", f"flush {one.name}")
    press(browser, "Drop all items")
    assert "All items are dropped." in text(browser)
    assert one.get("k1") is None
    Select(browser.find_element(By.ID, "reset-server")).select_by_visible_text("All servers")
    press(browser, "Reset")
    fill(browser, "word", "reset all")
    press(browser, "Reset")
    assert one.stat("cmd_set") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_each_page_is_accessible(screen, browser, memcached, scheme, width):
    server, other = memcached("-C"), memcached("-f", "2")
    started = screen(environment={"MEMCACHED_SERVERS": f"{server.name},{other.name},127.0.0.1:1"})
    # On the servers that answer.
    for number in range(40):
        server.set(f"text{number}", "value", flags=16)
        other.set(f"text{number}", "value", flags=16)
    browser.set_window_size(width, 900)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(started.url + "/servers")
    wait_until(lambda: browser.find_elements(By.CSS_SELECTOR, ".finding"), "the doctor has been there")
    paths = [
        "/servers",
        "/keys",
        *(f"/keys?prefix=&key=text{number}" for number in range(4)),
        "/keys?prefix=a:b&key=k",
        f"/keys?prefix=p&key={'k' * 300}",
        "/keys/delete?prefix=&key=text0",
        "/statistics",
        "/statistics?group=settings",
        "/statistics?group=slabs",
        "/statistics/flush?server=",
        "/configure",
        "/nowhere",
    ]
    for number, path in enumerate(paths):
        browser.get(started.url + path)
        if width == 390 or scheme == "dark":
            name = path.strip("/").replace("/", "-").split("?")[0]
            picture(browser, f"{scheme}-{width}-{number:02}-{name}")
        check_accessibility(browser, path)


def test_nothing_that_is_stored_is_run(screen, browser, memcached):
    server = memcached()
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    attacks = [
        "<script>window.pwned = 1</script>",
        "<img src=x onerror='window.pwned = 1'>",
        "</textarea><script>window.pwned = 1</script>",
        "\"\u0301 autofocus onfocus=window.pwned=1 x=\"",
        "javascript:window.pwned=1",
    ]
    for number, attack in enumerate(attacks):
        server.set(f"k{number}", attack, flags=16)
        look_up(browser, started.url, f"k{number}")
        assert browser.find_element(By.ID, "value").get_attribute("value") == attack
        browser.get(started.url + "/keys?prefix=&key=" + urllib.request.quote(attack))
        assert browser.execute_script("return window.pwned") is None
        assert browser.find_element(By.ID, "key").get_attribute("value") == attack
    # Even if something got in, the policy would not let it run.
    browser.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.pwned = 1'; document.body.append(script);"
    )
    assert browser.execute_script("return window.pwned") is None


class Elsewhere:
    """A page of somebody else, which sends a form to the screen."""

    def __init__(self, target, fields):
        inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
        page = f'<form id="f" method="post" action="{target}">{inputs}</form><script>document.getElementById("f").submit()</script>'

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def test_another_sites_form_is_refused(screen, browser, memcached):
    server = memcached()
    server.set("kept", "value")
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    browser.get(started.url + "/servers")
    elsewhere = Elsewhere(started.url + "/statistics/flush", {"server": "", "word": "flush all", "token": "guessed"})
    try:
        browser.get(elsewhere.url)
        wait_until(lambda: "nothing was done" in text(browser), "the screen refuses")
    finally:
        elsewhere.stop()
    assert server.get("kept") == "value"


def test_a_page_can_be_neither_framed_nor_read_under_another_name(screen):
    started = screen()
    with urllib.request.urlopen(started.url + "/servers") as response:
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    request = urllib.request.Request(started.url + "/servers", headers={"Host": "rebound.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 421


def test_an_address_of_this_machine_answers_to_itself(screen):
    started = screen("--host", "127.0.0.2")
    assert started.url.startswith("http://127.0.0.2:")
    with urllib.request.urlopen(started.url + "/servers") as response:
        assert response.status == 200


def test_a_name_that_is_made_to_lead_here_reads_and_does_nothing(screen, memcached):
    server = memcached()
    server.set("kept", "value")
    started = screen(environment={"MEMCACHED_SERVERS": server.name})
    driver = chromium("--host-resolver-rules=MAP evil.example 127.0.0.1")
    try:
        driver.get(started.url.replace("127.0.0.1", "evil.example") + "/servers")
        assert "This screen answers to" in text(driver)
        # What a script of that site would do, which is of the same origin to the browser.
        ask = """
            const [path, options, done] = arguments;
            fetch(path, options).then(async (answer) => done([answer.status, await answer.text()]), (error) => done([0, `${error}`]));
        """
        form = {"method": "POST", "body": "server=&word=flush+all", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
        for path, options in [("/servers", {}), ("/servers/live", {}), ("/metrics", {}), ("/statistics/flush", form)]:
            status, answer = driver.execute_async_script(ask, path, options)
            assert status == 421, (path, answer)
            assert server.name not in answer
    finally:
        driver.quit()
    assert server.get("kept") == "value"


def test_connections_have_a_bound(screen):
    started = screen()
    address = ("127.0.0.1", int(started.url.rsplit(":", 1)[1]))

    def ask():
        connection = socket.create_connection(address, timeout=10)
        connection.sendall(b"GET /assets/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return connection

    with contextlib.ExitStack() as others:
        connections = [others.enter_context(ask()) for _ in range(256)]
        for connection in connections:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        with ask() as late:
            late.settimeout(1)
            with pytest.raises(TimeoutError):
                late.recv(65536)
            connections[0].close()
            late.settimeout(10)
            assert late.recv(65536).startswith(b"HTTP/1.1 200")


def test_another_address_demands_a_password_and_encryption(screen, tmp_path):
    program = PROGRAMS / "memcached-manage"
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}

    def refusal(*place):
        result = subprocess.run([program, "--port", "0", *place], env=environment, capture_output=True, text=True, timeout=60)
        assert result.returncode == 64, result
        return result.stderr

    address, name = ["--host", "0.0.0.0"], ["--name", "cache.example"]
    for place in [address, name, [*address, "--allow-plain-http"]]:
        assert "it needs a password there" in refusal(*place)
    config = tmp_path / "memcached-dict/config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"management": {"passwordHash": hashed("open sesame")}}))
    assert "the password would go in the clear" in refusal(*address)
    started = screen(*address, "--allow-plain-http")
    with urllib.request.urlopen(started.url.replace("0.0.0.0", "localhost") + "/servers") as page:
        assert page.url.endswith("/login")
        assert "Secure" in page.headers["Set-Cookie"]


def test_behind_a_password_and_tls(screen, memcached, tmp_path):
    server = memcached()
    certificate, key = ROOT / "Fixtures/certificates/server.pem", ROOT / "Fixtures/certificates/server.key"
    management = {"passwordHash": hashed("open sesame")}
    config = tmp_path / "memcached-dict/config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"servers": [server.name], "management": management}))
    started = screen("--host", "0.0.0.0", "--tls-certificate", certificate, "--tls-key", key)
    url = started.url.replace("0.0.0.0", "localhost")
    assert url.startswith("https://")
    driver = chromium("--ignore-certificate-errors")
    try:
        driver.get(url + "/configure")
        assert driver.current_url.endswith("/login")
        picture(driver, "login")
        check_accessibility(driver, "the login")
        log_in(driver, "open")
        assert "That isn't the password." in text(driver)
        log_in(driver, "open sesame")
        assert server.name in text(driver)
        cookie = driver.get_cookies()[0]
        assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax"
        driver.get(url + "/configure")
        press(driver, "Save")
        assert "The settings are saved" in text(driver)
        assert json.loads(config.read_text())["management"] == management
        # It holds a hash: others can't read it any more.
        assert config.stat().st_mode & 0o007 == 0
        driver.get(url + "/servers")
        press(driver, "Log out")
        driver.get(url + "/servers")
        assert driver.current_url.endswith("/login")
        log_in(driver, "open sesame")
        assert server.name in text(driver)

        def is_outside():
            driver.get(url + "/servers")
            return driver.current_url.endswith("/login")

        # Another password holds at once, also for those who are inside.
        config.write_text(json.dumps({"servers": [server.name], "management": {"passwordHash": hashed("close sesame")}}))
        wait_until(is_outside, "the session ends")
        log_in(driver, "open sesame")
        assert "That isn't the password." in text(driver)
        log_in(driver, "close sesame")
        assert server.name in text(driver)
        config.write_text(json.dumps({"servers": [server.name]}))
        started.line("the settings hold no password any more")
        assert not is_outside()
        press(driver, "Log out")
        log_in(driver, "close sesame")
        assert server.name in text(driver)
    finally:
        driver.quit()


def test_behind_a_proxy_that_encrypts_cookies_go_over_https_only(screen, tmp_path):
    config = tmp_path / "memcached-dict/config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"management": {"passwordHash": hashed("open sesame")}}))

    def cookie(*options):
        started = screen("--name", "cache.example", *options)
        request = urllib.request.Request(started.url + "/login", headers={"Host": "cache.example", "X-Forwarded-Proto": "https"})
        with urllib.request.urlopen(request) as response:
            return response.headers["Set-Cookie"]

    encrypted, plain = cookie("--allow-plain-http"), cookie()
    assert encrypted.startswith("__Host-") and "Secure" in encrypted
    assert plain.startswith("memcached-manage") and "Secure" not in plain


def test_read_only_it_offers_nothing_that_changes(screen, browser, memcached):
    server = memcached()
    server.set("k", "value", flags=16)
    started = screen("--read-only", environment={"MEMCACHED_SERVERS": server.name})
    look_up(browser, started.url, "k")
    assert "This screen is read-only" in text(browser)
    assert browser.find_element(By.ID, "value").get_attribute("readonly")
    for path in ["/keys?prefix=&key=k", "/statistics", "/configure"]:
        browser.get(started.url + path)
        labels = [button.text for button in browser.find_elements(By.TAG_NAME, "button")]
        assert set(labels) <= {"Look up"}, (path, labels)
    assert not browser.find_elements(By.CSS_SELECTOR, "form[action='/configure']")
    assert not browser.find_element(By.NAME, "timeout").is_enabled()
    picture(browser, "read-only")
    check_accessibility(browser, "read-only")
    for path in ["/keys/delete?prefix=&key=k", "/statistics/flush?server=", "/statistics/reset?server="]:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(started.url + path)
        assert refusal.value.code == 403
        assert b"<button" not in refusal.value.read()


def test_a_port_that_is_taken_is_said(screen, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = subprocess.run(
            [PROGRAMS / "memcached-manage", "--port", str(port)],
            env={"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode != 0
    assert f"127.0.0.1:{port}" in result.stderr and "Take another --port" in result.stderr
