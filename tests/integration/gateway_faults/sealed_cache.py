#!/usr/bin/env python3
"""sealed_cache.py PROGRAM: with an encryption key no reply lies in Redis as plain text, nodes of the same key share replies, and
a node of another key, or one that finds a plain reply put there by others, makes its own call.
"""

import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider
from gateway_process import chat, gateway
from redis_server import redis_server

SECRET = "dismissal-of-4711"


def new_key(program):
    return subprocess.run([program, "encryption", "new-key"], capture_output=True, text=True, check=True).stdout.strip()


def command(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, check=True).stdout


def contents(port):
    names = [name for name in command(port, "--scan").split() if b":entry:" in name]
    return {name: command(port, "get", name.decode()) for name in names}


def outcome(node, text, **headers):
    reply = node.ask("openai", chat("openai", "fast", text), headers=headers)
    assert reply.status == 200, f"{reply.status} {reply.body}"
    return reply.headers["x-cache"]


def store(node, text, port):
    """Until it lies in Redis: a node that has just started, or is slow, leaves Redis alone."""
    before = contents(port)
    give_up = time.monotonic() + 20
    while contents(port) == before:
        assert time.monotonic() < give_up, "nothing is stored in Redis"
        outcome(node, text, **{"Cache-Control": "no-cache"})
        time.sleep(0.05)


def found_in_redis(node, text):
    """Asked again, as a slow Redis is no reason to fail; what is in the node's memory has been found there."""
    tries = (node.ask("openai", chat("openai", "fast", text), headers={"Cache-Control": "only-if-cached"}) for _ in range(20))
    return any(reply.status == 200 for reply in tries)


def main():
    program = sys.argv[1]
    provider = FaultyProvider({"small": [{"fault": "answer"}]}, reply=lambda request: SECRET)
    router = {"llm": 1, "providers": [{"name": "one", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
              "tiers": {tier: ["one/small"] for tier in ("fast", "balanced", "powerful")}}
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as port:
        redis = {"TOLLGATE_REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with gateway(program, router, **redis) as plain:
            store(plain, "Hello", port)
            assert any(SECRET.encode() in content for content in contents(port).values()), "the test finds no plain reply"
        sealed = redis | {"TOLLGATE_ENCRYPTION_KEY": new_key(program)}
        with gateway(program, router, **sealed) as node:
            store(node, "Others", port)  # from here on it speaks with Redis
            assert not found_in_redis(node, "Hello"), "a plain reply was taken although there is a key"
            store(node, "Hello", port)
            assert outcome(node, "Hello") == "HIT"
        assert not any(SECRET.encode() in content for content in contents(port).values()), "a reply lies in Redis as plain text"
        with gateway(program, router, **sealed) as same, \
                gateway(program, router, **redis, TOLLGATE_ENCRYPTION_KEY=new_key(program)) as other:
            for number, node in enumerate((same, other)):
                store(node, f"Others {number}", port)
            assert found_in_redis(same, "Hello"), "a node of the same key did not find the reply"
            assert not found_in_redis(other, "Hello"), "a node of another key opened the reply"
    print("sealed")


main()
