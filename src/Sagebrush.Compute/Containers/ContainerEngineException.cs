using System.Net;

namespace Sagebrush.Compute.Containers;

/// <summary>The container engine refused a request; the message holds its own words.</summary>
public sealed class ContainerEngineException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="status">The status it answered with.</param>
    /// <param name="message">What it said.</param>
    public ContainerEngineException(HttpStatusCode status, string message)
        : base(message) => Status = status;

    /// <summary>The status it answered with.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>Whether there is a container of the wanted name: Docker says so with a status, each version of Podman with one of its own, both in the same words.</summary>
    public bool IsNameTaken => Message.Contains("already in use", StringComparison.OrdinalIgnoreCase);
}
