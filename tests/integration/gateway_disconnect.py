#!/usr/bin/env python3
"""gateway_disconnect.py PROGRAM: a client of the gateway goes away; its call to the provider ends at once.

The provider here takes each request and then says nothing more (a stream: one piece; a quick one: all of it), and
notes how long after the client's end its own connection was closed.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

LIMIT = 2.0  # seconds; without watching the client the call would go on for two minutes
PIECE = b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":' \
        b'{"role":"assistant","content":"Hi"},"finish_reason":null}]}\n\n'

WHOLE = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}).encode()


class Provider:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.asked = threading.Event()
        self.closed_at = None
        self.closed = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        while self.answer_one(connection):
            pass

    def answer_one(self, connection):
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return False
            received += piece
        head, body = received.split(b"\r\n\r\n", 1)
        size = int(re.search(rb"content-length: (\d+)", head.lower()).group(1))
        while len(body) < size:
            body += connection.recv(65536)
        if b"Quick" in body:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" %
                               (len(WHOLE), WHOLE))
            return True
        if json.loads(body).get("stream"):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                               + b"%x\r\n%s\r\n" % (len(PIECE), PIECE))
        self.asked.set()
        connection.recv(1)  # until the other side closes
        self.closed_at = time.monotonic()
        self.closed.set()
        return False

    def reset(self):
        self.asked.clear()
        self.closed.clear()


def request(text, streamed=False):
    body = json.dumps({"model": "m", "stream": streamed, "messages": [{"role": "user", "content": text}]})
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def check_closed(provider, client, what):
    gone_at = time.monotonic()
    client.close()
    assert provider.closed.wait(LIMIT), f"{what}: the call went on after its client had gone"
    print(f"{what}: closed {1000 * (provider.closed_at - gone_at):.1f} ms after the client")


def check(provider, port, streamed):
    provider.reset()
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(request(f"Hello {streamed}", streamed))
    assert provider.asked.wait(10), "the provider was not asked"
    if streamed:
        received = b""
        while b"Hi" not in received:
            received += client.recv(65536)
    check_closed(provider, client, f"streamed={streamed}")


# The call of the connection's second request, which comes after the first was answered, or together with it.
def check_second(provider, port, at_once):
    provider.reset()
    first, second = request(f"Quick {at_once}"), request(f"Slow {at_once}")
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(first + second if at_once else first)
    received = b""
    while WHOLE not in received:
        received += client.recv(65536)
    if not at_once:
        client.sendall(second)
    assert provider.asked.wait(10), "the provider was not asked"
    check_closed(provider, client, f"second request, at once: {at_once}")


def main(program):
    provider = Provider()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "OPENAI_API_KEY": "sk-test",
                       "OPENAI_BASE_URL": f"http://127.0.0.1:{provider.listener.getsockname()[1]}"}
        server = subprocess.Popen([program, "serve", "--port", "0"], env=environment, cwd=folder, text=True,
                                  stdout=subprocess.PIPE)
        try:
            port = int(re.search(r":(\d+) ", server.stdout.readline()).group(1))
            check(provider, port, False)
            check(provider, port, True)
            check_second(provider, port, False)
            check_second(provider, port, True)
        finally:
            server.terminate()
            assert server.wait(30) == 0, "the server did not end well"


main(sys.argv[1])
