# SPDX-License-Identifier: BSD-3-Clause
"""Every drop reason of haaro/drop.h has a case that raises that counter by one: in tests/replay,
or, for what no configuration can bring about, in tests/unit/dataplane/test_{pipeline,direct}.c."""

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/replay"))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def main():
    import cases  # pylint: disable=C0415
    reasons = re.findall(r'\bX\((\w+), "(\w+)", (?:PACKET|STATE|RESOURCE)',
                         read("include/haaro/drop.h"))
    proven = {reason for make in cases.ALL.values()
              for reason, times in make().drops.items() if times == 1}
    pipeline = "".join(read(f"tests/unit/dataplane/test_{name}.c")
                       for name in ("pipeline", "direct"))
    missing = [name for constant, name in reasons
               if name not in proven and f"expect_drop(DROP_{constant})" not in pipeline]
    for name in missing:
        print(f"include/haaro/drop.h: {name}: no case raises it by exactly one")
    print(f"{len(reasons)} reasons, {len(missing)} without a case")
    return 1 if missing or len(reasons) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
