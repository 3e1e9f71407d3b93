"""Signs requests with AWS Signature Version 4, with the standard library alone."""

import datetime
import hashlib
import hmac
import json
import urllib.error
import urllib.request


def signed_headers(credentials, service, method, host, path, headers, body, region="us-east-1"):
    """Returns the headers of a request, its signature among them."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    headers = {**{name.lower(): value for name, value in headers.items()}, "host": host, "x-amz-date": now}
    if service == "s3":
        headers["x-amz-content-sha256"] = digest
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [method, path, "", *("%s:%s" % (name, headers[name]) for name in sorted(headers)), "", names, digest]
    )
    scope = "%s/%s/%s/aws4_request" % (now[:8], region, service)
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + credentials["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (now[:8], region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        credentials["AWS_ACCESS_KEY_ID"], scope, names, key.hex())
    return headers


class Client:
    """As much of an AWS client as the benchmark needs."""

    def __init__(self, url, credentials):
        self.url = url.rstrip("/")
        self.host = self.url.split("//")[1]
        self.credentials = credentials

    def send(self, service, method, path, headers, body):
        signed = signed_headers(self.credentials, service, method, self.host, path, headers, body)
        request = urllib.request.Request(self.url + path, data=body, headers=signed, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            raise SystemExit("%s %s: %d %s" % (method, path, error.code, error.read().decode())) from None

    def put(self, bucket, key, body):
        self.create_bucket(bucket)
        self.put_object(bucket, key, body)

    def create_bucket(self, bucket):
        self.send("s3", "PUT", "/" + bucket, {}, b"")

    def put_object(self, bucket, key, body):
        self.send("s3", "PUT", "/%s/%s" % (bucket, key), {"content-type": "application/gzip"}, body)

    def sagemaker(self, operation, **members):
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "SageMaker." + operation}
        answer = self.send("sagemaker", "POST", "/", headers, json.dumps(members).encode())
        return json.loads(answer) if answer else {}
