#!/usr/bin/env python3
"""cache_purge.py PROGRAM: replies are forgotten by key, namespace, account and model, over HTTP and by `tollgate cache purge`,
and those of a session by `tollgate session delete`.

Two nodes share a Redis; a purge on one holds on the other. What is not concerned stays. Each kind of reply is asked for whole
and as a stream, which lie in the cache under digests of their own.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider
from gateway_process import chat, gateway
from redis_server import redis_server, tell_redis

ASKED = {  # name: model asked for, text, namespace
    "plain": ("fast", "Hello", None),
    "other": ("fast", "Good evening", None),
    "spaced": ("fast", "Hello", "invoices"),
    "spacious": ("fast", "Hello", "letters"),
    "big": ("powerful", "Hello", None),
}

SERVICE = ("Nordkai calculates the monthly pay of 2,300 employees in 4 countries from the time sheets in Workday and sends payment "
           "files to our bank. 11 payroll clerks work in it; it replaces the in-house program of 2008, whose support ends on "
           "30 June 2027.")


class Nodes:
    def __init__(self, *nodes):
        self.nodes = nodes

    def ask(self, name, streamed, node=0):
        """Whether the reply was in the cache, and its headers. A stream tells by its calls."""
        model, text, space = ASKED[name]
        headers = {"Cache-Control": "only-if-cached"}
        if space:
            headers["X-Cache-Namespace"] = space
        request = chat("openai", model, text, streamed)
        found = self.nodes[node].ask("openai", request, headers=headers)
        assert found.status in (200, 504), f"{found.status} {found.body}"
        return found.status == 200, found.headers

    def fill(self):
        for name, (model, text, space) in ASKED.items():
            for streamed in (True, False):
                headers = {"X-Cache-Namespace": space} if space else {}
                reply = self.nodes[0].ask("openai", chat("openai", model, text, streamed), headers=headers)
                assert reply.status == 200 and reply.whole, f"{reply.status} {reply.body}"
        for node in range(2):
            wait_for(lambda: not self.missing(node), f"not all replies are found by node {node}")

    def missing(self, node):
        return {name for name in ASKED for streamed in (True, False) if not self.ask(name, streamed, node)[0]}

    def all_missing(self, node):
        return {name for name in ASKED if not any(self.ask(name, streamed, node)[0] for streamed in (True, False))}

    def expect_purged(self, names, what):
        """On the node that was asked at once, on the other when it has heard of it."""
        assert self.missing(0) == self.all_missing(0) == set(names), f"{what}: missing are {self.missing(0)}, not {names}"
        wait_for(lambda: self.missing(1) == set(names), f"{what}: the other node lacks {self.missing(1)}, not {names}")


def wait_for(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def send(node, method, path, body=None):
    """Status and body of the reply."""
    request = urllib.request.Request(f"http://127.0.0.1:{node.port}/api/v1{path}", method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json", "Prefer": "respond-async"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def purge(node, body, expected=204):
    status, said = send(node, "POST", "/cache/purge", body)
    assert status == expected, f"{body}: {status}, not {expected}: {said}"


def delete_session(program, node, folder, port, database):
    """By command, which purges its replies in Redis first."""
    session = json.loads(send(node, "POST", "/sessions", {"title": "Payroll", "protocol": "vendor-security-review"})[1])["id"]
    send(node, "PUT", f"/sessions/{session}/answers/V1.vendor_name", {"value": "Nordkai Lohn GmbH, Kiel, 140 employees"})
    send(node, "PUT", f"/sessions/{session}/answers/V1.service", {"value": SERVICE})
    tag = f"tollgate:cache:tag:session:{session}"
    wait_for(lambda: tell_redis(port, "EXISTS", tag) == ":1", "no reply of the session is in Redis")

    def delete(redis):
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "TOLLGATE_REDIS_URL": redis, "TOLLGATE_DATABASE_URL": database}
        return subprocess.run([program, "session", "delete", session, "--yes"], env=environment, cwd=folder, timeout=60,
                              capture_output=True, text=True)
    refused = delete("redis://127.0.0.1:1")
    assert refused.returncode == 1 and "repeat it" in refused.stderr, f"{refused.stdout} {refused.stderr}"
    assert send(node, "GET", f"/sessions/{session}")[0] == 200, "deleted, though its replies could not be purged"
    done = delete(f"redis://127.0.0.1:{port}")
    assert done.returncode == 0, done.stderr
    assert tell_redis(port, "EXISTS", tag) == ":0", "its replies still count in Redis"
    assert send(node, "GET", f"/sessions/{session}")[0] == 404, "it is still there"


def main(program):
    provider = FaultyProvider()
    router = {"llm": 1,
              "providers": [{"name": "openai", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
              "tiers": {"fast": ["openai/small"], "balanced": ["openai/small"], "powerful": ["openai/big"]}}
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as port:
        url = f"redis://127.0.0.1:{port}"
        database = f"sqlite:{folder}/sessions.db"
        with gateway(program, router, TOLLGATE_REDIS_URL=url, TOLLGATE_DATABASE_URL=database) as one, \
                gateway(program, router, TOLLGATE_REDIS_URL=url) as two:
            nodes = Nodes(one, two)
            nodes.fill()
            key = nodes.ask("plain", False)[1]["x-cache-key"]
            over_http = ((["plain"], {"key": key}), (["spaced"], {"namespace": "invoices"}),
                         (["spacious"], {"namespace": "letters", "account": "local"}), (["big"], {"model": "openai/big"}),
                         (ASKED, {"account": "local"}), ([], {"account": "somebody-else"}),
                         ([], {"namespace": "letters", "account": "somebody-else"}))
            for names, body in over_http:
                purge(one, body)
                nodes.expect_purged(names, f"HTTP {body}")
                nodes.fill()
            for body in ({}, {"key": "abc"}, {"model": "big"}, {"key": key, "model": "openai/big"}, {"namespace": "a b"}):
                purge(one, body, 422)
            assert not nodes.missing(0), "a purge that was refused purged something"

            def command(*arguments, expect=0, redis=url):
                environment = {"PATH": "/usr/bin:/bin", "HOME": folder} | ({"TOLLGATE_REDIS_URL": redis} if redis else {})
                done = subprocess.run([program, "cache", "purge", *arguments], env=environment, cwd=folder, timeout=60,
                                      capture_output=True, text=True)
                assert done.returncode == expect, f"{arguments}: {done.returncode} {done.stdout} {done.stderr}"
                return done.stderr
            by_command = ((["plain"], ["--key", key]), (["spaced"], ["--account", "local", "--namespace", "invoices"]),
                          (["big"], ["--model", "openai/big"]), (ASKED, ["--account", "local"]))
            for names, arguments in by_command:
                command(*arguments)
                wait_for(lambda: nodes.missing(0) == set(names), f"{arguments}: missing are {nodes.missing(0)}")
                nodes.expect_purged(names, " ".join(arguments))
                nodes.fill()
            for arguments in ([], ["--key", "abc"], ["--model", "big"], ["--namespace", "a"], ["--key", key, "--account", "local"]):
                command(*arguments, expect=2)
            assert "redis_url" in command("--account", "local", expect=2, redis=None)
            assert "repeat it" in command("--account", "local", expect=1, redis="redis://127.0.0.1:1")
            assert not nodes.missing(0), "a command that was refused purged something"
            delete_session(program, one, folder, port, database)
    provider.close()
    print(f"{len(over_http)} purges over HTTP and {len(by_command)} by command hold on both nodes")


main(sys.argv[1])
