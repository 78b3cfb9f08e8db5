# Writes samples/<name>/input/ from the stories: one row a sample. README.md, expect.yaml and args are written by hand.
# In: nothing, or names of samples. Out: the input files, the same bytes on every run.
# A sample may also be made by hand or by lab_as_aws.py: this script touches only the folders of its table.
import random
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import containers  # noqa: E402
import stories  # noqa: E402
from story import V1, V2  # noqa: E402

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def straight(records):
    return [records]


def old_names(records):
    return [containers.with_old_names(records)]


def without_states(records):
    keys = ("event_timestamp", "details")
    return [[(s, ms, {k: r[k] for k in keys}) for s, ms, r in records]]


def overlapping(records):
    """Three exports that overlap by a third, each in no order."""
    third = len(records) // 3
    parts = [records[:2 * third], records[third:], records[third // 2:3 * third - third // 2]]
    for number, part in enumerate(parts):
        random.Random(number).shuffle(part)
    return parts


# name: story, IKE version, container, options. Options: chatter, chat_every, shape (what is done to the records).
TABLE = {
    "psk-mismatch-ikev1": ("psk_mismatch", V1, "s3-export"),
    "psk-mismatch-ikev2": ("psk_mismatch", V2, "filter-log-events"),
    "psk-mismatch-text-format-ikev2": ("psk_mismatch", V2, "text"),
    "psk-mismatch-after-rotation-ikev1": ("psk_mismatch_after_rotation", V1, "console-csv"),
    "psk-mismatch-after-rotation-ikev2": ("psk_mismatch_after_rotation", V2, "tail-detailed"),
    "psk-mismatch-repaired-ikev2": ("psk_mismatch_repaired", V2, "firehose"),
    "authentication-failed-ikev2": ("authentication_failed", V2, "insights-json"),
    "ike-proposal-mismatch-ikev1": ("ike_proposal_mismatch", V1, "get-log-events"),
    "ike-proposal-mismatch-ikev2": ("ike_proposal_mismatch", V2, "insights-csv"),
    "child-proposal-mismatch-ikev1": ("child_proposal_mismatch", V1, "tail-json"),
    "child-proposal-mismatch-ikev2": ("child_proposal_mismatch", V2, "firehose"),
    "pfs-mismatch-at-first-rekey-ikev2": ("pfs_mismatch", V2, "subscription-lambda"),
    "pfs-mismatch-every-hour-ikev2": ("pfs_mismatch_every_hour", V2, "s3-export-epoch"),
    "traffic-selector-mismatch-ikev2": ("traffic_selector_mismatch", V2, "live-tail"),
    "peer-unreachable-no-answer-ikev2": ("peer_unreachable", V2, "ndjson"),
    "peer-unreachable-after-first-exchange-ikev2": ("peer_unreachable_after_first_exchange", V2, "subscription-raw"),
    "peer-unreachable-timeouts-only-ikev2": ("peer_unreachable_timeouts_only", V2, "tail-short"),
    "dpd-timeout-ikev1": ("dpd_timeout", V1, "pretty"),
    "dpd-timeout-ikev2": ("dpd_timeout", V2, "array"),
    "dpd-timeout-old-field-names-ikev1": ("dpd_timeout", V1, "filter-log-events", {"shape": old_names}),
    "dpd-timeout-peer-never-back-ikev2": ("dpd_timeout_then_silence_of_the_peer", V2, "kinesis"),
    "gateway-outage-ikev1": ("gateway_outage", V1, "s3-export"),
    "gateway-outage-ikev2": ("gateway_outage", V2, "insights-json-fields"),
    "gateway-outage-of-a-site-ikev2": ("gateway_outage_of_a_site", V2, "firehose-members"),
    "peer-closed-ike-sa-ikev1": ("peer_closed_ike_sa", V1, "insights-csv-fields"),
    "peer-closed-ike-sa-ikev2": ("peer_closed_ike_sa", V2, "firehose-transform"),
    "peer-closed-child-sa-ikev1": ("peer_closed_child_sa", V1, "tail-detailed"),
    "peer-closed-child-sa-ikev2": ("peer_closed_child_sa", V2, "pretty"),
    "idle-timeout-ikev1": ("idle_timeout", V1, "s3-export"),
    "idle-timeout-ikev2": ("idle_timeout", V2, "firehose-gzip-in-gzip"),
    "rekey-failure-delete-and-renegotiate-ikev1": ("rekey_failure_delete_and_renegotiate", V1, "console-csv"),
    "rekey-failure-delete-and-renegotiate-ikev2": ("rekey_failure_delete_and_renegotiate", V2, "insights-json"),
    "rekey-failure-request-unanswered-ikev2": ("rekey_failure_request_unanswered", V2, "tail-json"),
    "rekey-failure-once-ikev2": ("rekey_failure_once", V2, "filter-log-events"),
    "rekey-failure-phase1-lifetime-ikev1": ("rekey_failure_phase1_lifetime", V1, "firehose-members"),
    "rekey-failure-phase1-lifetime-ikev2": ("rekey_failure_phase1_lifetime", V2, "s3-export"),
    "rekey-failure-gateway-clock-ikev1": ("rekey_failure_gateway_clock", V1, "firehose-members"),
    "rekey-failure-gateway-clock-ikev2": ("rekey_failure_gateway_clock", V2, "s3-export-epoch"),
    "rekey-failure-short-interruptions-ikev1": ("rekey_failure_short_interruptions", V1, "ndjson"),
    "rekey-failure-short-interruptions-ikev2": ("rekey_failure_short_interruptions", V2, "array"),
    "rekey-collision-takes-phase2-down-ikev2": ("rekey_collision_takes_phase2_down", V2, "get-log-events"),
    "sa-churn-ikev1": ("sa_churn", V1, "tail-short"),
    "sa-churn-ikev2": ("sa_churn", V2, "s3-export-unpacked"),
    "endpoint-replacement-ikev2": ("endpoint_replacement", V2, "tail-detailed"),
    "connection-modified-by-customer-ikev2": ("modification_of_the_connection", V2, "filter-log-events"),
    "planned-maintenance-ikev2": ("endpoint_replacement", V2, "s3-export"),
    "planned-maintenance-calendar-ikev2": ("endpoint_replacement", V2, "insights-csv"),
    "gateway-restart-ikev2": ("gateway_restart", V2, "insights-json"),
    "nobody-initiates-ikev1": ("nobody_initiates", V1, "filter-log-events"),
    "nobody-initiates-ikev2": ("nobody_initiates", V2, "s3-export"),
    "nobody-initiates-for-an-hour-ikev2": ("nobody_initiates_for_an_hour", V2, "live-tail"),
    "tunnel-flapping-fast-ikev1": ("flapping_fast", V1, "tail-detailed"),
    "tunnel-flapping-fast-ikev2": ("flapping_fast", V2, "subscription-raw"),
    "tunnel-flapping-slow-ikev1": ("flapping_slow", V1, "console-csv"),
    "tunnel-flapping-by-dpd-ikev1": ("flapping_by_dpd", V1, "live-tail"),
    "tunnel-flapping-by-dpd-ikev2": ("flapping_by_dpd", V2, "s3-export"),
    "tunnel-down-without-a-word-ikev1": ("tunnel_down", V1, "insights-csv"),
    "tunnel-down-without-a-word-ikev2": ("tunnel_down", V2, "tail-json"),
    "connection-outage-ikev2": ("connection_outage", V2, "s3-export"),
    "one-connection-of-two-is-ill-ikev1": ("one_connection_of_two_is_ill", V1, "tail-detailed"),
    "redundancy-lost-ikev2": ("redundancy_lost", V2, "filter-log-events"),
    "log-gap-ikev2": ("log_gap", V2, "tail-short"),
    "contradictory-state-ikev1": ("contradictory_state", V1, "pretty"),
    "contradictory-state-ikev2": ("contradictory_state", V2, "array"),
    "bgp-down-ikev2": ("bgp_down", V2, "filter-log-events"),
    "bgp-hold-timer-expired-ikev2": ("bgp_hold_timer", V2, "s3-export"),
    "bgp-hold-timer-before-dpd-ikev1": ("bgp_hold_timer_before_dpd", V1, "insights-json"),
    "bgp-hold-timer-before-dpd-ikev2": ("bgp_hold_timer_before_dpd", V2, "tail-json"),
    "bgp-prefix-limit-exceeded-ikev2": ("bgp_prefix_limit", V2, "firehose"),
    "bgp-prefix-limit-warning-ikev2": ("bgp_prefix_warning", V2, "pretty"),
    "bgp-as-mismatch-ikev2": ("bgp_as_mismatch", V2, "insights-csv"),
    "bgp-as-mismatch-without-ike-log": ("bgp_as_mismatch_without_ike_log", V2, "ndjson"),
    "bgp-as-path-loop-ikev2": ("bgp_as_path_loop", V2, "pretty"),
    "bgp-next-hop-denied-ikev2": ("bgp_next_hop_denied", V2, "insights-csv-fields"),
    "bgp-closed-by-aws-ikev2": ("bgp_closed_by_aws", V2, "filter-log-events"),
    "bgp-closed-by-peer-ikev2": ("bgp_closed_by_peer", V2, "live-tail"),
    "bgp-flapping-ikev2": ("bgp_flapping", V2, "subscription-lambda"),
    "healthy-day-of-rekeys-ikev1": ("day_of_rekeys", V1, "s3-export"),
    "healthy-day-of-rekeys-ikev2": ("day_of_rekeys", V2, "s3-export-epoch"),
    "healthy-ike-rekey-ikev1": ("ike_rekey", V1, "insights-json"),
    "healthy-ike-rekey-ikev2": ("ike_rekey", V2, "filter-log-events"),
    "healthy-redundant-sa-deletions-ikev2": ("redundant_sa_deletions", V2, "tail-detailed"),
    "healthy-rekey-collisions-ikev2": ("rekey_collisions", V2, "tail-json"),
    "healthy-answered-dpd-ikev1": ("answered_dpd", V1, "array"),
    "healthy-answered-dpd-ikev2": ("answered_dpd", V2, "pretty"),
    "healthy-planned-delete-ikev1": ("planned_delete", V1, "console-csv"),
    "healthy-planned-delete-ikev2": ("planned_delete", V2, "live-tail"),
    "healthy-nat-keepalives-ikev2": ("nat_keepalives", V2, "subscription-lambda"),
    "healthy-reauthentication-ikev2": ("reauthentication", V2, "insights-csv"),
    "healthy-bgp-ikev2": ("bgp_stable", V2, "filter-log-events"),
    "healthy-bgp-route-updates-ikev2": ("bgp_route_updates", V2, "firehose-members"),
    "healthy-two-connections-ikev2": ("two_connections", V2, "s3-export"),
    "healthy-log-begins-mid-story-ikev1": ("begins_mid_story", V1, "tail-short"),
    "healthy-log-begins-mid-story-ikev2": ("begins_mid_story", V2, "kinesis"),
    "healthy-sparse-log-ikev2": ("sparse_log", V2, "ndjson", {"chatter": "foreign"}),
    "healthy-overlapping-exports-ikev2": ("ike_rekey", V2, "s3-export", {"shape": overlapping}),
    "healthy-mostly-unknown-lines-ikev2": ("routine_chatter", V2, "firehose-gzip-in-gzip", {"chatter": "foreign"}),
    "healthy-mandatory-fields-only-ikev2": ("begins_mid_story", V2, "get-log-events", {"shape": without_states}),
    "healthy-old-field-names-ikev2": ("begins_mid_story", V2, "insights-json", {"shape": old_names}),
}


def files_of(name):
    """The input files of one sample: {path below input/: bytes}."""
    story, ike, container, options = (*TABLE[name], {})[:4]
    shape = options.get("shape", straight)
    told = stories.tell(story, ike, name, **{k: v for k, v in options.items() if k != "shape"})
    parts = shape(told.records())
    if len(parts) == 1:
        return containers.encode(container, parts[0])
    return {f"export-{number}/{path}": data for number, part in enumerate(parts, 1)
            for path, data in containers.encode(container, part).items()}


def write(name):
    folder = SAMPLES / name / "input"
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files_of(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    for sample in sys.argv[1:] or TABLE:
        write(sample)
