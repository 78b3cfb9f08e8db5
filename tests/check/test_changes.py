"""What a change of the cloud's end is said to do, in documents that know neither ids nor addresses yet."""
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
from test_repairs import SWANCTL, cloudformation  # noqa: E402
import tool  # noqa: E402

OPTIONS = "      VpnTunnelOptionsSpecifications:\n"


def template(second_inside="169.254.13.0/30", group=14, network="10.20.0.0/16"):
    """A connection with two tunnels that are described alike."""
    head, tunnel = cloudformation().split(OPTIONS)
    text = head + OPTIONS + tunnel + tunnel.replace("169.254.12.0/30", second_inside)
    return text.replace("10.20.0.0/16", network).replace("Phase1DHGroupNumbers:\n            - Value: 14", f"Phase1DHGroupNumbers:\n            - Value: {group}")


def settings(folder, before, after):
    for name, text in {"before.yaml": before, "after.yaml": after}.items():
        (folder / name).write_text(text)
    done = tool.run("check", "--config", "none", "--format", "json", "after.yaml", *(["--before", "before.yaml"] if before else []), cwd=folder)
    return [one["cause"] for one in done.report["findings"] if re.search("bounce|inside-cidr-twice|one-tunnel", one["cause"])]


@pytest.mark.parametrize("before, after, found", [
    (template(), template(), []),
    (template(), template(group=20), ["config/both-tunnels-bounce"]),
    (template(), template(network="10.30.0.0/16"), ["config/connection-bounces"]),
    ("", template(second_inside="169.254.12.0/30"), ["config/inside-cidr-twice"]),
], ids=["no change", "an option of both tunnels", "an option of the connection", "one inside CIDR for both"])
def test_both_tunnels_of_a_template_are_of_one_connection(tmp_path, before, after, found):
    assert settings(tmp_path, before, after) == found


def test_a_gateway_that_knows_one_tunnel_of_a_template_is_told(tmp_path):
    (tmp_path / "stack.yaml").write_text(template())
    (tmp_path / "swanctl.conf").write_text(SWANCTL)
    (tmp_path / ".tunnelscope.yaml").write_text("pairs:\n  - {cloud: Connection tunnel 1, gateway: t1}\n")
    done = tool.run("check", "--format", "json", "stack.yaml", "swanctl.conf", cwd=tmp_path)
    assert "config/one-tunnel-of-two" in [one["cause"] for one in done.report["findings"]]
