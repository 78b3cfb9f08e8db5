# The watch when the world fails: the disk is full, records come in a flood, a source cannot be read for a while.
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from logs import OUTAGES, hour, lines  # noqa: E402
from test_deliveries import Receiver  # noqa: E402
from test_watch import append, is_live, openings, records_in  # noqa: E402
from serving import history, running, until  # noqa: E402
from watching import PROGRAM, Watch, environment, fill_disk, full_disk, make_room, run  # noqa: E402

FLOOD = 300_000                 # records, three seconds of a hundred thousand
MOST_MEMORY_KB = 400 * 1024


def while_it_goes_on(log, start, begin, condition):
    """Asks for the condition; the log goes on meanwhile, ten of its seconds with each look. Not all at once: what is over is over
    for a minute only from the instant at which the watch sees that it is."""
    seconds = iter(range(begin, begin + 600, 10))

    def look():
        at = next(seconds, None)
        if at is not None:
            append(log, lines(at + 10, start=start, begin=at))
            time.sleep(0.3)
        return condition()
    return look


def test_a_full_disk_stops_the_watch_until_there_is_room_and_loses_nothing(tmp_path):
    """No write of its succeeds, also not over what the journal of the database leaves behind when it begins anew; then there is room."""
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        fill_disk(watch.process)
        append(log, hour()[60:])
        watch.until(lambda: any(e["type"] == "watch" and "state cannot be written" in (e["stale"] or "") for e in watch.events), "the complaint")
        make_room(watch.process)
        watch.until(lambda: openings(watch) == ["opened", "resolved"] * 3, "three outages and their ends")
        watch.until(lambda: records_in(state) == len(hour()), "every line")
        assert watch.stop() == 0
    assert records_in(state) == len(hour())


def test_a_full_disk_is_told_under_one_id_and_resolved_when_there_is_room(tmp_path):
    """What cannot be stored is told from memory; the receiver answers 503 at first, so it is tried again from there."""
    receiver = Receiver([503])
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    start = int(time.time()) // 10 * 10 - 4000
    log.write_text("".join(lines(3900, start=start)))
    with Watch("--state", state, "--alert", f"webhook:{receiver.url}", log) as watch:
        def told():
            return [(body["delivery"], body["change"], body["episode"]["summary"]) for _, _, body in receiver.taken if body["episode"]["subject"] == "watch/--state"]
        watch.until(lambda: is_live(watch), "the first report")
        fill_disk(watch.process)
        append(log, lines(3950, start=start, begin=3900))
        watch.until(told, "the alert, from memory")
        (_, change, summary), = told()
        assert change == "opened" and summary.startswith("the state cannot be written: ")
        assert [e["change"] for e in watch.alerts()] == ["opened"]
        make_room(watch.process)
        watch.until(lambda: records_in(state) == 2 * 395, "every line")
        watch.until(while_it_goes_on(log, start, 3950, lambda: told()[-1][1] == "resolved"), "the end of it")
        assert len({delivery for delivery, change, _ in told() if change == "opened"}) == 1
        assert watch.stop() == 0


def told_of_the_state(receiver):
    """By the receiver: the ids and changes of the alert that the state cannot be written."""
    return [(body["delivery"], body["change"]) for _, _, body in receiver.taken if body["episode"]["subject"] == "watch/--state"]


@pytest.mark.parametrize("room_at_once, stale_after", [(True, "15m"), (False, "15m"), (True, "6s")],
                         ids=["room when it starts again", "room later", "another log falls silent meanwhile"])
def test_what_was_told_from_memory_is_resolved_after_a_crash(tmp_path, room_at_once, stale_after):
    receiver = Receiver()
    log, silent, state = tmp_path / "tunnels.log", tmp_path / "silent.log", tmp_path / "state"
    start = int(time.time()) - 3892
    for one in (log, silent):
        one.write_text("".join(lines(3900, start=start)))
    arguments = ("--state", state, "--stale-after", stale_after, "--alert", f"webhook:{receiver.url}", log, silent)
    with Watch(*arguments) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        fill_disk(watch.process)
        append(log, lines(3950, start=start, begin=3900))
        watch.until(lambda: told_of_the_state(receiver), "the alert, from memory")
        watch.kill()
    opening, = told_of_the_state(receiver)
    with Watch(*arguments, before=None if room_at_once else full_disk) as watch:
        if not room_at_once:
            watch.until(lambda: any("state cannot be written" in (e["stale"] or "") for e in watch.events if e["type"] == "watch"), "the complaint")
            watch.until(lambda: len(watch.alerts()) == 1, "the alert, told again")
            make_room(watch.process)
        watch.until(lambda: records_in(state) == 2 * 395 + 2 * 390, "every line")
        watch.until(while_it_goes_on(log, start, 3950, lambda: told_of_the_state(receiver)[-1][1] == "resolved"), "the end of it")
        assert watch.stop() == 0
    told = told_of_the_state(receiver)
    assert {delivery for delivery, change in told if change == "opened"} == {opening[0]}
    assert [change for _, change in told].count("resolved") == 1
    assert sorted(file.name for file in tmp_path.glob("state*") if not file.name.startswith("state.copy")) == ["state"], "no trace is left behind"


def test_a_kill_with_room_tells_nobody_of_the_state(tmp_path):
    receiver = Receiver()
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(lines(3900)))
    for _ in range(2):
        with Watch("--state", state, "--alert", f"webhook:{receiver.url}", log) as watch:
            watch.until(lambda: is_live(watch), "the first report")
            append(log, lines(4100, begin=3900))
            watch.until(lambda: records_in(state) >= 820, "every line")
            watch.kill()
    assert told_of_the_state(receiver) == []


def test_a_watch_that_starts_on_a_full_disk_shows_what_it_knows_and_that_it_cannot_keep_more(tmp_path):
    state = tmp_path / "state"
    log = history(tmp_path / "tunnels.log")
    with running([log.path], "--state", str(state)) as server:
        until(lambda: server.ask("/healthz").status == 200)
        server.process.kill()
        server.process.wait()
    with running([log.path], "--state", str(state), before=full_disk) as server:
        def health():
            answer = server.ask("/healthz")
            return answer.status, answer.text
        until(lambda: health()[0] == 503 and "the state cannot be written: " in health()[1])
        assert set(server.statuses().values()) == {"up"}, "what was known is shown"
        assert "the state cannot be written" in server.ask("/").text
        make_room(server.process)
        until(lambda: health()[0] == 200)


def test_without_room_for_a_new_state_a_service_is_started_again(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", tmp_path / "state", log, before=full_disk) as watch:
        status = watch.wait()
    assert "state cannot be used: " in "".join(watch.errors) and "make room" in "".join(watch.errors)
    unit = (Path(__file__).resolve().parents[2] / "docs/systemd/tunnelscope.service").read_text()
    assert re.search(r"^Restart=always$", unit, re.M)
    for_good = [int(number) for number in re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M)[1].split()]
    assert status not in (0, *for_good)
    assert run("watch", "--state", tmp_path / "no-folder" / "state", log).status in for_good


def peak_memory_kb(pid):
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))


def test_a_flood_is_counted_to_the_last_record_in_bounded_memory(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    text = "".join(lines(FLOOD // 2 * 10, start=1772438400 + 10_000))
    with Watch("--state", state, "--journal", "4", log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        append(log, text)
        watch.until(lambda: records_in(state) == FLOOD + 60, "every record of the flood")
        assert peak_memory_kb(watch.process.pid) < MOST_MEMORY_KB
        assert watch.stop() == 0


def test_a_file_that_comes_later_is_waited_for(tmp_path):
    log = tmp_path / "tunnels.log"
    with Watch(log) as watch:
        watch.until(lambda: watch.process.poll() is None, "a running watch")
        time.sleep(0.5)
        log.write_text("".join(hour()[:60]))
        watch.until(lambda: is_live(watch), "the first report")
        append(log, lines(700, OUTAGES, begin=300))
        watch.until(lambda: openings(watch) == ["opened"], "the outage")


def test_a_file_that_goes_away_is_said_and_waited_for(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()[:60]))
    with Watch(log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        os.remove(log)
        time.sleep(0.5)
        append(log, lines(700, OUTAGES, begin=300))
        watch.until(lambda: openings(watch) == ["opened"], "the outage, from the new file")


def test_a_reader_that_goes_away_ends_the_watch_quietly(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(hour()[:60]))
    process = subprocess.Popen([PROGRAM, "watch", "--format", "ndjson", "--config", "none", log], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment())
    assert process.stdout.readline()
    process.stdout.close()
    append(log, lines(1000, OUTAGES, begin=300))
    process.wait(timeout=60)
    assert process.stderr.read() == b""


def test_a_restart_does_not_forget_that_a_log_has_stopped(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "staleness")
        watch.stop()
    with Watch("--state", state, "--until", "healthy", "--timeout", "3s", log) as watch:
        assert watch.wait() == 1
        assert watch.alerts() == []


def test_a_log_that_never_pauses_is_live_all_the_same():
    now = int(time.time()) // 10 * 10
    past, present = lines(600, start=now - 700), lines(200, ((0, 30, 200),), start=now - 100)
    with Watch("-", stdin=subprocess.PIPE) as watch:
        watch.process.stdin.write("".join(past))
        for text in present:
            watch.process.stdin.write(text)
            watch.process.stdin.flush()
            time.sleep(0.3)
            if openings(watch):
                break
        watch.until(lambda: openings(watch) == ["opened"], "the outage, before the end")
        watch.process.stdin.close()
        watch.wait()


def test_a_source_that_cannot_be_read_does_not_blind_the_watch(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    dead = "cloudwatch:/aws/vpn?region=eu-west-1&endpoint=http://127.0.0.1:1"
    with Watch("--timeout", "25s", "--until", "healthy", log, dead, env={"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the file's outage")
        assert watch.wait() == 1


def test_being_stopped_is_not_being_healthy(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)))
    with Watch("--until", "healthy", log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        assert watch.stop() == 1


def test_lines_that_nobody_understands_end_as_for_diagnose():
    done = run("watch", "--config", "none", stdin=b"foo\nbar\n")
    assert done.status == 4 and "nothing in the inputs was recognised" in done.err


def test_a_writer_that_goes_on_with_the_renamed_file_loses_nothing(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        with open(log, "a") as old:
            os.rename(log, tmp_path / "tunnels.log.1")
            append(log, hour()[200:])
            time.sleep(1.5)
            old.writelines(hour()[60:200])
        watch.until(lambda: openings(watch) == ["opened", "resolved"] * 3, "three outages and their ends")
        watch.until(lambda: records_in(state) == len(hour()), "every line")
        watch.stop()
    assert records_in(state) == len(hour())


def test_a_document_without_a_last_line_end_is_read(tmp_path):
    log = tmp_path / "tunnels.log"
    log.write_text("".join(lines(700, OUTAGES)).rstrip("\n"))
    with Watch(log) as watch:
        watch.until(lambda: openings(watch) == ["opened"], "the outage of the last line")


def test_a_state_is_for_its_owner_alone(tmp_path):
    log, state = tmp_path / "tunnels.log", tmp_path / "state"
    log.write_text("".join(hour()[:60]))
    with Watch("--state", state, log) as watch:
        watch.until(lambda: is_live(watch), "the first report")
        assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("state*")} == {0o600}
