# What can happen to a tunnel: one function a story, told through tests/tools/story.py from the documented facts.
# In: a Story (seeded, with a wording) and an IKE version. Out: its records; the decorator says what must be found.
# The samples tell each story once with a fixed seed; the property tests tell it many times with other seeds.
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from story import *  # noqa: E402,F403

BOTH = (V1, V2)
CATALOGUE = {}


@dataclass
class Tale:
    """What a story must lead to. `primary`: causes of which one must be the primary cause of the tunnels `of` names
    (None: not asserted); `findings`: causes that must be among the findings; `absent`: never as a root cause; `silent`:
    no warning at all."""
    name: str
    tell: Callable
    versions: tuple
    primary: tuple | None
    of: str
    findings: tuple
    absent: tuple
    silent: bool


def tale(primary=None, ike=(V2,), of="first", findings=(), absent=(), silent=False):
    def register(function):
        causes = (primary,) if isinstance(primary, str) else primary
        CATALOGUE[function.__name__] = Tale(function.__name__, function, ike, causes, of, findings, absent, silent)
        return function
    return register


def benign(ike=BOTH):
    return tale(ike=ike, silent=True)


def tell(name, ike, seed, wording=None, **options):
    """The Story `name`, told."""
    story = Story(f"{name} {ike} {seed}", wording=wording, **options)
    CATALOGUE[name].tell(story, ike)
    return story


def other_tunnel_lives(s, first, vpn=None, ip="203.0.113.98", lead=600):
    """The second tunnel of the connection, up all the while until `first`'s clock."""
    other = s.tunnel(first.ike, vpn or first.vpn, ip)
    other.t = s.start - lead
    other.already_up()
    other.stay_up(first.t - other.t)
    return other.chatter(0.5)


# It does not come up.

def psk_attempt(t):
    return t.unanswered([PSK_V2, AUTH_FAILED] if t.ike == V2 else [PSK_V1, PSK_V1])


@tale("psk-mismatch", BOTH, absent=("peer-unreachable", "authentication-failed"))
def psk_mismatch(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(1200, 2400), lambda: psk_attempt(t))


@tale("psk-mismatch", BOTH)
def psk_mismatch_after_rotation(s, ike):
    t = s.tunnel(ike)
    t.already_up().stay_up(s.rng.uniform(2, 3) * HOUR)
    t.log(DELETE_IKE, DOWN, DOWN)
    t.wait(5, 20).retry(s.rng.uniform(1200, 2400), lambda: psk_attempt(t))


@tale("psk-mismatch", BOTH)
def psk_mismatch_repaired(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(600, 1200), lambda: psk_attempt(t))
    t.establish().stay_up(1800)


@tale("authentication-failed", absent=("psk-mismatch",))
def authentication_failed(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(1200, 2400), lambda: t.unanswered([AUTH_FAILED]))


@tale("ike-proposal-mismatch", BOTH, absent=("child-proposal-mismatch", "peer-unreachable"))
def ike_proposal_mismatch(s, ike):
    t = s.tunnel(ike)
    text = NO_PROPOSAL if ike == V1 else s.rng.choice([NO_PROPOSAL, NO_PROPOSAL_NOTIFY])
    state = s.rng.choice([NEGOTIATING, DOWN])

    def attempt():
        t._fresh_ids()
        if ike == V2:
            t.log(PROCESSED_REQUEST, NEGOTIATING, DOWN, id=0, exchange="IKE_SA_INIT")
        else:
            t.murmur(HANDSHAKE_V1, 0.1, NEGOTIATING, DOWN)
        t.log(text, state, DOWN, after=0.1)
        t.murmur(RETRANSMIT, 1.0, DOWN, DOWN, n=1)
    t.retry(s.rng.uniform(1200, 2400), attempt)


def child_refused(t, notify=True, failed=True, p1=UP, while_p2=NEGOTIATING, end_p2=DOWN):
    """The gateway asks for a Phase 2 SA and is refused; Phase 1 stays."""
    if t.ike == V2:
        t.log(PROCESSED_REQUEST, p1, while_p2, after=0.1, id=t.gateway_id, exchange="CREATE_CHILD_SA")
    else:
        t.murmur(QUICK_V1, 0.1, p1, while_p2)
    if notify:
        t.log(NO_PROPOSAL_NOTIFY, p1, while_p2 if failed and t.ike == V2 else end_p2, after=0.1)
    if failed and t.ike == V2:
        t.log(PHASE2_FAILED, p1, end_p2, after=0.05)
    if t.ike == V2:
        t.log(SENDING_RESPONSE, p1, end_p2, after=0.05, id=t.gateway_id, exchange="CREATE_CHILD_SA")
        t.gateway_id += 1


@tale("child-proposal-mismatch", BOTH, absent=("pfs-mismatch", "ike-proposal-mismatch"))
def child_proposal_mismatch(s, ike):
    t = s.tunnel(ike)
    notify, failed = s.rng.choice([(True, True), (True, False), (False, True)]) if ike == V2 else (True, False)
    if ike == V2:
        t._exchange("gateway", 0, "IKE_SA_INIT", NEGOTIATING, DOWN)
        t.log(PROCESSED_REQUEST, NEGOTIATING, NEGOTIATING, after=0.1, id=1, exchange="IKE_AUTH")
        if notify:
            t.log(NO_PROPOSAL_NOTIFY, UP, NEGOTIATING, after=0.1)
        if failed:
            t.log(PHASE2_FAILED, UP, DOWN, after=0.05)
        t.log(SENDING_RESPONSE, UP, DOWN, after=0.05, id=1, exchange="IKE_AUTH")
        t.gateway_id = 2
    else:
        for line in HANDSHAKE_V1[s.chatter]:
            t.log(line, NEGOTIATING, DOWN, after=0.2, documented=False)
    t.wait(5).retry(s.rng.uniform(1200, 2400), lambda: child_refused(t, notify, failed))


def pfs_rekey_fails(t, retries):
    """The rekey is refused while the old SA still lives, then that one expires; Phase 1 stays."""
    for _ in range(retries):
        child_refused(t, while_p2=REKEYING, end_p2=REKEYING)
        t.wait(7, 40)
    t.log(DELETE_CHILD, UP, DOWN, after=5)


def first_lifetime(t):
    t.establish()
    t.chat_until(t.t + t.rng.uniform(3060, 3330))


@tale("pfs-mismatch", absent=("ike-proposal-mismatch", "peer-closed-child-sa"))
def pfs_mismatch(s, ike):
    t = s.tunnel(ike)
    first_lifetime(t)
    pfs_rekey_fails(t, s.rng.randrange(2, 6))
    t.retry(s.rng.uniform(1200, 2400), lambda: child_refused(t))


@tale("pfs-mismatch", absent=("ike-proposal-mismatch", "peer-closed-child-sa", "tunnel-flapping"))
def pfs_mismatch_every_hour(s, ike):
    """Someone restarts the IKE SA each time: it works for one Phase 2 lifetime, and fails again."""
    t = s.tunnel(ike)
    for _ in range(3):
        first_lifetime(t)
        pfs_rekey_fails(t, 3)
        t.retry(s.rng.uniform(200, 500), lambda: child_refused(t))
        t.log(DELETE_IKE, DOWN, DOWN)
        t.wait(8)
    first_lifetime(t)
    pfs_rekey_fails(t, 3)
    t.retry(s.rng.uniform(300, 600), lambda: child_refused(t))


@tale("traffic-selector-mismatch", absent=("child-proposal-mismatch", "pfs-mismatch"))
def traffic_selector_mismatch(s, ike):
    t = s.tunnel(ike)
    both_lines = s.rng.random() < 0.5
    t._exchange("aws", 0, "IKE_SA_INIT", NEGOTIATING, DOWN)
    t._exchange("aws", 1, "IKE_AUTH", NEGOTIATING, NEGOTIATING, UP, NEGOTIATING)
    t.aws_id = 2

    def attempt():
        t._exchange("aws", t.aws_id, "CREATE_CHILD_SA", UP, NEGOTIATING)
        t.log(TS_UNACCEPTABLE, UP, NEGOTIATING if both_lines else DOWN, after=0.05)
        if both_lines:
            t.log(PHASE2_FAILED, UP, DOWN, after=0.05)
        t.aws_id += 1
    t.retry(s.rng.uniform(1200, 2400), attempt)


@tale("peer-unreachable", absent=("dpd-timeout",))
def peer_unreachable(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(1200, 2400), lambda: t.aws_calls())


@tale("peer-unreachable", absent=("dpd-timeout",))
def peer_unreachable_after_first_exchange(s, ike):
    t = s.tunnel(ike, nat=True)
    aws_starts = s.rng.random() < 0.5

    def attempt():
        if aws_starts:
            return t.aws_calls(answered=True)
        t._exchange("gateway", 0, "IKE_SA_INIT", NEGOTIATING, DOWN)
        return t.log(HALF_OPEN, DOWN, DOWN, after=t.rng.uniform(20, 30))
    t.retry(s.rng.uniform(1200, 2400), attempt)


@tale("peer-unreachable")
def peer_unreachable_timeouts_only(s, ike):
    t = s.tunnel(ike)
    t.p1 = NEGOTIATING
    t.retry(s.rng.uniform(1200, 2400), lambda: t.log(HALF_OPEN, s.rng.choice([NEGOTIATING, DOWN]), DOWN), 28, 40)


# It goes down.

@tale("dpd-timeout", BOTH, absent=("peer-unreachable", "rekey-failure", "gateway-outage"))
def dpd_timeout(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.dpd_death(s.rng.choice([3, 3, 5])).wait(60, 400)
    t.establish().stay_up(s.rng.uniform(600, 2400))


@tale(("dpd-timeout", "peer-unreachable"), absent=("rekey-failure",))
def dpd_timeout_then_silence_of_the_peer(s, ike):
    """DPD ends the SA, and the endpoint's own attempts to come back time out until the end of the log."""
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.dpd_death()
    t.retry(s.rng.uniform(900, 1500), lambda: t.aws_calls())


@tale("dpd-timeout", BOTH, absent=("tunnel-down", "rekey-failure"))
def dpd_timeout_with_late_states(s, ike):
    """The record of the timeout still says established; the next one, a moment later, says down."""
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.log(DPD_V2 if ike == V2 else DPD_V1, UP, UP)
    t.chatter(s.rng.uniform(0.2, 2), DOWN, DOWN).wait(60, 400)
    t.establish().stay_up(s.rng.uniform(600, 2400))


@tale("gateway-outage", BOTH, of="all", absent=("dpd-timeout", "peer-unreachable"))
def gateway_outage(s, ike):
    first = s.start + s.rng.uniform(1500, 2500)
    back = first + s.rng.uniform(300, 900)
    for t in s.pair(ike):
        t.already_up(age_child=100).stay_up(first - t.t + s.rng.uniform(0, 25))
        t.dpd_death()
        if ike == V2 and t is s.tunnels[1]:
            t.wait(20)
            t.retry(max(1, back - t.t - 60), lambda: t.aws_calls())
        t.t = max(t.t, back) + s.rng.uniform(1, 20)
        t.establish().stay_up(first + 2000 - t.t)
        t.chatter(1)


@tale("gateway-outage", of="all")
def gateway_outage_of_a_site(s, ike):
    """Two connections to the same gateway, with one tunnel each in the log: all of them go at once."""
    first = s.start + s.rng.uniform(1500, 2500)
    for vpn in ("vpn-0a1b2c3d4e5f60718", "vpn-0f9e8d7c6b5a41302"):
        for ip in ("203.0.113.17", "203.0.113.98"):
            t = s.tunnel(ike, vpn, ip if vpn.startswith("vpn-0a") else ip.replace("113", "114"))
            t.already_up(age_child=100).stay_up(first - t.t + s.rng.uniform(0, 25))
            t.dpd_death().wait(20)
            t.retry(600, lambda: t.aws_calls())


@tale("peer-closed-ike-sa", BOTH, absent=("idle-timeout", "rekey-failure"))
def peer_closed_ike_sa(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.log(DELETE_IKE, DOWN, DOWN).wait(100, 500)
    t.establish().stay_up(s.rng.uniform(600, 2400))


@tale("peer-closed-ike-sa", BOTH, absent=("idle-timeout", "rekey-failure", "tunnel-down"))
def peer_closed_ike_sa_with_late_states(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.log(DELETE_IKE, UP, UP)
    t.chatter(s.rng.uniform(0.2, 2), DOWN, DOWN).wait(100, 500)
    t.establish().stay_up(s.rng.uniform(600, 2400))


@tale("peer-closed-child-sa", BOTH, absent=("idle-timeout", "rekey-failure", "pfs-mismatch"))
def peer_closed_child_sa(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(800, 2400))
    t.log(DELETE_CHILD, UP, DOWN)
    t.chat_until(t.t + s.rng.uniform(100, 300), every=40)
    t.establish_child().stay_up(s.rng.uniform(600, 2400))


@tale("idle-timeout", BOTH, absent=("peer-closed-ike-sa", "rekey-failure"))
def idle_timeout(s, ike):
    """Bursts of work of any length, each followed by the same half hour without a line and a DELETE."""
    t = s.tunnel(ike)
    quiet = s.rng.choice([600, 900, 1800])
    for _ in range(s.rng.randrange(6, 9)):
        t.establish().stay_up(s.rng.uniform(200, 8000), every=100)
        t.chatter()
        t.log(DELETE_IKE, DOWN, DOWN, after=quiet + s.rng.uniform(-2, 2))
        t.wait(60, 2400)
    t.establish().stay_up(300)


# Clocks.

@tale("rekey-failure", BOTH, absent=("peer-closed-child-sa", "idle-timeout", "tunnel-flapping"))
def rekey_failure_delete_and_renegotiate(s, ike):
    """The gateway deletes at the end of the Phase 2 lifetime instead of rekeying, and comes back later."""
    t = s.tunnel(ike)
    t.establish()
    for _ in range(s.rng.randrange(6, 9)):
        t.chat_until(t.t + s.rng.uniform(3100, 3400))
        t.log(DELETE_CHILD, UP, DOWN)
        t.wait(15, 60).establish_child()
    t.chat_until(t.t + 900)


@tale("rekey-failure", absent=("dpd-timeout", "tunnel-flapping"))
def rekey_failure_request_unanswered(s, ike):
    """Each Phase 2 rekey of the endpoint stays without an answer until it gives up."""
    t = s.tunnel(ike, rekeys_by="aws")
    for _ in range(5):
        t.establish()
        t.chat_until(t.t + s.rng.uniform(3060, 3330))
        rekey_unanswered(t)
        t.wait(20, 90)
    t.establish().chat_until(t.t + 900)


def rekey_unanswered(t):
    t.log(SENDING_REQUEST, UP, REKEYING, id=t.aws_id + 40, exchange="CREATE_CHILD_SA")
    for n in (1, 2, 3):
        t.murmur(RETRANSMIT, t.rng.uniform(4, 12), n=n)
    t.log(DPD_V2, DOWN, DOWN, after=8)


@tale("rekey-failure", absent=("dpd-timeout",))
def rekey_failure_once(s, ike):
    t = s.tunnel(ike, rekeys_by="aws")
    t.establish().chat_until(t.t + s.rng.uniform(3060, 3330))
    rekey_unanswered(t)
    t.wait(40, 300).establish().chat_until(t.t + 1500)


@tale("rekey-failure", BOTH, absent=("peer-closed-ike-sa", "idle-timeout"))
def rekey_failure_phase1_lifetime(s, ike):
    """The gateway lets the IKE SA end at eight hours and comes back a minute or two later: three days of it."""
    s.chat_every = max(s.chat_every, 900)
    t = s.tunnel(ike)
    for _ in range(8):
        t.establish()
        end = t.t + s.rng.uniform(28260, 28780)
        t.next_ike = end + 1000
        t.stay_up(end - t.t)
        t.log(DELETE_IKE, DOWN, DOWN).wait(40, 150)
    t.establish().chat_until(t.t + 3000)


@tale("rekey-failure", BOTH, absent=("peer-closed-ike-sa", "idle-timeout"))
def rekey_failure_gateway_clock(s, ike):
    """The gateway's own lifetime is short and it deletes at its end, whatever goes on."""
    t = s.tunnel(ike)
    age = s.rng.choice([1200, 1500, 2400, 7200])
    for _ in range(7):
        t.establish()
        end = t.t + age * s.rng.uniform(0.99, 1.01)
        t.stay_up(end - t.t, every=120)
        t.chatter()
        t.log(DELETE_IKE, DOWN, DOWN, after=1).wait(20, 600)
    t.establish().chat_until(t.t + 300)


@tale("rekey-failure", BOTH, absent=("tunnel-flapping",))
def rekey_failure_short_interruptions(s, ike):
    """As delete-and-renegotiate, but back within the grace time."""
    t = s.tunnel(ike)
    t.establish()
    for _ in range(8):
        t.chat_until(t.t + s.rng.uniform(3100, 3400))
        t.log(DELETE_CHILD, UP, DOWN)
        t.wait(2, 6).establish_child()
    t.chat_until(t.t + 900)


@tale("rekey-collision")
def rekey_collision_takes_phase2_down(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2800))
    t._child_exchange("aws", UP, REKEYING)
    t.log(COLLISION, UP, REKEYING, after=0.1)
    t.log(REDUNDANT, UP, REKEYING, after=0.1)
    t.chatter(s.rng.uniform(1, 4), UP, DOWN)
    t.chat_until(t.t + s.rng.uniform(30, 90), every=15)
    t.establish_child().stay_up(s.rng.uniform(600, 1500))


@tale("sa-churn", BOTH, absent=("peer-closed-child-sa", "rekey-failure"))
def sa_churn(s, ike):
    """A policy-based gateway with several selectors: each new Phase 2 SA replaces the last one."""
    t = s.tunnel(ike, rekeys_by="gateway")
    t.establish()
    end = t.t + s.rng.uniform(1800, 3000)
    while t.t < end:
        t.wait(4, 40).rekey_child("gateway")


@tale("endpoint-replacement", absent=("dpd-timeout", "peer-closed-ike-sa", "gateway-outage"))
def endpoint_replacement(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.chatter()
    replaced(t)
    t.stay_up(1200)
    other_tunnel_lives(s, t)


def replaced(t):
    """The endpoint is gone without a word; its successor reports both phases down, then is called by the gateway."""
    t.chatter(t.rng.uniform(20, 60), DOWN, DOWN)
    t.chat_until(t.t + t.rng.uniform(60, 200), every=25)
    t.establish()


@tale("endpoint-replacement", of="all", absent=("gateway-outage", "dpd-timeout"))
def modification_of_the_connection(s, ike):
    """The customer changes the connection's options: both endpoints are replaced at once, silently."""
    at = s.start + s.rng.uniform(1500, 2500)
    for t in s.pair(ike):
        t.already_up(age_child=100).stay_up(at - t.t + s.rng.uniform(0, 10))
        t.chatter()
        replaced(t)
        t.stay_up(at + 1500 - t.t)
        t.chatter()


@tale(findings=("gateway-restart",), silent=True)
def gateway_restart(s, ike):
    """A new IKE_SA_INIT over a live IKE SA, with no DELETE: the gateway lost its state and came back."""
    t = s.tunnel(ike, rekeys_by="aws")
    t.establish().stay_up(s.rng.uniform(4500, 5000))
    t.rekey_child("aws").chat_until(t.t + s.rng.uniform(1200, 2000))
    t._fresh_ids()
    t._exchange("gateway", 0, "IKE_SA_INIT", UP, UP)
    t._exchange("gateway", 1, "IKE_AUTH", UP, UP)
    t.gateway_id, t.aws_id = 2, 0
    t._child_born()
    t.next_ike = t.t + 28300
    t.stay_up(s.rng.uniform(1200, 2400))


@tale(("nobody-initiates", "dpd-timeout"), BOTH, findings=("nobody-initiates",))
def nobody_initiates(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.dpd_death()
    fell = t.t
    t.t += s.rng.uniform(600, 800)
    other_tunnel_lives(s, t)
    t.t = fell


@tale(("nobody-initiates", "peer-closed-ike-sa"), BOTH, findings=("nobody-initiates",))
def nobody_initiates_for_an_hour(s, ike):
    """After a DELETE nothing more is logged of this tunnel, while the other one's log goes on for an hour."""
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.log(DELETE_IKE, DOWN, DOWN)
    t.t += HOUR
    other_tunnel_lives(s, t)


# Up and down, and down without a word.

def drop_without_message(t, down_low, down_high):
    t.chatter(1, DOWN, DOWN)
    t.chat_until(t.t + t.rng.uniform(down_low, down_high), every=8)
    t.chatter(1, NEGOTIATING, DOWN)
    t.chatter(1, UP, UP)


@tale("tunnel-flapping", BOTH)
def flapping_fast(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100)
    for _ in range(12):
        t.chat_until(t.t + s.rng.uniform(30, 400), every=30)
        drop_without_message(t, 15, 60)
    t.chat_until(t.t + 60, every=20)


@tale("tunnel-flapping", BOTH)
def flapping_slow(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100)
    for _ in range(9):
        t.chat_until(t.t + s.rng.uniform(600, 3900), every=120)
        drop_without_message(t, 20, 80)
    t.chat_until(t.t + 60, every=20)


@tale("dpd-timeout", BOTH, findings=("tunnel-flapping",), absent=("tunnel-flapping", "rekey-failure"))
def flapping_by_dpd(s, ike):
    t = s.tunnel(ike)
    t.establish()
    for _ in range(12):
        t.chat_until(t.t + s.rng.uniform(30, 700), every=30)
        t.dpd_death().wait(20, 90)
        t.establish()
    t.chat_until(t.t + 60, every=20)


@tale("tunnel-down", BOTH, findings=("unrecognised-messages",))
def tunnel_down(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.chatter()
    t.log("AWS tunnel internal fault code E7 while encoding", DOWN, DOWN, after=5, documented=False)
    t.chat_until(t.t + s.rng.uniform(900, 1500), every=30)
    t.chatter()


# The connection and the log itself.

@tale("psk-mismatch", findings=("connection-outage",))
def connection_outage(s, ike):
    """The first tunnel never comes up, and the second falls over DPD for a while."""
    a, b = s.pair(ike)
    b.already_up(age_child=100).stay_up(s.rng.uniform(1000, 1500))
    b.dpd_death().wait(200, 400).establish().stay_up(600)
    b.chatter()
    a.retry(b.t - a.t - 20, lambda: psk_attempt(a), 20, 30)


@tale(("dpd-timeout", "peer-unreachable"), findings=("redundancy-lost",),
      absent=("gateway-outage", "connection-outage"))
def redundancy_lost(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.dpd_death()
    t.retry(900, lambda: t.aws_calls())
    other_tunnel_lives(s, t)


@tale("psk-mismatch", BOTH, absent=("gateway-outage", "connection-outage"))
def one_connection_of_two_is_ill(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(1200, 2400), lambda: psk_attempt(t))
    other_tunnel_lives(s, t)
    other_tunnel_lives(s, t, "vpn-0f9e8d7c6b5a41302", "203.0.114.17")
    other_tunnel_lives(s, t, "vpn-0f9e8d7c6b5a41302", "203.0.114.98")


@tale(findings=("log-gap",), silent=True, ike=BOTH)
def log_gap(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=0)
    t.chat_until(t.t + 3000, every=30)
    t.rekey_child()
    t.t += s.rng.uniform(2.5, 4) * HOUR
    t.next_child = t.t + 1500
    t.chatter().chat_until(t.t + 1200, every=30)


@tale(findings=("contradictory-state",), ike=BOTH)
def contradictory_state(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(1800)
    t.log(PSK_V2 if ike == V2 else PSK_V1, UP, UP).stay_up(900)


# BGP.

def with_bgp(s, ike):
    t = s.tunnel(ike)
    t.establish()
    t.wait(3).bgp_establish().route("ADVERTISED", "10.0.0.0/16", 0.5).route("UPDATED", "10.20.0.0/16", 0.2)
    return t


def ipsec_lives(t, begin, seconds):
    """The IKE log under BGP events already told: from `begin` on, for `seconds`."""
    t.t = begin
    return t.stay_up(seconds).chatter()


@tale("bgp-down", BOTH, absent=("dpd-timeout", "bgp-flapping"))
def bgp_down(s, ike):
    t = s.tunnel(ike)
    t.establish()
    begin = t.t
    t.bgp_fails_to_connect(s.rng.uniform(900, 1800))
    ipsec_lives(t, begin, t.t - begin)


@tale("bgp-hold-timer-expired", BOTH, absent=("bgp-down", "dpd-timeout", "bgp-flapping"))
def bgp_hold_timer(s, ike):
    t = with_bgp(s, ike)
    begin = t.t
    t.wait(1000, 2000).bgp("AWS-side peer sent a Hold Timer Expired notification to neighbor {neighbor}", "DOWN")
    t.bgp_lost(0.1).wait(5).bgp_fails_to_connect(s.rng.uniform(200, 600))
    if s.rng.random() < 0.5:
        t.bgp_establish()
    ipsec_lives(t, begin, t.t - begin + 300)


@tale("dpd-timeout", BOTH, absent=("bgp-hold-timer-expired", "bgp-down"))
def bgp_hold_timer_before_dpd(s, ike):
    """The line is gone: the hold timer notices first, DPD a few seconds later."""
    t = with_bgp(s, ike)
    t.stay_up(s.rng.uniform(1000, 2000))
    t.bgp("AWS-side peer sent a Hold Timer Expired notification to neighbor {neighbor}", "DOWN").bgp_lost(0.1)
    t.log(DPD_V2 if ike == V2 else DPD_V1, DOWN, DOWN, after=s.rng.uniform(3, 20))
    t.wait(60, 300).establish().wait(2).bgp_establish().stay_up(900).chatter()


@tale("bgp-prefix-limit", BOTH, absent=("bgp-down",))
def bgp_prefix_limit(s, ike):
    t = with_bgp(s, ike)
    begin = t.t
    t.wait(1000, 2000)
    limit = s.rng.choice([100, 1000])

    def too_many():
        t.bgp(f"AWS-side peer detected the maximum prefix limit was exceeded - received {limit + 1} prefixes "
              f"from neighbor {{neighbor}}, limit is {limit}", "DOWN")
        t.bgp(f"AWS-side peer sent a notification 6/1 (Cease/{CEASE[1]}) to neighbor {{neighbor}}", "DOWN", 0.1)
        t.bgp_lost(0.1)

    for _ in range(6):
        too_many()
        t.wait(60, 120)
        t.bgp_change("Idle", "Connect").bgp_change("Connect", "OpenSent", 0.2)
        t.bgp_change("OpenSent", "OpenConfirm", 0.2).bgp_change("OpenConfirm", "Established", 0.2).wait(2)
    too_many()
    ipsec_lives(t, begin, t.t - begin + 600)


@tale("bgp-prefix-limit", BOTH)
def bgp_prefix_warning(s, ike):
    t = with_bgp(s, ike)
    begin = t.t
    for n in (85, 88, 91):
        t.wait(300, 600).bgp(f"AWS-side peer is reporting a maximum prefix limit warning - received {n} prefixes "
                             "from neighbor {neighbor}, limit is 100", "UP")
    ipsec_lives(t, begin, t.t - begin + 300)


def bad_open(t):
    t.bgp_change("Idle", "Connect").bgp_change("Connect", "OpenSent", 0.2)
    t.bgp("AWS-side peer detected a bad OPEN message from neighbor {neighbor} - remote AS is 65010, expected 65000",
          "DOWN", 0.1)


@tale("bgp-as-mismatch", BOTH, absent=("bgp-down",))
def bgp_as_mismatch(s, ike):
    t = s.tunnel(ike)
    t.establish()
    begin = t.t
    t.retry(s.rng.uniform(900, 1800), lambda: bad_open(t), 20, 60)
    ipsec_lives(t, begin, t.t - begin)


@tale("bgp-as-mismatch", absent=("bgp-down",))
def bgp_as_mismatch_without_ike_log(s, ike):
    t = s.tunnel(ike)
    t.retry(s.rng.uniform(900, 1800), lambda: bad_open(t), 20, 60)


def denied_route(s, ike, reason):
    t = with_bgp(s, ike)
    begin = t.t
    for _ in range(s.rng.randrange(2, 5)):
        t.wait(100, 400).route("UPDATED", "172.31.0.0/16", denied=reason)
    ipsec_lives(t, begin, t.t - begin + 300)


@tale("bgp-as-path-loop", BOTH)
def bgp_as_path_loop(s, ike):
    denied_route(s, ike, "as-path contains our own AS")


@tale("bgp-next-hop-denied", BOTH)
def bgp_next_hop_denied(s, ike):
    denied_route(s, ike, "non-connected next-hop")


def bgp_closed(s, ike, before, behind):
    """A Cease notification, as the words `before` and `behind` it say whose, ends the session for minutes."""
    t = with_bgp(s, ike)
    begin = t.t
    number = s.rng.choice([2, 3, 4, 5, 6])
    t.wait(1000, 2000)
    t.bgp(f"AWS-side peer {before} notification 6/{number} (Cease/{CEASE[number]}) {behind} neighbor {{neighbor}}", "DOWN")
    t.bgp_lost(0.1).wait(5).bgp_fails_to_connect(s.rng.uniform(300, 900))
    if s.rng.random() < 0.5:
        t.bgp_establish()
    ipsec_lives(t, begin, t.t - begin + 200)


@tale("bgp-closed-by-peer", BOTH, absent=("bgp-down", "bgp-flapping"))
def bgp_closed_by_peer(s, ike):
    bgp_closed(s, ike, "received", "from")


@tale("bgp-closed-by-aws", BOTH, absent=("bgp-down", "bgp-flapping", "unexplained-outage"))
def bgp_closed_by_aws(s, ike):
    bgp_closed(s, ike, "sent a", "to")


@tale("bgp-flapping", BOTH, absent=("bgp-down",))
def bgp_flapping(s, ike):
    t = with_bgp(s, ike)
    begin = t.t
    for _ in range(12):
        t.wait(60, 300).bgp_lost().wait(15, 50).bgp_establish()
    ipsec_lives(t, begin, t.t - begin + 30)


# Nothing is wrong.

@benign()
def day_of_rekeys(s, ike):
    t = s.tunnel(ike)
    t.establish().stay_up(24 * HOUR)


@benign()
def ike_rekey(s, ike):
    t = s.tunnel(ike)
    t.establish().stay_up(10 * HOUR)


@benign((V2,))
def redundant_sa_deletions(s, ike):
    t = s.tunnel(ike)
    t.establish()
    for _ in range(5):
        t.chat_until(t.next_child)
        t._child_exchange("aws", UP, REKEYING)
        t._child_exchange("gateway", UP, REKEYING)
        t.log(REDUNDANT, UP, REKEYING, after=0.1)
        t.log(DELETE_CHILD, UP, UP, after=0.1)
        t._child_born()
    t.chat_until(t.t + 1200)


@benign((V2,))
def rekey_collisions(s, ike):
    t = s.tunnel(ike)
    t.establish()
    for _ in range(6):
        t.chat_until(t.next_child)
        t._child_exchange("aws", UP, REKEYING)
        t.log(COLLISION, UP, REKEYING, after=0.1)
        t.log(REDUNDANT, UP, s.rng.choice([REKEYING, UP]), after=0.1)
        t.log(DELETE_CHILD, UP, UP, after=0.1)
        t._child_born()
    t.chat_until(t.t + 1200)


@benign()
def answered_dpd(s, ike):
    t = s.tunnel(ike)
    t.already_up(age_child=100)
    for _ in range(60):
        t.chatter(s.rng.uniform(8, 12))
        if s.rng.random() < 0.2:
            t.murmur(RETRANSMIT, 3, n=1)
        t.chatter(0.1)


@benign()
def planned_delete(s, ike):
    """The gateway closes the IKE SA and is back within seconds, once."""
    t = s.tunnel(ike)
    t.already_up(age_child=100).stay_up(s.rng.uniform(1200, 2400))
    t.log(DELETE_IKE, DOWN, DOWN).wait(1, 5)
    t.establish().stay_up(3 * HOUR)


@benign()
def nat_keepalives(s, ike):
    t = s.tunnel(ike, nat=True)
    t.already_up(age_child=100)
    for _ in range(150):
        t.log("AWS tunnel NAT-T keepalive sent to {cgw}[4500]", after=20, documented=False)
    t.stay_up(2 * HOUR)


@benign((V2,))
def reauthentication(s, ike):
    """Make before break: the new IKE SA stands before the old one is deleted, every three hours."""
    t = s.tunnel(ike)
    t.establish()
    for _ in range(4):
        t.stay_up(3 * HOUR)
        t._exchange("gateway", 0, "IKE_SA_INIT", UP, UP)
        t._exchange("gateway", 1, "IKE_AUTH", UP, UP)
        t.log(DELETE_IKE, UP, UP, after=0.3)
        t.gateway_id, t.aws_id = 2, 0
        t._child_born()
        t.next_ike = t.t + 28400
    t.stay_up(HOUR)


@benign()
def bgp_stable(s, ike):
    t = with_bgp(s, ike)
    t.stay_up(8 * HOUR)


@benign()
def bgp_route_updates(s, ike):
    t = with_bgp(s, ike)
    begin = t.t
    for n in range(40):
        t.wait(120, 400).route(s.rng.choice(["UPDATED", "ADVERTISED", "WITHDRAWN"]), f"10.{n % 7}.0.0/16")
    ipsec_lives(t, begin, t.t - begin + 100)


@benign()
def two_connections(s, ike):
    for vpn, net in (("vpn-0a1b2c3d4e5f60718", 113), ("vpn-0f9e8d7c6b5a41302", 114)):
        for host in (17, 98):
            t = s.tunnel(ike, vpn, f"203.0.{net}.{host}", cgw=f"198.51.100.{net}")
            t.already_up().stay_up(s.start + 4 * HOUR - t.t).chatter()


@benign()
def begins_mid_story(s, ike):
    """The first line is the second half of a rekey."""
    t = s.tunnel(ike)
    t.p1, t.p2 = UP, REKEYING
    if ike == V2:
        t.log(SENDING_RESPONSE, UP, REKEYING, id=217, exchange="CREATE_CHILD_SA")
    t.log(DELETE_CHILD, UP, UP, after=0.1)
    t.gateway_id, t.aws_id = 218, 1040
    t._child_born()
    t.next_ike = t.t + 9000
    t.stay_up(4 * HOUR)


@benign()
def sparse_log(s, ike):
    """Nothing but the hourly rekey."""
    t = s.tunnel(ike)
    t.already_up(age_child=3000)
    t.stay_up(30 * HOUR, every=10 ** 7)


@benign()
def routine_chatter(s, ike):
    """Nearly every line is in no document."""
    t = s.tunnel(ike)
    t.establish()
    for _ in range(3):
        t.stay_up(HOUR, every=15)


@benign()
def phase1_lapses_over_live_phase2(s, ike):
    """An eight-hour change of the IKE SA during which Phase 1 is renegotiated for a few seconds."""
    t = s.tunnel(ike)
    t.already_up().stay_up(2 * HOUR)
    t.chatter(1, NEGOTIATING, UP).chatter(2, UP, UP).stay_up(2 * HOUR)
