"""CloudWatch Logs on this machine: moto behind a gate that does what moto does not: it verifies signatures, throttles, lets tokens expire,
and serves the metadata of a container and of an instance.
In: the folder of pypi.cloudwatch(). Out: an address to read from, and counts of what was asked."""
import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

REGION = "eu-central-1"
KEY_ID, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token-that-is-valid"
DEADLINE = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def signature(request_line, headers, body, secret):
    """The signature that these headers should carry, by botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    scope, signed = re.search(r"Credential=([^,]+), ?SignedHeaders=([^,]+)", headers["Authorization"]).groups()
    _, _, region, service, _ = scope.split("/")
    method, path = request_line
    request = AWSRequest(method, f"http://{headers['Host']}{path}", data=body,
                         headers={name: headers[name] for name in signed.split(";")})
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials(KEY_ID, secret), service, region)
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, kind, message, status=400):
        self.answer(status, {"__type": kind, "message": message})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        world = self.server.world
        action = self.headers.get("X-Amz-Target", "").split(".")[-1]
        world.asked.append((action, json.loads(body), self.headers.get("X-Amz-Security-Token")))
        claimed = re.search(r"Signature=([0-9a-f]+)", self.headers.get("Authorization", ""))
        if f"Credential={KEY_ID}/" not in self.headers.get("Authorization", ""):
            return self.refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
        if claimed.group(1) != signature((self.command, self.path), self.headers, body, SECRET):
            return self.refuse("InvalidSignatureException", "The request signature we calculated does not match.")
        if self.headers.get("X-Amz-Security-Token") not in (None, world.valid_token):
            return self.refuse("ExpiredTokenException", "The security token included in the request is expired")
        if world.faults and action == "FilterLogEvents":
            return self.refuse(*world.faults.pop(0))
        self.answer(*world.forward(self.headers, body))

    def do_PUT(self):
        self.answer(200, "instance-token") if self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") else self.answer(400, "")

    def do_GET(self):
        role = "/latest/meta-data/iam/security-credentials/"
        found = {"AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": "2099-01-01T00:00:00Z"}
        if self.path.startswith(role) and self.headers.get("X-aws-ec2-metadata-token") != "instance-token":
            return self.answer(401, "")
        if self.path == "/container" and self.headers.get("Authorization") != "container-token":
            return self.answer(403, "")
        self.answer(200, {role: "vpn-reader", role + "vpn-reader": found, "/container": found}.get(self.path, ""))


class World:
    def __init__(self, packages, folder):
        self.packages = packages
        if str(packages) not in sys.path:
            sys.path.append(str(packages))  # botocore, which Debian's pytest does not know
        self.asked, self.faults, self.valid_token = [], [], TOKEN
        self.port = free_port()
        self.moto = subprocess.Popen(["/usr/bin/python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                                     env={**os.environ, "PYTHONPATH": str(packages)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.folder = folder
        self.wait_for_moto()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        self.server.daemon_threads = True
        self.server.world = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for_moto(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("moto does not start")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.moto.kill()
        self.moto.wait()

    def forward(self, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        kept = {name: headers[name] for name in ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")}
        connection.request("POST", "/", body, kept)
        response = connection.getresponse()
        return response.status, response.read()

    def environment(self, **more):
        """Of a user whose keys stand there; no other credentials are to be found."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.address, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, **more}

    def without_keys(self, **more):
        return {k: v for k, v in self.environment(**more).items() if k not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}

    def cli(self, *words):
        """The real AWS CLI against the same gate."""
        environment = self.environment(PYTHONPATH=str(self.packages), AWS_DEFAULT_REGION=REGION)
        done = subprocess.run(["/usr/bin/python3", "-m", "awscli", *words], env=environment, capture_output=True, text=True,
                              timeout=DEADLINE * 3)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, action, **body):
        """Writes to moto, past the gate."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request("POST", "/", json.dumps(body), {
            "X-Amz-Target": f"Logs_20140328.{action}", "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20260101/{REGION}/logs/aws4_request, SignedHeaders=host, Signature=0"})
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, text
        return json.loads(text or b"{}")

    def group(self, name, streams):
        """{stream: [(ms, message)]} as a log group."""
        self.call("CreateLogGroup", logGroupName=name)
        for stream, events in streams.items():
            self.call("CreateLogStream", logGroupName=name, logStreamName=stream)
            self.put(name, stream, events)

    def put(self, name, stream, events):
        for at in range(0, len(events), 5_000):
            self.call("PutLogEvents", logGroupName=name, logStreamName=stream,
                      logEvents=[{"timestamp": ms, "message": message} for ms, message in events[at:at + 5_000]])
