"""What boto3 sees of versions, of buckets' settings and of what browsers do. Usage as of boto3_cases.py."""
import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from boto3_cases import MB, bucket, get, noise, put, refused, s3


def enable(status="Enabled"):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def versions(**more):
    return s3.list_object_versions(Bucket=bucket, **more)


def versioning():
    put("k", b"before")
    enable()
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    first, second = put("k", b"first")["VersionId"], put("k", noise(2 * MB))["VersionId"]
    assert get("k") == noise(2 * MB) and get("k", VersionId=first) == b"first" and get("k", VersionId="null") == b"before"
    assert s3.head_object(Bucket=bucket, Key="k", VersionId=first)["ContentLength"] == 5
    assert [v["VersionId"] for v in versions()["Versions"]] == [second, first, "null"]

    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    assert refused("NoSuchKey", 404, get, "k")
    try:
        s3.get_object(Bucket=bucket, Key="k")
    except s3.exceptions.NoSuchKey as error:
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-amz-delete-marker"] == "true" and headers["x-amz-version-id"] == marker["VersionId"], headers
    refused("MethodNotAllowed", 405, get, "k", VersionId=marker["VersionId"])
    refused("405", 405, s3.head_object, Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    refused("NoSuchVersion", 404, get, "k", VersionId="0123456789abcdef")
    refused("InvalidArgument", 400, get, "k", VersionId="nonsense")
    assert [m["IsLatest"] for m in versions()["DeleteMarkers"]] == [True]
    gone = s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert gone["DeleteMarker"] is True and gone["VersionId"] == marker["VersionId"] and get("k") == noise(2 * MB)

    source = {"Bucket": bucket, "Key": "k", "VersionId": first}
    copy = s3.copy_object(Bucket=bucket, Key="k", CopySource=source)
    assert copy["CopySourceVersionId"] == first and get("k") == b"first"
    s3.put_object_tagging(Bucket=bucket, Key="k", VersionId=first, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k", VersionId=first)["TagSet"] and not s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]

    enable("Suspended")
    assert "VersionId" not in put("k", b"null again") and get("k", VersionId="null") == b"null again"
    refused("BucketNotEmpty", 409, s3.delete_bucket, Bucket=bucket)
    everything = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions()["Versions"]]
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": everything})
    assert len(deleted["Deleted"]) == len(everything) == 4 and "Versions" not in versions()
    s3.delete_bucket(Bucket=bucket)


def version_pages():
    enable()
    made = [(key, put(key, str(n).encode())["VersionId"]) for key in ("a", "b", "d/x", "d/y") for n in range(3)]
    made += [("b", s3.delete_object(Bucket=bucket, Key="b")["VersionId"])]
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    found = [(v["Key"], v["VersionId"]) for page in pages for v in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    assert sorted(found) == sorted(made), (found, made)
    rolled = versions(Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == ["d/"] and len(rolled["Versions"]) == 6
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "never"}]})
    assert all(d["DeleteMarker"] and d["DeleteMarkerVersionId"] for d in answer["Deleted"])
    assert {m["Key"] for m in versions()["DeleteMarkers"]} == {"a", "b", "never"}


def settings():
    refused("NoSuchCORSConfiguration", 404, s3.get_bucket_cors, Bucket=bucket)
    refused("NoSuchLifecycleConfiguration", 404, s3.get_bucket_lifecycle_configuration, Bucket=bucket)
    refused("NoSuchBucketPolicy", 404, s3.get_bucket_policy, Bucket=bucket)
    refused("NoSuchWebsiteConfiguration", 404, s3.get_bucket_website, Bucket=bucket)
    refused("ReplicationConfigurationNotFoundError", 404, s3.get_bucket_replication, Bucket=bucket)
    refused("ObjectLockConfigurationNotFoundError", 404, s3.get_object_lock_configuration, Bucket=bucket)
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    for fresh in (s3.get_bucket_logging, s3.get_bucket_accelerate_configuration, s3.get_bucket_notification_configuration, s3.list_bucket_metrics_configurations):
        assert fresh(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200

    rules = [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3},
              "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket=bucket)
    refused("InvalidArgument", 400, s3.put_bucket_lifecycle_configuration, Bucket=bucket,
            LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 0}}]})

    kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}, "BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=kms)
    assert put("encrypted")["ServerSideEncryption"] == "aws:kms"
    s3.delete_bucket_encryption(Bucket=bucket)

    everybody = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}
    refused("AccessDenied", 403, s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(everybody))
    s3.delete_public_access_block(Bucket=bucket)
    refused("NoSuchPublicAccessBlockConfiguration", 404, s3.get_public_access_block, Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(everybody))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == everybody
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    everybody["Statement"][0]["Resource"] = "arn:aws:s3:::another/*"
    refused("MalformedPolicy", 400, s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(everybody))
    s3.delete_bucket_policy(Bucket=bucket)
    refused("InvalidArgument", 400, s3.put_bucket_notification_configuration, Bucket=bucket, NotificationConfiguration={
        "TopicConfigurations": [{"TopicArn": "arn:aws:sns:us-east-1:000000000000:never-made", "Events": ["s3:ObjectCreated:*"]}]})


def access_lists():
    refused("AccessControlListNotSupported", 400, s3.put_bucket_acl, Bucket=bucket, ACL="public-read")
    refused("AccessControlListNotSupported", 400, put, "k", ACL="public-read")
    put("k", ACL="bucket-owner-full-control")
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    refused("AccessDenied", 403, put, "k", ACL="public-read")
    s3.delete_public_access_block(Bucket=bucket)
    put("k", ACL="public-read")
    grants = s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    assert [g["Permission"] for g in grants] == ["FULL_CONTROL", "READ"] and grants[1]["Grantee"]["URI"].endswith("AllUsers"), grants
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="private")
    assert len(s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]) == 1
    s3.put_bucket_acl(Bucket=bucket, ACL="authenticated-read")
    kept = s3.get_bucket_acl(Bucket=bucket)
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": kept["Grants"], "Owner": kept["Owner"]})
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"] == kept["Grants"] and len(kept["Grants"]) == 2

    # What lists give counts for who has no rights of their own, until the bucket ignores it.
    stranger = lambda path, method="GET", body=None: send(method, f"/{bucket}{path}", {"Content-Type": "text/plain"}, body)[0]
    assert stranger("/k") == 403 and stranger("") == 403
    refused("UnresolvableGrantByEmailAddress", 400, s3.put_object_acl, Bucket=bucket, Key="k", GrantRead='emailAddress="someone@example.com"')
    by_mail = {"Grantee": {"Type": "AmazonCustomerByEmail", "EmailAddress": "someone@example.com"}, "Permission": "READ"}
    refused("UnresolvableGrantByEmailAddress", 400, s3.put_bucket_acl, Bucket=bucket, AccessControlPolicy={"Grants": [by_mail], "Owner": kept["Owner"]})
    refused("InvalidArgument", 400, s3.put_object_acl, Bucket=bucket, Key="k", GrantRead='id="' + "0" * 64 + '"')
    s3.put_object_acl(Bucket=bucket, Key="k", GrantFullControl=f'id="{kept["Owner"]["ID"]}"')
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="public-read")
    assert stranger("/k") == 200 and stranger("/k?acl") == 403 and stranger("/k", "PUT", b"x") == 403 and stranger("/none") == 403
    user = {"UserName": "lists-" + uuid.uuid4().hex}
    iam = boto3.client("iam", endpoint_url=s3.meta.endpoint_url)
    iam.create_user(**user)
    key = iam.create_access_key(**user)["AccessKey"]
    other = boto3.client("s3", endpoint_url=s3.meta.endpoint_url, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert other.list_objects_v2(Bucket=bucket)["KeyCount"] == 1 and stranger("") == 403
    refused("AccessDenied", 403, other.put_object, Bucket=bucket, Key="k", Body=b"x")
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    assert stranger("") == 200 and stranger("/from-nobody", "PUT", b"x") == 200 and stranger("?policy") == 403
    assert stranger("/none") == 404 and stranger("-none") == 404 and stranger("-none/k") == 404 and stranger("-none", "PUT") == 403
    refused("NoSuchBucket", 404, other.list_objects_v2, Bucket=bucket + "-none")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert stranger("") == 403 and stranger("/k") == 403
    refused("AccessDenied", 403, other.list_objects_v2, Bucket=bucket)


def send(method, path, headers, body=None):
    request = urllib.request.Request(s3.meta.endpoint_url + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def cors():
    asks = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "Content-Type, X-Amz-Date"}
    assert send("OPTIONS", f"/{bucket}/k", asks)[0] == 403
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example.org"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}]})
    status, headers, _ = send("OPTIONS", f"/{bucket}/k", asks)
    assert status == 200 and headers["access-control-allow-origin"] == "https://app.example.org", headers
    assert headers["access-control-allow-methods"] == "GET, PUT" and headers["access-control-max-age"] == "60"
    assert headers["access-control-allow-headers"] == "content-type, x-amz-date"
    assert send("OPTIONS", f"/{bucket}/k", {**asks, "Origin": "https://example.com"})[0] == 403
    assert send("OPTIONS", f"/{bucket}/k", {**asks, "Access-Control-Request-Method": "DELETE"})[0] == 403
    assert send("OPTIONS", f"/{bucket}/k", {"Origin": "https://app.example.org"})[0] == 400
    put("k", b"shared")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Origin": "https://app.example.org"})) as answer:
        assert answer.read() == b"shared" and answer.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
        assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    status, headers, _ = send("GET", f"/{bucket}/k", {"Origin": "https://app.example.org"})
    assert status == 403 and "access-control-allow-origin" in headers, "a page must be able to read the refusal"


def form(fields, content, name="data.csv"):
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content + b"\r\n")
    return send("POST", f"/{bucket}", {"Content-Type": f"multipart/form-data; boundary={boundary}"}, b"".join(parts) + f"--{boundary}--\r\n".encode())


def browser_forms():
    for version in ("s3v4", "s3"):
        client = boto3.client("s3", config=Config(signature_version=version))
        made = client.generate_presigned_post(
            bucket, "in/${filename}", Fields={"success_action_status": "201", "x-amz-meta-who": "me", "Content-Type": "text/csv"},
            Conditions=[{"success_action_status": "201"}, ["starts-with", "$x-amz-meta-who", ""], {"Content-Type": "text/csv"}, ["content-length-range", 1, 3 * MB]])
        fields = made["fields"]
        status, headers, body = form(fields, noise(2 * MB))
        assert status == 201 and b"<Key>in/data.csv</Key>" in body, (status, body)
        stored = s3.get_object(Bucket=bucket, Key="in/data.csv")
        assert stored["Body"].read() == noise(2 * MB) and stored["Metadata"] == {"who": "me"} and stored["ContentType"] == "text/csv"
        assert form(fields, noise(3 * MB + 1))[0] == 400 and form(fields, b"")[0] == 400
        assert form({**fields, "x-amz-meta-more": "1"}, b"x")[0] == 403
        assert form({**fields, "key": "elsewhere"}, b"x")[0] == 403
        changed = {name: value[::-1] if name.lower().endswith("signature") else value for name, value in fields.items()}
        status, _, body = form(changed, b"x")
        assert status == 403 and b"SignatureDoesNotMatch" in body, body
        expired = client.generate_presigned_post(bucket, "k", ExpiresIn=-10)
        status, _, body = form(expired["fields"], b"x")
        assert status == 403 and b"expired" in body, body
    plain = s3.generate_presigned_post(bucket, "plain")
    assert form(plain["fields"], b"x")[0] == 204
    redirect = s3.generate_presigned_post(bucket, "plain", Fields={"success_action_status": "200"}, Conditions=[{"success_action_status": "200"}])
    assert form(redirect["fields"], b"y")[0] == 200 and get("plain") == b"y"
    assert form({}, b"x")[0] == 403
    sha256 = lambda data: base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert form({**plain["fields"], "x-amz-checksum-sha256": sha256(b"x")}, b"x")[0] == 204
    assert s3.head_object(Bucket=bucket, Key="plain", ChecksumMode="ENABLED")["ChecksumSHA256"] == sha256(b"x")
    status, _, body = form({**plain["fields"], "x-amz-checksum-sha256": sha256(b"y")}, b"x")
    assert status == 400 and b"BadDigest" in body, body
    for broken in ({"conditions": [{"key": "plain"}]}, {"expiration": "2099-01-01", "conditions": [{"key": "plain"}]},
                   {"expiration": "2099-01-01T00:00:00Z", "conditions": [{}]}, {"expiration": "2099-01-01T00:00:00Z", "conditions": [{"key": None}]},
                   {"expiration": "2099-01-01T00:00:00Z", "conditions": [{"key": "plain", "bucket": bucket}]}, {"expiration": "2099-01-01T00:00:00Z"}):
        policy = base64.b64encode(json.dumps(broken).encode())
        keys = boto3.Session().get_credentials()
        signature = base64.b64encode(hmac.new(keys.secret_key.encode(), policy, hashlib.sha1).digest()).decode()
        status, _, body = form({"key": "plain", "AWSAccessKeyId": keys.access_key, "policy": policy.decode(), "signature": signature}, b"x")
        assert status == 400 and b"InvalidPolicyDocument" in body, (broken, body)
    status, _, body = send("POST", f"/{bucket}", {"Content-Type": "multipart/form-data; boundary=b"}, b"nonsense")
    assert status == 400 and b"MalformedPOSTRequest" in body, body


def odd_keys():
    keys = ["..", "../../etc/passwd", "a//b", "/lead", "//", "tail/", "./x", ".hidden", "a/../b", "ключ/キー/🗝", "é", "e\u0301", "a b+c%20&=?#", "'\"<>&", "x" * 1024, "ü" * 512, "new\nline", "tab\t"]
    for key in keys:
        put(key, key.encode())
    for key in keys:
        assert get(key) == key.encode(), key
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 5})
    assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(keys, key=str.encode)
    refused("KeyTooLongError", 400, put, "x" * 1025)
    copied = s3.copy_object(Bucket=bucket, Key="copied", CopySource={"Bucket": bucket, "Key": "../../etc/passwd"})
    assert copied["CopyObjectResult"]["ETag"] and get("copied") == b"../../etc/passwd"
    assert "Errors" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys if key not in ("new\nline",)]})


def part_checksums():
    for algorithm, kind in (("CRC32", "FULL_OBJECT"), ("CRC32", "COMPOSITE"), ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE")):
        member = "Checksum" + algorithm
        upload = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm=algorithm, ChecksumType=kind)
        assert upload["ChecksumAlgorithm"] == algorithm and upload["ChecksumType"] == kind
        parts = []
        for number, body in enumerate((noise(5 * MB), noise(100)), 1):
            part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload["UploadId"], PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
            parts.append({"PartNumber": number, "ETag": part["ETag"], member: part[member]})
        whole = s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload["UploadId"], MultipartUpload={"Parts": parts})
        assert whole["ChecksumType"] == kind
        second = s3.get_object(Bucket=bucket, Key="k", PartNumber=2, ChecksumMode="ENABLED")
        assert second["Body"].read() == noise(100) and second[member] == parts[1][member] and second["ChecksumType"] == kind
        attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ObjectParts"])
        assert attributes["Checksum"][member] == whole[member] and attributes["Checksum"]["ChecksumType"] == kind
        assert [p[member] for p in attributes["ObjectParts"]["Parts"]] == [p[member] for p in parts]


def conditional_writes():
    put("k", b"1", IfNoneMatch="*")
    refused("PreconditionFailed", 412, put, "k", b"2", IfNoneMatch="*")
    etag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
    put("k", b"3", IfMatch=etag)
    refused("PreconditionFailed", 412, put, "k", b"4", IfMatch=etag)
    refused("NoSuchKey", 404, put, "other", b"5", IfMatch=etag)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"6")
    named = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    refused("PreconditionFailed", 412, s3.complete_multipart_upload, Bucket=bucket, Key="k", UploadId=upload, MultipartUpload=named, IfNoneMatch="*")
    refused("PreconditionFailed", 412, s3.delete_object, Bucket=bucket, Key="k", IfMatch=etag)
    enable()
    s3.delete_object(Bucket=bucket, Key="k")
    assert put("k", b"again", IfNoneMatch="*")["VersionId"]


def refused_buckets():
    other = bucket + "-other"
    refused("AccessControlListNotSupported", 400, s3.create_bucket, Bucket=other, ACL="public-read")
    refused("AccessControlListNotSupported", 400, s3.create_bucket, Bucket=other, GrantRead='uri="http://acs.amazonaws.com/groups/global/AllUsers"')
    refused("AccessDenied", 403, s3.create_bucket, Bucket=other, ACL="public-read", ObjectOwnership="ObjectWriter")
    refused("InvalidArgument", 400, s3.create_bucket, Bucket=other, ObjectOwnership="Nobody")
    refused("404", 404, s3.head_bucket, Bucket=other)
    s3.create_bucket(Bucket=other, ACL="private", ObjectOwnership="BucketOwnerPreferred", CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_ownership_controls(Bucket=other)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerPreferred"}]
    assert s3.get_bucket_tagging(Bucket=other)["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.delete_bucket(Bucket=other)


def object_locks():
    locked, soon, later = bucket + "-locked", *(datetime(2090, month, 1, tzinfo=timezone.utc) for month in (1, 2))
    at = {"Bucket": locked, "Key": "k"}
    refused("InvalidRequest", 400, put, "k", ObjectLockLegalHoldStatus="ON")
    refused("ObjectLockConfigurationNotFoundError", 404, s3.get_object_lock_configuration, Bucket=bucket)
    refused("InvalidBucketState", 409, s3.put_object_lock_configuration, Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    s3.create_bucket(Bucket=locked, ObjectLockEnabledForBucket=True)
    assert s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    refused("InvalidBucketState", 409, s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration={"Status": "Suspended"})

    # Governance: whoever may bypass it can shorten it or delete; everybody can prolong it, and put markers and versions on top.
    first = s3.put_object(**at, Body=b"1", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=later)["VersionId"]
    head = s3.head_object(**at)
    assert head["ObjectLockMode"] == "GOVERNANCE" and head["ObjectLockRetainUntilDate"] == later and "ObjectLockLegalHoldStatus" not in head
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": soon}
    refused("AccessDenied", 403, s3.put_object_retention, **at, Retention=shorter)
    s3.put_object_retention(**at, Retention=shorter, BypassGovernanceRetention=True)
    s3.put_object_retention(**at, Retention={**shorter, "RetainUntilDate": later})
    assert s3.get_object_retention(**at)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": later}
    refused("InvalidArgument", 400, s3.put_object_retention, **at, Retention={**shorter, "RetainUntilDate": datetime(2020, 1, 1)}, BypassGovernanceRetention=True)
    refused("MalformedXML", 400, s3.put_object_retention, **at, Retention={"Mode": "governance", "RetainUntilDate": later})
    refused("AccessDenied", 403, s3.delete_object, **at, VersionId=first)
    marker = s3.delete_object(**at)
    s3.delete_object(**at, VersionId=marker["VersionId"])
    some = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": first}, {"Key": "none"}]})
    assert [e["Code"] for e in some["Errors"]] == ["AccessDenied"] and len(some["Deleted"]) == 1
    copy = s3.copy_object(Bucket=locked, Key="copy", CopySource=at)["VersionId"]
    s3.delete_object(Bucket=locked, Key="copy", VersionId=copy)
    s3.delete_object(**at, VersionId=first, BypassGovernanceRetention=True)

    # Compliance binds everybody; a legal hold binds until it is lifted.
    second = s3.put_object(**at, Body=b"2", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=datetime.now(timezone.utc) + timedelta(seconds=3))["VersionId"]
    refused("AccessDenied", 403, s3.delete_object, **at, VersionId=second, BypassGovernanceRetention=True)
    refused("AccessDenied", 403, s3.put_object_retention, **at, Retention=shorter, BypassGovernanceRetention=True)
    refused("NoSuchObjectLockConfiguration", 404, s3.get_object_legal_hold, **at)
    refused("MalformedXML", 400, s3.put_object_legal_hold, **at, LegalHold={"Status": "abc"})
    s3.put_object_legal_hold(**at, LegalHold={"Status": "ON"})
    time.sleep(3)
    refused("AccessDenied", 403, s3.delete_object, **at, VersionId=second, BypassGovernanceRetention=True)
    s3.put_object_legal_hold(**at, LegalHold={"Status": "OFF"})
    assert s3.get_object_legal_hold(**at)["LegalHold"] == {"Status": "OFF"}
    s3.delete_object(**at, VersionId=second)

    # What a bucket says counts where a request says nothing, for uploads in parts as well.
    rule = lambda **more: {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": more}}
    refused("MalformedXML", 400, s3.put_object_lock_configuration, Bucket=locked, ObjectLockConfiguration=rule(Mode="GOVERNANCE", Days=1, Years=1))
    refused("InvalidRetentionPeriod", 400, s3.put_object_lock_configuration, Bucket=locked, ObjectLockConfiguration=rule(Mode="GOVERNANCE", Days=0))
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration=rule(Mode="GOVERNANCE", Days=2))
    upload = s3.create_multipart_upload(**at)["UploadId"]
    part = s3.upload_part(**at, UploadId=upload, PartNumber=1, Body=b"6")
    s3.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    until = s3.get_object_retention(**at)["Retention"]["RetainUntilDate"] - datetime.now(timezone.utc)
    assert timedelta(days=1.9) < until < timedelta(days=2), until



def customer_keys():
    """SSE-C: what is put with a key is had with that key alone, in whatever way it is put, copied and read."""
    mine, other = ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": noise(64)[at:at + 32]} for at in (0, 32))
    source = {"CopySource" + name: value for name, value in mine.items()}
    digest = base64.b64encode(hashlib.md5(mine["SSECustomerKey"]).digest()).decode()
    for key, content in {"small": b"a secret", "large": noise(3 * MB)}.items():
        at = {"Bucket": bucket, "Key": key}
        put = s3.put_object(**at, Body=content, **mine)
        assert put["SSECustomerAlgorithm"] == "AES256" and put["SSECustomerKeyMD5"] == digest, put
        assert put["ETag"] != '"%s"' % hashlib.md5(content).hexdigest() and "SSECustomerKey" not in put
        assert get(key, **mine) == content and get(key, Range="bytes=3-6", **mine) == content[3:7]
        head = s3.head_object(**at, **mine)
        assert head["ContentLength"] == len(content) and head["SSECustomerKeyMD5"] == digest
        refused("InvalidRequest", 400, get, key)
        refused("400", 400, s3.head_object, **at)
        refused("AccessDenied", 403, get, key, **other)
        refused("403", 403, s3.head_object, **at, **other)
        refused("InvalidRequest", 400, s3.get_object_attributes, **at, ObjectAttributes=["ETag"])
        written = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(mine["SSECustomerKey"]).decode(), "SSECustomerKeyMD5": digest}
        assert s3.get_object_attributes(**at, ObjectAttributes=["ObjectSize"], **written)["ObjectSize"] == len(content)

        # Copies: to another key, to none, and onto itself; never without the original's.
        refused("InvalidRequest", 400, s3.copy_object, Bucket=bucket, Key="copy", CopySource=at)
        refused("AccessDenied", 403, s3.copy_object, Bucket=bucket, Key="copy", CopySource=at, **{"CopySource" + name: value for name, value in other.items()})
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=at, **source, **other)
        assert get("copy", **other) == content
        refused("AccessDenied", 403, get, "copy", **mine)
        s3.copy_object(Bucket=bucket, Key="plain", CopySource=at, **source)
        assert get("plain") == content and "SSECustomerAlgorithm" not in s3.head_object(Bucket=bucket, Key="plain")
        s3.copy_object(**at, CopySource=at, **source, **other)
        assert get(key, **other) == content
        assert "SSECustomerKeyMD5" not in s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"][0]

    # In parts: each with the key, one of them copied, and read over their borders.
    at = {"Bucket": bucket, "Key": "parts"}
    upload = {**at, "UploadId": s3.create_multipart_upload(**at, **mine)["UploadId"]}
    first = noise(5 * MB)
    refused("InvalidRequest", 400, s3.upload_part, **upload, PartNumber=1, Body=first)
    refused("InvalidRequest", 400, s3.upload_part, **upload, PartNumber=1, Body=first, **other)
    assert s3.upload_part(**upload, PartNumber=1, Body=first, **mine)["ETag"] == s3.upload_part(**upload, PartNumber=1, Body=first, **mine)["ETag"]
    s3.upload_part_copy(**upload, PartNumber=2, CopySource={"Bucket": bucket, "Key": "plain"}, CopySourceRange="bytes=0-99999", **mine)
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in s3.list_parts(**upload)["Parts"]]
    refused("InvalidRequest", 400, s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts}, **other)
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **mine)
    whole = first + get("plain")[:100000]
    assert get("parts", **mine) == whole and get("parts", Range="bytes=5242870-5242889", **mine) == whole[5242870:5242890]
    assert get("parts", PartNumber=2, **mine) == whole[len(first):]
    refused("InvalidRequest", 400, get, "parts")

    # What is no key, or not needed.
    refused("InvalidArgument", 400, s3.put_object, Bucket=bucket, Key="no", **{**mine, "SSECustomerKey": b"short"})
    refused("InvalidArgument", 400, s3.put_object, Bucket=bucket, Key="no", **{**written, "SSECustomerKeyMD5": base64.b64encode(b"0" * 16).decode()})
    refused("InvalidEncryptionAlgorithmError", 400, s3.put_object, Bucket=bucket, Key="no", **{**mine, "SSECustomerAlgorithm": "AES128"})
    refused("InvalidArgument", 400, s3.put_object, Bucket=bucket, Key="no", ServerSideEncryption="AES256", **mine)
    refused("InvalidRequest", 400, get, "plain", **mine)


if __name__ == "__main__":
    s3.create_bucket(Bucket=bucket)
    globals()[sys.argv[1]]()
