"""A provider on the loopback interface that speaks OpenAI's and Anthropic's formats and fails as it is told.

Each model has a list of steps, one for each call of a conversation; the last one is played for ever. A conversation is what
stands in the first user message up to the first line break, so that calls made at the same time do not mix.

A step: {"fault": NAME, ...}. Faults:
  answer                  the whole reply
  status (status, type, code, message, headers)   an error in the provider's format
  reset                   the connection is reset before any byte
  silent                  the request is taken and nothing is said
  late_first_token        the reply begins, without a word of it
  cut (after, how)        ends after so many words; how: clean (the HTTP reply ends well), eof, reset
  stall (after)           says nothing more after so many words
  malformed (at)          the event of this number is no JSON; a whole reply is none either
  no_done                 OpenAI's stream without [DONE]
  error_event (after)     an error inside the stream after so many words
  filtered                ends with the reason content_filter or refusal
  refuse_prefill          refuses requests whose last message is the assistant's, and answers others
  slow (seconds)          the whole reply, so much later
With "for_seconds" the step is played for so long after the conversation's first call, however many calls that are.
"""

import dataclasses
import json
import re
import socket
import socketserver
import struct
import threading
import time

WORDS = 60
USAGE = {"input": 11, "output": WORDS}


def answer_words(model):
    return [f"{model}"] + [f" w{number:02}" for number in range(1, WORDS)]


@dataclasses.dataclass
class Call:
    model: str
    conversation: str
    at: float
    fault: str
    body: dict


class FaultyProvider:
    def __init__(self, steps=None, reply=None):
        """steps: by model. reply: makes the text of `answer` from the request instead of WORDS words."""
        self.steps = steps or {}
        self.reply = reply
        self.calls = []
        self.lock = threading.Lock()
        provider = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                Connection(provider, self.request).serve()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                pass  # the gateway went away, as it should when a call is over

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def calls_of(self, conversation, model=None):
        with self.lock:
            return [call for call in self.calls
                    if call.conversation == conversation and (model is None or call.model == model)]

    def note(self, body):
        """Writes the call down; the step it gets."""
        model, conversation, now = body["model"], conversation_of(body), time.monotonic()
        with self.lock:
            before = [call for call in self.calls if call.model == model and call.conversation == conversation]
            steps = self.steps.get(model, [{"fault": "answer"}])
            first = before[0].at if before else now
            timed = [step for step in steps if now - first < step.get("for_seconds", 0)]
            untimed = [step for step in steps if "for_seconds" not in step]
            step = timed[0] if timed else untimed[min(len(before), len(untimed) - 1)]
            self.calls.append(Call(model, conversation, now, step["fault"], body))
        return step


def text_of(content):
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def conversation_of(body):
    user = next(message for message in body["messages"] if message["role"] == "user")
    return text_of(user["content"]).split("\n")[0]


class Connection:
    def __init__(self, provider, connection):
        self.provider, self.socket = provider, connection
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def serve(self):
        while self.read_request():
            step = self.provider.note(self.body)
            fault = step["fault"]
            if fault == "refuse_prefill":
                refused = self.body["messages"][-1]["role"] == "assistant"
                step = {"fault": "status", "status": 400, "type": "invalid_request_error",
                        "message": "this model does not support assistant message prefill"}
                fault = "status" if refused else "answer"
            if fault == "slow":
                time.sleep(step["seconds"])
            if fault == "reset":
                return self.reset()
            if fault == "silent":
                return self.wait_for_end()
            if fault == "status":
                self.send_error(step)
            elif self.body.get("stream"):
                if not self.send_stream(step):
                    return None
            elif not self.send_whole(step):
                return None
        return None

    def read_request(self):
        while b"\r\n\r\n" not in self.received:
            piece = self.socket.recv(65536)
            if not piece:
                return False
            self.received += piece
        head, rest = self.received.split(b"\r\n\r\n", 1)
        size = int(re.search(rb"content-length: (\d+)", head.lower())[1])
        while len(rest) < size:
            piece = self.socket.recv(65536)
            if not piece:
                return False
            rest += piece
        self.received = rest[size:]
        self.openai = b"/chat/completions" in head.split(b"\r\n")[0]
        self.body = json.loads(rest[:size])
        self.model = self.body["model"]
        if self.provider.reply:
            self.words = re.findall(r"\S+\s*|\s+", self.provider.reply(self.body))
        else:
            self.words = answer_words(self.model)
        return True

    def reset(self):
        time.sleep(0.2)  # what was sent must have been read: a reset takes it back
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_end(self):
        while self.socket.recv(65536):
            pass

    # Whole replies.

    def send_error(self, step):
        error = {"type": step.get("type", "server_error"), "message": step.get("message", "an error that was asked for")}
        body = {"error": {**error, "code": step.get("code"), "param": None}} if self.openai else {"type": "error", "error": error}
        self.send_head(step["status"], json.dumps(body).encode(), step.get("headers", {}))

    def send_head(self, status, body, headers=None):
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.socket.sendall(f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{lines}"
                            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def send_whole(self, step):
        """False: the connection has ended."""
        fault = step["fault"]
        text = "".join(self.words)
        body = json.dumps(self.whole(text, self.reason(step))).encode()
        if fault == "malformed":
            body = b"<html>" + body
        if fault in ("cut", "stall", "late_first_token"):
            half = body[:0 if fault == "late_first_token" else len(body) // 2]
            self.socket.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                f"Content-Length: {len(body)}\r\n\r\n".encode() + half)
            if fault != "cut":
                self.wait_for_end()
            elif step.get("how") == "reset":
                self.reset()
            return False
        self.send_head(200, body)
        return True

    def reason(self, step):
        if step["fault"] == "filtered":
            return "content_filter" if self.openai else "refusal"
        return "stop" if self.openai else "end_turn"

    def whole(self, text, reason):
        if self.openai:
            return {"id": "x1", "object": "chat.completion", "created": 1, "model": self.model, "usage": self.usage(),
                    "choices": [{"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": text}}]}
        return {"id": "x1", "type": "message", "role": "assistant", "model": self.model, "usage": self.usage(),
                "content": [{"type": "text", "text": text}], "stop_reason": reason, "stop_sequence": None}

    def usage(self):
        if self.openai:
            return {"prompt_tokens": USAGE["input"], "completion_tokens": USAGE["output"],
                    "total_tokens": USAGE["input"] + USAGE["output"]}
        return {"input_tokens": USAGE["input"], "output_tokens": USAGE["output"]}

    # Streams.

    def send_stream(self, step):
        """False: the connection has ended."""
        self.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        before, words, after = self.events(step)
        fault = step["fault"]
        if fault in ("late_first_token", "cut", "stall", "error_event"):
            words = words[:step.get("after", 0)]
            after = [self.error_event()] if fault == "error_event" else []
        events = before + words + after
        if fault == "malformed":
            at = step["at"] - 1
            events[at] = events[at][:len(events[at]) // 2] + b"\n\n"
        for event in events:
            self.socket.sendall(b"%x\r\n%s\r\n" % (len(event), event))
        if fault in ("late_first_token", "stall"):
            self.wait_for_end()
            return False
        if fault == "cut" and step["how"] != "clean":
            if step["how"] == "reset":
                self.reset()
            return False
        self.socket.sendall(b"0\r\n\r\n")
        return True

    def events(self, step):
        reason = self.reason(step)
        if self.openai:
            def chunk(delta, finish=None):
                return frame({"id": "x1", "object": "chat.completion.chunk", "created": 1, "model": self.model,
                              "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
            usage = frame({"id": "x1", "object": "chat.completion.chunk", "created": 1, "model": self.model, "choices": [],
                           "usage": self.usage()})
            done = [] if step["fault"] == "no_done" else [b"data: [DONE]\n\n"]
            return ([chunk({"role": "assistant", "content": ""})], [chunk({"content": word}) for word in self.words],
                    [chunk({}, reason), usage, *done])

        def event(kind, **members):
            return frame({"type": kind, **members}, kind)
        message = {"id": "x1", "type": "message", "role": "assistant", "model": self.model, "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {**self.usage(), "output_tokens": 1}}
        return ([event("message_start", message=message),
                 event("content_block_start", index=0, content_block={"type": "text", "text": ""}), event("ping")],
                [event("content_block_delta", index=0, delta={"type": "text_delta", "text": word}) for word in self.words],
                [event("content_block_stop", index=0),
                 event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=self.usage()),
                 event("message_stop")])

    def error_event(self):
        error = {"type": "overloaded_error", "message": "overloaded in the middle"}
        return frame({"error": error}) if self.openai else frame({"type": "error", "error": error}, "error")


def frame(data, event=None):
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()
