# SPDX-License-Identifier: BSD-3-Clause
"""Adds up meson's test logs: what was skipped and why, what failed, and one closing line.

A unit test program counts as many tests as it has cases; any other test counts as one.
"""

import json
import re
import sys

CASE_PASSED = re.compile(r"^\[ +OK \] ", re.MULTILINE)
CASE_FAILED = re.compile(r"^\[  FAILED  \] (?!\d+ test)", re.MULTILINE)
CASE_SKIPPED = re.compile(r"^\[  SKIPPED \] (?!\d+ test)", re.MULTILINE)


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        try:
            lines = open(path, encoding="utf-8").readlines()
        except FileNotFoundError:
            print(f"FAILED  {path}: this part of the tests did not run")
            failed += 1
            continue
        for line in lines:
            test = json.loads(line)
            # cmocka prints its progress to either stream, depending on its version.
            output = test.get("stdout", "") + test.get("stderr", "")
            if test["result"] == "SKIP":
                reason = output.strip().splitlines()
                print(f"skipped {test['name']}: {reason[-1] if reason else 'no reason given'}")
                skipped += 1
            elif test["result"] in ("OK", "EXPECTEDFAIL"):
                passed += len(CASE_PASSED.findall(output)) or 1
                skipped += len(CASE_SKIPPED.findall(output))
            else:
                print(f"FAILED  {test['name']} ({test['result'].lower()})")
                passed += len(CASE_PASSED.findall(output))
                failed += len(set(CASE_FAILED.findall(output))) or 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
