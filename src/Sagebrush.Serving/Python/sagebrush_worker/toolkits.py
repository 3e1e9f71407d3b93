"""Stand-ins for the packages SageMaker's images bring along and handlers import: same names, same few functions."""

import importlib.util
import sys
import types

from . import formats
from .handlers import Response


def _toolkit_response(response=None, accept=None, status=200, mimetype=None, **_):
    return Response(response or b"", mimetype or accept or formats.JSON, status)


class BaseInferenceToolkitError(Exception):
    """An error by which a handler chooses the status and the message of the answer."""

    def __init__(self, status_code, message, phrase):
        self.status_code = status_code
        self.message = message
        self.phrase = phrase
        super().__init__(status_code, message, phrase)


class GenericInferenceToolkitError(BaseInferenceToolkitError):
    def __init__(self, status_code, message=None, phrase=None):
        message = message or "Invalid Request"
        super().__init__(status_code, message, phrase or message)


def _module(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    else:
        module.__path__ = []
    return module


def install():
    """Provides ``sagemaker_inference`` and ``sagemaker_containers`` unless the real packages are there."""
    content_types = {
        "JSON": formats.JSON,
        "CSV": formats.CSV,
        "NPY": formats.NPY,
        "ANY": formats.ANY,
        "OCTET_STREAM": "application/octet-stream",
        "UTF8_TYPES": list(formats.UTF8_TYPES),
    }
    if importlib.util.find_spec("sagemaker_inference") is None:
        _module("sagemaker_inference")
        _module("sagemaker_inference.content_types", **content_types)
        _module("sagemaker_inference.decoder", decode=formats.decode)
        _module("sagemaker_inference.encoder", encode=formats.encode)
        _module(
            "sagemaker_inference.errors",
            UnsupportedFormatError=formats.UnsupportedFormatError,
            BaseInferenceToolkitError=BaseInferenceToolkitError,
            GenericInferenceToolkitError=GenericInferenceToolkitError,
        )
    if importlib.util.find_spec("sagemaker_containers") is None:
        _module("sagemaker_containers")
        _module("sagemaker_containers.beta").__path__ = []
        _module("sagemaker_containers.beta.framework").__path__ = []
        _module("sagemaker_containers.beta.framework.content_types", **content_types)
        _module(
            "sagemaker_containers.beta.framework.encoders",
            decode=formats.decode,
            encode=formats.encode,
            array_to_csv=formats.array_to_csv,
            array_to_json=formats.array_to_json,
            array_to_npy=formats.array_to_npy,
            csv_to_numpy=formats.csv_to_numpy,
            json_to_numpy=formats.json_to_numpy,
            npy_to_numpy=formats.npy_to_numpy,
        )
        _module("sagemaker_containers.beta.framework.worker", Response=_toolkit_response)
        # Sample scripts import these names beside the ones they use.
        for name in ("env", "modules", "transformer", "server"):
            _module("sagemaker_containers.beta.framework." + name)
