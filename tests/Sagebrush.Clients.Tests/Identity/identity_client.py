"""STS and IAM as boto3 sees them, with the flows of the SageMaker SDK. Prints "passed"."""
import json

import boto3
from botocore.exceptions import ClientError

sts, iam = boto3.client("sts"), boto3.client("iam")
ACCOUNT = "000000000000"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def refused(code, status, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        got = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert got == (code, status), (call, arguments, got, error)
        return str(error)
    raise AssertionError(f"{call} with {arguments} was not refused")


def client(name, credentials):
    return boto3.client(name, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                        aws_session_token=credentials["SessionToken"])


me = sts.get_caller_identity()
assert (me["Account"], me["Arn"], me["UserId"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
assert iam.get_user()["User"]["Arn"] == me["Arn"]
refused("NoSuchEntity", 404, iam.get_user, UserName="nobody")

# The role that training jobs run as is there from the start.
default = iam.get_role(RoleName="AmazonSageMaker-ExecutionRole")["Role"]
assert default["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonSageMaker-ExecutionRole"
assert default["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "sagemaker.amazonaws.com"}
assert [p["PolicyName"] for p in iam.list_attached_role_policies(RoleName=default["RoleName"])["AttachedPolicies"]] == ["AmazonS3FullAccess", "AmazonSageMakerFullAccess"]

# As the SDK finds its execution role: assumed role -> caller identity -> role name -> get_role -> ARN with its path.
assumed = sts.assume_role(RoleArn=default["Arn"], RoleSessionName="notebook", DurationSeconds=900)
identity = client("sts", assumed["Credentials"]).get_caller_identity()
assert identity["Arn"] == assumed["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/AmazonSageMaker-ExecutionRole/notebook"
assert identity["UserId"] == assumed["AssumedRoleUser"]["AssumedRoleId"] == f"{default['RoleId']}:notebook"
name = identity["Arn"].split("assumed-role/")[1].split("/")[0]
assert client("iam", assumed["Credentials"]).get_role(RoleName=name)["Role"]["Arn"] == default["Arn"]

session = sts.get_session_token()["Credentials"]
assert client("sts", session).get_caller_identity()["Arn"] == me["Arn"]
refused("AccessDenied", 403, client("sts", session).get_session_token)
refused("AccessDenied", 403, sts.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/none", RoleSessionName="x-y")
refused("ValidationError", 400, sts.assume_role, RoleArn=default["Arn"], RoleSessionName="x-y", DurationSeconds=7200)
refused("MalformedPolicyDocument", 400, sts.assume_role, RoleArn=default["Arn"], RoleSessionName="x-y", Policy="{")
refused("InvalidClientTokenId", 403, client("sts", {**session, "SessionToken": session["SessionToken"][:-4] + "AAA="}).get_caller_identity)
refused("SignatureDoesNotMatch", 403, client("sts", {**session, "SecretAccessKey": "guess"}).get_caller_identity)
refused("UnrecognizedClientException", 403, client("sagemaker", {**session, "SessionToken": "forged"}).list_models)

for letter in "abc":
    made = iam.create_role(RoleName=f"role-{letter}", Path="/team/", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "letter", "Value": letter}])
    assert made["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/role-{letter}"
refused("EntityAlreadyExists", 409, iam.create_role, RoleName="ROLE-A", AssumeRolePolicyDocument=TRUST)
refused("MalformedPolicyDocument", 400, iam.create_role, RoleName="other", AssumeRolePolicyDocument="[]")
refused("ValidationError", 400, iam.create_role, RoleName="two words", AssumeRolePolicyDocument=TRUST)
pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
assert [role["RoleName"] for page in pages for role in page["Roles"]] == ["AmazonSageMaker-ExecutionRole", "role-a", "role-b", "role-c"]
assert len(iam.list_roles(PathPrefix="/team/")["Roles"]) == 3
refused("ValidationError", 400, iam.list_roles, Marker="made up")

iam.put_role_policy(RoleName="role-a", PolicyName="inline", PolicyDocument=TRUST)
assert iam.get_role_policy(RoleName="role-a", PolicyName="inline")["PolicyDocument"] == json.loads(TRUST)
assert iam.list_role_policies(RoleName="role-a")["PolicyNames"] == ["inline"]
refused("NoSuchEntity", 404, iam.get_role_policy, RoleName="role-a", PolicyName="other")
iam.attach_role_policy(RoleName="role-a", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
refused("NoSuchEntity", 404, iam.attach_role_policy, RoleName="role-a", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/none")
refused("DeleteConflict", 409, iam.delete_role, RoleName="role-a")
iam.delete_role_policy(RoleName="role-a", PolicyName="inline")
refused("DeleteConflict", 409, iam.delete_role, RoleName="role-a")
iam.detach_role_policy(RoleName="role-a", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
refused("NoSuchEntity", 404, iam.detach_role_policy, RoleName="role-a", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")

iam.update_role(RoleName="role-a", Description="changed", MaxSessionDuration=7200)
iam.tag_role(RoleName="role-a", Tags=[{"Key": "more", "Value": "1"}])
iam.untag_role(RoleName="role-a", TagKeys=["letter"])
role = iam.get_role(RoleName="role-a")["Role"]
assert (role["Description"], role["MaxSessionDuration"], role["Tags"]) == ("changed", 7200, [{"Key": "more", "Value": "1"}])
assert iam.list_role_tags(RoleName="role-b", MaxItems=1)["Tags"] == [{"Key": "letter", "Value": "b"}]
assert sts.assume_role(RoleArn=role["Arn"], RoleSessionName="long", DurationSeconds=7200)["Credentials"]["AccessKeyId"].startswith("ASIA")
for letter in "abc":
    iam.delete_role(RoleName=f"role-{letter}")
refused("NoSuchEntity", 404, iam.get_role, RoleName="role-a")
print("passed")
