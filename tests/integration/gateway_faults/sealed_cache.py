#!/usr/bin/env python3
"""sealed_cache.py PROGRAM: with an encryption key no reply lies in Redis as plain text, nodes of the same key share replies, and
a node of another key, or one that finds a plain reply put there by others, makes its own call.
"""

import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider
from gateway_process import chat, gateway
from redis_server import redis_server

SECRET = "dismissal-of-4711"


def new_key(program):
    return subprocess.run([program, "encryption", "new-key"], capture_output=True, text=True, check=True).stdout.strip()


def command(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, check=True).stdout


def entries(port):
    return [name for name in command(port, "--scan").split() if b":entry:" in name]


def outcome(node, text):
    reply = node.ask("openai", chat("openai", "fast", text))
    assert reply.status == 200, f"{reply.status} {reply.body}"
    return reply.headers["x-cache"]


def main():
    program = sys.argv[1]
    provider = FaultyProvider({"small": [{"fault": "answer"}]}, reply=lambda request: SECRET)
    router = {"llm": 1, "providers": [{"name": "one", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
              "tiers": {tier: ["one/small"] for tier in ("fast", "balanced", "powerful")}}
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as port:
        redis = {"TOLLGATE_REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with gateway(program, router, **redis) as plain:
            assert outcome(plain, "Hello") == "MISS"
        stored = entries(port)
        assert len(stored) == 1 and SECRET.encode() in command(port, "get", stored[0].decode()), "the test finds no plain reply"
        sealed = redis | {"TOLLGATE_ENCRYPTION_KEY": new_key(program)}
        with gateway(program, router, **sealed) as node:
            assert outcome(node, "Hello") == "MISS", "a plain reply was taken although there is a key"
            assert outcome(node, "Hello") == "HIT"
        for name in entries(port):
            assert SECRET.encode() not in command(port, "get", name.decode()), "a reply lies in Redis as plain text"
        with gateway(program, router, **sealed) as same, \
                gateway(program, router, **redis, TOLLGATE_ENCRYPTION_KEY=new_key(program)) as other:
            assert outcome(same, "Hello") == "HIT", "a node of the same key did not find the reply"
            assert outcome(other, "Hello") == "MISS", "a node of another key opened the reply"
    print("sealed")


main()
