"""The data that the figures are measured on: made when a figure first needs it, removed when no figure will.
In: how many records the sizes have. Out: folders of files, with what a reader must find in them."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

from measure import Failed

BYTES_A_RECORD = {"client-vpn": 770, "cloudconnexa": 1080, "pangolin-csv": 140, "pangolin-json": 400, "twingate": 730}
BYTES_OF_IKE = 235


@dataclasses.dataclass(frozen=True)
class Recipe:
    size: str            # which of the sizes
    kind: str = "ike"
    options: tuple = ()  # more arguments of the generator
    gzip: bool = False

    def expected_bytes(self, records):
        """On the disk at most: what is compressed stands there plain at first."""
        return records * BYTES_A_RECORD.get(self.kind, BYTES_OF_IKE) * (4 / 3 if self.kind == "ike-overlap" else 1)


RECIPES = {
    "small": Recipe("small"),
    "big": Recipe("big"),
    "big-gzip": Recipe("big", gzip=True),
    "small-bare": Recipe("small", options=("--bare",)),
    "small-bare-one-file": Recipe("small", "ike-one-file", ("--bare",)),
    "one-file": Recipe("small", "ike-one-file"),
    "sparse": Recipe("small", options=("--spacing", "60")),
    "shuffled": Recipe("small", "ike-shuffled"),
    "overlap": Recipe("small", "ike-overlap"),
    "routine-small": Recipe("small", options=("--routine-only",)),
    "routine-big": Recipe("big", options=("--routine-only",)),
    "routine-big-gzip": Recipe("big", options=("--routine-only",), gzip=True),
    "sample": Recipe("sample", options=("--streams", "2")),
    **{kind: Recipe("sessions", kind) for kind in BYTES_A_RECORD},
}


@dataclasses.dataclass(frozen=True)
class Data:
    folder: pathlib.Path
    records: int  # as a reader meets them
    unique: int   # without those that stand in two files
    bytes: int    # before compression


class Datasets:
    def __init__(self, generator, folder, sizes, seed):
        self.generator, self.folder, self.sizes, self.seed = generator, pathlib.Path(folder), sizes, seed
        self.made = {}

    def __getitem__(self, name):
        if name not in self.made:
            self.made[name] = self._make(name, RECIPES[name])
        return self.made[name]

    def forget(self, name):
        if name in self.made:
            shutil.rmtree(self.made.pop(name).folder)

    def demand_space(self, groups):
        """Fails when the disk cannot hold what is there at any one time, before an hour is spent. In: the names that
        each group of figures needs, in the order of the groups."""
        def alive(name, at):
            uses = [number for number, names in enumerate(groups) if name in names]
            return uses[0] <= at <= uses[-1]

        names = sorted({name for group in groups for name in group})
        needed = max(sum(RECIPES[name].expected_bytes(self.sizes[RECIPES[name].size]) for name in names if alive(name, at))
                     for at in range(len(groups)))
        free = shutil.disk_usage(self.folder).free
        if free < needed * 1.1:
            raise Failed(f"{self.folder} has {free / 1e9:.1f} GB free and the data need {needed * 1.1 / 1e9:.1f} GB: "
                         "name another folder with --data, or fewer records with --records")

    def _make(self, name, recipe):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        command = [self.generator, "--kind", recipe.kind, "--records", self.sizes[recipe.size], "--seed", self.seed,
                   "--out", folder, *recipe.options]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"the generator could not make {name}")
        if recipe.gzip:
            compress(folder)
        written = json.loads(done.stdout)
        return Data(folder, written["records"], written["unique"], written["bytes"])


def compress(folder):
    """Each file by gzip -6, as many at a time as there are processors."""
    files = "\0".join(str(path) for path in sorted(folder.rglob("*")) if path.is_file())
    done = subprocess.run(["xargs", "-0", "-n", "5", "-P", str(os.cpu_count()), "gzip", "-6", "-n"], input=files, text=True)
    if done.returncode != 0:
        raise Failed(f"gzip could not compress {folder}")
