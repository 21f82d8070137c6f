"""F20: the key goes where the settings say, and follows nobody to another place."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connector.erp import ErpSettings, connect
from connector.exceptions import ErpUnreachable

CODES = (301, 302, 303, 307, 308)


class Place:
    """A web server that notes what it was sent, and sends everybody on."""

    def __init__(self, code=200):
        self.seen, self.location = [], ""
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                place.seen.append(f"{self.headers} {body.decode()}")
                self.send_response(code)
                if place.location:
                    self.send_header("Location", place.location)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"null")

            do_GET = do_POST  # noqa: N815 - as http.server wants it

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def refused(url, transport):
    settings = ErpSettings(url, "shop", "worker", "s3cret", transport, timeout_s=5)
    with pytest.raises(ErpUnreachable) as error:
        connect(settings).call("res.partner", "read", [1], fields=["name"])
    assert "s3cret" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("transport", ["json2", "web", "jsonrpc"])
@pytest.mark.parametrize("code", CODES)
def test_nothing_is_sent_on(code, transport):
    """F20: to another host, port or scheme: the other place hears nothing, the sentence helps."""
    here, there = Place(code), Place()
    try:
        here.location = f"{there.url}/json/2/x"
        sentence = refused(here.url, transport)
        assert f"url: {there.url} " in sentence
        assert there.seen == []
        assert len(here.seen) == 1
    finally:
        here.close()
        there.close()


@pytest.mark.parametrize("code", CODES)
def test_nor_to_another_page_of_the_same_place(code):
    """A login page of the network or a proxy: what it answers is no answer of Odoo."""
    here = Place(code)
    try:
        for location in (f"{here.url}/web/login", "/web/login", "//127.0.0.1:9/x"):
            here.location = location
            refused(here.url, "json2")
        assert len(here.seen) == 3
    finally:
        here.close()


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1", "http://", "\u00e9:x"]
)
def test_odd_addresses_are_no_program_error(location):
    here = Place(302)
    try:
        here.location = location.encode("latin-1", "replace").decode("latin-1")
        settings = ErpSettings(here.url, "shop", "worker", "s3cret", "json2", timeout_s=5)
        with pytest.raises(Exception, match="127.0.0.1") as error:
            connect(settings).call("res.partner", "read", [1], fields=["name"])
        assert type(error.value).__module__ == "connector.exceptions"
    finally:
        here.close()


def test_a_name_in_the_address_is_not_repeated():
    here = Place(302)
    try:
        here.location = "http://user:password@erp.example.com/"
        assert "password" not in refused(here.url, "json2")
    finally:
        here.close()
