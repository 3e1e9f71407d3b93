using Sagebrush.Services.AutoScaling;

namespace Sagebrush.Services.Tests.AutoScaling;

public sealed class AutoScalingTests(AutoScalingFixture fixture) : IClassFixture<AutoScalingFixture>
{
    [Fact]
    public async Task TargetTracking_TrafficComesAndGoes_CapacityFollows()
    {
        fixture.Metrics["tracked", "InvocationsPerInstance"] = 200;
        await fixture.RunAsync($"""
            deploy("tracked", XGBOOST, "{fixture.ModelUrl}")
            target = scaling.register_scalable_target(MinCapacity=1, MaxCapacity=4, Tags=dict(team="ml"), **of("tracked"))["ScalableTargetARN"]
            assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == dict(team="ml")
            policy = scaling.put_scaling_policy(
                PolicyName="follow", PolicyType="TargetTrackingScaling", **of("tracked"),
                TargetTrackingScalingPolicyConfiguration=dict(
                    TargetValue=100.0, ScaleInCooldown=60, ScaleOutCooldown=30,
                    PredefinedMetricSpecification=dict(PredefinedMetricType="SageMakerVariantInvocationsPerInstance")))
            names = [a["AlarmName"] for a in policy["Alarms"]]
            assert [n.rsplit("-", 5)[0] for n in names] == ["TargetTracking-endpoint/tracked/variant/AllTraffic-Alarm" + s for s in ("High", "Low")], names
            until(lambda: count("tracked") == 4)
            until(lambda: activities("tracked")[-1]["StatusCode"] == "Successful")
            first = activities("tracked")[-1]
            assert first["Description"] == "Setting desired instance count to 2.", first
            assert "policy follow wants InvocationsPerInstance at 100" in first["Cause"], first
            """);
        Assert.Equal([100, 90], fixture.Metrics.Alarms.Where(alarm => alarm.Name.Contains("tracked", StringComparison.Ordinal)).Select(alarm => alarm.Threshold).OrderDescending());
        fixture.Metrics["tracked", "InvocationsPerInstance"] = null;
        await fixture.RunAsync("""
            until(lambda: count("tracked") == 1)
            scaling.delete_scaling_policy(PolicyName="follow", **of("tracked"))
            assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker", PolicyNames=["follow"])["ScalingPolicies"] == []
            """);
        Assert.DoesNotContain(fixture.Metrics.Alarms, alarm => alarm.Name.Contains("tracked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StepScaling_AlarmOn_ScalesUp()
    {
        fixture.Metrics.Firing = new FiringAlarm("backlog", 1, 1);
        await fixture.RunAsync($"""
            deploy("stepped", XGBOOST, "{fixture.ModelUrl}")
            scaling.register_scalable_target(MinCapacity=1, MaxCapacity=5, **of("stepped"))
            sm.update_endpoint_weights_and_capacities(EndpointName="stepped", DesiredWeightsAndCapacities=[
                dict(VariantName="AllTraffic", DesiredInstanceCount=3)])
            settled("stepped")
            scaling.put_scaling_policy(
                PolicyName="HasBacklogWithoutCapacity", PolicyType="StepScaling", **of("stepped"),
                StepScalingPolicyConfiguration=dict(AdjustmentType="ChangeInCapacity", Cooldown=600,
                    StepAdjustments=[dict(MetricIntervalLowerBound=0, ScalingAdjustment=1)]))
            until(lambda: count("stepped") >= 4)
            cause = activities("stepped")[-1]["Cause"]
            assert cause == "monitor alarm backlog in state ALARM triggered policy HasBacklogWithoutCapacity", cause
            scaling.deregister_scalable_target(**of("stepped"))
            assert scaling.describe_scaling_policies(**of("stepped"))["ScalingPolicies"] == []
            """);
        fixture.Metrics.Firing = null;
    }

    [Fact]
    public async Task ScheduledActions_AtTheirTime_ChangeBoundsAndCapacity() => await fixture.RunAsync($"""
        deploy("planned", XGBOOST, "{fixture.ModelUrl}")
        scaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **of("planned"))
        scaling.put_scheduled_action(ScheduledActionName="more", Schedule="rate(10 minutes)", **of("planned"),
                                     ScalableTargetAction=dict(MinCapacity=3, MaxCapacity=5))
        until(lambda: count("planned") == 3)
        assert activities("planned")[0]["Cause"] == "minimum capacity was set to 3"
        bounds = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[of("planned")["ResourceId"]])["ScalableTargets"]
        assert [(t["MinCapacity"], t["MaxCapacity"]) for t in bounds] == [(3, 5)], bounds
        scaling.delete_scheduled_action(ScheduledActionName="more", **of("planned"))
        scaling.register_scalable_target(SuspendedState=dict(ScheduledScalingSuspended=True), **of("planned"))
        scaling.put_scheduled_action(ScheduledActionName="less", Schedule="rate(1 minute)", Timezone="Europe/Berlin", **of("planned"),
                                     ScalableTargetAction=dict(MinCapacity=1, MaxCapacity=1))
        time.sleep(1)
        assert count("planned") == 3
        scaling.register_scalable_target(SuspendedState=dict(ScheduledScalingSuspended=False), **of("planned"))
        until(lambda: count("planned") == 1)
        shown = scaling.describe_scheduled_actions(**of("planned"))["ScheduledActions"][0]
        assert (shown["Schedule"], shown["Timezone"], shown["ScalableTargetAction"]) == ("rate(1 minute)", "Europe/Berlin", dict(MinCapacity=1, MaxCapacity=1)), shown
        """);

    [Fact]
    public async Task Requests_AgainstTheRules_AreRefused() => await fixture.RunAsync($"""
        deploy("ruled", XGBOOST, "{fixture.ModelUrl}")
        def refused(code, words, call, **request):
            e = error(call, **request)["Error"]
            assert e["Code"] == code and words in e["Message"], e
        good = of("ruled")
        refused("ValidationException", "Unsupported service namespace", scaling.register_scalable_target, MinCapacity=1, MaxCapacity=2, **dict(good, ResourceId="endpoint/ruled"))
        refused("ValidationException", "Here only sagemaker", scaling.register_scalable_target, MinCapacity=1, MaxCapacity=2, **dict(good, ServiceNamespace="ecs"))
        refused("ValidationException", "doesn't exist", scaling.register_scalable_target, MinCapacity=1, MaxCapacity=2, **of("nobody"))
        refused("ValidationException", "Both MinCapacity and MaxCapacity", scaling.register_scalable_target, MinCapacity=1, **good)
        refused("ValidationException", "Maximum capacity cannot be less", scaling.register_scalable_target, MinCapacity=3, MaxCapacity=2, **good)
        refused("ValidationException", "Minimum capacity cannot be less than 1", scaling.register_scalable_target, MinCapacity=0, MaxCapacity=2, **good)
        tracking = dict(TargetValue=1.0, PredefinedMetricSpecification=dict(PredefinedMetricType="SageMakerVariantInvocationsPerInstance"))
        refused("ObjectNotFoundException", "Register it first", scaling.put_scaling_policy, PolicyName="p", PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration=tracking, **good)
        scaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **good)
        refused("ValidationException", "greater than zero", scaling.put_scaling_policy, PolicyName="p", PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration=dict(tracking, TargetValue=0.0), **good)
        refused("ValidationException", "cannot be used with scalable dimension", scaling.put_scaling_policy, PolicyName="p", PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration=dict(TargetValue=1.0, PredefinedMetricSpecification=dict(
                    PredefinedMetricType="SageMakerVariantProvisionedConcurrencyUtilization")), **good)
        refused("ValidationException", "overlap", scaling.put_scaling_policy, PolicyName="p", PolicyType="StepScaling",
                StepScalingPolicyConfiguration=dict(AdjustmentType="ChangeInCapacity", StepAdjustments=[
                    dict(MetricIntervalLowerBound=0, ScalingAdjustment=1), dict(MetricIntervalLowerBound=5, ScalingAdjustment=2)]), **good)
        refused("ValidationException", "Minimum capacity cannot be less than 1", scaling.register_scalable_target, MinCapacity=0, **good)
        refused("ValidationException", "Minimum capacity cannot be less than 1", scaling.put_scheduled_action, ScheduledActionName="a", Schedule="rate(1 day)",
                ScalableTargetAction=dict(MinCapacity=0), **good)
        refused("ValidationException", "Invalid schedule expression", scaling.put_scheduled_action, ScheduledActionName="a", Schedule="cron(nonsense)",
                ScalableTargetAction=dict(MinCapacity=1), **good)
        refused("ValidationException", "IANA", scaling.put_scheduled_action, ScheduledActionName="a", Schedule="rate(1 day)", Timezone="Mars/Olympus",
                ScalableTargetAction=dict(MinCapacity=1), **good)
        refused("ObjectNotFoundException", "No scaling policy", scaling.delete_scaling_policy, PolicyName="p", **good)
        refused("ObjectNotFoundException", "No scheduled action", scaling.delete_scheduled_action, ScheduledActionName="a", **good)
        refused("InvalidNextTokenException", "next token", scaling.describe_scalable_targets, ServiceNamespace="sagemaker", NextToken="x")
        scaling.deregister_scalable_target(**good)
        refused("ObjectNotFoundException", "No scalable target", scaling.deregister_scalable_target, **good)
        """);
}
