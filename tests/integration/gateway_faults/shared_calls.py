#!/usr/bin/env python3
"""shared_calls.py PROGRAM: two nodes that share a Redis make one call for requests that are alike and come at the same time,
whole ones; one that failed is nobody else's.
"""

import concurrent.futures
import sys
import tempfile

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider
from gateway_process import chat, gateway
from redis_server import redis_server

ALIKE = 20
TRIES = 4  # a Redis that is slow for 4 ms, or not connected yet, is not waited for


def ask_both(nodes, text):
    with concurrent.futures.ThreadPoolExecutor(ALIKE) as pool:
        return list(pool.map(lambda number: nodes[number % 2].ask("openai", chat("openai", "fast", text)), range(ALIKE)))


def calls_for_alike(nodes, provider, text):
    before = len(provider.calls)
    replies = ask_both(nodes, text)
    assert all(reply.status == 200 for reply in replies), [reply.status for reply in replies]
    calls = len(provider.calls) - before
    assert calls <= len(nodes), f"each node alone makes one call; there were {calls}"
    assert calls > 1 or len({reply.body for reply in replies}) == 1, "the replies differ"
    return calls


def main():
    program = sys.argv[1]
    provider = FaultyProvider({"small": [{"fault": "slow", "seconds": 0.5}]})
    router = {"llm": 1, "providers": [{"name": "one", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
              "tiers": {tier: ["one/small"] for tier in ("fast", "balanced", "powerful")}, "retry": {"tries": 1}}
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as port:
        settings = {"TOLLGATE_REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with gateway(program, router, **settings) as first, gateway(program, router, **settings) as second:
            calls = [calls_for_alike((first, second), provider, f"Hello {number}") for number in range(TRIES)]
            assert 1 in calls, f"{ALIKE} requests that are alike made {calls} calls"
            provider.steps["small"] = [{"fault": "status", "status": 500}, {"fault": "slow", "seconds": 0.2}]
            replies = ask_both((first, second), "Good evening")
            good = sum(reply.status == 200 for reply in replies)
            assert good >= ALIKE / 2, f"one failed call failed {ALIKE - good} of {ALIKE} requests"
    print(f"{ALIKE} requests at two nodes: {calls} calls")


main()
