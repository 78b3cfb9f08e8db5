"""The API of `serve` against docs/openapi.yaml: every path of the document is answered as it says, and nothing else is there."""
import http.client
import json
import re
import subprocess

import jsonschema
import pytest
import yaml
from serving import PROGRAM, ROOT, history, running, until

DOCUMENT = ROOT / "docs/openapi.yaml"
API = yaml.safe_load(DOCUMENT.read_text())


def as_json_schema(node):
    """OpenAPI 3.0 says `nullable` where JSON Schema says a type."""
    if isinstance(node, list):
        return [as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: as_json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") else plain


STORE = as_json_schema(API)
SCHEMAS = {schema["$id"]: schema for schema in (json.loads(path.read_text()) for path in (ROOT / "docs/schema").glob("*.json"))}


def complaints(schema, value):
    resolver = jsonschema.RefResolver(base_uri=DOCUMENT.as_uri(), referrer=STORE, store=SCHEMAS)
    return [error.message for error in jsonschema.Draft202012Validator(as_json_schema(schema), resolver=resolver).iter_errors(value)]


def described(path, status):
    responses = API["paths"][path]["get"]["responses"]
    response = responses.get(str(status), responses["default"])
    return API["components"]["responses"]["Problem"] if "$ref" in response else response


def assert_as_described(path, answer):
    content = described(path, answer.status).get("content", {})
    kind = answer.headers.get_content_type()
    if not content:
        assert answer.text == ""
        return
    assert kind in content, f"{kind} is not in {list(content)}"
    if kind == "application/json":
        assert complaints(content[kind]["schema"], json.loads(answer.text)) == []


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = history(tmp_path_factory.mktemp("live") / "ike.log")
    with running([log.path]) as one:
        log.down("203.0.113.17")
        until(lambda: one.statuses().get("203.0.113.17") == "down")
        yield one


PATHS = [path.replace("{id}", "psk-mismatch") for path in API["paths"] if path != "/api/events"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_answers_as_the_document_says(server, path):
    answer = server.ask(path)
    assert answer.status == 200
    assert_as_described(path.replace("psk-mismatch", "{id}"), answer)
    head = server.ask(path, method="HEAD")
    assert (head.status, head.text) == (200, "")


def test_the_stream_of_events_is_as_the_document_says(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/api/events")
    answer = connection.getresponse()
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/event-stream")
    event = b""
    while not event.endswith(b"\n\n"):
        event += answer.read(1)
    connection.close()
    fields = dict(line.split(": ", 1) for line in event.decode().splitlines() if line)
    assert fields["event"] == "changed"
    status = json.loads(fields["data"])
    assert complaints(described("/api/events", 200)["content"]["text/event-stream"]["schema"], status) == []
    assert fields["id"] == str(status["version"])


def test_a_report_that_is_known_is_not_sent_again(server):
    def again():
        known = server.ask("/api/report").headers["ETag"]
        answer = server.ask("/api/report", {"If-None-Match": known})
        return answer if answer.status == 304 else None  # the watch may have taken a step in between
    assert_as_described("/api/report", until(again))


def test_the_server_has_the_document_itself(server):
    assert server.ask("/api/openapi").text == DOCUMENT.read_text()


def test_an_entry_that_is_not_there_is_a_problem(server):
    answer = server.ask("/api/explain/nothing-of-the-kind")
    assert answer.status == 404
    assert_as_described("/api/explain/{id}", answer)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/reports", "/index.html", "/api/explain", "/page.css/", "//", "/metrics/x"])
def test_nothing_else_is_there(server, path):
    assert server.ask(path).status == 404


def test_the_document_has_every_route_of_the_program():
    table = (ROOT / "src/live/site.cpp").read_text()
    routes = re.findall(r'Route\{"([^"]+)"', table)
    assert sorted(routes) == sorted(API["paths"])


def test_the_comparison_notices_what_differs(server):
    report = server.json("/api/report")
    schema = API["paths"]["/api/report"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert complaints(schema, report) == []
    report["tunnels"][0]["status"] = "fine"
    assert complaints(schema, report) != []
    assert complaints(API["components"]["schemas"]["Health"], {"status": "live", "reason": None, "version": 1}) != []


def test_a_cause_is_explained_as_by_explain(server):
    said = subprocess.run([PROGRAM, "explain", "--format", "json", "psk-mismatch"], capture_output=True, text=True, check=True).stdout
    assert server.ask("/api/explain/psk-mismatch").text == said
    assert server.ask("/api/explain/aws-s2s/ikev2/psk-mismatch").status == 200


def test_a_log_that_is_silent_is_not_healthy(tmp_path):
    log = history(tmp_path / "ike.log")
    with running([log.path], "--stale-after", "2s") as server:
        answer = until(lambda: (lambda a: a if a.status == 503 else None)(server.ask("/healthz")))
        assert_as_described("/healthz", answer)
        assert "ike.log" in json.loads(answer.text)["reason"]


def test_a_watch_has_health_and_metrics_alone(tmp_path):
    log = history(tmp_path / "ike.log")
    with running([log.path], command="watch") as server:
        assert {path: server.ask(path).status for path in ("/healthz", "/metrics", "/", "/api/report", "/api/events")} == {
            "/healthz": 200, "/metrics": 200, "/": 404, "/api/report": 404, "/api/events": 404}


def test_an_input_of_which_nothing_has_come_is_in_the_report(tmp_path):
    (tmp_path / "empty.log").write_text("")
    log = history(tmp_path / "ike.log")
    with running([tmp_path / "missing.log", log.path, tmp_path / "empty.log"]) as one:
        until(lambda: one.json("/api/report")["coverage"]["records"] == 60)
        answer = one.ask("/api/report")
        assert_as_described("/api/report", answer)
        assert [(i["path"].rsplit("/", 1)[1], i["container"] is None, i["records"]) for i in json.loads(answer.text)["inputs"]] == [
            ("empty.log", True, 0), ("ike.log", False, 60), ("missing.log", True, 0)]
