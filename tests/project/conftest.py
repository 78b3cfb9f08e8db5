# The runner of the built program is that of tests/samples.
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
