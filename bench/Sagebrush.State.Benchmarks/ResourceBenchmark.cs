using Sagebrush.State.Resources;

namespace Sagebrush.State.Benchmarks;

/// <summary>Adding, finding, changing and listing resources among a hundred thousand.</summary>
internal static class ResourceBenchmark
{
    private const int Count = 100_000;
    private const int Writers = 64;

    private static readonly byte[] Body = new byte[2000];

    public static async Task RunAsync(string folder)
    {
        await using var store = SqliteResourceStore.Open(Path.Combine(folder, "resources.db"), TimeProvider.System);
        await Report.RateAsync($"resource store, add, {Writers} at once", Count, "adds", () => Task.WhenAll(
            Enumerable.Range(0, Writers).Select(writer => AddAsync(store, writer))));
        await Report.RateAsync("resource store, add, one after another", 200, "adds", async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await store.TryAddAsync(Draft($"single-{i}"));
            }
        });
        await Report.RateAsync("resource store, find by name", 100_000, "finds", async () =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                await store.FindAsync(Draft($"job-{i * 7919L % Count}").Key);
            }
        });
        var all = new ResourceQuery { Account = "000000000000", Region = "us-east-1", Kind = "TrainingJob" };
        await PagesAsync("list, newest first", store, all with { Descending = true });
        await PagesAsync("list, by name, one status", store, all with { SortBy = ResourceSort.Name, Status = "Failed" });
        await PagesAsync("list, name contains", store, all with { NameContains = "99" });
    }

    private static async Task PagesAsync(string title, SqliteResourceStore store, ResourceQuery query)
    {
        const int Pages = 200;
        await Report.RateAsync($"resource store, {title}, pages of {query.PageSize}", Pages, "pages", async () =>
        {
            var next = query;
            for (var i = 0; i < Pages; i++)
            {
                next = query with { PageToken = (await store.ListAsync(next)).NextToken };
            }
        });
    }

    private static async Task AddAsync(SqliteResourceStore store, int writer)
    {
        for (var i = writer; i < Count; i += Writers)
        {
            await store.TryAddAsync(Draft($"job-{i}"));
        }
    }

    private static ResourceDraft Draft(string name) => new()
    {
        Key = new ResourceKey("000000000000", "us-east-1", "TrainingJob", name),
        Arn = $"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}",
        Status = name.EndsWith('3') ? "Failed" : "Completed",
        Body = Body,
    };
}
