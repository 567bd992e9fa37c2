#!/usr/bin/env python3
"""serve_sigterm.py PROGRAM [TIMES]: SIGTERM under load breaks no request and ends the server with 0.

Each client keeps its connection, as a load balancer does, and sends one request after another. It takes a new connection
only until the first reply that closes one: by then a balancer has noticed. Every request sent must get its whole reply.
"""

import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 16


class Client(threading.Thread):
    def __init__(self, port, path, ending):
        super().__init__()
        self.port, self.path, self.ending = port, path, ending
        self.replies, self.broken = 0, []

    def run(self):
        try:
            while not self.ending.is_set():
                self.use_one_connection()
        except OSError as error:
            self.broken.append(repr(error))

    def use_one_connection(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            stream = connection.makefile("rb")
            while True:
                connection.sendall(f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                if not self.read_reply(stream):
                    self.ending.set()
                    return

    def read_reply(self, stream):
        status = stream.readline()
        if not re.match(rb"HTTP/1.1 200 ", status):
            raise OSError(f"no reply but {status!r}")
        headers = {}
        while (line := stream.readline().strip()):
            name, value = line.split(b": ", 1)
            headers[name.lower()] = value
        length = int(headers[b"content-length"])
        if len(stream.read(length)) != length:
            raise OSError("half a body")
        self.replies += 1
        return headers[b"connection"] == b"keep-alive"


def once(program, folder):
    command = [program, "--store", f"sqlite:{folder}/sessions.db", "--provider", "offline", "serve", "--port", "0"]
    environment = {"TOLLGATE_SHUTDOWN_DELAY_SECONDS": "1", "TOLLGATE_RATE_LIMIT_PER_ACCOUNT": "0",
                   "TOLLGATE_RATE_LIMIT_PER_ADDRESS": "0", "HOME": folder, "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True, cwd=folder)
    try:
        port = int(re.search(r":(\d+) ", server.stdout.readline())[1])
        ending = threading.Event()
        clients = [Client(port, "/api/v1/sessions", ending) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(0.2)
        server.send_signal(signal.SIGTERM)
        started = time.monotonic()
        code = server.wait(timeout=30)
        took = time.monotonic() - started
        for client in clients:
            client.join()
        broken = [text for client in clients for text in client.broken]
        return {"code": code, "seconds": took, "replies": sum(client.replies for client in clients), "broken": broken}
    finally:
        server.kill()


def main():
    program, times = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as folder:
        results = [once(program, folder) for _ in range(times)]
    broken = [text for result in results for text in result["broken"]]
    print(json.dumps({"times": times, "replies": sum(result["replies"] for result in results), "broken": len(broken),
                      "slowest_end_seconds": round(max(result["seconds"] for result in results), 2),
                      "codes": sorted({result["code"] for result in results})}))
    for text in broken[:5]:
        print(text, file=sys.stderr)
    return 0 if not broken and all(result["code"] == 0 and result["replies"] > 0 for result in results) else 1


sys.exit(main())
