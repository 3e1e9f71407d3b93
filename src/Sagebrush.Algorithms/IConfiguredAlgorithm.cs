namespace Sagebrush.Algorithms;

/// <summary>An algorithm whose answers depend on the environment variables of the container that serves it.</summary>
public interface IConfiguredAlgorithm : IBuiltInAlgorithm
{
    /// <summary>Loads a trained model to answer requests with.</summary>
    /// <param name="modelFolder">The unpacked artifact.</param>
    /// <param name="imageVersion">Tag of the image the model was deployed with; null means the newest.</param>
    /// <param name="environment">The container's variables.</param>
    /// <exception cref="Learning.ModelFormatException">There is no model in the folder, it cannot be read, or a variable is wrong.</exception>
    IInferenceModel Load(string modelFolder, string? imageVersion, IReadOnlyDictionary<string, string> environment);
}
