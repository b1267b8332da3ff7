# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of target_pipeline.c from the cases of tests/replay:

    /usr/bin/python3 tests/fuzz/seeds.py

One file for the first frame of each case; to be run again when cases are added."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "corpus", "pipeline")
sys.path.insert(0, os.path.join(HERE, "..", "replay"))

import cases  # noqa: E402  pylint: disable=C0413

SIZE_MAX = 1600
ROLES = {("Branch", "wan"): 1 << 2, ("Branch", "lan"): 2 << 2}


def main():
    os.makedirs(CORPUS, exist_ok=True)
    known = set()
    for name, make in cases.ALL.items():
        case = make()
        if not case.frames:
            continue
        frame = bytes(case.frames[0])
        how = list(case.config.ports).index(case.port)
        how |= ROLES.get((type(case.config).__name__, case.port), 0)
        seed = bytes([how]) + frame
        if len(seed) > SIZE_MAX or seed in known:
            continue
        known.add(seed)
        with open(os.path.join(CORPUS, name), "wb") as file:
            file.write(seed)
    print(f"{len(known)} seeds")


if __name__ == "__main__":
    main()
