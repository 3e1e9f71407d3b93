using System.CommandLine;

namespace Sagebrush.CommandLine;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">What it does, in one sentence.</param>
/// <param name="examples">Lines of a command and what it is for.</param>
internal sealed class ExampleCommand(string name, string description, params (string Line, string Purpose)[] examples) : Command(name, description)
{
    public IReadOnlyList<(string Line, string Purpose)> Examples { get; } = examples;
}
