"""Who may push and pull: users' policies, repositories' policies, sessions, and passwords that end."""
import base64
import json
import os
import urllib.error
import urllib.request

import boto3

endpoint = os.environ["AWS_ENDPOINT_URL"]
iam, ecr = boto3.client("iam", endpoint_url=endpoint), boto3.client("ecr", endpoint_url=endpoint)


def allow(*actions, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]})


def user(name, *policies):
    iam.create_user(UserName=name)
    for i, policy in enumerate(policies):
        iam.put_user_policy(UserName=name, PolicyName=f"p{i}", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def password(key, secret, session=None, region="us-east-1"):
    client = boto3.client("ecr", region_name=region, endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=session)
    return base64.b64decode(client.get_authorization_token()["authorizationData"][0]["authorizationToken"]).decode().split(":")[1]


def ask(method, path, secret, scheme="Basic", host=None):
    value = secret if scheme == "Bearer" else base64.b64encode(f"AWS:{secret}".encode()).decode()
    headers = {"Authorization": f"{scheme} {value}", **({"Host": host} if host else {})}
    request = urllib.request.Request(endpoint + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


mine = ecr.create_repository(repositoryName="mine")["repository"]["repositoryArn"]
other = ecr.create_repository(repositoryName="other")["repository"]["repositoryArn"]
token = allow("ecr:GetAuthorizationToken")
read = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability", "ecr:ListImages")
write = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage")

# A reader of one repository.
reader_key = user("reader", token, allow(*read, resource=mine))
reader = password(*reader_key)
assert ask("GET", "/v2/", reader)[0] == 200
assert ask("GET", "/v2/", reader, scheme="Bearer")[0] == 200
assert ask("GET", "/v2/mine/tags/list", reader) == (200, {"name": "mine", "tags": []})
status, body = ask("POST", "/v2/mine/blobs/uploads/", reader)
assert status == 403 and body["errors"][0]["code"] == "DENIED" and "ecr:InitiateLayerUpload" in body["errors"][0]["message"], body
assert ask("GET", "/v2/other/tags/list", reader)[0] == 403
assert ask("GET", "/v2/_catalog", reader)[0] == 403

# Somebody who may not ask for a password.
try:
    password(*user("nobody"))
    raise AssertionError("refusal expected")
except ecr.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "AccessDeniedException", error

# A repository's policy names a user.
guest = password(*user("guest", token))
assert ask("GET", "/v2/other/tags/list", guest)[0] == 403
account = ecr.describe_registry()["registryId"]
ecr.set_repository_policy(repositoryName="other", policyText=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "guests", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:user/guest"}, "Action": list(read)}]}))
assert ask("GET", "/v2/other/tags/list", guest)[0] == 200
assert ask("POST", "/v2/other/blobs/uploads/", guest)[0] == 403
ecr.delete_repository_policy(repositoryName="other")
assert ask("GET", "/v2/other/tags/list", guest)[0] == 403

# A session's password carries the session's terms.
writer_key = user("writer", token, allow("sts:GetFederationToken"), allow(*read, *write))
federated = boto3.client("sts", endpoint_url=endpoint, aws_access_key_id=writer_key[0], aws_secret_access_key=writer_key[1]).get_federation_token(
    Name="narrow", Policy=allow("ecr:GetAuthorizationToken", *read), DurationSeconds=900)["Credentials"]
narrow = password(federated["AccessKeyId"], federated["SecretAccessKey"], federated["SessionToken"])
assert ask("GET", "/v2/mine/tags/list", narrow)[0] == 200
assert ask("POST", "/v2/mine/blobs/uploads/", narrow)[0] == 403
assert ask("POST", "/v2/mine/blobs/uploads/", password(*writer_key))[0] == 202

# The host names another region's registry; a password names its own.
root = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
assert ask("GET", "/v2/mine/tags/list", password(*root))[0] == 200
assert ask("GET", "/v2/mine/tags/list", password(*root), host=f"{account}.dkr.ecr.us-east-1.amazonaws.com")[0] == 200
assert ask("GET", "/v2/mine/tags/list", password(*root), host=f"{account}.dkr.ecr.eu-west-1.amazonaws.com")[0] == 404
assert ask("GET", "/v2/mine/tags/list", password(*root, region="eu-west-1"))[0] == 404

# Whose key is gone is nobody.
iam.update_access_key(UserName="reader", AccessKeyId=reader_key[0], Status="Inactive")
status, body = ask("GET", "/v2/", reader)
assert status == 401 and body["errors"][0]["code"] == "UNAUTHORIZED", body
iam.delete_access_key(UserName="reader", AccessKeyId=reader_key[0])
for policy in iam.list_user_policies(UserName="reader")["PolicyNames"]:
    iam.delete_user_policy(UserName="reader", PolicyName=policy)
iam.delete_user(UserName="reader")
assert ask("GET", "/v2/mine/tags/list", reader)[0] == 401
for wrong in ("", "x", "a.b.c", "us-east-1." + root[0] + ".AAAA", root[1], reader[:-5] + "AAAAA", "x" * 20000):
    assert ask("GET", "/v2/", wrong)[0] == 401, wrong
print("passed")
