# SPDX-License-Identifier: BSD-3-Clause
"""The daemon's surface from outside: start, haaroctl, reload, metrics, signals, hostile clients.

    daemon.py HAAROD HAAROCTL [real]

HAAROD stands on tables of plain arrays (fake_dataplane.c), so this needs neither root nor DPDK; or
it is the real one, without hugepages.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

HAAROD, HAAROCTL = (os.path.abspath(path) for path in sys.argv[1:3])
REAL = sys.argv[3:] == ["real"]
START = [HAAROD] + (["--no-huge"] if REAL else [])
HUB = """
version: 1
name: hub
role: home-agent
ports:
  - {name: wan, device: "net_null0,no-rx=1", addresses: [198.51.100.1/24], gateway: 198.51.100.254}
  - {name: core, device: "net_null1,no-rx=1", addresses: [10.255.0.1/24]}
home-agent: {address: 198.51.100.1, home-networks: [192.0.2.0/24]}
tunnels:
  - {name: west, encapsulation: udp, local: 198.51.100.1, remote: 198.51.100.7,
     networks: [10.7.0.0/16]}
control-socket: {path: hub.sock}
"""


class Daemon(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="haaro-oper-")
        self.addCleanup(self.directory.cleanup)
        self.path = os.path.join(self.directory.name, "hub.yaml")
        self.socket = os.path.join(self.directory.name, "hub.sock")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.write(HUB)

    BRANCH = """
version: 1
name: branch
role: mobile-router
ports:
  - {name: isp, device: "net_null0,no-rx=1", addresses: [203.0.113.10/24], gateway: 203.0.113.254}
  - {name: lan, device: "net_null1,no-rx=1", addresses: [10.1.0.1/24]}
mobile-router:
  home-address: 192.0.2.1
  home-agent: 198.51.100.1
  key: {spi: 1000, algorithm: hmac-sha256-128, secret: "hex:SECRET"}
  uplinks: [{port: isp}]
  networks: {mode: explicit, prefixes: [10.1.0.0/24], ports: [lan]}
control-socket: {path: hub.sock}
""".replace("SECRET", "00112233445566778899aabbccddeeff" * 2)

    def write(self, text, extra=""):
        text = text.replace("hub.sock", self.socket)
        text += f"metrics: {{listen: \"127.0.0.1:{self.port}\"}}\n{extra}"
        with open(self.path, "w") as file:
            file.write(text)
        os.chmod(self.path, 0o600)

    def start(self, ready=True, descriptors=None, **environment):
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.log = os.path.join(self.directory.name, "log")
        with open(self.log, "w") as log:
            self.daemon = subprocess.Popen([*START, self.path], stderr=log,
                                           env={**os.environ, **environment}, preexec_fn=limit)
        self.addCleanup(self.end)
        if ready:
            self.ctl("wait-ready", "--timeout", "5")
        else:
            self.until(lambda: os.path.exists(self.socket) or self.daemon.poll() is not None)

    def end(self):
        if self.daemon.poll() is None:
            self.daemon.terminate()
            self.assertEqual(self.daemon.wait(10), 0, self.logged())

    def ctl(self, *words, status=0):
        result = subprocess.run([HAAROCTL, "--socket", self.socket, *words], text=True,
                                capture_output=True, timeout=20)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout if status == 0 else result.stderr + result.stdout

    def show(self, *words):
        return json.loads(self.ctl("--json", "show", *words))

    def logged(self):
        with open(self.log) as log:
            return log.read()

    def test_show(self):
        self.start()
        self.assertEqual([port["port"] for port in self.show("ports")], ["wan", "core"])
        self.assertEqual(self.show("bindings"), [])
        self.assertEqual(self.ctl("show", "bindings"), "none\n")
        self.assertEqual(self.show("tunnels")[0]["name"], "west")
        self.assertIn("10.7.0.0/16", [route["prefix"] for route in self.show("routes")])
        self.assertIn("name: hub\n", self.ctl("show", "config"))
        self.assertEqual(self.show("version")["name"], "hub")
        self.assertEqual(self.show("events")[-1]["event"], "daemon.started")
        for noun in ("adjacencies", "counters", "drops", "neighbours", "paths", "stages", "usage",
                     "violations", "workers"):
            self.show(noun)
            self.ctl("show", noun)
        self.ctl("doctor", status=0)
        self.assertIn("try show bindings", self.ctl("show", "registration", status=1))
        self.assertIn("no such command", self.ctl("show", "tomorrow", status=1))
        self.assertIn("not bound", self.ctl("clear", "binding", "192.0.2.1", status=1))

    def test_metrics(self):
        self.start()
        url = f"http://127.0.0.1:{self.port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
            self.assertIn("application/openmetrics-text", answer.headers["Content-Type"])
        self.assertTrue(text.endswith("# EOF\n"))
        samples = [line for line in text.split("\n") if line and line[0] != "#"]
        self.assertEqual(len(samples), len(self.show("counters")))

    def test_reload(self):
        self.start()
        inode = os.stat(self.socket).st_ino
        self.write(HUB.replace("10.7.0.0/16", "10.8.0.0/16"), "log: {level: debug}\n")
        self.ctl("reload")
        self.assertIn("10.8.0.0/16", [route["prefix"] for route in self.show("routes")])
        self.assertEqual(self.show("reload")["result"], "ok")
        self.write(HUB, "nmae: x\n")
        self.assertIn("nmae", self.ctl("reload", status=1))
        self.assertIn("nmae", self.show("reload")["reason"])
        self.write(HUB.replace("net_null1", "net_null2"))
        self.assertIn(f"{self.path}: ports[1].device cannot change while running; restart haarod",
                      self.ctl("reload", status=1))
        self.assertIn("10.8.0.0/16", [route["prefix"] for route in self.show("routes")])
        self.write(HUB)
        self.daemon.send_signal(signal.SIGHUP)
        self.until(lambda: "10.7.0.0/16" in [route["prefix"] for route in self.show("routes")])
        self.assertEqual(os.stat(self.socket).st_ino, inode)

    def until(self, condition):
        deadline = time.monotonic() + 5
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_batch(self):
        self.start()
        batch = os.path.join(self.directory.name, "batch")
        with open(batch, "w") as file:
            file.write("# a comment\n\nshow usage\nshow tomorrow\nshow ports\n")
        out = self.ctl("-f", batch, status=1)
        self.assertIn(f"{batch}:4: there is no such command", out)
        self.assertIn("CAPACITY", out)
        self.assertNotIn("RX PACKETS", out)

    def test_stop(self):
        self.start()
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(10), 0)
        self.assertFalse(os.path.exists(self.socket))
        self.assertIn("daemon.stopping", self.logged())
        self.ctl("show", "ports", status=3)
        self.ctl("wait-ready", "--timeout", "0", status=3)

    def test_branch(self):
        self.write(self.BRANCH)
        self.start(ready=False)
        self.assertIn("not ready", self.ctl("wait-ready", "--timeout", "0", status=1))
        registration = self.show("registration")
        self.assertEqual(registration["home_address"], "192.0.2.1")
        self.assertIsNone(registration["granted_s"])
        # Nothing was asked that long ago: whether the uplink answers is not known.
        self.assertIsNone(registration["uplinks"][0]["answers"])
        self.assertNotIn("0011", self.ctl("show", "config") + self.ctl("show", "registration"))
        self.assertIn("try show registration", self.ctl("show", "bindings", status=1))
        self.daemon.send_signal(signal.SIGTERM)  # and another by end(): nobody would answer it
        self.until(lambda: "daemon.stopping" in self.logged())

    def test_second_signal_ends_at_once(self):
        self.write(self.BRANCH)
        self.start(ready=False)
        self.daemon.send_signal(signal.SIGTERM)
        self.until(lambda: "daemon.stopping" in self.logged())
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(2), 0)  # three tries of a second each are cut short

    def test_systemd(self):
        path = os.path.join(self.directory.name, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(5)
            self.start(NOTIFY_SOCKET=path, WATCHDOG_USEC="100000")
            self.assertEqual(notify.recv(64), b"READY=1")
            self.assertEqual(notify.recv(64), b"WATCHDOG=1")
            self.daemon.send_signal(signal.SIGTERM)
            while (state := notify.recv(64)) == b"WATCHDOG=1":
                pass
            self.assertEqual(state, b"STOPPING=1")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_who_may(self):
        self.write(HUB.replace("path: hub.sock", "path: hub.sock, group: nogroup"))
        os.chmod(self.directory.name, 0o755)
        self.start()
        self.assertEqual(os.stat(self.socket).st_mode & 0o777, 0o660)

        def ask(user, group, *words):
            return subprocess.run([HAAROCTL, "--socket", self.socket, *words], user=user,
                                  group=group, extra_groups=[], capture_output=True, text=True)

        nobody, nogroup, other = 65534, 65534, 54321
        self.assertEqual(ask(nobody, nogroup, "show", "ports").returncode, 0)
        refused = ask(nobody, nogroup, "reload")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("only root", refused.stderr)
        self.assertEqual(self.show("reload")["result"], "none since start")
        self.assertEqual(ask(nobody, other, "show", "ports").returncode, 3)
        self.ctl("reload")

    def test_a_port_without_its_interface(self):
        self.write(HUB.replace("net_null0,no-rx=1", "net_af_packet0,iface=nosuch0"))
        result = subprocess.run([*START, self.path], text=True, capture_output=True, timeout=20)
        self.assertEqual(result.returncode, 1)
        self.assertIn("port wan: there is no interface nosuch0 here; create it", result.stderr)

    def test_second_instance(self):
        self.start()
        other = subprocess.run([*START, self.path], capture_output=True, text=True, timeout=10)
        self.assertEqual(other.returncode, 1)
        self.assertIn("another haarod answers", other.stderr)
        self.ctl("show", "ports")

    def test_killed_leaves_no_obstacle(self):
        self.start()
        self.daemon.kill()
        self.daemon.wait()
        self.assertTrue(os.path.exists(self.socket))
        self.start()

    def test_check_and_print(self):
        result = subprocess.run([HAAROD, "--check", self.path], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, "memory needed: [0-9]+ MiB, [0-9]+ hugepages of 2 MiB")
        printed = subprocess.run([HAAROD, "--print", self.path], capture_output=True, text=True)
        with open(self.path, "w") as file:
            file.write(printed.stdout)
        again = subprocess.run([HAAROD, "--print", self.path], capture_output=True, text=True)
        self.assertEqual(printed.stdout, again.stdout)
        self.write(HUB, "nmae: x\n")
        result = subprocess.run([HAAROD, "--check", self.path], capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.write(HUB.replace("net_null0,no-rx=1", "net_pcap0,rx_pcap=/nowhere/in.pcap"))
        result = subprocess.run([*START, self.path], capture_output=True, text=True, timeout=10)
        self.assertEqual(result.returncode, 1)
        self.assertIn("ports[0].device", result.stderr)

    def test_replay_is_refused(self):
        self.write(HUB.replace("net_null1,no-rx=1", "net_tap0,iface=tap0"))
        result = subprocess.run([*START, "--replay", "1", self.path], capture_output=True,
                                text=True, timeout=10)
        self.assertEqual(result.returncode, 2)
        self.assertIn("ports[1].device", result.stderr)

    def test_replay_ends(self):
        counters = os.path.join(self.directory.name, "counters.json")
        subprocess.run([*START, "--replay", "1", "--counters", counters, self.path], check=True,
                       timeout=10)
        with open(counters) as file:
            self.assertEqual(json.load(file)["drops"]["ip_short"], 0)

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(5)
        client.connect(self.socket)
        self.addCleanup(client.close)
        return client

    def exchange(self, sent):
        client = self.connect()
        with contextlib.suppress(BrokenPipeError):
            client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := client.recv(65536):
                received += chunk
        return received.decode()

    def test_hostile_clients(self):
        self.start()
        for sent in (b"GET / HTTP/1.1\n", b"haaro 2\n", b"haaro\n", b"x" * 600 + b"\n",
                     b"x" * 100000, b"\xff\xfe\n", b"a b c d e f g h i\n"):
            self.assertIn('"ok":false', self.exchange(sent), sent[:20])
        idle = [self.connect() for _ in range(40)]
        self.assertEqual(len(idle), 40)
        # Beyond the limit connections end at once; those in time are served when one leaves.
        for client in idle:
            client.close()
        self.until(lambda: '"ok":true' in self.exchange_or_nothing(b"haaro 1\nshow usage\n"))

    def exchange_or_nothing(self, sent):
        try:
            client = self.connect()
            client.sendall(sent)
            received = client.recv(65536).decode()
            client.close()
            return received
        except OSError:
            return ""

    def test_pipelined_requests(self):
        self.start()
        client = self.connect()
        client.sendall(b"haaro 1\n\nshow usage\nready\nfoo\nready\n")
        received = ""
        while received.count('"ok":') < 5:
            received += client.recv(65536).decode()
        self.assertEqual(received.count('"ok":true'), 4)

    def test_http(self):
        self.start()
        for method, path, status in (("GET", "/", 404), ("POST", "/metrics", 501),
                                     ("GET", "/metrics/../x", 404)):
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
            with self.assertRaises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(request, timeout=5)
            self.assertEqual(raised.exception.code, status, path)
            raised.exception.close()

    @unittest.skipIf(REAL, "EAL needs more descriptors than this leaves")
    def test_out_of_descriptors(self):
        """Idle connections take all descriptors: no spinning meanwhile, service after."""
        self.start(descriptors=40)
        idle = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(60)]
        for client in idle:
            self.addCleanup(client.close)
        self.until(lambda: len(os.listdir(f"/proc/{self.daemon.pid}/fd")) == 40)
        before, started = self.cpu(), time.monotonic()
        self.until(lambda: time.monotonic() - started > 0.5)
        self.assertLess(self.cpu() - before, 0.1)
        for client in idle:
            client.close()
        self.until(lambda: '"ok":true' in self.exchange_or_nothing(b"haaro 1\nshow usage\n"))

    def cpu(self):
        with open(f"/proc/{self.daemon.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_half_closed(self):
        """What a client has sent is answered though it sends no more: printf … | nc -NU."""
        self.start()
        received = self.exchange(b"haaro 1\n" + b"show counters\nshow drops\n" * 20)
        self.assertEqual(received.count('"ok":true'), 41)

    def test_slow_reader(self):
        self.start()
        slow = self.connect()
        slow.sendall(b"haaro 1\n" + b"show counters\n" * 50)
        self.ctl("show", "usage")  # meanwhile others are served
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(10), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
