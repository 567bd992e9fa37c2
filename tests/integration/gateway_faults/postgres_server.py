"""A PostgreSQL server of the test's own, on a free port."""

import contextlib
import pathlib
import socket
import subprocess
import time

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "fakes" / "postgres_server.sh"


@contextlib.contextmanager
def postgres_server(folder):
    """The URL of an empty database."""
    place = pathlib.Path(folder)
    place.chmod(0o711)  # as root the server is another user
    data, log = place / "postgres", place / "postgres.log"
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as written:
        process = subprocess.Popen([SCRIPT, data, str(port), "-c", "fsync=off"], stdout=written, stderr=written)
    try:
        deadline = time.monotonic() + 60
        while "ready to accept connections" not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, f"PostgreSQL does not start: {log.read_text()}"
            time.sleep(0.05)
        yield f"postgres://tollgate:s3cret-word@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
