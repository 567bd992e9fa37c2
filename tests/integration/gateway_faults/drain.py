#!/usr/bin/env python3
"""drain.py PROGRAM: with `on_disconnect: drain` a reply that nobody waits for any more is finished, and kept.

The other way, which ends the call at once, is gateway_disconnect.py's.
"""

import json
import socket
import sys
import time

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider, answer_words
from gateway_process import PATHS, chat, gateway

SLOW_SECONDS = 0.5
LIMIT_SECONDS = 10


def leave(port, request):
    """Asks, and goes away without a reply."""
    body = json.dumps(request).encode()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(f"POST {PATHS['openai']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(SLOW_SECONDS / 5)


def main(program):
    provider = FaultyProvider({"primary": [{"fault": "slow", "seconds": SLOW_SECONDS}]})
    router = {"llm": 1, "on_disconnect": "drain",
              "providers": [{"name": "openai", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
              "tiers": {tier: ["openai/primary"] for tier in ("fast", "balanced", "powerful")}}
    with gateway(program, router) as running:
        for streamed in (False, True):
            text = f"Hello {streamed}"
            request = chat("openai", "fast", text, streamed)
            leave(running.port, request)
            deadline = time.monotonic() + LIMIT_SECONDS
            while (reply := running.ask("openai", request, headers={"Cache-Control": "only-if-cached"})).status == 504:
                assert time.monotonic() < deadline, f"streamed={streamed}: the reply was not kept"
                time.sleep(0.05)
            assert reply.status == 200 and reply.whole, f"{reply.status} {reply.body}"
            assert answer_words("primary")[-1].encode() in reply.body, reply.body
            assert len(provider.calls_of(text)) == 1, f"streamed={streamed}: {len(provider.calls_of(text))} calls"
    provider.close()
    print("what nobody waited for was finished and kept")


main(sys.argv[1])
