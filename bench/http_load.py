"""What the benchmarks of HTTP share: servers as child processes, and load by wrk."""

import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]


def say(text):
    print(text, file=sys.stderr, flush=True)


def build(*targets):
    """Release builds of the programs and of further targets; the path of tollgate."""
    program = subprocess.run([ROOT / "script/build", "release"], check=True, capture_output=True, text=True).stdout.strip()
    if targets:
        subprocess.run(["cmake", "--build", ROOT / "build/release", "-j2", "--target", *targets], check=True,
                       stdout=subprocess.DEVNULL)
    return program


class Server:
    """A child process that prints its address first."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        self.url = re.search(r"http://[0-9.:]+", self.process.stdout.readline())[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100


class Redis(Server):
    """One that keeps nothing on disk."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{port}/0"
        self.process = subprocess.Popen(["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
                                        stdout=subprocess.PIPE, text=True)
        while "Ready to accept" not in self.process.stdout.readline():
            pass


def get(url, method="GET", body=None, headers=None):
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.read()


def wrk(server, path, seconds, connections, script=None):
    """Requests a second, latencies in ms and the server's processor time in us a request, of one run without an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if script:
        command += ["-s", script]
    before = server.processor_seconds()
    output = subprocess.run([*command, server.url + path], capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", output)
    if errors:
        raise SystemExit(f"bench: {server.url}{path}: {errors[0]}")
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    times = {name: float(number) * scale[unit]
             for name, number, unit in re.findall(r"(50|99)%\s+([0-9.]+)(us|ms|s)", output)}
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {"rps": float(re.search(r"Requests/sec:\s+([0-9.]+)", output)[1]), "p50_ms": times["50"], "p99_ms": times["99"],
            "cpu_us": (server.processor_seconds() - before) / requests * 1e6}


def medians(results):
    return {key: round(statistics.median(result[key] for result in results), 3) for key in results[0]}


def show(case, who, figures):
    say(f"{case:14} {who:10}" + "  ".join(f"{key} {value}" for key, value in figures.items()))
