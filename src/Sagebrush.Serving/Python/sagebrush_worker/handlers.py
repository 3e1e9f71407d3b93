"""The user's module and the functions it may define: model_fn, input_fn, predict_fn, output_fn, transform_fn."""

import importlib
import inspect
import os
import sys

from . import formats
from .defaults import LoadError


class Response:
    """What a handler function or the server answers: a body, its content type, a status."""

    def __init__(self, body, content_type, status=200):
        self.body = body.encode("utf-8") if isinstance(body, str) else bytes(body)
        self.content_type = content_type
        self.status = status


class Parts:
    """An answer that a handler makes part by part: what a generator yields, as bytes."""

    def __init__(self, parts, content_type, status=200):
        self._parts = parts
        self._encoded = self._encode()
        self._first = b""
        self.content_type = content_type
        self.status = status

    def begin(self):
        """Makes the first part: what fails until then fails the request as a whole."""
        self._first = next(self._encoded, b"")

    def __iter__(self):
        yield self._first
        yield from self._encoded

    def close(self):
        """Lets a generator clean up when nobody wants the rest."""
        self._encoded.close()
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()

    def _encode(self):
        for part in self._parts:
            if not isinstance(part, (str, bytes, bytearray, memoryview)):
                part = formats.encode(part, self.content_type)
            yield part.encode("utf-8") if isinstance(part, str) else bytes(part)


class Context:
    """What handlers that take one argument more are given, as the inference toolkit gives it."""

    def __init__(self, model_dir):
        self.system_properties = {"model_dir": model_dir, "gpu_id": None}
        self.manifest = {}
        self.request_headers = {}
        self.response_content_type = None
        self.response_status = None

    def get_request_header(self, index, name):
        return self.request_headers.get(name.lower())

    def get_all_request_header(self, index):
        return dict(self.request_headers)

    def set_response_content_type(self, index, content_type):
        self.response_content_type = content_type

    def set_response_status(self, code=200, phrase="", idx=0):
        self.response_status = code


def import_user_module(program, code_dir, is_needed):
    """Imports the script or module named by SAGEMAKER_PROGRAM; its folder is first on the path. None for one that is neither there nor needed."""
    name = program[:-3] if program.endswith(".py") else program
    folder, stem = os.path.split(name)
    root = os.path.join(code_dir, folder)
    if not os.path.exists(os.path.join(root, stem + ".py")) and not os.path.isdir(os.path.join(root, stem)):
        if not is_needed:
            return None
        raise LoadError(
            "the entry point %s is not in the model's code folder, which holds: %s"
            % (program, ", ".join(sorted(os.listdir(code_dir))[:20]) if os.path.isdir(code_dir) else "nothing")
        )
    for path in dict.fromkeys((code_dir, root)):
        sys.path.insert(0, path)
    try:
        return importlib.import_module(stem)
    except BaseException as error:
        raise LoadError("importing %s failed" % program) from error


class Model:
    """A loaded model and the chain of functions that answers a request."""

    def __init__(self, module, model_dir, defaults, default_accept):
        self._context = Context(model_dir)
        self._default_accept = default_accept
        self._transform_fn = getattr(module, "transform_fn", None)
        own = [name for name in ("input_fn", "predict_fn", "output_fn") if hasattr(module, name)]
        if self._transform_fn and own:
            raise LoadError("transform_fn cannot be used together with %s" % ", ".join(own))
        if self._transform_fn is not None:
            self._transform_fn = self._bind(self._transform_fn, 4)
        self._input_fn = self._bind(getattr(module, "input_fn", defaults.input_fn), 2)
        self._predict_fn = self._bind(getattr(module, "predict_fn", defaults.predict_fn), 2)
        self._output_fn = self._bind(getattr(module, "output_fn", defaults.output_fn), 2)
        model_fn = getattr(module, "model_fn", defaults.model_fn)
        if model_fn == defaults.model_fn and defaults.needs_script:
            raise LoadError("%s does not define model_fn(model_dir), which loads the model" % module.__name__)
        try:
            self._model = self._bind(model_fn, 1)(model_dir)
        except LoadError:
            raise
        except BaseException as error:
            raise LoadError("model_fn failed") from error

    def _bind(self, function, arguments):
        """The function, given the context as well if it takes one argument more than it must."""
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            return function
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        if len(positional) != arguments + 1:
            return function
        return lambda *given: function(*given, self._context)

    def transform(self, body, headers):
        """Answers one request. Errors of the user's functions go through to the caller."""
        context = self._context
        context.request_headers = headers
        context.response_content_type = context.response_status = None
        content_type = headers.get("content-type") or formats.CSV
        accept = headers.get("accept") or formats.ANY
        if accept == formats.ANY:
            accept = self._default_accept
        # The toolkit hands text to handlers as str, anything else as bytes.
        if formats.media_type(content_type) in formats.UTF8_TYPES:
            try:
                body = body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise formats.MalformedInputError("the body is not UTF-8: %s" % error) from None
        if self._transform_fn is not None:
            result = self._transform_fn(self._model, body, content_type, accept)
        else:
            try:
                data = self._input_fn(body, content_type)
            except formats.UnsupportedFormatError as error:
                return Response(str(error), "text/plain", 415)
            prediction = self._predict_fn(data, self._model)
            try:
                result = self._output_fn(prediction, accept)
            except formats.UnsupportedFormatError as error:
                return Response(str(error), "text/plain", 406)
        return self._response(result, accept)

    def _response(self, result, accept):
        context = self._context
        if isinstance(result, Response):
            return result
        content_type = accept.split(",", 1)[0].strip()
        if hasattr(result, "get_data"):  # a Flask response, which older handlers return
            return Response(result.get_data(), result.mimetype or content_type, result.status_code)
        if isinstance(result, tuple):
            result, content_type = result[0], result[1]
        if formats.is_iterator(result):
            return Parts(result, context.response_content_type or content_type, context.response_status or 200)
        if not isinstance(result, (str, bytes, bytearray, memoryview)):
            result = formats.encode(result, content_type)
        return Response(result, context.response_content_type or content_type, context.response_status or 200)
