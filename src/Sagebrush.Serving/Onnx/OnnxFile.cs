namespace Sagebrush.Serving.Onnx;

/// <summary>An ONNX model in a folder.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Version">Its version, a number.</param>
/// <param name="Path">The file.</param>
public sealed record OnnxFile(string Name, string Version, string Path);
