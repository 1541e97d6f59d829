"""The list of servers that keeps itself up to date, and what becomes of it when it can't."""

import contextlib
import http.server
import json
import socket
import threading
import time

from selenium.webdriver.common.by import By

from conftest import free_port, picture, wait_until
from steps import check_accessibility, hashed, log_in, text

LIVE, LOST, REFUSED = (
    "They are kept up to date.",
    "They stand still, since the connection is lost; it is tried again.",
    "They stand still, since the connection is refused; it is tried again.",
)


@contextlib.contextmanager
def bad_gateway(port):
    """What a proxy answers while there is nothing behind it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(502)

        do_HEAD = do_GET

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_screen_that_is_gone_and_comes_back_is_followed_again(screen, browser):
    port = free_port()
    started = screen(port=port)
    browser.get(started.url + "/servers")
    page = browser.find_element(By.TAG_NAME, "html")
    wait_until(lambda: LIVE in text(browser), "the list is followed")
    assert started.stop() == 0
    wait_until(lambda: LOST in text(browser), "the page says so")
    with bad_gateway(port):
        wait_until(lambda: REFUSED in text(browser), "the page says that something else answers")
        assert LIVE not in text(browser)
        picture(browser, "servers-refused")
        check_accessibility(browser, "a list that stands still")
    screen(port=port)
    wait_until(lambda: LIVE in text(browser), "the list is followed again", seconds=60)
    assert REFUSED not in text(browser)
    assert browser.find_element(By.TAG_NAME, "html") == page


def test_where_too_many_follow_a_page_waits_for_room(screen, browser):
    started = screen()
    address = ("127.0.0.1", int(started.url.rsplit(":", 1)[1]))
    with contextlib.ExitStack() as others:
        for _ in range(64):
            follower = others.enter_context(socket.create_connection(address, timeout=10))
            follower.sendall(b"GET /servers/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert follower.recv(65536).startswith(b"HTTP/1.1 200")
        browser.get(started.url + "/servers")
        wait_until(lambda: REFUSED in text(browser), "the page says that it isn't up to date")
        assert "One server" in text(browser)
        # Nothing goes on while it is paused.
        browser.find_element(By.XPATH, "//button[text()='Pause']").click()
        assert "They stand still." in text(browser)
    time.sleep(3)
    assert LIVE not in text(browser)
    browser.find_element(By.XPATH, "//button[text()='Go on']").click()
    wait_until(lambda: LIVE in text(browser), "there is room")


def test_where_the_session_ends_the_page_leads_to_the_login(screen, browser, tmp_path):
    config = tmp_path / "memcached-dict/config.json"
    config.parent.mkdir()

    def set_password(password):
        config.write_text(json.dumps({"management": {"passwordHash": hashed(password)}}))

    set_password("open sesame")
    started = screen()
    browser.get(started.url)
    log_in(browser, "open sesame")
    wait_until(lambda: LIVE in text(browser), "the list is followed")
    set_password("close sesame")
    wait_until(lambda: browser.current_url.endswith("/login"), "the session has ended, and the page says so", seconds=40)
    log_in(browser, "close sesame")
    wait_until(lambda: LIVE in text(browser), "the list is followed again")
