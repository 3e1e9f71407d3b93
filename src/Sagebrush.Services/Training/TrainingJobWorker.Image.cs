using Sagebrush.Compute.Containers;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Containers;

namespace Sagebrush.Services.Training;

/// <summary>Bringing the image of a job that runs in containers.</summary>
internal sealed partial class TrainingJobWorker
{
    private const string DownloadingImage = "Downloading the training image";

    private async Task BringImageAsync(CancellationToken cancellationToken)
    {
        if (!TrainingProgram.TryFind(_document.Image, Job.HyperParameters, out var program, out _) || !program.IsContainer)
        {
            return;
        }

        await UpdateAsync(document => EnterUnlessStopping(document, SecondaryStatus.Downloading, DownloadingImage), cancellationToken);
        var come = string.Empty;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reporting = ReportDownloadAsync(() => Volatile.Read(ref come) is { Length: > 0 } text ? $"{DownloadingImage}: {text}" : DownloadingImage, ended.Token);
        try
        {
            var access = new ImageAccess(_key.Account, _key.Region, Job.RoleArn);
            var image = await _parts.Images.BringAsync(_document.Image, access, text => Volatile.Write(ref come, text), cancellationToken);
            await UpdateAsync(document => document.ContainerImage = image.Id, cancellationToken);
        }
        catch (ImagePullException exception)
        {
            throw TrainingFailureException.Client(exception.Message);
        }
        finally
        {
            await ended.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
