"""Words of a gateway's configuration that say more than the tunnel's values: what they may change is never said to agree."""
import gzip
import json
import re

import pytest

from test_verdicts import (AGREEING, CLOUD, GATEWAY, IOS_V2, IPSEC_CONF, KEY, PLAN, XML, Pair, cloud, described, libreswan, swanctl,
                           tool, tunnel)

FORMATS = ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"]
SECRETS = f'{GATEWAY} {CLOUD} : PSK "{KEY}"\n'


@pytest.fixture(name="files")
def files_of_both_ends(tmp_path):
    return Pair(tmp_path)


def verdict(report):
    [one] = report["tunnels"]
    return one["verdict"]


# ---- ipsec.conf ----

LIBRESWAN = libreswan("0.0.0.0/0", "dpddelay=10\n    retransmit-timeout=30\n    salifetime=40m\n    ikelifetime=7h")
STRONGSWAN = f"""conn aws
    keyexchange=ikev2
    authby=psk
    left={GATEWAY}
    leftsubnet=0.0.0.0/0
    right={CLOUD}
    rightsubnet=0.0.0.0/0
    ike=aes128-sha256-modp2048!
    esp=aes128-sha256-modp2048!
    ikelifetime=7h
    lifetime=50m
    dpdaction=restart
    dpddelay=10s
    reauth=no
    auto=start
"""


@pytest.mark.parametrize("conf, word, expected", [
    (LIBRESWAN, "", "agrees"),
    (LIBRESWAN, "ppk=insist", "unverified"), (LIBRESWAN, "ppk=propose", "agrees"),
    (LIBRESWAN, "enable-tcp=yes", "unverified"), (LIBRESWAN, "enable-tcp=fallback", "agrees"),
    (LIBRESWAN, "leftikeport=4501", "unverified"), (LIBRESWAN, "rightikeport=4501", "unverified"),
    (LIBRESWAN, "rightikeport=4500", "agrees"),
    (LIBRESWAN, "leftmodecfgclient=yes", "unverified"), (LIBRESWAN, "leftmodecfgclient=no", "agrees"),
    (LIBRESWAN, "esn=yes", "unverified"), (LIBRESWAN, "esn=no", "agrees"), (LIBRESWAN, "esn=either", "agrees"),
    (LIBRESWAN, "esn=perhaps", "unverified"),
    (STRONGSWAN, "", "agrees"),
    (STRONGSWAN, "leftikeport=4501", "unverified"), (STRONGSWAN, "rightikeport=4501", "unverified"),
    (STRONGSWAN, "rightikeport=500", "agrees"),
    (STRONGSWAN, "leftsourceip=%config", "unverified"), (LIBRESWAN, "leftsourceip=10.1.0.1", "agrees"),
])
def test_a_word_of_ipsec_conf_that_may_keep_the_tunnel_down_does_not_agree(files, conf, word, expected):
    report = files.check(ipsec_conf=conf + f"    {word}\n", ipsec_secrets=SECRETS, vpn_json=cloud())
    assert verdict(report) == expected


JUNOS_ESN = f"""set security ike policy p pre-shared-key ascii-text "{KEY}"
set security ike gateway g ike-policy p
set security ike gateway g address {CLOUD}
set security ike gateway g local-address {GATEWAY}
set security ike gateway g version v2-only
set security ipsec proposal q encryption-algorithm aes-128-cbc
set security ipsec proposal q authentication-algorithm hmac-sha-256-128
set security ipsec policy r proposals q
set security ipsec vpn v ike gateway g
set security ipsec vpn v ike ipsec-policy r
"""


@pytest.mark.parametrize("name, text, expected", [
    ("ipsec_conf", LIBRESWAN + "    esn=yes\n", "unverified"), ("ipsec_conf", LIBRESWAN + "    esn=either\n", "agrees"),
    ("ipsec_conf", STRONGSWAN.replace("esp=aes128-sha256-modp2048", "esp=aes128-sha256-modp2048-esn"), "unverified"),
    ("ipsec_conf", STRONGSWAN.replace("esp=aes128-sha256-modp2048", "esp=aes128-sha256-modp2048-esn-noesn"), "agrees"),
    ("swanctl_conf", swanctl().replace("esp_proposals = aes128-sha256-modp2048", "esp_proposals = aes128-sha256-modp2048-esn"), "unverified"),
    ("junos_set", JUNOS_ESN, "agrees"), ("junos_set", JUNOS_ESN + "set security ipsec proposal q extended-sequence-number\n", "unverified"),
], ids=["Libreswan", "Libreswan either", "ipsec.conf", "ipsec.conf either", "swanctl.conf", "Junos without", "Junos"])
def test_whether_aws_has_extended_sequence_numbers_is_not_known(files, name, text, expected):
    secrets = {"ipsec_secrets": SECRETS} if name == "ipsec_conf" else {}
    stage = files.stage("child-proposal", **{name: text}, **secrets, vpn_json=cloud())
    assert stage["verdict"] == expected, stage
    assert expected == "agrees" or stage["attribute"] == "sequence-numbers"


def test_extended_sequence_numbers_of_ikev1_are_not_judged(files):
    stage = files.stage("child-proposal", ipsec_conf=IPSEC_CONF + "  esn=yes\n", ipsec_secrets=SECRETS,
                        vpn_json=cloud(IkeVersions=[{"Value": "ikev1"}]))
    assert stage["verdict"] == "unverified" and "esn" in stage["reason"]


# ---- an ipsec.conf that may be strongSwan's or Libreswan's ----

UNDECIDED = f"""conn aws
    keyexchange=ikev2
    authby=secret
    left={GATEWAY}
    leftid={GATEWAY}
    leftsubnet=0.0.0.0/0
    right={CLOUD}
    rightid={CLOUD}
    rightsubnet=0.0.0.0/0
    ike=aes128-sha256-modp2048
    esp=aes128-sha256-modp2048
    ikelifetime=7h
    dpdaction=restart
    dpddelay=10
    auto=start
"""


def stages_of(files, conf, **options):
    report = files.check(ipsec_conf=conf, ipsec_secrets=SECRETS, vpn_json=cloud(**options))
    return report, {stage["stage"]: stage for stage in report["tunnels"][0]["stages"]}


def test_where_both_programs_come_to_the_same_it_is_said_and_elsewhere_what_each_comes_to(files):
    report, seen = stages_of(files, UNDECIDED)
    assert seen["ike-proposal"]["verdict"] == seen["child-proposal"]["verdict"] == seen["authentication"]["verdict"] == "agrees"
    assert seen["ike-rekey"]["verdict"] == "unverified"  # strongSwan reauthenticates by default, Libreswan does not
    assert "with strongSwan it fails" in seen["ike-rekey"]["reason"] and "with Libreswan it agrees" in seen["ike-rekey"]["reason"]
    [note] = [one for one in report["problems"] if "strongSwan or Libreswan" in json.dumps(one)]
    assert "leftauth=psk" in json.dumps(note)


def test_what_fails_with_both_fails(files):
    _, seen = stages_of(files, UNDECIDED.replace("authby=secret", "authby=rsasig"))
    assert seen["authentication"]["verdict"] == "fails"
    _, seen = stages_of(files, UNDECIDED, Phase2DHGroupNumbers=[{"Value": 20}])
    assert seen["child-rekey"]["verdict"] == "fails" and seen["child-rekey"]["cause"] == "pfs-mismatch"


@pytest.mark.parametrize("word, verdict", [("leftauth=psk\n    rightauth=psk", "fails"), ("ikev2=yes", "agrees"), ("reauth=no", "agrees")])
def test_a_word_that_only_one_of_them_has_or_that_both_read_alike_ends_the_doubt(files, word, verdict):
    _, seen = stages_of(files, UNDECIDED + f"    {word}\n")
    assert seen["ike-rekey"]["verdict"] == verdict, seen["ike-rekey"]


# ---- a tunnel that is closed when it has no traffic ----

JUNOS = JUNOS_ESN.replace("set security ipsec vpn v ike gateway g", "set security ipsec vpn v establish-tunnels immediately\n"
                                           "set security ipsec vpn v ike gateway g")


@pytest.mark.parametrize("name, text, idle, never", [
    ("swanctl_conf", swanctl(), ("esp_proposals =", "inactivity = 30m\n  esp_proposals ="),
     ("esp_proposals =", "inactivity = 0\n  esp_proposals =")),
    ("ipsec_conf", STRONGSWAN, ("auto=start", "inactivity=30m\n    auto=start"), ("auto=start", "inactivity=0\n    auto=start")),
    ("ios_cfg", IOS_V2.replace("KEYS", f"pre-shared-key {KEY}").replace(" keyring local aws\n", " keyring local aws\n dpd 10 3 periodic\n"),
     ("crypto ipsec transform-set", "crypto ipsec security-association idle-time 600\ncrypto ipsec transform-set"), None),
    ("junos_set", JUNOS, ("v establish", "v ike idle-time 600\nset security ipsec vpn v establish"), None),
], ids=["swanctl.conf", "ipsec.conf", "IOS", "Junos"])
def test_whether_a_tunnel_comes_back_that_was_closed_for_idleness_is_not_known(files, name, text, idle, never):
    secrets = {"ipsec_secrets": SECRETS} if name == "ipsec_conf" else {}
    before = files.stage("liveness", **{name: text}, **secrets, vpn_json=cloud())
    closed = files.stage("liveness", **{name: text.replace(*idle, 1)}, **secrets, vpn_json=cloud())
    assert idle[0] in text and before["verdict"] == "agrees", before
    assert closed["verdict"] == "unverified" and "no traffic" in closed["reason"], closed
    if never:
        assert files.stage("liveness", **{name: text.replace(*never, 1)}, **secrets, vpn_json=cloud())["verdict"] == "agrees"


# ---- a part that could not be read ----

SLIPS = {"swanctl.conf": ("swanctl_conf", swanctl().replace("  over_time = 1h", "  ovr_time = 1h"), {}),
         "ipsec.conf": ("ipsec_conf", STRONGSWAN.replace("reauth=no", "reauh=no"), {"ipsec_secrets": SECRETS}),
         "an include": ("swanctl_conf", swanctl() + "include missing.conf\n", {})}


@pytest.mark.parametrize("name, text, more", SLIPS.values(), ids=SLIPS)
def test_what_could_not_be_read_may_be_of_any_stage_so_none_agrees(files, name, text, more):
    [one] = files.check(**{name: text}, **more, vpn_json=cloud())["tunnels"]
    assert one["verdict"] == "unverified" and {stage["verdict"] for stage in one["stages"]} == {"unverified"}
    assert sum("could be read: " in stage["reason"] for stage in one["stages"]) > 6


def test_each_such_stage_may_be_required_and_is_then_critical(files):
    report = files.check("--require-verified", "child-proposal", "swanctl.conf", "vpn.json", swanctl_conf=SLIPS["swanctl.conf"][1], vpn_json=cloud())
    found = [(one["severity"], one["details"].get("stage")) for one in report["findings"] if one["cause"] == "not-verified"]
    assert found == [("critical", "child-proposal"), ("info", None)]


REQUIRED = ["--require-verified", "authentication", "--fail-on", "critical"]


def without_keys(text):
    return text[:text.index("secrets {")]


def routed_by_bgp():
    description = json.loads(cloud())
    description["VpnConnections"][0]["Options"]["StaticRoutesOnly"] = False
    return json.dumps(description)


# Of a swanctl.conf nothing tells of BGP.
@pytest.mark.parametrize("written_of, written_with, status", [
    (swanctl(), [], 1), (swanctl(), ["--require-verified", "bgp"], 1), (without_keys(swanctl()), [], 1),
    (without_keys(swanctl()), ["--require-verified", "authentication"], 0)],
    ids=["what agreed", "what agreed, and another stage required", "what was not required", "what was required"])
def test_a_required_stage_is_excused_by_a_baseline_that_knows_it_as_required(files, written_of, written_with, status):
    files.check(*written_with, "--write-baseline", "known.json", "swanctl.conf", "vpn.json", swanctl_conf=written_of, vpn_json=routed_by_bgp())
    files.check(*REQUIRED, "--baseline", "known.json", "swanctl.conf", "vpn.json", swanctl_conf=without_keys(swanctl()), vpn_json=routed_by_bgp(),
                status=status)


def test_a_required_stage_that_agreed_before_is_newly_not_verified(files):
    names = ["--before", "before.conf", "swanctl.conf", "vpn.json"]
    report = files.check(*REQUIRED, *names, swanctl_conf=without_keys(swanctl()), before_conf=swanctl(), vpn_json=routed_by_bgp(), status=1)
    found = {one["severity"]: (one["change"], one["details"].get("stage")) for one in report["findings"] if one["cause"] == "not-verified"}
    assert found == {"critical": ("new", "authentication"), "info": ("unchanged", None)}


def test_the_text_says_the_reason_once_and_what_was_read(files):
    files.check(swanctl_conf=SLIPS["swanctl.conf"][1], vpn_json=cloud())
    text = re.sub(r"\s+", " ", tool.run("check", "swanctl.conf", "vpn.json", cwd=files.folder).out.decode())
    assert ": not all of it could be read" in text and "as for peer-address; what was read agrees: ikev2" in text
    assert text.count("not all of it could be read: swanctl.conf:9") == 1


@pytest.mark.parametrize("line, stage", [
    ("remote_port = 4501", "peer-address"), ("ppk_required = yes", "authentication"), ("childless = force", "child-proposal"),
    ("vips = 0.0.0.0", "traffic-selectors")])
def test_a_setting_that_is_not_judged_puts_its_own_stage_in_doubt_alone(files, line, stage):
    [one] = files.check(swanctl_conf=swanctl().replace("  over_time", f"  {line}\n  over_time"), vpn_json=cloud())["tunnels"]
    assert [each["stage"] for each in one["stages"] if each["verdict"] != "agrees"] == [stage]


# ---- what the daemon refuses to read ----

def without_indent(text, section):
    """Without white space before the settings of one section."""
    lines, within = [], False
    for line in text.splitlines():
        within = line.startswith(section) if not line.startswith(" ") else within
        lines.append(line.lstrip() if within else line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("section, place", [("config setup", "ipsec.conf:2:1"), ("conn aws", "ipsec.conf:4:1")])
@pytest.mark.parametrize("conf", [LIBRESWAN, STRONGSWAN], ids=["Libreswan", "strongSwan"])
def test_settings_that_are_not_indented_are_told_and_nothing_agrees(files, conf, section, place):
    text = without_indent("config setup\n    logfile=/var/log/pluto.log\n" + conf, section)
    report = files.check(ipsec_conf=text, ipsec_secrets=SECRETS, vpn_json=cloud(), status=4)
    assert [f"{one['path']}:{one['line']}:{one['column']}" for one in report["problems"]] == [place]
    assert verdict(report) == "unverified"


@pytest.mark.parametrize("line", ["connections.t1.proposals = aes128-sha1-modp1024", "connections.t1 {\n}"], ids=["setting", "section"])
def test_a_name_of_swanctl_with_a_dot_is_told_and_nothing_agrees(files, line):
    report = files.check(swanctl_conf=f"{swanctl()}{line}\n", vpn_json=cloud(), status=4)
    [told] = [one for one in report["problems"] if one["reason"].startswith("a name with a dot is a syntax error")]
    assert told["line"] == swanctl().count("\n") + 1 and told["column"] == 1
    assert verdict(report) == "unverified"


# ---- Cisco ----

IOS_CLOUD = described(tunnel(IkeVersions=[{"Value": "ikev2"}]), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
IOS = IOS_V2.replace("KEYS", f"pre-shared-key {KEY}")
BANNER = "crypto ikev2 proposal aws\n encryption 3des\n integrity md5\n group 2\ninterface GigabitEthernet1\n shutdown\n"
AGAIN = "crypto ikev2 proposal aws\n"


def verdicts(files, text):
    [one] = files.check(ios_cfg=text, vpn_json=IOS_CLOUD)["tunnels"]
    return {stage["stage"]: stage["verdict"] for stage in one["stages"]}


@pytest.mark.parametrize("kind, delimiter", [("motd ", "^C"), ("login ", "#"), ("", "^C"), ("exec ", "\x03")])
def test_a_banner_is_no_configuration(files, kind, delimiter):
    plain = verdicts(files, IOS)
    assert plain["ike-proposal"] == plain["child-proposal"] == plain["peer-address"] == "agrees"
    assert verdicts(files, f"banner {kind}{delimiter}\n{BANNER}{delimiter}\n{IOS}") == plain
    assert verdicts(files, f"banner {kind}{delimiter}Keep out{delimiter}\n{IOS}") == plain


def test_what_stands_behind_a_banner_without_an_end_is_told_and_nothing_agrees(files):
    report = files.check(ios_cfg=f"{IOS}banner motd ^C\nKeep out\n", vpn_json=IOS_CLOUD, status=4)
    assert [(one["line"], one["column"]) for one in report["problems"]] == [(IOS.count("\n") + 1, 1)]
    assert verdict(report) == "unverified"


@pytest.mark.parametrize("line, stage, expected", [
    (f"{AGAIN} encryption 3des\n", "ike-proposal", "fails"),
    (f"{AGAIN} encryption aes-cbc-128 aes-cbc-256\n", "ike-proposal", "agrees"),
    (f"{AGAIN} group 2\n{AGAIN} group 14\n", "ike-proposal", "agrees"),
    (f"no {AGAIN}", "peer-address", "unverified"),
    (f"no {AGAIN}{AGAIN} encryption aes-cbc-128\n integrity sha256\n group 14\n", "ike-proposal", "agrees"),
    ("crypto ipsec transform-set aws esp-3des esp-md5-hmac\n", "child-proposal", "fails"),
    ("crypto map aws 10 ipsec-isakmp\n set pfs group5\n", "child-rekey", "fails"),
    ("crypto map aws 10 ipsec-isakmp\n no set pfs\n", "child-rekey", "fails"),
    ("crypto map aws 10 ipsec-isakmp\n no set pfs\n set pfs group14\n", "peer-address", "agrees"),
    ("crypto map aws 10 ipsec-isakmp\n no set pfs group5\n", "peer-address", "unverified"),
    ("crypto ikev2 profile aws\n identity local address 192.0.2.99\n", "identity", "fails"),
])
def test_the_last_word_counts_where_a_section_is_opened_again(files, line, stage, expected):
    assert verdicts(files, IOS.replace("end\n", line + "end\n"))[stage] == expected


IOS_V1 = re.sub(r"crypto ikev2.*?(?=crypto ipsec)", f"""crypto isakmp policy 200
 encr aes
 hash sha256
 authentication pre-share
 group 14
crypto keyring aws
 pre-shared-key address {CLOUD} key {KEY}
""", IOS, count=1, flags=re.S).replace(" set ikev2-profile aws\n", "")
V1_CLOUD = described(tunnel(), CustomerGatewayConfiguration=XML.replace("KEY", KEY))


@pytest.mark.parametrize("old, new, stage, expected", [
    ("", "", "authentication", "agrees"),
    ("crypto isakmp policy", "no crypto isakmp enable\ncrypto isakmp policy", "peer-address", "unverified"),
    ("crypto isakmp policy", "no crypto isakmp enable\ncrypto isakmp enable\ncrypto isakmp policy", "peer-address", "agrees"),
    ("crypto keyring aws\n", f"crypto keyring aws\n local-address {GATEWAY}\n", "authentication", "agrees"),
    ("crypto keyring aws\n", "crypto keyring aws\n local-address 198.51.100.99\n", "authentication", "unverified"),
    ("crypto keyring aws\n", "crypto keyring aws vrf outside\n", "authentication", "unverified"),
    (" pre-shared-key address", " pre-shared-key adress", "authentication", "unverified"),
    ("end\n", f"crypto isakmp peer address {CLOUD}\n set aggressive-mode client-endpoint fqdn a\n set aggressive-mode password b\nend\n",
     "ike-mode", "fails"),
    ("end\n", "crypto isakmp peer address 203.0.113.99\n set aggressive-mode client-endpoint fqdn a\n set aggressive-mode password b\nend\n",
     "ike-mode", "agrees"),
    ("end\n", f"crypto isakmp peer address {CLOUD}\n set aggressive-mode client-endpoint fqdn a\nend\n", "ike-mode", "unverified"),
    (f" ip address {GATEWAY} 255.255.255.0\n", f" ip address {GATEWAY} 255.255.255.0\n shutdown\n", "peer-address", "unverified"),
    (" set transform-set", " set security-association lifetimq seconds 60\n set transform-set", "child-rekey", "unverified"),
    ("end\n", "interfacq GigabitEthernet1\n shutdown\nend\n", "peer-address", "unverified"),
    ("end\n", "crypto isakmq key a address 203.0.113.10\nend\n", "authentication", "unverified"),
    ("end\n", "crypto isakmp keepalive 1q 3\nend\n", "liveness", "unverified"),
    ("end\n", "crypto isakmp keepalive 10 3 periodiq\nend\n", "liveness", "unverified"),
    ("esp-sha256-hmac\n", "esp-sha256-hmac\n mode tunneq\n", "child-proposal", "unverified"),
    ("end\n", f"crypto isakmp profile a\n match identitq address {CLOUD}\nend\n", "authentication", "unverified"),
])
def test_a_line_of_cisco_counts_for_the_tunnels_that_it_is_for(files, old, new, stage, expected):
    assert old in IOS_V1
    [one] = files.check(ios_cfg=IOS_V1.replace(old, new, 1), vpn_json=V1_CLOUD)["tunnels"]
    assert next(each for each in one["stages"] if each["stage"] == stage)["verdict"] == expected


@pytest.mark.parametrize("old, new, stage, expected", [
    (f"match identity remote address {CLOUD} 255.255.255.255", "match identity remote any", "authentication", "agrees"),
    (f"match identity remote address {CLOUD} 255.255.255.255", f"match identity remote address {CLOUD} 255.255.255.25q", "identity", "unverified"),
    (f"  address {CLOUD}\n", f"  address {CLOUD} 255.255.255.25q\n", "authentication", "unverified"),
    (" keyring local aws", " keyring local awq", "peer-address", "unverified"),
    (" match identity remote", " match addresq local 192.0.2.1\n match identity remote", "identity", "unverified"),
    ("crypto ikev2 policy", "no crypto isakmp enable\ncrypto ikev2 policy", "ike-version", "unverified"),
])
def test_nor_does_a_slip_in_ikev2_agree(files, old, new, stage, expected):
    assert old in IOS
    assert verdicts(files, IOS.replace(old, new, 1))[stage] == expected


def test_a_running_configuration_that_breaks_off_is_told(files):
    report = files.check(ios_cfg=IOS.split("crypto ikev2 profile")[0] + "crypto ikev2 keyring aws\n peer aws\n  addr", vpn_json=IOS_CLOUD, status=4)
    assert "breaks off" in report["problems"][0]["reason"]


def test_a_mode_of_the_tunnel_that_cannot_be_read_leaves_its_selectors_open(files):
    text = IOS_BGP.replace("tunnel mode ipsec ipv4", "tunnel mode ipsec ipvq")
    assert files.stage("traffic-selectors", ios_cfg=text, vpn_json=IOS_CLOUD)["verdict"] == "unverified"


def test_selectors_of_an_access_list_of_the_protection_are_not_known(files):
    lines = " tunnel protection ipsec policy ipv4 LIST\n"
    text = IOS_BGP.replace(" tunnel protection ipsec profile aws\n", " tunnel protection ipsec profile aws\n" + lines)
    stage = files.stage("traffic-selectors", ios_cfg=text + "ip access-list extended LIST\n permit ip any any\n", vpn_json=IOS_CLOUD)
    assert stage["verdict"] == "unverified"
    assert files.check(ios_cfg=text, vpn_json=IOS_CLOUD, status=4)["problems"][0]["reason"] == "there is no access list of this name"


# ---- BGP ----

BGP_XML = XML.replace("KEY", KEY).replace("</customer_gateway>", "<bgp><asn>65010</asn></bgp></customer_gateway>").replace(
    "</vpn_gateway>", "<tunnel_inside_address><ip_address>169.254.12.1</ip_address></tunnel_inside_address><bgp><asn>64512</asn></bgp>"
    "</vpn_gateway>")
TUNNEL_INTERFACE = f"""crypto ipsec profile aws
 set transform-set aws
 set pfs group14
 set ikev2-profile aws
interface Tunnel1
 ip address 169.254.12.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination {CLOUD}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile aws
router bgp 65010
 neighbor 169.254.12.1 remote-as 64512
"""
IOS_BGP = re.sub(r"crypto map aws 10.*?(?=interface)", "", IOS, flags=re.S).replace(" crypto map aws\n", "").replace("end\n", TUNNEL_INTERFACE)
JUNOS_BGP = f"""set security ike policy p pre-shared-key ascii-text "{KEY}"
set security ike gateway g ike-policy p
set security ike gateway g address {CLOUD}
set security ike gateway g external-interface ge-0/0/0.0
set security ipsec vpn v ike gateway g
set security ipsec vpn v bind-interface st0.1
set interfaces st0 unit 1 family inet address 169.254.12.2/30
set interfaces ge-0/0/0 unit 0 family inet address {GATEWAY}/24
set routing-options autonomous-system 65010
set protocols bgp group aws neighbor 169.254.12.1 peer-as 64512
"""


def with_bgp(options=None):
    description = json.loads(described(tunnel(IkeVersions=[{"Value": "ikev2"}]), CustomerGatewayConfiguration=BGP_XML))
    description["VpnConnections"][0]["Options"] |= {"StaticRoutesOnly": False, **(options or {})}
    return json.dumps(description)


def stages_with_bgp(files, options=None, **gateway):
    [one] = files.check(vpn_json=with_bgp(options), **gateway)["tunnels"]
    return {stage["stage"]: stage for stage in one["stages"]}


FAR = "interface Loopback0\n ip address 192.168.50.1 255.255.255.255\n"
IN_VRF = IOS_BGP.replace("interface Tunnel1\n", "interface Tunnel1\n vrf forwarding aws\n")


@pytest.mark.parametrize("lines, verdict, reason", [
    ("", "agrees", None), (" neighbor 169.254.12.1 password secret\n", "fails", "password"),
    (" neighbor aws peer-group\n neighbor aws password secret\n neighbor 169.254.12.1 peer-group aws\n", "fails", "password"),
    (" neighbor 169.254.12.1 shutdown\n", "fails", "shut down"),
    (" no neighbor 169.254.12.1 activate\n", "fails", "not activated"),
    (" address-family ipv4\n  no neighbor 169.254.12.1 activate\n", "fails", "not activated"),
    (" address-family ipv4\n  neighbor 169.254.12.1 activate\n", "agrees", None),
    (" address-family ipv6\n  no neighbor 169.254.12.1 activate\n", "agrees", None),
    (" no bgp default ipv4-unicast\n", "unverified", "not activated"),
    (" no bgp default ipv4-unicast\n address-family ipv4\n  neighbor 169.254.12.1 activate\n", "agrees", None),
    (" neighbor 169.254.12.1 update-source Tunnel1\n", "agrees", None), (" neighbor 169.254.12.1 update-source Tu1\n", "agrees", None),
    (f" neighbor 169.254.12.1 update-source Loopback0\n{FAR}", "fails", "another address"),
    (" neighbor 169.254.12.1 update-source Loopback0\n", "unverified", "another interface"),
    (" bgp confederation identifier 65000\n", "fails", "bgp-asn"),
    (" bgp confederation identifier 65000\n bgp confederation peers 64512\n", "agrees", None),
    (" neighbor 169.254.12.1 passwort secret\n", "unverified", "not understood"),
    (" neighbor 169.254.12.1 timers 1q 30\n", "unverified", "cannot be read"),
    (" neighbot 169.254.12.1 shutdown\n", "unverified", "not understood"),
    (" neighbor 169.254.12.q shutdown\n", "unverified", "not understood"),
    (" neighbor 169.254.12.1 timers 10 30 3q\n", "unverified", "cannot be read"),
    (" address-family ipv4\n  neighboq 169.254.12.1 activate\n", "unverified", "not understood"),
    (" neighbor 169.254.12.1 soft-reconfiguration inbound\n exit-address-family\n", "agrees", None),
])
def test_a_session_of_cisco_that_does_not_come_up_does_not_agree(files, lines, verdict, reason):
    stage = stages_with_bgp(files, ios_cfg=IOS_BGP + lines)["bgp"]
    assert stage["verdict"] == verdict
    assert reason is None or reason in stage["reason"]


@pytest.mark.parametrize("name, lines, expected", [
    ("a template", " template peer-session aws\n  remote-as 64512\n neighbor 169.254.12.1 inherit peer-session aws\n", "agrees"),
    ("a template of another AS", " template peer-session aws\n  remote-as 64513\n neighbor 169.254.12.1 inherit peer-session aws\n", "fails"),
    ("a template of a template", " template peer-session all\n  remote-as 64512\n template peer-session aws\n  inherit peer-session all\n"
     " neighbor 169.254.12.1 inherit peer-session aws\n", "agrees"),
    ("a template in a circle", " template peer-session aws\n  remote-as 64512\n  inherit peer-session aws\n"
     " neighbor 169.254.12.1 inherit peer-session aws\n", "agrees"),
    ("no such template", " neighbor 169.254.12.1 inherit peer-session aws\n", "unverified"),
    ("any other AS", " neighbor 169.254.12.1 remote-as external\n", "unverified"),
    ("an AS in two halves", " neighbor 169.254.12.1 remote-as 0.64512\n", "agrees"),
    ("another AS in two halves", " neighbor 169.254.12.1 remote-as 1.64512\n", "fails"),
])
def test_the_as_of_a_neighbour_is_read_wherever_it_stands(files, name, lines, expected):
    text = IOS_BGP.replace(" neighbor 169.254.12.1 remote-as 64512\n", lines)
    assert stages_with_bgp(files, ios_cfg=text)["bgp"]["verdict"] == expected


@pytest.mark.parametrize("text, number, verdict", [(IN_VRF, "64512", "agrees"), (IN_VRF, "64513", "fails"), (IOS_BGP, "64512", "unverified")])
def test_a_neighbour_in_the_vrf_of_the_tunnel_is_one(files, text, number, verdict):
    in_vrf = f" address-family ipv4 vrf aws\n  neighbor 169.254.12.1 remote-as {number}\n"
    assert stages_with_bgp(files, ios_cfg=text.replace(" neighbor 169.254.12.1 remote-as 64512\n", in_vrf))["bgp"]["verdict"] == verdict


def test_a_neighbour_in_the_global_table_is_none_of_a_tunnel_in_a_vrf(files):
    stage = stages_with_bgp(files, ios_cfg=IN_VRF)["bgp"]
    assert stage["verdict"] == "unverified" and "another VRF" in stage["reason"]


@pytest.mark.parametrize("clouds, gateways, expected", [
    ({}, "", "agrees"),
    ({"LocalIpv4NetworkCidr": "192.168.50.0/24", "RemoteIpv4NetworkCidr": "10.0.0.0/16"}, "", "fails"),
    ({}, "traffic-selector t local-ip 192.168.50.0/24 remote-ip 10.0.0.0/16", "fails"),
    ({}, "traffic-selector t local-ip 169.254.12.0/30 remote-ip 169.254.12.0/30", "agrees"),
])
def test_a_session_whose_packets_do_not_fit_the_selectors_does_not_come_up(files, clouds, gateways, expected):
    text = JUNOS_BGP + (f"set security ipsec vpn v {gateways}\n" if gateways else "")
    stage = stages_with_bgp(files, clouds, junos_set=text)["bgp"]
    assert stage["verdict"] == expected
    assert expected == "agrees" or stage["attribute"] == "traffic-selectors" and stage["cause"] == "bgp-down"


IN_INSTANCE = JUNOS_BGP.replace("set protocols", "set routing-instances aws protocols") + "set routing-instances aws interface st0.1\n"


@pytest.mark.parametrize("text, expected, reason", [
    (IN_INSTANCE, "agrees", None),
    (IN_INSTANCE + "set routing-instances aws routing-options autonomous-system 65011\n", "fails", "bgp-asn"),
    (JUNOS_BGP + "set routing-instances aws interface st0.1\n", "unverified", "another routing instance"),
    (IN_INSTANCE.replace("aws interface st0.1", "other interface st0.1"), "unverified", "another routing instance"),
    (JUNOS_BGP + "set protocols bgp group aws local-address 192.168.50.1\n", "fails", "another address"),
    (JUNOS_BGP + "set protocols bgp group aws local-address 169.254.12.2\n", "agrees", None),
    (JUNOS_BGP + "set protocols bgp group aws neighbor 169.254.12.1 shutdown\n", "fails", "shut down"),
    (JUNOS_BGP + "set protocols bgp disable\n", "fails", "disabled"),
    (JUNOS_BGP + "deactivate protocols bgp group aws\n", "fails", "deactivated"),
    (JUNOS_BGP + "set routing-options confederation 65000 members 65010\n", "fails", "bgp-asn"),
    (JUNOS_BGP + "set routing-options confederation 65000 members 64512\n", "agrees", None),
    (JUNOS_BGP + "set protocols bgp group aws type internal\n", "unverified", "internal"),
    (JUNOS_BGP + "set protocols bgp group aws type externaq\n", "unverified", "cannot be read"),
    (JUNOS_BGP + "set protocolq bgp group aws shutdown\n", "unverified", "not understood"),
    (JUNOS_BGP + "set security ikq gateway g version v1-only\n", "unverified", "not understood"),
    (JUNOS_BGP + "set protocols bgp group aws neighbor 169.254.12.1 local-aq 65011\n", "unverified", "not understood"),
    (JUNOS_BGP + "set protocols bgp group aws neighbor 169.254.12.1 hold-time 3q\n", "unverified", "cannot be read"),
    (JUNOS_BGP + "set protocols bgp group aws neighbor 169.254.12.q hold-time 30\n", "unverified", "no address"),
    (JUNOS_BGP + "seq protocols bgp group aws neighbor 169.254.12.1 shutdown\n", "unverified", "not understood"),
    (JUNOS_BGP + "set protocols lldp interface all\nset protocols bgp group aws log-updown\n", "agrees", None),
    (JUNOS_BGP + "set security flow tcp-mss all-tcp mss 1379\nset system host-name r\n", "agrees", None),
])
def test_a_session_of_junos_is_of_its_table_and_of_the_tunnels_address(files, text, expected, reason):
    stage = stages_with_bgp(files, junos_set=text)["bgp"]
    assert stage["verdict"] == expected
    assert reason is None or reason in stage["reason"]


@pytest.mark.parametrize("gateway, line", [({"ios_cfg": IOS_BGP.replace("169.254.12.1 ", "169.254.12.5 ")}, " neighbor 169.254.12.5"),
                                           ({"junos_set": JUNOS_BGP.replace("169.254.12.1 ", "169.254.12.5 ")}, "set protocols bgp")],
                         ids=["IOS", "Junos"])
def test_a_neighbour_that_lies_in_no_tunnel_is_meant_for_the_one_without(files, gateway, line):
    stage = stages_with_bgp(files, **gateway)["bgp"]
    [text] = gateway.values()
    number = next(i for i, one in enumerate(text.splitlines(), 1) if one.startswith(line) and "169.254.12.5" in one)
    assert (stage["verdict"], stage["cause"], stage["attribute"]) == ("fails", "bgp-down", "bgp-neighbour")
    assert f"line {number}: bgp-neighbour 169.254.12.5 -> 169.254.12.1" in stage["repair"]


def test_of_several_neighbours_in_no_tunnel_none_is_taken_for_the_one(files):
    stage = stages_with_bgp(files, ios_cfg=IOS_BGP.replace("169.254.12.1 ", "169.254.12.5 ") + " neighbor 169.254.12.9 remote-as 64512\n")["bgp"]
    assert stage["verdict"] == "unverified" and "lies in no tunnel" in stage["reason"]


def test_whom_a_listen_range_takes_is_not_told(files):
    text = IOS_BGP.replace(" neighbor 169.254.12.1 remote-as 64512\n", " neighbor AWS peer-group\n bgp listen range RANGE peer-group AWS\n")
    stage = stages_with_bgp(files, ios_cfg=text.replace("RANGE", "169.254.12.0/24"))["bgp"]
    assert stage["verdict"] == "unverified" and "listens" in stage["reason"]
    assert stages_with_bgp(files, ios_cfg=text.replace("RANGE", "10.0.0.0/8"))["bgp"]["verdict"] == "fails"


def test_an_inside_address_that_is_wrong_is_mended_before_its_neighbour(files):
    other = IOS_BGP.replace("169.254.12.2 ", "169.254.12.6 ").replace("169.254.12.1 ", "169.254.12.5 ")
    assert "169.254.12.6 -> 169.254.12.2" in stages_with_bgp(files, ios_cfg=other)["bgp"]["repair"]


GROUPS = "set groups node0 system host-name a\nset groups node0 interfaces fxp0 unit 0 family inet address 10.0.0.1/24\nset apply-groups \"${node}\"\n"


@pytest.mark.parametrize("text, status", [
    (GROUPS, None), (GROUPS + "set groups node1 security ike gateway g version v1-only\n", 4), ('set apply-groups "${node}"\n', 4),
    ("set groups x system services ssh\nset apply-groups x\n", None), (GROUPS + "set apply-groups y\n", 4)])
def test_groups_that_say_nothing_of_tunnels_leave_none_in_doubt(files, text, status):
    report = files.check(junos_set=text + JUNOS_BGP, vpn_json=IOS_CLOUD, status=status)
    assert bool(report["problems"]) == (status == 4)


# As most write it: IKEv1, a keyring, a tunnel interface, and no lifetimes.
IOS_USUAL = f"""crypto keyring aws
 pre-shared-key address {CLOUD} key {KEY}
crypto isakmp policy 200
 encr aes
 hash sha256
 authentication pre-share
 group 14
crypto isakmp keepalive 10 10
crypto isakmp profile aws
 keyring aws
 match identity address {CLOUD} 255.255.255.255
crypto ipsec transform-set aws esp-aes esp-sha256-hmac
 mode tunnel
crypto ipsec profile aws
 set transform-set aws
 set pfs group14
 set isakmp-profile aws
interface GigabitEthernet1
 ip address {GATEWAY} 255.255.255.0
interface Tunnel1
 ip address 169.254.12.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination {CLOUD}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile aws
end
"""


@pytest.mark.parametrize("old, new, doubtful", [
    ("", "", []), ("crypto isakmp keepalive 10 10\n", "", ["liveness"]),
    (" group 14\n", " group 14\n lifetime 3600\n", ["ike-rekey"]),
    (" set pfs group14\n", " set pfs group14\n set security-association lifetime seconds 2000\n", []),
    (" encr aes\n", " encr aes 256\n encryption aes\n", []), (" encr aes\n", " encryption aes 256\n encr aes\n", []),
])
def test_the_usual_layout_of_ios_agrees_by_its_dated_defaults(files, old, new, doubtful):
    there = described(tunnel(), CustomerGatewayConfiguration=XML.replace("KEY", KEY))
    [one] = files.check(ios_cfg=IOS_USUAL.replace(old, new) if old else IOS_USUAL, vpn_json=there)["tunnels"]
    assert [stage["stage"] for stage in one["stages"] if stage["verdict"] != "agrees"] == doubtful


@pytest.mark.parametrize("second, verdict", [(KEY, "agrees"), ("lab.key_8sTqLw1vB2", "unverified")])
def test_two_keys_for_one_peer_agree_only_where_they_are_one(files, second, verdict):
    keys = "".join(f"crypto isakmp key {key} address {CLOUD}\n" for key in (KEY, second))
    usual = IOS_USUAL[IOS_USUAL.index("crypto isakmp policy"):].replace(" keyring aws\n", "")
    assert files.stage("authentication", ios_cfg=keys + usual, vpn_json=described(tunnel()))["verdict"] == verdict


@pytest.mark.parametrize("line, reason", [
    ("", None), ("set protocols bgp group aws authentication-key secret", "password"),
    ("set protocols bgp group aws neighbor 169.254.12.1 authentication-key secret", "password"),
    ("set protocols bgp authentication-key secret", "password"),
    ("set protocols bgp group other authentication-key secret", None),
])
def test_a_session_of_junos_with_a_password_does_not_agree(files, line, reason):
    stage = stages_with_bgp(files, junos_set=f"{JUNOS_BGP}{line}\n")["bgp"]
    assert stage["verdict"] == ("fails" if reason else "agrees")
    assert reason is None or reason in stage["reason"]


PASSWORD = "S3cr3t-Key.Zz9_qQ"


@pytest.mark.parametrize("shape", FORMATS)
@pytest.mark.parametrize("gateway, line", [
    (JUNOS_BGP, f'set protocols bgp group aws authentication-key "{PASSWORD}" ## SECRET-DATA'),
    (JUNOS_BGP, f"set protocols bgp group aws authentication-key {PASSWORD}"),
    (JUNOS_BGP, f'set protocols bgp group aws authentication-key "$9${PASSWORD}"'),
    (JUNOS_BGP, f"set protocols bgp group aws neighbor 169.254.12.1 authentication-key {PASSWORD}"),
    (JUNOS_BGP, "set protocols bgp group aws authentication-key user"),
    (IOS_BGP, f" neighbor 169.254.12.1 password {PASSWORD}"), (IOS_BGP, f" neighbor 169.254.12.1 password 7 {PASSWORD}"),
    (IOS_BGP, " neighbor 169.254.12.1 password user"),
], ids=lambda value: "" if "\n" in value else value)
def test_the_password_of_a_session_is_never_shown(tmp_path, gateway, line, shape):
    (tmp_path / "gateway").write_text(f"{gateway}{line}\n")
    (tmp_path / "vpn.json").write_text(with_bgp())
    done = tool.run("check", "vpn.json", "gateway", "--config", "none", "--format", shape, cwd=tmp_path)
    shown = done.out.decode() + done.err
    assert "has a password" in shown
    assert " ".join(line.split()[-2:]) not in shown and PASSWORD not in shown


@pytest.mark.parametrize("mode, status", [("ipsec ipv4 v6-overlay", None), ("ipsec ipv6 v4-overlay", None), ("ipsec ipv4 v6-overlaq", 4)])
def test_words_behind_the_mode_of_a_tunnel_of_cisco_leave_its_selectors_unknown(files, mode, status):
    stage = files.stage("traffic-selectors", ios_cfg=IOS_BGP.replace("tunnel mode ipsec ipv4", f"tunnel mode {mode}"), vpn_json=with_bgp())
    assert stage["verdict"] == "unverified" and (mode.split()[-1] in stage["reason"] or status == 4)


@pytest.mark.parametrize("local, remote, warned", [
    ("0.0.0.0/0, ::/0", "0.0.0.0/0, ::/0", False), ("0.0.0.0/0", "0.0.0.0/0", False), ("10.0.0.0/8, 0.0.0.0/0", "0.0.0.0/0", True),
    ("0.0.0.0/0", "0.0.0.0/0, 10.0.0.0/8, ::/0", True)])
def test_selectors_of_a_family_that_the_peer_has_not_are_not_several(files, local, remote, warned):
    text = re.sub(r"remote_ts = .*", f"remote_ts = {remote}", re.sub(r"local_ts = .*", f"local_ts = {local}", swanctl()))
    report = files.check(swanctl_conf=text, vpn_json=cloud())
    assert ("config/several-selectors" in [one["cause"] for one in report["findings"]]) == warned


@pytest.mark.parametrize("interface, off", [
    ("st0 unit 1", True), ("st0.1", True), ("st0", True), ("ge-0/0/0", True), ("ge-0/0/0 unit 0", True), ("st0 unit 2", False)])
def test_a_disabled_interface_of_junos_has_no_tunnel(files, interface, off):
    stage = stages_with_bgp(files, junos_set=f"{JUNOS_BGP}set interfaces {interface} disable\n")["peer-address"]
    assert (stage.get("attribute") == "disabled", stage["verdict"]) == (off, "unverified" if off else "agrees")


# ---- a configuration that stands in other files ----

DEBIAN = "# Section defining IKE connection configurations.\n# connections {\n#}\n\n# Include config snippets\ninclude conf.d/*.conf\n"


def test_a_swanctl_conf_of_includes_alone_is_recognised(files):
    (files.folder / "conf.d").mkdir()
    (files.folder / "conf.d/aws.conf").write_text(swanctl())
    assert verdict(files.check(swanctl_conf=DEBIAN, vpn_json=cloud())) == "agrees"


# ---- the second tunnel of a connection ----

SECOND = "203.0.113.17"


@pytest.mark.parametrize("peer, missing", [
    (None, True), ("192.0.2.1", True), (f"{CLOUD}-{SECOND}", False), ("vpn.example.com", False), ("%any", False), ("192.0.2.0/24", True)])
def test_a_tunnel_is_not_missing_where_an_end_may_be_its_own(files, peer, missing):
    both = described(tunnel(**AGREEING), tunnel(**AGREEING | {"OutsideIpAddress": SECOND, "TunnelInsideCidr": "169.254.13.0/30"}))
    more = "" if peer is None else f"connections {{\n t2 {{\n  remote_addrs = {peer}\n }}\n}}\n"
    report = files.check(swanctl_conf=swanctl() + more, vpn_json=both)
    assert ("config/one-tunnel-of-two" in {finding["cause"] for finding in report["findings"]}) == missing


# ---- defaults of Terraform's provider ----

@pytest.mark.parametrize("option, old, new, effect", [
    ("rekey_margin_time_seconds", None, 540, "none"), ("rekey_margin_time_seconds", 540, None, "none"),
    ("rekey_margin_time_seconds", None, 270, "tunnel"), ("dpd_timeout_seconds", None, 30, "none"),
    ("dpd_timeout_seconds", 30, None, "none"), ("dpd_timeout_seconds", None, 40, "tunnel"), ("dpd_timeout_seconds", 40, 30, "tunnel")])
def test_to_state_what_the_provider_takes_anyway_interrupts_nothing(files, option, old, new, effect):
    plan = json.loads(json.dumps(PLAN))
    for resource in plan["resource_changes"]:
        if resource["type"] == "aws_vpn_connection":
            change = resource["change"]
            change["after"] = change["before"] | {f"tunnel{n}_{option}": new for n in (1, 2)}
            change["before"] = change["before"] | {f"tunnel{n}_{option}": old for n in (1, 2)}
    report = files.check(plan_json=json.dumps(plan), swanctl_conf=(tool.SAMPLES / "check/terraform-plan-changes-pfs/swanctl.conf").read_text())
    assert {one["apply_effect"] for one in report["tunnels"]} == {effect}


# ---- one rule for the exit status: 4 for whatever was not read, in each kind of file ----

def plan_with_unknown_option():
    plan = json.loads(json.dumps(PLAN))
    for resource in plan["resource_changes"]:
        if resource["type"] == "aws_vpn_connection":
            resource["change"]["after"] = resource["change"]["before"] | {"tunnel1_startup_actin": "start"}
    return json.dumps(plan)


IPSEC_PAIR = {"ipsec_secrets": SECRETS, "vpn_json": cloud()}
NOT_READ = {
    "swanctl.conf, keyword": {"swanctl_conf": swanctl().replace("over_time", "ovr_time"), "vpn_json": cloud()},
    "swanctl.conf, value": {"swanctl_conf": swanctl().replace("rekey_time = 6h", "rekey_time = soon"), "vpn_json": cloud()},
    "swanctl.conf, template": {"swanctl_conf": swanctl().replace(" t1 {", " t1 : nowhere {"), "vpn_json": cloud()},
    "swanctl.conf, section": {"swanctl_conf": swanctl() + "secrts {\n}\n", "vpn_json": cloud()},
    "ipsec.conf, keyword": {"ipsec_conf": STRONGSWAN.replace("reauth", "reauh"), **IPSEC_PAIR},
    "ipsec.conf, reference": {"ipsec_conf": STRONGSWAN + "    also=nowhere\n", **IPSEC_PAIR},
    "Libreswan, value": {"ipsec_conf": LIBRESWAN.replace("ikelifetime=7h", "ikelifetime=soon"), **IPSEC_PAIR},
    "Cisco, line": {"ios_cfg": IOS.replace(" integrity sha256", " integrty sha256"), "vpn_json": IOS_CLOUD},
    "Cisco, reference": {"ios_cfg": IOS.replace(" match address aws", " match address nowhere"), "vpn_json": IOS_CLOUD},
    "Cisco, algorithm": {"ios_cfg": IOS.replace("esp-sha256-hmac", "esp-sha-255-hmac"), "vpn_json": IOS_CLOUD},
    "Junos, statement": {"junos_set": JUNOS_ESN + "set security ike gateway g verson v2-only\n", "vpn_json": cloud()},
    "Junos, reference": {"junos_set": JUNOS_ESN.replace("ipsec-policy r", "ipsec-policy s"), "vpn_json": cloud()},
    "Junos, network": {"junos_set": JUNOS_ESN + "set security ipsec vpn v ike proxy-identity local 10.0.0/8\n", "vpn_json": cloud()},
    "our YAML, key": {"gateway_yaml": "tunnelscope-gateway: 1\ntunnels:\n  - name: a\n    nam: b\n", "vpn_json": cloud()},
    "our YAML, value": {"gateway_yaml": "tunnelscope-gateway: 1\ntunnels:\n  - name: a\n    accepts: ikev3\n", "vpn_json": cloud()},
    "describe, option": {"swanctl_conf": swanctl(), "vpn_json": cloud(StartupActin="start")},
    "describe, value": {"swanctl_conf": swanctl(), "vpn_json": cloud(StartupAction="perhaps")},
    "Terraform, option": {"plan_json": plan_with_unknown_option()},
    "XML, address": {"swanctl_conf": swanctl(), "vpn_xml": XML.replace(CLOUD, "203.0.113.999")},
}


@pytest.mark.parametrize("what", NOT_READ)
def test_whatever_was_not_read_makes_the_exit_status_4(files, what):
    report = files.check(**NOT_READ[what], status=4)
    assert [one["fatal"] for one in report["problems"]] and all(one["fatal"] for one in report["problems"])


ALL_READ = {
    "nothing to say": {"swanctl_conf": swanctl(), "vpn_json": cloud()},
    "a name that stands for an address": {"ipsec_conf": LIBRESWAN + "    leftid=gw.example.net\n", **IPSEC_PAIR},
    "a connection whose tunnels are elsewhere": {"swanctl_conf": swanctl(), "vpn_json": json.dumps({"VpnConnections": [
        *json.loads(cloud())["VpnConnections"], {"VpnConnectionId": "vpn-0aaaaaaaaaaaaaaa0", "State": "deleted"}]})},
}


@pytest.mark.parametrize("what", ALL_READ)
def test_a_note_on_what_was_read_does_not(files, what):
    report = files.check("--fail-on", "never", *[name.replace("_", ".") for name in ALL_READ[what]], **ALL_READ[what], status=0)
    assert not any(one["fatal"] for one in report["problems"])


def test_nor_does_a_pair_of_the_projects_file_that_names_none_of_these(files):
    (files.folder / ".tunnelscope.yaml").write_text("pairs:\n  - {cloud: 192.0.2.7, gateway: elsewhere}\n")
    report = files.check(swanctl_conf=swanctl(), vpn_json=cloud(), status=0)
    assert [one["fatal"] for one in report["problems"]] == [False, False]


# ---- what two parts of a document say ----

CLOUD_V2 = json.loads(described(tunnel(IkeVersions=[{"Value": "ikev2"}]), CustomerGatewayConfiguration=BGP_XML))
INSIDE_XML = BGP_XML.replace("<ip_address>169.254.12.1</ip_address>",
                             "<ip_address>169.254.12.1</ip_address><network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr>")


def stages_of_cloud(files, xml=BGP_XML, **options):
    description = json.loads(json.dumps(CLOUD_V2))
    [connection] = description["VpnConnections"]
    connection["CustomerGatewayConfiguration"] = xml
    connection["Options"]["StaticRoutesOnly"] = False
    connection["Options"]["TunnelOptions"][0] |= options
    report = files.check(vpn_json=json.dumps(description, indent=1), ios_cfg=IOS_BGP)
    [one] = report["tunnels"]
    return {stage["stage"]: stage["verdict"] for stage in one["stages"]}, report["problems"]


def test_an_unknown_option_beside_the_one_that_it_resembles_leaves_no_stage_sure(files):
    stages, problems = stages_of_cloud(files, INSIDE_XML, Phase2DHGroupNumber=[{"Value": 20}])
    assert [one["reason"] for one in problems] == ["unknown option of a tunnel"] and "agrees" not in stages.values()


def test_an_option_under_two_names_is_not_known(files):
    assert stages_of_cloud(files, IKEVersions=[{"Value": "ikev1"}])[0]["ike-version"] == "unverified"


@pytest.mark.parametrize("inside, expected", [("169.254.12.0/30", "agrees"), ("169.254.13.0/30", "unverified")])
def test_the_inside_network_of_the_options_is_that_of_the_xml(files, inside, expected):
    assert stages_of_cloud(files, INSIDE_XML, TunnelInsideCidr=inside)[0]["bgp"] == expected


def test_a_deleted_connection_beside_a_live_one_is_told_and_no_tunnel(files):
    description = json.loads(json.dumps(CLOUD_V2))
    gone = json.loads(json.dumps(description["VpnConnections"][0])) | {"VpnConnectionId": "vpn-0aaaaaaaaaaaaaaaa", "State": "deleted"}
    description["VpnConnections"].insert(0, gone)
    report = files.check(vpn_json=json.dumps(description, indent=1), ios_cfg=IOS)
    assert [one["connection"] for one in report["tunnels"]] == ["vpn-0123456789abcdef0"]
    assert "deleted" in report["problems"][0]["reason"]


def test_aws_has_no_identities_to_change(files):
    text = IOS.replace(f" identity local address {GATEWAY}\n", " identity local fqdn branch.example.com\n")
    stage = files.stage("identity", ios_cfg=text, vpn_json=IOS_CLOUD)
    assert stage["cause"] == "identity-mismatch" and "cloud's end" not in json.dumps(stage.get("repair"))


def test_an_identity_that_follows_a_wrong_address_is_no_fault_of_its_own(files):
    wrong = IOS_CLOUD.replace(GATEWAY, "198.51.100.99")
    [one] = files.check("--cloud", "vpn.json", "--gateway", "ios.cfg", ios_cfg=IOS, vpn_json=wrong)["tunnels"]
    stages = {stage["stage"]: stage for stage in one["stages"]}
    assert stages["peer-address"]["cause"] == "peer-address-mismatch" and stages["identity"]["verdict"] == "unverified"


@pytest.mark.parametrize("word", ["dpdtimeout=3q", "retransmit-timeout=1x", "leftvti=169.254.12.2/3q"])
def test_a_value_of_libreswan_that_cannot_be_read_leaves_no_stage_sure(files, word):
    text = LIBRESWAN.replace("    retransmit-timeout=30\n", "") + f"    {word}\n"
    report = files.check(ipsec_conf=text, ipsec_secrets=SECRETS, vpn_json=cloud(), status=4)
    assert "agrees" not in {stage["verdict"] for stage in report["tunnels"][0]["stages"]}


@pytest.mark.parametrize("content, said", [
    (IOS.encode("utf-16"), "UTF-16"), (gzip.compress(IOS.encode()), "gzip"), (b"\x7fELF\0\0", "binary"), (b"PK\x03\x04", "zip"),
])
def test_a_file_that_is_no_text_is_called_what_it_is(files, content, said):
    tool.write_files(files.folder, {"r.cfg": content, "vpn.json": IOS_CLOUD.encode()})
    done = tool.run("check", "--gateway", "r.cfg", "--cloud", "vpn.json", cwd=files.folder)
    assert done.status == 4 and said in done.err


NEUTRAL = f"""tunnelscope-gateway: 1
tunnels:
  - name: a
    local-addresses: {GATEWAY}
    remote-addresses: {CLOUD}
    keys: KEYS
    single-child: no
"""


@pytest.mark.parametrize("old, new", [("KEYS", "lab.key"), ("KEYS", "[lab.key]"), ("single-child: no", "single-child: nq")])
def test_a_value_of_our_yaml_that_cannot_be_read_leaves_no_stage_sure(files, old, new):
    text = NEUTRAL.replace(old, new).replace("KEYS", f"[{{secret: {KEY}}}]")
    report = files.check(gateway_yaml=text, vpn_json=IOS_CLOUD, status=4)
    assert report["problems"][0]["reason"] == "its value cannot be read"
    assert {stage["verdict"] for stage in report["tunnels"][0]["stages"]} == {"unverified"}


def test_a_private_address_without_nat_traversal_is_told(files):
    text = IOS.replace(GATEWAY, "10.0.0.5").replace("crypto ikev2 policy", "no crypto ipsec nat-transparency udp-encapsulation\ncrypto ikev2 policy")
    stage = files.stage("peer-address", ios_cfg=text, vpn_json=IOS_CLOUD)
    assert stage["verdict"] == "unverified" and "NAT traversal is off" in stage["reason"]


def test_a_key_of_strongswan_that_is_filed_rightly_takes_the_identity_of_the_peer(files):
    stage = files.stage("authentication", swanctl_conf=swanctl().replace(f"id = {CLOUD}\n  }}\n  children", "id = %any\n  }\n  children"), vpn_json=cloud())
    assert stage["cause"] == "authentication-failed" and "remote-identity" in stage["repair"] and "instead of" not in stage["repair"]
