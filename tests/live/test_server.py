"""The server of the real program: whom it refuses, what it withstands, and that the watch goes on all the while."""
import asyncio
import json
import socket
import subprocess
import time

import pytest
from serving import ONE, PROGRAM, VPN, history, running, until

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = history(tmp_path_factory.mktemp("live") / "ike.log")
    with running([log.path]) as one:
        one.log = log
        yield one


def refused(*options, environment=None):
    run = subprocess.run([PROGRAM, "serve", "--config", "none", *options, "/dev/null"], capture_output=True, text=True, timeout=60,
                         stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin", **(environment or {})})
    assert run.returncode == 2
    return run.stderr


@pytest.mark.parametrize("headers, status", [
    ({"Host": "evil.example"}, 421),
    ({"Host": "evil.example:4580", "Origin": "http://evil.example:4580"}, 421),
    ({"Host": "localhost"}, 200),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    ({"X-Filler": "y" * 20_000}, 431),
    ({f"X-{i}": "y" for i in range(80)}, 431),
], ids=str)
def test_strangers_and_giants_are_refused(server, headers, status):
    answer = server.ask("/api/report", headers)
    assert answer.status == status
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def raw(server, request):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as one:
        one.sendall(request.encode() + b"Connection: close\r\n\r\n")
        return int(one.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("target, host, status", [
    ("http://127.0.0.1:4580/healthz", "127.0.0.1", 200), ("HTTP://localhost/healthz?x", "localhost", 200), ("http://localhost/nothing", "localhost", 404),
    ("http://evil.example/healthz", "localhost", 421), ("http://localhost@evil.example/healthz", "localhost", 421), ("http:///healthz", "localhost", 421),
    ("http://localhost/healthz", "evil.example", 421)])
def test_a_whole_url_is_answered_when_it_is_ours(server, target, host, status):
    assert raw(server, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n") == status


@pytest.mark.parametrize("headers", ["Host: localhost\r\nHost: localhost", "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example"])
def test_a_header_of_which_there_is_one_is_not_taken_twice(server, headers):
    assert raw(server, f"GET /api/report HTTP/1.1\r\n{headers}\r\n") == 400


def test_of_two_thousand_rapid_requests_none_is_lost(server):
    """More ask at once than are served at once: they wait for their turn."""
    async def ask(at_once):
        async with at_once:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            writer.close()
            return head[:12]

    async def all_of(clients):
        at_once = asyncio.Semaphore(clients)
        return await asyncio.gather(*(ask(at_once) for _ in range(2000)))
    for clients in (50, 200):
        assert set(asyncio.run(all_of(clients))) == {b"HTTP/1.1 200"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_but_get_and_head_is_answered(server, method):
    assert server.ask("/api/report", method=method).status == 405


def test_a_body_is_not_read_as_the_next_request(server):
    answer = server.ask("/healthz", method="GET", body=b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.status == 413
    assert answer.headers["Connection"] == "close"


def test_the_page_may_load_nothing_from_elsewhere(server):
    policy = dict(part.strip().split(" ", 1) for part in server.ask("/").headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_two_hundred_streams_starve_nobody(server):
    streams = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        for stream in streams:
            stream.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        begun = time.monotonic()
        for _ in range(5):
            assert server.ask("/healthz").status == 200
        assert time.monotonic() - begun < 10
        first_lines = [stream.recv(12) for stream in streams]
        assert first_lines.count(b"HTTP/1.1 200") == 64
        assert set(first_lines) <= {b"HTTP/1.1 200", b"HTTP/1.1 503", b""}  # the others are told, or make room for who asks
    finally:
        for stream in streams:
            stream.close()


def test_a_slow_browser_does_not_hold_the_watch_up(server):
    """It asks for everything again and again and reads nothing."""
    lazy = []
    for path in ("/page.js", "/api/report", "/", "/api/events") * 5:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.connect(("127.0.0.1", server.port))
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        lazy.append(one)
    try:
        before = server.rss()
        for number in range(5):
            server.log.down(ONE) if number % 2 == 0 else server.log.up(ONE)
            version = server.json("/healthz")["version"]
            until(lambda: server.json("/healthz")["version"] > version)
        assert server.rss() < before + 64_000_000
    finally:
        for one in lazy:
            one.close()


def test_beyond_loopback_there_is_no_server_without_a_token(tmp_path):
    said = refused("--listen", "0.0.0.0:0")
    assert said == ("tunnelscope: --listen 0.0.0.0:0 can be reached from other machines, and asks for no token\n"
                    "  hint: --token-file FILE, or the token in the environment as TUNNELSCOPE_TOKEN\n")
    assert "is shorter than 16 characters" in refused("--listen", "0.0.0.0:0", environment={"TUNNELSCOPE_TOKEN": "short"})
    assert "short" not in refused(environment={"TUNNELSCOPE_TOKEN": "shrt"}).replace("shorter", "")
    assert "cannot be read" in refused("--token-file", str(tmp_path / "nothing"))


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", ":4580", "4580"])
def test_an_address_that_is_none_is_the_command_lines_fault(listen):
    assert f"--listen {listen}" in refused("--listen", listen)


def test_a_port_that_is_taken_is_said(server):
    said = refused("--listen", f"127.0.0.1:{server.port}")
    assert "cannot listen on 127.0.0.1" in said and "in use" in said


@pytest.mark.parametrize("given", ["file", "environment"])
def test_with_a_token_nothing_is_told_without_it(tmp_path, given):
    log, file = history(tmp_path / "ike.log"), tmp_path / "token"
    file.write_text(TOKEN + "\n")
    options = ("--token-file", str(file)) if given == "file" else ()
    with running([log.path], *options, token=TOKEN, environment={"TUNNELSCOPE_TOKEN": TOKEN} if given == "environment" else {}) as server:
        assert server.ask("/api/report").status == 200
        for path in ("/", "/page.js", "/api/report", "/api/events", "/healthz", "/metrics", "/nothing"):
            answer = server.ask(path, {"Authorization": "Bearer " + TOKEN[:-1] + "0"})
            assert answer.status == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert TOKEN not in answer.text


def test_it_ends_at_once_when_it_is_told_to(tmp_path):
    log = history(tmp_path / "ike.log")
    with running([log.path]) as server:
        stream = socket.create_connection(("127.0.0.1", server.port))
        stream.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stream.recv(100)
        begun = time.monotonic()
        server.process.terminate()
        assert server.process.wait(20) == 0
        assert time.monotonic() - begun < 10
        stream.close()


def test_a_key_of_the_configuration_stays_out_of_what_is_served(tmp_path):
    key = "tunnelone_Secret.1"
    cloud = tmp_path / "cloud.json"
    cloud.write_text(json.dumps({"VpnConnections": [{"VpnConnectionId": VPN, "Options": {
        "TunnelOptions": [{"OutsideIpAddress": ONE, "PreSharedKey": key}]}}]}))
    log = history(tmp_path / "ike.log")
    for state in ("established", "down"):
        log.say(ONE, f"peer loaded {key}, waiting", state, state)
    with running([log.path], "--cloud", str(cloud)) as server:
        page, report = server.ask("/").text, server.ask("/api/report").text
        assert "loaded [key removed]" in report
        assert "tunnelone" not in page + report
