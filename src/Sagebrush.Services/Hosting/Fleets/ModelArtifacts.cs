using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Serving;
using Sagebrush.Serving.Archives;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Brings archives from the object store into folders.</summary>
internal sealed class ModelArtifacts(IObjectStore objects)
{
    /// <summary>Unpacks an archive, unless the folder has it already; a crash in between leaves no half folder.</summary>
    /// <param name="url">Where the archive is.</param>
    /// <param name="container">The container that wants it, for messages.</param>
    /// <param name="folder">The folder to make.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelLoadException">It is not there, or is no archive we unpack.</exception>
    public async Task UnpackAsync(string url, string container, string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var unfinished = folder + ".unfinished";
        FleetFolder.Delete(unfinished);
        Directory.CreateDirectory(unfinished);
        try
        {
            using var reader = Open(url, container);
            await using var stream = reader.OpenStream(0, reader.Info.Size);
            await TarGzArchive.ExtractAsync(stream, unfinished, ArchiveLimits.Default, cancellationToken);
        }
        catch (InvalidArchiveException error)
        {
            throw new ModelLoadException(
                $"Failed to extract model data archive for container \"{container}\" from URL: \"{url}\": {error.Message}. " +
                "Please ensure that the object located at the URL is a valid tar.gz archive.",
                error);
        }

        Directory.Move(unfinished, folder);
    }

    /// <summary>Brings a container's model into a folder, unless it is there already: an archive unpacked, files as they are.</summary>
    /// <exception cref="ModelLoadException">It is not there, or cannot be a folder.</exception>
    public async Task BringAsync(ContainerDefinition container, string name, string folder, CancellationToken cancellationToken)
    {
        switch (ModelData.Of(container))
        {
            case null:
                Directory.CreateDirectory(folder);
                break;
            case { IsArchive: true } archive:
                await UnpackAsync(archive.Url, name, folder, cancellationToken);
                break;
            case { } files when !Directory.Exists(folder):
                await StageAsync(files, name, folder, cancellationToken);
                break;
        }
    }

    /// <summary>Whether there is an object.</summary>
    public bool Exists(string url) =>
        S3Location.TryParse(url, out var location) && location.Key.Length > 0 && objects.FindBucket(location.Bucket) is not null
        && objects.FindObject(location.Bucket, location.Key) is not null;

    private async Task StageAsync(ModelData files, string name, string folder, CancellationToken cancellationToken)
    {
        var place = S3Location.Parse(files.Url);
        var unfinished = folder + ".unfinished";
        FleetFolder.Delete(unfinished);
        try
        {
            // Handlers may write beside the model, and what they open is theirs: no file is shared with the store.
            await objects.StageAsync(
                new StageRequest { Bucket = place.Bucket, Prefix = place.Key, Keys = files.IsPrefix ? null : [place.Key], Folder = unfinished, AllowLinks = false },
                cancellationToken: cancellationToken);
        }
        catch (Exception error) when (error is StagingException or ObjectStoreException)
        {
            throw NotThere(files.Url, name, error);
        }

        Directory.Move(unfinished, folder);
    }

    private ObjectReader Open(string url, string container)
    {
        try
        {
            return S3Location.TryParse(url, out var location)
                ? objects.Open(location.Bucket, location.Key)
                : throw NotThere(url, container, null);
        }
        catch (ObjectStoreException error)
        {
            throw NotThere(url, container, error);
        }
    }

    private static ModelLoadException NotThere(string url, string container, Exception? cause) => new(
        $"Failed to download model data for container \"{container}\" from URL: \"{url}\". Please ensure that there is an object " +
        "located at the URL and that the role passed to CreateModel has permissions to download the object.",
        cause);
}
