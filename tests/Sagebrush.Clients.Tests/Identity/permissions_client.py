"""Users, policies, roles and sessions as boto3 sees them: who may do what, and what is said to who may not. Prints "passed"."""
import json
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
iam, s3, sts, sns = boto3.client("iam"), boto3.client("s3"), boto3.client("sts"), boto3.client("sns")
ONCE = Config(retries={"max_attempts": 1})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (call, arguments, error)
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call} with {arguments} was not refused")


def user(name, *statements, **arguments):
    iam.create_user(UserName=name, **arguments)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return lambda service: boto3.client(service, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], config=ONCE), key


def session(credentials):
    return lambda service: boto3.client(service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                                        aws_session_token=credentials["SessionToken"], config=ONCE)


for bucket in ("open-data", "private-data"):
    s3.create_bucket(Bucket=bucket)
    for name in ("shared/a.csv", "home/ada/x", "home/bob/x", "secret/k"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"1")

# Nothing is allowed that no policy allows; the caller learns which action on which resource, in each service's form.
ada, key = user("ada")
me = ada("sts").get_caller_identity()
assert me["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ada" and me["UserId"].startswith("AIDA")
said = refused("AccessDenied", ada("s3").get_object, Bucket="open-data", Key="shared/a.csv")
assert said == f'User: {me["Arn"]} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::open-data/shared/a.csv" ' \
    "because no identity-based policy allows the s3:GetObject action", said
said = refused("AccessDeniedException", ada("sagemaker").describe_training_job, TrainingJobName="demo")
assert said.endswith(f"sagemaker:DescribeTrainingJob on resource: arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/demo "
                     "because no identity-based policy allows the sagemaker:DescribeTrainingJob action"), said
assert "logs:DescribeLogGroups" in refused("AccessDeniedException", ada("logs").describe_log_groups)
assert "iam:ListUsers" in refused("AccessDenied", ada("iam").list_users)
assert "sns:ListTopics" in refused("AuthorizationError", ada("sns").list_topics)

# Identity policies: wildcards, variables, conditions, NotAction, NotResource, explicit deny.
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow("s3:Get*", "arn:aws:s3:::*-data/shared/*"),
    allow("s3:*Object", "arn:aws:s3:::open-data/home/${aws:username}/*"),
    allow("s3:ListBucket", "arn:aws:s3:::open-data", Condition={"StringLike": {"s3:prefix": ["home/${aws:username}/*", ""]}}),
    deny("s3:*", "arn:aws:s3:::private-data/*")))
mine = ada("s3")
assert mine.get_object(Bucket="open-data", Key="shared/a.csv")["Body"].read() == b"1"
mine.put_object(Bucket="open-data", Key="home/ada/y", Body=b"2")
refused("AccessDenied", mine.put_object, Bucket="open-data", Key="home/bob/y", Body=b"2")
assert [o["Key"] for o in mine.list_objects_v2(Bucket="open-data", Prefix="home/ada/")["Contents"]] == ["home/ada/x", "home/ada/y"]
refused("AccessDenied", mine.list_objects_v2, Bucket="open-data", Prefix="home/bob/")
assert "with an explicit deny in an identity-based policy" in refused("AccessDenied", mine.get_object, Bucket="private-data", Key="shared/a.csv")
mixed = mine.delete_objects(Bucket="open-data", Delete={"Objects": [{"Key": "home/ada/y"}, {"Key": "home/bob/x"}]})
assert [d["Key"] for d in mixed["Deleted"]] == ["home/ada/y"] and [(e["Key"], e["Code"]) for e in mixed["Errors"]] == [("home/bob/x", "AccessDenied")], mixed
assert s3.head_object(Bucket="open-data", Key="home/bob/x")
mine.copy_object(Bucket="open-data", Key="home/ada/z", CopySource={"Bucket": "open-data", "Key": "shared/a.csv"})
refused("AccessDenied", mine.copy_object, Bucket="open-data", Key="home/ada/z", CopySource={"Bucket": "open-data", "Key": "secret/k"})

# Who may not list the keys is not told that there is none of a name; who may is.
refused("NoSuchKey", mine.get_object, Bucket="open-data", Key="home/ada/none")
refused("404", mine.head_object, Bucket="open-data", Key="home/ada/none")
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow("s3:*Object", "arn:aws:s3:::open-data/home/*"), allow("s3:ListBucket", "arn:aws:s3:::open-data", Condition={"StringLike": {"s3:prefix": "home/*"}})))
said = refused("AccessDenied", mine.get_object, Bucket="open-data", Key="home/ada/none")
assert 'is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::open-data"' in said, said
refused("403", mine.head_object, Bucket="open-data", Key="home/ada/none")
refused("AccessDenied", mine.copy_object, Bucket="open-data", Key="home/ada/z", CopySource={"Bucket": "open-data", "Key": "home/ada/none"})
assert mine.get_object(Bucket="open-data", Key="home/ada/x")["Body"].read() == b"1"

# Tags of objects, those that are there and those that a request brings.
s3.create_bucket(Bucket="tagged-data")
for tagged_key, tagging in (("open", "level=public&team=ml"), ("closed", "level=secret"), ("plain", "")):
    s3.put_object(Bucket="tagged-data", Key=tagged_key, Body=b"1", Tagging=tagging)
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow(["s3:GetObject", "s3:GetObjectTagging"], "arn:aws:s3:::tagged-data/*", Condition={"StringEquals": {"s3:ExistingObjectTag/level": "public"}}),
    allow(["s3:PutObject", "s3:PutObjectTagging"], "arn:aws:s3:::tagged-data/*",
          Condition={"StringEquals": {"s3:RequestObjectTag/team": "ml"}, "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["team", "level"]}})))
assert mine.get_object(Bucket="tagged-data", Key="open")["TagCount"] == 2
for refused_key in ("closed", "plain", "absent"):
    refused("AccessDenied", mine.get_object, Bucket="tagged-data", Key=refused_key)
mine.put_object(Bucket="tagged-data", Key="mine", Body=b"1", Tagging="team=ml&level=public")
assert mine.get_object_tagging(Bucket="tagged-data", Key="mine")["TagSet"]
for tagging in ("", "team=sales", "team=ml&other=1"):
    refused("AccessDenied", mine.put_object, Bucket="tagged-data", Key="mine", Body=b"1", Tagging=tagging)
mine.put_object_tagging(Bucket="tagged-data", Key="closed", Tagging={"TagSet": [{"Key": "team", "Value": "ml"}]})
refused("AccessDenied", mine.put_object_tagging, Bucket="tagged-data", Key="closed", Tagging={"TagSet": [{"Key": "team", "Value": "sales"}]})

# One version of an object is another action than its present one, whichever operation names it.
s3.create_bucket(Bucket="kept-data")
s3.put_bucket_versioning(Bucket="kept-data", VersioningConfiguration={"Status": "Enabled"})
first, second = (s3.put_object(Bucket="kept-data", Key="a", Body=body)["VersionId"] for body in (b"1", b"2"))
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow("s3:*", "arn:aws:s3:::kept-data*"), deny(["s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:PutObjectAcl"])))
refused("AccessDenied", mine.delete_object, Bucket="kept-data", Key="a", VersionId=first)
some = mine.delete_objects(Bucket="kept-data", Delete={"Objects": [{"Key": "a", "VersionId": first}, {"Key": "b"}]})
assert [d["Key"] for d in some["Deleted"]] == ["b"] and [(e["VersionId"], e["Code"]) for e in some["Errors"]] == [(first, "AccessDenied")], some
assert "s3:DeleteObjectVersion" in some["Errors"][0]["Message"], some
assert s3.get_object(Bucket="kept-data", Key="a", VersionId=first)["Body"].read() == b"1"
original = {"Bucket": "kept-data", "Key": "a"}
mine.copy_object(Bucket="kept-data", Key="copy", CopySource=original)
refused("AccessDenied", mine.copy_object, Bucket="kept-data", Key="copy", CopySource={**original, "VersionId": first})
refused("AccessDenied", mine.put_object, Bucket="kept-data", Key="c", Body=b"", ACL="bucket-owner-full-control")

iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    {"Effect": "Allow", "NotAction": ["iam:*", "s3:Delete*"], "Resource": "*"}, {"Effect": "Deny", "Action": "s3:Get*", "NotResource": "arn:aws:s3:::open-data*"}))
assert mine.get_object(Bucket="open-data", Key="secret/k")
refused("AccessDenied", mine.get_object, Bucket="private-data", Key="shared/a.csv")
refused("AccessDenied", mine.delete_object, Bucket="open-data", Key="secret/k")
refused("AccessDenied", ada("iam").list_users)
for held, condition in [
    (True, {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}), (False, {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}),
    (False, {"Bool": {"aws:SecureTransport": "true"}}), (True, {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
    (False, {"DateLessThan": {"aws:EpochTime": "1000000000"}}), (True, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}}),
    (True, {"StringEqualsIfExists": {"aws:PrincipalTag/team": "ml"}}), (False, {"StringEquals": {"aws:PrincipalTag/team": "ml"}}),
    (True, {"Null": {"aws:TokenIssueTime": "true"}}), (True, {"StringEqualsIgnoreCase": {"aws:username": "ADA"}}),
    (False, {"StringNotLike": {"aws:username": "a?a"}}), (True, {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}),
]:
    iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(allow("sns:ListTopics", Condition=condition)))
    if held:
        ada("sns").list_topics()
    else:
        refused("AuthorizationError", ada("sns").list_topics)
iam.tag_user(UserName="ada", Tags=[{"Key": "team", "Value": "ml"}])
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow("sns:CreateTopic", Condition={"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}),
    allow("sns:DeleteTopic", Condition={"StringEquals": {"aws:ResourceTag/team": "ml"}})))
topic = ada("sns").create_topic(Name="tagged", Tags=[{"Key": "team", "Value": "ml"}])["TopicArn"]
refused("AuthorizationError", ada("sns").create_topic, Name="other", Tags=[{"Key": "team", "Value": "web"}])
refused("AuthorizationError", ada("sns").create_topic, Name="other", Tags=[{"Key": "team", "Value": "ml"}, {"Key": "cost", "Value": "1"}])
refused("AuthorizationError", ada("sns").delete_topic, TopicArn=sns.create_topic(Name="untagged")["TopicArn"])
ada("sns").delete_topic(TopicArn=topic)
refused("MalformedPolicyDocument", iam.put_user_policy, UserName="ada", PolicyName="own", PolicyDocument='{"Statement": [{"Effect": "Maybe"}]}')
refused("MalformedPolicyDocument", iam.put_user_policy, UserName="ada", PolicyName="own", PolicyDocument=policy(allow("s3:*", Condition={"StringEqual": {"a": "b"}})))

# SageMaker's own keys, and the role that is handed over.
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(
    allow("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:*:{ACCOUNT}:training-job/ada-*", Condition={"ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.m5.*"]}})))
job = dict(AlgorithmSpecification={"TrainingImage": "x/xgboost:1.7-1", "TrainingInputMode": "File"}, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/worker",
           OutputDataConfig={"S3OutputPath": "s3://none/"}, StoppingCondition={"MaxRuntimeInSeconds": 60})
small, large = ({"InstanceType": f"ml.{kind}", "InstanceCount": 1, "VolumeSizeInGB": 1} for kind in ("m5.large", "p3.2xlarge"))
assert "sagemaker:CreateTrainingJob" in refused("AccessDeniedException", ada("sagemaker").create_training_job, TrainingJobName="ada-1", ResourceConfig=large, **job)
assert "sagemaker:CreateTrainingJob" in refused("AccessDeniedException", ada("sagemaker").create_training_job, TrainingJobName="bob-1", ResourceConfig=small, **job)
said = refused("AccessDeniedException", ada("sagemaker").create_training_job, TrainingJobName="ada-1", ResourceConfig=small, **job)
assert f"iam:PassRole on resource: arn:aws:iam::{ACCOUNT}:role/worker" in said, said
iam.put_user_policy(UserName="ada", PolicyName="pass", PolicyDocument=policy(
    allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*", Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})))
refused("ValidationException", ada("sagemaker").create_training_job, TrainingJobName="ada-1", ResourceConfig=small, **{**job, "OutputDataConfig": {"S3OutputPath": "nowhere"}})
iam.delete_user_policy(UserName="ada", PolicyName="pass")

# Managed policies, their versions, and boundaries.
arn = iam.create_policy(PolicyName="reader", PolicyDocument=policy(allow("s3:GetObject")))["Policy"]["Arn"]
refused("EntityAlreadyExists", iam.create_policy, PolicyName="reader", PolicyDocument=policy(allow("s3:GetObject")))
iam.attach_user_policy(UserName="ada", PolicyArn=arn)
assert mine.get_object(Bucket="private-data", Key="secret/k")
iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:GetObject", "arn:aws:s3:::open-data/*")), SetAsDefault=True)
refused("AccessDenied", mine.get_object, Bucket="private-data", Key="secret/k")
assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]["Statement"][0]["Resource"] == "*"
refused("DeleteConflict", iam.delete_policy_version, PolicyArn=arn, VersionId="v2")
iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
assert mine.get_object(Bucket="private-data", Key="secret/k")
iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonSNSFullAccess")
assert "because no permissions boundary allows" in refused("AccessDenied", mine.get_object, Bucket="private-data", Key="secret/k")
iam.delete_user_permissions_boundary(UserName="ada")
refused("NoSuchEntity", iam.attach_user_policy, UserName="ada", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
assert {"reader"} == {p["PolicyName"] for p in iam.list_attached_user_policies(UserName="ada")["AttachedPolicies"]}

# Topics have policies of their own.
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(allow("sts:GetCallerIdentity")))
topic = sns.create_topic(Name="shared", Attributes={"Policy": policy(
    {"Effect": "Allow", "Principal": {"AWS": me["Arn"]}, "Action": "sns:Publish", "Resource": f"arn:aws:sns:us-east-1:{ACCOUNT}:shared"})})["TopicArn"]
ada("sns").publish(TopicArn=topic, Message="x")
refused("AuthorizationError", ada("sns").set_topic_attributes, TopicArn=topic, AttributeName="DisplayName", AttributeValue="x")

# Buckets have policies of their own: for users, and for everybody, unless public access is blocked.
def fetch(key):
    with urllib.request.urlopen(f"{s3.meta.endpoint_url}/open-data/{key}") as answer:
        return answer.read()


def forbidden(key):
    try:
        fetch(key)
    except urllib.error.HTTPError as error:
        return error.code == 403 and b"AccessDenied" in error.read()
    return False


public = policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open-data/shared/*"},
                {"Effect": "Deny", "Principal": {"AWS": me["Arn"]}, "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::open-data/*"},
                {"Effect": "Allow", "Principal": {"AWS": me["Arn"]}, "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": "arn:aws:s3:::open-data/inbox/*"})
iam.detach_user_policy(UserName="ada", PolicyArn=arn)
assert forbidden("shared/a.csv")
s3.put_public_access_block(Bucket="open-data", PublicAccessBlockConfiguration={"BlockPublicPolicy": False, "RestrictPublicBuckets": True})
refused("MalformedPolicy", s3.put_bucket_policy, Bucket="open-data", Policy=public.replace("Deny", "Refuse"))
refused("MalformedPolicy", s3.put_bucket_policy, Bucket="open-data", Policy=policy(
    {"Effect": "Allow", "NotPrincipal": {"AWS": me["Arn"]}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open-data/*"}))
assert s3.put_bucket_policy(Bucket="open-data", Policy=public)["ResponseMetadata"]["HTTPStatusCode"] == 204
assert forbidden("shared/a.csv")
s3.delete_public_access_block(Bucket="open-data")
assert fetch("shared/a.csv") == b"1"
assert forbidden("secret/k") and forbidden("")
mine.put_object(Bucket="open-data", Key="inbox/a", Body=b"1")
assert "with an explicit deny in a resource-based policy" in refused("AccessDenied", mine.delete_object, Bucket="open-data", Key="inbox/a")
refused("AccessDenied", mine.put_object, Bucket="open-data", Key="other", Body=b"1")
assert mine.get_object(Bucket="open-data", Key="shared/a.csv")

# Forms of browsers are signed by somebody as well.
for prefix, status in (("inbox/", 204), ("other/", 403)):
    form = mine.generate_presigned_post("open-data", prefix + "form")
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in form["fields"].items())
    body += '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--x--\r\n'
    try:
        got = urllib.request.urlopen(urllib.request.Request(form["url"], body.encode(), {"Content-Type": "multipart/form-data; boundary=x"})).status
    except urllib.error.HTTPError as error:
        got = error.code
    assert got == status, (prefix, got)
s3.delete_bucket_policy(Bucket="open-data")
iam.attach_user_policy(UserName="ada", PolicyArn=arn)

# Roles: trust by name, by account, not at all; session policies, tags, external ids, chains.
bob, _ = user("bob", allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/team"))


def trust(principal, **more):
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": ["sts:AssumeRole", "sts:TagSession"], **more})


role = iam.create_role(RoleName="team", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root"))["Role"]
iam.put_role_policy(RoleName="team", PolicyName="own", PolicyDocument=policy(
    allow("s3:*", "arn:aws:s3:::open-data*"), allow("sts:AssumeRole"), allow("sns:ListTopics", Condition={"StringEquals": {"aws:PrincipalTag/team": "ml"}})))
refused("AccessDenied", ada("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="ada-1")
assumed = bob("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="bob-1")
work = session(assumed["Credentials"])
assert work("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/team/bob-1"
assert work("s3").get_object(Bucket="open-data", Key="secret/k")
said = refused("AccessDenied", work("s3").get_object, Bucket="private-data", Key="secret/k")
assert said.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/team/bob-1 is not authorized"), said
refused("AuthorizationError", work("sns").list_topics)
iam.update_assume_role_policy(RoleName="team", PolicyDocument=trust(me["Arn"], Condition={"StringEquals": {"sts:ExternalId": "42"}}))
refused("AccessDenied", bob("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="bob-1")
refused("AccessDenied", ada("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="ada-1")
narrow = ada("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ada-1", ExternalId="42", Tags=[{"Key": "team", "Value": "ml"}],
                                TransitiveTagKeys=["team"], Policy=policy(allow(["s3:GetObject", "sts:AssumeRole"]), allow("sns:*")))
work = session(narrow["Credentials"])
work("sns").list_topics()
assert work("s3").get_object(Bucket="open-data", Key="secret/k")
assert "because no session policy allows" in refused("AccessDenied", work("s3").put_object, Bucket="open-data", Key="secret/k", Body=b"")
refused("AccessDenied", work("sts").get_session_token)
refused("MalformedPolicyDocument", ada("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="ada-1", ExternalId="42", Policy="[]")
refused("ValidationError", ada("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="ada-1", ExternalId="42", DurationSeconds=43200)

# A user's own session, a federated one, and identity providers nobody has registered.
own = session(ada("sts").get_session_token(DurationSeconds=900)["Credentials"])
assert own("sts").get_caller_identity()["Arn"] == me["Arn"]
own("sns").publish(TopicArn=topic, Message="x")
iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy(allow(["s3:*", "sts:GetFederationToken"])))
federated = session(ada("sts").get_federation_token(Name="guest", Policy=policy(allow("s3:GetObject", "arn:aws:s3:::open-data/shared/*")))["Credentials"])
assert federated("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
assert federated("s3").get_object(Bucket="open-data", Key="shared/a.csv")
refused("AccessDenied", federated("s3").get_object, Bucket="open-data", Key="secret/k")
refused("InvalidIdentityToken", sts.assume_role_with_web_identity, RoleArn=role["Arn"], RoleSessionName="web", WebIdentityToken="a.eyJpc3MiOiJodHRwczovL2lkcCJ9.b")
refused("InvalidAuthorizationMessageException", sts.decode_authorization_message, EncodedMessage="x")

# Groups: what they have been given, their users may do, as long as they are in them.
group = iam.create_group(GroupName="readers", Path="/ml/")["Group"]
assert group["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/ml/readers" and group["GroupId"].startswith("AGPA"), group
refused("EntityAlreadyExists", iam.create_group, GroupName="readers")
carl, carls_key = user("carl")
refused("AccessDenied", carl("s3").get_object, Bucket="open-data", Key="shared/a.csv")
iam.add_user_to_group(GroupName="readers", UserName="carl")
iam.add_user_to_group(GroupName="readers", UserName="carl")
refused("AccessDenied", carl("s3").get_object, Bucket="open-data", Key="shared/a.csv")
iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=policy(allow("s3:GetObject"), deny("s3:GetObject", "arn:aws:s3:::private-data/*")))
assert carl("s3").get_object(Bucket="open-data", Key="shared/a.csv")
assert "explicit deny in an identity-based policy" in refused("AccessDenied", carl("s3").get_object, Bucket="private-data", Key="shared/a.csv")
iam.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AmazonSNSFullAccess")
carl("sns").list_topics()
assert [p["PolicyName"] for p in iam.list_attached_group_policies(GroupName="readers")["AttachedPolicies"]] == ["AmazonSNSFullAccess"]
assert iam.list_group_policies(GroupName="readers")["PolicyNames"] == ["read"]
assert iam.get_group_policy(GroupName="readers", PolicyName="read")["PolicyDocument"]["Statement"][0]["Effect"] == "Allow"
assert [u["UserName"] for u in iam.get_group(GroupName="readers")["Users"]] == ["carl"]
assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="carl")["Groups"]] == ["readers"]
assert [g["Arn"] for g in iam.list_groups(PathPrefix="/ml/")["Groups"]] == [group["Arn"]] and not iam.list_groups(PathPrefix="/web/")["Groups"]
refused("DeleteConflict", iam.delete_group, GroupName="readers")
refused("NoSuchEntity", iam.add_user_to_group, GroupName="readers", UserName="nobody")
refused("NoSuchEntity", iam.add_user_to_group, GroupName="nobody", UserName="carl")

# Simulations say what real calls would be told.
def simulated(answer):
    return [(r["EvalActionName"], r["EvalResourceName"], r["EvalDecision"]) for r in answer["EvaluationResults"]]


things = ["arn:aws:s3:::open-data/k", "arn:aws:s3:::private-data/k"]
carls = f"arn:aws:iam::{ACCOUNT}:user/carl"
assert simulated(iam.simulate_principal_policy(PolicySourceArn=carls, ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=things)) == [
    ("s3:GetObject", things[0], "allowed"), ("s3:GetObject", things[1], "explicitDeny"), ("s3:PutObject", things[0], "implicitDeny"), ("s3:PutObject", things[1], "implicitDeny")]
more = policy(allow("s3:PutObject", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
asked = iam.simulate_principal_policy(PolicySourceArn=carls, ActionNames=["s3:PutObject"], PolicyInputList=[more])["EvaluationResults"][0]
assert asked["EvalDecision"] == "implicitDeny" and asked["MissingContextValues"] == ["aws:RequestedRegion"], asked
region = [{"ContextKeyName": "aws:requestedregion", "ContextKeyType": "string", "ContextKeyValues": ["eu-west-1"]}]
assert iam.simulate_custom_policy(PolicyInputList=[more], ActionNames=["s3:PutObject"], ContextEntries=region)["EvaluationResults"][0]["EvalDecision"] == "allowed"
bounded = iam.simulate_custom_policy(PolicyInputList=[policy(allow("*"))], PermissionsBoundaryPolicyInputList=[policy(allow("sns:*"))], ActionNames=["s3:PutObject", "sns:Publish"])
assert [r["EvalDecision"] for r in bounded["EvaluationResults"]] == ["implicitDeny", "allowed"]
assert [r["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for r in bounded["EvaluationResults"]] == [False, True]
at_resource = policy({"Effect": "Allow", "Principal": {"AWS": carls}, "Action": "s3:PutObject", "Resource": things[0]})
assert simulated(iam.simulate_principal_policy(PolicySourceArn=carls, ActionNames=["s3:PutObject"], ResourceArns=things, ResourcePolicy=at_resource)) == [
    ("s3:PutObject", things[0], "allowed"), ("s3:PutObject", things[1], "implicitDeny")]
page = iam.simulate_custom_policy(PolicyInputList=[more], ActionNames=["a:b", "a:c", "a:d"], MaxItems=2)
assert page["IsTruncated"] and [r["EvalActionName"] for r in iam.simulate_custom_policy(PolicyInputList=[more], ActionNames=["a:b", "a:c", "a:d"], Marker=page["Marker"])["EvaluationResults"]] == ["a:d"]
refused("NoSuchEntity", iam.simulate_principal_policy, PolicySourceArn=carls + "x", ActionNames=["s3:GetObject"])
refused("InvalidInput", iam.simulate_custom_policy, PolicyInputList=["{}"], ActionNames=["s3:GetObject"])

iam.delete_access_key(UserName="carl", AccessKeyId=carls_key["AccessKeyId"])
refused("DeleteConflict", iam.delete_user, UserName="carl")
iam.remove_user_from_group(GroupName="readers", UserName="carl")
refused("NoSuchEntity", iam.remove_user_from_group, GroupName="readers", UserName="carl")
iam.delete_user(UserName="carl")
iam.delete_group_policy(GroupName="readers", PolicyName="read")
refused("DeleteConflict", iam.delete_group, GroupName="readers")
iam.detach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AmazonSNSFullAccess")
iam.delete_group(GroupName="readers")
refused("NoSuchEntity", iam.get_group, GroupName="readers")

# Keys: switched off, on again, rotated, gone; a user that is deleted takes everything along.
assert [k["AccessKeyId"] for k in iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]] == [key["AccessKeyId"]]
second = iam.create_access_key(UserName="ada")["AccessKey"]
refused("LimitExceeded", iam.create_access_key, UserName="ada")
iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Inactive")
refused("InvalidClientTokenId", ada("sts").get_caller_identity)
refused("InvalidAccessKeyId", mine.list_buckets)
iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Active")
assert ada("sts").get_caller_identity()["Arn"] == me["Arn"]
refused("DeleteConflict", iam.delete_user, UserName="ada")
for one in (key, second):
    iam.delete_access_key(UserName="ada", AccessKeyId=one["AccessKeyId"])
refused("InvalidClientTokenId", ada("sts").get_caller_identity)
iam.delete_user_policy(UserName="ada", PolicyName="own")
iam.detach_user_policy(UserName="ada", PolicyArn=arn)
iam.delete_user(UserName="ada")
refused("AccessDenied", own("s3").list_buckets)
iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
iam.delete_policy(PolicyArn=arn)
assert [u["UserName"] for u in iam.list_users()["Users"]] == ["bob"]
print("passed")
