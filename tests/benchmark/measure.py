"""Runs programs in turn and measures each run.
In: command lines. Out: samples of wall time, processor time and peak memory, and rows that compare them."""
import dataclasses
import json
import os
import subprocess


@dataclasses.dataclass(frozen=True)
class Sample:
    wall: float  # seconds
    cpu: float   # seconds, user and system, of the program and all that it started
    peak: float  # MB (10^6 bytes) of resident memory, mapped pages included


@dataclasses.dataclass(frozen=True)
class Program:
    """`accepts` are the exit statuses of a run that did its work: tunnelscope's 1 says that it found something."""
    command: tuple
    environment: dict = dataclasses.field(default_factory=dict)
    accepts: tuple = (0,)


class Failed(Exception):
    """A program did not do what it was measured for; no figure of it is worth anything."""


class Launcher:
    def __init__(self, program):
        self.program = program  # benchmark_launch

    def run(self, program, output=os.devnull):
        """One run; standard output goes to the file `output`, standard error to ours."""
        words = [str(word) for word in (self.program, output, *program.command)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", **program.environment}
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, env=environment)
        took = json.loads(done.stdout) if done.returncode == 0 else {"status": "an error"}
        if took["status"] not in program.accepts:
            raise Failed(f"{' '.join(words[2:])[:300]} ended with {took['status']}")
        return Sample(took["wall"], took["cpu"], took["peak"] / 1e6)

    def in_turn(self, programs, runs):
        """{name: program} to {name: [sample of each round]}: in each round every program runs once. A first, untimed
        round brings everything into the page cache."""
        for program in programs.values():
            self.run(program)
        rounds = [{name: self.run(program) for name, program in programs.items()} for _ in range(runs)]
        return {name: [one[name] for one in rounds] for name in programs}


@dataclasses.dataclass
class Row:
    """A line of the table. `value` and its spread, what it must reach and should reach; `at_most`: less is better."""
    figure: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    must: float | None = None
    reach: float | None = None
    at_most: bool = False
    unit: str = ""
    note: str = ""  # why there is no value

    def misses(self, slack=1.0):
        """Whether the value is worse than `slack` times what it must reach."""
        if self.value is None or self.must is None:
            return False
        return self.value > self.must * slack if self.at_most else self.value < self.must / slack


def ratio(figure, above, below, per=1.0, **targets):
    """Minimum over minimum of two lists of samples, divided by `per`; the spread is that of the rounds' own ratios."""
    in_rounds = [a.wall / b.wall / per for a, b in zip(above, below, strict=True)]
    value = min(a.wall for a in above) / min(b.wall for b in below) / per
    return Row(figure, value, min(in_rounds), max(in_rounds), **targets)


def peak(figure, samples, **targets):
    peaks = [sample.peak for sample in samples]
    return Row(figure, max(peaks), min(peaks), max(peaks), at_most=True, unit=" MB", **targets)


def difference(figure, above, below, **targets):
    """Of two lists of samples, in milliseconds."""
    in_rounds = [(a.wall - b.wall) * 1e3 for a, b in zip(above, below, strict=True)]
    value = (min(a.wall for a in above) - min(b.wall for b in below)) * 1e3
    return Row(figure, value, min(in_rounds), max(in_rounds), at_most=True, unit=" ms", **targets)
