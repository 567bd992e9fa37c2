"""A TCP link to a server on the loopback interface that breaks as it is told, and mends."""

import socket
import struct
import threading
import time

SLOW_SECONDS = 0.05  # added to each piece


class FaultyLink:
    """Passes connections on to `port`. mode:
    pass      as it comes
    hole      connections are taken, and nothing comes out of them any more
    slow      every piece of the server's takes SLOW_SECONDS longer
    half      of the server's pieces the first half, then nothing
    reset     every connection is reset, new ones too
    """

    def __init__(self, port):
        self.target = port
        self.mode = "pass"
        self.open = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def set(self, mode):
        """Connections under way are hit too, except that mending gives back nothing that was swallowed: they are reset."""
        mends = mode == "pass" and self.mode != "pass"
        self.mode = mode
        if mode == "reset" or mends:
            self.reset_all()

    def reset_all(self):
        with self.lock:
            connections, self.open = self.open, set()
        for connection in connections:
            reset(connection)

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            if self.mode == "reset":
                reset(connection)
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            with self.lock:
                self.open |= {connection, server}
            for source, sink, is_answer in ((connection, server, False), (server, connection, True)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.pass_on, args=(source, sink, is_answer), daemon=True).start()

    def pass_on(self, source, sink, is_answer):
        try:
            while piece := source.recv(65536):
                mode = self.mode
                if mode == "slow" and is_answer:
                    time.sleep(SLOW_SECONDS)
                if mode == "half" and is_answer:
                    piece = piece[:max(1, len(piece) // 2)]
                if mode != "hole":
                    sink.sendall(piece)
                while self.mode == "half" and is_answer:
                    time.sleep(0.02)
        except OSError:
            pass
        for each in (source, sink):
            with self.lock:
                self.open.discard(each)
            each.close()


def reset(connection):
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)  # wakes whoever reads it
    except OSError:
        pass
    connection.close()


def black_hole():
    """An address on which no connection comes about: its queue is full and nobody accepts. (listener, what fills it)"""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    filling = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        filling.append(client)
    time.sleep(0.05)
    return listener, filling
