# pytest options and paths for the sample and property tests.
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]


def pytest_addoption(parser):
    try:
        parser.addoption("--bless", action="store_true", help="rewrite expected.json and expected.txt; review the diff")
    except ValueError:  # tests/check has it too, and both run together
        pass
    parser.addoption("--seeds", type=int, default=20, help="how many seeds each randomised story is told with")
