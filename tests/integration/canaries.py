#!/usr/bin/env python3
"""canaries.py PROGRAM SIMULATOR BRIEF: every secret a user can give is one that can be found again, and is found nowhere.

The whole program is used, mostly the way it goes wrong: providers that refuse a key and quote it, servers nobody listens
at, addresses with a password in them, keys that are none, wrong passwords. Whatever is printed, replied, stored or sent
to a provider as text is searched for each secret, as it is and in its usual encodings. What the program makes itself (a
key that is printed once, the cookie of a sign-in) is known, and so searched for, from then on.
"""

import base64
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

PROGRAM, SIMULATOR, BRIEF = (os.path.abspath(path) for path in sys.argv[1:4])


class Secrets:
    """By name; found again as they are, in base64, in hex, percent-encoded, quoted as JSON."""

    def __init__(self):
        self.forms = {}

    def add(self, name, value, raw=None):
        plain = value.encode()
        forms = {plain, plain.hex().encode(), urllib.parse.quote(value, safe="").encode(),
                 json.dumps(value)[1:-1].encode()}
        for data in (plain, raw or plain):
            # Inside other text base64 may begin at any of three offsets: the part that does not depend on it.
            for skip in range(3):
                text = base64.b64encode(b"\0" * skip + data)[4 if skip else 0:-4]
                forms |= {text, text.replace(b"+", b"-").replace(b"/", b"_")}
        forms |= {raw, raw.hex().encode()} if raw else set()
        self.forms[name] = {form for form in forms if len(form) >= 8}
        return value

    def make(self, name):
        return self.add(name, f"canary-{name}-{secrets.token_hex(8)}")

    def make_key(self, name):
        raw = secrets.token_bytes(32)
        return self.add(name, raw.hex(), raw)

    def found_in(self, data):
        return [name for name, forms in self.forms.items() if any(form in data for form in forms)]


known = Secrets()
leaks = []
seen = {"places": 0, "bytes": 0}


def look(where, data):
    data = data if isinstance(data, bytes) else data.encode()
    seen["places"] += 1
    seen["bytes"] += len(data)
    for name in known.found_in(data):
        leaks.append(f"{name} in {where}")


def tollgate(*arguments, expect=(0, 1, 2, 4), stdin=None, **environment):
    command = [PROGRAM, *arguments]
    done = subprocess.run(command, input=stdin, env={"PATH": os.environ["PATH"], "HOME": os.getcwd(), **environment},
                          capture_output=True, text=True, timeout=120)
    where = f"`{' '.join(arguments)}` with {' '.join(sorted(environment)) or 'nothing set'}"
    look(f"the output of {where}", done.stdout)
    look(f"the messages of {where}", done.stderr)
    assert done.returncode in (expect if isinstance(expect, tuple) else (expect,)), \
        f"exit {done.returncode} of {where}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done


class QuotingProvider(http.server.BaseHTTPRequestHandler):
    """Refuses every request and quotes all its headers, as some servers quote the key they do not know."""

    status = 401

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        look("a prompt sent to a provider", body)
        quoted = " ".join(f"{name}: {value}" for name, value in self.headers.items())
        reply = json.dumps({"type": "error", "error": {"type": quoted, "code": quoted, "message": f"refused {quoted}"}})
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.send_header("request-id", quoted[:2000])
        self.end_headers()
        self.wfile.write(reply.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def quoting_provider(status):
    handler = type("Provider", (QuotingProvider,), {"status": status})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def listening(command, name, environment=None):
    """A server of ours: its address. What it prints is searched when it has ended."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={"PATH": os.environ["PATH"], "HOME": os.getcwd(), **(environment or {})})
    try:
        first = process.stdout.readline()
        address = re.search(rb"http://127\.0\.0\.1:\d+", first)
        assert address, f"{name} said {first!r}"
        yield address.group().decode()
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[0]
        assert process.returncode == 0, f"{name} ended with {process.returncode}: {rest!r}"
        look(f"the log of {name}", first + rest)
    finally:
        process.kill()
        process.wait()


def request(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
    reply = connection.getresponse()
    text = reply.read()
    head = "".join(f"{name}: {value}\n" for name, value in reply.getheaders())
    connection.close()
    look(f"the reply to {method} {path.split('?')[0]}", head.encode() + text)
    return reply.status, dict(reply.getheaders()), text


def files_here():
    """Every file the program has written, the database and its log among them. Names of our own inputs begin with in-."""
    for path in pathlib.Path(".").rglob("*"):
        if path.is_file() and not path.name.startswith("in-"):
            look(f"the file {path}", path.read_bytes())


def providers_that_fail():
    keys = {"ANTHROPIC_API_KEY": known.make("anthropic-key"), "OPENAI_API_KEY": known.make("openai-key")}
    run = ("run", BRIEF, "--out", "out", "--new")
    for provider, setting in (("anthropic", "ANTHROPIC_BASE_URL"), ("openai", "OPENAI_BASE_URL")):
        for status in (400, 401, 500):
            with quoting_provider(status) as address:
                given = {**keys, setting: address}
                tollgate("doctor", "--provider", provider, expect=1, **given)
                if status in (400, 401):
                    tollgate(*run, "--provider", provider, expect=(1, 2), **given)
        password = known.make(f"password-in-{provider}-address")
        for address in ("http://127.0.0.1:9", f"http://user:{password}@127.0.0.1:9", f"http://user:{password}@ bad",
                        f"http://127.0.0.1:9/v1?key={password}", f"https://127.0.0.1:9/{password}/v1"):
            tollgate("doctor", "--provider", provider, expect=1, **keys, **{setting: address})
            tollgate("doctor", "--json", "--provider", provider, expect=1, **keys, **{setting: address})
    broken = known.make("key-with-a-line-break") + "\r\nX-More: 1"
    tollgate("doctor", "--provider", "openai", expect=1, OPENAI_API_KEY=broken, OPENAI_BASE_URL="http://127.0.0.1:9")
    password = known.make("password-in-ollama-address")
    tollgate("doctor", "--provider", "ollama", expect=1, OLLAMA_HOST=f"http://user:{password}@127.0.0.1:9")
    return keys


def settings_that_are_wrong():
    password = known.make("database-password")
    for url in (f"postgres://user:{password}@127.0.0.1:9/tollgate", f"mysql://user:{password}@127.0.0.1/tollgate",
                f"{password}"):
        for command in (("session", "list"), ("doctor",), ("migrate", "status"), ("encryption", "status")):
            tollgate(*command, expect=(1, 2), TOLLGATE_DATABASE_URL=url)
    not_a_key = known.make("encryption-key-that-is-none")
    tollgate("doctor", expect=1, TOLLGATE_ENCRYPTION_KEY=not_a_key)
    tollgate("session", "list", expect=2, TOLLGATE_ENCRYPTION_KEY=known.make_key("key"), TOLLGATE_ENCRYPTION_OLD_KEYS=not_a_key)
    pathlib.Path("in-key").write_text(not_a_key)
    tollgate("session", "list", expect=2, TOLLGATE_ENCRYPTION_KEY_FILE="in-key")
    tollgate("session", "list", expect=2, TOLLGATE_ENCRYPTION_KEY=not_a_key, TOLLGATE_ENCRYPTION_KEY_FILE="in-key")
    in_file = known.make("key-in-the-settings-file")
    for line in (f"openai_api_key: '{in_file}", f"openai_api_key: [{in_file}", f"openai_api_key: {{a: {in_file}}}",
                 f"openai_api_key: {in_file}: {in_file}", f"openai_api_kye: {in_file}", f"openai_api_key={in_file}",
                 f"openai_api_key: &{in_file}\nprovider: *{in_file[1:]}", f"encryption_key: {in_file}"):
        pathlib.Path("in-settings.yaml").write_text(line + "\n")
        tollgate("--config", "in-settings.yaml", "session", "list", expect=(0, 2))


def encrypted_session(keys):
    """With the simulated provider, which knows another key at first; then under a new encryption key."""
    one, two = known.make_key("encryption-key"), known.make_key("new-encryption-key")
    given = {**keys, "TOLLGATE_ENCRYPTION_KEY": one, "TOLLGATE_DATABASE_URL": "sqlite:encrypted.db"}
    with listening([SIMULATOR, "--log", "simulator.log", "--require-key", keys["ANTHROPIC_API_KEY"]], "the simulator") as sim:
        given["ANTHROPIC_BASE_URL"] = sim
        tollgate("run", BRIEF, "--out", "out", expect=1, **{**given, "ANTHROPIC_API_KEY": known.make("unknown-key")})
        session = json.loads(tollgate("run", BRIEF, "--out", "out", "--json", expect=(0, 4), **given).stdout)["session"]
    for command in (("session", "list"), ("session", "show", session), ("session", "show", session, "--json"),
                    ("session", "verify", session), ("doctor",), ("encryption", "status"),
                    ("encryption", "status", "--json")):
        tollgate(*command, "--provider", "offline", expect=0, **given)
        tollgate(*command, "--provider", "offline", **{**given, "TOLLGATE_ENCRYPTION_KEY": two})
    changed = {**given, "TOLLGATE_ENCRYPTION_KEY": two, "TOLLGATE_ENCRYPTION_OLD_KEYS": one}
    tollgate("encryption", "rotate", expect=0, **changed)
    tollgate("session", "show", session, "--provider", "offline", expect=0, **changed)
    made = tollgate("encryption", "new-key", expect=0).stdout.strip()
    known.add("made encryption key", made, bytes.fromhex(made))
    return {**changed, "TOLLGATE_ACCOUNTS": "on", "TOLLGATE_PROVIDER": "offline"}, session


def accounts(given):
    password = known.make("password")
    tollgate("account", "add", "ann@example.org", "--role", "admin", "--password", stdin=password + "\n", expect=0, **given)
    tollgate("account", "add", "bob", "--password", stdin=known.add("short password", "canary-8x") + "\n", expect=2, **given)
    key = tollgate("key", "create", "ann@example.org", "--scopes", "read,write,admin", expect=0, **given).stdout.strip()
    known.add("api key", key)
    known.add("api key's secret part", key.split("_", 2)[2])
    for command in (("account", "list"), ("key", "list"), ("key", "list", "--json")):
        tollgate(*command, expect=0, **given)
    return key, password


def server(given, session, key, password):
    with listening([PROGRAM, "serve", "--port", "0"], "the server", given) as address:
        wrong = known.make("wrong-password")
        sign_in = ("POST", "/api/v1/sign-in")
        assert request(address, *sign_in, {"account": "ann@example.org", "password": wrong})[0] == 401
        assert request(address, *sign_in, {"account": wrong, "password": {"no": password}})[0] in (400, 401, 422)
        request(address, *sign_in, {"password": password, "account": 7, password: wrong})
        status, headers, text = request(address, *sign_in, {"account": "ann@example.org", "password": password})
        assert status in (200, 201), text
        cookie = headers["Set-Cookie"].split(";")[0]
        csrf = json.loads(text)["csrf_token"]
        known.add("sign-in token", cookie.split("=", 1)[1])
        known.add("csrf token", csrf)
        signed_in = {"Cookie": cookie, "X-CSRF-Token": csrf}
        bearer = {"Authorization": f"Bearer {key}"}
        forged = {"Authorization": f"Bearer tg_aaaaaaaa_{known.make('forged-key')}"}
        question = f"/api/v1/sessions/{session}/questions"
        asked = json.loads(request(address, "GET", question, headers=bearer)[2])["questions"][0]["question"]
        for path in ("", "/questions", "/progress", "/events?after=0", "/checkpoints", "/findings", "/decision",
                     "/charter?format=md", "/charter?format=html", "/charter?format=json", f"/none?key={key}"):
            for who in (bearer, forged, {"Cookie": cookie}, {"Cookie": f"{cookie}{key}"}):
                request(address, "GET", f"/api/v1/sessions/{session}{path}", headers=who)
        assert request(address, "GET", "/api/v1/me", headers=bearer)[0] == 200
        for who in (bearer, forged, signed_in, {"Cookie": cookie, "X-CSRF-Token": password}):
            request(address, "PUT", f"/api/v1/sessions/{session}/answers/{asked}?password={password}", {"value": "x"}, who)
        assert request(address, "GET", "/api/v1/audit", headers=bearer)[0] == 200
        for path in ("/health/live", "/health/ready", "/api/openapi.json", "/none"):
            request(address, "GET", path)
        request(address, "POST", "/api/v1/sign-out", headers=signed_in)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        keys = providers_that_fail()
        settings_that_are_wrong()
        given, session = encrypted_session(keys)
        server(given, session, *accounts(given))
        files_here()
        os.chdir("/")
    assert seen["places"] > 200 and len(known.forms) > 20, f"looked at {seen} for {len(known.forms)} secrets only"
    if leaks:
        print("\n".join(sorted(set(leaks))), file=sys.stderr)
        sys.exit(1)
    print(f"{len(known.forms)} secrets are in none of {seen['places']} places ({seen['bytes']} bytes)")


main()
