using System.Text.Json.Nodes;
using Sagebrush.Compute.Capacity;

namespace Sagebrush.Compute.Tests.Capacity;

public sealed class InstanceCatalogueTests
{
    [Theory]
    [InlineData("TrainingInstanceType")]
    [InlineData("ProcessingInstanceType")]
    [InlineData("TransformInstanceType")]
    [InlineData("ProductionVariantInstanceType")]
    public void All_TypesTheApiNames_AreKnown(string shape)
    {
        var names = Model()["shapes"]![shape]!["enum"]!.AsArray().Select(name => name!.GetValue<string>());

        Assert.DoesNotContain(names, name => !InstanceCatalogue.TryGet(name, out _));
    }

    [Theory]
    [InlineData("ml.m5.large", 2, 8, 0, "0.1152")]
    [InlineData("ml.m5.24xlarge", 96, 384, 0, "5.5296")]
    [InlineData("ml.c5.9xlarge", 36, 72, 0, "1.836")]
    [InlineData("ml.c5n.xlarge", 4, 10.5, 0, "0.2592")]
    [InlineData("ml.c4.8xlarge", 36, 60, 0, "1.909")]
    [InlineData("ml.r5.4xlarge", 16, 128, 0, "1.2096")]
    [InlineData("ml.t3.medium", 2, 4, 0, "0.05")]
    [InlineData("ml.p3.2xlarge", 8, 61, 1, "3.825")]
    [InlineData("ml.m8g.medium", 1, 4, 0, "0.0539")]
    public void Get_AType_HasItsFigures(string name, int vCpus, double memory, int gpus, string price)
    {
        var type = InstanceCatalogue.Get(name);

        Assert.Equal((vCpus, memory, gpus), (type.VCpus, type.MemoryGiB, type.Gpus));
        Assert.Equal(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), type.HourlyPriceUsd);
    }

    [Fact]
    public void Get_AnUnknownType_NamesItsFamily()
    {
        var error = Assert.Throws<ArgumentException>(() => InstanceCatalogue.Get("ml.m5.huge"));

        Assert.Contains("'ml.m5.huge' is not known", error.Message, StringComparison.Ordinal);
        Assert.Contains("ml.m5.xlarge", error.Message, StringComparison.Ordinal);
    }

    private static JsonNode Model()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Join(folder.FullName, "api", "sagemaker.json") is var path && File.Exists(path))
            {
                return JsonNode.Parse(File.ReadAllText(path))!;
            }
        }

        throw new FileNotFoundException("api/sagemaker.json is in no folder above the test's binary.");
    }
}
