"""A Redis of the test's own, on a free port."""

import contextlib
import socket
import subprocess
import time


@contextlib.contextmanager
def redis_server(folder):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                                "--dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while tell_redis(port, "PING") is None:
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def tell_redis(port, *words):
    """The first line of the answer; None when nobody listens."""
    command = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(command)
            return connection.makefile("rb").readline().decode().strip()
    except ConnectionError:
        return None
