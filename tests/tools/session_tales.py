# What may go wrong with user sessions, and what must not alarm anybody: one function a tale, over session_story.py.
# In: a seed. Out: a Log. Beside each tale stands what a report must say of it, from contract/causes.md, table
# "User sessions": a fault that lasts to the end of the log has the table's severity, a critical one that is over is a
# warning at most.
from dataclasses import dataclass, field

from session_story import HOUR, MINUTE, ClientVpn, CloudConnexa, CloudConnexaApi, Log, Pangolin, PangolinAgent, Twingate

CATALOGUE = {}
HANDLER = "client-connect-handler-"


@dataclass
class Tale:
    name: str
    tell: callable                 # seed -> Log
    system: str                    # as in sessions[].system
    cause: str | None = None       # None: a healthy log
    severity: tuple = ()           # one of these
    role: tuple = ("root-cause",)
    absent: tuple = ()             # root causes that it is not
    ongoing: bool | None = None
    options: dict = field(default_factory=dict)

    @property
    def status(self):
        return 0 if self.cause is None or self.severity == ("info",) else 1


def tale(system, cause=None, severity="warning", role=("root-cause",), absent=(), ongoing=None):
    def register(tell):
        name = tell.__name__.replace("_", "-")
        severities = (severity,) if isinstance(severity, str) else severity
        CATALOGUE[name] = Tale(name, tell, system, cause, severities if cause else (), role, absent, ongoing)
        return tell
    return register


def day(log: Log, **options):
    log.working_day(**options)
    return log


# AWS Client VPN.

VPN, CC, PAN, TWG = "aws-client-vpn", "cloudconnexa", "pangolin", "twingate"


@tale(VPN, "authorization-handler-failing", "critical", ongoing=True)
def client_vpn_handler_fails_for_everyone(seed):
    log = day(ClientVpn(seed))
    t = log.end()
    for attempt in range(3):
        for number in range(12, 18):
            t += log.rng.uniform(5, 40)
            reason = "timed-out" if log.rng.random() < 0.7 else log.rng.choice(["throttled", "service-error"])
            log.fail(t, number, log.people[number], HANDLER + reason)
    return log


@tale(VPN, "authorization-handler-failing", "warning", ongoing=False)
def client_vpn_handler_failed_and_recovered(seed):
    log = ClientVpn(seed)
    t = log.start
    for number in range(12, 17):
        for attempt in range(2):
            t += log.rng.uniform(5, 40)
            reason = log.rng.choice(["invalid-response", "other-execution-error"])
            log.fail(t, number, log.people[number], HANDLER + reason)
    log.start = t + 20 * MINUTE
    return day(log)


@tale(VPN, "authorization-handler-failing", "warning")
def client_vpn_handler_fails_for_one_user(seed):
    """Two of fourteen attempts within ten minutes."""
    log = ClientVpn(seed)
    for number in range(12):
        session = log.connect(log.start + number * 40, number, log.people[number])
        log.disconnect(session, log.start + 3 * HOUR + number * log.rng.uniform(200, 900))
    for attempt in range(2):
        log.fail(log.start + 130 + 150 * attempt, 14, log.people[14], HANDLER + "throttled")
    return log


@tale(VPN, "posture-denied")
def client_vpn_posture_rejected(seed):
    log = day(ClientVpn(seed))
    t = log.start + 2 * HOUR
    for attempt in range(4):
        t += log.rng.uniform(30, 300)
        log.fail(t, 13, log.people[13], "client-connect-failed", posture=["quarantined"])
    return log


def verdict(result, kind="connection-attempt", shadow="disabled", token=None):
    policy = {"result": result, "evaluation-type": kind, "shadow-mode": shadow, "reason": "policy-deny"}
    if token:
        policy["device-token-status"] = {"crowdstrike": {"status": "failed", "reason": token}}
    return policy


PERMIT = {"result": "permit", "evaluation-type": "connection-attempt", "shadow-mode": "disabled",
          "device-token-status": {"crowdstrike": {"status": "validated"}}}


@tale(VPN, "authorization-policy-denied")
def client_vpn_policy_denies(seed):
    log = day(ClientVpn(seed))
    t = log.start + 2 * HOUR
    for attempt in range(4):
        t += log.rng.uniform(30, 300)
        log.fail(t, 13, log.people[13], "authorization-policy-deny", policy=verdict("deny"))
    return log


@tale(VPN, "authorization-policy-denied")
def client_vpn_policy_error_for_want_of_a_device_token(seed):
    log = day(ClientVpn(seed))
    t = log.start + 2 * HOUR
    for number in (13, 14, 13, 14, 13):
        t += log.rng.uniform(30, 300)
        log.fail(t, number, log.people[number], "authorization-policy-deny",
                 policy=verdict("error", token=log.rng.choice(["token-expired", "token-malformed"])))
    return log


@tale(VPN, "authorization-policy-denied")
def client_vpn_policy_ends_sessions(seed):
    log = day(ClientVpn(seed))
    for number in (13, 14):
        session = log.connect(log.start + HOUR + number, number, log.people[number], policy=PERMIT)
        log.disconnect(session, log.start + 3 * HOUR + log.rng.uniform(0, 900), policy=verdict("deny", "periodic"))
    log.doubtful = {"failed"}
    return log


@tale(VPN, "authorization-policy-denied", "info", role=("context",))
def client_vpn_policy_in_shadow_mode(seed):
    log = day(ClientVpn(seed))
    for number in (13, 14, 15):
        policy = verdict("deny", shadow="enabled")
        session = log.connect(log.start + HOUR * (number - 12), number, log.people[number], policy=policy)
        log.disconnect(session, log.start + HOUR * (number - 9) + log.rng.uniform(0, 900))
    return log


@tale(VPN, "login-abandoned", "info", role=("root-cause", "context"))
def client_vpn_login_abandoned(seed):
    log = day(ClientVpn(seed, saml=True))
    for attempt in range(3):
        log.waiting(log.start + 2 * HOUR + attempt * 400 + log.rng.uniform(0, 60), 13, log.people[13])
    log.doubtful = {"connections", "users", "failed"}
    return log


@tale(VPN, "authentication-failures")
def client_vpn_one_user_fails_to_authenticate(seed):
    log = day(ClientVpn(seed))
    t = log.start + 2 * HOUR
    for attempt in range(4):
        t += log.rng.uniform(10, 60)
        log.fail(t, 13, log.people[13], "authentication-failed")
    return log


@tale(VPN, "authentication-failures", "critical", ongoing=True)
def client_vpn_nobody_can_authenticate(seed):
    log = day(ClientVpn(seed))
    t = log.end()
    for attempt in range(2):
        for number in range(12, 20):
            t += log.rng.uniform(5, 25)
            log.fail(t, number, log.people[number], "authentication-failed")
    return log


@tale(VPN, "credential-guessing")
def client_vpn_accounts_are_guessed(seed):
    log = day(ClientVpn(seed))
    t = log.start + 3 * HOUR
    for number in range(12, 22):
        for attempt in range(2):
            t += log.rng.uniform(2, 20)
            log.fail(t, number, log.people[number], "authentication-failed", address="192.0.2.66")
    return log


def churning(log, times, seconds):
    """Sessions of `seconds` or less, one after the other, of one client."""
    t = log.start + HOUR
    for _ in range(times):
        session = log.connect(t, 13, log.people[13])
        lived = log.rng.randrange(5, seconds)
        log.disconnect(session, t + lived)
        t += lived + log.rng.uniform(5, 300)
    return log


@tale(VPN, "authentication-failures", absent=("credential-guessing",))
def client_vpn_office_behind_one_address(seed):
    """Everybody comes from the office's address; some mistype their password first."""
    log = ClientVpn(seed)
    for number in range(12):
        t = log.start + number * log.rng.uniform(100, 300)
        for attempt in range(2 if number < 6 else 0):
            log.fail(t + attempt * 20, number, log.people[number], "authentication-failed", address="192.0.2.10")
        session = log.connect(t + 60, number, log.people[number], address="192.0.2.10")
        log.disconnect(session, t + 4 * HOUR + log.rng.uniform(0, 4 * HOUR))
    return log


@tale(VPN, "session-churn")
def client_vpn_session_churn(seed):
    return churning(day(ClientVpn(seed)), 24, 55)


def mass_end(log, end, crowd=14, staying=4, **options):
    """`crowd` sessions of all ages end within 40 seconds, `staying` others go on."""
    t = log.start + 8 * HOUR
    for number in range(crowd + staying):
        name = f"user{number:02d}"
        session = log.connect(log.start + 1200 + number * log.rng.uniform(300, 900), number, name, **options)
        if number < crowd:
            end(session, t + log.rng.uniform(0, 40))
    log.connect(t + 15 * MINUTE, 25, "late")
    return log


@tale(VPN, "mass-disconnect", absent=("session-timeout", "agent-restart"))
def client_vpn_mass_disconnect(seed):
    log = ClientVpn(seed)
    return mass_end(log, log.disconnect)


@tale(VPN, "session-timeout", "info", role=("root-cause", "context"), absent=("mass-disconnect", "session-churn"))
def client_vpn_sessions_end_at_the_limit(seed):
    log = ClientVpn(seed)
    for number in range(9):
        start = int(log.start + number * log.rng.uniform(400, 900))
        session = log.connect(start, number, log.people[number])
        log.disconnect(session, start + 8 * HOUR + log.rng.randrange(0, 3))
    return day(log, people=3)


@tale(VPN, "one-way-traffic")
def client_vpn_nothing_returns(seed):
    log = day(ClientVpn(seed))
    for number in (13, 14, 15, 16):
        session = log.connect(log.start + HOUR + number * 60, number, log.people[number])
        sent = log.rng.randrange(40_000, 900_000)
        log.disconnect(session, log.start + 2 * HOUR + log.rng.uniform(0, 3000), traffic=(0, sent))
    return log


@tale(VPN, "unlisted-failure")
def client_vpn_unlisted_reason(seed):
    log = day(ClientVpn(seed))
    for number in (13, 14, 13):
        log.fail(log.start + 2 * HOUR + log.rng.uniform(0, 900), number, log.people[number], "address-pool-exhausted")
    return log


# CloudConnexa.

@tale(CC, "authentication-failures")
def cloudconnexa_one_user_fails_to_authenticate(seed):
    log = day(CloudConnexaApi(seed))
    for attempt in range(4):
        log.fail(log.start + 2 * HOUR + attempt * 45, 13, log.people[13], "Authentication Failed")
    return log


@tale(CC, "credential-guessing")
def cloudconnexa_accounts_are_guessed(seed):
    log = day(CloudConnexaApi(seed))
    for number in range(12, 22):
        t = log.start + 2 * HOUR + number * 17
        log.fail(t, number, log.people[number], "Authentication Failed", address="192.0.2.66")
    return log


@tale(CC, "unlisted-failure")
def cloudconnexa_unlisted_reason(seed):
    log = day(CloudConnexaApi(seed))
    for number in (13, 14, 13):
        t = log.start + 2 * HOUR + log.rng.uniform(0, 900)
        log.fail(t, number, log.people[number], "Profile Revision Outdated")
    return log


@tale(CC, "session-churn")
def cloudconnexa_session_churn(seed):
    return churning(day(CloudConnexa(seed)), 24, 55)


@tale(CC, "session-churn")
def cloudconnexa_connector_churn(seed):
    log = day(CloudConnexa(seed))
    t = log.start + HOUR
    for _ in range(25):
        session = log.connect(t, 13, "branch-berlin", joins_site=True)
        lived = log.rng.randrange(70, 400)
        log.disconnect(session, t + lived, reason="Connection Lost")
        t += lived + log.rng.uniform(5, 60)
    return log


@tale(CC, "mass-disconnect", absent=("session-timeout", "agent-restart"))
def cloudconnexa_mass_disconnect(seed):
    log = CloudConnexa(seed)
    return mass_end(log, lambda session, t: log.disconnect(session, t, reason="Connection Lost"))


@tale(CC, "session-timeout", "info", role=("root-cause", "context"), absent=("mass-disconnect", "session-churn"))
def cloudconnexa_sessions_end_at_the_limit(seed):
    log = CloudConnexa(seed)
    for number in range(9):
        start = int(log.start + number * log.rng.uniform(400, 900))
        session = log.connect(start, number, log.people[number])
        log.disconnect(session, start + 6 * HOUR + log.rng.randrange(0, 2), reason="Session Expired")
    return day(log, people=3)


@tale(CC, "access-denied")
def cloudconnexa_access_denied(seed):
    log = day(CloudConnexa(seed))
    for number in (2, 3, 2, 3, 2):
        log.flow(log.start + 3 * HOUR + log.rng.uniform(0, 1800), number, log.people[number], "10.40.0.9", 22, False)
        log.flow(log.start + 3 * HOUR + log.rng.uniform(0, 1800), number, log.people[number], "10.40.0.5", 443, True)
    return log


@tale(CC, "one-way-traffic")
def cloudconnexa_nothing_returns(seed):
    log = day(CloudConnexa(seed))
    for number in (13, 14, 15, 16):
        session = log.connect(log.start + HOUR + number * 60, number, log.people[number])
        sent = log.rng.randrange(40_000, 900_000)
        log.disconnect(session, log.start + 2 * HOUR + log.rng.uniform(0, 3000), traffic=(0, sent))
    return log


@tale(CC, "subscription-limit")
def cloudconnexa_over_the_limit(seed):
    log = day(CloudConnexa(seed))
    for number in (13, 14, 15, 16):
        t = log.start + 4 * HOUR + number * 31
        log.disconnect(log.connect(t, number, log.people[number]), t + 2, (0, 0), "Subscription Limit Exceeded",
                       "The number of connections exceeds the subscription")
    log.doubtful = {"failed"}
    return log


@tale(CC, "log-stream-paused", "info", role=("root-cause", "context"))
def cloudconnexa_stream_paused(seed):
    log = day(CloudConnexa(seed))
    bucket = {"aws-s3-bucket": "example-logs", "aws-region": "eu-central-1"}
    log.event(log.start + 2 * HOUR, "log-stream-paused", bucket, category="Audit.Admin")
    log.event(log.start + 2.5 * HOUR, "log-stream-started", bucket, category="Audit.Admin")
    return log


@tale(CC, "threat-blocked", "info", role=("root-cause", "context"))
def cloudconnexa_threat_blocked(seed):
    log = day(CloudConnexa(seed))
    who = log.client(2, log.people[2])
    for number in range(3):
        t = log.start + 3 * HOUR + number * 77
        log.event(t, "traffic-blocked", {
            "signatureId": 2024792 + number, "eventName": "ET MALWARE Example Checkin",
            "classification": "A Network Trojan was detected", "priority": 1, "category": "Malware", "protocol": "TCP",
            "sourceIp": "100.96.0.4", "sourcePort": 51000 + number, "destinationIp": "203.0.113.200",
            "destinationPort": 8080}, who, "Security.CyberShieldBlockedTraffic")
        log.event(t + 9, "domain-blocked", {"domain": "malware.example.net", "category": "Malware", "queryType": "A",
                                            "protocol": "UDP"}, who, "Security.CyberShieldBlockedDomains")
    return log


# Pangolin.

@tale(PAN, "resource-unreachable", "critical", absent=("session-churn", "mass-disconnect"))
def pangolin_resource_drops_everything(seed):
    log = day(Pangolin(seed))
    t = log.start + 2 * HOUR
    while t < log.start + 3 * HOUR:
        log.row(t, log.rng.choice([5, 5, 5, 5, 4, 6]), log.rng.randrange(5), 15, dest="10.20.0.9:8443")
        t += log.rng.uniform(60, 240)
    return log


@tale(PAN, "resource-unreachable", "critical", absent=("session-churn", "mass-disconnect"))
def pangolin_resource_refuses_everything(seed):
    log = day(Pangolin(seed))
    t = log.start + 2 * HOUR
    while t < log.start + 3 * HOUR:
        log.row(t, log.rng.choice([0, 0, 0, 0, 1]), log.rng.randrange(5), 15, dest="10.20.0.9:8443")
        t += log.rng.uniform(40, 180)
    return log


@tale(PAN, "resource-unreachable", ("warning", "critical"))
def pangolin_agent_names_the_error(seed):
    log = PangolinAgent(seed)
    t = log.start
    for number in range(30):
        t += log.rng.uniform(20, 90)
        log.access(t, log.rng.randrange(7, 200), number % 5, 11, "10.20.0.5:443")
    for number in range(8):
        t += log.rng.uniform(20, 90)
        log.access(t, 5, number % 5, 15, "10.20.0.9:8443")
        log.say(t + 5, "TCP Forwarder: Failed to connect to 10.20.0.9:8443: dial tcp 10.20.0.9:8443: i/o timeout")
    return log


@tale(PAN, "agent-restart")
def pangolin_site_restarts(seed):
    log = day(Pangolin(seed), hours=1.0)
    end = max(r["endedAt"] for _, _, r in log.records()) + 60
    for number in range(9):
        start = log.start + 1800 + number * log.rng.uniform(20, 90)
        log.row(start, end - int(start), number, log.rng.choice([11, 12, 13]))
    log.start = end + 240
    return day(log, hours=1.0)


@tale(PAN, "agent-restart")
def pangolin_agent_shuts_down(seed):
    log = PangolinAgent(seed)
    end = int(log.start + 2 * HOUR)
    for number in range(9):
        start = int(log.start + number * log.rng.uniform(100, 600))
        log.access(start, end - start, number, 11, "10.20.0.5:443", " (shutdown)")
    for number in range(12):
        log.access(end + 200 + number * 50, log.rng.randrange(7, 40), number % 5, 11, "10.20.0.5:443")
    return log


@tale(PAN, "mass-disconnect", absent=("agent-restart",))
def pangolin_mass_disconnect(seed):
    log = day(Pangolin(seed))
    end = log.start + 2.5 * HOUR
    for number in range(16):
        start = int(log.start + 3000 + number * log.rng.uniform(100, 300))
        log.row(start, int(end + number * 2.5) - start, number, 12)
    return log


@tale(PAN, "session-timeout", "info", role=("root-cause", "context"),
      absent=("mass-disconnect", "resource-unreachable"))
def pangolin_sessions_end_at_the_limit(seed):
    log = Pangolin(seed)
    for number in range(12):
        log.row(log.start + number * log.rng.uniform(150, 400), 3600 + log.rng.randrange(0, 2), number, 12)
    return day(log, people=1, hours=2.0)


# Twingate.

@tale(TWG, "resource-unreachable", "critical", ongoing=True, absent=("dns-failure",))
def twingate_resource_fails_for_everyone(seed):
    log = day(Twingate(seed), avoid=("1172",))
    t = log.start + 1.5 * HOUR
    while t < log.start + 2 * HOUR:
        log.fail(t, log.rng.randrange(8), "1172", "CONNECTION_FAILED")
        t += log.rng.uniform(20, 150)
    return log


@tale(TWG, "resource-unreachable", absent=("dns-failure",))
def twingate_resource_fails_at_one_connector(seed):
    log = day(Twingate(seed))
    t = log.start + 0.8 * HOUR
    while t < log.start + 1.8 * HOUR:
        log.fail(t, log.rng.randrange(8), "1172", "CONNECTION_FAILED", "108")
        if log.rng.random() < 0.6:
            log.close(log.establish(t + 20, log.rng.randrange(8), "1172", "109"), t + 90)
        t += log.rng.uniform(60, 200)
    return log


@tale(TWG, "dns-failure", absent=("resource-unreachable",))
def twingate_name_is_not_resolved(seed):
    log = day(Twingate(seed), avoid=("1173",))
    t = log.start + HOUR
    while t < log.start + 2 * HOUR:
        log.fail(t, log.rng.randrange(8), "1173", log.rng.choice(["DNS_ERROR", "DNS lookup error"]), no_address=True)
        t += log.rng.uniform(60, 300)
    return log


@tale(TWG, "access-denied")
def twingate_access_denied(seed):
    log = day(Twingate(seed))
    for number in (4, 5, 4, 4):
        log.fail(log.start + HOUR + log.rng.uniform(0, 900), number, "1174", "Access to the resource is denied",
                 kind="denied_access")
    log.doubtful = {"connections", "failed"}
    return log


@tale(TWG, "mass-disconnect", absent=("agent-restart",))
def twingate_mass_disconnect(seed):
    log = day(Twingate(seed))
    end = log.start + 1.7 * HOUR
    for number in range(16):
        conn = log.establish(log.start + 600 + number * log.rng.uniform(50, 200), number, "1174", "108")
        log.close(conn, end + number * 2.5)
    for number in range(40):  # the connector goes on serving meanwhile
        conn = log.establish(end - 100 + number * 5, number % 8, "1171", "108")
        log.close(conn, conn["start"] + 4)
    return log


@tale(TWG, "agent-restart")
def twingate_connector_restarts(seed):
    log = day(Twingate(seed, connectors=["109"]), hours=2.0)
    end = log.start + 1.2 * HOUR
    for number in range(9):
        log.close(log.establish(log.start + 900 + number * log.rng.uniform(60, 200), number, "1174", "108"),
                  end + number * 0.05)
    for number in range(12):
        conn = log.establish(end + 300 + number * 30, number % 8, "1171", "108")
        log.close(conn, conn["start"] + log.rng.uniform(5, 25))
    return log


@tale(TWG, "session-timeout", "info", role=("root-cause", "context"), absent=("mass-disconnect",))
def twingate_connections_end_at_the_limit(seed):
    log = day(Twingate(seed), people=1)
    for number in range(12):
        conn = log.establish(log.start + number * log.rng.uniform(100, 300), number, "1174")
        log.close(conn, conn["start"] + 3600 + log.rng.uniform(0, 0.9))
    return log


@tale(TWG, "connector-offline", "critical", ongoing=True)
def twingate_connector_goes_offline(seed):
    log = day(Twingate(seed))
    log.say(log.start, "State: Online")
    log.say(log.end() + 5, log.rng.choice(["State: Offline", "State: Error"]))
    return log


@tale(TWG, "connector-offline", "warning", ongoing=False)
def twingate_connector_was_offline(seed):
    log = day(Twingate(seed))
    log.say(log.start, "State: Online")
    log.say(log.start + HOUR, "State: Offline")
    log.say(log.start + HOUR + 300, "State: Online")
    return log


@tale(TWG, "relayed-traffic", "info", role=("root-cause", "context"))
def twingate_most_traffic_is_relayed(seed):
    return day(Twingate(seed, version=("v1", "v2")[hash_of(seed) % 2]), relayed=0.9)


def hash_of(seed):
    return sum(map(ord, str(seed)))


def complaining(seed, lines, times=4):
    log = day(Twingate(seed))
    log.say(log.start, "State: Online")
    for number in range(times):
        log.say(log.start + HOUR + number * log.rng.uniform(20, 90), log.rng.choice(lines))
    return log


@tale(TWG, "connector-clock-drift")
def twingate_connector_clock_drifts(seed):
    return complaining(seed, ["failed to get an access token: Invalid token",
                              "failed to get SD: Invalid token, err code 1",
                              "token verification failed: token expired"])


@tale(TWG, "connector-credentials", "critical")
def twingate_connector_tokens_are_gone(seed):
    log = day(Twingate(seed), hours=1.0)
    for number in range(4):
        log.say(log.end() + log.rng.uniform(20, 60), "Gone, code 410")
    return log


@tale(TWG, "connector-file-limit")
def twingate_connector_runs_out_of_files(seed):
    return complaining(seed, ["Too many open files (os error 24)"])


@tale(TWG, "relay-unreachable")
def twingate_relay_unreachable(seed):
    return complaining(seed, ['Failed to preconnect a relay listener "ice://any": 110 (Connection timed out)',
                              "relay relay-7.example.com is not available, disconnect"])


# What must stay silent.

@tale(VPN)
def client_vpn_healthy_saml(seed):
    return day(ClientVpn(seed, saml=True))


@tale(VPN)
def client_vpn_healthy_certificates(seed):
    """Without user names, one session of a whole day, sessions without a close, updates in between."""
    log = day(ClientVpn(seed, certificates=True, variant=("new", "seed", "old")[hash_of(seed) % 3]), hours=30, people=4)
    long = log.connect(log.start + 600, 14, log.people[14])
    log.disconnect(long, log.start + 600 + 24 * HOUR)
    for session in log.sessions[::3]:
        log.update(session, session["start"] + 300)
    return log


@tale(VPN)
def client_vpn_healthy_policy_permits(seed):
    log = ClientVpn(seed)
    for number in range(10):
        session = log.connect(log.start + number * 400, number, log.people[number], policy=PERMIT,
                              posture=["compliant"])
        log.disconnect(session, log.start + 4 * HOUR + number * log.rng.uniform(300, 900),
                       policy={**PERMIT, "evaluation-type": "periodic"})
    return log


@tale(CC)
def cloudconnexa_healthy(seed):
    """Users, a connector that stays, flows that are allowed, and the sign of life of the stream."""
    log = day(CloudConnexa(seed, header=("publicIp", "initiatorPublicIp", "clientPublicIp", "")[hash_of(seed) % 4]))
    log.connect(log.start + 60, 13, "branch-berlin", joins_site=True)
    log.event(log.start + 30, "test-message", None, category="Activity.Admin")
    for number in range(20):
        log.flow(log.start + HOUR + number * 200, number % 8, log.people[number % 8], "10.40.0.5", 443, True)
    return log


@tale(CC)
def cloudconnexa_healthy_dump_of_sessions(seed):
    return day(CloudConnexaApi(seed))


@tale(PAN)
def pangolin_healthy(seed):
    """Zero byte counters, DNS of a minute, merged bursts, rows without a client, UDP of five seconds, and one row that
    looks like a failure."""
    log = day(Pangolin(seed), people=8)
    for number in range(3):
        log.row(log.start + 900 * number + 5, 3 + number * 9, number, 11, merged=True)
        log.row(log.start + 1000 * number + 700, 30 + number, number, 11, client=False)
    for number in range(12):  # five seconds of UDP are no dial timeout
        log.row(log.start + 300 * number, 5, number % 4, 16, "udp", dest="10.20.0.60:514")
    log.row(log.start + HOUR, 5, 3, 11)
    log.row(log.start + HOUR, None, 4, 12)
    return log


@tale(PAN)
def pangolin_agent_healthy(seed):
    log = PangolinAgent(seed)
    log.say(log.start - 3, "Newt version 1.15.0")
    for number in range(30):
        t = log.start + number * log.rng.uniform(40, 80)
        log.access(t, log.rng.randrange(7, 400), number % 6, 11, "10.20.0.5:443",
                   " (reaped)" if number % 9 == 8 else "")
    return log


@tale(TWG)
def twingate_healthy(seed):
    """Some relayed, some never closed, UDP of seconds, a service account, the benign line of a token's renewal."""
    log = day(Twingate(seed, version=("v1", "v2")[hash_of(seed) % 2]), relayed=0.2)
    log.say(log.start, "State: Online")
    for number in range(3):
        log.say(log.start + 600 + number * 1800,
                '{"error":true,"status":403,"service":"Access Manager","message":"Token is expired."}')
        log.establish(log.end() - 900 + number, number, "1171")
        log.close(log.establish(log.start + 300 * number + 10, 9, "1171", service=True), log.start + 300 * number + 40)
    return log


def tell(name, seed=0):
    return CATALOGUE[name].tell(seed)
