"""botocore as the judge of the wire: writes requests as AWS's clients do, and reads answers as they do.

usage: botocore_judge.py requests|responses INPUT OUTPUT

INPUT and OUTPUT hold one JSON object a line, in the same order. Values are in the tests' neutral form: what JSON cannot
say is an object of one odd name, {"$time": ms}, {"$blob": base64} or {"$float": text}.
"""

import base64
import datetime
import email.utils
import io
import json
import math
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.response import StreamingBody
from botocore.serialize import create_serializer

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
LOADER = Loader()
MODELS = {}
SERIALIZERS = {}
PARSERS = {}


def model_of(service):
    if service not in MODELS:
        MODELS[service] = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    return MODELS[service]


def serializer_of(protocol):
    if protocol not in SERIALIZERS:
        # Its CBOR writer knows whole seconds only.
        precision = "default" if protocol == "smithy-rpc-v2-cbor" else "millisecond"
        SERIALIZERS[protocol] = create_serializer(protocol, include_validation=False, timestamp_precision=precision)
    return SERIALIZERS[protocol]


def parser_of(protocol):
    if protocol not in PARSERS:
        PARSERS[protocol] = create_parser(protocol)
    return PARSERS[protocol]


def python_value(shape, value):
    """A neutral value as a caller of boto3 would write it."""
    kind = shape.type_name
    if kind == "structure":
        return {name: python_value(shape.members[name], item) for name, item in value.items()}
    if kind == "list":
        return [python_value(shape.member, item) for item in value]
    if kind == "map":
        return {name: python_value(shape.value, item) for name, item in value.items()}
    if kind == "timestamp" and isinstance(value, str):
        return email.utils.parsedate_to_datetime(value)
    if kind == "timestamp":
        return EPOCH + datetime.timedelta(milliseconds=value["$time"])
    if kind == "blob":
        return base64.b64decode(value["$blob"])
    if kind in ("float", "double"):
        return float(value["$float"])
    return value


def write_request(case):
    model = model_of(case["service"])
    operation = model.operation_model(case["operation"])
    protocol = case["protocol"]
    parameters = python_value(operation.input_shape, case["parameters"]) if operation.input_shape else {}
    request = serializer_of(protocol).serialize_to_request(parameters, operation)
    prepare_request_dict(request, case["endpoint"], context={}, user_agent="judge")
    request = create_request_object(request)
    credentials = Credentials(case["accessKey"], case["secretKey"])
    auth = S3SigV4Auth if case["service"] == "s3" else SigV4Auth
    auth(credentials, model.signing_name, "us-east-1").add_auth(request)
    prepared = request.prepare()
    body = prepared.body or b""
    if not isinstance(body, (bytes, bytearray, str)):
        body = body.read()
    if isinstance(body, str):
        body = body.encode("utf-8")
    target = prepared.url.split("/", 3)[3]
    text = lambda value: value.decode("utf-8") if isinstance(value, bytes) else str(value)
    return {
        "method": prepared.method,
        "target": "/" + target,
        "headers": [[name, text(value)] for name, value in prepared.headers.items()],
        "body": base64.b64encode(bytes(body)).decode(),
    }


def is_http_default(shape, value):
    """What every HTTP answer has, whether or not the operation said it: a body, if empty, its length and its type."""
    if hasattr(value, "read"):
        return value.read() == b""
    return value == "" or shape.serialization.get("name") in ("Content-Length", "Content-Type")


def differences(shape, expected, actual, path):
    """What differs between a neutral value and what botocore made of it."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(actual, dict):
            yield f"{path}: a structure was written, {actual!r} was read"
            return
        for name in shape.members:
            written, read = expected.get(name), actual.get(name)
            if written is None and (read in (None, {}, []) or is_http_default(shape.members[name], read)):
                continue
            if written is None or read is None:
                yield f"{path}.{name}: {written!r} was written, {read!r} was read"
                continue
            yield from differences(shape.members[name], written, read, f"{path}.{name}")
    elif kind == "list":
        if len(expected) != len(actual):
            yield f"{path}: {len(expected)} elements were written, {len(actual)} were read: {expected!r} {actual!r}"
            return
        for index, (written, read) in enumerate(zip(expected, actual)):
            yield from differences(shape.member, written, read, f"{path}[{index}]")
    elif kind == "map":
        if expected.keys() != actual.keys():
            yield f"{path}: the keys {sorted(expected)} were written, {sorted(actual)} were read"
            return
        for name in expected:
            yield from differences(shape.value, expected[name], actual[name], f"{path}[{name!r}]")
    elif kind == "timestamp":
        if isinstance(expected, str):
            expected = {"$time": round(email.utils.parsedate_to_datetime(expected).timestamp() * 1000)}
        milliseconds = round((actual - EPOCH) / datetime.timedelta(milliseconds=1))
        if milliseconds != expected["$time"]:
            yield f"{path}: {expected['$time']} ms was written, {milliseconds} ms was read"
    elif kind == "blob":
        content = actual.read() if hasattr(actual, "read") else actual
        content = content.encode("utf-8") if isinstance(content, str) else content
        if base64.b64decode(expected["$blob"]) != content:
            yield f"{path}: the bytes {expected['$blob']} were written, {content!r} were read"
    elif kind in ("float", "double"):
        written, read = float(expected["$float"]), float(actual)
        # A 32-bit number widened to 64 bits is the same number with more digits.
        close = math.isclose(written, read, rel_tol=1e-6 if kind == "float" else 0)
        if not (close or (math.isnan(written) and math.isnan(read))):
            yield f"{path}: {written!r} was written, {read!r} was read"
    elif expected != actual or type(expected) is not type(actual):
        yield f"{path}: {expected!r} was written, {actual!r} was read"


def read_response(case):
    model = model_of(case["service"])
    operation = model.operation_model(case["operation"])
    parser = parser_of(case["protocol"])
    body = base64.b64decode(case["body"])
    status = case["status"]
    failed = status >= 300
    if operation.has_streaming_output and not failed:
        body = StreamingBody(io.BytesIO(body), len(body))
    headers = HeadersDict()
    for name, value in case["headers"]:
        headers[name] = value
    response = {"status_code": status, "headers": headers, "body": body}
    parsed = parser.parse(response, operation.output_shape)
    found = []
    metadata = parsed.pop("ResponseMetadata", {})
    silent = operation.output_shape is None and case["protocol"] == "smithy-rpc-v2-cbor" and not failed
    if metadata.get("RequestId") != case["requestId"] and not silent:
        found.append(f"ResponseMetadata.RequestId: {metadata.get('RequestId')!r}")
    if not case.get("error"):
        if operation.output_shape is not None:
            found += differences(operation.output_shape, case["expected"], parsed, case["operation"])
        return {"differences": found}
    error = parsed.get("Error", {})
    if error.get("Code") != case["error"]["code"] or error.get("Message") != case["error"]["message"]:
        found.append(f"Error: {error!r} was read, {case['error']!r} was written")
    shape = model.shape_for_error_code(error.get("Code"))
    if case.get("expected") is not None:
        if shape is None:
            found.append(f"the service declares no error {error.get('Code')}")
        else:
            written, read = (
                {name: value for name, value in members.items() if name.lower() != "message"}
                for members in (case["expected"], parser.parse(response, shape))
            )
            found += differences(shape, written, read, shape.name)
    return {"differences": found}


def guarded(judge, case):
    try:
        return judge(case)
    except Exception as error:  # One bad case must not hide the verdict on the others.
        return {"differences": [f"{type(error).__name__}: {error}"]}


def main(mode, source, destination):
    judge = {"requests": write_request, "responses": read_response}[mode]
    with open(source, encoding="utf-8") as cases, open(destination, "w", encoding="utf-8") as verdicts:
        for line in cases:
            verdicts.write(json.dumps(guarded(judge, json.loads(line))) + "\n")


main(*sys.argv[1:])
