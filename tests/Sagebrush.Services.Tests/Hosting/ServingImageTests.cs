using Sagebrush.Services.Hosting.Fleets;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class ServingImageTests
{
    [Theory]
    [InlineData("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", "xgboost", "1.7-1")]
    [InlineData("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest", "xgboost", "latest")]
    [InlineData("localhost:5000/team/sagemaker-scikit-learn:1.2-1-cpu-py3", "scikit-learn", "1.2-1-cpu-py3")]
    [InlineData("sagemaker-xgboost", "xgboost", "latest")]
    [InlineData("registry/sagemaker-xgboost:1@sha256:0123", "xgboost", "1")]
    [InlineData("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:1.13.1-cpu-py39", "pytorch", "1.13.1-cpu-py39")]
    [InlineData("763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:1.10-transformers4.17-cpu-py38-ubuntu20.04", "pytorch", "1.10-transformers4.17-cpu-py38-ubuntu20.04")]
    [InlineData("763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.11-cpu", null, "2.11-cpu")]
    [InlineData("registry/my-xgboost:1", null, "1")]
    public void Parse_Names_GiveFrameworkAndTag(string name, string? framework, string tag)
    {
        var image = ServingImage.Parse(name);
        Assert.Equal((framework, tag), (image.Framework, image.Tag));
    }
}
