"""What boto3 sees of S3. Usage: boto3_cases.py CASE FOLDER [MEGABYTES]; the endpoint and the keys come from the environment."""
import base64
import hashlib
import io
import os
import random
import socket
import sys
import urllib.error
import urllib.request
import uuid
import zlib

import boto3
import botocore.exceptions
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

s3 = boto3.client("s3")
bucket = "boto3-" + uuid.uuid4().hex[:12]
MB = 1024 * 1024


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def put(key, body=b"content", **more):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **more)


def get(key, **more):
    answer = s3.get_object(Bucket=bucket, Key=key, **more)
    return answer["Body"].read()


def refused(code, status, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except botocore.exceptions.ClientError as error:
        response = error.response
        assert response["Error"]["Code"] == code, response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status, response
        return response["Error"]
    raise AssertionError(f"{code} expected, but the call succeeded")


def buckets():
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert s3.head_bucket(Bucket=bucket)["BucketRegion"] == "us-east-1"
    s3.create_bucket(Bucket=bucket)
    other = bucket + "-eu"
    eu = boto3.client("s3", region_name="eu-west-1")
    eu.create_bucket(Bucket=other, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert eu.get_bucket_location(Bucket=other)["LocationConstraint"] == "eu-west-1"
    refused("BucketAlreadyOwnedByYou", 409, eu.create_bucket, Bucket=other, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    eu.delete_bucket(Bucket=other)
    refused("404", 404, eu.head_bucket, Bucket=other)
    refused("NoSuchBucket", 404, s3.list_objects_v2, Bucket=other)
    refused("NoSuchBucket", 404, s3.put_object, Bucket=other, Key="k", Body=noise(MB))
    assert refused("InvalidBucketName", 400, s3.create_bucket, Bucket="Not_Valid")["BucketName"] == "Not_Valid"
    put("key")
    refused("BucketNotEmpty", 409, s3.delete_bucket, Bucket=bucket)
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"
    refused("NoSuchTagSet", 404, s3.get_bucket_tagging, Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "team", "Value": "ml"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "team", "Value": "ml"}]
    refused("AccessDenied", 403, s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="999999999999")
    refused("NotImplemented", 501, s3.put_bucket_website, Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "i"}})


def objects():
    for size in (0, 1, 16384, 16385, 3 * MB + 7):
        body = noise(size)
        answer = put("sizes/%d" % size, body)
        assert answer["ETag"] == '"%s"' % hashlib.md5(body).hexdigest()
        assert get("sizes/%d" % size) == body
        head = s3.head_object(Bucket=bucket, Key="sizes/%d" % size, ChecksumMode="ENABLED")
        assert head["ContentLength"] == size and head["ETag"] == answer["ETag"]
        crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        assert head["ChecksumCRC32"] == crc == answer["ChecksumCRC32"], head
        assert head["ChecksumType"] == "FULL_OBJECT"
    put("meta", b"a,b", ContentType="text/csv", CacheControl="no-store", ContentDisposition="attachment", ContentLanguage="de",
        ContentEncoding="identity", Metadata={"Who": "me", "empty": ""}, Tagging="a=b&c=d%20e", StorageClass="STANDARD_IA")
    head = s3.head_object(Bucket=bucket, Key="meta")
    assert head["Metadata"] == {"who": "me", "empty": ""}, head["Metadata"]
    assert (head["ContentType"], head["CacheControl"], head["ContentDisposition"]) == ("text/csv", "no-store", "attachment")
    assert (head["ContentLanguage"], head["ContentEncoding"], head["StorageClass"]) == ("de", "identity", "STANDARD_IA")
    tags = s3.get_object_tagging(Bucket=bucket, Key="meta")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d e"}], tags
    assert s3.get_object(Bucket=bucket, Key="meta")["TagCount"] == 2
    s3.put_object_tagging(Bucket=bucket, Key="meta", Tagging={"TagSet": []})
    assert s3.get_object_tagging(Bucket=bucket, Key="meta")["TagSet"] == []
    answer = s3.get_object(Bucket=bucket, Key="meta", ResponseContentType="text/plain", ResponseCacheControl="max-age=1")
    assert (answer["ContentType"], answer["CacheControl"]) == ("text/plain", "max-age=1")
    refused("NoSuchKey", 404, s3.get_object, Bucket=bucket, Key="absent")
    refused("404", 404, s3.head_object, Bucket=bucket, Key="absent")
    s3.delete_object(Bucket=bucket, Key="meta")
    s3.delete_object(Bucket=bucket, Key="meta")
    refused("NoSuchKey", 404, s3.get_object, Bucket=bucket, Key="meta")
    refused("KeyTooLongError", 400, put, "x" * 1025)
    refused("MetadataTooLarge", 400, put, "big", Metadata={"a": "x" * 2049})
    refused("AccessControlListNotSupported", 400, put, "public", ACL="public-read")
    for key in ("../../etc/passwd", "a//b", "a/./b", "/lead", "trail/", " space ", "ключ/鍵/🗝", "a+b&c=d?e#f%20", "quote'\"<>", "."):
        put(key, key.encode())
        assert get(key) == key.encode(), key


def ranges():
    body = noise(100_000)
    put("key", body)
    answer = s3.get_object(Bucket=bucket, Key="key", Range="bytes=10-19")
    assert answer["Body"].read() == body[10:20] and answer["ContentRange"] == "bytes 10-19/100000"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert get("key", Range="bytes=-5") == body[-5:]
    assert get("key", Range="bytes=99990-") == body[-10:]
    assert get("key", Range="bytes=99990-999999") == body[-10:]
    assert get("key", Range="bytes=5-1") == body
    refused("InvalidRange", 416, s3.get_object, Bucket=bucket, Key="key", Range="bytes=100000-")
    put("empty", b"")
    refused("InvalidRange", 416, s3.get_object, Bucket=bucket, Key="empty", Range="bytes=0-0")


def conditions():
    etag = put("key")["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="key")["LastModified"]
    assert get("key", IfMatch=etag) == b"content"
    refused("PreconditionFailed", 412, s3.get_object, Bucket=bucket, Key="key", IfMatch='"other"')
    refused("304", 304, s3.get_object, Bucket=bucket, Key="key", IfNoneMatch=etag)
    refused("304", 304, s3.get_object, Bucket=bucket, Key="key", IfModifiedSince=modified)
    refused("PreconditionFailed", 412, s3.get_object, Bucket=bucket, Key="key", IfUnmodifiedSince="2001-01-01")
    refused("PreconditionFailed", 412, put, "key", IfNoneMatch="*")
    refused("PreconditionFailed", 412, put, "key", IfMatch='"other"')
    refused("NoSuchKey", 404, put, "absent", IfMatch=etag)
    put("key", b"2", IfMatch=etag)
    put("new", b"2", IfNoneMatch="*")


def checksums():
    body = noise(50_000)
    for name in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        try:
            answer = put(name, body, ChecksumAlgorithm=name)
        except botocore.exceptions.MissingDependencyException:
            continue
        head = s3.head_object(Bucket=bucket, Key=name, ChecksumMode="ENABLED")
        assert head["Checksum" + name] == answer["Checksum" + name]
        assert get(name, ChecksumMode="ENABLED") == body
    sha = base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert s3.head_object(Bucket=bucket, Key="SHA256", ChecksumMode="ENABLED")["ChecksumSHA256"] == sha
    refused("BadDigest", 400, put, "bad", body, ChecksumSHA256=base64.b64encode(bytes(32)).decode())
    refused("InvalidRequest", 400, put, "bad", body, ChecksumSHA256="nonsense")
    refused("BadDigest", 400, put, "bad", body, ContentMD5=base64.b64encode(bytes(16)).decode())
    refused("InvalidDigest", 400, put, "bad", body, ContentMD5="nonsense")
    refused("NoSuchKey", 404, s3.get_object, Bucket=bucket, Key="bad")
    plain = boto3.client("s3", config=Config(request_checksum_calculation="when_required"))
    plain.put_object(Bucket=bucket, Key="plain", Body=body)
    assert "ChecksumCRC64NVME" in s3.head_object(Bucket=bucket, Key="plain", ChecksumMode="ENABLED")
    for payload in (True, False):
        signed = boto3.client("s3", config=Config(s3={"payload_signing_enabled": payload}))
        signed.put_object(Bucket=bucket, Key="signed", Body=io.BytesIO(body))
        assert get("signed") == body


def lists():
    keys = sorted(["a", "b/1", "b/2", "b/3", "c d/é", "c d/ü", "z"] + ["n/%03d" % i for i in range(30)], key=str.encode)
    for key in keys:
        put(key)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys
    pages = s3.get_paginator("list_objects").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys
    for name in ("list_objects", "list_objects_v2"):
        found, prefixes = [], []
        for page in s3.get_paginator(name).paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}):
            found += [o["Key"] for o in page.get("Contents", [])]
            prefixes += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
        assert (found, prefixes) == (["a", "z"], ["b/", "c d/", "n/"]), (name, found, prefixes)
    page = s3.list_objects_v2(Bucket=bucket, Prefix="b/", StartAfter="b/1", FetchOwner=True)
    assert [o["Key"] for o in page["Contents"]] == ["b/2", "b/3"] and page["KeyCount"] == 2
    assert len(page["Contents"][0]["Owner"]["ID"]) == 64
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"] == 0
    refused("InvalidArgument", 400, s3.list_objects_v2, Bucket=bucket, ContinuationToken="&&")
    put("control\x01", b"")
    assert s3.list_objects_v2(Bucket=bucket, Prefix="control")["Contents"][0]["Key"] == "control\x01"


def deletes():
    for key in ("a", "b", "c&<>", "d"):
        put(key)
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in ("a", "c&<>", "absent")]})
    assert sorted(d["Key"] for d in answer["Deleted"]) == ["a", "absent", "c&<>"]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [{"Key": "b"}, {"Key": "x" * 1025}]})
    assert "Deleted" not in answer and answer["Errors"][0]["Code"] == "KeyTooLongError", answer
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["d"]


def copies():
    body = noise(MB)
    put("a key/ü+", body, Metadata={"k": "v"}, ContentType="text/csv", Tagging="a=b")
    source = {"Bucket": bucket, "Key": "a key/ü+"}
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    head = s3.head_object(Bucket=bucket, Key="copy")
    assert (head["Metadata"], head["ContentType"]) == ({"k": "v"}, "text/csv") and get("copy") == body
    assert s3.get_object_tagging(Bucket=bucket, Key="copy")["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.copy_object(Bucket=bucket, Key="copy2", CopySource=source, MetadataDirective="REPLACE", Metadata={"x": "y"})
    assert s3.head_object(Bucket=bucket, Key="copy2")["Metadata"] == {"x": "y"}
    answer = s3.copy_object(Bucket=bucket, Key="copy3", CopySource=source, ChecksumAlgorithm="SHA256")
    assert answer["CopyObjectResult"]["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    refused("InvalidRequest", 400, s3.copy_object, Bucket=bucket, Key=source["Key"], CopySource=source)
    s3.copy_object(Bucket=bucket, Key=source["Key"], CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "w"})
    assert s3.head_object(**source)["Metadata"] == {"n": "w"} and get(source["Key"]) == body
    refused("PreconditionFailed", 412, s3.copy_object, Bucket=bucket, Key="c", CopySource=source, CopySourceIfMatch="other")
    refused("NoSuchKey", 404, s3.copy_object, Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "absent"})


def multipart():
    parts = [noise(5 * MB, 1), noise(5 * MB, 2), noise(1000, 3)]
    begun = s3.create_multipart_upload(Bucket=bucket, Key="big", Metadata={"a": "b"}, ContentType="x/y")
    upload = {"Bucket": bucket, "Key": "big", "UploadId": begun["UploadId"]}
    assert [u["UploadId"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [begun["UploadId"]]
    done = []
    for number, part in enumerate(parts, 1):
        answer = s3.upload_part(PartNumber=number, Body=part, **upload)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    listed = [p for page in s3.get_paginator("list_parts").paginate(PaginationConfig={"PageSize": 2}, **upload) for p in page["Parts"]]
    assert [(p["PartNumber"], p["Size"]) for p in listed] == [(1, 5 * MB), (2, 5 * MB), (3, 1000)]
    refused("InvalidPartOrder", 400, s3.complete_multipart_upload, MultipartUpload={"Parts": done[::-1]}, **upload)
    refused("InvalidPart", 400, s3.complete_multipart_upload, MultipartUpload={"Parts": [dict(done[0], ETag='"x"')]}, **upload)
    answer = s3.complete_multipart_upload(MultipartUpload={"Parts": done}, **upload)
    md5 = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest()
    assert answer["ETag"] == '"%s-3"' % md5, answer
    assert get("big") == b"".join(parts)
    head = s3.head_object(Bucket=bucket, Key="big")
    assert (head["Metadata"], head["ContentType"]) == ({"a": "b"}, "x/y")
    second = s3.get_object(Bucket=bucket, Key="big", PartNumber=2)
    assert second["Body"].read() == parts[1] and second["PartsCount"] == 3
    refused("InvalidPartNumber", 416, s3.get_object, Bucket=bucket, Key="big", PartNumber=4)
    attributes = s3.get_object_attributes(Bucket=bucket, Key="big", ObjectAttributes=["ETag", "ObjectParts", "ObjectSize", "Checksum"])
    assert attributes["ETag"] == md5 + "-3" and attributes["ObjectParts"]["TotalPartsCount"] == 3
    refused("NoSuchUpload", 404, s3.abort_multipart_upload, **dict(upload, UploadId="none"))
    begun = s3.create_multipart_upload(Bucket=bucket, Key="copied")
    upload = {"Bucket": bucket, "Key": "copied", "UploadId": begun["UploadId"]}
    one = s3.upload_part_copy(PartNumber=1, CopySource={"Bucket": bucket, "Key": "big"}, CopySourceRange="bytes=100-5242979", **upload)
    two = s3.upload_part(PartNumber=2, Body=b"tail", **upload)
    s3.complete_multipart_upload(MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": one["CopyPartResult"]["ETag"]}, {"PartNumber": 2, "ETag": two["ETag"]}]}, **upload)
    assert get("copied") == b"".join(parts)[100:5242980] + b"tail"
    begun = s3.create_multipart_upload(Bucket=bucket, Key="gone")
    upload = {"Bucket": bucket, "Key": "gone", "UploadId": begun["UploadId"]}
    s3.upload_part(PartNumber=1, Body=b"x", **upload)
    s3.abort_multipart_upload(**upload)
    refused("NoSuchUpload", 404, s3.list_parts, **upload)
    for algorithm, kind in (("CRC64NVME", "FULL_OBJECT"), ("CRC32", "FULL_OBJECT"), ("SHA256", "COMPOSITE")):
        begun = s3.create_multipart_upload(Bucket=bucket, Key="sum", ChecksumAlgorithm=algorithm, ChecksumType=kind)
        upload = {"Bucket": bucket, "Key": "sum", "UploadId": begun["UploadId"]}
        try:
            answers = [s3.upload_part(PartNumber=n, Body=p, ChecksumAlgorithm=algorithm, **upload) for n, p in enumerate(parts[:2], 1)]
        except botocore.exceptions.MissingDependencyException:
            continue
        name = "Checksum" + algorithm
        answer = s3.complete_multipart_upload(MultipartUpload={"Parts": [
            {"PartNumber": n, "ETag": a["ETag"], name: a[name]} for n, a in enumerate(answers, 1)]}, **upload)
        assert answer["ChecksumType"] == kind, answer
        if algorithm == "CRC32":
            assert answer[name] == base64.b64encode(zlib.crc32(parts[0] + parts[1]).to_bytes(4, "big")).decode()
        assert get("sum", ChecksumMode="ENABLED") == parts[0] + parts[1]


def transfer():
    size = int(sys.argv[3] if len(sys.argv) > 3 else 64) * MB
    block = noise(8 * MB)
    path = os.path.join(sys.argv[2], "big.bin")
    whole = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(size // len(block)):
            piece = bytes([number % 256]) + block[1:]
            file.write(piece)
            whole.update(piece)
    config = TransferConfig(multipart_chunksize=8 * MB, max_concurrency=8)
    s3.upload_file(path, bucket, "big", Config=config)
    s3.download_file(bucket, "big", path + ".back", Config=config)
    with open(path + ".back", "rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == whole.hexdigest()
    s3.copy({"Bucket": bucket, "Key": "big"}, bucket, "big copy", Config=TransferConfig(multipart_threshold=32 * MB))
    assert s3.head_object(Bucket=bucket, Key="big copy")["ContentLength"] == size
    buffer = io.BytesIO()
    s3.download_fileobj(bucket, "big copy", buffer) if size <= 64 * MB else None
    assert size > 64 * MB or hashlib.sha256(buffer.getvalue()).hexdigest() == whole.hexdigest()


def presigned():
    for version in ("s3v4", None):
        client = boto3.client("s3", config=Config(signature_version=version)) if version else s3
        url = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b/ü"}, ExpiresIn=60)
        urllib.request.urlopen(urllib.request.Request(url, data=b"by url", method="PUT", headers={"Content-Type": ""})).read()
        url = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b/ü"}, ExpiresIn=60)
        assert urllib.request.urlopen(url).read() == b"by url"
        try:
            urllib.request.urlopen(url.replace("Signature=", "Signature=0"))
            raise AssertionError("a wrong signature was let through")
        except urllib.error.HTTPError as error:
            assert error.code == 403, error


def presigned_bucket():
    put("in/a")
    for version in ("s3", "s3v4"):
        client = boto3.client("s3", config=Config(signature_version=version))
        for operation, arguments in (("list_objects_v2", {"Prefix": "in/"}), ("list_multipart_uploads", {}), ("get_bucket_location", {}), ("head_bucket", {})):
            url = client.generate_presigned_url(operation, Params={"Bucket": bucket, **arguments})
            method = "HEAD" if operation == "head_bucket" else "GET"
            with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
                assert answer.status == 200 and (operation != "list_objects_v2" or b"<Key>in/a</Key>" in answer.read()), (version, operation)


def virtual_host():
    endpoint = os.environ["AWS_ENDPOINT_URL"].replace("127.0.0.1", "s3.localhost")
    resolve = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *more, **named: resolve("127.0.0.1" if str(host).endswith("localhost") else host, *more, **named)
    client = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "virtual"}))
    client.put_object(Bucket=bucket, Key="a/b", Body=b"host")
    assert client.get_object(Bucket=bucket, Key="a/b")["Body"].read() == b"host" == get("a/b")
    assert [o["Key"] for o in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/b"]


if __name__ == "__main__":
    s3.create_bucket(Bucket=bucket)
    globals()[sys.argv[1]]()
