using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Tests.Contracts;
using Sagebrush.Wire.Validation;
using Xunit;

namespace Sagebrush.Wire.Tests.Validation;

/// <summary>Broken constraints are told in AWS's own words, as its users quote them.</summary>
public sealed class ConstraintValidatorTests
{
    private const string NamePattern = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    [Fact]
    public void Validate_GoodRequest_HasNothingToSay() => Assert.Null(ConstraintValidator.Validate(Good()));

    [Fact]
    public void Validate_MissingMember_IsNamed()
    {
        var request = Good();
        request.RoleArn = null!;

        Broken("1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null", request);
    }

    [Fact]
    public void Validate_MissingNumber_IsToldFromZero()
    {
        var request = new ProcessingResources { ClusterConfig = new ProcessingClusterConfig { InstanceType = "ml.m5.large", InstanceCount = 1 } };

        Broken("1 validation error detected: Value null at 'clusterConfig.volumeSizeInGB' failed to satisfy constraint: Member must not be null", request);
    }

    [Fact]
    public void Validate_WrongPattern_QuotesTheModels()
    {
        var request = Good();
        request.TrainingJobName = "my_job";

        Broken($"1 validation error detected: Value 'my_job' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: {NamePattern}", request);
    }

    [Fact]
    public void Validate_EmptyText_BreaksPatternAndLength()
    {
        var request = Good();
        request.TrainingJobName = "";

        Broken(
            "2 validation errors detected: "
            + $"Value '' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: {NamePattern}; "
            + "Value '' at 'trainingJobName' failed to satisfy constraint: Member must have length greater than or equal to 1",
            request);
    }

    [Fact]
    public void Validate_TooLongText_IsCutShort()
    {
        var request = Good();
        request.TrainingJobName = new string('a', 5000);

        Broken($"1 validation error detected: Value '{new string('a', 256)}…' at 'trainingJobName' failed to satisfy constraint: Member must have length less than or equal to 63", request);
    }

    [Fact]
    public void Validate_NumberOutOfRange_NamesTheBound()
    {
        var request = Good();
        request.ResourceConfig!.VolumeSizeInGB = -1;
        request.StoppingCondition!.MaxRuntimeInSeconds = -5;

        Broken(
            "2 validation errors detected: "
            + "Value '-1' at 'resourceConfig.volumeSizeInGB' failed to satisfy constraint: Member must have value greater than or equal to 0; "
            + "Value '-5' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1",
            request,
            inAnyOrder: true);
    }

    [Fact]
    public void Validate_UnknownEnumerationValue_ListsTheKnownOnes()
    {
        var request = Good();
        request.AlgorithmSpecification!.TrainingInputMode = "Tape";

        Broken("1 validation error detected: Value 'Tape' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]", request);
    }

    [Fact]
    public void Validate_ElementOfAList_IsNamedByItsPlace()
    {
        var request = Good();
        request.InputDataConfig![1].ChannelName = "no spaces";

        Broken("1 validation error detected: Value 'no spaces' at 'inputDataConfig.2.member.channelName' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9\\.\\-_]+", request);
    }

    [Fact]
    public void Validate_PlainElementsOfAList_AreReportedTogether()
    {
        var request = Good();
        request.VpcConfig = new VpcConfig { SecurityGroupIds = ["sg-1", "!"], Subnets = ["subnet-1"] };

        Broken(
            "1 validation error detected: Value '[sg-1, !]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: "
            + "[Member must have length less than or equal to 32, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]",
            request);
    }

    [Fact]
    public void Validate_EmptyList_BreaksItsLength()
    {
        var request = Good();
        request.VpcConfig = new VpcConfig { SecurityGroupIds = [], Subnets = ["subnet-1"] };

        Broken("1 validation error detected: Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length greater than or equal to 1", request);
    }

    [Fact]
    public void Validate_ValuesOfAMap_AreReportedTogether()
    {
        var request = Good();
        request.HyperParameters = new Dictionary<string, string> { ["eta"] = "0.1", ["long"] = new('x', 2501) };
        var message = ConstraintValidator.Validate(request);

        Assert.StartsWith("1 validation error detected: Value '{eta=0.1, long=xxx", message, StringComparison.Ordinal);
        Assert.EndsWith(
            "' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2500, "
            + "Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: .*]",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_KeysOfAMap_AreReportedTogether()
    {
        var request = Good();
        request.HyperParameters = new Dictionary<string, string> { [new string('k', 257)] = "1" };

        Assert.Contains(
            "at 'hyperParameters' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 256, ",
            ConstraintValidator.Validate(request),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TooManyEntries_BreakTheMapsLength()
    {
        var request = Good();
        request.HyperParameters = Enumerable.Range(0, 101).ToDictionary(i => $"k{i}", _ => "v");

        Assert.EndsWith("k19=v, …}' at 'hyperParameters' failed to satisfy constraint: Member must have length less than or equal to 100", ConstraintValidator.Validate(request), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MillionsOfBadElements_MakeAShortMessage()
    {
        var request = Good();
        request.Tags = [.. Enumerable.Range(0, 100_000).Select(_ => new Tag { Key = "", Value = "" })];

        Assert.True(ConstraintValidator.Validate(request)!.Length < 100_000);
    }

    [Fact]
    public void Validate_SensitiveValue_IsNotShown()
    {
        var member = new Member("Password", ShapeType.String) { Sensitive = true, Constraints = new Constraints(min: 6) };
        var request = new OneMember(member, (writer, m) => writer.WriteString(m, "hush"));

        Broken("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 6", request);
    }

    [Fact]
    public void Validate_NotANumber_SatisfiesNoRange()
    {
        var member = new Member("Rate", ShapeType.Double) { Constraints = new Constraints(min: 0, max: 1) };

        Assert.StartsWith("2 validation errors", ConstraintValidator.Validate(new OneMember(member, (writer, m) => writer.WriteDouble(m, double.NaN))), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Blob_IsMeasuredNotShown()
    {
        var member = new Member("Data", ShapeType.Blob) { Constraints = new Constraints(max: 2) };

        Broken(
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 2",
            new OneMember(member, (writer, m) => writer.WriteBlob(m, [1, 2, 3])));
    }

    [Fact]
    public void Validate_LogsRequest_SpeaksTheSameWords() => Broken(
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
        new Sagebrush.Contracts.Logs.DescribeLogGroupsRequest { Limit = 0 });

    [Fact]
    public void Validate_RandomContracts_NeverThrows()
    {
        foreach (var (seed, type) in ContractCatalog.Shapes.Index())
        {
            ConstraintValidator.Validate(RandomShapeReader.Fill(ContractCatalog.New(type), seed));
        }
    }

    private static void Broken(string message, IShape request, bool inAnyOrder = false)
    {
        var actual = ConstraintValidator.Validate(request) ?? "";
        if (inAnyOrder)
        {
            Assert.Equal(Parts(message), Parts(actual));
        }
        else
        {
            Assert.Equal(message, actual);
        }

        static IEnumerable<string> Parts(string text) => text.Split(": ", 2)[1].Split("; ").Order(StringComparer.Ordinal);
    }

    private static CreateTrainingJobRequest Good() => new()
    {
        TrainingJobName = "my-job",
        RoleArn = "arn:aws:iam::000000000000:role/service-role/SageMaker",
        AlgorithmSpecification = new AlgorithmSpecification { TrainingImage = "xgboost:1", TrainingInputMode = "File" },
        InputDataConfig = [Channel("train"), Channel("validation")],
        OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://bucket/output" },
        ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 10 },
        StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 3600 },
        HyperParameters = new Dictionary<string, string> { ["eta"] = "0.1" },
    };

    private static Channel Channel(string name) => new()
    {
        ChannelName = name,
        DataSource = new DataSource { S3DataSource = new S3DataSource { S3DataType = "S3Prefix", S3Uri = "s3://bucket/train" } },
    };

    private sealed class OneMember(Member member, Action<ShapeWriter, Member> write) : IShape
    {
        public StructureSchema Schema { get; } = new("One", [member]);

        public void WriteMembers(ShapeWriter writer) => write(writer, Schema[0]);

        public void ReadMember(int index, ShapeReader reader) => throw new NotSupportedException();
    }
}
