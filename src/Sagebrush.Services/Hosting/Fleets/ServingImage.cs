using Sagebrush.Algorithms;
using Sagebrush.Serving.Python;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>An image's name, taken apart: <c>REGISTRY/repository:tag@digest</c>.</summary>
/// <param name="Repository">The last part of the repository, such as <c>sagemaker-xgboost</c>.</param>
/// <param name="Tag">The tag; <c>latest</c> when there is none.</param>
internal readonly record struct ServingImage(string Repository, string Tag)
{
    /// <summary>The name of the built-in algorithm or framework the image carries; null for any other image.</summary>
    public string? Framework => Images.Framework.OfServing(Repository)?.Name ?? BuiltInAlgorithms.Find(Repository)?.Name;

    /// <summary>Whose conventions the image's Python handlers follow; null for an image that has none.</summary>
    public PythonFramework? Handlers => Framework switch
    {
        "scikit-learn" => PythonFramework.ScikitLearn,
        "xgboost" => PythonFramework.XGBoost,
        "pytorch" => Images.Framework.IsHuggingFaceServing(Repository) ? PythonFramework.HuggingFace : PythonFramework.PyTorch,
        _ => null,
    };

    /// <summary>Whether it is an image of a framework or server whose users may deploy ONNX models.</summary>
    public bool TakesOnnx =>
        Handlers is not null
        || Repository is "sagemaker-tritonserver" or "tritonserver" or "tensorflow-inference" or "sagemaker-tensorflow-serving" or "sagemaker-tensorflow-serving-eia"
            or "mxnet-inference" or "djl-inference"
        || (Repository.StartsWith("huggingface-", StringComparison.Ordinal) && Repository.EndsWith("-inference", StringComparison.Ordinal));

    public static ServingImage Parse(string image)
    {
        var name = image.AsSpan();
        if (name.IndexOf('@') is var digest and >= 0)
        {
            name = name[..digest];
        }

        name = name[(name.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':');
        return colon < 0
            ? new ServingImage(name.ToString(), "latest")
            : new ServingImage(name[..colon].ToString(), name[(colon + 1)..].ToString());
    }
}
