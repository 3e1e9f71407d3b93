using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>A shadow test: what it shall be, and how far it has come.</summary>
internal sealed record InferenceExperimentDocument
{
    /// <summary>What its creator asked for, with the changes made since.</summary>
    public required CreateInferenceExperimentRequest Request { get; init; }

    /// <summary>One of the API's <c>InferenceExperimentStatus</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is in this status.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    public DateTimeOffset? Completed { get; init; }

    /// <summary>Counts the configurations the endpoint was given for it.</summary>
    public int Revision { get; init; }

    /// <summary>Whether the endpoint was asked for the configuration of this revision.</summary>
    public bool Requested { get; init; }

    /// <summary>How it shall end.</summary>
    public StopInferenceExperimentRequest? Stop { get; init; }

    /// <summary>The endpoint configuration of this revision.</summary>
    public string ConfigName => $"{(Request.Name.Length > 50 ? Request.Name[..50].TrimEnd('-') : Request.Name)}-shadow-{Revision}";

    /// <summary>The document with the next revision begun.</summary>
    public InferenceExperimentDocument Next(string status) => this with { Status = status, Revision = Revision + 1, Requested = false };
}
