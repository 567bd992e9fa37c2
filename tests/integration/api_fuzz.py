#!/usr/bin/env python3
"""api_fuzz.py PROGRAM [SECONDS] [SEED]: sends what the OpenAPI document allows, and what it does not, to every route.

No reply may be a 5xx, each must have a status that the document names, and JSON must fit its schema. The server must
still be ready at the end and stop with 0.
"""

import http.client
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
         "null": type(None)}
TEXTS = ["", "a", "0", "-1", "true", "null", "Ünïcödé \U0001f600", "a" * 300, "\x00", "../../etc/passwd", "%00", "%zz",
         "'; DROP TABLE session; --", "{{value}}", "<script>", "2027-02-30", "1e999", "S1.business_problem", "id"]


def fits(schemas, schema, value, where="$"):
    """The first place where the value does not fit, or None."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    wanted = schema.get("type")
    if wanted:
        names = wanted if isinstance(wanted, list) else [wanted]
        is_bool = isinstance(value, bool)
        if not any(isinstance(value, TYPES[name]) and (not is_bool or name == "boolean") for name in names):
            return f"{where}: {value!r} is no {wanted}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                return f"{where}: {name} is missing"
        for name, item in value.items():
            if name in properties:
                if problem := fits(schemas, properties[name], item, f"{where}.{name}"):
                    return problem
            elif schema.get("additionalProperties") is False:
                return f"{where}: {name} is not declared"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            if problem := fits(schemas, schema["items"], item, f"{where}[{i}]"):
                return problem
    return None


class Fuzzer:
    def __init__(self, port, seed):
        self.random = random.Random(seed)
        self.port = port
        self.connection = None
        self.document = self.send("GET", "/api/openapi.json")[1]
        self.schemas = self.document["components"]["schemas"]
        self.known = {"session": [], "question": [], "protocol": ["vendor-security-review", "ai-project-scoping"],
                      "stage": ["S1", "V1"], "number": ["0", "1"], "account": ["local"]}
        self.routes = [(method, path, operation) for path, methods in self.document["paths"].items()
                       for method, operation in methods.items()]
        self.counts, self.faults = {}, []

    def send(self, method, target, body=None, headers=None):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.putrequest(method, target, skip_accept_encoding=True)
                for name, value in (headers or {}).items():
                    self.connection.putheader(name, value)
                if body is not None:
                    self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders(body)
                reply = self.connection.getresponse()
                data = reply.read()
                if reply.will_close:
                    self.connection = None
                kind = (reply.getheader("Content-Type") or "").split(";")[0]
                return reply.status, json.loads(data) if kind.endswith("json") else data, kind
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    raise

    def value_for(self, schema, depth=0):
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        pick = self.random.random()
        kind = schema.get("type")
        if pick < 0.15 or depth > 3 or kind is None:
            return self.random.choice([None, True, 0, -1, 1.5, 10**18, "x", [], {}, ["a"], {"a": [None]}] + TEXTS[:12])
        if "enum" in schema and pick < 0.9:
            return self.random.choice(schema["enum"])
        if kind == "object":
            names = list(schema.get("properties", {}))
            chosen = [name for name in names if name in schema.get("required", []) or self.random.random() < 0.5]
            out = {name: self.value_for(schema["properties"][name], depth + 1) for name in chosen}
            if self.random.random() < 0.05:
                out["undeclared"] = 1
            return out
        if kind == "array":
            return [self.value_for(schema.get("items", {}), depth + 1) for _ in range(self.random.randrange(4))]
        if kind == "integer":
            return self.random.choice([0, 1, 7, -1, 2**31, 2**63])
        return self.random.choice(TEXTS + self.known["protocol"])

    def parameter_for(self, name):
        known = self.known.get(name)
        if known and self.random.random() < 0.9:
            return self.random.choice(known)
        return self.random.choice(TEXTS)

    def one(self):
        method, pattern, operation = self.random.choice(self.routes)
        quote = lambda text: "".join(chr(b) if b < 128 and (chr(b).isalnum() or chr(b) in "-_.") else f"%{b:02X}" for b in text.encode())
        target = re.sub(r"{(\w+)}", lambda match: quote(self.parameter_for(match[1])), pattern)
        if pattern.endswith("/stream"):
            target = re.sub("/stream", "/stream-not", target)  # it has no end; streams have tests of their own
        query = [f"{p['name']}={quote(str(self.value_for(p['schema'])))}" for p in operation["parameters"]
                 if p["in"] == "query" and self.random.random() < 0.5]
        if query:
            target += "?" + "&".join(query)
        headers, body = {"Prefer": "respond-async"} if self.random.random() < 0.8 else {}, None
        if content := operation.get("requestBody", {}).get("content"):
            schema = content["application/json"]["schema"]
            body = json.dumps(self.value_for(schema)).encode()
            if self.random.random() < 0.05:
                body = self.random.randbytes(self.random.randrange(60))
            headers["Content-Type"] = "application/json" if self.random.random() < 0.95 else "text/plain"
        if self.random.random() < 0.2:
            headers[self.random.choice(["If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID"])] = \
                self.random.choice(['"1"', "*", "1", "k" * 300, '"', "W/"])
        status, reply, kind = self.send(method.upper(), target, body, headers)
        self.check(operation, method, target, status, reply, kind, body)
        self.learn(operation["operationId"], status, reply)

    def check(self, operation, method, target, status, reply, kind, body):
        name = operation["operationId"]
        self.counts[(name, status)] = self.counts.get((name, status), 0) + 1
        problem = None
        declared = operation["responses"].get(str(status))
        if status >= 500:
            problem = f"status {status}: {reply}"
        elif status >= 400:
            error = operation["responses"]["default"]["content"]
            problem = fits(self.schemas, error[kind]["schema"], reply) if kind in error else kind
        elif declared is None and status != 304:
            problem = f"status {status} is not declared"
        elif declared and "application/json" in declared.get("content", {}):
            problem = fits(self.schemas, declared["content"]["application/json"]["schema"], reply)
        if problem:
            self.faults.append(f"{name}: {method} {target} {body!r}: {problem}")

    def learn(self, name, status, reply):
        if name == "createSession" and status == 201:
            self.known["session"] = (self.known["session"] + [reply["id"]])[-20:]
        if name == "listQuestions" and status == 200:
            self.known["question"] = [question["question"] for question in reply["questions"]][:200]


def main():
    program, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        environment = {"TOLLGATE_RATE_LIMIT_PER_ACCOUNT": "0", "TOLLGATE_RATE_LIMIT_PER_ADDRESS": "0", "HOME": folder,
                       "PATH": "/usr/bin:/bin"}
        server = subprocess.Popen([program, "--store", f"sqlite:{folder}/sessions.db", "--provider", "offline", "serve",
                                   "--port", "0"], stdout=subprocess.PIPE, env=environment, text=True, cwd=folder)
        try:
            port = int(re.search(r":(\d+) ", server.stdout.readline())[1])
            fuzzer = Fuzzer(port, seed)
            end = time.monotonic() + seconds
            while time.monotonic() < end and len(fuzzer.faults) < 10:
                fuzzer.one()
            ready = fuzzer.send("GET", "/health/ready")[0]
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
        finally:
            server.kill()
    good = {name for (name, status) in fuzzer.counts if status < 400}
    for fault in fuzzer.faults:
        print(fault[:2000], file=sys.stderr)
    print(json.dumps({"seed": seed, "requests": sum(fuzzer.counts.values()), "faults": len(fuzzer.faults), "code": code,
                      "ready": ready, "operations_that_succeeded": len(good), "operations": len(fuzzer.routes)}))
    return 0 if not fuzzer.faults and code == 0 and ready == 200 and sum(fuzzer.counts.values()) > 0 else 1


sys.exit(main())
