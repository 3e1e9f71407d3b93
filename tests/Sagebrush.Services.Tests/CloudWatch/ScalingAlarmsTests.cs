using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.AutoScaling;

namespace Sagebrush.Services.Tests.CloudWatch;

public sealed class ScalingAlarmsTests : IAsyncDisposable
{
    private const string Policy = "arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:1:resource/sagemaker/endpoint/e/variant/v:policyName/p";

    private readonly AlarmServer _server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"recentDatapoints":[2.0,7.5]}""", 7.5)]
    [InlineData("""{"recentDatapoints":[]}""", 3)]
    [InlineData("[]", 3)]
    [InlineData(null, 3)]
    public async Task Firing_AlarmThatNamesAPolicy_IsSeenWithItsLastValue(string? data, double value)
    {
        await PutAsync("mine", Policy);
        await PutAsync("quiet", Policy);
        await PutAsync("other", AlarmServer.Action);
        Assert.Empty(await FiringAsync());

        await SetAsync("mine", data);
        await SetAsync("other", data);

        Assert.Equal([new FiringAlarm("mine", 3, value)], await FiringAsync());
    }

    [Fact]
    public async Task Firing_AlarmWithoutActions_IsNotSeen()
    {
        await PutAsync("mine", Policy);
        await SetAsync("mine", null);
        await _server.Operations.SwitchAsync(["mine"], enabled: false, _server.Context, Cancellation);

        Assert.Empty(await FiringAsync());
    }

    [Fact]
    public async Task Put_AlarmOfTargetTracking_ShowsInCloudWatchUntilItIsDeleted()
    {
        var metric = new ScalingMetric("AWS/SageMaker", "InvocationsPerInstance", [("EndpointName", "e"), ("VariantName", "v")], "Sum", TimeSpan.FromMinutes(1));
        for (var threshold = 100; threshold <= 200; threshold += 100)
        {
            Assert.Equal(
                "arn:aws:cloudwatch:us-east-1:000000000000:alarm:TargetTracking-high",
                await _server.Scaling.PutAsync(
                    AlarmServer.Account, AlarmServer.Region, new("TargetTracking-high", "DO NOT EDIT OR DELETE.", metric, threshold, true, 3, Policy), Cancellation));
        }

        var shown = Assert.Single((await _server.Describe.DescribeAsync(new DescribeAlarmsInput(), _server.Context, Cancellation)).MetricAlarms!);
        Assert.Equal((200, "GreaterThanThreshold", 3, 60), (shown.Threshold, shown.ComparisonOperator, shown.EvaluationPeriods, shown.Period));
        Assert.Equal([Policy], shown.AlarmActions);

        await _server.Scaling.DeleteAsync(AlarmServer.Account, AlarmServer.Region, ["TargetTracking-high", "TargetTracking-low"], Cancellation);
        Assert.Empty((await _server.Describe.DescribeAsync(new DescribeAlarmsInput(), _server.Context, Cancellation)).MetricAlarms!);
    }

    private ValueTask<IReadOnlyList<FiringAlarm>> FiringAsync() =>
        _server.Scaling.FiringAsync(AlarmServer.Account, AlarmServer.Region, Policy, Cancellation);

    private async Task PutAsync(string name, string action) => await _server.Put.PutMetricAlarmAsync(
        new PutMetricAlarmInput
        {
            AlarmName = name,
            AlarmActions = [action],
            Namespace = "Test",
            MetricName = name,
            Statistic = "Sum",
            Period = 60,
            EvaluationPeriods = 1,
            Threshold = 3,
            ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
        },
        _server.Context,
        Cancellation);

    private async Task SetAsync(string name, string? data) => await _server.Operations.SetStateAsync(
        new SetAlarmStateInput { AlarmName = name, StateValue = StateValue.Alarm, StateReason = "tried", StateReasonData = data }, _server.Context, Cancellation);
}
