namespace Sagebrush.Services.Tests.Hosting;

public sealed class ModelRegistryTests(HostingFixture fixture)
{
    private const string Words = """
        def specification(url, image=None, **more):
            return {"Containers": [{"Image": image or XGBOOST, "ModelDataUrl": url, **more}], "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}

        def register(group, url, **more):
            return sm.create_model_package(ModelPackageGroupName=group, InferenceSpecification=specification(url), **more)["ModelPackageArn"]


        """;

    [Fact]
    public async Task ModelPackages_Versions_AreRegisteredApprovedAndDeployed() => await fixture.Server.Boto3Async(Words + $$"""
        url = "{{fixture.XGBoostUrl}}"
        group = sm.create_model_package_group(ModelPackageGroupName="Churn", ModelPackageGroupDescription="who leaves", Tags=[dict(Key="team", Value="a")])["ModelPackageGroupArn"]
        assert group == "arn:aws:sagemaker:us-east-1:000000000000:model-package-group/churn", group
        assert sm.list_tags(ResourceArn=group)["Tags"] == [dict(Key="team", Value="a")]
        described = sm.describe_model_package_group(ModelPackageGroupName="Churn")
        assert described["ModelPackageGroupStatus"] == "Completed" and described["CreatedBy"]["IamIdentity"]["Arn"].endswith(":root"), described
        twice = error(sm.create_model_package_group, ModelPackageGroupName="Churn")
        assert twice["Error"]["Code"] == "ValidationException" and "already exists" in twice["Error"]["Message"], twice

        first = register("Churn", url, ClientToken="t" * 36, ModelMetrics=dict(ModelQuality=dict(Statistics=dict(ContentType="application/json", S3Uri="s3://models/q.json"))))
        assert first.endswith(":model-package/churn/1") and register("Churn", url, ClientToken="t" * 36) == first
        second = register("Churn", url, ModelApprovalStatus="Approved", CustomerMetadataProperties=dict(a="1", b="2"))
        assert second.endswith(":model-package/churn/2")
        package = sm.describe_model_package(ModelPackageName=first)
        assert (package["ModelPackageVersion"], package["ModelApprovalStatus"], package["ModelPackageStatus"]) == (1, "PendingManualApproval", "Completed"), package
        assert package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == "s3://models/q.json" and package["ModelPackageGroupName"] == "Churn", package

        refused = error(sm.create_model, ModelName="churn-pending", ExecutionRoleArn=ROLE, PrimaryContainer=dict(ModelPackageName=first))
        assert refused["Error"]["Code"] == "ValidationException" and "PendingManualApproval" in refused["Error"]["Message"], refused
        sm.update_model_package(ModelPackageArn=first, ModelApprovalStatus="Approved", ApprovalDescription="good")
        sm.update_model_package(ModelPackageArn=second, ModelApprovalStatus="Rejected", CustomerMetadataProperties=dict(c="3"), CustomerMetadataPropertiesToRemove=["a"],
                                AdditionalInferenceSpecificationsToAdd=[dict(Name="other", Containers=[dict(Image=XGBOOST, ModelDataUrl=url, Environment=dict(WHO="me"))])])
        package = sm.describe_model_package(ModelPackageName="Churn/2")
        assert package["CustomerMetadataProperties"] == dict(b="2", c="3") and package["LastModifiedBy"], package

        versions = sm.list_model_packages(ModelPackageGroupName="Churn", SortOrder="Descending")["ModelPackageSummaryList"]
        assert [v["ModelPackageVersion"] for v in versions] == [2, 1], versions
        approved = sm.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")["ModelPackageSummaryList"]
        assert [v["ModelPackageArn"] for v in approved] == [first], approved
        batch = sm.batch_describe_model_package(ModelPackageArnList=[first, first[:-1] + "9"])
        assert batch["ModelPackageSummaries"][first]["ModelApprovalStatus"] == "Approved" and len(batch["BatchDescribeModelPackageErrorMap"]) == 1, batch

        sm.create_model(ModelName="churn-approved", ExecutionRoleArn=ROLE, PrimaryContainer=dict(ModelPackageName=first, Environment=dict(MORE="1")))
        container = sm.describe_model(ModelName="churn-approved")["PrimaryContainer"]
        assert (container["Image"], container["ModelDataUrl"], container["ModelPackageName"], container["Environment"]) == (XGBOOST, url, first, dict(MORE="1")), container
        config_of("churn-approved", variant("churn-approved"))
        sm.create_endpoint(EndpointName="churn-approved", EndpointConfigName="churn-approved")
        assert settled("churn-approved")["EndpointStatus"] == "InService"
        assert 0 < float(invoke("churn-approved", "1,1,1")[0]) < 1

        full = error(sm.delete_model_package_group, ModelPackageGroupName="Churn")
        assert full["Error"]["Code"] == "ConflictException" and "still contains" in full["Error"]["Message"], full
        sm.delete_model_package(ModelPackageName=second)
        assert register("Churn", url).endswith("/3")
        for version in (first, "Churn/3"):
            sm.delete_model_package(ModelPackageName=version)
        sm.delete_model_package_group(ModelPackageGroupName="Churn")
        gone = error(sm.describe_model_package_group, ModelPackageGroupName="Churn")
        assert "does not exist" in gone["Error"]["Message"], gone
        """);

    [Fact]
    public async Task ModelPackages_PoliciesAndBadRequests_AreCheckedAndKept() => await fixture.Server.Boto3Async(Words + $$"""
        url = "{{fixture.XGBoostUrl}}"
        sm.create_model_package_group(ModelPackageGroupName="shared")
        none = error(sm.get_model_package_group_policy, ModelPackageGroupName="shared")
        assert none["Error"]["Message"].startswith("Cannot find resource policy for"), none
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                             "Action": "sagemaker:DescribeModelPackage", "Resource": "*"}]})
        sm.put_model_package_group_policy(ModelPackageGroupName="shared", ResourcePolicy=policy)
        assert sm.get_model_package_group_policy(ModelPackageGroupName="shared")["ResourcePolicy"] == policy
        bad = error(sm.put_model_package_group_policy, ModelPackageGroupName="shared", ResourcePolicy="{}")
        assert bad["Error"]["Code"] == "ValidationException" and "ResourcePolicy" in bad["Error"]["Message"], bad
        sm.delete_model_package_group_policy(ModelPackageGroupName="shared")
        assert error(sm.get_model_package_group_policy, ModelPackageGroupName="shared")

        only = sm.create_model_package(ModelPackageName="alone", InferenceSpecification=specification(url))["ModelPackageArn"]
        assert only.endswith(":model-package/alone")
        assert [p["ModelPackageName"] for p in sm.list_model_packages(NameContains="alone")["ModelPackageSummaryList"]] == ["alone"]
        again = error(sm.create_model_package, ModelPackageName="alone", InferenceSpecification=specification(url))
        assert "ModelPackage already exists" in again["Error"]["Message"], again
        for request, words in (
            (dict(InferenceSpecification=specification(url)), "either ModelPackageName or ModelPackageGroupName"),
            (dict(ModelPackageGroupName="nobody", InferenceSpecification=specification(url)), "does not exist"),
            (dict(ModelPackageGroupName="shared"), "InferenceSpecification"),
            (dict(ModelPackageGroupName="shared", InferenceSpecification=specification("http://x/y")), "odelDataUrl"),
        ):
            refused = error(sm.create_model_package, **request)
            assert refused["Error"]["Code"] == "ValidationException" and words in refused["Error"]["Message"], refused
        both = error(sm.create_model, ModelName="both", ExecutionRoleArn=ROLE, PrimaryContainer=dict(ModelPackageName=only, Image=XGBOOST))
        assert "together with ModelPackageName" in both["Error"]["Message"], both
        """);

    [Fact]
    public async Task CreateModel_UncompressedModel_IsServedFromPrefixAndObject() => await fixture.Server.Boto3Async($$"""
        import io, tarfile
        s3 = boto3.client("s3", config=config)
        tar = tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket="models", Key="xgboost/model.tar.gz")["Body"].read()))
        booster = tar.extractfile("./xgboost-model").read()
        s3.put_object(Bucket="models", Key="plain/v1/xgboost-model", Body=booster)
        def source(uri, kind, compression):
            return {"Image": XGBOOST, "ModelDataSource": {"S3DataSource": {"S3Uri": uri, "S3DataType": kind, "CompressionType": compression} } }
        answers = []
        for name, uri, kind, compression in (("plain-prefix", "s3://models/plain/v1/", "S3Prefix", "None"), ("plain-object", "s3://models/plain/v1/xgboost-model", "S3Object", "None"),
                                             ("plain-archive", "{{fixture.XGBoostUrl}}", "S3Object", "Gzip")):
            sm.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=source(uri, kind, compression))
            config_of(name, variant(name))
            sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
            endpoint = settled(name)
            assert endpoint["EndpointStatus"] == "InService", endpoint
            answers.append(invoke(name, "0.5,0.4,0.9")[0])
        assert len(set(answers)) == 1, answers
        for uri, kind, compression, words in (("s3://models/plain/v1", "S3Prefix", "None", "must end with a slash"), ("s3://models/plain/v2/", "S3Prefix", "None", "Could not find model data"),
                                              ("s3://models/plain/v1/", "S3Prefix", "Gzip", "CompressionType None")):
            refused = error(sm.create_model, ModelName="plain-bad", ExecutionRoleArn=ROLE, PrimaryContainer=source(uri, kind, compression))
            assert refused["Error"]["Code"] == "ValidationException" and words in refused["Error"]["Message"], refused
        """);
}
