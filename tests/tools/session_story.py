# Tells the logs of user sessions: AWS Client VPN, CloudConnexa, Pangolin, Twingate.
# In: calls such as connect(), disconnect(), working_day(). Out: Log.records(), a list of (stream, ms, record) in the
# order of time, where a record is the system's own JSON object, or text for the lines of an agent; and Log.truth, what
# a report must count. Written from facts/session-logs.md alone; every name and address is reserved for documentation.
# The same seed gives the same records, byte for byte. What goes wrong in them is in session_tales.py.
import random
from collections import defaultdict
from datetime import datetime, timezone

from story import epoch, rfc3339

MINUTE, HOUR, DAY = 60, 3600, 86400
PEOPLE = """ada bela chidi dora emil freya goran hana imre jonas kaya lotte milan nora oskar petra quentin rosa samir
tilda ulrich vera wanda xenia yusuf zora""".split()


def stamp(seconds, form="%Y-%m-%d %H:%M:%S"):
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime(form)


class Log:
    """A clock `t` (seconds since 1970), the records so far, and what a reader must find in them."""
    system = stream = ""

    def __init__(self, seed=0, start="2026-04-13T07:00:00", **options):
        self.rng = random.Random(f"{self.system} {seed}")
        self.start = self.t = epoch(start) + self.rng.randrange(600)
        self.options = options
        self._records = []
        self.truth = defaultdict(lambda: {"connections": 0, "failed": 0, "users": set()})
        self.people = list(PEOPLE)
        self.doubtful = set()  # counts that the documents leave open for this tale
        self.prepare()

    def prepare(self):
        """What a system needs before its first record."""

    def records(self):
        return sorted(self._records, key=lambda r: r[1])

    def end(self):
        """Second of the last record so far."""
        return max(ms for _, ms, _ in self._records) / 1000

    def add(self, t, record):
        self._records.append((self.stream, int(t * 1000), record))

    def count(self, group, user, failed=False):
        entry = self.truth[group]
        entry["connections"] += 1
        entry["failed"] += failed
        if user:
            entry["users"].add(user)

    def hex(self, digits):
        return f"{self.rng.randrange(16 ** digits):0{digits}x}"

    def uuid(self):
        h = self.hex(32)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:]}"

    def home(self, number):
        """The address of a user's own line."""
        return f"198.51.100.{10 + number % 240}"

    def traffic(self, seconds):
        """Bytes of an ordinary session: (to the client, from the client)."""
        down = int(seconds * self.rng.uniform(800, 90_000)) + 4000
        return down, int(down * self.rng.uniform(0.05, 0.4)) + 2000

    def working_day(self, people=8, hours=9.0):
        """Ordinary sessions of `people` users that end by themselves, some still open at the end of the log."""
        for number, name in enumerate(self.people[:people]):
            self.day_of(number, name, hours)

    def day_of(self, number, name, hours):
        t, end = self.start + self.rng.uniform(0, 5400), self.start + hours * HOUR
        while t < end - HOUR:
            length = self.rng.uniform(900, 5 * HOUR)
            session = self.connect(t, number, name)
            if t + length < end:
                self.disconnect(session, t + length)
            t += length + self.rng.uniform(600, 5400)


class ClientVpn(Log):
    """variant: `new` (2026), `seed` (without IPv6 and duration), `old` (2020: no reset status either)."""
    system = "aws-client-vpn"

    def prepare(self):
        self.variant = self.options.get("variant", "new")
        self.saml = self.options.get("saml", False)
        self.certificates = self.options.get("certificates", False)
        self.endpoint = f"cvpn-endpoint-0{self.hex(16)}"
        self.stream = f"{self.endpoint}-eu-west-1-2026/04/13-{self.hex(12)}"
        self.leases = 1
        self.sessions = []

    def record(self, t, kind, session, status="NA", reset="NA", reason="NA", end=None, traffic=(0, 0), policy=None,
               posture=None, lived=None):
        """One record. `traffic` is (to the client, from the client), `lived` whether the attempt became a session."""
        lived = kind == "connection-reset" or status == "successful" if lived is None else lived
        down, up = traffic
        record = {
            "connection-log-type": kind, "connection-attempt-status": status, "connection-reset-status": reset,
            "connection-attempt-failure-reason": reason, "connection-id": session["id"],
            "client-vpn-endpoint-id": self.endpoint, "transport-protocol": session["protocol"],
            "connection-start-time": stamp(session["start"]) if lived else "NA",
            "connection-last-update-time": stamp(t), "client-ip": session["lease"] if lived else "NA",
            "client-ip-v6": "NA", "common-name": session["name"] + ".vpn.example.com",
            "device-type": session["os"], "device-ip": session["address"], "port": str(session["port"]),
            "ingress-bytes": str(up), "egress-bytes": str(down), "ingress-packets": str(up // 700),
            "egress-packets": str(down // 900), "connection-end-time": stamp(end) if end else "NA",
            "connection-duration-seconds": str(int(end) - int(session["start"])) if end else "0" if lived else "NA",
            "username": session["user"]}
        if self.variant != "new":
            del record["client-ip-v6"], record["connection-duration-seconds"]
        if self.variant == "old":
            del record["connection-reset-status"], record["client-ip"]
        if self.certificates:
            del record["username"]
        if policy:
            record["authorization-policy-evaluation"] = policy
        if posture:
            record["posture-compliance-statuses"] = posture
        self.add(t, record)

    def session(self, t, number, name, address=None):
        self.leases += 1
        return {"id": f"cvpn-connection-0{self.hex(16)}", "name": name, "start": int(t),
                "user": f"{name}@example.com", "address": address or self.home(number),
                "os": ("mac", "win", "linux")[number % 3], "protocol": ("udp", "tcp")[number % 4 == 3],
                "port": self.rng.randrange(20000, 60000),
                "lease": f"10.200.{self.leases // 250}.{self.leases % 250 + 2}"}

    def counted(self, session, failed=False):
        user = session["name"] + ".vpn.example.com" if self.certificates else session["user"]
        self.count(self.endpoint, user, failed)

    def connect(self, t, number, name, address=None, policy=None, posture=None):
        if self.saml:
            login = self.waiting(t, number, name, address)
            self.record(t + 14, "connection-reset", login, reset="assertion-received", end=t + 14)
            t += 17
        session = self.session(t, number, name, address)
        self.record(t, "connection-attempt", session, "successful", policy=policy, posture=posture)
        self.counted(session)
        self.sessions.append(session)
        return session

    def waiting(self, t, number, name, address=None):
        session = self.session(t, number, name, address)
        self.record(t, "connection-attempt", session, "waiting-for-assertion", lived=False)
        return session

    def disconnect(self, session, t, traffic=None, policy=None):
        t = int(t)
        down, up = self.traffic(t - session["start"]) if traffic is None else traffic
        self.record(t, "connection-reset", session, end=t, traffic=(down, up), policy=policy)

    def update(self, session, t):
        """The record of a session that goes on, written again with the bytes so far: it replaces, and is not summed."""
        self.record(t, "connection-attempt", session, "successful", traffic=self.traffic(t - session["start"]))

    def fail(self, t, number, name, reason, address=None, policy=None, posture=None):
        session = self.session(t, number, name, address)
        self.record(t, "connection-attempt", session, "failed", reason=reason, policy=policy, posture=posture)
        self.counted(session, failed=True)


class CloudConnexa(Log):
    """header: which of the documented spellings of the client's address the events carry."""
    system, stream = "cloudconnexa", "cloudconnexa-stream"
    REGION, REGION_NAME, GATEWAY, CLOUD = "eu-central-1", "Frankfurt", "eu-fra-dc1-g1", "example-org"
    SYSTEMS = [("macOS", "Ventura (13.3.1)"), ("Windows", "11 Pro (22H2)"), ("Linux", "Debian GNU/Linux 12 (bookworm)")]

    def prepare(self):
        self.header = self.options.get("header", "initiatorPublicIp")
        self.leases = 1
        self.devices = {}

    def event(self, t, name, log, who=None, category="Security.Logins"):
        event = {"CloudConnexaLogVersion": 1, "timestamp": stamp(t, "%Y-%m-%dT%H:%M:%S.000000Z"), "cloudId": self.CLOUD,
                 "service": "CloudConnexa", "traceId": self.uuid()}
        if who:
            if self.header:
                event[self.header] = who["address"]
            event |= {"initiator": who["device"], "initiatorType": "Connector" if who["joins_site"] else "Device",
                      "initiatorName": who["device_name"], "parentEntity": who["parent"],
                      "parentEntityType": "NetworkOrHost" if who["joins_site"] else "User",
                      "parentEntityName": who["user"]}
        event |= {"category": category, "eventName": name}
        if log is not None:
            event["log"] = log
        self.add(t, event)

    def client(self, number, name, joins_site=False, address=None):
        """The same device at every call, with its address of the day."""
        if name not in self.devices:
            self.devices[name] = {"device": self.uuid(), "uuid": self.uuid().upper(), "parent": self.uuid()}
        return {**self.devices[name], "user": name if joins_site else name.title() + " Example",
                "device_name": f"{name}-{'connector' if joins_site else 'laptop'}", "joins_site": joins_site,
                "address": address or self.home(number), "os": self.SYSTEMS[number % 3]}

    def connect(self, t, number, name, joins_site=False, gateway=None):
        self.leases += 1
        who = self.client(number, name, joins_site)
        session = {"who": who, "start": int(t), "gateway": gateway or self.GATEWAY, "log": {
            "clientUUID": who["uuid"], "clientOsType": who["os"][0], "clientOsVersion": who["os"][1],
            "sessionProtocol": "UDP", "clientPublicIp": who["address"], "sessionStartTime": self.iso(t),
            "clientTunnelIpV4": f"100.96.{self.leases // 250}.{self.leases % 250 + 2}",
            "clientTunnelIpV6": f"fd:0:0:{8100 + self.leases:x}::2", "clientSessionId": self.hex(24),
            "gatewayRegionName": self.REGION_NAME, "gatewayRegion": self.REGION,
            "gatewayId": gateway or self.GATEWAY, "sessionTunnelProtocol": "OpenVPN"}}
        self.event(t, "client-connected", dict(session["log"]), who)
        self.count(self.REGION, None if joins_site else who["user"])  # a Connector is no user
        return session

    def disconnect(self, session, t, traffic=None, reason="User Disconnected", description="null"):
        t = int(t)
        down, up = self.traffic(t - session["start"]) if traffic is None else traffic
        self.event(t, "client-disconnected", {
            "sessionBytesIn": down, "sessionBytesOut": up, "sessionDisconnectReason": reason, **session["log"],
            "sessionDurationSeconds": t - session["start"], "sessionEndTime": self.iso(t),
            "sessionDisconnectReasonDescription": description}, session["who"])

    def flow(self, t, number, name, address, port, allowed):
        who = self.client(number, name)
        self.event(t, "flow-established", {
            "sourceEntityType": "Device", "sourceEntityId": who["device"], "sourceParentType": "User",
            "sourceParentId": who["parent"], "sourceParentName": who["user"], "sourceGatewayRegion": self.REGION,
            "sourceGatewayRegionName": self.REGION_NAME, "sourceIp": f"100.96.0.{number + 2}",
            "destinationEntityType": "Network", "destinationEntityId": "6582c5be4203d502df0f0001",
            "destinationEntityIp": address, "destinationGatewayRegion": self.REGION,
            "destinationGatewayRegionName": self.REGION_NAME, "destinationPort": port, "protocol": "6",
            "protocolName": "TCP", "allowed": allowed}, who, "Activity.AV")

    def iso(self, t):
        return stamp(t, "%Y-%m-%dT%H:%M:%S.000000Z")


class CloudConnexaApi(Log):
    """Rows of a dump of the public session API: one row a session, whatever became of it."""
    system, stream = "cloudconnexa", "cloudconnexa-sessions"
    REGION = "eu-central-1"

    def row(self, t, number, name, status, length=None, traffic=None, reason=None, description=None, address=None):
        """`length` in seconds; none: it goes on, or never began."""
        down, up = traffic or ((0, 0) if length is None else self.traffic(length))
        user = name.title() + " Example"
        self.add(t, {
            "id": self.hex(24), "userName": user, "email": f"{name}@example.com", "deviceName": f"{name}-laptop",
            "connectorName": None, "networkName": None, "osType": "Windows", "region": self.REGION, "status": status,
            "disconnectReason": reason, "disconnectReasonDescription": description, "bytesIn": down, "bytesOut": up,
            "protocol": "UDP", "publicIp": address or self.home(number), "tunnelIpV4": f"100.96.1.{number + 2}",
            "tunnelIpV6": None, "sessionStartTime": stamp(t, "%Y-%m-%dT%H:%M:%SZ"),
            "sessionEndTime": stamp(t + (length or 0), "%Y-%m-%dT%H:%M:%SZ") if status != "ACTIVE" else None,
            "sessionDurationSeconds": int(length or 0) if status != "ACTIVE" else None})
        self.count(self.REGION, user, failed=status == "FAILED")

    def day_of(self, number, name, hours):
        t, end = self.start + self.rng.uniform(0, 5400), self.start + hours * HOUR
        while t < end - HOUR:
            length = int(self.rng.uniform(900, 5 * HOUR))
            over = t + length < end
            self.row(t, number, name, "COMPLETED" if over else "ACTIVE", length if over else None,
                     reason="User Disconnected" if over else None)
            t += length + self.rng.uniform(600, 5400)

    def fail(self, t, number, name, reason, description=None, address=None):
        self.row(t, number, name, "FAILED", reason=reason, description=description, address=address)


class Pangolin(Log):
    """Rows as the database has them; what a container leaves out or adds is its own affair."""
    system, stream = "pangolin", "pangolin"
    ORG, SITE = "example-org", 4
    RESOURCES = {11: "10.20.0.5:443", 12: "10.20.0.6:22", 13: "10.20.0.7:5432", 14: "10.20.0.53:53"}

    def row(self, start, length, number, resource, protocol="tcp", site=None, dest=None, merged=False, client=True,
            traffic=(0, 0)):
        """`length` in seconds; none: the row has no end. `merged`: a burst, whose source has no port."""
        start = int(start)
        source = f"100.90.128.{number + 2}"
        self.add(start, {
            "sessionId": self.hex(16), "siteResourceId": resource, "orgId": self.ORG, "siteId": site or self.SITE,
            "clientId": 100 + number if client else None, "clientEndpoint": f"{self.home(number)}:{51820 + number}",
            "userId": f"usr{self.people[number]}000001" if client else None,
            "sourceAddr": source if merged else f"{source}:{self.rng.randrange(20000, 60000)}",
            "destAddr": dest or self.RESOURCES[resource], "protocol": protocol, "startedAt": start,
            "endedAt": None if length is None else start + int(length), "bytesTx": traffic[0], "bytesRx": traffic[1]})
        self.count(str(site or self.SITE), f"usr{self.people[number]}000001" if client else None)

    def working_day(self, people=6, hours=3.0, every=400.0, site=None):
        """Flows of all lengths, among them DNS queries over UDP of about a minute, the agent's idle time."""
        for number in range(people):
            t = self.start + self.rng.uniform(0, every)
            while t < self.start + hours * HOUR:
                if self.rng.random() < 0.25:
                    self.row(t, self.rng.choice([60, 60, 61]), number, 14, "udp", site)
                else:
                    self.row(t, self.rng.choice([2, 3, 9, 17, 40, 95, 260, 610]) + self.rng.randrange(0, 3) * 4,
                             number, self.rng.choice([11, 12, 13]), site=site)
                t += self.rng.uniform(0.5, 1.5) * every


class PangolinAgent(Log):
    """Lines of newt, the site agent. Their prefix is in UTC here."""
    system, stream = "pangolin", "newt"

    def say(self, t, text, level="INFO"):
        self.add(t, f"{level}: {stamp(t, '%Y/%m/%d %H:%M:%S')} {text}")

    def access(self, t, length, number, resource, dest, how=""):
        session, source = self.hex(16), f"100.90.128.{number + 2}:{self.rng.randrange(20000, 60000)}"
        begun = rfc3339(int(t) * 1000).replace(".000", "")
        about = f"session={session} resource={resource} proto=tcp src={source} dst={dest}"
        self.say(t, f"ACCESS START {about} time={begun}")
        if length is not None:
            over = rfc3339(int(t + length) * 1000).replace(".000", "")
            self.say(t + length, f"ACCESS END{how} {about} started={begun} ended={over} duration={int(length)}s")


class Twingate(Log):
    """ANALYTICS events and, as text, service lines of the connectors. version: `v1` or `v2`."""
    system, stream = "twingate", "twingate-connector"
    NETWORK = {"id": "535", "name": "Office VPC"}
    CONNECTORS = {"108": "proud-otter", "109": "calm-heron"}
    RESOURCES = {"1171": ("git.corp.example.com", "10.30.0.5", 443), "1172": ("db.corp.example.com", "10.30.0.6", 5432),
                 "1173": ("wiki.corp.example.com", "10.30.0.7", 443), "1174": ("10.30.0.8", "10.30.0.8", 22)}

    def prepare(self):
        self.version = self.options.get("version", "v2")

    def event(self, t, kind, conn, extra=None, relayed=False):
        number, connector, resource = conn["number"], conn["connector"], conn["resource"]
        address, ip, port = self.RESOURCES[resource]
        connection = {"client_ip": conn.get("address") or self.home(number), "id": conn["id"], "protocol": "tcp",
                      "resource_ip": ip, "resource_port": port, **(extra or {})}
        event = {"connection": connection, "connector": {"id": connector, "name": self.CONNECTORS[connector]},
                 "device": {"id": conn["device"]}, "event_type": kind, "relays": [],
                 "remote_network": dict(self.NETWORK), "resource": {"address": address, "id": resource},
                 "timestamp": int(t * 1000)}
        if conn.get("service"):
            event["service_account"] = {"id": "77", "key": "s3cr3t-of-the-service", "key_id": "k-12",
                                        "name": "build-robot"}
        else:
            event["user"] = {"email": f"{self.people[number]}@example.com", "id": str(1400 + number)}
        if self.version == "v2":
            connection |= {"cbct_freshness": self.rng.randrange(-97, 300),
                           "tunnel_path": "relayed" if relayed else "direct", "tunnel_proto": "quic/udp"}
            event["location"] = '{"geoip":{"city":"Berlin","country":"DE","lat":52.5,"lon":13.4,"region":"BE"}}'
        if relayed:
            event["relays"] = [{"ip": "203.0.113.179", "name": "relaybalancer+https://relays.example.com",
                                "port": 30000}]
        self.add(t, event)

    def conn(self, t, number, resource=None, connector=None, service=False):
        number_in_log = self.rng.randrange(1 << 20)
        name = (f"{self.hex(8)}-{self.hex(8)}-b-3000003-{int(t):x}-{number_in_log:x}" if self.version == "v1"
                else f"{self.hex(16)}-{self.rng.randrange(1, 400)}")
        return {"id": name, "number": number, "start": t, "service": service,
                "resource": resource or self.rng.choice(sorted(self.RESOURCES)),
                "connector": connector or self.rng.choice(self.options.get("connectors", sorted(self.CONNECTORS))),
                "device": f"{number:08X}-CC2F-48D8-8EFC-EE26E7F8EF9C"}

    def counted(self, conn, failed=False):
        user = "build-robot" if conn["service"] else f"{self.people[conn['number']]}@example.com"
        self.count(self.NETWORK["name"], user, failed)

    def establish(self, t, number, resource=None, connector=None, relayed=False, service=False):
        conn = self.conn(t, number, resource, connector, service) | {"relayed": relayed}
        self.event(t, "established_connection", conn, relayed=relayed)
        self.counted(conn)
        return conn

    def close(self, conn, t):
        down, up = self.traffic(t - conn["start"])
        self.event(t, "closed_connection", conn, {"duration": round((t - conn["start"]) * 1000), "rx": down, "tx": up},
                   conn["relayed"])

    def fail(self, t, number, resource, error, connector=None, kind="failed_to_connect", no_address=False):
        conn = self.conn(t, number, resource, connector)
        extra = {"error_message": error} | ({"resource_ip": ""} if no_address else {})
        self.event(t, kind, conn, extra)
        if kind == "failed_to_connect":
            self.counted(conn, failed=True)
        else:
            self.truth[self.NETWORK["name"]]["users"].add(f"{self.people[number]}@example.com")

    def working_day(self, people=5, hours=2.0, every=1100.0, avoid=(), relayed=0.1):
        """Connections of seconds to minutes; `avoid` names resources that nobody uses meanwhile."""
        usable = sorted(set(self.RESOURCES) - set(avoid))
        for number in range(people):
            t = self.start + self.rng.uniform(0, every)
            while t < self.start + hours * HOUR:
                conn = self.establish(t, number, self.rng.choice(usable), relayed=self.rng.random() < relayed)
                self.close(conn, t + self.rng.uniform(1, 300))
                t += self.rng.uniform(0.5, 1.5) * every

    def say(self, t, text):
        """A service line; its time is the prefix's, which journald gives in seconds."""
        self.add(int(t), text)
