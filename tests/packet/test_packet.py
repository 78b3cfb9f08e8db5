"""The incident packet of `diagnose --packet`: complete or not there, ready to send, and nobody can tell from it whose it is.
In: samples, and logs made here. Out: what is in the folder that was written.

golden/ is the packet of one sample, but for the two reports, which have tests of their own; to write it anew:
TUNNELSCOPE=build/release/tunnelscope /usr/bin/python3 tests/packet/test_packet.py"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAM = str(pathlib.Path(os.environ.get("TUNNELSCOPE", ROOT / "build/release/tunnelscope")).resolve())
SAMPLES = ROOT / "samples"
ILL = SAMPLES / "psk-mismatch-ikev2/input"
VPN, OUTSIDE, GATEWAY = "vpn-0a1b2c3d4e5f60718", "203.0.113.17", "198.51.100.20"
FOR_AWS = {"aws-support-case.txt", "aws-client-vpn-support-case.txt", "commands.txt"}
EVER = {"README.txt", "commands.txt", "timeline.svg", "evidence.txt", "report.html", "report.json"}
TUNNELS = EVER | {"aws-support-case.txt", "gateway-vendor-case.txt"}
MOST_BYTES = 7500  # what the form of a support desk takes, and some room

SHOWN = ["psk-mismatch-ikev2", "gateway-outage-ikev2", "gateway-outage-of-a-site-ikev2", "redundancy-lost-ikev2", "bgp-as-mismatch-ikev2",
         "planned-maintenance-ikev2", "healthy-two-connections-ikev2", "mixed-five-systems", "authentication-failures-client-vpn",
         "session-churn-cloudconnexa", "resource-unreachable-timeouts-pangolin", "connector-offline-twingate", "healthy-pangolin",
         "lab-psk-v2", "threat-blocked-cloudconnexa", "posture-denied-client-vpn"]


def diagnose(folder, *arguments, cwd=None, **environment):
    return subprocess.run([PROGRAM, "diagnose", *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder), **environment})


def packet(folder, *arguments, **environment):
    run = diagnose(folder, "--packet", folder / "packet", *arguments, **environment)
    assert run.returncode in (0, 1), run.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "packet").iterdir()}


def log(folder, *messages, name="export.json", stream=f"{VPN}-{OUTSIDE}-IKE.log", start=1772438655):
    records = [{"event_timestamp": start + 60 * i, "details": text, "dpd_enabled": True, "nat_t_detected": False,
                "ike_phase1_state": "down", "ike_phase2_state": "down"} for i, text in enumerate(messages)]
    events = [{"logStreamName": stream, "timestamp": r["event_timestamp"] * 1000, "message": json.dumps(r)} for r in records]
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"events": events}), encoding="utf-8")
    return path


PSK = f"AWS tunnel detected a pre-shared key mismatch with cgw: {GATEWAY}"


# --- what is in it


@pytest.mark.parametrize("sample", ["psk-mismatch-ikev2", "healthy-two-connections-ikev2"])
def test_a_packet_of_tunnels_has_both_support_cases(sample, tmp_path):
    assert set(packet(tmp_path, SAMPLES / sample / "input")) == TUNNELS


@pytest.mark.parametrize("sample, text", [("authentication-failures-client-vpn", "aws-client-vpn-support-case.txt"),
                                          ("session-churn-cloudconnexa", "cloudconnexa-support-case.txt"),
                                          ("healthy-pangolin", "pangolin-support-case.txt"),
                                          ("connector-offline-twingate", "twingate-support-case.txt")])
def test_user_sessions_have_a_case_for_those_who_run_their_system(sample, text, tmp_path):
    assert set(packet(tmp_path, SAMPLES / sample / "input")) == EVER | {text}


def test_five_systems_at_once_have_a_case_each(tmp_path):
    assert len(packet(tmp_path, SAMPLES / "mixed-five-systems/input")) == len(TUNNELS) + 4


def test_the_text_for_aws_says_what_aws_needs(tmp_path):
    text = packet(tmp_path, ILL)["aws-support-case.txt"]
    for needed in (VPN, OUTSIDE, f"Customer gateway: {GATEWAY}", "IKEv2, Phase 1 down", "2026-03-02 08:04:15 UTC", "still going on",
                   "pre-shared key mismatch", "ruled out: ike-proposal-mismatch", "What we ask", "All times are UTC"):
        assert needed in text, needed


def test_account_and_region_are_taken_from_the_paths_of_exports(tmp_path):
    path = log(tmp_path, PSK, PSK, name="AWSLogs/111122223333/vpn/eu-central-1/export.json")
    text = packet(tmp_path, path)["aws-support-case.txt"]
    assert "Account: 111122223333\nRegion: eu-central-1\n" in text


@pytest.mark.parametrize("sample", SHOWN)
def test_texts_fit_the_forms_of_support_desks(sample, tmp_path):
    for name, text in packet(tmp_path, SAMPLES / sample / "input").items():
        if name.endswith("-case.txt"):
            assert len(text.encode()) <= MOST_BYTES and "What we ask" in text, name
            assert max(map(len, text.splitlines())) <= 78, name


def test_a_site_of_many_tunnels_fits_too_and_says_what_it_left_out(tmp_path):
    for i in range(60):
        log(tmp_path / "logs", *[PSK] * 5, name=f"{i}.json", stream=f"vpn-0a1b2c3d4e5f607{i:02d}-203.0.113.{i + 1}-IKE.log")
    files = packet(tmp_path, tmp_path / "logs")
    for name in ("aws-support-case.txt", "gateway-vendor-case.txt"):
        assert len(files[name]) <= MOST_BYTES
        assert "more VPN connections" in files[name] and "more follow on request" in " ".join(files[name].split()) and "What we ask" in files[name]
    assert files["evidence.txt"].count("psk-mismatch on ") == 60


def test_nothing_wrong_is_said_as_such(tmp_path):
    files = packet(tmp_path, SAMPLES / "healthy-two-connections-ikev2/input")
    assert "no fault in the logs" in files["aws-support-case.txt"] and "No record shows a fault" in files["gateway-vendor-case.txt"]


def test_the_picture_is_well_formed(tmp_path):
    for sample in ("psk-mismatch-ikev2", "mixed-five-systems", "first-page-of-many-pangolin"):
        folder = tmp_path / sample
        folder.mkdir()
        assert ElementTree.fromstring(packet(folder, SAMPLES / sample / "input")["timeline.svg"]).tag.endswith("svg")


def test_the_golden_packet(tmp_path):
    written = golden(tmp_path)
    expected = {path.name: path.read_text(encoding="utf-8") for path in (HERE / "golden").iterdir()}
    assert written == expected


@pytest.mark.parametrize("now", ["2026-03-02T07:00", "2026-03-02T08:10"])  # before the first record, and before the last
def test_a_now_before_the_records_ends_no_span_before_it_begins(now, tmp_path):
    files = packet(tmp_path, "--now", now, ILL)
    for name in ("aws-support-case.txt", "gateway-vendor-case.txt"):
        assert "Time: from 2026-03-02 08:04:15 to 2026-03-02 08:41:05 UTC\n" in files[name]


def test_the_cases_open_with_what_the_report_leads_with_and_keep_each_step_with_its_commands(tmp_path):
    folder = SAMPLES / "gateway-outage-of-a-site-ikev2/input"
    lead = re.search(r"^why    (.*?) \(", diagnose(tmp_path, folder).stdout, re.M)[1]
    text = packet(tmp_path, folder)["gateway-vendor-case.txt"]
    assert lead in " ".join(text.split("Findings in all")[0].split()) and re.search(r"Findings in all: \d+, still going on: \d+\n", text)
    assert "see how long the gateway has been running\n    strongSwan: uptime\n" in text


def test_a_tunnel_that_fell_silent_is_not_said_to_be_down_still(tmp_path):
    path = log(tmp_path, *[PSK] * 5)
    texts = packet(tmp_path, "--now", "2026-03-02T20:00", path) | {"text": diagnose(tmp_path, "--now", "2026-03-02T20:00", path).stdout}
    for name in ("report.html", "text", "evidence.txt"):
        flat = " ".join(texts[name].split())
        assert "at the last record, 2026-03-02 08:08:15; nothing heard since" in flat and ", still going on" not in flat, name
    assert "still going on when last heard of" in " ".join(texts["aws-support-case.txt"].split())


# --- what is not in it


ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
AWS_ID = re.compile(r"\b(?:vpn|cgw|vgw|tgw|eni|cvpn-endpoint|cvpn-connection)-[0-9a-f]{8,17}\b")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
GENERIC = re.compile(r"0\.0\.0\.0|127\.0\.0\.|255\.|169\.254\.0\.0")


def names_of(report):
    """What an unredacted report calls users, devices and the like; ordinary words and numbers prove nothing."""
    names = set()
    for group in report["sessions"]:
        for line in group["list"]:
            names |= {line[key] for key in ("user", "device", "connector", "gateway", "address", "id") if line[key]}
    return {n for n in names if len(n) > 4 and not n.isalpha()}


@pytest.mark.parametrize("sample", SHOWN)
def test_no_identity_is_left_but_what_aws_knows(sample, tmp_path):
    files = packet(tmp_path, SAMPLES / sample / "input")
    plain = diagnose(tmp_path, "--format", "json", SAMPLES / sample / "input").stdout
    report = json.loads(plain)
    known_to_aws = {t[key] for t in report["tunnels"] for key in ("connection", "outside_ip")} | {g["group"] for g in report["sessions"]}
    assert not report["tunnels"] or ADDRESS.search(plain) and AWS_ID.search(plain)  # or this test would prove nothing
    for name, text in files.items():
        text = re.sub(r'<(style|script)>.*?</\1>|\d+ [\d.]+h[^"]*|https://[^\s"<]*|"(?:title|url|references?)"[^\n]*', " ", text, flags=re.S)
        found = set(ADDRESS.findall(text)) | set(AWS_ID.findall(text)) | set(MAIL.findall(text))
        found = {f for f in found if not GENERIC.match(f)}
        assert found <= (known_to_aws | {GATEWAY, "198.51.100.7"} if name in FOR_AWS else set()), name
        for real in names_of(report):
            assert not re.search(rf"(?<![\w.-]){re.escape(real)}(?![\w-])", text), (name, real)


def test_private_addresses_users_hosts_and_keys_leave_no_trace_in_the_texts_for_aws(tmp_path):
    secrets = ("10.20.30.40", "fw-lisbon.corp.acme.example", "ana.lopes@acme.example", "hunter2hunter2", "192.0.2.200")
    path = log(tmp_path, PSK, "AWS tunnel saw cgw: 10.20.30.40 named fw-lisbon.corp.acme.example of ana.lopes@acme.example",
               f"AWS tunnel detected a pre-shared key mismatch with cgw: {GATEWAY} psk = \"hunter2hunter2\" from 192.0.2.200", PSK)
    for name, text in packet(tmp_path, path).items():
        assert not [s for s in secrets if s in text], name


def client_vpn_attempts(folder, **fields):
    record = {"connection-log-type": "connection-attempt", "connection-attempt-status": "failed", "connection-reset-status": "NA",
              "client-vpn-endpoint-id": "cvpn-endpoint-0ab12cd34ef56ab78", "transport-protocol": "udp", "connection-start-time": "NA",
              "connection-end-time": "NA", "client-ip": "NA", "username": "ana", "device-type": "win", "device-ip": "192.0.2.7", "port": "1",
              "connection-duration-seconds": "NA", **fields}
    path = folder / "client.ndjson"
    path.write_text("\n".join(json.dumps({**record, "connection-id": f"cvpn-connection-{i:017x}",
                                          "connection-last-update-time": f"2026-11-20 08:0{i}:00"}) for i in range(8)), encoding="utf-8")
    return path


def test_names_in_the_free_texts_of_records_that_a_rule_knows_leave_no_trace(tmp_path):
    secrets = ("svcbackup", "dcberlin", "laptop-mueller", "globex", "kiosk", "jamfberlin", "hqlisbon")
    path = client_vpn_attempts(tmp_path, **{
        "connection-attempt-failure-reason": "authentication failed for svcbackup on dcberlin01", "device-type": "kiosk-hall",
        "posture-compliance-statuses": ["quarantined laptop-mueller07 of Globex Berlin"]})
    log(tmp_path / "ipsec", "AWS tunnel DPD timed out after 3 retransmits to hqlisbon", *[PSK] * 3)
    plain = diagnose(tmp_path, "--format", "json", path).stdout
    assert "dcberlin01" in plain and "kiosk-hall" in plain
    texts = packet(tmp_path, path, tmp_path / "ipsec") | {form: diagnose(tmp_path, "--redact", "--format", form, path, tmp_path / "ipsec").stdout
                                                          for form in ("text", "json", "markdown", "html")}
    for name, text in texts.items():
        assert not [s for s in secrets if s in text.lower()], name
    assert "authentication failed for" in texts["evidence.txt"] and "DPD timed out after 3 retransmits to" in texts["json"]


def test_the_steps_of_the_knowledge_base_are_read_as_they_were_written(tmp_path):
    written = json.loads(diagnose(tmp_path, "--format", "json", client_vpn_attempts(tmp_path, **{"connection-attempt-failure-reason": "authentication-failed"})).stdout)
    shown = json.loads(packet(tmp_path, tmp_path / "client.ndjson")["report.json"])
    for before, after in zip(written["findings"], shown["findings"], strict=True):
        assert [s["do"] for s in before["steps"]] == [s["do"] for s in after["steps"]] and before["explanation"] == after["explanation"]


NAMELESS = {"something odd about MUC-HQ/FW7 serial FGT60FTK20012345": ("MUC", "HQ", "FW7", "FGT60"),
            "AWS tunnel lost its peer via jump host jmp-prod-3": ("jmp", "prod-"),
            "still waiting for fw-muc-core7 (site MUC-HQ)": ("fw-", "muc", "core")}


def outage_without_a_known_word(folder, *messages):
    """Up, then lines that no rule knows, then down: these lines are evidence."""
    path = log(folder, "AWS tunnel processed request (id=0) for CREATE_CHILD_SA", *messages)
    export = json.loads(path.read_text(encoding="utf-8"))
    for i, event in enumerate(export["events"]):
        record = json.loads(event["message"])
        state = "down" if i == len(messages) else "established"
        record |= {"event_timestamp": 1772438655 + 5 * i, "ike_phase1_state": state, "ike_phase2_state": state}
        event |= {"timestamp": record["event_timestamp"] * 1000, "message": json.dumps(record)}
    path.write_text(json.dumps(export), encoding="utf-8")
    return path


def test_of_lines_that_no_rule_knows_only_words_leave_that_name_nobody(tmp_path):
    path = outage_without_a_known_word(tmp_path, *NAMELESS)
    stays = diagnose(tmp_path, path).stdout
    assert "still waiting for fw-muc-core7 (site MUC-HQ)" in stays and "via jump host jmp-prod-<n>" in stays
    texts = packet(tmp_path, path)
    texts |= {f"--redact {form}": diagnose(tmp_path, "--redact", "--format", form, path).stdout for form in ("text", "json", "markdown", "html")}
    for where, page in texts.items():
        text = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.S)  # the page's own program has words of its own
        for names in NAMELESS.values():
            for name in names:
                assert not re.search(rf"(?<![A-Za-z]){re.escape(name)}", text), (where, name)
    for needed in ("something odd about word-", "via jump host word-", "still waiting for word-"):
        assert needed in texts["evidence.txt"], needed


def test_a_reason_that_no_list_has_keeps_names_to_itself_too(tmp_path):
    export = (SAMPLES / "unlisted-failure-cloudconnexa/input/sessions.json").read_text(encoding="utf-8")
    assert "Profile Revision Outdated" in export
    path = tmp_path / "sessions.json"
    path.write_text(export.replace("Profile Revision Outdated", "Profile of fw-muc-core7 Outdated"), encoding="utf-8")
    texts = packet(tmp_path, path) | {form: diagnose(tmp_path, "--redact", "--format", form, path).stdout for form in ("text", "json", "html")}
    assert "session FAILED: Profile of word-" in texts["json"]
    assert [where for where, text in texts.items() if "core7" in text] == []


def test_a_key_of_the_configuration_stays_out_of_shapes_and_messages_too(tmp_path):
    key = "tunnelone_Secret.1"
    described = (f"<vpn_connection id='{VPN}'><ipsec_tunnel><customer_gateway><tunnel_outside_address><ip_address>{GATEWAY}</ip_address>"
                 f"</tunnel_outside_address></customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>{OUTSIDE}</ip_address>"
                 f"</tunnel_outside_address></vpn_gateway><ike><pre_shared_key>{key}</pre_shared_key></ike></ipsec_tunnel></vpn_connection>")
    cloud = tmp_path / "cloud.json"
    cloud.write_text(json.dumps({"VpnConnections": [{"VpnConnectionId": VPN, "CustomerGatewayConfiguration": described,
                                                     "Options": {"TunnelOptions": [{"OutsideIpAddress": OUTSIDE, "PreSharedKey": key}]}}]}))
    path = outage_without_a_known_word(tmp_path, f"loaded {key}", f"still at {key}, waiting")
    texts = packet(tmp_path, path, "--cloud", cloud)
    texts |= {form: diagnose(tmp_path, "--cloud", cloud, "--format", form, path).stdout for form in ("text", "json", "markdown", "html")}
    assert "loaded [key removed]" in texts["json"]
    for where, text in texts.items():
        assert "tunnelone" not in text, where


def test_the_word_after_a_bare_key_is_one(tmp_path):
    path = outage_without_a_known_word(tmp_path, "peer failed with key tunnelone_Secret.1", "peer failed with secret hunterhunter")
    for form in ("text", "json", "markdown", "html"):
        out = diagnose(tmp_path, "--format", form, path).stdout
        assert "tunnelone" not in out and "hunter" not in out and "with key [key removed]" in out, form


def test_names_of_files_and_folders_are_numbers(tmp_path):
    path = log(tmp_path, PSK, PSK, name="acme-lisbon/customer-42/berlin.json", stream="nobody-knows")
    files = packet(tmp_path, path)
    assert "input-1" in files["evidence.txt"] and "unknown" in files["aws-support-case.txt"]
    for name, text in files.items():
        assert not re.search("acme|customer-42|berlin|" + re.escape(str(tmp_path)), text), name


def test_a_configuration_is_named_by_a_number_too(tmp_path):
    cloud = tmp_path / "acme-vpn.json"
    cloud.write_text(json.dumps({"VpnConnections": [{"VpnConnectionId": VPN, "Options": {"TunnelOptions": [
        {"OutsideIpAddress": OUTSIDE, "Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 1800}]}}]}))
    files = packet(tmp_path, "--cloud", cloud, SAMPLES / "rekey-failure-phase1-lifetime-ikev2/input")
    assert "configuration-1" in files["report.json"]
    assert not [name for name, text in files.items() if "acme" in text]


def test_a_teams_own_words_keep_no_hosts_owners_and_pages(tmp_path):
    original = (ROOT / "kb/causes/psk-mismatch.yaml").read_text()
    own = "override: true\n" + original.replace("owner: gateway", "owner: 'Joe of the Acme desk'\nrunbook_url: https://wiki.acme.example/psk", 1)
    own = re.sub("title: .*", "title: 'ask fw-lisbon.acme.example'", own, count=1)
    (tmp_path / "kb/causes").mkdir(parents=True)
    (tmp_path / "kb/causes/psk-mismatch.yaml").write_text(own)
    files = packet(tmp_path, "--kb", tmp_path / "kb", ILL)
    assert "ask host-" in files["aws-support-case.txt"]
    for name, text in files.items():
        assert not re.search("Joe|[Aa]cme", text), name


def test_what_the_project_excuses_and_who_owns_it_stays_inside(tmp_path):
    (tmp_path / ".tunnelscope.yaml").write_text(
        "suppressions:\n  - cause: psk-mismatch\n    reason: Joe of Acme is on it\n    owner: joe@acme.example\n    expires: 2099-01-01\n")
    run = diagnose(tmp_path, "--packet", "packet", "--now", "2026-06-15", ILL, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    for path in (tmp_path / "packet").iterdir():
        assert not re.search("Joe|[Aa]cme", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "\u202etxt.exe", "\x1b[2J\x1b]0;x\x07", "]]>&<!ENTITY x>", "a" * 3_000_000])
def test_hostile_text_is_text(hostile, tmp_path):
    path = log(tmp_path, PSK, PSK, f"{PSK} {hostile}", PSK)
    files = packet(tmp_path, path)
    ElementTree.fromstring(files["timeline.svg"])
    for name, text in files.items():
        assert "alert(1)</script>" not in text or name.endswith(".txt") or name == "report.json", name
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text), name
        if name.endswith(".txt"):
            assert len(text) < 40_000, name


# --- how it is written


@pytest.mark.parametrize("setting", ["absent", "empty", "nested and absent"])
def test_the_folder_is_made_or_filled(setting, tmp_path):
    folder = tmp_path / ("a/b/packet" if setting.startswith("nested") else "packet")
    if setting == "empty":
        folder.mkdir()
    run = diagnose(tmp_path, "--packet", folder, ILL)
    assert run.returncode == 1 and {path.name for path in folder.iterdir()} == TUNNELS


def test_the_current_folder_can_be_filled(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    assert diagnose(tmp_path, "--packet", ".", ILL, cwd=folder).returncode == 1
    assert {path.name for path in folder.iterdir()} == TUNNELS


@pytest.mark.parametrize("make, complaint", [
    (lambda path: (path.mkdir(), (path / "old.txt").write_text("mine")), "is not empty"),
    (lambda path: path.write_text("mine"), "is not a folder"),
])
def test_what_is_there_is_never_touched_and_nothing_is_read(make, complaint, tmp_path):
    folder = tmp_path / "packet"
    make(folder)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    run = diagnose(tmp_path, "--packet", folder, ILL)
    assert run.returncode == 2 and complaint in run.stderr and "empty or does not exist" in run.stderr and run.stdout == ""
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_disk_without_room_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "packet"
    script = 'trap "" XFSZ; ulimit -f 64; exec "$0" diagnose --packet "$1" "$2"'
    run = subprocess.run(["bash", "-c", script, PROGRAM, str(folder), str(ILL)], capture_output=True, text=True,
                         env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert run.returncode == 5 and "the packet" in run.stderr and "cannot be written" in run.stderr
    assert not folder.exists()


def test_the_commands_of_a_client_vpn_name_its_endpoint(tmp_path):
    commands = packet(tmp_path, SAMPLES / "session-timeout-client-vpn/input")["commands.txt"]
    assert re.search(r"--client-vpn-endpoint-ids? cvpn-endpoint-[0-9a-f]{17}", commands) and "ENDPOINT_ID" not in commands


@pytest.mark.parametrize("host", ["erpserver", "ERP_Prod.corp.example", "fd00::5", "10.9.8.7"])
def test_the_commands_of_sessions_name_hosts_by_their_pseudonyms(host, tmp_path):
    text = (SAMPLES / "resource-unreachable-twingate/input/journal.txt").read_text(encoding="utf-8")
    (tmp_path / "journal.txt").write_text(text.replace("db.corp.example.com", host), encoding="utf-8")
    files = packet(tmp_path, tmp_path / "journal.txt")
    subject = re.search(r"for: twingate/\[?([^\s\]]+)\]?:5432", files["commands.txt"])[1]
    assert f"nc -zv {subject} 5432\n" in files["commands.txt"]
    assert not [name for name, content in files.items() if host.lower() in content.lower()]


def test_the_proof_of_a_last_resort_names_what_was_judged_before_it(tmp_path):
    proof = diagnose(tmp_path, "--prove", "tunnel-down", SAMPLES / "tunnel-down-without-a-word-ikev2/input").stdout
    for cause in ("psk-mismatch: psk_mismatch", "dpd-timeout: dpd_timeout", "gateway-outage: both_tunnels_silent"):
        assert f"lacking    {cause}" in proof
    assert "no other cause came near" not in proof and "lacking    redundancy-lost" not in proof


def test_the_report_and_the_exit_status_stay_what_they_are(tmp_path):
    plain = diagnose(tmp_path, ILL)
    run = diagnose(tmp_path, "--packet", tmp_path / "packet", ILL)
    assert (run.returncode, run.stdout) == (plain.returncode, plain.stdout)
    assert diagnose(tmp_path, "--packet", tmp_path / "well", SAMPLES / "healthy-two-connections-ikev2/input").returncode == 0


def test_equal_values_have_the_pseudonyms_that_redact_gives_them(tmp_path):
    (tmp_path / "key").write_text("a key of more than sixteen bytes")
    key = ["--redact-key", tmp_path / "key"]
    files = packet(tmp_path, *key, ILL)
    redacted = json.loads(diagnose(tmp_path, "--redact", *key, "--format", "json", ILL).stdout)
    assert redacted["tunnels"][0]["id"] == json.loads(files["report.json"])["tunnels"][0]["id"]
    assert redacted["tunnels"][0]["outside_ip"] in files["evidence.txt"]


def golden(folder):
    (folder / "key").write_text("a key of more than sixteen bytes")
    files = packet(folder, "--redact-key", folder / "key", ILL)
    return {name: text for name, text in files.items() if not name.startswith("report.")}


if __name__ == "__main__":
    shutil.rmtree(HERE / "golden", ignore_errors=True)
    (HERE / "golden").mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in golden(pathlib.Path(scratch)).items():
            (HERE / "golden" / name).write_text(text, encoding="utf-8")
    sys.exit(0)
