"""`tollgate serve` as a gateway with a router's file, and what a client sees of it."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time


class Gateway:
    """A running server. Its settings are those of `environment`; the router's file is JSON, which is YAML too."""

    def __init__(self, program, router, folder, environment):
        self.folder = pathlib.Path(folder)
        (self.folder / "llm.yaml").write_text(json.dumps(router))
        settings = {"PATH": os.environ["PATH"], "HOME": str(folder), "KEY": "sk-test", "TOLLGATE_LLM_CONFIG": "llm.yaml",
                    "TOLLGATE_RATE_LIMIT_PER_ACCOUNT": "0", "TOLLGATE_RATE_LIMIT_PER_ADDRESS": "0", **environment}
        self.process = subprocess.Popen([program, "serve", "--port", "0"], env=settings, cwd=folder, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log = []
        try:
            self.port = self.read_port()
        except BaseException:
            self.process.kill()
            self.process.wait(timeout=30)
            raise
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def read_port(self):
        while line := self.process.stdout.readline():  # notices may come first
            self.log.append(line)
            if address := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                return int(address[1])
        raise RuntimeError(f"the server ended with {self.process.wait(timeout=30)}: {''.join(self.log)}")

    def ask(self, client, request, **more):
        return ask(self.port, client, request, **more)

    def stop(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        code = self.process.wait(timeout=30)
        self.reader.join(timeout=5)
        self.process.stdout.close()
        if not kill and code != 0:
            raise RuntimeError(f"the server ended with {code}: {''.join(self.log)[-2000:]}")


@contextlib.contextmanager
def gateway(program, router, **environment):
    with tempfile.TemporaryDirectory() as folder:
        running = Gateway(program, router, folder, environment)
        try:
            yield running
            running.stop()
        finally:
            if running.process.poll() is None:
                running.stop(kill=True)


PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


class Reply:
    """status, headers and body as they came; `whole` tells whether the HTTP reply ended as HTTP says it must."""

    def __init__(self, status, headers, body, whole, seconds):
        self.status, self.headers, self.body, self.whole, self.seconds = status, headers, body, whole, seconds

    def events(self):
        """(name, data) of each event of a stream; data as text."""
        events = []
        for block in self.body.decode().split("\n\n"):
            fields = [line.split(": ", 1) for line in block.split("\n") if ": " in line]
            if fields:
                named = dict(fields)
                events.append((named.get("event"), named["data"]))
        return events

    def json(self):
        return json.loads(self.body)


def ask(port, client, request, timeout=30, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    begun = time.monotonic()
    try:
        connection.request("POST", PATHS[client], json.dumps(request), {"Content-Type": "application/json", **(headers or {})})
        reply = connection.getresponse()
        try:
            body, whole = reply.read(), True
        except http.client.IncompleteRead as cut:
            body, whole = cut.partial, False
        named = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, named, body, whole, time.monotonic() - begun)
    finally:
        connection.close()


def chat(client, model, text, streamed=False, prefill=None):
    """A request in the client's format."""
    messages = [{"role": "user", "content": text}]
    if prefill:
        messages.append({"role": "assistant", "content": prefill})
    request = {"model": model, "messages": messages, "max_tokens": 500}
    if streamed:
        request["stream"] = True
        if client == "openai":
            request["stream_options"] = {"include_usage": True}
    return request
