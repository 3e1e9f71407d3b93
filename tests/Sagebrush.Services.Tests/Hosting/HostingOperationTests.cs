namespace Sagebrush.Services.Tests.Hosting;

public sealed class HostingOperationTests(HostingFixture fixture)
{
    [Fact]
    public async Task Models_FromCreateToDelete_BehaveAsAtAws() => await fixture.Server.Boto3Async($"""
        url = "{fixture.XGBoostUrl}"
        model("Ops-Model", XGBOOST, url, A="b")
        described = sm.describe_model(ModelName="Ops-Model")
        assert described["ModelArn"] == "arn:aws:sagemaker:us-east-1:000000000000:model/ops-model", described
        assert described["PrimaryContainer"] == dict(Image=XGBOOST, ModelDataUrl=url, Environment=dict(A="b")), described
        assert described["ExecutionRoleArn"] == ROLE and described["EnableNetworkIsolation"] is False
        again = error(model, "Ops-Model", XGBOOST, url)
        assert again["Error"]["Code"] == "ValidationException", again
        assert again["Error"]["Message"] == 'Cannot create already existing model "arn:aws:sagemaker:us-east-1:000000000000:model/ops-model".', again
        missing = error(model, "ops-missing", XGBOOST, "s3://models/not/there.tar.gz")
        assert missing["Error"]["Message"] == "Could not find model data at s3://models/not/there.tar.gz.", missing
        neither = error(sm.create_model, ModelName="ops-neither", ExecutionRoleArn=ROLE)
        assert neither["Error"]["Code"] == "ValidationException", neither
        sm.delete_model(ModelName="Ops-Model")
        for call in (sm.describe_model, sm.delete_model):
            gone = error(call, ModelName="Ops-Model")
            assert gone["Error"]["Message"] == 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/ops-model".', gone
        """);

    [Fact]
    public async Task Models_Lists_FilterSortAndPage() => await fixture.Server.Boto3Async($"""
        for i in range(12):
            model("list-me-%02d" % i, XGBOOST, "{fixture.XGBoostUrl}")
        first = sm.list_models(NameContains="LIST-me")
        assert [m["ModelName"] for m in first["Models"]] == ["list-me-%02d" % i for i in range(11, 1, -1)], first
        rest = sm.list_models(NameContains="LIST-me", NextToken=first["NextToken"])
        assert [m["ModelName"] for m in rest["Models"]] == ["list-me-01", "list-me-00"] and "NextToken" not in rest, rest
        names = sm.list_models(NameContains="list-me", SortBy="Name", SortOrder="Ascending", MaxResults=3)
        assert [m["ModelName"] for m in names["Models"]] == ["list-me-00", "list-me-01", "list-me-02"]
        other = error(sm.list_models, NameContains="else", NextToken=first["NextToken"])
        assert other["Error"]["Code"] == "ValidationException", other
        middle = sm.describe_model(ModelName="list-me-05")["CreationTime"]
        assert all(m["CreationTime"] < middle for m in sm.list_models(NameContains="list-me", CreationTimeBefore=middle)["Models"])
        """);

    [Fact]
    public async Task EndpointConfigs_FromCreateToDelete_BehaveAsAtAws() => await fixture.Server.Boto3Async($"""
        model("cfg-model", XGBOOST, "{fixture.XGBoostUrl}")
        config_of("Cfg-One", variant("cfg-model"))
        described = sm.describe_endpoint_config(EndpointConfigName="Cfg-One")
        arn = "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/cfg-one"
        assert described["EndpointConfigArn"] == arn, described
        assert described["ProductionVariants"] == [variant("cfg-model")], described
        assert error(config_of, "Cfg-One", variant("cfg-model"))["Error"]["Message"] == 'Cannot create already existing endpoint configuration "%s".' % arn
        unknown = error(config_of, "cfg-two", variant("cfg-nobody"))
        assert unknown["Error"]["Message"] == 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/cfg-nobody".', unknown
        twice = error(config_of, "cfg-two", variant("cfg-model"), variant("cfg-model"))
        assert twice["Error"]["Code"] == "ValidationException", twice
        assert [c["EndpointConfigName"] for c in sm.list_endpoint_configs(NameContains="cfg-")["EndpointConfigs"]] == ["Cfg-One"]
        sm.delete_endpoint_config(EndpointConfigName="Cfg-One")
        gone = error(sm.describe_endpoint_config, EndpointConfigName="Cfg-One")
        assert gone["Error"]["Message"] == 'Could not find endpoint configuration "%s".' % arn, gone
        """);

    [Fact]
    public async Task Endpoints_FromCreateToDelete_BehaveAsAtAws() => await fixture.Server.Boto3Async($"""
        endpoint = deploy("life", XGBOOST, "{fixture.XGBoostUrl}")
        arn = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/life"
        assert (endpoint["EndpointStatus"], endpoint["EndpointArn"], endpoint["EndpointConfigName"]) == ("InService", arn, "life"), endpoint
        shown = endpoint["ProductionVariants"][0]
        assert (shown["VariantName"], shown["CurrentWeight"], shown["DesiredInstanceCount"]) == ("AllTraffic", 1.0, 1), shown
        assert shown["DeployedImages"][0]["SpecifiedImage"] == XGBOOST
        again = error(sm.create_endpoint, EndpointName="life", EndpointConfigName="life")
        assert again["Error"]["Message"] == 'Cannot create already existing endpoint "%s".' % arn, again
        nothing = error(sm.create_endpoint, EndpointName="other", EndpointConfigName="no-such")
        assert nothing["Error"]["Message"] == 'Could not find endpoint configuration "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/no-such".', nothing
        sm.delete_model(ModelName="life")
        sm.delete_endpoint_config(EndpointConfigName="life")
        assert invoke("life", "1,2,3")[0]
        assert [e["EndpointName"] for e in sm.list_endpoints(NameContains="life", StatusEquals="InService")["Endpoints"]] == ["life"]
        assert sm.list_endpoints(NameContains="life", StatusEquals="Failed")["Endpoints"] == []
        sm.delete_endpoint(EndpointName="life")
        while error_or_none := [e for e in sm.list_endpoints(NameContains="life")["Endpoints"]]:
            time.sleep(0.02)
        assert error(invoke, "life", "1,2,3")["Error"]["Code"] == "ValidationError"
        assert error(sm.describe_endpoint, EndpointName="life")["Error"]["Message"] == 'Could not find endpoint "%s".' % arn
        assert error(sm.delete_endpoint, EndpointName="life")["Error"]["Message"] == 'Could not find endpoint "%s".' % arn
        """);
}
