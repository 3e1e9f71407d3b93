using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Algorithms.Tests.XGBoost;

/// <summary>Training over several hosts; each is a thread here, since the library keeps its connections per thread.</summary>
public sealed class XGBoostManyHostsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_FiveWorkers_HaveRanksInOrderOfTheirNamesAndAddUp()
    {
        using var tracker = RabitTracker.Start(System.Net.IPAddress.Loopback, 0, 5);

        var seen = await Task.WhenAll(Enumerable.Range(0, 5).Select(worker => OnThread(() =>
        {
            using var collective = Collective.Join("127.0.0.1", tracker.Port, $"worker-{worker}", 5);
            return (collective.Rank, Sum: collective.Sum(1, worker), Max: collective.Max(worker), First: collective.FromFirst([(byte)collective.Rank, 7]));
        })));

        Assert.Equal([0, 1, 2, 3, 4], seen.Select(worker => worker.Rank));
        Assert.All(seen, worker => Assert.Equal([5, 10], worker.Sum));
        Assert.All(seen, worker => Assert.Equal(4, worker.Max));
        Assert.All(seen, worker => Assert.Equal([0, 7], worker.First));
        await tracker.Completion.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task Train_ShardsOfWhichOneIsEmpty_LearnsWhatOneHostLearnsFromAll()
    {
        var (one, two) = (XGBoostTrainingTests.Csv(600, 1), XGBoostTrainingTests.Csv(300, 2));
        var validation = XGBoostTrainingTests.Csv(200, 3);
        using var alone = Folder(sharded: false).WithChannel("train", "text/csv", ("a.csv", one), ("b.csv", two)).WithChannel("validation", "text/csv", ("v.csv", validation));
        Assert.Equal(0, alone.Train(Cancelled));

        var net = RandomNumberGenerator.GetInt32(1, 255);
        string[] hosts = [.. Enumerable.Range(1, 3).Select(host => string.Create(CultureInfo.InvariantCulture, $"127.88.{net}.{host}"))];
        using var first = Folder(true).WithChannel("train", "text/csv", ("a.csv", one)).WithChannel("validation", "text/csv", ("v.csv", validation));
        using var second = Folder(true).WithChannel("train", "text/csv", ("b.csv", two)).WithChannel("validation", "text/csv");
        using var third = Folder(true).WithChannel("train", "text/csv").WithChannel("validation", "text/csv", ("v.csv", validation));
        var exits = await Task.WhenAll(new[] { first, second, third }.Select((folder, index) => OnThread(() =>
        {
            folder.WriteConfiguration("resourceconfig.json", JsonSerializer.Serialize(new { current_host = hosts[index], hosts }));
            return folder.Train(Cancelled);
        })));

        Assert.True(exits is [0, 0, 0], first.Log + second.Log + third.Log);
        Assert.True(File.Exists(first.Model));
        Assert.False(File.Exists(second.Model) || File.Exists(third.Model));
        Assert.DoesNotContain(second.LogLines, line => line.Contains("validation-rmse", StringComparison.Ordinal));
        Assert.Contains(third.LogLines, line => line.Contains("has no file of the train channel", StringComparison.Ordinal));
        foreach (var metric in (string[])["train-rmse", "validation-rmse", "validation-mse"])
        {
            Assert.Equal(Last(alone, metric), Last(first, metric), 0.05 * Last(alone, metric));
        }
    }

    private static TrainingFolder Folder(bool sharded)
    {
        var folder = new TrainingFolder { Distribution = sharded ? "ShardedByS3Key" : "FullyReplicated" };
        return folder.With("tree_method", "hist").With("eval_metric", "rmse,mse").With("nthread", "1").With("num_round", "10");
    }

    private static double Last(TrainingFolder folder, string metric)
    {
        var line = folder.LogLines.Last(line => line.Contains(metric + ":", StringComparison.Ordinal));
        var text = line[(line.IndexOf(metric + ":", StringComparison.Ordinal) + metric.Length + 1)..];
        return double.Parse(text.Split('#')[0], CultureInfo.InvariantCulture);
    }

    private static Task<T> OnThread<T>(Func<T> work) => Task.Factory.StartNew(work, Cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
