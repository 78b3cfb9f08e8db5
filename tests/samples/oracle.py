# The slow, obvious reading of contract/causes.md "Up and down", to compare reports with: nothing of the tool's is used.
# In: records of one tunnel's IKE log. Out: outages as (start, end) in seconds, end None when it lasts, and the number
# of interruptions (a first handshake of seconds interrupts nothing). Tunnels with a BGP log are left out: what BGP was
# before its first line is not written anywhere.

GRACE_S = 10


def ike_states(records):
    """(second, phase 1, phase 2) of every record that states both, in the order of time."""
    for _, ms, record in sorted(records, key=lambda r: (event_ms(r[2]), r[1])):
        if "ike_phase1_state" in record:
            yield event_ms(record) / 1000, record["ike_phase1_state"].lower(), record["ike_phase2_state"].lower()


def event_ms(record):
    stamp = record["event_timestamp"]
    return stamp if stamp >= 1e11 else stamp * 1000


def is_up(phase1, phase2, version):
    live = ("established", "rekeying")
    return phase2 in live and (phase1 in live or (version == "ikev1" and phase1 == "down"))


def outages(records, version):
    spells, since, seen_up = [], None, False
    for t, phase1, phase2 in ike_states(records):
        if is_up(phase1, phase2, version):
            if since is not None and (seen_up or t - since >= GRACE_S):
                spells.append((since, t))
            since, seen_up = None, True
        elif since is None:
            since = t
    long = [(a, b) for a, b in spells if b - a >= GRACE_S]
    if since is not None:
        long.append((since, None))
    return long, sum(b - a < GRACE_S for a, b in spells)
