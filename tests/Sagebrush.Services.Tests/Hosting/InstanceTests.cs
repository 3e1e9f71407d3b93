namespace Sagebrush.Services.Tests.Hosting;

public sealed class InstanceTests(HostingFixture fixture)
{
    [Fact]
    public async Task Weights_OfTwoVariants_ShareTheTraffic() => await fixture.Server.Boto3Async($"""
        model("ab", XGBOOST, "{fixture.XGBoostUrl}")
        config_of("ab", variant("ab", "A", 0.7), variant("ab", "B", 0.3))
        sm.create_endpoint(EndpointName="ab", EndpointConfigName="ab")
        assert settled("ab")["EndpointStatus"] == "InService"
        def share_of_a(n=400):
            return sum(invoke("ab", "1,2,3")[2] == "A" for _ in range(n)) / n
        assert abs(share_of_a() - 0.7) < 0.115
        assert all(invoke("ab", "1,2,3", TargetVariant="B")[2] == "B" for _ in range(20))
        sm.update_endpoint_weights_and_capacities(EndpointName="ab", DesiredWeightsAndCapacities=[
            dict(VariantName="A", DesiredWeight=1), dict(VariantName="B", DesiredWeight=9)])
        changed = settled("ab")
        assert [v["CurrentWeight"] for v in changed["ProductionVariants"]] == [1.0, 9.0], changed
        assert abs(share_of_a() - 0.1) < 0.075
        """);

    [Fact]
    public async Task Capacities_Changed_StartAndEndInstancesWithoutAFailure()
    {
        await fixture.Server.Boto3Async($"""
            import threading
            code_model = "{fixture.ScikitLearnUrl}"
            model("scale", SKLEARN, code_model, SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_MODEL_SERVER_WORKERS="1")
            config_of("scale", variant("scale"))
            sm.create_endpoint(EndpointName="scale", EndpointConfigName="scale")
            assert settled("scale")["EndpointStatus"] == "InService"
            stop, failures = False, []
            def load():
                while not stop:
                    try:
                        invoke("scale", "5.1,3.5,1.4,0.2")
                    except Exception as e:
                        failures.append(e)
            threads = [threading.Thread(target=load) for _ in range(2)]
            for t in threads: t.start()
            def scale(count):
                sm.update_endpoint_weights_and_capacities(EndpointName="scale", DesiredWeightsAndCapacities=[
                    dict(VariantName="AllTraffic", DesiredInstanceCount=count)])
                during = sm.describe_endpoint(EndpointName="scale")
                if during["EndpointStatus"] == "Updating":
                    assert during["ProductionVariants"][0]["DesiredInstanceCount"] == count, during
                    assert "PendingDeploymentSummary" not in during
                return settled("scale")
            grown = scale(3)
            assert (grown["EndpointStatus"], grown["ProductionVariants"][0]["CurrentInstanceCount"]) == ("InService", 3), grown
            shrunk = scale(1)
            assert (shrunk["EndpointStatus"], shrunk["ProductionVariants"][0]["CurrentInstanceCount"]) == ("InService", 1), shrunk
            stop = True
            for t in threads: t.join()
            assert not failures, failures
            """);
    }

    [Fact]
    public async Task Instances_MoreThanTheMachineHas_AreTold() => await fixture.Server.Boto3Async($"""
        model("crowd", XGBOOST, "{fixture.XGBoostUrl}")
        config_of("crowd", dict(variant("crowd"), InitialInstanceCount=100000))
        sm.create_endpoint(EndpointName="crowd", EndpointConfigName="crowd")
        failed = settled("crowd")
        assert failed["EndpointStatus"] == "Failed", failed
        assert failed["FailureReason"].startswith("Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error: 100000 more"), failed
        config_of("crowd-few", dict(variant("crowd"), InitialInstanceCount=3))
        sm.create_endpoint(EndpointName="crowd-few", EndpointConfigName="crowd-few")
        assert settled("crowd-few")["EndpointStatus"] == "InService"
        sm.update_endpoint_weights_and_capacities(EndpointName="crowd-few", DesiredWeightsAndCapacities=[
            dict(VariantName="AllTraffic", DesiredInstanceCount=100000)])
        kept = settled("crowd-few")
        assert (kept["EndpointStatus"], kept["ProductionVariants"][0]["CurrentInstanceCount"]) == ("InService", 3), kept
        assert "InsufficientInstanceCapacity" in kept["FailureReason"], kept
        assert invoke("crowd-few", "1,2,3")[0]
        """);
}
