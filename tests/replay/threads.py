# SPDX-License-Identifier: BSD-3-Clause
"""The cases of cases.py by running workers: threads, real time, the control core beside them.

    threads.py HAAROD HAAROCTL WORKERS [CASE...]

haarod runs as it does in service, on net_pcap ports with a queue per worker. A case's frames come
by one queue, the last; the ordinary packets around them by all, so that the workers run at the
same time. Frames of a queue must leave in order, byte for byte, and drops must be counted as in
replay.py. Left out: cases that need the packets' clock, or one thread for what they count.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import cases
from replay import compare, read_frames, write_config

FILL = 5000            # ordinary packets of each queue: milliseconds, workers overlap
FILL_RING = 600        # where workers hand over: fewer than their ring takes
KINDS = 256            # of ordinary packets
DEADLINE = 5           # seconds until everything has left
AT_ONCE = 3            # daemons: they mostly wait, and press one another a little
ONE_THREAD = {"drop_punt_full"}


class Inputs:
    """The frames of each queue, and what the ordinary ones come out as."""

    def __init__(self, case, workers, fill):
        self.queues = [[] for _ in range(workers)]
        self.fill = {port: [] for port in case.config.ports}
        index = list(case.config.ports).index(case.port)
        frame_in, frame_out, port = case.config.filler(case.port)
        arrives = [bytes(frame_in(i)) for i in range(KINDS)] if case.fill else []
        leaves = [bytes(frame_out(i)) for i in range(KINDS)] if case.fill else []
        for q, queue in enumerate(self.queues):
            queue += self.ordinary(arrives, q, fill)
        self.queues[-1][fill // 2:fill // 2] = [bytes(frame) for frame in case.frames]
        # Queue q of port p is worker (q + p) mod n's, who sends by a file of its own.
        for w in range(workers):
            self.fill[port] += self.ordinary(leaves, (w - index) % workers, fill)

    def ordinary(self, kinds, queue, fill):
        """Each queue has kinds of its own."""
        mine = kinds[queue::len(self.queues)]
        return (mine * fill)[:fill]

    @property
    def count(self):
        return sum(len(queue) for queue in self.queues)


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for frame in frames:
            file.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


def write_files(case, inputs, work):
    """Returns each port's (inputs, outputs) as the configuration's text has them, and outputs."""
    paths, outs = {}, {}
    for p, port in enumerate(case.config.ports):
        ins = [os.path.join(work, f"i{p}{q}") for q in range(len(inputs.queues))]
        outs[port] = [os.path.join(work, f"o{p}{q}") for q in range(len(inputs.queues))]
        for path, frames in zip(ins, inputs.queues):
            frames = frames if port == case.port else []
            write_pcap(path, frames)
        paths[port] = (",rx_pcap=".join(ins), ",tx_pcap=".join(outs[port]))
    return paths, outs


def ask(haaroctl, sock, *words):
    result = subprocess.run([haaroctl, "--socket", sock, "--json", *words], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10,
                            check=False)
    return json.loads(result.stdout) if result.returncode == 0 else None


def drops_of(haaroctl, sock):
    return {row["reason"]: row["packets"] for row in ask(haaroctl, sock, "show", "drops")
            if row["packets"]}


def settle(case, inputs, outs, ctl):
    """Waits until as much has left, gone up and been dropped as should; what is is judged later."""
    expected = sum(map(len, inputs.fill.values())) + sum(map(len, case.out.values())) + \
        len(case.errors)
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        ports = ask(*ctl, "show", "ports")
        if ports and sum(port["received_packets"] for port in ports) >= inputs.count and \
                drops_of(*ctl) == case.drops and \
                sum(len(read_frames(paths)) for paths in outs.values()) >= expected:
            return
        time.sleep(0.01)


def run(programs, case, workers, work):
    """Returns a list of complaints."""
    haarod, haaroctl = programs
    if getattr(case.config, "workers", 1) > 1:
        workers, more, fill = 1, "", FILL_RING  # of queues: its workers hand over
    else:
        case.config.workers, fill = workers, FILL
        more = f"workers: {{count: {workers}}}\n"
    inputs = Inputs(case, workers, fill)
    paths, outs = write_files(case, inputs, work)
    text = case.config.text("threads", paths)
    sock = os.path.join(work, "ctl.sock")
    text += f"control-socket: {{path: {sock}}}\n" + ("" if "workers:" in text else more)
    write_config(os.path.join(work, "haarod.yaml"), text)
    log = os.path.join(work, "log")
    with open(log, "w", encoding="utf-8") as file:
        daemon = subprocess.Popen([haarod, "--no-huge", os.path.join(work, "haarod.yaml")],
                                  stdout=file, stderr=subprocess.STDOUT,
                                  env=dict(os.environ, XDG_RUNTIME_DIR=work))
    try:
        settle(case, inputs, outs, (haaroctl, sock))
        drops = drops_of(haaroctl, sock)
        daemon.terminate()
        status = daemon.wait(10)
    except (subprocess.TimeoutExpired, TypeError):
        daemon.kill()
        daemon.wait(10)
        with open(log, encoding="utf-8") as file:
            return ["haarod does not answer: " + file.read()[-2000:]]
    complaints = compare(case, outs, inputs.fill, {"drops": drops, "metrics": case.metrics})
    return complaints + ([f"haarod: exit {status}"] if status else [])


def run_alone(programs, make, workers):
    with tempfile.TemporaryDirectory(prefix="ht-") as work:  # short: a device's text is bounded
        return run(programs, make(), workers, work)


def is_fit(name, make):
    case = make()
    return not (case.later or case.once or name in ONE_THREAD)


def main(arguments):
    programs, workers, names = arguments[:2], int(arguments[2]), arguments[3:]
    chosen = {name: make for name, make in cases.ALL.items()
              if is_fit(name, make) and (not names or name in names)}
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {name: pool.submit(run_alone, programs, make, workers)
                for name, make in chosen.items()}
        for name, result in runs.items():
            complaints = result.result()
            failed += bool(complaints)
            print(f"FAILED {name}:\n  " + "\n  ".join(complaints) if complaints
                  else f"passed {name}", flush=True)
    print(f"{failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
