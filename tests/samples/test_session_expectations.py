# The checker of `sessions:` in expect.yaml finds what is planted, and containers carry what the tale told.
import json

import pytest

import tool
from make_session_inputs import encode
from session_containers import cell, fitting
from session_tales import CATALOGUE, tell

SESSION = {"id": "s1", "user": "ada", "start": "2026-04-14T07:00:00.000Z", "end": None, "duration_s": 37.0,
           "bytes_to_client": 5, "outcome": "ended", "at": "a:1", "fields": {"clientId": "101", "connection.id": "s1",
                                                                       "description": "none"}}
REPORT = {"tunnels": [], "connections": [], "coverage": {}, "findings": [
    {"cause": "access-denied", "severity": "warning", "role": "root-cause", "subject": "twingate/a:22", "summary": ""}],
    "sessions": [{"system": "twingate", "group": "net", "connections": 3, "failed": 1, "caveats": ["One page of many."],
                  "reasons": [{"text": "denied_access: no", "count": 2}], "list": [SESSION]}]}


def wrong(sessions=None, **expect):
    sessions = {"twingate/net": {}} if sessions is None else sessions
    return tool.mismatches({"sessions": sessions, **expect}, 1, REPORT)


@pytest.mark.parametrize("expected", [
    {}, {"connections": 3, "failed": [0, 1]}, {"caveats": ["page"]}, {"reasons": {"denied_access": 2}},
    {"list": [{"id": "s1", "clientId": 101, "start": 1776150000, "duration": 37}]}])
def test_what_is_there_is_found(expected):
    assert wrong({"twingate/net": expected}) == []


@pytest.mark.parametrize("expected", [
    {"connections": 4}, {"caveats": ["clock"]}, {"reasons": {"denied_access": 1}}, {"reasons": {"dns": 1}},
    {"list": [{"clientId": 102}]}, {"list": [{"user": "bela"}]}, {"list": [{"end": "2026-04-14T07:00:37.000Z"}]},
    {"list": [{"description": "ada"}]}, {"list": [{"start": 1776150001}]}])
def test_what_is_not_there_is_missed(expected):
    assert len(wrong({"twingate/net": expected})) == 1


def test_missing_and_surplus_groups_are_told():
    assert wrong({"twingate/net": {}, "pangolin/4": {}}) and wrong({})


@pytest.mark.parametrize("subject, found", [
    ("twingate/*", True), ("twingate/a:22", True), ("pangolin/*", False), ("twingate/a", False)])
def test_subject_may_be_a_prefix(subject, found):
    assert (wrong(findings=[{"cause": "access-denied", "subject": subject}]) == []) is found


@pytest.mark.parametrize("a, b", [("2026-04-13 07:00:00", "2026-04-13T07:00:00.000Z"),
                                  (1776150000, "2026-04-14T07:00:00.000Z"), (1776150000123,
                                                                             "2026-04-14T07:00:00.123Z"), ("60", 60.0),
                                                                             (True, "true"),
                                  ("2026-04-13T07:00:00.000000Z", "2026-04-13T07:00:00.000Z")])
def test_same_value_in_another_form(a, b):
    assert tool.same_value(a, b)


@pytest.mark.parametrize("a, b", [
    ("2026-04-13 07:00:00", "2026-04-13T07:00:01.000Z"), ("60", 61), ("a", "b"), (None, "null")])
def test_other_values_are_other(a, b):
    assert not tool.same_value(a, b)


@pytest.mark.parametrize("name", CATALOGUE)
def test_tale_is_the_same_at_every_telling(name):
    log = tell(name, 5)
    assert log.records() == tell(name, 5).records() != tell(name, 6).records()
    for container in fitting(log.records()):
        assert encode(name, container, log.records()) == encode(name, container, tell(name, 5).records())


def test_cells_are_written_as_pangolin_writes_them():
    assert [cell(v) for v in (None, 5, "-5", "a,b", 'say "x"', "a\nb", "plain")] == [
        "", "5", "'-5", '"a,b"', '"say ""x"""', "a\\nb", "plain"]


def test_only_addresses_and_names_for_documentation_are_used():
    for name in CATALOGUE:
        text = json.dumps([r for _, _, r in tell(name, 1).records()])
        assert "gmail" not in text
        for domain in ("@", "https:"):
            assert all("example.com" in part[:40] for part in text.split(domain)[1:]), name
