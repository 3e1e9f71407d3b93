"""Signs random requests with botocore and prints one JSON document per line.

Usage: botocore_requests.py SEED COUNT. Half of the requests go through botocore's signers directly, with paths, queries and
headers no sane client sends; the others are what boto3's clients would put on the wire.
"""
import base64
import io
import json
import random
import sys
from urllib.parse import quote, urlsplit

import boto3
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

ACCESS, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
rng = random.Random(int(sys.argv[1]))
ODD = ["a", "Z", "0", "-", ".", "_", "~", " ", "+", "%", "$", "&", "=", "@", ":", ",", ";", "'", "(", ")", "*", "!", "\"", "<",
       "\\", "^", "{", "|", "}", "`", "#", "?", "[", "]", "/", "//", "..", "./", "/../", "ä", "ß", "日本", "🦙", "\u00a0", "\t", "\u0301", "%2F", "%41"]


def text(longest):
    return "".join(rng.choice(ODD) for _ in range(rng.randint(1, longest)))


def query():
    if rng.random() < 0.3:
        return ""
    if rng.random() < 0.2:
        return rng.choice(["uploads", "lifecycle", "versioning", "a&b", "acl&acl"])
    pairs = []
    for _ in range(rng.choice([1, 2, 3, 5, 20, 40])):
        name = quote(rng.choice(["a", "A", "a-b", "prefix", "x-id", text(3)]), safe="-_.~")
        pairs.append(name + "=" + ("" if rng.random() < 0.3 else quote(text(6), safe="-_.~")))
    return "&".join(pairs)


def emit(service, method, url, headers, body):
    parts = urlsplit(url)
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    if not any(name.lower() == "host" for name, _ in headers):
        headers = headers + [("Host", parts.netloc)]
    print(json.dumps({
        "service": service, "method": method, "target": target, "headers": headers,
        "body": base64.b64encode(body).decode(),
    }))


def direct():
    service = rng.choice(["s3", "s3", "sagemaker", "sts", "runtime.sagemaker"])
    method = rng.choice(["GET", "PUT", "POST", "DELETE", "HEAD"])
    url = f"http://{rng.choice(['127.0.0.1:8080', 'bucket.s3.localhost:9', 'localhost'])}/{quote(text(10), safe='/-._~')}"
    params = query()
    url += "?" + params if params else ""
    presigned = rng.random() < 0.3
    body = rng.randbytes(rng.choice([0, 1, 100, 5000])) if method in ("PUT", "POST") and not presigned else b""
    request = AWSRequest(method=method, url=url, data=body)
    for _ in range(rng.randint(0, 4)):
        value = rng.choice(["plain", "two  blanks", "tab\tinside", "a,b", "\"quoted  text\"", "ünïcode", "x" * 300, "", "a=b; c=d"])
        request.headers[rng.choice(["X-Amz-Meta-One", "X-Amz-Meta-Two", "x-custom", "Content-Type", "Cache-Control"])] = value
    credentials = Credentials(ACCESS, SECRET)
    if presigned:
        signer = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
        del request.headers["content-type"]
        signer(credentials, service, "us-east-1", rng.choice([1, 60, 604800])).add_auth(request)
    else:
        (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, "eu-central-1").add_auth(request)
    emit(service, method, request.url, [(k, v.strip()) for k, v in request.headers.items()], body)


def through_client():
    sent = []

    def keep(request, **_):
        body = request.body
        body = body.read() if hasattr(body, "read") else body or b""
        sent.append((request.method, request.url, [(k, v if isinstance(v, str) else v.decode()) for k, v in request.headers.items()], body))
        return AWSResponse(request.url, 200, {}, io.BytesIO(b"<R/>"))

    secure = rng.random() < 0.5
    def client(name):
        made = boto3.client(
            name, endpoint_url=f"http{'s' if secure else ''}://127.0.0.1:8080", region_name="us-east-1",
            aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
            config=Config(signature_version="s3v4" if name == "s3" else "v4", s3={"addressing_style": rng.choice(["path", "virtual"]), "payload_signing_enabled": rng.choice([None, True, False])}))
        made.meta.events.register("before-send", keep)
        return made

    kind = rng.choice(["put", "get", "list", "presign", "invoke", "training"])
    service = "sagemaker" if kind in ("invoke", "training") else "s3"
    try:
        if kind == "put":
            client("s3").put_object(Bucket="bucket", Key=text(8), Body=io.BytesIO(rng.randbytes(rng.choice([0, 10, 70000]))),
                                    Metadata={"note": "a  b"}, ChecksumAlgorithm=rng.choice(["CRC32", "SHA256", "SHA1"]))
        elif kind == "get":
            client("s3").get_object(Bucket="bucket", Key=text(8), Range="bytes=0-9")
        elif kind == "list":
            client("s3").list_objects_v2(Bucket="bucket", Prefix=text(5), Delimiter="/", StartAfter=text(3))
        elif kind == "presign":
            operation, method = rng.choice([("get_object", "GET"), ("put_object", "PUT")])
            made = client("s3")
            made.meta.events.unregister("before-send", keep)
            url = made.generate_presigned_url(operation, {"Bucket": "bucket", "Key": text(8)}, ExpiresIn=600)
            sent.append((method, url, [], b""))
        elif kind == "invoke":
            client("sagemaker-runtime").invoke_endpoint(EndpointName="demo", Body=rng.randbytes(100), ContentType="text/csv")
        else:
            client("sagemaker").list_training_jobs(NameContains="a")
    except Exception:  # The empty answer cannot be parsed; the request is what counts.
        pass
    for method, url, headers, body in sent[:1]:
        emit(service, method, url, headers, body)


for number in range(int(sys.argv[2])):
    direct() if number % 2 == 0 else through_client()
