"""Entry point: ``python -m sagebrush_worker --socket PATH --model-dir DIR --code-dir DIR …``.

The parent listens on the socket and this process connects to it. From then on the parent is an ordinary HTTP/1.1
client on that one connection: ``GET /ping`` is answered once the model is loaded (200) or has failed to (500, the
reason as JSON), ``POST /invocations`` runs the model. One request at a time; the parent runs as many workers as it
wants concurrency. What a handler yields part by part is answered in chunks; when it fails in the midst, a trailer after
the last chunk says so, and SIGUSR1 makes it the last that is on its way.
"""

import argparse
import json
import os
import signal
import socket
import sys
import threading
import traceback
import urllib.parse

from . import formats, handlers, requirements, toolkits
from .handlers import LoadError, Parts, Response

MAXIMUM_LINE = 65536


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
    module = handlers.import_user_module(arguments.program, arguments.code_dir)
    return handlers.Model(module, arguments.model_dir, arguments.framework, arguments.default_accept)


def describe(error):
    """One line in Python's own words: ``where: Type: message`` with the innermost cause."""
    cause = error.__cause__
    if cause is None:
        return str(error)
    return "%s: %s" % (error, "".join(traceback.format_exception_only(type(cause), cause)).strip().splitlines()[-1])


def read_request(stream):
    """Reads one request: (method, path, headers, body), or None at the end of the connection."""
    line = stream.readline(MAXIMUM_LINE)
    if not line:
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while True:
        line = stream.readline(MAXIMUM_LINE)
        if line in (b"\r\n", b""):
            break
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return method, path, headers, body


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


class Stop:
    """Set by SIGUSR1: whoever asked does not want the rest of the answer."""

    asked = False

    def listen(self):
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "asked", True))


def head(response, length):
    content_type = "".join(c for c in response.content_type if " " <= c <= "~")
    return ("HTTP/1.1 %d -\r\nContent-Type: %s\r\n%s\r\n\r\n" % (response.status, content_type, length)).encode("latin-1")


def send_parts(connection, response, stop):
    """Sends each part as soon as it is made. The connection's own pace is the handler's."""
    connection.sendall(head(response, "Transfer-Encoding: chunked"))
    trailer = b""
    try:
        for part in response:
            if part:
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            if stop.asked:
                break
        response.close()
    except Exception as error:
        trailer = b"X-Sagebrush-Error: %s\r\n" % urllib.parse.quote(describe_fault(error)[:20000]).encode("ascii")
    connection.sendall(b"0\r\n%s\r\n" % trailer)


def serve(connection, model, failure, stop):
    stream = connection.makefile("rb", buffering=MAXIMUM_LINE)
    while True:
        request = read_request(stream)
        if request is None:
            return
        method, path, headers, body = request
        stop.asked = False
        if path == "/ping":
            response = Response(failure or b"", formats.JSON, 500 if failure else 200)
        elif path == "/invocations" and method == "POST" and model is not None:
            response = invoke(model, body, headers)
        else:
            response = Response("%s %s is not served here" % (method, path), "text/plain", 404)
        sys.stdout.flush()
        if isinstance(response, Parts):
            send_parts(connection, response, stop)
            sys.stdout.flush()
        else:
            connection.sendall(head(response, "Content-Length: %d" % len(response.body)) + response.body)


def main():
    parser = argparse.ArgumentParser(prog="sagebrush_worker")
    for name in ("socket", "model-dir", "code-dir", "site-dir", "program", "default-accept"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--framework", choices=("sklearn", "xgboost"), required=True)
    parser.add_argument("--memory-limit", type=int, default=0)
    arguments = parser.parse_args()

    stop = Stop()
    stop.listen()
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
    serve(connection, model, failure, stop)


if __name__ == "__main__":
    # A session of its own, so that the parent can end everything started here with one signal.
    if os.getpid() != os.getsid(0):
        os.setsid()
    main()
