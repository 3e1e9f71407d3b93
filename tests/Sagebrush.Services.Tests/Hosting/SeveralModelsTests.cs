namespace Sagebrush.Services.Tests.Hosting;

public sealed class SeveralModelsTests(HostingFixture fixture)
{
    private const string Doubler = """
        os.mkdir("code")
        open("code/serve.py", "w").write('''
        def model_fn(d): return None
        def input_fn(body, content_type): return (body if isinstance(body, str) else body.decode()), content_type
        def predict_fn(data, model):
            text, kind = data
            if "boom" in text: raise ValueError("no boom here")
            return [[float(v) * 2 for v in line.split(",")] for line in text.strip().split("\\n")], kind
        def output_fn(prediction, accept): return "\\n".join(",".join(str(v) for v in row) for row in prediction[0]), "text/csv"
        '''.replace("\n        ", "\n"))
        """;

    [Fact]
    public async Task InvokeEndpoint_MultiModel_LoadsTheModelThatIsNamed()
    {
        await fixture.Server.TrainAsync("many/a.tar.gz", HostingFixture.XGBoost);
        await fixture.Server.TrainAsync("many/deeper/b.tar.gz", HostingFixture.XGBoost.Replace("> 1.5", "> 2.5", StringComparison.Ordinal));

        await fixture.Server.Boto3Async("""
            sm.create_model(ModelName="many", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": XGBOOST, "Mode": "MultiModel", "ModelDataUrl": "s3://models/many/"})
            config_of("many", variant("many"))
            sm.create_endpoint(EndpointName="many", EndpointConfigName="many")
            assert settled("many")["EndpointStatus"] == "InService"
            a, b = (float(invoke("many", "0.6,0.6,0.6", TargetModel=name)[0]) for name in ("a.tar.gz", "deeper/b.tar.gz"))
            assert a > 0.5 > b, (a, b)
            missing = error(invoke, "many", "0.6,0.6,0.6", TargetModel="c.tar.gz")["Error"]
            assert missing["Code"] == "ValidationError" and 'from URL: "s3://models/many/c.tar.gz"' in missing["Message"], missing
            missing = error(invoke, "many", "0.6,0.6,0.6")["Error"]
            assert missing["Code"] == "ValidationError" and "TargetModel is required" in missing["Message"], missing
            escaped = error(invoke, "many", "0.6,0.6,0.6", TargetModel="../../secret")["Error"]
            assert escaped["Code"] == "ValidationError", escaped
            bad = error(invoke, "many", "1", TargetModel="a.tar.gz")
            assert bad["Error"]["Code"] == "ModelError", bad
            """);
    }

    [Fact]
    public async Task InvokeEndpoint_Pipeline_GivesEachAnswerToTheNextContainer()
    {
        var doubler = await fixture.Server.TrainAsync("pipeline/double.tar.gz", Doubler);

        await fixture.Server.Boto3Async($$"""
            script = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
            double = {"Image": SKLEARN, "ModelDataUrl": "{{doubler}}", "Environment": script}
            trees = {"Image": XGBOOST, "ModelDataUrl": "{{fixture.XGBoostUrl}}"}
            sm.create_model(ModelName="pipe", ExecutionRoleArn=ROLE, Containers=[{**double, "ContainerHostname": "first"}, trees])
            config_of("pipe", variant("pipe"))
            sm.create_endpoint(EndpointName="pipe", EndpointConfigName="pipe")
            assert settled("pipe")["EndpointStatus"] == "InService", settled("pipe")
            deploy("pipe-alone", XGBOOST, "{{fixture.XGBoostUrl}}")
            assert invoke("pipe", "0.3,0.35,0.4")[0] == invoke("pipe-alone", "0.6,0.7,0.8")[0]
            assert json.loads(invoke("pipe", "0.3,0.35,0.4", Accept="application/json")[0])["predictions"]
            bad = error(invoke, "pipe", "boom")
            assert bad["Error"]["Code"] == "ModelError" and 'from first with message "' in bad["Error"]["Message"], bad
            bad = error(invoke, "pipe", "1,2")
            assert bad["Error"]["Code"] == "ModelError" and 'from container_2 with message "' in bad["Error"]["Message"], bad
            """);
    }

    [Fact]
    public async Task InvokeEndpoint_SeveralContainersDirectly_AsksTheOneThatIsNamed()
    {
        var doubler = await fixture.Server.TrainAsync("direct/double.tar.gz", Doubler);

        await fixture.Server.Boto3Async($$"""
            script = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
            double = {"Image": SKLEARN, "ModelDataUrl": "{{doubler}}", "Environment": script}
            trees = {"Image": XGBOOST, "ModelDataUrl": "{{fixture.XGBoostUrl}}"}
            direct = {"ExecutionRoleArn": ROLE, "InferenceExecutionConfig": {"Mode": "Direct"} }
            unnamed = error(sm.create_model, ModelName="direct", Containers=[double, trees], **direct)["Error"]["Message"]
            assert "needs a ContainerHostname" in unnamed, unnamed
            sm.create_model(ModelName="direct", Containers=[{**double, "ContainerHostname": "double"}, {**trees, "ContainerHostname": "trees"}], **direct)
            assert sm.describe_model(ModelName="direct")["InferenceExecutionConfig"]["Mode"] == "Direct"
            config_of("direct", variant("direct"))
            sm.create_endpoint(EndpointName="direct", EndpointConfigName="direct")
            assert settled("direct")["EndpointStatus"] == "InService"
            assert invoke("direct", "1,2,3", TargetContainerHostname="double")[0] == "2.0,4.0,6.0"
            assert 0 < float(invoke("direct", "1,2,3", TargetContainerHostname="trees")[0]) < 1
            nobody = error(invoke, "direct", "1,2,3", TargetContainerHostname="nobody")["Error"]
            assert nobody["Code"] == "ValidationError" and "there are double, trees" in nobody["Message"], nobody
            assert "TargetContainerHostname is required" in error(invoke, "direct", "1,2,3")["Error"]["Message"]
            """);
    }
}
