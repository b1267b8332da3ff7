# SPDX-License-Identifier: BSD-3-Clause
"""Whether every requirement is accounted for. Prints each breach and exits 1.

    lint.py [BUILD]    BUILD, a build directory, says which tests there are
"""

import json
import os
import sys

import rows as requirements

SHOULD_LEAST = 95  # per cent of the SHOULD rows that are proven, or left out for a reason


def numbering(rows):
    for source, last in requirements.LAST.items():
        for number in range(1, last + 1):
            width = 3 if source == "H7" else 2
            if f"{source}-{number:0{width}}" not in rows:
                yield f"{source}-{number:0{width}}: is missing"
    for row in rows.values():
        if row.level not in requirements.LEVELS:
            yield f"{row.where}: {row.identifier}: no such level: {row.level}"
        if not row.text and not row.same:
            yield f"{row.where}: {row.identifier}: says nothing"


def claimed(rows):
    """Gives each row its tests."""
    for where, identifiers, function in requirements.claims():
        if function is None:
            yield f"{where}: proves something, but no test follows"
        for identifier in identifiers:
            if identifier not in rows:
                yield f"{where}: there is no {identifier}"
            elif rows[identifier].out is not None:
                yield f"{where}: {identifier} does not apply: {rows[identifier].out}"
            else:
                rows[identifier].tests.append((where, function))
        if not identifiers:
            yield f"{where}: proves nothing"


def answered(rows):
    """Every row that applies has a test, every obligation a mutation."""
    for row in rows.values():
        where = f"{row.where}: {row.identifier} ({row.level})"
        if row.same is not None:
            other = rows.get(row.same)
            if other is None or other.same is not None or not other.applies():
                yield f"{where}: is as {row.same}, which does not say it"
            continue
        if not row.applies():
            continue
        if not row.tests:
            yield f"{where}: no test proves it"
        if row.level in requirements.MUST and not row.mutations:
            yield f"{where}: no mutation shows that its tests can fail"


def options(rows):
    with open(os.path.join(requirements.TOP, "config/man/haaro.yaml.5"), encoding="utf-8") as file:
        manual = file.read().replace("\\-", "-")
    for row in rows.values():
        if row.option is not None and row.option.split(".")[-1] not in manual:
            yield f"{row.where}: {row.identifier}: no key {row.option} in the manual"


def fresh(rows, build):
    """Mutations that still mean something: what they change is there, and so are their tests."""
    names = None
    if build:
        with open(os.path.join(build, "meson-info/intro-buildoptions.json"),
                  encoding="utf-8") as file:
            chosen = {option["name"]: option["value"] for option in json.load(file)}
        if chosen.get("dataplane"):
            with open(os.path.join(build, "meson-info/intro-tests.json"),
                      encoding="utf-8") as file:
                names = {test["name"] for test in json.load(file)}
    for row in rows.values():
        for mutation in row.mutations:
            try:
                path = os.path.join(requirements.TOP, mutation.path)
                with open(path, encoding="utf-8") as file:
                    if mutation.apply(file.read()) == "":
                        yield f"{row.where}: {row.identifier}: leaves nothing of {mutation.path}"
            except (OSError, ValueError) as problem:
                yield f"{row.where}: {problem}"
            for test in mutation.tests:
                if names is not None and test not in names:
                    yield f'{row.where}: {row.identifier}: no test "{test}"'


def coverage(rows):
    should = [row for row in rows.values() if row.level in requirements.SHOULD]
    good = [row for row in should if row.tests or row.same or not row.applies()]
    if 100 * len(good) < SHOULD_LEAST * len(should):
        yield (f"{len(good)} of {len(should)} SHOULD rows are accounted for, less than "
               f"{SHOULD_LEAST} %")


def check(build=None):
    rows = requirements.read()
    breaches = [*numbering(rows), *claimed(rows), *answered(rows), *options(rows),
                *fresh(rows, build), *coverage(rows)]
    return rows, breaches


def main(arguments):
    rows, breaches = check(*arguments[:1])
    print("\n".join(breaches) if breaches else f"{len(rows)} rows, each accounted for")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
