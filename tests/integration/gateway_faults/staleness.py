#!/usr/bin/env python3
"""staleness.py PROGRAM SECONDS [SEED]: no assessment and no reply is ever of another text than the one it stands beside.

Two nodes share a PostgreSQL and a Redis. Writers make sessions on them by chance, answer, edit (also the same answer on both
nodes at once, also back to an earlier text), change what other answers are judged by, ask again, purge the cache, delete
sessions; meanwhile one node after the other is ended or killed and started again, and Redis is emptied. The provider says
for each answer it judged which text it saw, as a digest, and which texts of other answers beside it.
"""

import collections
import hashlib
import http.client
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from faulty_provider import FaultyProvider, text_of
from gateway_process import Gateway, ask, chat
from postgres_server import postgres_server
from redis_server import redis_server, tell_redis

WRITERS = 4
TEXTS = 3  # of each question and session: few, so that earlier ones come back
QUESTIONS = {
    "V1.vendor_name": "Nordkai Lohn GmbH, Kiel, Germany, {} employees",
    "V1.service": "Nordkai calculates the monthly pay of 2,300 employees in {} countries from the time sheets in Workday and sends "
                  "payment files to our bank. 11 payroll clerks work in it; it replaces the in-house program of 2008, whose "
                  "support ends on 30 June 2027.",
    "V1.outage_effect": "If the payment file misses the bank's cut-off at 14:00 on the 25th, 2,300 people are paid {} days late and "
                        "the works agreement grants each EUR 40. Clerks can repeat last month's file as an advance, as they "
                        "did once in 2019.",
    "V1.alternatives": "two other payroll providers in the tender of May 2026; a change takes about {} months",
}


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def judge(data):
    """An assessment of each answer, worse ones among them, that says what it is of."""
    beside = [f"beside {entry['id']} {digest(entry['answer'])}" for entry in data["context"]]
    assessments = {}
    for answer in data["answers"]:
        seen = digest(answer["answer"])
        good = 4 if int(seen, 16) % 5 == 0 else 8
        shown = [f"of {answer['id']} {seen}", *beside[:3]]
        assessments[answer["id"]] = {**dict.fromkeys(("specificity", "measurability", "completeness", "coherence", "relevance"), good),
                                     "issues": shown, "follow_ups": []}
    return {"assessments": assessments}


class Provider(FaultyProvider):
    """Judges what it is given; tells a gateway's caller the prompt and the number of the call."""

    def __init__(self, seed):
        super().__init__(reply=self.answer)
        self.chance = random.Random(seed)
        self.count = 0

    def answer(self, body):
        with self.lock:
            self.count += 1
            number, pause = self.count, self.chance.choice((0, 0, 0.002, 0.02))
            self.calls.clear()
        time.sleep(pause)
        text = text_of(body["messages"][-1]["content"])
        if not text.startswith("{"):
            return f"call {number} of {digest(text)}"
        data = json.loads(text)
        if "checks" in data:
            return json.dumps({"checks": {check["id"]: {"consistent": True, "explanation": "fits"} for check in data["checks"]}})
        if "issues" in data:
            return json.dumps({"follow_ups": [f"of {digest(data['answer'])}"]})
        return json.dumps(judge(data))


class Nodes:
    """Two servers; one of them may be away. Requests go to either."""

    def __init__(self, program, router, folder, environment):
        self.program, self.router, self.environment = program, router, environment
        self.folders = [folder / "one", folder / "two"]
        for each in self.folders:
            each.mkdir()
        self.running = [self.start(0), self.start(1)]

    def start(self, index):
        return Gateway(self.program, self.router, self.folders[index], self.environment)

    def restart(self, index, kill):
        gone = self.running[index]
        self.running[index] = None
        gone.stop(kill=kill)
        self.running[index] = self.start(index)

    def port(self, index):
        node = self.running[index]
        return node.port if node else None

    def stop(self):
        for node in self.running:
            if node:
                node.stop(kill=True)


class Away(Exception):
    """The node was restarted under the request."""


class Stale(Exception):
    pass


class Writer(threading.Thread):
    def __init__(self, nodes, seed, until, counts, failures):
        super().__init__(daemon=True)
        self.nodes, self.until, self.counts, self.failures = nodes, until, counts, failures
        self.random = random.Random(seed)
        self.name = f"writer {seed}"

    def run(self):
        try:
            while time.monotonic() < self.until and not self.failures:
                try:
                    self.random.choice((self.use_session, self.use_session, self.use_gateway, self.purge_and_ask))()
                except Away:
                    self.counts["interrupted"] += 1
        except Exception as error:  # the test ends with it
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")

    def send(self, method, path, body=None, index=None, expect=(200, 201, 202, 204)):
        port = self.nodes.port(self.random.randrange(2) if index is None else index)
        if port is None:
            raise Away
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            raise Away from None
        finally:
            connection.close()
        if reply.status == 503:
            raise Away  # it is ending
        assert reply.status in expect, f"{method} {path}: {reply.status} {text[:500]}"
        return reply.status, json.loads(text) if text else None

    def use_session(self):
        title = f"Payroll {self.random.randrange(3)}"  # few titles: sessions that are alike
        session = self.send("POST", "/sessions", {"title": title, "protocol": "vendor-security-review"})[1]["id"]
        self.counts["sessions"] += 1
        for _ in range(self.random.randrange(4, 14)):
            if time.monotonic() > self.until or self.failures:
                return
            try:
                step = self.random.choice((self.edit, self.edit, self.edit, self.edit_twice, self.look, self.settle, self.purge))
                step(session)
            except Away:
                self.counts["interrupted"] += 1
        if self.random.random() < 0.3:
            self.delete(session)

    def text_for(self, question):
        return QUESTIONS[question].format(self.random.randrange(2, 2 + TEXTS))

    def edit(self, session, index=None):
        question = self.random.choice(list(QUESTIONS))
        value = self.text_for(question)
        status, answer = self.send("PUT", f"/sessions/{session}/answers/{question}", {"value": value}, index, (200, 202, 409))
        if status == 409:
            return
        self.counts["edits"] += 1
        self.check(answer)  # whoever wrote it: what is shown must fit together

    def edit_twice(self, session):
        errors = []

        def one(index):
            try:
                Writer.edit(other, session, index)
            except Away:
                pass
            except Exception as error:
                errors.append(error)
        other = Writer(self.nodes, self.random.random(), self.until, self.counts, self.failures)
        rival = threading.Thread(target=one, args=(0,))
        rival.start()
        try:
            self.edit(session, 1)
        finally:
            rival.join()
        if errors:
            raise errors[0]

    def look(self, session):
        questions = self.send("GET", f"/sessions/{session}/questions")[1]["questions"]
        self.counts["looks"] += 1
        values = {entry["question"]: entry["value"] for entry in questions}
        for entry in questions:
            self.check(entry, values)

    def settle(self, session):
        """Nothing under way on either node, then all of it."""
        for _ in range(200):
            if not any(self.send("GET", f"/sessions/{session}/progress", None, index)[1]["working"] for index in range(2)):
                break
            time.sleep(0.01)
        self.look(session)

    def check(self, entry, values=None):
        assessment = entry["assessment"]
        if assessment is None or assessment["assessor"] != "llm":
            return
        self.counts["assessments"] += 1
        shown = digest(entry["value"])
        for issue in assessment["issues"]:
            kind, question, seen = issue.split(" ")
            if kind == "of" and (question, seen) != (entry["question"], shown):
                raise Stale(f"{entry['question']} is judged by what was said of {question} {seen}: {entry}")
            if kind == "beside" and values and entry["status"] in ("accepted", "rejected") and seen != digest(values[question]):
                raise Stale(f"{entry['question']} was judged beside another text of {question}, and counts: {entry}")
        for question in assessment["follow_ups"]:
            if question != f"of {shown}":
                raise Stale(f"a follow-up question to another text: {entry}")

    def purge(self, session):
        del session
        way = self.random.random()
        if way < 0.2:
            self.counts["Redis emptied"] += 1
            tell_redis(self.nodes.redis_port, "FLUSHALL")
        elif way < 0.4:
            self.counts["purges"] += 1
            self.send("POST", "/cache/purge", self.random.choice(({"account": "local"}, {"model": "openai/judge"})))

    def delete(self, session):
        index = self.random.randrange(2)
        self.send("DELETE", f"/sessions/{session}", None, index, (204, 404))
        self.counts["deletions"] += 1
        status, _ = self.send("GET", f"/sessions/{session}", None, index, (200, 404))
        if status != 404:
            raise Stale(f"session {session} was deleted and is there")

    def purge_and_ask(self):
        """On the node that was asked to purge, nothing that was being made before is given out of the cache."""
        index = self.random.randrange(2)
        self.use_gateway(index)
        before = self.nodes.provider.count
        self.send("POST", "/cache/purge", {"account": "local"}, index)
        self.counts["purges"] += 1
        for _ in range(3):
            number, outcome = self.use_gateway(index)
            if outcome == "HIT" and number <= before:
                raise Stale(f"call {number} was before the purge, after call {before}, and is given out")

    def use_gateway(self, index=None):
        """The number of the call that made the reply, and how the cache took part."""
        index = self.random.randrange(2) if index is None else index
        port = self.nodes.port(index)
        if port is None:
            raise Away
        text = f"prompt {self.random.randrange(6)}"
        try:
            reply = ask(port, "openai", chat("openai", "fast", text))
        except (OSError, http.client.HTTPException):
            raise Away from None
        if reply.status == 503:
            raise Away
        assert reply.status == 200, f"{reply.status} {reply.body}"
        said = re.match(r"call (\d+) of (\w+)$", reply.json()["choices"][0]["message"]["content"])
        if said[2] != digest(text):
            raise Stale(f"'{text}' was answered with what was said of another prompt: {reply.body}")
        self.counts["replies"] += 1
        self.counts[f"replies {reply.headers['x-cache']}"] += 1
        return int(said[1]), reply.headers["x-cache"]


def restart_nodes(nodes, chance, until, counts, failures):
    while time.monotonic() < until and not failures:
        time.sleep(chance.uniform(0.8, 2.5))
        try:
            nodes.restart(chance.randrange(2), kill=chance.random() < 0.5)
            counts["restarts"] += 1
        except Exception as error:
            failures.append(f"a node did not come back: {type(error).__name__}: {error}")


def main():
    program, length = sys.argv[1], float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1_000_000)
    print(f"seed {seed}")
    counts, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory() as name, redis_server(name) as redis_port, postgres_server(name) as database:
        provider = Provider(seed)
        environment = {"TOLLGATE_DATABASE_URL": database, "TOLLGATE_REDIS_URL": f"redis://127.0.0.1:{redis_port}",
                       "TOLLGATE_SHUTDOWN_DELAY_SECONDS": "0"}
        router = {"llm": 1, "providers": [{"name": "openai", "kind": "openai", "base_urls": [provider.url], "api_key_env": "KEY"}],
                  "tiers": {tier: ["openai/judge"] for tier in ("fast", "balanced", "powerful")}}
        subprocess.run([program, "migrate", "up"], check=True, stdout=subprocess.DEVNULL, cwd=name,
                       env={"PATH": "/usr/bin:/bin", "HOME": name, **environment})
        nodes = Nodes(program, router, pathlib.Path(name), environment)
        nodes.redis_port, nodes.provider = redis_port, provider
        try:
            until = time.monotonic() + length
            writers = [Writer(nodes, seed + number, until, counts, failures) for number in range(WRITERS)]
            for writer in writers:
                writer.start()
            restart_nodes(nodes, random.Random(seed), until, counts, failures)
            for writer in writers:
                writer.join(timeout=90)
                if writer.is_alive():
                    failures.append(f"{writer.name} hangs")
        finally:
            nodes.stop()
    print(json.dumps({**dict(sorted(counts.items())), "calls of the provider": provider.count}))
    for failure in failures:
        print(failure, file=sys.stderr)
    enough = all(counts[what] > 0 for what in ("assessments", "edits", "restarts", "replies HIT"))
    if not enough:
        print("too little happened to prove anything", file=sys.stderr)
    return 0 if enough and not failures else 1


sys.exit(main())
