using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Training;

/// <summary>Going on with the instances of a job that has ended, and leaving them to another.</summary>
internal sealed partial class TrainingJobWorker
{
    // The place goes from hand to hand without a gap: nobody in the queue gets between.
    private void TakeOverWarmPool()
    {
        if (_ticket is null && PriorityOf(_document) == CapacityPriority.OnDemand && _warmPools.TryTake(_key, Job) is { } pool)
        {
            _warm = pool;
            _ticket = _parts.Capacity.Exchange(pool.Place, _key.Name, CapacityPriority.OnDemand);
        }
    }

    private void BringWarmCaches()
    {
        if (_warm is not { } pool)
        {
            return;
        }

        foreach (var host in Hosts())
        {
            var kept = Path.Join(pool.Folder, host.Name);
            if (Directory.Exists(kept))
            {
                var cache = Directory.CreateDirectory(host.Folder.Contract.WarmPoolCache);
                cache.Delete(recursive: true);
                Directory.Move(kept, host.Folder.Contract.WarmPoolCache);
            }
        }

        Directory.Delete(pool.Folder, recursive: true);
        _warm = null;
    }

    private async Task KeepWarmAsync()
    {
        if (_document.Job.TrainingJobStatus == TrainingJobStatus.Completed && _ticket is { IsGranted: true } place)
        {
            var caches = Hosts().ConvertAll(host => (host.Name, host.Folder.Contract.WarmPoolCache));
            await _warmPools.KeepAsync(_key, _document, place, caches);
        }
    }
}
