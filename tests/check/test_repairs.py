"""Repairs as diffs: for every reader, pairs that agree but for one fault. Each diff that the report offers is applied with `patch`, the files
are checked again, and the stage agrees."""
import html
import itertools
import json
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
import tool  # noqa: E402

CLOUD, GATEWAY, KEY = "203.0.113.10", "198.51.100.20", "lab.key_Zk3x9QmT7r"


XML = (f'<vpn_connection id="vpn-0123456789abcdef0"><ipsec_tunnel><customer_gateway><tunnel_outside_address><ip_address>{GATEWAY}</ip_address>'
       f"</tunnel_outside_address></customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>{CLOUD}</ip_address>"
       "</tunnel_outside_address></vpn_gateway></ipsec_tunnel></vpn_connection>")


def api(version="ikev2", **options):
    values = lambda *all: [{"Value": one} for one in all]  # noqa: E731
    base = {"OutsideIpAddress": CLOUD, "TunnelInsideCidr": "169.254.12.0/30", "PreSharedKey": KEY, "IkeVersions": values(version),
            "Phase1EncryptionAlgorithms": values("AES256"), "Phase1IntegrityAlgorithms": values("SHA2-256"),
            "Phase1DHGroupNumbers": values(14), "Phase2EncryptionAlgorithms": values("AES256"),
            "Phase2IntegrityAlgorithms": values("SHA2-256"), "Phase2DHGroupNumbers": values(14), "StartupAction": "start",
            "DpdTimeoutSeconds": 30, "DpdTimeoutAction": "restart", "RekeyMarginTimeSeconds": 270}
    tunnel = {name: value for name, value in {**base, **options}.items() if value is not None}
    return {"VpnConnections": [{"VpnConnectionId": "vpn-0123456789abcdef0", "CustomerGatewayConfiguration": XML, "Options": {
        "StaticRoutesOnly": True, "LocalIpv4NetworkCidr": "10.20.0.0/16", "RemoteIpv4NetworkCidr": "10.10.0.0/16", "TunnelOptions": [tunnel]}}]}


def describe(version="ikev2", **options):
    return json.dumps(api(version, **options), indent=2)


def one_line(**options):
    """A document whose lists stand in one line each."""
    return re.sub(r"\[\s+(\{[^][{}]*\})\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", describe(**options))


SWANCTL = f"""connections {{
  t1 {{
    version = 2
    local_addrs = {GATEWAY}
    remote_addrs = {CLOUD}
    proposals = aes256-sha256-modp2048
    dpd_delay = 10s
    rekey_time = 6h
    local {{
      auth = psk
      id = {GATEWAY}
    }}
    remote {{
      auth = psk
      id = {CLOUD}
    }}
    children {{
      net {{
        local_ts = 10.20.0.0/16
        remote_ts = 10.10.0.0/16
        esp_proposals = aes256-sha256-modp2048
        rekey_time = 50m
        life_time = 1h
        dpd_action = restart
        start_action = start
      }}
    }}
  }}
}}
secrets {{
  ike-1 {{
    secret = "{KEY}"
  }}
}}
"""
STRONGSWAN = f"""conn t1
    keyexchange=ikev2
    left={GATEWAY}
    leftid={GATEWAY}
    right={CLOUD}
    rightid={CLOUD}
    leftauth=psk
    rightauth=psk
    ike=aes256-sha256-modp2048!
    esp=aes256-sha256-modp2048!
    leftsubnet=10.20.0.0/16
    rightsubnet=10.10.0.0/16
    ikelifetime=6h
    lifetime=1h
    margintime=9m
    reauth=no
    dpddelay=10
    dpdaction=restart
    auto=start
"""
LIBRESWAN = f"""conn t1
    ikev2=yes
    left={GATEWAY}
    right={CLOUD}
    leftid={GATEWAY}
    rightid={CLOUD}
    authby=secret
    ike=aes256-sha2_256-modp2048
    esp=aes256-sha2_256-modp2048
    leftsubnet=10.20.0.0/16
    rightsubnet=10.10.0.0/16
    ikelifetime=6h
    salifetime=1h
    dpddelay=10
    dpdaction=restart
    auto=start
"""
SECRETS = f'{GATEWAY} {CLOUD} : PSK "{KEY}"\n'
IOS_V2 = f"""version 15.4
crypto ikev2 proposal aws
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy aws
 proposal aws
crypto ikev2 keyring aws
 peer aws
  address {CLOUD}
  pre-shared-key {KEY}
crypto ikev2 profile aws
 match identity remote address {CLOUD} 255.255.255.255
 identity local address {GATEWAY}
 authentication remote pre-share
 authentication local pre-share
 keyring local aws
 dpd 10 3 periodic
crypto ipsec transform-set aws esp-aes 256 esp-sha256-hmac
crypto map aws 10 ipsec-isakmp
 set peer {CLOUD}
 set transform-set aws
 set pfs group14
 set ikev2-profile aws
 match address aws
interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
 crypto map aws
ip access-list extended aws
 permit ip 10.20.0.0 0.0.255.255 10.10.0.0 0.0.255.255
end
"""
IOS_V1 = f"""version 15.4
crypto isakmp policy 200
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {KEY} address {CLOUD}
crypto isakmp keepalive 10 3 periodic
crypto ipsec transform-set aws esp-aes 256 esp-sha256-hmac
crypto map aws 10 ipsec-isakmp
 set peer {CLOUD}
 set transform-set aws
 set pfs group14
 match address aws
interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
 crypto map aws
ip access-list extended aws
 permit ip 10.20.0.0 0.0.255.255 10.10.0.0 0.0.255.255
end
"""
JUNOS = f"""set security ike proposal aws authentication-method pre-shared-keys
set security ike proposal aws dh-group group14
set security ike proposal aws authentication-algorithm sha-256
set security ike proposal aws encryption-algorithm aes-256-cbc
set security ike policy aws mode main
set security ike policy aws proposals aws
set security ike policy aws pre-shared-key ascii-text "{KEY}"
set security ike gateway aws ike-policy aws
set security ike gateway aws address {CLOUD}
set security ike gateway aws local-address {GATEWAY}
set security ike gateway aws local-identity inet {GATEWAY}
set security ike gateway aws remote-identity inet {CLOUD}
set security ike gateway aws dead-peer-detection interval 10
set security ike gateway aws version v2-only
set security ipsec proposal aws protocol esp
set security ipsec proposal aws authentication-algorithm hmac-sha-256-128
set security ipsec proposal aws encryption-algorithm aes-256-cbc
set security ipsec policy aws perfect-forward-secrecy keys group14
set security ipsec policy aws proposals aws
set security ipsec vpn aws ike gateway aws
set security ipsec vpn aws ike ipsec-policy aws
set security ipsec vpn aws ike proxy-identity local 10.20.0.0/16
set security ipsec vpn aws ike proxy-identity remote 10.10.0.0/16
set security ipsec vpn aws establish-tunnels immediately
"""
NEUTRAL = f"""tunnelscope-gateway: 1
tunnels:
  - name: t1
    local-addresses: {GATEWAY}
    remote-addresses: {CLOUD}
    accepts: ikev2
    initiates: ikev2
    accepts-modes: main
    initiates-modes: main
    proposals: aes256-sha256-modp2048
    local-authentication: psk
    remote-authentication: psk
    local-identity: {GATEWAY}
    remote-identity: {CLOUD}
    keys: [{{secret: {KEY}}}]
    lifetime: {{rekeys: true, hard: 6h, earliest-rekey: 5h, latest-rekey: 5h}}
    reauthenticates: false
    dpd: {{enabled: true, timeout: 30, action: restart}}
    start: start
    children:
      - name: net
        mode: tunnel
        proposals: aes256-sha256-modp2048
        local: 10.20.0.0/16
        remote: 10.10.0.0/16
        lifetime: {{rekeys: true, hard: 1h, earliest-rekey: 50m, latest-rekey: 50m}}
"""
PASSIVE = {"StartupAction": "add", "DpdTimeoutAction": "clear"}
IKEV1, IKEV2 = ({"IkeVersions": [{"Value": version}]} for version in ("ikev1", "ikev2"))
AES256 = " aes256-sha256-modp2048"
BASES = {"swanctl": ({"swanctl.conf": SWANCTL}, "ikev2"), "strongswan": ({"ipsec.conf": STRONGSWAN, "ipsec.secrets": SECRETS}, "ikev2"),
         "libreswan": ({"ipsec.conf": LIBRESWAN, "ipsec.secrets": SECRETS}, "ikev2"), "ios-ikev2": ({"ios.cfg": IOS_V2}, "ikev2"),
         "ios-ikev1": ({"ios.cfg": IOS_V1}, "ikev1"), "junos": ({"junos.set": JUNOS}, "ikev2"), "neutral": ({"gateway.yaml": NEUTRAL}, "ikev2")}

# Reader, what is replaced in its file by what ("" takes the line away: the default holds), options of the cloud's, the stage that fails.
FAULTS = [
    ("swanctl", "    proposals = aes256-sha256-modp2048", "    proposals = aes256-sha1-modp1024", {}, "ike-proposal"),
    ("swanctl", "    proposals = aes256-sha256-modp2048", "    proposals = aes128-sha1-modp1024, 3des-md5-modp768", {}, "ike-proposal"),
    ("swanctl", "    esp_proposals = aes256-sha256-modp2048\n", "    esp_proposals = aes256-sha256\n", {}, "child-rekey"),
    ("swanctl", "        esp_proposals = aes256-sha256-modp2048\n", "", {}, "child-rekey"),
    ("swanctl", "esp_proposals = aes256-sha256-modp2048", "esp_proposals = aes256gcm16-modp2048", {}, "child-proposal"),
    ("swanctl", "    version = 2", "    version = 1", {}, "ike-version"),
    ("swanctl", f"      id = {GATEWAY}\n", "", {}, None),
    ("swanctl", f"id = {GATEWAY}", "id = gw.example.net", {}, "identity"),
    ("swanctl", f"id = {CLOUD}", "id = vpn.example.net", {}, "identity"),
    ("swanctl", "      auth = psk\n      id = 198", "      id = 198", {}, "authentication"),
    ("swanctl", "local_ts = 10.20", "local_ts = 10.99", {}, "traffic-selectors"),
    ("swanctl", "        local_ts = 10.20.0.0/16\n", "", {}, "traffic-selectors"),
    ("swanctl", "        start_action = start\n        dpd", "", {}, None),
    ("swanctl", "        dpd_action = restart\n        start_action = start\n", "", PASSIVE, "liveness"),
    ("swanctl", "    remote_addrs = 203.0.113.10", "    remote_addrs = 203.0.113.77", {"pair": True}, "peer-address"),
    ("swanctl", "    rekey_time = 6h", "    reauth_time = 6h", {}, "ike-rekey"),
    ("strongswan", "ike=aes256-sha256-modp2048!", "ike=aes128-sha1-modp1024!", {}, "ike-proposal"),
    ("strongswan", "esp=aes256-sha256-modp2048!", "esp=aes256-sha256!", {}, "child-rekey"),
    ("strongswan", "    esp=aes256-sha256-modp2048!\n", "", {}, "child-rekey"),
    ("strongswan", "keyexchange=ikev2", "keyexchange=ikev1", {}, "ike-version"),
    ("strongswan", f"leftid={GATEWAY}", "leftid=@gw.example.net", {}, "identity"),
    ("strongswan", f"    rightid={CLOUD}\n", "", {"identity": "none"}, None),
    ("strongswan", "    leftauth=psk\n", "", {}, "authentication"),
    ("strongswan", "leftsubnet=10.20", "leftsubnet=10.99", {}, "traffic-selectors"),
    ("strongswan", "    leftsubnet=10.20.0.0/16\n", "", {}, "traffic-selectors"),
    ("strongswan", "    dpdaction=restart\n    auto=start\n", "    auto=add\n", PASSIVE, "liveness"),
    ("strongswan", "    reauth=no\n", "", {}, "ike-rekey"),
    ("libreswan", "ike=aes256-sha2_256-modp2048", "ike=aes128-sha1-modp1024", {}, "ike-proposal"),
    ("libreswan", "esp=aes256-sha2_256-modp2048", "esp=aes256-sha2_512-modp2048", {}, "child-proposal"),
    ("libreswan", "esp=aes256-sha2_256-modp2048", "esp=aes256-sha2_256\n    pfs=no", {}, "child-rekey"),
    ("libreswan", "ikev2=yes", "ikev2=no", {}, "ike-version"),
    ("libreswan", "leftsubnet=10.20", "leftsubnet=10.99", {}, "traffic-selectors"),
    ("libreswan", "    authby=secret\n", "", {}, "authentication"),
    ("libreswan", "    dpddelay=10\n    dpdaction=restart\n    auto=start\n", "    dpddelay=10\n    dpdaction=clear\n    auto=add\n", PASSIVE, "liveness"),
    ("ios-ikev2", " encryption aes-cbc-256\n", " encryption aes-cbc-128\n", {}, "ike-proposal"),
    ("ios-ikev2", " integrity sha256\n group 14", " integrity sha1\n group 2", {}, "ike-proposal"),
    ("ios-ikev2", "esp-aes 256 esp-sha256-hmac", "esp-aes esp-sha-hmac", {}, "child-proposal"),
    ("ios-ikev2", " set pfs group14\n", "", {}, "child-rekey"),
    ("ios-ikev2", " set pfs group14\n", " set pfs group2\n", {}, "child-rekey"),
    ("ios-ikev2", f" identity local address {GATEWAY}", " identity local fqdn gw.example.net", {}, "identity"),
    ("ios-ikev2", f"remote address {CLOUD} 255", "remote address 203.0.113.77 255", {}, "identity"),
    ("ios-ikev2", "permit ip 10.20.0.0", "permit ip 10.99.0.0", {}, "traffic-selectors"),
    ("ios-ikev2", "authentication local pre-share", "authentication local rsa-sig", {}, "authentication"),
    ("ios-ikev1", " encr aes 256\n", "", {}, "ike-proposal"),
    ("ios-ikev1", " hash sha256\n", "", {}, "ike-proposal"),
    ("ios-ikev1", " group 14\n", "", {}, "ike-proposal"),
    ("ios-ikev1", " group 14\n", " group 5\n", {}, "ike-proposal"),
    ("ios-ikev1", "esp-aes 256", "esp-3des", {}, "child-proposal"),
    ("ios-ikev1", " set pfs group14\n", "", {}, "child-proposal"),
    ("junos", "aws dh-group group14", "aws dh-group group2", {}, "ike-proposal"),
    ("junos", "encryption-algorithm aes-256-cbc\nset security ike policy", "encryption-algorithm 3des-cbc\nset security ike policy", {}, "ike-proposal"),
    ("junos", "hmac-sha-256-128", "hmac-sha1-96", {}, "child-proposal"),
    ("junos", "set security ipsec policy aws perfect-forward-secrecy keys group14\n", "", {}, "child-rekey"),
    ("junos", "keys group14", "keys group2", {}, "child-rekey"),
    ("junos", "set security ike gateway aws version v2-only\n", "", {}, "ike-version"),
    ("junos", "v2-only", "v1-only", {}, "ike-version"),
    ("junos", f"local-identity inet {GATEWAY}", "local-identity hostname gw.example.net", {}, "identity"),
    ("junos", "proxy-identity local 10.20", "proxy-identity local 10.99", {}, "traffic-selectors"),
    ("junos", "establish-tunnels immediately", "establish-tunnels responder-only", PASSIVE, "liveness"),
    ("neutral", "accepts: ikev2\n    initiates: ikev2", "accepts: ikev1\n    initiates: ikev1", {}, "ike-version"),
    ("neutral", "    proposals: aes256-sha256-modp2048\n    local-auth", "    proposals: aes256-sha1-modp1024\n    local-auth", {}, "ike-proposal"),
    ("neutral", "        proposals: aes256-sha256-modp2048", "        proposals: [aes256-sha256]", {}, "child-rekey"),
    ("neutral", f"local-identity: {GATEWAY}", "local-identity: gw.example.net", {}, "identity"),
    ("neutral", "local: 10.20", "local: 10.99", {}, "traffic-selectors"),
    ("neutral", "action: restart}\n    start: start", "action: clear}\n    start: wait", PASSIVE, "liveness"),
    ("neutral", "reauthenticates: false", "reauthenticates: true\n    make-before-break: false", {}, "ike-rekey"),
    ("neutral", "local-authentication: psk", "local-authentication: certificate", {}, "authentication"),
    ("swanctl", "esp_proposals = aes256-sha256-modp2048", "ah_proposals = sha256-modp2048", {}, "child-proposal"),
    ("swanctl", f'secret = "{KEY}"', f'id = 203.0.113.77\n    secret = "{KEY}"', {}, "authentication"),
    ("strongswan", "    esp=aes256-sha256-modp2048!", "    ah=sha256-modp2048!", {}, "child-proposal"),
    ("libreswan", "    esp=aes256-sha2_256-modp2048", "    phase2=ah\n    ah=sha2_256-modp2048", {}, "child-proposal"),
    ("ios-ikev2", f"  address {CLOUD}\n  pre", "  address 203.0.113.77\n  pre", {}, "authentication"),
    ("junos", "aws dh-group group14", "aws dh-group group14\nset security ike proposal aws dh-group group2", {}, "ike-proposal"),
    ("junos", "keys group14\n", "keys group14\nset security ipsec policy aws perfect-forward-secrecy keys group2\n", {}, "child-rekey"),
    ("junos", "keys group14\n", "keys group14\ndeactivate security ipsec policy aws perfect-forward-secrecy\n", {}, "child-rekey"),
    ("neutral", f"{AES256}\n    local-auth", "\n      - aes256-sha1-modp1024\n      - aes128-sha1-modp1024\n    local-auth", {}, "ike-proposal"),
    ("neutral", f"{AES256}\n    local-auth", " [aes256-sha1-modp1024, aes128-sha1-modp1024]\n    local-auth", {}, "ike-proposal"),
    ("neutral", "local: 10.20.0.0/16", "local:\n          - 10.99.0.0/16\n          - 10.98.0.0/16", {}, "traffic-selectors"),
    ("neutral", "accepts: ikev2\n    initiates: ikev2", "accepts:\n      - ikev1\n    initiates:\n      - ikev1", {}, "ike-version"),
    ("neutral", f"        proposals:{AES256}", "        protocol: ah\n        proposals: sha256-modp2048", {}, "child-proposal"),
]
FAULTS = [one for one in FAULTS if one[4]]


def stages(folder, files, status=(0, 1, 4)):
    done = tool.run("check", "--format", "json", *files, cwd=folder)
    assert done.status in status, done.err
    assert KEY not in done.out.decode() + done.err
    return done.report, {stage["stage"]: stage for one in done.report["tunnels"] for stage in one["stages"]}


def diffs_of(report, cause):
    for finding in report["findings"]:
        if finding["cause"] == cause:
            for side in ("gateway", "cloud"):
                for change in finding[f"repair_at_{side}"]:
                    if change["diff"]:
                        yield side, change["diff"]


def patched(folder, files, diff):
    for name, text in files.items():
        (folder / name).write_text(text)
    done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-s"], input=diff, text=True, capture_output=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr + diff


def repaired(folder, files, stage, good):
    """The sides that the report has a diff for; each diff makes the stage what it is in the pair without a fault."""
    for name, text in files.items():
        (folder / name).write_text(text)
    report, before = stages(folder, files)
    assert before[stage]["verdict"] == "fails", before[stage]
    assert [one["stage"] for one in before.values() if one["verdict"] == "fails" and not one["repair"]] == []
    found = set()
    for side, diff in diffs_of(report, before[stage]["cause"]):
        patched(folder, files, diff)
        _, after = stages(folder, files)
        assert after[stage]["verdict"] == good, (diff, after[stage])
        assert [name for name in after if after[name]["verdict"] == "fails" != before[name]["verdict"]] == [], diff
        found.add(side)
    return found


@pytest.fixture(scope="session")
def good_verdicts(tmp_path_factory):
    """Of each base, what its stages say: whoever renews at a time that is not known may leave a rekey unverified."""
    made = {}
    for reader, (files, version) in BASES.items():
        folder = tmp_path_factory.mktemp(reader)
        for name, text in {**files, "vpn.json": describe(version)}.items():
            (folder / name).write_text(text)
        _, seen = stages(folder, [*files, "vpn.json"])
        made[reader] = {name: stage["verdict"] for name, stage in seen.items()}
        assert "fails" not in made[reader].values(), (reader, seen)
    return made


@pytest.mark.parametrize("reader, old, new, cloud, stage", FAULTS, ids=[f"{one[0]}-{one[4]}-{i}" for i, one in enumerate(FAULTS)])
def test_a_repair_makes_the_stage_agree(tmp_path, good_verdicts, reader, old, new, cloud, stage):
    files, version = BASES[reader]
    options = {name: value for name, value in cloud.items() if name != "pair"}
    files = {**files, "vpn.json": describe(version, **options)}
    name = next(iter(files))
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    if "pair" in cloud:
        (tmp_path / ".tunnelscope.yaml").write_text(f"pairs:\n  - {{cloud: {CLOUD}, gateway: t1}}\n")
    assert "gateway" in repaired(tmp_path, files, stage, good_verdicts[reader][stage])


# ---- as the formats show them ----

def copied(folder, files, form):
    """The first diff of a report, as a reader would copy it."""
    text = tool.run("check", "--format", form, *files, cwd=folder).out.decode()
    if form == "html":
        text = html.unescape(re.sub(r"<[^>]*>", "", text[text.index('<pre class="diff">'):]))
    lines = text[text.index("--- a/"):].split("\n")
    indent = text[:text.index("--- a/")].split("\n")[-1]
    lines = [lines[0]] + [line.removeprefix(indent) for line in lines[1:]]
    end = next(i for i, line in enumerate(lines) if i > 2 and not line.startswith(("@@", "-", "+")) or line.startswith("--- ") and i > 0)
    return "\n".join(lines[:end]) + "\n"


WRITTEN = {"in tabs": lambda text: text.replace("    ", "\t"), "with carriage returns": lambda text: text.replace("\n", "\r\n")}


# A page in HTML knows one end of a line only.
@pytest.mark.parametrize("form, way", [*itertools.product(["text", "markdown"], WRITTEN), ("html", "in tabs")])
def test_a_diff_can_be_copied_out_of_every_format(tmp_path, form, way):
    spoiled = STRONGSWAN.replace("modp2048!\n    esp", "modp1024!\n    esp")
    files = {"ipsec.conf": WRITTEN[way](spoiled), "ipsec.secrets": SECRETS, "vpn.json": describe()}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    diff = copied(tmp_path, files, form)
    done = subprocess.run(["patch", "-p1", "--binary"], input=diff.encode(), capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, (done, diff)
    assert (tmp_path / "ipsec.conf").read_bytes().decode() == WRITTEN[way](STRONGSWAN)


# ---- all repairs of a tunnel ----

# Sections that share lines, as people write them; the faults of swanctl.conf in it, too.
COMPACT = re.sub(r"children \{\n +net", "children { net", re.sub(r"\{\n +(auth|local_ts)", r"{ \1", SWANCTL)).replace(
    "start_action = start\n      }\n    }\n", "start_action = start } }\n")
TOGETHER = {"swanctl in few lines": ({"swanctl.conf": COMPACT}, "ikev2"), **BASES}

# What fails at the first rekey only, and is not reached before that: groups, and lifetimes without a rekey.
NO_REKEY = ("rekey_time = 50m\n        life_time = 1h", "rekey_time = 0\n        life_time = 30m", "child-rekey")
HIDDEN = [
    ("swanctl", [("esp_proposals = aes256-sha256-modp2048", "esp_proposals = aes128-sha1", "child-proposal")]),
    ("swanctl in few lines", [("esp_proposals = aes256-sha256-modp2048", "esp_proposals = aes256gcm16-modp1024", "child-proposal")]),
    ("swanctl", [("esp_proposals = aes256-sha256-modp2048", "esp_proposals = aes256-sha1-modp2048", "child-proposal"), NO_REKEY]),
    ("swanctl", [("    proposals = aes256-sha256-modp2048", "    proposals = aes128-sha1-modp1024", "ike-proposal"),
                 ("    rekey_time = 6h", "    reauth_time = 6h", "ike-rekey")]),
    ("strongswan", [("esp=aes256-sha256-modp2048!", "esp=aes128gcm16!", "child-proposal")]),
    ("libreswan", [("esp=aes256-sha2_256-modp2048", "esp=aes128-sha1\n    pfs=no", "child-proposal")]),
    ("ios-ikev2", [("esp-aes 256 esp-sha256-hmac", "esp-aes esp-sha-hmac", "child-proposal"), (" set pfs group14\n", "", "child-rekey")]),
    ("junos", [("hmac-sha-256-128", "hmac-sha1-96", "child-proposal"), ("keys group14", "keys group2", "child-rekey")]),
    ("neutral", [(f"        proposals:{AES256}", "        proposals: aes128-sha1", "child-proposal")]),
]


def gateway_diffs(report):
    """Each once, in the order of the stages."""
    changes = [change for finding in report["findings"] for change in finding["repair_at_gateway"]]
    return list(dict.fromkeys(change["diff"] for change in changes if change["diff"]))


def sets_of_faults():
    """Per reader: each fault alone, then as many of them at once as go together, from each on."""
    for reader, (files, _) in TOGETHER.items():
        text = next(iter(files.values()))
        of = "swanctl" if reader.startswith("swanctl") else reader
        own = [one for one in FAULTS if one[0] == of and "pair" not in one[3] and one[4] != "authentication" and one[1] in text]
        for first in range(len(own)):
            yield reader, [own[first]]
            yield reader, own[first:] + own[:first]
    for reader, changes in HIDDEN:
        yield reader, [(reader, old, new, {}, stage) for old, new, stage in changes]


def spoiled(text, faults):
    """The text with those faults that still find their place and are of stages of their own, and what the cloud's end is to be."""
    cloud, stages_hit = {}, set()
    for _, old, new, options, stage in faults:
        if old in text and stage not in stages_hit:
            text, cloud = text.replace(old, new), {**cloud, **options}
            stages_hit.add(stage)
    return text, cloud, stages_hit


@pytest.mark.parametrize("reader, faults", sets_of_faults(), ids=lambda value: str(len(value)) if isinstance(value, list) else value)
def test_all_repairs_of_a_gateway_applied_together_leave_no_stage_that_fails(tmp_path, reader, faults):
    files, version = TOGETHER[reader]
    name = next(iter(files))
    text, cloud, hit = spoiled(files[name], faults)
    assert len(hit) == len(faults) or faults[0] in FAULTS
    files = {**files, name: text, "vpn.json": describe(version, **cloud)}
    for file, content in files.items():
        (tmp_path / file).write_text(content)
    report, before = stages(tmp_path, files)
    assert [stage for stage in hit if before[stage]["verdict"] == "agrees"] == []
    for diff in gateway_diffs(report):
        done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-F0"], input=diff, text=True, capture_output=True,
                              cwd=tmp_path)
        assert done.returncode == 0, done.stdout + diff
    _, after = stages(tmp_path, files)
    assert {stage: one for stage, one in after.items() if one["verdict"] == "fails"} == {}, (tmp_path / name).read_text()


def terraform(version="ikev2", **options):
    names = {"OutsideIpAddress": "tunnel1_address", "StartupAction": "tunnel1_startup_action", "DpdTimeoutSeconds": "tunnel1_dpd_timeout_seconds",
             "DpdTimeoutAction": "tunnel1_dpd_timeout_action", "RekeyMarginTimeSeconds": "tunnel1_rekey_margin_time_seconds",
             "IkeVersions": "tunnel1_ike_versions", "PreSharedKey": "tunnel1_preshared_key", "TunnelInsideCidr": "tunnel1_inside_cidr"}
    for phase in (1, 2):
        for api_name, name in (("EncryptionAlgorithms", "encryption_algorithms"), ("IntegrityAlgorithms", "integrity_algorithms"),
                               ("DHGroupNumbers", "dh_group_numbers")):
            names[f"Phase{phase}{api_name}"] = f"tunnel1_phase{phase}_{name}"
    [tunnel] = api(version, **options)["VpnConnections"][0]["Options"]["TunnelOptions"]
    plain = lambda value: [one["Value"] for one in value] if isinstance(value, list) else value  # noqa: E731
    values = {"customer_gateway_id": "cgw-1", "static_routes_only": True, "local_ipv4_network_cidr": "10.20.0.0/16",
              "remote_ipv4_network_cidr": "10.10.0.0/16", **{names[name]: plain(value) for name, value in tunnel.items()}}
    resources = [{"address": "aws_vpn_connection.main", "mode": "managed", "type": "aws_vpn_connection", "name": "main", "values": values},
                 {"address": "aws_customer_gateway.main", "mode": "managed", "type": "aws_customer_gateway", "name": "main",
                  "values": {"id": "cgw-1", "ip_address": GATEWAY}}]
    return json.dumps({"format_version": "1.0", "terraform_version": "1.5.0", "values": {"root_module": {"resources": resources}}}, indent=2)


def cloudformation(version="ikev2", **options):
    [tunnel] = api(version, **options)["VpnConnections"][0]["Options"]["TunnelOptions"]
    del tunnel["OutsideIpAddress"]
    renamed = {"IkeVersions": "IKEVersions", "DpdTimeoutAction": "DPDTimeoutAction", "DpdTimeoutSeconds": "DPDTimeoutSeconds"}
    lines = ["Resources:", "  Gateway:", "    Type: AWS::EC2::CustomerGateway", "    Properties:", f"      IpAddress: {GATEWAY}",
             "      BgpAsn: 65000", "      Type: ipsec.1", "  Connection:", "    Type: AWS::EC2::VPNConnection", "    Properties:",
             "      Type: ipsec.1", "      CustomerGatewayId: !Ref Gateway", "      StaticRoutesOnly: true", "      LocalIpv4NetworkCidr: 10.20.0.0/16",
             "      RemoteIpv4NetworkCidr: 10.10.0.0/16", "      VpnTunnelOptionsSpecifications:"]
    dash = "        - "
    for name, value in tunnel.items():
        lines.append(f"{dash}{renamed.get(name, name)}:" + ("" if isinstance(value, list) else f" {value}"))
        dash = "          "
        if isinstance(value, list):
            lines += [f"            - Value: {one['Value']}" for one in value]
    return "\n".join(lines) + "\n"


CLOUDS = {"describe": ("vpn.json", describe), "describe in one line each": ("vpn.json", one_line), "terraform": ("state.json", terraform),
          "cloudformation": ("stack.yaml", cloudformation)}
AT_CLOUD = [({"Phase1EncryptionAlgorithms": [{"Value": "AES128"}]}, "ike-proposal"),
            ({"Phase1IntegrityAlgorithms": [{"Value": "SHA1"}], "Phase1DHGroupNumbers": [{"Value": 2}, {"Value": 19}]}, "ike-proposal"),
            ({"Phase2IntegrityAlgorithms": [{"Value": "SHA2-512"}]}, "child-proposal"),
            ({"Phase2DHGroupNumbers": [{"Value": 2}]}, "child-rekey"),
            ({"IkeVersions": [{"Value": "ikev1"}]}, "ike-version"),
            ({"StartupAction": "add", "DpdTimeoutAction": "clear"}, "liveness"),
            ({"StartupAction": None, "DpdTimeoutAction": None}, "liveness"),
            ({"IkeVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}]}, "gateway with IKEv1"), ({"IkeVersions": [{"Value": "ikev2"}]}, "gateway with IKEv1"),
            ({"IkeVersions": None}, "gateway with IKEv1")]


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("options, stage", AT_CLOUD, ids=[f"{one[1]}-{i}" for i, one in enumerate(AT_CLOUD)])
def test_so_does_one_in_the_spelling_of_each_document_of_aws(tmp_path, cloud, options, stage):
    name, write = CLOUDS[cloud]
    gateway = SWANCTL.replace("        dpd_action = restart\n        start_action = start\n", "") if stage == "liveness" else SWANCTL
    if stage == "gateway with IKEv1":
        gateway, stage = SWANCTL.replace("version = 2", "version = 1"), "ike-version"
    if name == "stack.yaml":  # it has no outside addresses
        (tmp_path / ".tunnelscope.yaml").write_text("pairs:\n  - {cloud: 'Connection tunnel 1', gateway: t1}\n")
    assert "cloud" in repaired(tmp_path, {name: write(**options), "swanctl.conf": gateway}, stage, "agrees")


LAB = pathlib.Path(__file__).parents[1] / "lab"
LAB_STAGES = {"espprop-v1": "child-proposal", "espprop-v2": "child-proposal", "ikedh-v2": "ike-proposal", "ikeprop-v2": "ike-proposal",
              "id-v2": "identity", "pfs-v2": "child-rekey", "ts-v2": "traffic-selectors", "aggressive-v1": "ike-mode",
              "vermismatch-cgw1-v2": "ike-version", "lifetime-norekey-v2": "child-rekey"}


@pytest.mark.parametrize("scenario", LAB_STAGES)
def test_so_does_one_of_the_pairs_with_which_two_daemons_failed(tmp_path, scenario):
    stage, tried = LAB_STAGES[scenario], 0
    for kind in ("swanctl", "ipsec"):
        names = [f"{end}.{kind}.conf" for end in ("endpoint", "gateway")]
        if not all((LAB / scenario / "bad" / name).exists() for name in names):
            continue
        files = {name: (LAB / scenario / "bad" / name).read_text() for name in names}
        for end in ("endpoint", "gateway"):
            secrets = LAB / scenario / "bad" / f"{end}.ipsec.secrets"
            if kind == "ipsec" and secrets.exists():
                files[secrets.name] = secrets.read_text()
        arguments = [f"--{'cloud' if name.startswith('endpoint') else 'gateway'}={name}" for name in files]
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        report, before = stages(tmp_path, arguments)
        if before[stage]["verdict"] != "fails":  # strongSwan's ipsec.conf has no way to say it
            continue
        for _, diff in diffs_of(report, before[stage]["cause"]):
            patched(tmp_path, files, diff)
            _, after = stages(tmp_path, arguments)
            assert after[stage]["verdict"] == "agrees", (diff, after[stage])
            tried += 1
    assert tried > 0


# ---- BGP ----

BGP_IOS = IOS_V2[:IOS_V2.index("crypto map")] + f"""crypto ipsec profile aws
 set transform-set aws
 set pfs group14
 set ikev2-profile aws
interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
interface Tunnel1
 ip address 169.254.12.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination {CLOUD}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile aws
router bgp 65010
 neighbor 169.254.12.1 remote-as 64512
 neighbor 169.254.12.1 description aws
end
"""
BGP_JUNOS = re.sub("set .* proxy-identity .*\n", "", JUNOS) + """set security ipsec vpn aws bind-interface st0.1
set interfaces st0 unit 1 family inet address 169.254.12.2/30
set routing-options autonomous-system 65010
set protocols bgp group aws neighbor 169.254.12.1 peer-as 64512
set protocols bgp group aws neighbor 169.254.12.1 description aws
"""
BGP_NEUTRAL = NEUTRAL.replace("    start: start\n", "    start: start\n    inside-local: 169.254.12.2\n"
                              "    bgp: {used: true, local-asn: 65010, remote-asn: 64512, neighbour: 169.254.12.1}\n")
BGP_NEUTRAL = BGP_NEUTRAL.replace("local: 10.20.0.0/16", "local: 0.0.0.0/0").replace("remote: 10.10.0.0/16", "remote: 0.0.0.0/0")
BGP_BASES = {"ios.cfg": BGP_IOS, "junos.set": BGP_JUNOS, "gateway.yaml": BGP_NEUTRAL}
BGP_FAULTS = [
    ("ios.cfg", "remote-as 64512", "remote-as 64513"), ("ios.cfg", "router bgp 65010", "router bgp 65011"),
    ("ios.cfg", "169.254.12.2 255", "169.254.12.3 255"), ("ios.cfg", "neighbor 169.254.12.1", "neighbor 169.254.12.3"),
    ("ios.cfg", BGP_IOS[BGP_IOS.index("router"):], "end\n"),
    ("junos.set", "peer-as 64512", "peer-as 64513"), ("junos.set", "system 65010", "system 65011"),
    ("junos.set", "169.254.12.2/30", "169.254.12.3/30"), ("junos.set", "neighbor 169.254.12.1", "neighbor 169.254.12.3"),
    ("junos.set", BGP_JUNOS[BGP_JUNOS.index("set routing"):], ""),
    ("junos.set", BGP_JUNOS[BGP_JUNOS.index("set protocols"):], ""),
    ("gateway.yaml", "remote-asn: 64512", "remote-asn: 64513"), ("gateway.yaml", "neighbour: 169.254.12.1", "neighbour: 169.254.12.3"),
    ("gateway.yaml", "used: true, local-asn: 65010, remote-asn: 64512, neighbour: 169.254.12.1", "used: false"),
    ("ios.cfg", "neighbor 169.254.12.1 description aws", "neighbor 169.254.12.1 shutdown"),
    ("junos.set", "neighbor 169.254.12.1 description aws", "neighbor 169.254.12.1 shutdown"),
    ("junos.set", "neighbor 169.254.12.1 description aws", "local-address 192.168.50.1"),
    ("junos.set", "set interfaces", "deactivate protocols bgp group aws\nset interfaces"),
    ("junos.set", "set interfaces", "set security ipsec vpn aws ike proxy-identity local 10.20.0.0/16\nset interfaces"),
    ("gateway.yaml", "local: 0.0.0.0/0", "local: 10.20.0.0/16"),
]


def with_bgp():
    description = api()
    inside = lambda address, asn: (f"<tunnel_inside_address><ip_address>{address}</ip_address><network_mask>255.255.255.252</network_mask>"  # noqa: E731
                                   f"<network_cidr>30</network_cidr></tunnel_inside_address><bgp><asn>{asn}</asn></bgp>")
    [connection] = description["VpnConnections"]
    connection["Options"] |= {"StaticRoutesOnly": False, "LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0"}
    connection["CustomerGatewayConfiguration"] = XML.replace("</customer_gateway>", inside("169.254.12.2", 65010) + "</customer_gateway>").replace(
        "</vpn_gateway>", inside("169.254.12.1", 64512) + "</vpn_gateway>")
    return json.dumps(description, indent=2)


@pytest.mark.parametrize("name, old, new", BGP_FAULTS, ids=[f"{one[0]}-{i}" for i, one in enumerate(BGP_FAULTS)])
def test_so_does_one_of_bgp_even_where_nothing_of_it_stands_yet(tmp_path, name, old, new):
    assert old in BGP_BASES[name]
    assert "gateway" in repaired(tmp_path, {name: BGP_BASES[name].replace(old, new), "vpn.json": with_bgp()}, "bgp", "agrees")


# ---- where no diff can be shown ----

OTHER = "lab.other_key99"
IN_WORDS = [
    ("ios-ikev2", "", "", IKEV1, "ike-version", "gateway: in ios.cfg line 12: ike-version ikev2 -> ikev1 (IKEv1 takes a `crypto isakmp policy`"),
    ("ios-ikev1", "", "", IKEV2, "ike-version", "gateway: in ios.cfg line 10: ike-version ikev1 -> ikev2 (IKEv2 takes a `crypto ikev2 proposal`"),
    ("ios-ikev1", f"{KEY} address {CLOUD}", f"{KEY} address 203.0.113.77", {}, "authentication",
     f"gateway: in ios.cfg line 7: file the key under {CLOUD} instead of 203.0.113.77"),
    ("ios-ikev1", f"{KEY} address {CLOUD}", f"{OTHER} address 203.0.113.77", {}, "authentication",
     f"gateway: in ios.cfg line 7: add a pre-shared-key for {CLOUD}, the one that the other end has in vpn.json line 14"),
    ("ios-ikev1", KEY, OTHER, {}, "authentication", "gateway: in ios.cfg line 7: set the same pre-shared-key as in vpn.json line 14; or cloud: "
                                                    "in vpn.json line 14: set the same pre-shared-key as in ios.cfg line 7"),
    ("swanctl", KEY, OTHER, {}, "authentication", "gateway: in swanctl.conf line 32: set the same pre-shared-key as in vpn.json line 14; or cloud:"),
    ("strongswan", "", "", {}, "authentication", f"gateway: in ipsec.secrets line 1: file the key under {CLOUD} instead of 203.0.113.77"),
    ("junos", KEY, OTHER, {}, "authentication", "gateway: in junos.set line 7: set the same pre-shared-key as in vpn.json line 14; or cloud:"),
    ("junos", f'set security ike policy aws pre-shared-key ascii-text "{KEY}"\n', "", {}, "authentication",
     f"gateway: in junos.set line 7: add a pre-shared-key for {CLOUD}, the one that the other end has in vpn.json line 14"),
    ("neutral", KEY, OTHER, {}, "authentication", "gateway: in gateway.yaml line 15: set the same pre-shared-key as in vpn.json line 14; or cloud:"),
]


@pytest.mark.parametrize("reader, old, new, cloud, stage, words", IN_WORDS, ids=[f"{one[0]}-{i}" for i, one in enumerate(IN_WORDS)])
def test_what_no_diff_can_say_is_said_in_words_that_name_both_places_and_no_key(tmp_path, reader, old, new, cloud, stage, words):
    files, version = BASES[reader]
    files = {**files, "vpn.json": describe(version, **cloud)}
    name = next(iter(files))
    files[name] = files[name].replace(old, new) if old else files[name]
    if reader == "strongswan":
        files["ipsec.secrets"] = SECRETS.replace(f"{GATEWAY} {CLOUD}", "203.0.113.77")
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    report, seen = stages(tmp_path, files)
    assert seen[stage]["verdict"] == "fails" and seen[stage]["repair"].startswith(words), seen[stage]["repair"]
    assert not [side for side, _ in diffs_of(report, seen[stage]["cause"]) if side == "gateway"]
    assert OTHER not in json.dumps(report)


@pytest.mark.parametrize("folder", sorted(one.parent.name for one in (tool.SAMPLES / "check").glob("*/expected.json")))
def test_each_stage_that_fails_says_what_would_mend_it(folder):
    report = json.loads((tool.SAMPLES / "check" / folder / "expected.json").read_text())
    unmended = [stage["stage"] for one in report["tunnels"] for stage in one["stages"] if stage["verdict"] == "fails" and not stage["repair"]]
    assert unmended == []
