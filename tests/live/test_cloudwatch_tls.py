# CloudWatch over TLS, as it is met in companies: certificates of their own, names that are not known, proxies. A watch says what keeps it from
# reading, follows its other inputs all the while, and reads the group as soon as it can.
import http.server
import json
import os
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "live"), str(TESTS / "tools")]
import cloudwatch_world  # noqa: E402
import pypi  # noqa: E402
from logs import ADDRESSES, CONNECTION, OUTAGES, lines  # noqa: E402
from test_watch import append, openings  # noqa: E402
from watching import PROGRAM, Watch  # noqa: E402

GROUP = "/aws/vpn/tls"


def certificate(folder, name, ca=None):
    """A key and a certificate for a host's name, by the authority or, without one, an authority."""
    key, request, made = (folder / f"{name}.{end}" for end in ("key", "csr", "pem"))

    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    if ca:
        openssl("x509", "-req", "-in", request, "-CA", folder / f"{ca}.pem", "-CAkey", folder / f"{ca}.key", "-CAcreateserial", "-days", "2", "-copy_extensions",
                "copy", "-out", made)
    else:
        openssl("req", "-x509", "-key", key, "-in", request, "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE", "-out", made)
    return made


class Proxy:
    """Makes tunnels with CONNECT, or refuses to. Counts them by host."""

    def __init__(self, status=200):
        self.tunnels = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                first = self.rfile.readline().decode().split()
                while self.rfile.readline().strip():
                    pass
                outer.tunnels.append(first[1])
                if status != 200:
                    return self.wfile.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
                host, port = first[1].rsplit(":", 1)
                with socket.create_connection((host, int(port))) as there:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    ends = {self.connection: there, there: self.connection}
                    while True:
                        for one in select.select(list(ends), [], [])[0]:
                            if not (some := one.recv(65536)):
                                return None
                            ends[one].sendall(some)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = cloudwatch_world.World(pypi.cloudwatch(), tmp_path_factory.mktemp("home"))
    now = int(time.time())
    record = {"details": "AWS tunnel received DPD reply from cgw", "dpd_enabled": True, "nat_t_detected": False, "ike_phase1_state": "established",
              "ike_phase2_state": "established"}
    try:
        made.group(GROUP, {f"{CONNECTION}-{ADDRESSES[0]}-IKE.log": [(at * 1000, json.dumps({"event_timestamp": at, **record})) for at in range(now - 600, now, 10)]})
        made.certificates = tmp_path_factory.mktemp("certificates")
        certificate(made.certificates, "authority")
        for name in ("localhost", "elsewhere.example"):
            certificate(made.certificates, name, ca="authority")
        yield made
    finally:
        made.close()


def over_tls(world, name, port=0):
    """The same gate, with the certificate of that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(world.certificates / f"{name}.pem", world.certificates / f"{name}.key")

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self):
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

        def handle_error(self, *_):
            pass
    server = Server(("127.0.0.1", port), cloudwatch_world.Gate)
    server.world = world
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def address_of(server):
    return f"https://localhost:{server.server_port}"


def diagnosed(environment):
    return subprocess.run([PROGRAM, "diagnose", f"cloudwatch:{GROUP}", "--since", "24h", "--format", "json", "--fail-on", "never", "--config", "none"], env=environment,
                          capture_output=True, text=True, timeout=120)


def trusting(world, address, **more):
    return world.environment(AWS_ENDPOINT_URL=address, AWS_CA_BUNDLE=str(world.certificates / "authority.pem"), **more)


def test_a_bundle_of_certificates_is_trusted(world):
    done = diagnosed(trusting(world, address_of(over_tls(world, "localhost"))))
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["tunnels"]) == 1


def test_a_proxy_makes_the_way(world):
    server, proxy = over_tls(world, "localhost"), Proxy()
    done = diagnosed(trusting(world, address_of(server), HTTPS_PROXY=proxy.address))
    assert done.returncode == 0, done.stderr
    assert set(proxy.tunnels) == {f"localhost:{server.server_port}"}
    before = len(proxy.tunnels)
    assert diagnosed(trusting(world, address_of(server), HTTPS_PROXY=proxy.address, NO_PROXY="localhost")).returncode == 0
    assert len(proxy.tunnels) == before


def worlds_of_trouble(world):
    dead = over_tls(world, "localhost")
    wrong = over_tls(world, "elsewhere.example")
    untrusted = {k: v for k, v in trusting(world, address_of(dead)).items() if k != "AWS_CA_BUNDLE"}
    return {
        "no bundle": (untrusted, f"the certificate of localhost:{dead.server_port} is not trusted"),
        "another's certificate": (trusting(world, address_of(wrong)), f"the certificate of localhost:{wrong.server_port} is not trusted"),
        "a bundle that is not there": (trusting(world, address_of(dead)) | {"AWS_CA_BUNDLE": "/nonexistent/ca.pem"}, "cannot be read from /nonexistent/ca.pem"),
        "a name that nobody knows": (trusting(world, "https://logs.invalid"), "the name logs.invalid is not known"),
        "a proxy that nobody knows": (trusting(world, address_of(dead), HTTPS_PROXY="http://proxy.invalid:3128"), "the proxy's name is not known"),
        "a proxy that refuses": (trusting(world, address_of(dead), HTTPS_PROXY=Proxy(403).address), f"the proxy refuses the way to localhost:{dead.server_port}: it answers 403"),
    }


@pytest.mark.parametrize("trouble", ["no bundle", "another's certificate", "a bundle that is not there", "a name that nobody knows", "a proxy that nobody knows",
                                     "a proxy that refuses"])
def test_a_watch_says_what_keeps_it_from_reading_and_goes_on(world, tmp_path, trouble):
    environment, reason = worlds_of_trouble(world)[trouble]
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(500)))
    with Watch(log, f"cloudwatch:{GROUP}", env=environment) as watch:
        watch.until(lambda: any(e["type"] == "watch" and reason in (e["stale"] or "") for e in watch.events), reason)
        append(log, lines(700, OUTAGES, begin=500))
        watch.until(lambda: openings(watch) == ["opened"], "the outage of the other input")
        stale = next(e for e in watch.alerts() if e["cause"] == "watch-stale" and "cloudwatch:" in e["subject"])
        assert reason in stale["summary"] and stale["first_step"]


def test_a_certificate_that_was_mended_is_noticed(world):
    server = over_tls(world, "elsewhere.example")
    port = server.server_port
    with Watch(f"cloudwatch:{GROUP}", env=trusting(world, address_of(server))) as watch:
        watch.until(lambda: any("is not trusted" in (e.get("stale") or "") for e in watch.events), "the complaint")
        server.shutdown()
        server.server_close()
        over_tls(world, "localhost", port)
        watch.until(lambda: any(e["type"] == "tunnel" for e in watch.events), "the group's tunnel")
        watch.until(lambda: any(e["type"] == "watch" and e["live"] for e in watch.events), "life")
