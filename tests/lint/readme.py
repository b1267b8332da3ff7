# SPDX-License-Identifier: BSD-3-Clause
"""The README is true: its paths exist, its configuration loads, its commands are commands.

    readme.py HAAROD HAAROCTL

The two commands of its second section run elsewhere: this is one of them, and the demo is a test.
"""

import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOTS = ["", "include", "dataplane", "control", "dataplane/stage"]


def exists(path):
    path = path.replace("*", "")
    return any(os.path.exists(os.path.join(TOP, root, path)) or
               any(name.startswith(os.path.basename(path)) for name in
                   os.listdir(os.path.join(TOP, root, os.path.dirname(path))))
               for root in ROOTS if os.path.isdir(os.path.join(TOP, root, os.path.dirname(path))))


def paths(text):
    """Names in code style that look like files or folders of ours."""
    for name in re.findall(r"`([\w./*-]+)`", text):
        known = name.split("/")[0] in os.listdir(TOP) or name.endswith((".c", ".h"))
        if ("/" in name or name.endswith((".c", ".h"))) and known and "/x." not in name:
            if not exists(name):
                yield f"README.md names {name}, which does not exist"


def configurations(text, haarod):
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        with tempfile.TemporaryDirectory() as directory:
            conf, key = (os.path.join(directory, "branch-a." + end) for end in ("yaml", "key"))
            for path, content in ((conf, block), (key, "hex:" + "00112233" * 8 + "\n")):
                with open(path, "w") as file:
                    file.write(content)
                os.chmod(path, 0o600)
            result = subprocess.run([haarod, "--check", conf], text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, check=False)
        if result.returncode != 0:
            yield f"README.md's configuration does not load: {result.stdout}"


def commands(text, haaroctl):
    help_text = subprocess.run([haaroctl, "--help"], text=True, stdout=subprocess.PIPE,
                               check=True).stdout
    for line in re.findall(r"^\$ (.*?)(?: +#.*)?$", text, re.MULTILINE):
        words = [word for word in line.split() if word != "sudo"]
        if words[0].startswith("./") and not os.access(os.path.join(TOP, words[0]), os.X_OK):
            yield f"README.md runs {words[0]}, which cannot be run"
        if words[0] == "haaroctl" and not all(word in help_text for word in words[1:]):
            yield f"README.md runs {line}, which haaroctl --help does not know"


def main(haarod, haaroctl):
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
        text = file.read()
    breaches = [*paths(text), *configurations(text, haarod), *commands(text, haaroctl)]
    print("\n".join(breaches))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
