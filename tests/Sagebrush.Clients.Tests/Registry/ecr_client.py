"""ECR's API through boto3: repositories, layers in parts, images, lists, policies, lifecycle, scans."""
import base64
import hashlib
import json
import os
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ecr = boto3.client("ecr", endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=Config(retries={"max_attempts": 0}))
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response["Error"]
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def upload(repository, content, part=7):
    upload = ecr.initiate_layer_upload(repositoryName=repository)
    for first in range(0, len(content), part):
        piece = content[first:first + part]
        answer = ecr.upload_layer_part(
            repositoryName=repository, uploadId=upload["uploadId"], partFirstByte=first, partLastByte=first + len(piece) - 1, layerPartBlob=piece)
        assert answer["lastByteReceived"] == first + len(piece) - 1
    done = ecr.complete_layer_upload(repositoryName=repository, uploadId=upload["uploadId"], layerDigests=[digest(content)])
    assert done["layerDigest"] == digest(content)
    return {"mediaType": "application/octet-stream", "size": len(content), "digest": digest(content)}


def manifest(repository, text):
    config, layer = json.dumps({"os": "linux", "architecture": "amd64", "note": text}).encode(), (text * 5).encode()
    known = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[digest(config), digest(layer)])["layers"]
    parts = [upload(repository, content) if one["layerAvailability"] == "UNAVAILABLE" else {"mediaType": "x", "size": len(content), "digest": digest(content)}
             for one, content in zip(known, (config, layer))]
    return json.dumps({"schemaVersion": 2, "mediaType": DOCKER, "config": parts[0], "layers": parts[1:]})


# Repositories.
made = ecr.create_repository(repositoryName="team/app", tags=[{"Key": "owner", "Value": "ada"}], imageScanningConfiguration={"scanOnPush": True})["repository"]
assert made["repositoryArn"].endswith(":repository/team/app") and made["repositoryUri"].endswith("/team/app"), made
assert made["imageTagMutability"] == "MUTABLE" and made["encryptionConfiguration"]["encryptionType"] == "AES256", made
assert "'team/app'" in refused("RepositoryAlreadyExistsException", ecr.create_repository, repositoryName="team/app")
refused("InvalidParameterException", ecr.create_repository, repositoryName="Team/../App")
for name in ("alpha", "beta", "gamma"):
    ecr.create_repository(repositoryName=name)
pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2}))
assert [r["repositoryName"] for p in pages for r in p["repositories"]] == ["alpha", "beta", "gamma", "team/app"] and len(pages) == 2
refused("RepositoryNotFoundException", ecr.describe_repositories, repositoryNames=["nowhere"])
refused("InvalidParameterException", ecr.describe_repositories, nextToken="made up")
ecr.tag_resource(resourceArn=made["repositoryArn"], tags=[{"Key": "stage", "Value": "test"}])
ecr.untag_resource(resourceArn=made["repositoryArn"], tagKeys=["owner"])
assert ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"] == [{"Key": "stage", "Value": "test"}]

# Layers.
start = ecr.initiate_layer_upload(repositoryName="alpha")["uploadId"]
message = refused("InvalidLayerPartException", ecr.upload_layer_part, repositoryName="alpha", uploadId=start, partFirstByte=3, partLastByte=4, layerPartBlob=b"ab")
assert "byte 0" in message, message
refused("EmptyUploadException", ecr.complete_layer_upload, repositoryName="alpha", uploadId=start, layerDigests=[digest(b"")])
ecr.upload_layer_part(repositoryName="alpha", uploadId=start, partFirstByte=0, partLastByte=1, layerPartBlob=b"ab")
refused("UploadNotFoundException", ecr.complete_layer_upload, repositoryName="beta", uploadId=start, layerDigests=[digest(b"ab")])
refused("InvalidLayerException", ecr.complete_layer_upload, repositoryName="alpha", uploadId=start, layerDigests=[digest(b"other")])
checked = ecr.batch_check_layer_availability(repositoryName="alpha", layerDigests=[digest(b"x"), "sha256:12"])
assert checked["layers"][0]["layerAvailability"] == "UNAVAILABLE" and checked["failures"][0]["failureCode"] == "InvalidLayerDigest"

# Images.
one, two = manifest("team/app", "one"), manifest("team/app", "two")
first = ecr.put_image(repositoryName="team/app", imageManifest=one, imageTag="v1")["image"]
assert first["imageId"] == {"imageDigest": digest(one.encode()), "imageTag": "v1"} and first["imageManifestMediaType"] == DOCKER
refused("ImageAlreadyExistsException", ecr.put_image, repositoryName="team/app", imageManifest=one, imageTag="v1")
refused("ImageDigestDoesNotMatchException", ecr.put_image, repositoryName="team/app", imageManifest=two, imageDigest=digest(b"x"))
assert digest(b"nothing") in refused("LayersNotFoundException", ecr.put_image, repositoryName="team/app", imageManifest=one.replace(digest(b"one" * 5), digest(b"nothing")))
for wrong in ("x", "{}", '{"schemaVersion":1}', '{"schemaVersion":2,"layers":[]}', "[" * 100, json.dumps({"schemaVersion": 2, "mediaType": DOCKER, "config": {"digest": "../x", "size": 1}, "layers": []})):
    refused("InvalidParameterException", ecr.put_image, repositoryName="team/app", imageManifest=wrong)
refused("LayersNotFoundException", ecr.put_image, repositoryName="alpha", imageManifest=one)
ecr.put_image(repositoryName="team/app", imageManifest=one, imageTag="stable")
ecr.put_image(repositoryName="team/app", imageManifest=two, imageTag="v1")
got = ecr.batch_get_image(repositoryName="team/app", imageIds=[{"imageTag": "stable"}, {"imageTag": "v1"}, {"imageTag": "none"}, {}])
assert [image["imageManifest"] for image in got["images"]] == [one, two]
assert sorted(f["failureCode"] for f in got["failures"]) == ["ImageNotFound", "MissingDigestAndTag"], got["failures"]

url = ecr.get_download_url_for_layer(repositoryName="team/app", layerDigest=digest(b"one" * 5))["downloadUrl"]
assert urllib.request.urlopen(url).read() == b"one" * 5
refused("LayersNotFoundException", ecr.get_download_url_for_layer, repositoryName="team/app", layerDigest=digest(b"x"))

# An index holds on to its images.
index = json.dumps({"schemaVersion": 2, "mediaType": LIST, "manifests": [
    {"mediaType": DOCKER, "digest": digest(two.encode()), "size": len(two), "platform": {"os": "linux", "architecture": "amd64"}}]})
refused("ReferencedImagesNotFoundException", ecr.put_image, repositoryName="team/app", imageManifest=index.replace(digest(two.encode()), digest(b"x")), imageManifestMediaType=LIST)
ecr.put_image(repositoryName="team/app", imageManifest=index, imageManifestMediaType=LIST, imageTag="multi")
held = ecr.batch_delete_image(repositoryName="team/app", imageIds=[{"imageDigest": digest(two.encode())}])
assert held["failures"][0]["failureCode"] == "ImageReferencedByManifestList", held

# Lists.
three = manifest("team/app", "three")
ecr.put_image(repositoryName="team/app", imageManifest=three)
ids = [i for p in ecr.get_paginator("list_images").paginate(repositoryName="team/app", PaginationConfig={"PageSize": 1}) for i in p["imageIds"]]
assert sorted(i.get("imageTag", "") for i in ids) == ["", "multi", "stable", "v1"], ids
untagged = ecr.list_images(repositoryName="team/app", filter={"tagStatus": "UNTAGGED"})["imageIds"]
assert untagged == [{"imageDigest": digest(three.encode())}], untagged
details = {d["imageDigest"]: d for p in ecr.get_paginator("describe_images").paginate(repositoryName="team/app", PaginationConfig={"PageSize": 1}) for d in p["imageDetails"]}
assert details[digest(one.encode())]["imageTags"] == ["stable"] and len(details) == 4
assert details[digest(one.encode())]["imageSizeInBytes"] == sum(p["size"] for p in [json.loads(one)["config"], *json.loads(one)["layers"]])
assert "lastRecordedPullTime" in details[digest(one.encode())] and "lastRecordedPullTime" not in details[digest(three.encode())]
refused("ImageNotFoundException", ecr.describe_images, repositoryName="team/app", imageIds=[{"imageTag": "none"}])
refused("InvalidParameterException", ecr.list_images, repositoryName="team/app", nextToken="?")

# Tags that stay.
ecr.put_image_tag_mutability(repositoryName="team/app", imageTagMutability="IMMUTABLE")
assert "'v1'" in refused("ImageTagAlreadyExistsException", ecr.put_image, repositoryName="team/app", imageManifest=one, imageTag="v1")
ecr.put_image(repositoryName="team/app", imageManifest=three, imageTag="v3")
ecr.put_image_tag_mutability(repositoryName="team/app", imageTagMutability="MUTABLE")

# Scans find nothing and say why.
assert details[digest(one.encode())]["imageScanStatus"]["status"] == "FAILED"
scan = ecr.describe_image_scan_findings(repositoryName="team/app", imageId={"imageTag": "stable"})
assert scan["imageScanStatus"]["status"] == "FAILED" and "scanner" in scan["imageScanStatus"]["description"] and "imageScanFindings" not in scan
ecr.put_image_scanning_configuration(repositoryName="team/app", imageScanningConfiguration={"scanOnPush": False})
four = manifest("team/app", "four")
ecr.put_image(repositoryName="team/app", imageManifest=four, imageTag="four")
refused("ScanNotFoundException", ecr.describe_image_scan_findings, repositoryName="team/app", imageId={"imageTag": "four"})
assert ecr.start_image_scan(repositoryName="team/app", imageId={"imageTag": "four"})["imageScanStatus"]["status"] == "FAILED"

# Lifecycle.
policy = json.dumps({"rules": [{"rulePriority": 1, "description": "keep the two newest images, whatever they are called", "selection": {
    "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 2}, "action": {"type": "expire"}}]})
refused("LifecyclePolicyNotFoundException", ecr.get_lifecycle_policy, repositoryName="team/app")
refused("InvalidParameterException", ecr.put_lifecycle_policy, repositoryName="team/app", lifecyclePolicyText=policy.replace("expire", "explode"))
ecr.put_lifecycle_policy(repositoryName="team/app", lifecyclePolicyText=policy)
assert ecr.get_lifecycle_policy(repositoryName="team/app")["lifecyclePolicyText"] == policy
refused("LifecyclePolicyPreviewNotFoundException", ecr.get_lifecycle_policy_preview, repositoryName="team/app")
ecr.start_lifecycle_policy_preview(repositoryName="team/app")
ecr.get_waiter("lifecycle_policy_preview_complete").wait(repositoryName="team/app")
preview = ecr.get_lifecycle_policy_preview(repositoryName="team/app")
assert preview["summary"]["expiringImageTotalCount"] == 3 and {r["imageDigest"] for r in preview["previewResults"]} == {digest(m.encode()) for m in (one, two, index)}, preview
ecr.delete_lifecycle_policy(repositoryName="team/app")

# The registry.
account = made["registryId"]
assert ecr.describe_registry() ["registryId"] == account and ecr.describe_registry()["replicationConfiguration"] == {"rules": []}
rules = {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": account}]}]}
ecr.put_replication_configuration(replicationConfiguration=rules)
assert ecr.describe_registry()["replicationConfiguration"] == rules
refused("RegistryPolicyNotFoundException", ecr.get_registry_policy)
assert ecr.get_registry_scanning_configuration()["scanningConfiguration"] == {"scanType": "BASIC", "rules": []}
assert ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []
refused("UnsupportedUpstreamRegistryException", ecr.create_pull_through_cache_rule, ecrRepositoryPrefix="hub", upstreamRegistryUrl="public.ecr.aws")
refused("RepositoryPolicyNotFoundException", ecr.get_repository_policy, repositoryName="team/app")
refused("InvalidParameterException", ecr.set_repository_policy, repositoryName="team/app", policyText="{}")

# Deleting.
gone = ecr.batch_delete_image(repositoryName="team/app", imageIds=[{"imageTag": "multi"}, {"imageDigest": digest(two.encode())}, {"imageTag": "none"}])
assert len(gone["imageIds"]) == 2 and gone["failures"][0]["failureCode"] == "ImageNotFound", gone
assert "images" in refused("RepositoryNotEmptyException", ecr.delete_repository, repositoryName="team/app")
assert ecr.delete_repository(repositoryName="team/app", force=True)["repository"]["repositoryName"] == "team/app"
refused("RepositoryNotFoundException", ecr.list_images, repositoryName="team/app")
ecr.create_repository(repositoryName="team/app")
assert ecr.list_images(repositoryName="team/app")["imageIds"] == []
refused("LayersNotFoundException", ecr.put_image, repositoryName="team/app", imageManifest=one)

token = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(token["authorizationToken"]).decode().split(":")
assert user == "AWS" and token["proxyEndpoint"] == os.environ["AWS_ENDPOINT_URL"]
print("passed")
