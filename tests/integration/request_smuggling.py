#!/usr/bin/env python3
"""request_smuggling.py PROGRAM: what is not one clear HTTP request is refused, and never taken for two.

Each case is sent on a connection of its own, followed by a request for a path of its own. A refused request ends the
connection, so the path that follows must never be answered; one that is accepted must be answered exactly once.
"""

import re
import socket
import subprocess
import sys
import tempfile

NEXT = b"GET /api/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b'{"title": "x"}'


def post(*headers, body=BODY, host=b"Host: localhost"):
    lines = [b"POST /api/v1/sessions HTTP/1.1", host, b"Content-Type: application/json", *headers]
    return b"\r\n".join(line for line in lines if line is not None) + b"\r\n\r\n" + body


LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)

REFUSED = {
    "length and chunks": post(LENGTH, b"Transfer-Encoding: chunked", body=CHUNKED),
    "chunks and length": post(b"Transfer-Encoding: chunked", LENGTH, body=CHUNKED),
    "two lengths": post(LENGTH, b"Content-Length: 3"),
    "list of lengths": post(b"Content-Length: %d, 3" % len(BODY)),
    "negative length": post(b"Content-Length: -1"),
    "signed length": post(b"Content-Length: +14"),
    "hexadecimal length": post(b"Content-Length: 0xe"),
    "length that overflows": post(b"Content-Length: 18446744073709551630"),
    "space before the colon": post(b"Content-Length : %d" % len(BODY)),
    "zero byte in a header": post(LENGTH, b"X-Zero: a\x00b"),
    "chunk size that overflows": post(b"Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\n"),
    "chunk size that is no number": post(b"Transfer-Encoding: chunked", body=b"g\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "negative chunk size": post(b"Transfer-Encoding: chunked", body=b"-1\r\n" + BODY),
    "chunk without its end": post(b"Transfer-Encoding: chunked", body=b"e\r\n" + BODY + b"XX0\r\n\r\n"),
    "unknown transfer coding": post(b"Transfer-Encoding: xchunked", body=CHUNKED),
    "no host": post(LENGTH, host=None),
    "two hosts": post(LENGTH, b"Host: other"),
    "space in the target": b"GET /api/v1/sessions HTTP/1.1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "unknown version": b"GET /api/v1/sessions HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "bare line feeds": b"GET /api/v1/sessions HTTP/1.1\nHost: localhost\n\n",
    "headers without end": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Filler: " + b"a" * 40_000,
    "body beyond the bound": post(b"Content-Length: 2000000", body=b""),
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}
ANSWERED_ONCE = {
    "length": post(LENGTH),
    "chunks": post(b"Transfer-Encoding: chunked", body=CHUNKED),
    "body on GET": b"GET /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nGET ",
    "HEAD": b"HEAD /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "upper case path segments stay another path": b"GET /API/v1/sessions HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


def exchange(port, data):
    """Everything the server says until it closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        reply = b""
        try:
            connection.sendall(data)
            while piece := connection.recv(65536):
                reply += piece
        except (TimeoutError, ConnectionError):
            pass
        return reply


def statuses(reply):
    return [int(code) for code in re.findall(rb"^HTTP/1\.1 (\d{3}) ", reply, re.M)]


def main():
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.argv[1], "--store", f"sqlite:{folder}/sessions.db", "--provider", "offline", "serve", "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
        try:
            port = int(re.search(r":(\d+) ", server.stdout.readline())[1])
            for name, data in REFUSED.items():
                reply = exchange(port, data + NEXT)
                codes = statuses(reply)
                if len(codes) > 1 or b"smuggled" in reply or any(code < 400 or code >= 500 for code in codes):
                    faults.append(f"{name}: {codes} instead of one refusal")
                elif codes and b"Connection: close" not in reply:
                    faults.append(f"{name}: the connection stays open")
            for name, data in ANSWERED_ONCE.items():
                codes = statuses(exchange(port, data + NEXT))
                if len(codes) != 2 or codes[1] != 404:
                    faults.append(f"{name}: {codes} instead of its reply and the next one's")
            pipelined = statuses(exchange(port, NEXT * 50))
            if pipelined != [404] * 50:
                faults.append(f"50 requests at once: {len(pipelined)} replies")
            if server.poll() is not None:
                faults.append(f"the server ended with {server.returncode}")
        finally:
            server.terminate()
            if server.wait(timeout=30) != 0:
                faults.append(f"the server ended with {server.returncode}")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(REFUSED) + len(ANSWERED_ONCE) + 1} cases, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
