"""Entry point: ``python -m sagebrush_worker --socket PATH --model-dir DIR --code-dir DIR …``.

The parent listens on the socket and this process connects to it. From then on the parent sends requests on that one
connection: a ping is answered once the model is loaded (200) or has failed to (500, the reason as JSON), an invocation
runs the model. One request at a time; the parent runs as many workers as it wants concurrency. What a handler yields
part by part is answered in parts; when it fails in the midst, a last frame says so. Several requests may come together
and are then answered together. SIGUSR1 makes the part that is on its way the last; SIGUSR2 has the answers there are
sent, and those requests handed back that are not begun.

A request is its kind, with the highest bit set when another follows at once, the lengths of its headers and its body,
then both; headers are names and values in turn, each ended by a zero byte. A frame of an answer is its kind, a status,
the lengths of its content type and its body, then both. Numbers are little-endian.
"""

import argparse
import collections
import json
import os
import signal
import socket
import struct
import sys
import threading
import traceback

from . import defaults, formats, handlers, requirements, toolkits
from .handlers import Parts, Response

BUFFER = 65536
REQUEST = struct.Struct("<BIQ")
FRAME = struct.Struct("<BHIQ")
PING, INVOCATION = 0, 1
ANOTHER_FOLLOWS = 0x80
WHOLE, BEGIN, PART, END, FAILURE, RETURNED = range(6)


def leave_with_parent():
    """Standard input is a pipe nobody writes to: when it ends, the parent is gone, however it went."""

    def watch():
        try:
            while os.read(0, 4096):
                pass
        finally:
            os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def limit_memory(limit):
    """Bounds private memory, so that a request too large is a MemoryError here and not the machine's trouble."""
    if limit > 0:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def load(arguments):
    os.environ.setdefault("SM_MODEL_DIR", arguments.model_dir)
    requirements.install(arguments.code_dir, arguments.site_dir)
    toolkits.install()
    own = defaults.find(arguments.framework)
    # A script that is named must be there, whatever the framework could do without one.
    is_needed = own.needs_script or bool(os.environ.get("SAGEMAKER_PROGRAM"))
    module = handlers.import_user_module(arguments.program, arguments.code_dir, is_needed)
    return handlers.Model(module, arguments.model_dir, own, arguments.default_accept)


def describe(error):
    """One line in Python's own words: ``where: Type: message`` with the innermost cause."""
    cause = error.__cause__
    if cause is None:
        return str(error)
    return "%s: %s" % (error, "".join(traceback.format_exception_only(type(cause), cause)).strip().splitlines()[-1])


def read_request(stream):
    """Reads one request: (kind, headers, body, whether another follows), or None at the end of the connection."""
    head = stream.read(REQUEST.size)
    if len(head) < REQUEST.size:
        return None
    kind, headers_length, body_length = REQUEST.unpack(head)
    fields = stream.read(headers_length).decode("utf-8").split("\0")
    headers = dict(zip(fields[::2], fields[1::2]))
    headers["content-length"] = str(body_length)
    return kind & ~ANOTHER_FOLLOWS, headers, stream.read(body_length), bool(kind & ANOTHER_FOLLOWS)


def read_batch(stream):
    """Reads the requests that came together; none at the end of the connection."""
    batch = collections.deque()
    more = True
    while more:
        request = read_request(stream)
        if request is None:
            break
        *request, more = request
        batch.append(request)
    return batch


def describe_fault(error):
    traceback.print_exception(type(error), error, error.__traceback__)
    last = "".join(traceback.format_exception_only(type(error), error)).strip()
    return "%s\n%s" % (last, "".join(traceback.format_exception(type(error), error, error.__traceback__)))


def invoke(model, body, headers):
    try:
        response = model.transform(body, headers)
        if isinstance(response, Parts):
            response.begin()
    except formats.MalformedInputError as error:
        return Response(str(error), "text/plain", 400)
    except toolkits.BaseInferenceToolkitError as error:
        traceback.print_exc()
        return Response(str(error.message), "text/plain", error.status_code)
    except Exception as error:
        return Response(describe_fault(error), "text/plain", 500)
    if formats.media_type(response.content_type) == formats.CSV and ";" not in response.content_type:
        response.content_type += "; charset=utf-8"
    return response


def frame(kind, body=b"", response=None):
    """One frame. Content types and statuses come from handlers, so that anything may be in them."""
    if response is None:
        return FRAME.pack(kind, 0, 0, len(body)) + body
    content_type = response.content_type
    if not (content_type.isascii() and content_type.isprintable()):
        content_type = "".join(c for c in content_type if " " <= c <= "~")
    content_type = content_type.encode("ascii")
    status = int(response.status)
    return FRAME.pack(kind, status if 100 <= status < 600 else 500, len(content_type), len(body)) + content_type + body


class Server:
    """Answers what comes on the connection, one request after another."""

    def __init__(self, connection, model=None, failure=None):
        self._connection = connection
        self._model = model
        self._failure = failure
        self._waiting = ()
        self._answers = []
        self._stop = False
        self._hurried = False
        self._at_work = False

    def listen(self):
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "_stop", True))
        signal.signal(signal.SIGUSR2, lambda *_: self._hurry())

    def serve(self):
        stream = self._connection.makefile("rb", buffering=BUFFER)
        while True:
            self._waiting = read_batch(stream)
            if not self._waiting:
                return
            self._hurried = False
            while self._waiting:
                self._answer(*self._waiting.popleft())
                if self._hurried:
                    self._hand_back()
            self._send_answers()

    def _answer(self, kind, headers, body):
        self._stop = False
        if kind == INVOCATION and self._model is not None:
            self._at_work = True
            response = invoke(self._model, body, headers)
            self._at_work = False
        else:
            response = Response(self._failure or b"", formats.JSON, 500 if self._failure else 200)
        sys.stdout.flush()
        if isinstance(response, Parts):
            self._hand_back()
            self._send_answers()
            self._send_parts(response)
            sys.stdout.flush()
        else:
            self._answers.append(frame(WHOLE, response.body, response))

    def _hurry(self):
        """SIGUSR2's work: at once while a handler is at work, else when the next one has answered."""
        self._hurried = True
        if self._at_work and (self._waiting or self._answers):
            self._hand_back()
            self._send_answers()

    def _hand_back(self):
        self._answers.extend(frame(RETURNED) for _ in self._waiting)
        self._waiting.clear()

    def _send_answers(self):
        answers, self._answers = self._answers, []
        self._connection.sendall(b"".join(answers))

    def _send_parts(self, response):
        """Sends each part as soon as it is made. The connection's own pace is the handler's."""
        self._connection.sendall(frame(BEGIN, b"", response))
        last = frame(END)
        try:
            for part in response:
                if part:
                    self._connection.sendall(frame(PART, part))
                if self._stop:
                    break
            response.close()
        except Exception as error:
            last = frame(FAILURE, describe_fault(error)[:20000].encode("utf-8", "backslashreplace"))
        self._connection.sendall(last)


def main():
    parser = argparse.ArgumentParser(prog="sagebrush_worker")
    for name in ("socket", "model-dir", "code-dir", "site-dir", "program", "default-accept"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--framework", choices=("sklearn", "xgboost", "pytorch", "huggingface"), required=True)
    parser.add_argument("--memory-limit", type=int, default=0)
    arguments = parser.parse_args()

    leave_with_parent()
    limit_memory(arguments.memory_limit)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(arguments.socket)

    model, failure = None, None
    try:
        model = load(arguments)
    except BaseException as error:
        traceback.print_exc()
        failure = json.dumps({"message": describe(error)})
    server = Server(connection, model, failure)
    server.listen()
    server.serve()


if __name__ == "__main__":
    # A session of its own, so that the parent can end everything started here with one signal.
    if os.getpid() != os.getsid(0):
        os.setsid()
    main()
