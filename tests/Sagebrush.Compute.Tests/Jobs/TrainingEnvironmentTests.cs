using System.Text.Json;
using System.Text.Json.Nodes;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Tests.Jobs;

/// <summary>
/// The judge is AWS's own toolkit (sagemaker-training 5): <c>training-environment.json</c> holds what it made of some jobs,
/// with four processors and no accelerator.
/// </summary>
public sealed class TrainingEnvironmentTests
{
    // Added by the service and its images, not by the toolkit.
    private static readonly string[] OfThePlatform = ["SM_INPUT", "SM_INPUT_TRAINING_CONFIG_FILE", "SM_INPUT_DATA_CONFIG_FILE", "SM_CHECKPOINT_CONFIG_FILE"];

    public static TheoryData<string> Cases() => [.. Golden().Select(pair => pair.Key)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Arguments_OfAJob_AreThoseOfTheToolkit(string name)
    {
        var golden = Golden()[name]!;

        var environment = TrainingEnvironment.For(Describe(golden), new ContractPaths(ContractPaths.StandardRoot));

        Assert.Equal(golden["arguments"]!.AsArray().Select(value => value!.GetValue<string>()), environment.Arguments);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Variables_OfAJob_AreThoseOfTheToolkit(string name)
    {
        var golden = Golden()[name]!;

        var environment = TrainingEnvironment.For(Describe(golden), new ContractPaths(ContractPaths.StandardRoot));

        var expected = golden["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
        var actual = environment.Variables.Where(pair => pair.Key.StartsWith("SM_", StringComparison.Ordinal)).ExceptBy(OfThePlatform, pair => pair.Key).ToDictionary();
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, actual[pair.Key]));
    }

    [Fact]
    public void For_ATreeElsewhere_NamesItEverywhere()
    {
        var environment = TrainingEnvironment.For(Describe(Golden()["script"]!), new ContractPaths("/data/job/ml"));

        Assert.Equal("/data/job/ml", environment.Variables["SAGEMAKER_BASE_DIR"]);
        Assert.Equal("/data/job/ml/input/data/train", environment.Variables["SM_CHANNEL_TRAIN"]);
        Assert.DoesNotContain(environment.Variables.Values, value => value.Contains(ContractPaths.StandardRoot, StringComparison.Ordinal));
    }

    [Fact]
    public void For_AnyJob_TellsItsNameAndRegion()
    {
        var variables = TrainingEnvironment.For(Describe(Golden()["algorithm"]!), new ContractPaths(ContractPaths.StandardRoot)).Variables;

        Assert.Equal("churn-2024", variables["TRAINING_JOB_NAME"]);
        Assert.Equal("arn:aws:sagemaker:us-east-1:000000000000:training-job/churn-2024", variables["TRAINING_JOB_ARN"]);
        Assert.Equal("us-east-1", variables["AWS_REGION"]);
        Assert.Equal("/opt/ml/input/config/hyperparameters.json", variables["SM_INPUT_TRAINING_CONFIG_FILE"]);
    }

    private static JsonObject Golden()
    {
        using var stream = typeof(TrainingEnvironmentTests).Assembly.GetManifestResourceStream("training-environment.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    private static JobDescription Describe(JsonNode golden) => new()
    {
        Name = "churn-2024",
        Arn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/churn-2024",
        Region = "us-east-1",
        Hyperparameters = golden["hyperparameters"].Deserialize<Dictionary<string, string>>()!,
        Channels = [.. golden["channels"]!.AsArray().Select(channel => new JobChannel(channel!["name"]!.GetValue<string>()) { ContentType = channel["contentType"]?.GetValue<string>() })],
        Cluster = new JobCluster("ml.m5.xlarge", golden["currentHost"]!.GetValue<string>(), golden["hosts"].Deserialize<string[]>()!),
        CpuCount = 4,
        FrameworkModule = "sagemaker_sklearn_container.training:main",
    };
}
