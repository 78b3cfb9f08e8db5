"""What `check` says of small pairs of configurations, each written here: the cases in which a verdict could be too strong, or too weak."""
import json
import re
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
import tool  # noqa: E402

CLOUD, GATEWAY = "203.0.113.10", "198.51.100.20"
KEY, OTHER_KEY = "lab.key_Zk3x9QmT7r", "lab.key_8sTqLw1vB2"


def tunnel(**options):
    base = {"OutsideIpAddress": CLOUD, "TunnelInsideCidr": "169.254.12.0/30", "PreSharedKey": KEY, "IkeVersions": [{"Value": "ikev1"}],
            "Phase1EncryptionAlgorithms": [{"Value": "AES128"}], "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}],
            "Phase1DHGroupNumbers": [{"Value": 14}], "Phase2EncryptionAlgorithms": [{"Value": "AES128"}],
            "Phase2IntegrityAlgorithms": [{"Value": "SHA2-256"}], "Phase2DHGroupNumbers": [{"Value": 14}]}
    return base | options


def described(*tunnels, **connection):
    one = {"VpnConnectionId": "vpn-0123456789abcdef0", "CustomerGatewayId": "cgw-1", "Type": "ipsec.1",
           "Options": {"StaticRoutesOnly": True, "LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0",
                       "TunnelOptions": list(tunnels)}}
    gateways = [{"CustomerGatewayId": "cgw-1", "IpAddress": GATEWAY}]
    return json.dumps({"VpnConnections": [one | connection], "CustomerGateways": gateways}, indent=1)


XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<vpn_connection id="vpn-0123456789abcdef0"><ipsec_tunnel>
<customer_gateway><tunnel_outside_address><ip_address>{GATEWAY}</ip_address></tunnel_outside_address></customer_gateway>
<vpn_gateway><tunnel_outside_address><ip_address>{CLOUD}</ip_address></tunnel_outside_address></vpn_gateway>
<ike><pre_shared_key>KEY</pre_shared_key></ike>
</ipsec_tunnel></vpn_connection>
"""

IOS = f"""version 15.4
crypto isakmp policy 200
 encr aes
 hash sha256
 authentication pre-share
 group 14
 lifetime 28800
crypto isakmp key {KEY} address {CLOUD}
crypto ipsec transform-set aws esp-aes esp-sha256-hmac
crypto map aws 10 ipsec-isakmp
 set peer {CLOUD}
 set transform-set aws
 set pfs group14
 match address aws
interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
 crypto map aws
ip access-list extended aws
 permit ip any any
end
"""
PROFILE = "crypto isakmp profile aws\n match identity address MATCHED 255.255.255.255\n"
JUNOS = f"""set security ike gateway g address {CLOUD}
set security ike gateway g local-address {GATEWAY}
set security ipsec vpn v ike gateway g
set security ipsec vpn v establish-tunnels ESTABLISH
set security ipsec vpn v bind-interface st0.1
"""
SWANCTL = (tool.SAMPLES / "check/healthy/gateway.swanctl.conf").read_text()
PLAN = json.loads((tool.SAMPLES / "check/terraform-plan-changes-pfs/plan.json").read_text())


class Pair:
    """Files of both ends in a folder of their own."""

    def __init__(self, folder):
        self.folder = folder

    def check(self, *arguments, status=None, **files):
        names = {name.replace("_", ".", 1): text for name, text in files.items()}
        tool.write_files(self.folder, {name: text.encode() for name, text in names.items()})
        done = tool.run("check", "--format", "json", *(arguments or names), cwd=self.folder)
        assert status in (None, done.status), done.err
        assert KEY not in done.out.decode() + done.err and OTHER_KEY not in done.out.decode() + done.err
        return done.report

    def stage(self, name, *arguments, **files):
        [one] = self.check(*arguments, **files)["tunnels"]
        return next(stage for stage in one["stages"] if stage["stage"] == name)


@pytest.fixture
def pair(tmp_path):
    return Pair(tmp_path)


# ---- keys ----

TRUNCATED = {
    "swanctl in quotes": ("swanctl_conf", SWANCTL.split("lab-psk")[0] + "lab-ps", "healthy"),
    "swanctl bare": ("swanctl_conf", SWANCTL.split('"lab-psk')[0] + "lab-ps", "healthy"),
    "IOS": ("ios_cfg", IOS.replace(f"crypto isakmp key {KEY} address {CLOUD}\n", "").replace("end\n", "crypto keyring k\n")
            + f" pre-shared-key address {CLOUD} key {KEY[:9]}", "aws"),
    "Junos": ("junos_set", JUNOS.replace("ESTABLISH", "immediately") + "set security ike gateway g ike-policy p\nset security ike policy p "
              "proposals q\nset security ike proposal q authentication-method pre-shared-keys\nset security ike policy p "
              f'pre-shared-key ascii-text "{KEY[:9]}', "aws"),
    "our YAML": ("gateway_yaml", f"tunnelscope-gateway: 1\ntunnels:\n  - name: a\n    local-addresses: {GATEWAY}\n"
                 f"    remote-addresses: {CLOUD}\n"
                 "    accepts: ikev1\n    initiates: ikev1\n    local-authentication: psk\n    remote-authentication: psk\n"
                 f"    local-identity: {GATEWAY}\n    remote-identity: {CLOUD}\n    keys:\n      - secret: {KEY[:9]}", "aws"),
}


@pytest.mark.parametrize("name, text, cloud", TRUNCATED.values(), ids=TRUNCATED)
def test_a_key_within_which_the_file_ends_is_not_compared(pair, name, text, cloud):
    if cloud == "aws":
        cloud = described(tunnel(), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
        stage = pair.stage("authentication", **{name: text}, vpn_json=cloud)
    else:
        tool.write_files(pair.folder, {"cloud": (tool.SAMPLES / "check/healthy/cloud.swanctl.conf").read_bytes()})
        stage = pair.stage("authentication", "--cloud", "cloud", "--gateway", "swanctl.conf", **{name: text})
    assert stage["verdict"] == "unverified" and stage["cause"] is None
    assert "the file ends within it" in stage["reason"]


@pytest.mark.parametrize("name, text", [
    ("vpn_json", described(tunnel()).split(KEY)[0] + KEY[:9]), ("vpn_xml", XML.split("KEY")[0] + KEY[:9])], ids=["describe", "XML"])
def test_nor_is_one_of_the_cloud(pair, name, text):
    tunnels = pair.check(ios_cfg=IOS, **{name: text}, status=4)["tunnels"]
    assert {stage["verdict"] for one in tunnels for stage in one["stages"] if stage["stage"] == "authentication"} <= {"unverified"}


IPSEC_CONF = f"""conn aws
  left={GATEWAY}
  right={CLOUD}
  authby=secret
  ikev2=no
  ike=aes128-sha2_256-modp2048
  phase2alg=aes128-sha2_256-modp2048
  leftsubnet=0.0.0.0/0
  rightsubnet=0.0.0.0/0
  auto=start
"""


@pytest.mark.parametrize("secrets, verdict", [
    (f'{GATEWAY} {CLOUD} : PSK "{KEY}"\n', "agrees"),
    (f'{GATEWAY}\n  {CLOUD} :\n  PSK\n  "{KEY}"\n', "agrees"),
    (f'{GATEWAY} {CLOUD} :\n  PSK "{KEY}"\n', "agrees"),
    (f'{GATEWAY} {CLOUD} : PSK "{OTHER_KEY}"\n', "fails"),
    (f'{GATEWAY} {CLOUD} : PSK "{KEY[:9]}', "unverified"),
    (f'{GATEWAY} : PSK "{KEY}"\n', "agrees"),
    (f'{CLOUD} : PSK "{KEY}"\n', "unverified"),
    (f'{CLOUD} : PSK "{OTHER_KEY}"\n', "unverified"),
], ids=["in one line", "over four lines", "kind in the next line", "another key", "cut off", "under its own name",
        "under the peer's name alone", "another one under the peer's name alone"])
def test_secrets_of_libreswan(pair, secrets, verdict):
    stage = pair.stage("authentication", ipsec_conf=IPSEC_CONF, ipsec_secrets=secrets, vpn_json=described(tunnel()))
    assert stage["verdict"] == verdict
    assert verdict != "unverified" or stage["gateway"]["value"] != "none"


@pytest.mark.parametrize("key, verdict", [(KEY, "agrees"), (OTHER_KEY, "unverified")])
def test_a_key_of_the_description_and_another_one_in_the_xml_are_said(pair, key, verdict):
    separate = pair.stage("authentication", ios_cfg=IOS, vpn_json=described(tunnel()), vpn_xml=XML.replace("KEY", key))
    embedded = pair.stage("authentication", "ios.cfg", "vpn.json", ios_cfg=IOS,
                          vpn_json=described(tunnel(), CustomerGatewayConfiguration=XML.replace("KEY", key)))
    assert [separate["verdict"], embedded["verdict"]] == [verdict] * 2
    if verdict == "unverified":
        assert all("two descriptions of the tunnel give it different keys" in stage["reason"] for stage in (separate, embedded))


def test_keys_that_are_not_known_are_not_called_none(pair):
    stage = pair.stage("authentication", ios_cfg=IOS.replace(f"key {KEY}", "key 6 AAAAencrypted"), vpn_json=described(tunnel()))
    assert stage["verdict"] == "unverified" and stage["gateway"]["value"] != "none"


# ---- Cisco ----

def test_a_key_is_found_although_the_versions_differ(pair):
    [one] = pair.check(ios_cfg=IOS, vpn_json=described(tunnel(IkeVersions=[{"Value": "ikev2"}])))["tunnels"]
    stages = {stage["stage"]: stage["cause"] for stage in one["stages"]}
    assert stages["ike-version"] == "ike-version-mismatch" and stages["authentication"] is None


@pytest.mark.parametrize("matched, verdict", [(CLOUD, "agrees"), ("203.0.113.99", "fails")])
def test_an_isakmp_profile_says_whom_it_expects(pair, matched, verdict):
    text = PROFILE.replace("MATCHED", matched) + IOS.replace(" set peer", " set isakmp-profile aws\n set peer")
    cloud = described(tunnel(), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
    assert pair.stage("identity", ios_cfg=text, vpn_json=cloud)["verdict"] == verdict


PASSIVE_CLOUD = described(tunnel(DPDTimeoutAction="clear", StartupAction="add"), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
INTERFACE = f"""interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
crypto ipsec profile aws
 set transform-set aws
 set pfs group14
interface Tunnel1
 ip address 169.254.12.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination {CLOUD}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile aws
"""


@pytest.mark.parametrize("text", [
    IOS, IOS.split("crypto map")[0] + INTERFACE, JUNOS.replace("ESTABLISH", "immediately"), JUNOS.replace("ESTABLISH", "on-traffic"),
], ids=["crypto map", "tunnel interface", "Junos at once", "Junos on traffic"])
def test_who_makes_a_new_sa_when_there_is_none_is_not_nobody(pair, text):
    stage = pair.stage("liveness", gateway_cfg=text, vpn_json=PASSIVE_CLOUD)
    assert stage["verdict"] == "unverified" and "once it has let go of the old SA" in stage["reason"]


def test_who_only_responds_is_told_to_start_in_words_that_it_has(pair):
    report = pair.check(gateway_cfg=JUNOS.replace("ESTABLISH", "responder-only"), vpn_json=PASSIVE_CLOUD)
    [finding] = [f for f in report["findings"] if f["cause"] == "nobody-initiates"]
    assert [change["attribute"] for change in finding["repair_at_gateway"]] == ["dpd", "start-action"]


def test_why_a_renewal_is_not_known_is_no_table_of_defaults(pair):
    for name in ("child-rekey", "ike-rekey"):
        stage = pair.stage(name, ios_cfg=IOS, vpn_json=described(tunnel()))
        assert "2023-03" not in (stage["reason"] or "")


@pytest.mark.parametrize("denied, verdict", [
    ("", "agrees"), (" deny ip host 10.0.0.1 any\n", "unverified"), (" deny tcp any any eq 22\n", "unverified")])
def test_a_line_that_denies_takes_away_from_what_is_permitted(pair, denied, verdict):
    text = IOS.replace(" permit ip any any", denied + " permit ip any any")
    assert pair.stage("traffic-selectors", ios_cfg=text, vpn_json=described(tunnel()))["verdict"] == verdict


def test_a_line_that_denies_something_else_takes_nothing_away(pair):
    text = IOS.replace(" permit ip any any", " deny ip 172.16.0.0 0.0.255.255 any\n permit ip 10.0.0.0 0.255.255.255 any\n deny ip any any")
    assert pair.stage("traffic-selectors", ios_cfg=text, vpn_json=described(tunnel()))["verdict"] != "unverified"


def test_a_file_that_is_given_twice_is_one(pair):
    once = pair.check(ios_cfg=IOS, vpn_json=described(tunnel()))
    twice = pair.check("ios.cfg", "ios.cfg", "vpn.json", ios_cfg=IOS, vpn_json=described(tunnel()))
    assert twice["tunnels"] == once["tunnels"]


# ---- renewal, and who begins ----

@pytest.mark.parametrize("earliest, latest, verdict", [
    (3000, None, "fails"), (1200, None, "unverified"), (1200, 1500, "agrees"), (3000, 3300, "fails")])
def test_an_sa_that_nobody_can_renew_in_time_surely_expires(pair, earliest, latest, verdict):
    def end(name, local, remote):
        life = f"earliest-rekey: {earliest}" + (f", latest-rekey: {latest}" if latest else "")
        return f"""tunnelscope-gateway: 1
tunnels:
  - name: {name}
    local-addresses: {local}
    remote-addresses: {remote}
    accepts: ikev2
    initiates: ikev2
    start: start
    children:
      - name: a
        proposals: aes256-sha256-modp2048
        lifetime: {{rekeys: true, hard: 1800, {life}}}
"""
    stage = pair.stage("child-rekey", "--cloud", "cloud.yaml", "--gateway", "gateway.yaml", cloud_yaml=end("a", CLOUD, GATEWAY),
                       gateway_yaml=end("b", GATEWAY, CLOUD))
    assert (stage["verdict"], stage["cause"]) == (verdict, "lifetime-without-rekey" if verdict == "fails" else None)


def test_an_end_that_only_begins_again_does_not_initiate(pair):
    waits = SWANCTL.replace("start_action = start", "start_action = none").replace("dpd_action = clear", "dpd_action = restart")
    tool.write_files(pair.folder, {"cloud": (tool.SAMPLES / "check/healthy/cloud.swanctl.conf").read_bytes()})
    [one] = pair.check("--cloud", "cloud", "--gateway", "swanctl.conf", swanctl_conf=waits)["tunnels"]
    assert one["initiator"] in ("cloud", "neither")


# ---- changes, and what could not be read ----

def changed(**after):
    plan = json.loads(json.dumps(PLAN))
    change = plan["resource_changes"][0]["change"]
    change["after"] = {**change["before"], **after}
    return plan, change


def test_another_customer_gateway_takes_both_tunnels_down(pair):
    plan, _ = changed(customer_gateway_id="cgw-0fffffffffffffff0")
    report = pair.check(plan_json=json.dumps(plan))
    assert {one["apply_effect"] for one in report["tunnels"]} == {"connection"}


def test_what_terraform_forgets_is_not_deleted(pair):
    plan, change = changed()
    change.update(actions=["forget"], after=None)
    gateway = (tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf").read_text()
    report = pair.check(plan_json=json.dumps(plan), swanctl_conf=gateway)
    assert {one["apply_effect"] for one in report["tunnels"]} == {"none"} and report["changes"] == []
    assert "config/connection-deleted" not in {f["cause"] for f in report["findings"]}


def changed_gateway(pair, after, name="swanctl.conf", before=SWANCTL, status=None):
    tool.write_files(pair.folder, {"cloud": (tool.SAMPLES / "check/healthy/cloud.swanctl.conf").read_bytes(), "before": before.encode()})
    return pair.check("--cloud", "cloud", "--gateway", name, "--before", "before", status=status, **{name.replace(".", "_"): after})


def test_a_gateways_end_that_goes_takes_its_tunnel_with_it(pair):
    report = changed_gateway(pair, "connections {\n}\n", status=1)
    assert [(one["change"], one["apply_effect"]) for one in report["changes"]] == [("goes", "deleted")]
    causes = {f["cause"]: f["severity"] for f in report["findings"]}
    assert causes["config/gateway-end-deleted"] == "critical" and "config/connection-deleted" not in causes


def test_a_gateways_end_under_another_name_does_not_go(pair):
    report = changed_gateway(pair, SWANCTL.replace("aws-tunnel1", "other"), status=0)
    assert {one["apply_effect"] for one in report["changes"]} <= {"none"}


def test_nor_does_one_without_a_partner_take_anything_with_it(pair):
    alone = SWANCTL.replace("203.0.113.10", "203.0.113.99").replace("aws-tunnel1", "old")
    report = changed_gateway(pair, SWANCTL, before=SWANCTL.replace("secrets {", alone.split("secrets {")[0] + "secrets {"), status=0)
    assert [(one["change"], one["apply_effect"]) for one in report["changes"]] == [("goes", "none")]


def test_a_gateways_end_that_is_switched_off_takes_its_tunnel_down(pair):
    before = IOS.replace("crypto map aws 10", "crypto isakmp enable\ncrypto map aws 10")
    tool.write_files(pair.folder, {"before": before.encode()})
    report = pair.check("vpn.json", "ios.cfg", "--before", "before", ios_cfg=before.replace("crypto isakmp enable", "no crypto isakmp enable"),
                        vpn_json=described(tunnel()), status=1)
    assert {one["apply_effect"] for one in report["tunnels"]} == {"tunnel"}


@pytest.mark.parametrize("more", ["pools {\n  a {\n    addrs = 10.1.0.0/24\n  }\n", "pools {\n  a {\n    addrs 10.1.0.0/24\n  }\n}\n",
                                  "authorities {\n", "}\n"])
def test_a_syntax_error_anywhere_leaves_no_stage_that_agrees(pair, more):
    tool.write_files(pair.folder, {"cloud": (tool.SAMPLES / "check/healthy/cloud.swanctl.conf").read_bytes()})
    [one] = pair.check("--cloud", "cloud", "--gateway", "swanctl.conf", swanctl_conf=SWANCTL + more, status=4)["tunnels"]
    assert "agrees" not in {stage["verdict"] for stage in one["stages"]}


LIBRESWAN = f"""config setup
  SETUP
conn aws
  left={GATEWAY}
  right={CLOUD}
  ikev2=IKEV2
  authby=secret
  auto=start
"""


@pytest.mark.parametrize("setup, ikev2, expected", [
    ("ikev1-policy=drop", "no", "fails"), ("ikev1-policy=Reject", "no", "fails"), ("ikev1-policy=accept", "no", "agrees"),
    ("uniqueids=no", "no", "agrees"), ("ikev1-policy=drop", "yes", "agrees")])
def test_a_libreswan_that_drops_ikev1_has_none(pair, setup, ikev2, expected):
    text = LIBRESWAN.replace("SETUP", setup).replace("IKEV2", ikev2)
    stage = pair.stage("ike-version", ipsec_conf=text, vpn_json=described(tunnel(IkeVersions=[{"Value": "ikev1"}, {"Value": "ikev2"}])))
    assert stage["verdict"] == expected
    assert stage["cause"] == ("ike-version-mismatch" if expected == "fails" else None)


@pytest.mark.parametrize("text", ["include ipsec.d/*.secrets\n", "# as installed\ninclude ipsec.d/*.secrets\n"])
def test_keys_behind_an_include_alone_are_read(pair, text):
    tool.write_files(pair.folder, {"ipsec.d/a.secrets": f'{GATEWAY} {CLOUD}: psk "{KEY}"\n'.encode()})
    conf = LIBRESWAN.replace("SETUP", "uniqueids=no").replace("IKEV2", "no")
    for keys in (text, f'{GATEWAY} {CLOUD}: psk "{KEY}"\n'):
        assert pair.stage("authentication", ipsec_conf=conf, ipsec_secrets=keys, vpn_json=described(tunnel()))["verdict"] == "agrees"


def test_keys_behind_an_include_that_names_no_file_here_are_not_known(pair):
    conf = LIBRESWAN.replace("SETUP", "uniqueids=no").replace("IKEV2", "no")
    keys = "include ipsec.d/*.secrets\n"
    stage = pair.stage("authentication", ipsec_conf=conf, ipsec_secrets=keys, vpn_json=described(tunnel()))
    assert stage["verdict"] == "unverified" and "not given" in stage["reason"]


# ---- mends ----

def test_what_aws_refuses_is_replaced_there_and_never_asked_of_the_gateway(pair):
    plan = json.loads(json.dumps(PLAN))
    for resource in plan["resource_changes"]:
        if resource["type"] == "aws_vpn_connection":
            for moment in ("before", "after"):
                resource["change"][moment]["tunnel1_phase1_dh_group_numbers"] = [5]
    gateway = (tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf").read_text()
    report = pair.check(plan_json=json.dumps(plan), swanctl_conf=gateway)
    [stage] = [s for one in report["tunnels"] for s in one["stages"] if s["verdict"] == "fails" and s["stage"] == "ike-proposal"]
    assert "ike-group modp1536 -> modp2048" in stage["repair"] and "-> modp1536" not in stage["repair"]


def test_a_wrong_identity_is_mended_and_not_the_key_that_is_filed_under_the_right_one(pair):
    text = SWANCTL.replace("id = 203.0.113.10", "id = 203.0.113.18").replace("ike-1 {", "ike-1 {\n    id-a = 203.0.113.10")
    tool.write_files(pair.folder, {"cloud": (tool.SAMPLES / "check/healthy/cloud.swanctl.conf").read_bytes()})
    [one] = pair.check("--cloud", "cloud", "--gateway", "swanctl.conf", swanctl_conf=text)["tunnels"]
    repairs = {s["stage"]: s["repair"] for s in one["stages"] if s["verdict"] == "fails"}
    assert repairs.keys() == {"identity", "authentication"}
    assert all("remote-identity 203.0.113.18 -> 203.0.113.10" in one for one in repairs.values())


def test_an_option_for_ipv6_takes_no_ipv4_network(pair):
    options = {"TunnelInsideIpVersion": "ipv6", "StaticRoutesOnly": True, "LocalIpv6NetworkCidr": "0.0.0.0/0", "TunnelOptions": [tunnel()]}
    report = pair.check(vpn_json=described(tunnel(), Options=options), ios_cfg=IOS, status=4)
    assert any("IPv6 network" in one["reason"] for one in report["problems"])


def test_a_deleted_connection_is_said_to_be_deleted(pair):
    plan, change = changed()
    change.update(actions=["delete"], after=None)
    gateway = (tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf").read_text()
    report = pair.check(plan_json=json.dumps(plan), swanctl_conf=gateway)
    assert [(one["change"], one["apply_effect"]) for one in report["changes"]] == [("goes", "deleted")] * 2
    causes = {f["cause"]: f for f in report["findings"]}
    assert causes["config/connection-deleted"]["severity"] == "critical" and "config/connection-replaced" not in causes
    assert all("is deleted" in f["summary"] for f in report["findings"] if f["change"] == "fixed")
    text = tool.run("check", "plan.json", "swanctl.conf", cwd=pair.folder).out.decode()
    assert "is deleted" in text and "Fixed by this change" not in text and "a new connection" not in text


@pytest.mark.parametrize("name, text", [
    ("swanctl_conf", SWANCTL + "include missing.conf\n"), ("ipsec_conf", IPSEC_CONF + "include missing.conf\n")])
def test_an_include_that_cannot_be_read_is_an_input_that_cannot_be_read(pair, name, text):
    pair.check(**{name: text}, vpn_json=described(tunnel()), status=4)


def test_secrets_that_include_what_is_not_there_too(pair):
    secrets = f'{GATEWAY} {CLOUD} : PSK "{KEY}"\ninclude missing.secrets\n'
    pair.check(ipsec_conf=IPSEC_CONF, ipsec_secrets=secrets, vpn_json=described(tunnel()), status=4)


# ---- a connection that is described whole, and a gateway of strongSwan's ----

AGREEING = {"IkeVersions": [{"Value": "ikev2"}], "StartupAction": "start", "DpdTimeoutSeconds": 30, "DpdTimeoutAction": "restart",
            "RekeyMarginTimeSeconds": 270, "Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 3600}


def swanctl(child="local_ts = 0.0.0.0/0\nremote_ts = 0.0.0.0/0", start="start", identity=GATEWAY, dpd="dpd_delay = 10s", more=""):
    return f"""connections {{
 t1 {{
  version = 2
  local_addrs = {GATEWAY}
  remote_addrs = {CLOUD}
  proposals = aes128-sha256-modp2048
  {dpd}
  rekey_time = 6h
  over_time = 1h
  local {{
   auth = psk
   id = {identity}
  }}
  remote {{
   auth = psk
   id = {CLOUD}
  }}
  children {{
   net {{
    {child}
    esp_proposals = aes128-sha256-modp2048
    rekey_time = 45m
    life_time = 55m
    dpd_action = restart
    start_action = {start}
   }}
   {more}
  }}
 }}
}}
secrets {{
 ike-1 {{
  id = {CLOUD}
  secret = "{KEY}"
 }}
}}
"""


def cloud(state="available", xml_key=KEY, properties=(), **options):
    return described(tunnel(**AGREEING | options), CustomerGatewayConfiguration=XML.replace("KEY", xml_key), State=state, **dict(properties))


def test_the_pair_that_the_following_spoil_fails_nowhere(pair):
    [one] = pair.check(vpn_json=cloud(), swanctl_conf=swanctl(), status=0)["tunnels"]
    assert one["verdict"] == "agrees"


@pytest.mark.parametrize("start, dpd, fails", [
    ("none", "dpd_delay = 10s", True), ("none", "", True), ("trap", "dpd_delay = 10s", False), ("start", "dpd_delay = 10s", False)])
def test_a_tunnel_that_both_ends_wait_for_does_not_come_up(pair, start, dpd, fails):
    report = pair.check(vpn_json=cloud(StartupAction="add"), swanctl_conf=swanctl(start=start, dpd=dpd), status=1 if fails else None)
    [one] = report["tunnels"]
    liveness = next(stage for stage in one["stages"] if stage["stage"] == "liveness")
    assert (liveness["verdict"] == "fails", liveness["cause"] == "nobody-initiates") == (fails, fails)
    assert (one["initiator"] == "neither") == fails
    if fails:
        assert liveness["attribute"] == "start-action"


@pytest.mark.parametrize("state", ["deleted", "deleting"])
def test_a_connection_that_is_deleted_agrees_with_nothing(pair, state):
    report = pair.check(vpn_json=cloud(state), swanctl_conf=swanctl())
    [one] = report["tunnels"]
    assert one["verdict"] == "unverified"
    assert one["stages"][0]["attribute"] == "disabled" and "is switched off" in one["stages"][0]["reason"]


@pytest.mark.parametrize("description", [
    cloud(PreSharedKey="redacted", xml_key="redacted"), cloud(PreSharedKey="****", xml_key="****"),
    cloud(PreSharedKey="Redacted", xml_key="**********", properties={"PreSharedKeyArn": "arn:aws:secretsmanager:x"}),
    cloud(properties={"PreSharedKeyArn": "arn:aws:secretsmanager:x"}),
], ids=["redacted", "asterisks", "redacted and kept elsewhere", "kept elsewhere"])
def test_a_key_that_is_masked_or_kept_elsewhere_is_not_known(pair, description):
    report = pair.check(vpn_json=description, swanctl_conf=swanctl(), status=0)
    [one] = report["tunnels"]
    assert next(stage for stage in one["stages"] if stage["stage"] == "authentication")["verdict"] == "unverified"
    assert not [f for f in report["findings"] if f["cause"] == "config/aws-key-syntax"]


SECOND = "other {\n local_ts = 192.168.51.0/24\n remote_ts = 10.10.0.0/16\n esp_proposals = aes128-sha256-modp2048\n start_action = start\n }"


@pytest.mark.parametrize("cloud_network, cause", [("172.16.0.0/12", "traffic-selector-mismatch"), ("10.10.0.0/16", "sa-churn")])
def test_sa_pairs_none_of_which_comes_up_do_not_replace_each_other(pair, cloud_network, cause):
    description = json.loads(cloud())
    description["VpnConnections"][0]["Options"]["RemoteIpv4NetworkCidr"] = cloud_network
    gateway = swanctl(child="local_ts = 192.168.50.0/24\nremote_ts = 10.10.0.0/16", more=SECOND)
    assert pair.stage("traffic-selectors", vpn_json=json.dumps(description), swanctl_conf=gateway)["cause"] == cause


@pytest.mark.parametrize("local, remote, verdict", [
    ("[gre]", "[udp]", "fails"), ("[tcp/443]", "[udp/53]", "fails"), ("[tcp/443]", "[tcp/1024-65535]", "agrees"), ("[tcp/443]", "", "agrees")])
def test_selectors_of_two_protocols_let_nothing_through(pair, local, remote, verdict):
    child = f"local_ts = 0.0.0.0/0{local}\nremote_ts = 0.0.0.0/0{remote}"
    stage = pair.stage("traffic-selectors", vpn_json=cloud(), swanctl_conf=swanctl(child=child))
    assert (stage["verdict"], stage["cause"]) == (verdict, "traffic-selector-mismatch" if verdict == "fails" else None)


@pytest.mark.parametrize("mode, verdict", [("transport", "unverified"), ("beet", "unverified"), ("tunnel", "agrees")])
def test_a_mode_that_the_peer_does_not_use_is_said(pair, mode, verdict):
    child = f"local_ts = 0.0.0.0/0\nremote_ts = 0.0.0.0/0\nmode = {mode}"
    stage = pair.stage("child-proposal", vpn_json=cloud(), swanctl_conf=swanctl(child=child))
    assert stage["verdict"] == verdict
    if verdict == "unverified":
        assert (stage["attribute"], stage["cloud"]["value"], stage["gateway"]["value"]) == ("child-mode", "tunnel", mode)


def test_an_identity_of_another_kind_is_shown_with_its_kind(pair):
    report = pair.check(vpn_json=cloud(), swanctl_conf=swanctl(identity=f"@{GATEWAY}"), status=1)
    stage = next(stage for stage in report["tunnels"][0]["stages"] if stage["stage"] == "identity")
    assert (stage["cloud"]["value"], stage["gateway"]["value"]) == (f"address {GATEWAY}", f"fqdn {GATEWAY}")
    [finding] = [f for f in report["findings"] if f["cause"] == "identity-mismatch"]
    changes = [(change["old"], change["new"]) for change in finding["repair_at_gateway"]]
    assert changes == [(f"@{GATEWAY}", GATEWAY)]


# ---- pairs of the project's file ----

def test_a_pair_that_names_nothing_is_said_with_its_place(pair):
    (pair.folder / "vpn.json").write_text(cloud())
    (pair.folder / "swanctl.conf").write_text(swanctl())
    (pair.folder / ".tunnelscope.yaml").write_text("pairs:\n  - {cloud: nosuch, gateway: t1}\n")
    done = tool.run("check", "vpn.json", "swanctl.conf", cwd=pair.folder)
    assert done.status == 0 and ".tunnelscope.yaml:2:5: no end of the cloud's in these files is called `nosuch`" in done.err
    assert "`t1`" not in done.err


@pytest.mark.parametrize("second", ["{cloud: b, gateway: t1}", f"{{cloud: {CLOUD}, gateway: t2}}"])
def test_an_end_in_two_pairs_is_a_wrong_file(pair, second):
    (pair.folder / "vpn.json").write_text(cloud())
    (pair.folder / ".tunnelscope.yaml").write_text(f"pairs:\n  - {{cloud: {CLOUD}, gateway: t1}}\n  - {second}\n")
    done = tool.run("check", "vpn.json", cwd=pair.folder)
    assert done.status == 2 and ".tunnelscope.yaml:3:" in done.err and "is in an earlier pair already" in done.err


# ---- options that AWS does not have ----

@pytest.mark.parametrize("option, hint, stage", [
    ({"Phase2DHGroupNumber": [{"Value": 14}]}, "did you mean `Phase2DHGroupNumbers`?", "child-rekey"),
    ({"StartupActoin": "start"}, "did you mean `StartupAction`?", "liveness"),
    ({"Zzz": 1}, None, "peer-address"),
])
def test_an_option_that_nobody_knows_leaves_open_what_it_may_have_meant(pair, option, hint, stage):
    options = AGREEING | option
    meant = {"Phase2DHGroupNumber": "Phase2DHGroupNumbers", "StartupActoin": "StartupAction"}.get(next(iter(option)))
    one = tunnel(**options)
    one.pop(meant, None)
    description = described(one, CustomerGatewayConfiguration=XML.replace("KEY", KEY))
    (pair.folder / "vpn.json").write_text(description)
    (pair.folder / "swanctl.conf").write_text(swanctl(start="none"))
    done = tool.run("check", "--format", "json", "vpn.json", "swanctl.conf", cwd=pair.folder)
    line = next(number for number, text in enumerate(description.splitlines(), 1) if next(iter(option)) in text)
    assert re.search(rf"vpn\.json:{line}:[0-9]+: unknown option of a tunnel", done.err) and (hint is None or hint in done.err)
    stages = {one["stage"]: one["verdict"] for one in done.report["tunnels"][0]["stages"]}
    assert stages[stage] == "unverified"


@pytest.mark.parametrize("name, text, reason", [
    ("swanctl_conf", SWANCTL + "include missing.conf\n", "no such file"), ("ipsec_conf", IPSEC_CONF + "include missing.conf\n", "no such file"),
    ("swanctl_conf", SWANCTL + "include swanctl.conf\n", "includes itself"),
    ("ipsec_conf", IPSEC_CONF + "include ipsec.conf\n", "includes itself")])
def test_why_an_include_cannot_be_read_is_said_and_nothing_agrees(pair, name, text, reason):
    report = pair.check(**{name: text}, vpn_json=described(tunnel()), status=4)
    assert any(reason in one["reason"] for one in report["problems"])
    assert "agrees" not in [one["verdict"] for one in report["tunnels"]]


def libreswan(subnet, more=""):
    return f"""conn aws
    ikev2=insist
    authby=secret
    left={GATEWAY}
    right={CLOUD}
    leftsubnet={subnet}
    rightsubnet=0.0.0.0/0
    ike=aes128-sha2_256;modp2048
    phase2alg=aes128-sha2_256;modp2048
    auto=start
    {more}
"""


@pytest.mark.parametrize("conf, verdict, direction", [
    (libreswan("0.0.0.0/0"), "agrees", None),
    (libreswan("192.168.50.0/24"), "unverified", None),
    (libreswan("192.168.50.0/24", "narrowing=no"), "fails", "cloud-initiates"),
    (libreswan("192.168.50.0/24", "narrowing=yes"), "agrees", None)])
def test_selectors_that_differ_do_not_agree_with_an_end_that_does_not_narrow(pair, conf, verdict, direction):
    cloud = described(tunnel(IkeVersions=[{"Value": "ikev2"}], StartupAction="start"))
    stage = pair.stage("traffic-selectors", ipsec_conf=conf, vpn_json=cloud)
    assert (stage["verdict"], stage.get("direction")) == (verdict, direction)


# ---- keys that differ by direction (IKEv2 of IOS) ----

IOS_V2 = f"""version 15.4
crypto ikev2 proposal aws
 encryption aes-cbc-128
 integrity sha256
 group 14
crypto ikev2 policy aws
 proposal aws
crypto ikev2 keyring aws
 peer aws
  address {CLOUD}
  KEYS
crypto ikev2 profile aws
 match identity remote address {CLOUD} 255.255.255.255
 identity local address {GATEWAY}
 authentication remote pre-share
 authentication local pre-share
 keyring local aws
crypto ipsec transform-set aws esp-aes esp-sha256-hmac
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
 permit ip any any
end
"""


@pytest.mark.parametrize("keys, verdict, reason", [
    (f"pre-shared-key {KEY}", "agrees", None),
    (f"pre-shared-key local {KEY}\n  pre-shared-key remote {KEY}", "agrees", None),
    (f"pre-shared-key local {OTHER_KEY}\n  pre-shared-key remote {KEY}", "fails", "the gateway's end proves itself"),
    (f"pre-shared-key local {KEY}\n  pre-shared-key remote {OTHER_KEY}", "fails", "the cloud's end proves itself"),
    (f"pre-shared-key local {OTHER_KEY}\n  pre-shared-key remote {OTHER_KEY}x", "fails", "the keys differ"),
    (f"pre-shared-key local {KEY}", "unverified", "none for one direction"),
    (f"pre-shared-key local {KEY}\n  pre-shared-key remote 6 AAAAencrypted", "unverified", "encrypted"),
    (f"pre-shared-key local {OTHER_KEY}\n  pre-shared-key remote 6 AAAAencrypted", "fails", "the keys differ"),
], ids=["one", "twice the same", "another local one", "another remote one", "two others", "no remote one", "an encrypted remote one",
        "another local one, an encrypted remote one"])
def test_a_key_counts_in_its_direction(pair, keys, verdict, reason):
    cloud = described(tunnel(IkeVersions=[{"Value": "ikev2"}]), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
    stage = pair.stage("authentication", ios_cfg=IOS_V2.replace("KEYS", keys), vpn_json=cloud)
    assert stage["verdict"] == verdict and (reason is None or reason in stage["reason"])
    assert (stage["cause"] == "psk-mismatch") == (verdict == "fails")


# ---- connections that are not loaded, and references to what is not there ----

def test_a_conn_without_auto_is_not_loaded_and_says_so(pair):
    secrets = f'{GATEWAY} {CLOUD} : PSK "{KEY}"\n'
    report = pair.check(ipsec_conf=IPSEC_CONF.replace("  auto=start\n", ""), ipsec_secrets=secrets, vpn_json=described(tunnel()))
    [finding] = [f for f in report["findings"] if f["cause"] == "config/not-loaded"]
    assert finding["severity"] == "warning" and finding["evidence"][0]["at"] == "ipsec.conf:1"
    [one] = report["tunnels"]
    assert one["verdict"] != "agrees"
    loaded = pair.check(ipsec_conf=IPSEC_CONF, ipsec_secrets=secrets, vpn_json=described(tunnel()))
    assert "config/not-loaded" not in {f["cause"] for f in loaded["findings"]}


@pytest.mark.parametrize("name, text, place", [
    ("ipsec_conf", IPSEC_CONF + "  also=nowhere\n", "ipsec.conf:11:8"),
    ("ipsec_conf", IPSEC_CONF + "  also=base\nconn base\n  also=nowhere\n", "ipsec.conf:13:8"),
    ("swanctl_conf", SWANCTL.replace("aws-tunnel1 {", "aws-tunnel1 : nowhere {"), "swanctl.conf:2:17"),
    ("swanctl_conf", SWANCTL.replace("aws-tunnel1 {", "aws-tunnel1 : connections.nowhere {"), "swanctl.conf:2:17"),
    ("swanctl_conf", SWANCTL.replace("      t1 {", "      t1 : nowhere {"), "swanctl.conf:26:12"),
    ("swanctl_conf", SWANCTL.replace("    local {", "    local : nowhere {"), "swanctl.conf:17:13"),
], ids=["also", "also of an also", "a connection's template", "by its path", "a child's", "a round's"])
def test_a_reference_to_what_is_not_there_is_told_and_puts_the_end_in_doubt(pair, name, text, place):
    done = tool.write_files(pair.folder, {name.replace("_", ".", 1): text.encode(), "vpn.json": described(tunnel()).encode()})
    done = tool.run("check", name.replace("_", ".", 1), "vpn.json", cwd=pair.folder)
    assert f"{place}: there is no" in done.err
    report = pair.check(**{name: text}, vpn_json=described(tunnel()))
    assert {one["verdict"] for one in report["tunnels"]} <= {"unverified", "fails"}
    first = [one["stages"][0] for one in report["tunnels"] if one["stages"]]
    assert first and all(stage["verdict"] != "agrees" for stage in first)


# ---- options of AWS that are misspelt ----

def plan_with(old, new):
    plan = json.loads(json.dumps(PLAN))
    for resource in plan["resource_changes"]:
        for values in (resource["change"]["before"], resource["change"]["after"]):
            if values and old in values:
                values[new] = values.pop(old)
    return json.dumps(plan, indent=1)


@pytest.mark.parametrize("old, new, hint", [
    ("tunnel1_phase2_dh_group_numbers", "tunnel1_phase2_dh_group_number", "tunnel1_phase2_dh_group_numbers"),
    ("tunnel1_startup_action", "tunnel1_start_action", None),
    ("local_ipv4_network_cidr", "local_ipv4_network_cdir", "local_ipv4_network_cidr"),
])
def test_a_misspelt_option_of_terraform_is_told_and_is_no_default(pair, old, new, hint):
    gateway = (tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf").read_text()
    if old not in json.dumps(PLAN):
        pytest.skip("the plan does not have it")
    report = pair.check(plan_json=plan_with(old, new), swanctl_conf=gateway)
    problems = [one for one in report["problems"] if one["reason"].startswith("unknown option")]
    assert problems and all(one["line"] and one["column"] for one in problems)
    assert hint is None or any(hint in (one["hint"] or "") for one in problems)
    assert all(one["verdict"] != "agrees" for one in report["tunnels"] if "10" in one["id"])


@pytest.mark.parametrize("misspelt, reason", [
    ({"LogOptions": {"CloudWatchLogOption": {"LogEnabled": True}}}, "unknown option of a tunnel"),
    ({"LogOptions": {"CloudwatchLogOptions": {"LogEnable": True}}}, "unknown option of a tunnel"),
    ({"LogOptions": {"CloudwatchLogOptions": {"LogEnabled": True, "LogOutputFormats": "text"}}}, "unknown option of a tunnel"),
])
def test_a_misspelt_log_option_is_told_and_does_not_count_as_off(pair, misspelt, reason):
    report = pair.check(ios_cfg=IOS, vpn_json=described(tunnel(**misspelt)))
    assert [one["reason"] for one in report["problems"]] == [reason]
    causes = {f["cause"] for f in report["findings"]}
    assert "config/log-off" not in causes and "config/log-text" not in causes


def test_a_misspelt_option_of_the_connection_puts_both_tunnels_in_doubt(pair):
    text = described(tunnel(), tunnel(OutsideIpAddress="203.0.113.17")).replace("LocalIpv4NetworkCidr", "LocalIpv4NetworkCdir")
    report = pair.check(ios_cfg=IOS, vpn_json=text)
    assert len([one for one in report["problems"] if "did you mean" in (one["hint"] or "")]) == 1
    assert all(one["stages"][0]["verdict"] != "agrees" for one in report["tunnels"] if one["stages"])
