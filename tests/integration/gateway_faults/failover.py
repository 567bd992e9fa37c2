#!/usr/bin/env python3
"""failover.py PROGRAM [ID]: what a client of the gateway sees when a provider fails, as failover.json says it.

Each scenario has a gateway of its own, whose tiers list a primary that fails and a secondary: `fast` of OpenAI's format,
`balanced` of Anthropic's, `powerful` a primary of Anthropic's and a secondary of OpenAI's. It is played for each of them
with whole replies and with streams, at once. The outcomes:
  answer   the whole text of one model with its name, its usage and, where a reply has headers, its price
  refused  an HTTP error in the client's format
  broken   words, then an error event in the client's format, and no clean end, neither of the format nor of HTTP
Whatever was no whole answer must not be found in the cache afterwards.
"""

import concurrent.futures
import decimal
import json
import pathlib
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from faulty_provider import USAGE, FaultyProvider, answer_words
from gateway_process import chat, gateway

PRICES = {"primary": ("1", "10"), "secondary": ("3", "30")}  # US dollars per million tokens: input, output
LIMIT_SECONDS = 2  # of each silence
CASES = [("fast", "openai"), ("balanced", "anthropic"), ("powerful", "openai"), ("powerful", "anthropic")]
OPENAI_PRIMARY = [("fast", "openai"), ("fast", "anthropic")]


def router(url, scenario, prices):
    models = scenario.get("tier", ["primary", "secondary"])
    settings = scenario.get("settings", {})
    return {"llm": 1,
            "providers": [{"name": kind, "kind": kind, "base_urls": [url], "api_key_env": "KEY"} for kind in ("openai", "anthropic")],
            "tiers": {"fast": [f"openai/{model}" for model in models],
                      "balanced": [f"anthropic/{model}" for model in models],
                      "powerful": [f"{kind}/{model}" for kind, model in zip(("anthropic", "openai"), models)]},
            "retry": {"tries": 3, "first_backoff_ms": 20, "max_backoff_ms": 100, **settings.get("retry", {})},
            "breaker": settings.get("breaker", {"failures_in_a_row": 1000, "min_calls": 1000}),
            "first_token_seconds": LIMIT_SECONDS, "whole_reply_seconds": LIMIT_SECONDS, "prices": prices}


def write_prices(folder):
    path = pathlib.Path(folder) / "prices.yaml"
    models = [{"id": model, "provider": ["openai", "anthropic"], "source": "this test", "verified_on": "2026-10-01",
               "prices": [{"input": price[0], "output": price[1]}]} for model, price in PRICES.items()]
    path.write_text(json.dumps({"prices": 1, "models": models}))
    return str(path)


def cost_of(model):
    amount, million = decimal.Decimal, decimal.Decimal(1_000_000)
    return (USAGE["input"] * amount(PRICES[model][0]) + USAGE["output"] * amount(PRICES[model][1])) / million


class Seen:
    """What a reply says, whatever its format: text, model, usage, reason of the end, error."""

    def __init__(self, client, streamed, reply):
        self.text, self.model, self.usage, self.reason, self.error, self.ends = "", None, None, None, None, False
        if reply.status != 200 or not streamed:
            self.read_whole(client, reply.status, reply.json())
        else:
            for name, data in reply.events():
                self.read_event(client, name, data)

    def read_whole(self, client, status, body):
        self.ends = True
        if status != 200:
            self.error = body["error"]
            assert client == "openai" or body["type"] == "error", f"no error of Anthropic's: {body}"
            return
        self.model = body["model"]
        if client == "openai":
            self.text, self.reason = body["choices"][0]["message"]["content"], body["choices"][0]["finish_reason"]
            self.usage = (body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"])
        else:
            self.text, self.reason = "".join(block["text"] for block in body["content"]), body["stop_reason"]
            self.usage = (body["usage"]["input_tokens"], body["usage"]["output_tokens"])

    def read_event(self, client, name, data):
        assert self.error is None, f"something follows the error: {data}"
        assert not self.ends, f"something follows the end: {data}"
        if client == "openai" and data == "[DONE]":
            self.ends = True
            return
        body = json.loads(data)
        if "error" in body:
            assert client == "openai" or (name == "error" and body["type"] == "error"), f"no error event of Anthropic's: {name} {data}"
            assert isinstance(body["error"]["message"], str) and body["error"]["type"], data
            self.error = body["error"]
        elif client == "openai":
            self.model = body["model"]
            for choice in body["choices"]:
                self.text += choice["delta"].get("content") or ""
                self.reason = choice["finish_reason"] or self.reason
            if body.get("usage"):
                self.usage = (body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"])
        else:
            self.read_anthropic(name, body)

    def read_anthropic(self, name, body):
        assert name == body["type"], f"{name} is called {body['type']}"
        if name == "message_start":
            self.model = body["message"]["model"]
            self.usage = (body["message"]["usage"]["input_tokens"], 0)
        elif name == "content_block_delta":
            self.text += body["delta"]["text"]
        elif name == "message_delta":
            self.reason = body["delta"]["stop_reason"]
            self.usage = (body["usage"].get("input_tokens", self.usage[0]), body["usage"]["output_tokens"])
        self.ends = name == "message_stop"


def check_answer(client, streamed, expected, reply, calls):
    seen = Seen(client, streamed, reply)
    model = expected["from"]
    filtered = expected.get("filtered")
    reasons = {"openai": "content_filter", "anthropic": "refusal"} if filtered else {"openai": "stop", "anthropic": "end_turn"}
    assert reply.status == 200 and reply.whole and seen.ends and seen.error is None, \
        f"no whole answer: {reply.status} {reply.whole} {reply.body[-300:]}"
    assert seen.text == "".join(answer_words(model)), f"not the text of {model}: {seen.text}"
    assert seen.model == model, f"says that {seen.model} made it"
    assert seen.reason == reasons[client], f"ended because of {seen.reason}"
    assert seen.usage == (USAGE["input"], USAGE["output"]), f"usage {seen.usage}"
    if streamed:
        return
    headers = reply.headers
    assert headers["x-router-model"] == model and headers["x-router-attempts"] == str(calls), f"{calls} calls: {headers}"
    assert decimal.Decimal(headers["x-router-cost-usd"]) == cost_of(model), f"cost: {headers}"


def check_refused(client, streamed, expected, reply):
    seen = Seen(client, streamed, reply)
    status, kind = expected[client]
    assert reply.status == status and seen.error and seen.error["type"] == kind, f"{reply.status} {reply.body}"
    assert expected.get("says", "") in seen.error["message"], seen.error


def check_broken(client, streamed, expected, reply):
    seen = Seen(client, streamed, reply)
    assert reply.status == 200 and seen.error, f"no error event: {reply.body[-300:]}"
    assert not seen.ends and not reply.whole, f"a clean end: {reply.body[-300:]}"
    words = answer_words("primary")
    assert seen.text and "".join(words).startswith(seen.text), seen.text
    assert "words" not in expected or seen.text == "".join(words[:expected["words"]]), seen.text
    assert expected.get("never_says", "\0") not in seen.error["message"], seen.error


def check_calls(expected, provider, conversation):
    for model in ("primary", "secondary"):
        count = len(provider.calls_of(conversation, model))
        least, most = expected[f"{model}_calls"]
        assert least <= count <= most, f"{count} calls of the {model}, not {least} to {most}"
    if "min_gap_seconds" in expected:
        first, second = provider.calls_of(conversation, "primary")[:2]
        assert second.at - first.at >= expected["min_gap_seconds"], f"asked again after {second.at - first.at:.3f} s"


def play_case(running, provider, scenario, tier, client, delivery):
    streamed = delivery == "stream"
    expected = scenario.get(delivery) or scenario["expect"]
    conversation = f"{scenario['id']} {tier} {client} {delivery}"
    request = chat(client, tier, conversation, streamed)
    reply = running.ask(client, request)
    calls = len(provider.calls_of(conversation))
    check_calls(expected, provider, conversation)
    if expected["outcome"] == "answer":
        check_answer(client, streamed, expected, reply, calls)
    elif expected["outcome"] == "refused":
        check_refused(client, streamed, expected, reply)
    else:
        check_broken(client, streamed, expected, reply)
    assert reply.seconds <= expected.get("max_seconds", 15), f"took {reply.seconds:.2f} s"
    if expected["outcome"] != "answer" or expected.get("filtered"):
        again = running.ask(client, request, headers={"Cache-Control": "only-if-cached"})
        assert again.status == 504, f"it was kept: {again.status} {again.body[:200]}"
    return reply.seconds


def play_sequence(running, provider, scenario, tier, client, delivery):
    """One request after the other while the primary goes down and comes back: all are answered."""
    sequence, answered_by = scenario["sequence"], []
    name = f"{scenario['id']} {tier} {client} {delivery}"
    down = scenario["primary"][0]["for_seconds"]
    begun = time.monotonic()
    for number in range(sequence["requests"]):
        time.sleep(max(0.0, begun + number * sequence["every_seconds"] - time.monotonic()))
        request = chat(client, tier, f"{name}\n{number}", delivery == "stream")
        reply = running.ask(client, request)
        seen = Seen(client, delivery == "stream", reply)
        assert reply.status == 200 and reply.whole and seen.error is None, f"request {number}: {reply.status} {reply.body[-300:]}"
        answered_by.append(seen.model)
    calls = provider.calls_of(name, "primary")
    while_down = [call for call in calls if call.at - calls[0].at < down]
    assert answered_by[0] == "secondary" and len(while_down) <= sequence["most_calls_while_down"], \
        f"{len(while_down)} calls of a primary that was down: {answered_by}"
    assert set(answered_by[-sequence["last_from_primary"]:]) == {"primary"}, f"not back at the primary: {answered_by}"
    return time.monotonic() - begun


def play(program, scenario):
    """The failures of one scenario, and the longest call."""
    with tempfile.TemporaryDirectory() as folder:
        provider = FaultyProvider({"primary": scenario["primary"], "secondary": scenario.get("secondary", [{"fault": "answer"}])})
        configuration = router(provider.url, scenario, write_prices(folder))
        # A breaker of a sequence is for one caller: one case of each tier.
        cases = OPENAI_PRIMARY if scenario.get("providers") == ["openai"] else CASES
        deliveries = scenario.get("deliveries", ["whole", "stream"])
        played = [(tier, client, delivery) for tier, client in cases for delivery in deliveries]
        if "sequence" in scenario:
            played = [("fast", "openai", "stream"), ("balanced", "anthropic", "whole")]
        step = play_sequence if "sequence" in scenario else play_case
        with gateway(program, configuration, TOLLGATE_HTTP_IDLE_TIMEOUT_SECONDS=str(LIMIT_SECONDS),
                     TOLLGATE_LLM_TIMEOUT_SECONDS="20") as running, \
                concurrent.futures.ThreadPoolExecutor(len(played)) as pool:
            results = [(case, pool.submit(step, running, provider, scenario, *case)) for case in played]
            failures, longest = [], 0.0
            for case, result in results:
                try:
                    longest = max(longest, result.result())
                except Exception as error:  # whatever it is, the others are told too
                    failures.append(f"{' '.join(case)}: {type(error).__name__}: {error}")
        provider.close()
        return len(played), failures, longest


def main():
    program, wanted = sys.argv[1], sys.argv[2:]
    scenarios = json.loads((pathlib.Path(__file__).parent / "failover.json").read_text())
    scenarios = [scenario for scenario in scenarios if not wanted or scenario["id"] in wanted]
    begun, failed = time.monotonic(), set()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for scenario, (cases, failures, longest) in zip(scenarios, pool.map(lambda each: play(program, each), scenarios)):
            print(f"{scenario['id']:15} {'FAILED' if failures else 'ok':6} {cases} cases, {longest:.2f} s at most: {scenario['title']}")
            for failure in failures:
                print(f"    {failure}")
            if failures:
                failed.add(re.match(r"S\d+", scenario["id"])[0])
    ids = {re.match(r"S\d+", scenario["id"])[0] for scenario in scenarios}
    print(f"{len(ids - failed)} of {len(ids)} scenarios, {time.monotonic() - begun:.1f} s")
    return 1 if failed else 0


sys.exit(main())
