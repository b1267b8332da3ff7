# SPDX-License-Identifier: BSD-3-Clause
"""What an operator meets: every show command, the socket's rights, doctor, metrics, bad starts."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

from harness import TOP, expect, lab, main, metrics

VIEWS = [os.path.join(TOP, "control", "cli", name) for name in ("view.c", "view_ro.c")]
SOCKET = "/run/haaro/hub.sock"
NOBODY = 65534
GROUP = 64321


def views():
    """What haaroctl's tables are made of: words -> (layout, [(heading, key)])."""
    found = {}
    text = ""
    for path in VIEWS:
        with open(path, encoding="utf-8") as file:
            text += file.read()
    for part in text.split('.words = "')[1:]:
        words = part.split('"')[0]
        layout = re.search(r"\.layout = (VIEW_\w+)", part)
        columns = re.findall(r'\{"([^"]*)", "(\w+)", format_', part)
        found[words] = (layout.group(1) if layout else "VIEW_TABLE", columns)
    return found


def shows(daemon):
    """The subjects of show, as the daemon itself lists them."""
    rows = json.loads(daemon.ctl("--json", "help").stdout)
    return sorted(row["command"].removeprefix("show ") for row in rows
                  if row["command"].startswith("show "))


def rows_of(daemon, *words):
    value = json.loads(daemon.ctl("--json", *words).stdout)
    return value if isinstance(value, list) else [value]


def check_show(daemon, subject):
    words = f"show {subject}"
    layout, columns = views().get(words, (None, []))
    expect(layout, f"{words}: haaroctl has no layout for it")
    table = daemon.ctl("--all", *words.split()).stdout
    if layout == "VIEW_TEXT":
        expect(table.strip(), f"{words}: nothing is printed")
        return
    rows = rows_of(daemon, *words.split())
    for row in rows:
        missing = [key for _, key in columns if key not in row]
        expect(not missing, f"{daemon.name}: {words}: a row lacks {missing}: {row}")
    if layout == "VIEW_TABLE" and rows:
        pattern = r"\s+".join(re.escape(heading) for heading, _ in columns)
        expect(re.search(pattern, table), f"{words}: the headings are not as laid out:\n{table}")
        expect(len(table.splitlines()) > len(rows), f"{words}: fewer lines than rows:\n{table}")


def test_every_show_command_in_both_forms(net):
    make_group(net)
    net.start()
    expect(net.nodes["host-a"].pings("10.3.0.2", count=3, timeout=3), "host-a reaches not host-c")
    subjects = shows(net.hub)
    wanted = {"bindings", "registration", "tunnels", "routes", "paths", "adjacencies", "ports",
              "workers", "counters", "drops", "violations", "ro", "ro advertised", "ro cache",
              "ro nonces", "ro sessions"}
    expect(wanted <= set(subjects), f"missing: {wanted - set(subjects)}")
    roles = {"bindings": {net.hub}, "violations": {net.hub}, "registration": {net.c},
             "ro": {net.c}, "ro advertised": {net.hub}, "ro cache": {net.c}, "ro nonces": {net.c},
             "ro sessions": {net.c}}
    for subject in subjects:
        for daemon in (net.hub, net.c):
            if daemon in roles.get(subject, {daemon}):
                check_show(daemon, subject)
            else:
                result = daemon.ctl("show", *subject.split(), check=False)
                expect(result.returncode in (0, 1) and result.stdout.strip(),
                       f"{daemon.name}: show {subject}: {result.returncode} {result.stdout!r}")


def test_one_router_in_detail(net):
    row = rows_of(net.hub, "show", "bindings", "192.0.2.1")[0]
    expect(row["name"] == "branch-a" and row["behind_nat"], f"{row}")
    table = net.hub.ctl("show", "bindings", "192.0.2.1").stdout
    expect("branch-a" in table and "203.0.113.1" in table and "192.168.1.10" in table, table)


def test_an_unknown_command_says_what_there_is(net):
    result = net.hub.ctl("show", "nonsense", check=False)
    expect(result.returncode == 1 and "help" in result.stdout, result.stdout)


def as_nobody(net, group):
    tool = "/run/haaroctl-of-an-ordinary-user"  # where an ordinary user may execute it
    shutil.copy(net.lab.haaroctl, tool)
    result = subprocess.run([tool, "--socket", SOCKET, "show", "version"], user=NOBODY, group=group,
                            extra_groups=[], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=20, check=False)
    os.unlink(tool)
    return result


def make_group(net):
    """A group haaro for as long as this mount namespace lives, whatever the machine has."""
    path = os.path.join(net.lab.directory, "group")
    with open("/etc/group", encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("haaro:")]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines + [f"haaro:x:{GROUP}:\n"])
    os.chmod(path, 0o644)
    lab.run("mount", "--bind", path, "/etc/group")


def test_the_socket_is_for_its_group_only(net):
    status = os.stat(SOCKET)
    mode = stat.S_IMODE(status.st_mode)
    expect(mode == 0o660 and status.st_gid == GROUP, f"mode {mode:o}, group {status.st_gid}")
    result = as_nobody(net, NOBODY)
    expect(result.returncode == 3 and "Permission denied" in result.stdout and
           "group" in result.stdout, f"{result.returncode}: {result.stdout}")
    result = as_nobody(net, GROUP)
    expect(result.returncode == 0, f"a member: {result.returncode}: {result.stdout}")


def test_doctor(net):
    result = net.hub.ctl("doctor", check=False)
    rows = json.loads(net.hub.ctl("--json", "doctor", check=False).stdout)
    checks = " ".join(row["check"] for row in rows)
    for word in ("hugepages", "offload", "clock", "permissions", "group"):
        expect(word in checks, f"doctor does not look at {word}: {checks}")
    expect(all(row["verdict"] in ("ok", "warn", "fail") for row in rows), f"{rows}")
    expect(all(row["advice"] for row in rows if row["verdict"] != "ok"), f"no advice: {rows}")
    failed = any(row["verdict"] == "fail" for row in rows)
    expect(result.returncode == int(failed), f"exit {result.returncode}:\n{result.stdout}")


def test_doctor_knows_that_direct_paths_are_off(net):
    """In this network they are; tests/net/optimization.py has them on."""
    for daemon, found in ((net.c, ["switched off here"]), (net.hub, [])):
        rows = json.loads(daemon.ctl("--json", "doctor", check=False).stdout)
        said = [row["found"] for row in rows if row["check"] == "direct paths"]
        expect(said == found, f"{daemon.name}: {rows}")


def test_explanations_end_with_a_conclusion(net):
    """At both ends, whatever it is; and the exit status says which."""
    for daemon in (net.c, net.hub):
        result = daemon.ctl("--json", "ro", "explain", "10.3.0.2", "10.1.0.2", check=False)
        rows = json.loads(result.stdout)
        expect(len(rows) > 5 and rows[-1]["gate"] == "conclusion", f"{daemon.name}: {rows}")
        failed = any(row["verdict"] == "fail" for row in rows)
        expect(result.returncode == int(failed), f"{daemon.name}: {result.returncode}: {rows}")
        expect(rows[-1]["verdict"] == ("fail" if failed else "pass"), f"{daemon.name}: {rows}")
        expect(not failed or "next: " in rows[-1]["value"], f"{daemon.name}: {rows[-1]}")


def test_doctor_sees_offloads_that_were_switched_on(net):
    net.nodes["branch-c"].run("ethtool", "-K", "lan", "tx", "on", "tso", "on", check=False)
    net.nodes["host-c"].run("ethtool", "-K", "eth0", "tx", "on", "tso", "on", check=False)
    rows = json.loads(net.c.ctl("--json", "doctor", check=False).stdout)
    net.nodes["branch-c"].run("ethtool", "-K", "lan", "tx", "off", "tso", "off", check=False)
    net.nodes["host-c"].run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", check=False)
    bad = [row for row in rows if "offload" in row["check"] and row["verdict"] != "ok"]
    expect(bad and "ethtool" in bad[0]["advice"], f"{rows}")


def test_wait_ready(net):
    start = time.monotonic()
    result = net.c.ctl("wait-ready", "--timeout", "5")
    expect(result.returncode == 0 and time.monotonic() - start < 2, result.stdout)
    net.b.stop()
    result = net.b.ctl("wait-ready", "--timeout", "1", check=False)
    expect(result.returncode == 3, f"no daemon: {result.returncode} {result.stdout}")
    net.nodes["nat"].run("ip", "link", "set", "branch-b", "down")
    net.b.start(ready=0)
    result = net.b.ctl("wait-ready", "--timeout", "3", check=False)
    expect(result.returncode == 1 and "not ready" in result.stdout,
           f"cannot register: {result.returncode} {result.stdout}")
    net.nodes["nat"].run("ip", "link", "set", "branch-b", "up")
    net.b.wait_ready(20)


def counters(daemon):
    """show counters, by the names that OpenMetrics gives them."""
    values = {}
    for row in rows_of(daemon, "show", "counters"):
        labels = ",".join(f'{key}="{value}"' for key, value in row["labels"].items())
        values[row["counter"], "{" + labels + "}" if labels else ""] = row["value"]
    return values


def test_metrics_are_the_counters(net):
    stream = lab.Stream(net.nodes["host-a"], "10.3.0.2", interval=0.01)
    time.sleep(1)
    before = counters(net.hub)
    served, types = metrics(net.hub)
    after = counters(net.hub)
    stream.stop()
    expect(len(served) == len(before) == len(after), f"{len(served)} and {len(before)} values")
    still = 0
    for (family, labels), low in before.items():
        name = family + ("_total" if types[family] == "counter" else "") + labels
        value, high = served[name], after[family, labels]
        if low == high:
            still += 1
        low, high = min(low, high), max(low, high)
        expect(low <= value <= high, f"{name}: {value} in OpenMetrics, {low} to {high} shown")
    print(f"             {len(served)} values, {still} of them the same in both")
    expect(sum(v for name, v in served.items() if "port_received_packets" in name) > 0,
           "no packet was counted")


# --- what cannot start --------------------------------------------------------------------------

BAD = [  # (file, what is changed, into what, what the complaint must name)
    ("hub.yaml", "version: 1", "version: 9", "version"),
    ("hub.yaml", "role: home-agent", "role: home-agnet", "home-agent"),
    ("hub.yaml", "gateway: 198.51.100.254", "gateway: 198.51.100.999", "gateway"),
    ("hub.yaml", "gateway: 198.51.100.254", "gateway: 10.9.9.9", "gateway"),
    ("hub.yaml", "gateway: 198.51.100.254", "gatway: 198.51.100.254", "gatway"),
    ("hub.yaml", "subscribers: subscribers.yaml", "subscribers: nowhere.yaml", "nowhere.yaml"),
    ("hub.yaml", "capacity: {", "capacity: {tunnels: 7, ", "tunnels"),
    ("hub.yaml", "prefixes: 4000}", "prefixes: 4000", ""),
    ("subscribers.yaml", "spi: 1001", "spi: 12", "spi"),
    ("subscribers.yaml", "home-address: 192.0.2.2", "home-address: 192.0.2.1", "192.0.2.1"),
    ("branch-a.yaml", "uplinks: [{port: isp}]", "uplinks: [{port: ips}]", "ips"),
    ("branch-a.yaml", "key-file: branch-a.key", "key-file: none.key", "none.key"),
]


def haarod(net, node, *words):
    started = time.monotonic()
    result = net.nodes[node].run(net.lab.haarod, *net.lab.haarod_options, *words, check=False,
                                 timeout=20)
    result.took = time.monotonic() - started
    return result


def edited(net, name, old, new):
    """A copy of the configuration in which one thing is changed; returns the main file."""
    directory = os.path.join(net.lab.directory, "edited")
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    for file in os.listdir(lab.CONF):
        shutil.copy(os.path.join(net.lab.directory, file), directory)
        os.chmod(os.path.join(directory, file), 0o600)
    path = os.path.join(directory, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    expect(old in text, f"{name} has no {old!r}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))
    return os.path.join(directory, "hub.yaml" if name == "subscribers.yaml" else name)


def test_check_says_where_and_what(net):
    for name, old, new, named in BAD:
        result = haarod(net, "hub", "--check", edited(net, name, old, new))
        case = f"{name} with {new!r}: exit {result.returncode}\n{result.stdout}"
        expect(result.returncode == 2, case)
        expect(re.search(r"\.yaml:\d+:\d+: ", result.stdout), case)
        expect(named in result.stdout, case)
    good = haarod(net, "hub", "--check", net.hub.conf)
    expect(good.returncode == 0, good.stdout)


def test_a_key_file_that_others_can_read_is_refused(net):
    path = edited(net, "branch-a.yaml", "version: 1", "version: 1")
    os.chmod(os.path.join(os.path.dirname(path), "branch-a.key"), 0o644)
    result = haarod(net, "branch-a", "--check", path)
    expect(result.returncode == 2 and "branch-a.key" in result.stdout and
           "600" in result.stdout, f"{result.returncode}: {result.stdout}")


def refuses(net, node, path, status, *named):
    result = haarod(net, node, path)
    case = f"exit {result.returncode} after {result.took:.1f} s\n{result.stdout}"
    expect(result.returncode == status, case)
    for word in named:
        expect(word in result.stdout, f"no word of {word!r}: {case}")
    expect("core dumped" not in result.stdout and result.stdout.count("\n") < 12, case)


def test_starts_that_fail_say_what_to_do_and_exit_once(net):
    refuses(net, "hub", edited(net, "hub.yaml", "role: home-agent", "roel: home-agent"), 2, "roel")
    refuses(net, "hub", os.path.join(net.lab.directory, "missing.yaml"), 2, "missing.yaml")
    other = edited(net, "hub.yaml", "iface=core", "iface=cellar")  # another instance's name:
    with open(other, encoding="utf-8") as file:
        text = file.read()
    with open(other, "w", encoding="utf-8") as file:
        file.write(text.replace("name: hub\n", "name: hub-2\n", 1) +
                   '\nmetrics: {listen: "127.0.0.1:9465"}\n')
    refuses(net, "hub", other, 1, "cellar", "device")


def test_a_second_instance_is_refused_and_the_first_lives(net):
    refuses(net, "hub", net.hub.conf, 1, "hub.sock")
    expect(net.hub.process.poll() is None, "the first instance died")
    second = edited(net, "hub.yaml", "name: hub\n", "name: hub-2\n")
    refuses(net, "hub", second, 1, "127.0.0.1:9464", "metrics.listen")
    net.hub.ctl("show", "version")
    expect(net.nodes["host-a"].pings("10.3.0.2", count=2, timeout=3), "traffic has stopped")


def test_nothing_is_left_of_starts_that_failed(net):
    left = [os.path.join(root, name) for top in ("/run/haaro", "/run/dpdk", "/dev/hugepages")
            for root, _, names in os.walk(top) for name in names if "hub-2" in root + name]
    expect(not left, f"left behind: {left}")


if __name__ == "__main__":
    sys.exit(main([
        test_every_show_command_in_both_forms,
        test_one_router_in_detail,
        test_an_unknown_command_says_what_there_is,
        test_the_socket_is_for_its_group_only,
        test_doctor,
        test_doctor_knows_that_direct_paths_are_off,
        test_explanations_end_with_a_conclusion,
        test_doctor_sees_offloads_that_were_switched_on,
        test_wait_ready,
        test_metrics_are_the_counters,
        test_check_says_where_and_what,
        test_a_key_file_that_others_can_read_is_refused,
        test_starts_that_fail_say_what_to_do_and_exit_once,
        test_a_second_instance_is_refused_and_the_first_lives,
        test_nothing_is_left_of_starts_that_failed,
    ]))
