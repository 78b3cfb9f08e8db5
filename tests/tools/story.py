# Tells the log of Site-to-Site VPN tunnels: a Story has a clock and tunnels, a Tunnel emits IKE and BGP records.
# In: calls such as establish(), rekey_child(), stay_up(). Out: Story.records(), a list of (stream, envelope_ms, record).
# Written from shared/facts alone. Documented texts pass through Wording; all else that a real endpoint would
# say is in no document, so it comes in several invented wordings: no reader may depend on one of them.
# The same seed gives the same records, byte for byte.
import random
from datetime import datetime, timezone

V1, V2 = "ikev1", "ikev2"
UP, REKEYING, NEGOTIATING, DOWN = "established", "rekeying", "negotiating", "down"
MINUTE, HOUR, DAY = 60, 3600, 86400

# Documented messages (facts section 3 and 4.1), placeholders as str.format fields.
DPD_V1 = "Peer is not responsive - Declaring peer dead"
DPD_V2 = "AWS tunnel DPD timed out after {retries} retransmits"
PSK_V1 = "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key"
PSK_V2 = "AWS tunnel detected a pre-shared key mismatch with cgw: {cgw}"
AUTH_FAILED = "AWS tunnel is sending AUTHENTICATION_FAILED as the response"
NO_PROPOSAL = "No Proposal Match Found by AWS"
NO_PROPOSAL_NOTIFY = 'No Proposal Match Found. Notifying with "No proposal chosen"'
PHASE2_FAILED = "AWS tunnel Phase 2 was unable to establish while keeping Phase 1"
TS_UNACCEPTABLE = "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder"
HALF_OPEN = "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: {cgw}"
DELETE_IKE = "AWS tunnel received DELETE for IKE_SA from CGW"
DELETE_CHILD = "AWS tunnel received DELETE for Phase 2 SA with SPI: {spi}"
COLLISION = "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE"
REDUNDANT = "AWS tunnel (CHILD_SA) redundant SA is being deleted due to detected collision"
PROCESSED_REQUEST = "AWS tunnel processed request (id={id}) for {exchange}"
SENDING_RESPONSE = "AWS tunnel is sending response (id={id}) for {exchange}"
SENDING_REQUEST = "AWS tunnel is sending request (id={id}) for {exchange}"
PROCESSED_RESPONSE = "AWS tunnel processed response (id={id}) for {exchange}"
BGP_CHANGE = "AWS-side peer BGP session state has changed from {old} to {new} with neighbor {neighbor}"
CEASE = {1: "Maximum Number of Prefixes Reached", 2: "Administrative Shutdown", 3: "Peer Unconfigured",
         4: "Administrative Reset", 5: "Connection Rejected", 6: "Other Configuration Change",
         7: "Connection Collision Resolution"}

# What no document shows: invented, in four wordings. "inferred" is what facts 3.1 expects, "skinned" sounds like
# strongSwan in AWS's mouth, "foreign" like neither, and "tempting" has the words of faults in lines that are none.
CHATTER = {
    "inferred": ["Sending DPD request with seq_no: {n}", "Received DPD response with seq_no: {n}",
                 "AWS tunnel is sending request (id={next}) for INFORMATIONAL",
                 "AWS tunnel processed response (id={last}) for INFORMATIONAL"],
    "skinned": ["AWS tunnel is sending DPD probe to cgw: {cgw} (seq {n})",
                "AWS tunnel got DPD acknowledgement from cgw: {cgw} (seq {n})",
                "AWS tunnel sends NAT keep-alive to {cgw}[4500]",
                "AWS tunnel queued liveness task {n}, nothing to do"],
    "foreign": ["tunnel health sample {n}: ok, latency {m} ms", "vpn endpoint worker {m}: timer wheel advanced by {n}",
                "AWS tunnel liveness confirmed by {cgw}, {m} ms", "flow table has {n} entries, {m} aged out"],
    "tempting": ["AWS tunnel received DPD response from cgw: {cgw}, DPD timer restarted",
                 "AWS tunnel pre-shared key for cgw: {cgw} was read from the store",
                 "AWS tunnel Phase 1 IKE_SA with cgw: {cgw} checked, next Timeout check in {m} s",
                 "AWS tunnel CHILD_REKEY due in {n} s, no collision expected", "Proposal Match Found by AWS, cached {n} times",
                 "AWS tunnel Traffic Selector cache refreshed, {m} entries", "Peer is responsive, {m} ms"],
}
HANDSHAKE_V1 = {
    "inferred": ["Initiating Main Mode with cgw: {cgw}", "NAT traversal detection: no NAT between endpoints",
                 "Phase 1 proposal selected: AES256/SHA2-256/MODP2048"],
    "skinned": ["AWS tunnel received Main Mode request from cgw: {cgw}", "AWS tunnel selected Phase 1 proposal AES_CBC_256"],
    "foreign": ["key exchange stage 1 with {cgw} took {m} ms", "key exchange stage 2 with {cgw} took {m} ms"],
    "tempting": ["AWS tunnel payload decryption was successful", "AWS tunnel proposal for Phase 1 IKE_SA with cgw: {cgw} agreed"],
}
QUICK_V1 = {
    "inferred": ["Quick Mode: Phase 2 SA with SPI {spi} negotiated"],
    "skinned": ["AWS tunnel parsed QUICK_MODE request, installing SA {spi}"],
    "foreign": ["data plane entry {spi} written in {m} ms"],
    "tempting": ["AWS tunnel Phase 2 SA with SPI: {spi} is in use, old one kept until its DELETE"],
}
RETRANSMIT = {
    "inferred": ["AWS tunnel retransmit {n} of request with message ID {last}"],
    "skinned": ["AWS tunnel repeats its request to cgw: {cgw}, attempt {n}"],
    "foreign": ["no answer from {cgw} yet, {n} tries so far"],
    "tempting": ["AWS tunnel DPD request {n} repeated, not timed out yet"],
}


def epoch(text):
    """Seconds since 1970 of "2026-03-02T08:00:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def readable(ms):
    """AWS's readable form: "2025-11-08 05:40:29.641Z"."""
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.") + f"{ms % 1000:03d}Z"


def rfc3339(ms):
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


class Wording:
    """How an endpoint words its messages and fills optional fields. Plain by default; Wording.varied(rng) is anything
    that the facts call possible: case, white space, dashes, state case, Boolean form, unit of event_timestamp, missing keys."""

    def __init__(self):
        self.dash, self.case, self.wide_blanks = " - ", "as-is", False
        self.state_case, self.booleans, self.unit = "lower", "json", "s"
        self.with_readable = False
        self.omitted = ()

    @classmethod
    def varied(cls, rng):
        w = cls()
        w.dash = rng.choice([" - ", " \u2013 ", " \u2014 ", " \u2022 ", " \u2010 ", "  -  ", " \u2212 "])
        w.case = rng.choice(["as-is", "as-is", "lower", "upper"])
        w.wide_blanks = rng.random() < 0.4
        w.state_case = rng.choice(["lower", "title", "upper"])
        w.booleans = rng.choice(["json", "True", "lower"])
        w.unit = rng.choice(["s", "s", "ms"])
        w.with_readable = rng.random() < 0.5
        w.omitted = tuple(k for k in ("dpd_enabled", "nat_t_detected") if rng.random() < 0.3)
        return w

    def say(self, text, rng):
        text = text.replace(" - ", self.dash)
        if self.case != "as-is":
            text = getattr(text, self.case)()
        if self.wide_blanks:
            text = "".join(c if c != " " else rng.choice([" ", "  ", "\t"]) for c in text)
        return text

    def state(self, state):
        return getattr(state, self.state_case)()

    def boolean(self, value):
        return {"json": value, "True": str(value), "lower": str(value).lower()}[self.booleans]


class Story:
    def __init__(self, seed=0, start="2026-03-02T08:00:00", wording=None, chatter=None, chat_every=300.0):
        self.rng = random.Random(f"story {seed}")
        self.start = epoch(start) + self.rng.randrange(0, 600)
        self.wording = wording or Wording()
        self.chatter = chatter or self.rng.choice(sorted(CHATTER))
        self.chat_every = chat_every  # seconds between routine lines, roughly
        self.tunnels = []
        self._records = []

    def tunnel(self, ike=V2, vpn="vpn-0a1b2c3d4e5f60718", ip="203.0.113.17", **options):
        tunnel = Tunnel(self, ike, vpn, ip, **options)
        self.tunnels.append(tunnel)
        return tunnel

    def pair(self, ike=V2, vpn="vpn-0a1b2c3d4e5f60718", ips=("203.0.113.17", "203.0.113.98"), **options):
        """The two tunnels of one connection."""
        return [self.tunnel(ike, vpn, ip, **options) for ip in ips]

    def add(self, stream, t, record):
        self._records.append((stream, int(t * 1000), record))

    def records(self):
        return sorted(self._records, key=lambda r: r[1])


class Tunnel:
    """One tunnel with its own clock `t` (seconds since 1970). Two tunnels of a story are told one after the other;
    Story.records() brings their records into the order of time."""

    def __init__(self, story, ike, vpn, ip, cgw="198.51.100.20", stream_style="-", nat=False, dpd=True,
                 neighbor="169.254.50.85", rekeys_by=None):
        self.story, self.rng, self.ike, self.vpn, self.ip, self.cgw = story, story.rng, ike, vpn, ip, cgw
        self.style, self.nat, self.dpd, self.neighbor = stream_style, nat, dpd, neighbor
        self.rekeys_by = rekeys_by or self.rng.choice(["aws", "gateway"])
        self.t = story.start
        self.p1 = self.p2 = DOWN
        self.spi = self._new_spi()
        self.next_child = self.next_ike = None  # when the next rekey is due
        self._fresh_ids()
        self.probe = self.rng.randrange(100, 5000)

    # Identity and clock.

    @property
    def id(self):
        return f"{self.vpn}/{self.ip}"

    def stream(self, kind="IKE"):
        return f"{self.vpn}{self.style}{self.ip}-{kind}.log"

    def wait(self, low, high=None):
        self.t += low if high is None else self.rng.uniform(low, high)
        return self

    # One record.

    def log(self, text, p1=None, p2=None, after=0.0, documented=True, **fields):
        """One IKE record `after` seconds later; p1 and p2 become the tunnel's states from here on."""
        self._tick(after)
        self.p1, self.p2 = p1 or self.p1, p2 or self.p2
        text = text.format(**{"cgw": self.cgw, "spi": self.spi, "id": 0, "retries": 3, "n": self.probe,
                              "m": self.rng.randrange(2, 90), **fields})
        w = self.story.wording
        ms = int(self.t * 1000)
        record = {"event_timestamp": ms if w.unit == "ms" else ms // 1000}
        if w.with_readable:
            record["timestamp"] = readable(ms)
        record["details"] = w.say(text, self.rng) if documented else text
        record.update({"dpd_enabled": w.boolean(self.dpd), "nat_t_detected": w.boolean(self.nat),
                       "ike_phase1_state": w.state(self.p1), "ike_phase2_state": w.state(self.p2)})
        for key in w.omitted:
            del record[key]
        self.story.add(self.stream(), self.t, record)
        return self

    def murmur(self, table, after=0.0, p1=None, p2=None, **fields):
        """One line that is in no document, in this story's wording. IKEv2's message ids go on as they must."""
        text = self.rng.choice([x for x in table[self.story.chatter] if self.ike == V2 or "(id=" not in x])
        self.probe += 1
        last, following = max(self.aws_id - 1, 0), self.aws_id
        self.aws_id += "{next}" in text
        return self.log(text, p1, p2, after, documented=False, **{"last": last, "next": following, **fields})

    def chatter(self, after=0.0, p1=None, p2=None):
        return self.murmur(CHATTER, after, p1, p2)

    def chat_until(self, end, every=None):
        """Routine lines up to `end`; the clock then stands at `end`."""
        every = every or self.story.chat_every
        while True:
            step = self.rng.uniform(0.6, 1.4) * every
            if self.t + step >= end:
                break
            self.chatter(step)
        self.t = max(self.t, end)
        return self

    # Life of a healthy tunnel.

    def establish(self, by="gateway"):
        """A handshake that works: both phases are up after a second."""
        self._fresh_ids()
        if self.ike == V2:
            self._exchange(by, 0, "IKE_SA_INIT", NEGOTIATING, DOWN)
            self._exchange(by, 1, "IKE_AUTH", NEGOTIATING, NEGOTIATING, UP, UP)
            self.gateway_id, self.aws_id = (2, 0) if by == "gateway" else (0, 2)
        else:
            for line in HANDSHAKE_V1[self.story.chatter]:
                self.log(line, NEGOTIATING, DOWN, after=0.2, documented=False)
            self.murmur(QUICK_V1, 0.3, UP, NEGOTIATING)
            self.chatter(0.2, UP, UP)
        self._child_born()
        self.next_ike = self.t + self.rng.uniform(28260, 28530)
        return self

    def establish_child(self, by="gateway"):
        """A new Phase 2 SA under the Phase 1 that is up."""
        if self.ike == V2:
            self._child_exchange(by, UP, NEGOTIATING)
            self.chatter(0.2, UP, UP)
        else:
            self.murmur(QUICK_V1, 0.3, UP, NEGOTIATING)
            self.chatter(0.2, UP, UP)
        self._child_born()
        return self

    def rekey_child(self, by=None, delete=True):
        """A Phase 2 rekey as it should be: exchange, then the DELETE for the old SPI."""
        old = self.spi
        by = by or self.rekeys_by
        if self.ike == V2:
            self._child_exchange(by, UP, REKEYING)
            if delete:
                self.log(DELETE_CHILD, p2=UP, after=self.rng.uniform(0.0, 0.3), spi=old)
            else:
                self.chatter(0.2, UP, UP)
        else:
            self.murmur(QUICK_V1, 0.1, UP, REKEYING)
            if delete:
                self.log(DELETE_CHILD, UP, UP, after=self.rng.uniform(0.2, 1.5), spi=old)
            else:
                self.chatter(0.3, UP, UP)
        self._child_born()
        return self

    def rekey_ike(self, by=None):
        """A Phase 1 rekey (IKEv1: a second Main Mode): the DELETE for the old IKE SA finds Phase 1 established."""
        by = by or self.rekeys_by
        if self.ike == V2:
            self._child_exchange(by, REKEYING, UP)
            self.log(DELETE_IKE, UP, UP, after=0.1)
        else:
            for line in HANDSHAKE_V1[self.story.chatter]:
                self.log(line, REKEYING, UP, after=0.2, documented=False)
            self.log(DELETE_IKE, UP, UP, after=0.3)
        self._fresh_ids()
        self.next_ike = self.t + self.rng.uniform(28260, 28530)
        return self

    def stay_up(self, seconds, every=None):
        """`seconds` of ordinary life: routine lines, hourly Phase 2 rekeys, a Phase 1 rekey after eight hours."""
        end = self.t + seconds
        while True:
            due = min(self.next_child, self.next_ike)
            if due >= end:
                return self.chat_until(end, every)
            self.chat_until(due, every)
            if due == self.next_ike:
                self.rekey_ike()
            else:
                self.rekey_child()

    def already_up(self, age_child=None):
        """The log begins when the tunnel has been up for a while."""
        self.p1 = self.p2 = UP
        self.gateway_id, self.aws_id = self.rng.randrange(5, 400), self.rng.randrange(5, 4000)
        age = age_child if age_child is not None else self.rng.uniform(60, 2900)
        self.next_child = self.t - age + self.rng.uniform(3060, 3330)
        self.next_ike = self.t + self.rng.uniform(3600, 25000)
        return self.chatter(1.0)

    # What goes wrong.

    def dpd_death(self, retries=3):
        """The peer stops answering; the endpoint retransmits and gives up. Both phases are down."""
        for n in range(1, retries + 1):
            self.murmur(RETRANSMIT, 10.0 if n == 1 else self.rng.uniform(4, 12), n=n)
        if self.ike == V2:
            return self.log(DPD_V2, DOWN, DOWN, after=self.rng.uniform(5, 10), retries=retries)
        return self.log(DPD_V1, DOWN, DOWN, after=self.rng.uniform(5, 10))

    def unanswered(self, lines, p1=NEGOTIATING, p2=DOWN, end_p1=DOWN):
        """One failed handshake: the gateway (IKEv2: with an IKE_SA_INIT that is answered) starts, then `lines`."""
        self._fresh_ids()
        if self.ike == V2:
            self._exchange("gateway", 0, "IKE_SA_INIT", NEGOTIATING, DOWN)
        else:
            self.murmur(HANDSHAKE_V1, 0.1, NEGOTIATING, DOWN)
        for line in lines[:-1]:
            self.log(line, p1, p2, after=self.rng.uniform(0.02, 0.3))
        return self.log(lines[-1], end_p1, p2, after=self.rng.uniform(0.02, 0.3))

    def aws_calls(self, answered=False):
        """The endpoint starts a handshake, and it dies half open."""
        self._fresh_ids()
        self.log(SENDING_REQUEST, NEGOTIATING, DOWN, id=0, exchange="IKE_SA_INIT")
        if answered:
            self.log(PROCESSED_RESPONSE, after=0.1, id=0, exchange="IKE_SA_INIT")
            self.log(SENDING_REQUEST, after=0.05, id=1, exchange="IKE_AUTH")
        for n in (1, 2, 3):
            self.murmur(RETRANSMIT, self.rng.uniform(3, 8), n=n)
        return self.log(HALF_OPEN, DOWN, DOWN, after=self.rng.uniform(5, 10))

    def retry(self, seconds, attempt, low=10, high=30):
        """Calls attempt() every `low` to `high` seconds for `seconds`."""
        end = self.t + seconds
        while self.t < end:
            attempt()
            self.wait(low, high)
        return self

    # BGP.

    def bgp(self, text, status, after=0.0, **fields):
        self._tick(after)
        details = text.format(**{"neighbor": self.neighbor, **fields})
        self._bgp_record("BGPStatus", status, {"details": self.story.wording.say(details, self.rng)})
        return self

    def bgp_change(self, old, new, after=0.0):
        return self.bgp(BGP_CHANGE, "UP" if new == "Established" else "DOWN", after, old=old, new=new)

    def bgp_establish(self):
        fields = f"- version 4, AS 64512, holdtime 30, router-id {self.neighbor}"
        self.bgp("AWS-side peer is initiating a connection (via Connect) to neighbor {neighbor}", "DOWN", 1.0)
        self.bgp_change("Idle", "Connect", 0.1)
        self.bgp_change("Connect", "OpenSent", 0.2)
        self.bgp("AWS-side peer sent an OPEN message to neighbor {neighbor} " + fields, "DOWN", 0.05)
        self.bgp("AWS-side peer received an OPEN message from neighbor {neighbor} " + fields, "DOWN", 0.1)
        self.bgp_change("OpenSent", "OpenConfirm", 0.1)
        self.bgp_change("OpenConfirm", "Established", 0.1)
        self.bgp("AWS-side peer received update with attributes from neighbor {neighbor} - AS path: 64512", "UP", 0.5)
        return self.bgp("AWS-side peer sent an End-of-RIB message to neighbor {neighbor}", "UP", 0.2)

    def bgp_lost(self, after=0.0):
        return self.bgp_change("Established", "Idle", after)

    def bgp_fails_to_connect(self, seconds, every=60):
        """Connect, Active and back, for `seconds`: TCP 179 is never answered."""
        end = self.t + seconds
        while self.t < end:
            self.bgp_change("Idle", "Connect", 0.5)
            self.bgp_change("Connect", "Active", self.rng.uniform(15, 25))
            self.wait(every * 0.8, every * 1.2)
        return self

    def route(self, status, prefix="10.20.0.0/16", after=0.0, as_path="64512", denied=None):
        self._tick(after)
        message = {"prefix": prefix, "asPath": as_path, "localPref": 100, "med": 100, "nextHopIp": self.neighbor,
                   "weight": 32768}
        if denied:
            message["details"] = self.story.wording.say(f"DENIED due to: {denied}", self.rng)
        self._bgp_record("RouteStatus", status, message)
        return self

    # Parts.

    def _tick(self, seconds):
        self.t += seconds + 0.0015  # no two records of a tunnel have the same millisecond

    def _bgp_record(self, kind, status, message):
        ms = int(self.t * 1000)
        record = {"resource_id": f"{self.vpn}_{self.ip}", "event_timestamp": ms, "timestamp": readable(ms),
                  "type": kind, "status": status, "message": message}
        self.story.add(self.stream("BGP"), self.t, record)

    def _exchange(self, by, number, exchange, p1, p2, end_p1=None, end_p2=None):
        first, second = (PROCESSED_REQUEST, SENDING_RESPONSE) if by == "gateway" else (SENDING_REQUEST, PROCESSED_RESPONSE)
        self.log(first, p1, p2, after=0.1, id=number, exchange=exchange)
        self.log(second, end_p1, end_p2, after=0.1, id=number, exchange=exchange)

    def _child_exchange(self, by, p1, p2):
        number = self.gateway_id if by == "gateway" else self.aws_id
        self._exchange(by, number, "CREATE_CHILD_SA", p1, p2)
        if by == "gateway":
            self.gateway_id += self.rng.randrange(2, 40)
        else:
            self.aws_id += self.rng.randrange(2, 400)

    def _child_born(self):
        self.spi = self._new_spi()
        lead = 3060 if self.rekeys_by == "aws" else 3000
        self.next_child = self.t + self.rng.uniform(lead, 3330)

    def _fresh_ids(self):
        self.gateway_id = self.aws_id = 0

    def _new_spi(self):
        return f"{self.rng.randrange(0xc0000000, 0xcfffffff):08x}"
