using System.Text;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Containers;

/// <summary>Brings images from registries to the engine.</summary>
public sealed class ContainerImages(ContainerEngine engine, TimeProvider time)
{
    private const int MaxTries = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Sees to it that the engine has an image. One of a registry is asked for each time, since tags move; when the registry is away, the image that is there must do.
    /// </summary>
    /// <param name="source">Which image, and from where.</param>
    /// <param name="progress">Told what has come, such as <c>12.3 of 80.0 MB</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ImagePullException">It is not to be had, or not for this machine.</exception>
    /// <exception cref="ContainerEngineUnavailableException">No engine answers.</exception>
    public async Task<ContainerImage> EnsureAsync(ImageSource source, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(progress);
        var asking = engine.VersionAsync(cancellationToken);
        var finding = engine.FindImageAsync(source.EngineName, cancellationToken);
        await Task.WhenAll(asking, finding);
        var (version, present) = (await asking, await finding);
        if (present is null || (source.HasRegistry && !source.IsPinned))
        {
            try
            {
                await PullAsync(source, version, progress, cancellationToken);
                present = await engine.FindImageAsync(source.EngineName, cancellationToken) ?? throw new ImagePullException($"The image '{source.Name}' was pulled, and is not there.");
            }
            catch (ImagePullException exception) when (present is not null && exception.IsTransient)
            {
                // The registry is away; the image was there before.
            }
        }

        return IsForThisMachine(present.Architecture, version.Architecture)
            ? present
            : throw new ImagePullException(
                $"The image '{source.Name}' is for the architecture {present.Architecture}, and this machine is {version.Architecture}: build it with --platform linux/{version.Architecture}.");
    }

    private static bool IsForThisMachine(string image, string machine) => image.Length == 0 || machine.Length == 0 || image == machine;

    private async Task PullAsync(ImageSource source, EngineVersion version, Action<string> progress, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await PullOnceAsync(source, version, progress, cancellationToken);
                return;
            }
            catch (ImagePullException exception) when (exception.IsTransient && tries < MaxTries)
            {
                await Task.Delay(FirstPause * tries, time, cancellationToken);
            }
        }
    }

    private async Task PullOnceAsync(ImageSource source, EngineVersion version, Action<string> progress, CancellationToken cancellationToken)
    {
        var come = new PullProgress();
        string? error = null;
        try
        {
            await foreach (var message in engine.PullAsync(PathOf(source, version), Authorization(source), cancellationToken))
            {
                error ??= (string?)message["error"];
                come.Add(message);
                progress(come.ToString());
            }
        }
        catch (ContainerEngineException exception)
        {
            error = exception.Message;
        }

        if (error is not null)
        {
            throw new ImagePullException($"The image '{source.Name}' cannot be pulled: {Explain(error)}", IsTransient(error));
        }
    }

    // Podman takes no plain HTTP through Docker's API unless its configuration names the registry; its own API has a word for it.
    private static string PathOf(ImageSource source, EngineVersion version)
    {
        if (version.IsPodman && source.IsPlainHttp)
        {
            return $"v4.0.0/libpod/images/pull?reference={Uri.EscapeDataString(source.EngineName)}&tlsVerify=false";
        }

        var (repository, tag) = source.Split();
        return $"images/create?fromImage={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}";
    }

    private static string? Authorization(ImageSource source)
    {
        if (source.Credentials is not { } credentials)
        {
            return null;
        }

        var json = new JsonObject
        {
            ["username"] = credentials.UserName,
            ["password"] = credentials.Password,
            ["serveraddress"] = source.EngineName[..source.EngineName.IndexOf('/', StringComparison.Ordinal)],
        };

        // Engines read base64 of the URL-safe alphabet, with padding.
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())).Replace('+', '-').Replace('/', '_');
    }

    // Engines put the registry's answer last, behind what they were doing.
    private static string Explain(string error) =>
        Contains(error, "manifest unknown", "name unknown", "repository name not known", "not found") ? $"there is no such image in the registry ({error})"
        : Contains(error, "unauthorized", "authentication required", "denied", "no basic auth credentials") ? $"the registry refuses access ({error})"
        : Contains(error, "no such host", "connection refused", "i/o timeout", "EOF", "reset by peer", "TLS handshake") ? $"the registry is not reached ({error})"
        : error;

    private static bool IsTransient(string error) => !Contains(
        error, "manifest unknown", "name unknown", "repository name not known", "not found", "unauthorized", "authentication required", "denied", "no such host", "no image found");

    private static bool Contains(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
