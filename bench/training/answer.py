"""A container that answers at once: the peer of bench/training/containers, and what its endpoint asks."""

import os
import socket
import threading

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


def talk(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pending = b""
    while chunk := connection.recv(65536):
        pending += chunk
        while (end := pending.find(b"\r\n\r\n")) >= 0:
            head = pending[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(pending) < end + 4 + length:
                break
            pending = pending[end + 4 + length :]
            connection.sendall(ANSWER)


server = socket.create_server(("", int(os.environ.get("SAGEMAKER_BIND_TO_PORT", 8080))))
while True:
    threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
