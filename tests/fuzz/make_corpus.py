#!/usr/bin/python3
"""Fills the fuzzers' starting corpora from samples/, kb/ and the records below, so that they begin at what is
valid. In: the source tree, a folder for the corpora. Out: one folder per target; seeds over 16 KiB are cut, which makes
them truncated inputs. Corpora of earlier runs are kept: libFuzzer adds to them."""
import gzip
import hashlib
import pathlib
import re
import sys

LONGEST = 16384


def keep(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    data = data[:LONGEST]
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def containers(root, corpus):
    """Every sample's input as a file on disk is, and unpacked when it is gzip."""
    for file in sorted(root.glob("samples/*/input/**/*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        keep(corpus / "containers", data)
        if data[:2] == b"\x1f\x8b":
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError):
                continue
            keep(corpus / "containers", data)
        for line in data.splitlines()[:20]:
            keep(corpus / "records", line)


def knowledge_base(root, corpus):
    """The first byte says which kind of file follows: see tests/fuzz/knowledge_base.cpp."""
    for kind, files in ((0, "kb/messages/**/*.yaml"), (2, "kb/causes/*.yaml"), (4, "kb/thresholds.yaml")):
        for file in sorted(root.glob(files)):
            keep(corpus / "knowledge_base", bytes([kind]) + file.read_bytes())
            keep(corpus / "knowledge_base", bytes([min(kind + 1, 4)]) + b"override: true\n" + file.read_bytes())


def patterns(root, corpus):
    """Each rule's pattern with each of the lines quoted in its file."""
    for file in sorted(root.glob("kb/messages/**/*.yaml")):
        text = file.read_text()
        found = re.search(r"^pattern: *'(.*)'\s*$", text, re.M)
        pattern = found[1].replace("''", "'") if found else file.stem
        for line in re.findall(r"^ +- (?:line: )?'(.*)'\s*$", text, re.M):
            keep(corpus / "pattern", f"{pattern}\n{line}".encode())


# As the targets number them: the text that a record or a table begins with. See sessions.cpp and csv.cpp.
RECORDS = {
    1: ['"connection-attempt-status":"failed","connection-attempt-failure-reason":"authorization-policy-deny",'
        '"connection-last-update-time":"2026-09-01 08:00:00","username":"ann","authorization-policy-evaluation":'
        '{"result":"error","evaluation-type":"periodic","shadow-mode":"disabled","device-token-status":'
        '{"crowdstrike":{"status":"failed","reason":"token-expired"}}},"posture-compliance-statuses":["unknown"]'],
    2: ['"connection-reset-status":"NA","connection-start-time":"2026-09-01 07:54:42","connection-end-time":'
        '"2026-09-01 08:00:00","connection-duration-seconds":"318","ingress-bytes":"12","egress-bytes":"34"'],
    3: ['"timestamp":"2026-03-01T10:00:00.000000Z","eventName":"client-disconnected","initiatorType":"Connector","log":'
        '{"sessionBytesIn":1,"sessionDisconnectReason":"Timeout","sessionStartTime":"2026-03-01T09:00:00.000000Z",'
        '"sessionEndTime":"2026-03-01T10:00:00.000000Z"}',
        '"timestamp":"2026-03-01T10:00:00.000000Z","eventName":"flow-established","log":{"allowed":false,'
        '"destinationEntityIp":"2001:db8::5","destinationPort":443,"protocol":"6"}',
        '"timestamp":"2026-03-01T10:00:00.000000Z","eventName":"traffic-blocked","log":{"priority":1,"eventName":"x"}'],
    4: ['"status":"FAILED","disconnectReason":"Subscription Limit Exceeded","sessionDurationSeconds":0'],
    5: ['"sessionId":"s","siteId":7,"protocol":"tcp","startedAt":1775210400,"endedAt":"1775210405","bytesTx":0'],
    6: ['"connection":{"id":"e755ba99988db558-24","client_ip":"203.0.113.7:40000","duration":30124,"rx":1,"tx":"2",'
        '"tunnel_path":"relayed"},"user":{"email":"xxx@xxx.com","id":"7"},"relays":[{"ip":"192.0.2.1","port":1}],'
        '"location":"{\\"geoip\\":{\\"city\\":\\"Porto\\"}}"'],
    7: ['"start_time":"2026-04-03 10:00:00.000000 UTC","status":"DNS_ERROR","resource_port":443'],
    8: ['"event_type":"denied_access","timestamp":1775210430124,"connector":{"id":"1"}}', '"event_type":'],
    9: ["s resource=12 proto=tcp dst=10.0.0.5:443 started=2026-04-03T10:00:00Z ended=2026-04-03T10:01:05.2Z duration=1m5.2s"],
    10: ["10.0.0.5:443: dial tcp 10.0.0.5:443: i/o timeout"],
    11: ["(retrying)"],
}
TABLES = {
    0: "s,3,acme,7,11,192.0.2.1:1,u1,100.90.128.3:51820,10.0.0.5:443,tcp,1775210400,1775210405,0,0",
    1: "fd00::5:51820,10.0.0.5:443,udp,1775210400,5,,,\"'=a \"\"b\"\"\"\n100.90.128.3,10.0.0.5:443,tcp,'-62135596800,,,,",
    2: "connection,2026-04-03T10:00:05Z,5,s,acme,100.90.128.3:1,10.0.0.5:443,tcp,1775210400,\r\nrequest,2026-04-03T10:00:05Z,,,,,,,,",
    3: "2026-04-03 10:00:00.000000 UTC,,ann@acme.example,7,d,192.0.2.1,c1,1,,443,db.internal,tcp,DNS_ERROR,0,0,",
    4: "acme,login,user,1775210400,ann",
    5: "2026-04-03 10:00:00.000,\"ANALYTICS {\"\"event_type\"\":\"\"denied_access\"\"}\"",
}


def sessions(_root, corpus):
    for kind, records in RECORDS.items():
        for record in records:
            keep(corpus / "sessions", bytes([kind]) + record.encode())
    for kind, rows in TABLES.items():
        keep(corpus / "csv", bytes([kind]) + rows.encode())


# The readers in the order of their table, which is what the first byte counts: see configurations.cpp and src/config/readers.cpp.
READERS, SWANCTL = 12, 5
CONFIGURATIONS = [
    b"crypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\ncrypto isakmp key 0 x.key address 203.0.113.10\n"
    b"crypto ipsec transform-set t esp-aes 256 esp-sha256-hmac\ncrypto map m 10 ipsec-isakmp\n set peer 203.0.113.10\n"
    b" set transform-set t\n match address a\nip access-list extended a\n deny ip host 10.0.0.1 any\n permit ip any any\n",
    b"set security ike proposal p dh-group group14\nset security ike policy q proposals p\n"
    b"set security ike policy q pre-shared-key ascii-text \"x.key\"\nset security ike gateway g ike-policy q\n"
    b"set security ike gateway g address 203.0.113.10\nset security ipsec vpn v ike gateway g\n"
    b"set security ipsec vpn v bind-interface st0.1\n",
    b"conn %default\n  ikev2=insist\nconn a\n  left=198.51.100.20\n  right=203.0.113.10\n  also=b\n  auto=start\ninclude second\n"
    b"\n%%%\n198.51.100.20 203.0.113.10 : PSK \"x.key\"\n",
    b"Resources:\n  A:\n    Type: AWS::EC2::VPNConnection\n    Properties:\n      Type: ipsec.1\n      CustomerGatewayId: !Ref C\n",
    b'<vpn_connection id="vpn-1"><ipsec_tunnel><ike><pre_shared_key>x.key</pre_shared_key></ike></ipsec_tunnel></vpn_connection>',
]


def configurations(root, corpus):
    """The configurations of samples/check and those above, each for every reader; those of the lab for their own."""
    files = [file.read_bytes() for pattern in ("*.conf", "plan.json") for file in sorted(root.glob(f"samples/check/**/{pattern}"))]
    for file in sorted(root.glob("tests/lab/**/*.swanctl.conf")):
        keep(corpus / "configurations", bytes([SWANCTL]) + file.read_bytes())
    pages = re.findall(r"^```yaml\n(tunnelscope-gateway.*?)^```", (root / "docs/gateway-yaml.md").read_text(), re.M | re.S)
    for text in [*files, *CONFIGURATIONS, *(page.encode() for page in pages)]:
        for reader in range(READERS):
            keep(corpus / "configurations", bytes([reader]) + text)


def journals(root, corpus):
    """Lines of the samples, cut small and large, with little room and much: see journal.cpp."""
    for file in sorted(file for file in root.glob("samples/*/input/*") if file.is_file())[::8]:
        text = file.read_bytes()[:2048]
        for cut, room in ((3, 1), (40, 200)):
            keep(corpus / "journal", bytes([cut, room]) + text)


if __name__ == "__main__":
    top, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for fill in (containers, knowledge_base, patterns, sessions, configurations, journals):
        fill(top, out)
    for name in ("containers", "records", "knowledge_base", "pattern", "sessions", "csv", "configurations", "journal"):
        keep(out / name, b"\n")
        print(f"{name}: {sum(1 for _ in (out / name).iterdir())} seeds")
