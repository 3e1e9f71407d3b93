using System.Diagnostics;
using System.Globalization;
using Sagebrush.State.Objects;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class ObjectCrashTests
{
    private const int Rounds = 6;

    [Fact]
    public async Task Put_ProcessKilledAgainAndAgain_NothingAcknowledgedLostNothingTorn()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var acknowledged = new Dictionary<string, int>();
        for (var round = 1; round <= Rounds; round++)
        {
            var begun = await RunUntilKilledAsync(folder.Path, round, acknowledged, cancelled);

            await using var store = ObjectStoreFixture.Open(folder.Path);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.Path, "objects", ".staging")));
            foreach (var key in acknowledged.Keys.Union(begun.Keys))
            {
                // Of a write that was under way either the old or the new is there, and either is whole.
                int[] possible = begun.TryGetValue(key, out var seed) ? [acknowledged.GetValueOrDefault(key), seed] : [acknowledged[key]];
                var found = store.FindObject(ObjectStoreFixture.Bucket, key);
                var bytes = found is null ? null : await ReadAsync(store, key);
                var actual = possible.Where(value => value == 0 ? bytes is null : bytes is not null && bytes.AsSpan().SequenceEqual(ObjectCrashWriter.Content(value))).ToList();
                Assert.NotEmpty(actual);
                acknowledged[key] = actual[0];
            }
        }
    }

    private static async Task<Dictionary<string, int>> RunUntilKilledAsync(
        string folder, int round, Dictionary<string, int> acknowledged, CancellationToken cancellationToken)
    {
        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [ObjectCrashWriter.Command, folder, (round * 100_000).ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        var begun = new Dictionary<string, int>();
        var enough = 30 * round;
        while (await child.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Split(' ') is not [var word, var key, var seed])
            {
                continue;
            }

            if (word == "began")
            {
                begun[key] = int.Parse(seed, CultureInfo.InvariantCulture);
                continue;
            }

            begun.Remove(key);
            acknowledged[key] = int.Parse(seed, CultureInfo.InvariantCulture);
            if (--enough == 0)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync(cancellationToken);
        Assert.True(enough <= 0, "The child ended by itself.");
        return begun;
    }

    private static async Task<byte[]> ReadAsync(FolderObjectStore store, string key)
    {
        using var reader = store.Open(ObjectStoreFixture.Bucket, key);
        return await ObjectStoreFixture.ReadAsync(reader);
    }
}
