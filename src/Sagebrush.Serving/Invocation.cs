using System.Buffers;

namespace Sagebrush.Serving;

/// <summary>One request to a model.</summary>
/// <param name="Body">The request's body, valid until the call completes.</param>
/// <param name="ContentType">What the body is; without it a model takes its own default, mostly CSV.</param>
/// <param name="Accept">What the caller wants back; without it a model takes its own default.</param>
/// <param name="CustomAttributes">Free text the caller passes through to the model.</param>
/// <param name="InferenceId">The caller's own identifier of the request.</param>
/// <param name="Target">The model or container asked for, where the server has several; see <see cref="IModelServer.Target"/>.</param>
public readonly record struct Invocation(
    ReadOnlySequence<byte> Body,
    string? ContentType = null,
    string? Accept = null,
    string? CustomAttributes = null,
    string? InferenceId = null,
    string? Target = null)
{
    /// <summary>Whether nobody changes the body's bytes, also after the call: what outlives its caller need not copy them.</summary>
    public bool IsBodyLasting { get; init; }

    /// <summary>How long the model may take, where the caller says so; else the server's own patience counts.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Which records an explainer is to explain, as a JMESPath expression; null for what the endpoint's configuration says.</summary>
    public string? EnableExplanations { get; init; }
}
