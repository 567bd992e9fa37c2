#!/usr/bin/env python3
"""chaos.py PROGRAM [REQUESTS]: what breaks behind the gateway neither breaks nor delays what passes through it.

Redis: silent, slow, resetting, answering by halves, full or gone. Each request is made of two gateways in turn, one with
that Redis and one without any; the difference of their 99th percentiles of X-Router-Overhead-Us is what Redis adds. The
goal is 5 ms; the bound here is generous, since others may use the machine at the same time.
Providers: no connection, silent, resetting, dripping, answering by halves. Every caller gets the secondary's answer within
the time limits that are set, and once the breaker is open without waiting for them.
"""

import concurrent.futures
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from faulty_link import FaultyLink, black_hole
from faulty_provider import FaultyProvider, answer_words
from gateway_process import chat, gateway
from redis_server import redis_server, tell_redis

MOST_ADDED_MS = 50
LIMIT_SECONDS = 1
sys.setswitchinterval(0.0005)  # links, providers and callers are threads of this one process
MARGIN_SECONDS = 2.5
CALLERS = 12


def router(url, **more):
    return {"llm": 1, "providers": [{"name": "openai", "kind": "openai", "base_urls": [url], "api_key_env": "KEY"}],
            "tiers": {tier: ["openai/primary"] for tier in ("fast", "balanced", "powerful")}, **more}


def percentile(values, share):
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1] / 1000  # ms


def overhead(running, text):
    reply = running.ask("openai", chat("openai", "fast", text))
    assert reply.status == 200, f"{reply.status} {reply.body}"
    assert reply.json()["choices"][0]["message"]["content"] == "".join(answer_words("primary")), reply.body
    return int(reply.headers["x-router-overhead-us"]), reply.headers["x-cache"]


def compare(name, plain, cached, requests, failures):
    without, with_redis = [], []
    for number in range(requests):
        without.append(overhead(plain, f"{name} {number}")[0])
        spent, outcome = overhead(cached, f"{name} {number}")
        with_redis.append(spent)
        if outcome != "MISS":
            failures.append(f"Redis {name}: request {number} was {outcome}")
    added = percentile(with_redis, 0.99) - percentile(without, 0.99)
    print(f"Redis {name:8} {requests} requests, ms p50/p99/max: without {percentile(without, 0.5):.2f}/"
          f"{percentile(without, 0.99):.2f}/{max(without) / 1000:.2f}, with {percentile(with_redis, 0.5):.2f}/"
          f"{percentile(with_redis, 0.99):.2f}/{max(with_redis) / 1000:.2f}; adds {added:.2f} ms p99")
    if added > MOST_ADDED_MS:
        failures.append(f"Redis {name} adds {added:.1f} ms p99")


def redis_breaks(program, requests, failures):
    provider = FaultyProvider()
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as port:
        link = FaultyLink(port)
        with gateway(program, router(provider.url)) as plain, \
                gateway(program, router(provider.url), TOLLGATE_REDIS_URL=f"redis://127.0.0.1:{link.port}") as cached:
            for number in range(20):  # connections, and what is read at the first use
                overhead(plain, f"warm {number}")
                overhead(cached, f"warm {number}")
            for mode in ("pass", "hole", "slow", "half", "reset"):
                link.set(mode)
                compare(mode, plain, cached, requests, failures)
                link.set("pass")
                wait_until_stored(cached, port, mode)
            tell_redis(port, "CONFIG", "SET", "maxmemory-policy", "noeviction")
            tell_redis(port, "CONFIG", "SET", "maxmemory", "1")
            compare("full", plain, cached, requests, failures)
            tell_redis(port, "SHUTDOWN", "NOSAVE")
            compare("gone", plain, cached, requests, failures)
            changes = [line for line in cached.log if "the cache" in line]
    if len(changes) > 60:
        failures.append(f"{len(changes)} lines of the log about Redis: one for each change of its state is meant")
    provider.close()


def wait_until_stored(cached, port, mode):
    """Redis is used again after it was mended."""
    deadline = time.monotonic() + 20
    before, number = tell_redis(port, "DBSIZE"), 0
    while tell_redis(port, "DBSIZE") == before:
        assert time.monotonic() < deadline, f"Redis is not used again after {mode}"
        overhead(cached, f"mended {mode} {number}")
        number += 1
        time.sleep(0.05)


def call_both(running, number, name, delivery):
    reply = running.ask("openai", chat("openai", "fast", f"{name} {number}", delivery == "stream"))
    text = "".join(answer_words("secondary"))
    assert reply.status == 200 and reply.whole, f"{reply.status} {reply.body[-200:]}"
    if delivery == "whole":
        assert reply.json()["choices"][0]["message"]["content"] == text, reply.body
    else:
        assert b"[DONE]" in reply.body and b'"secondary"' in reply.body and b'"primary"' not in reply.body, reply.body
    return reply.seconds


def provider_breaks(program, name, step, failures):
    provider = FaultyProvider({"primary": [step or {"fault": "answer"}]})
    hole = None if step else black_hole()
    url = provider.url if step else f"http://127.0.0.1:{hole[0].getsockname()[1]}"
    configuration = router(provider.url, first_token_seconds=LIMIT_SECONDS, whole_reply_seconds=LIMIT_SECONDS,
                           retry={"tries": 2, "first_backoff_ms": 20}, breaker={"open_seconds": 30})
    configuration["providers"].insert(0, {"name": "broken", "kind": "openai", "base_urls": [url], "api_key_env": "KEY"})
    configuration["tiers"] = {tier: ["broken/primary", "openai/secondary"] for tier in ("fast", "balanced", "powerful")}
    with gateway(program, configuration, TOLLGATE_HTTP_CONNECT_TIMEOUT_SECONDS="1", TOLLGATE_HTTP_IDLE_TIMEOUT_SECONDS="1",
                 TOLLGATE_LLM_TIMEOUT_SECONDS="20") as running, concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
        for which, most in (("first", LIMIT_SECONDS + MARGIN_SECONDS), ("later", LIMIT_SECONDS * 0.9)):
            calls = [pool.submit(call_both, running, number, f"{name} {which}", "stream" if number % 2 else "whole")
                     for number in range(CALLERS)]
            seconds = []
            for call in calls:
                try:
                    seconds.append(call.result())
                except Exception as error:  # all are told
                    failures.append(f"provider {name}, {which} calls: {type(error).__name__}: {error}")
            if seconds:
                print(f"provider {name:8} {which} {CALLERS} calls: {statistics.median(seconds):.3f} s, at most {max(seconds):.3f} s")
                if max(seconds) > most:
                    failures.append(f"provider {name}: {which} calls took up to {max(seconds):.2f} s, not {most} s")
    provider.close()


def main():
    program, requests = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    failures = []
    redis_breaks(program, requests, failures)
    for name, step in (("hole", None), ("silent", {"fault": "silent"}), ("reset", {"fault": "reset"}),
                       ("slow", {"fault": "slow", "seconds": 3}),
                       ("half", {"fault": "cut", "after": 0, "how": "eof"})):
        provider_breaks(program, name, step, failures)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
