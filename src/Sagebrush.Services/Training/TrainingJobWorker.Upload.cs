using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training;

/// <summary>Putting away what a job left. A full disk loses no model: the upload is tried again while there is hope.</summary>
internal sealed partial class TrainingJobWorker
{
    private static readonly TimeSpan UploadAgain = TimeSpan.FromSeconds(2);

    private async Task UploadAsync(List<TrainingHost> hosts, bool hasModel, bool mayHaveModel, CancellationToken cancellationToken)
    {
        var start = _parts.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                await UploadOnceAsync(hosts, hasModel, mayHaveModel, cancellationToken);
                return;
            }
            catch (ObjectStoreException exception)
            {
                throw TrainingFailureException.Client($"Artifact upload failed: {exception.Message}");
            }
            catch (Exception exception) when (DiskSpace.IsFull(exception))
            {
                if (_parts.Clock.GetElapsedTime(start) >= _parts.Options.UploadPatience)
                {
                    throw new TrainingFailureException($"InternalServerError: Artifact upload failed: the server's disk is full. {exception.Message}");
                }

                await TellDiskFullAsync(cancellationToken);
            }

            await Task.Delay(UploadAgain, _parts.Clock, cancellationToken);
        }
    }

    private async Task UploadOnceAsync(List<TrainingHost> hosts, bool hasModel, bool mayHaveModel, CancellationToken cancellationToken)
    {
        var models = hosts.ConvertAll(host => host.Folder.Contract.Model);
        var outputs = hosts.ConvertAll(host => host.Folder.Contract.OutputData);
        if (hasModel || (mayHaveModel && models.Exists(HasFiles)))
        {
            await _artifacts.UploadAsync(Job.OutputDataConfig!, _key.Name, "model", models, cancellationToken);
        }

        if (outputs.Exists(HasFiles))
        {
            await _artifacts.UploadAsync(Job.OutputDataConfig!, _key.Name, "output", outputs, cancellationToken);
        }

        await (Checkpoints()?.SyncAsync(stillWritten: false, cancellationToken) ?? Task.CompletedTask);
    }

    // The document is on the same disk, most likely: it is told if it can be.
    private async Task TellDiskFullAsync(CancellationToken cancellationToken)
    {
        try
        {
            await UpdateAsync(
                document => EnterUnlessStopping(document, SecondaryStatus.Uploading, "Uploading generated training model: the server's disk is full; it is tried again until there is room"), cancellationToken);
        }
        catch (Exception exception) when (DiskSpace.IsFull(exception))
        {
            // Next time, perhaps.
        }
    }

    private static bool HasFiles(string directory) => Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any();
}
