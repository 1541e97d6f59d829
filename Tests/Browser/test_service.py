"""A running service and the management screen share a file of settings: what is saved on the screen takes effect in the service."""

import json
import threading
import time
import urllib.request

from conftest import free_port, wait_until
from test_screen import fill, press, text


class Load:
    """Requests to the service by several threads, until it is stopped. It keeps what failed."""

    def __init__(self, url, threads=8):
        self.url = url
        self.count = 0
        self.failures = []
        self.end = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=[number]) for number in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        while not self.end.is_set():
            number += 1
            try:
                # The others answer 503 where a call to the cache has failed; a page is rendered then, as if nothing had happened.
                for method, path in [
                    ("GET", f"pages/p{number % 500}"),
                    ("POST", f"counters/c{number % 200}"),
                    ("GET", f"counters/c{(number + 100) % 200}"),
                    ("POST", f"session/u{number}"),
                ]:
                    request = urllib.request.Request(f"{self.url}/{path}", method=method)
                    with urllib.request.urlopen(request, timeout=10) as response:
                        assert response.status in (200, 201)
                    self.count += 1
            except Exception as error:
                self.failures.append(repr(error))

    def stop(self):
        self.end.set()
        for thread in self.threads:
            thread.join()


def test_a_running_service_picks_up_a_server_that_is_added_on_the_screen(screen, program, browser, memcached, tmp_path):
    one, other = memcached(), memcached()
    started = screen()
    browser.get(started.url + "/configure")
    fill(browser, "servers", one.name)
    press(browser, "Save")
    assert "The settings are saved" in text(browser)
    port = free_port()
    service = program("ExampleService", started.config, environment={"HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(port)})
    # So that it never waits for somebody to read what it says.
    threading.Thread(target=service.process.stdout.read, daemon=True).start()
    url = f"http://127.0.0.1:{port}"

    def is_healthy():
        try:
            with urllib.request.urlopen(url + "/health", timeout=5) as response:
                return json.load(response)
        except OSError:
            return None

    wait_until(lambda: list((is_healthy() or {}).values()) == ["up"], "the service serves, and its server is up")
    load = Load(url)
    try:
        wait_until(lambda: load.count > 500, "the service is under load", seconds=60)
        assert other.stat("cmd_set") == 0
        browser.get(started.url + "/configure")
        fill(browser, "servers", f"{one.name}\n{other.name}")
        fill(browser, "timeout", "10")
        press(browser, "Save")
        assert "The settings are saved" in text(browser)
        wait_until(lambda: other.stat("cmd_set") > 20, "the service uses the new server", seconds=30)
        count = load.count
        wait_until(lambda: load.count > count + 500, "the load goes on", seconds=60)
        # And away again.
        browser.get(started.url + "/configure")
        fill(browser, "servers", other.name)
        press(browser, "Save")
        wait_until(lambda: len(is_healthy() or {}) == 1, "the service has let the old server go", seconds=30)
        time.sleep(1)
        gets = one.stat("cmd_get")
        count = load.count
        wait_until(lambda: load.count > count + 500, "the load goes on", seconds=60)
        assert one.stat("cmd_get") == gets
    finally:
        load.stop()
    assert load.failures == []
    print(f"{load.count} requests, none failed")
