using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.State.Objects;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Tests.Objects;

public sealed class ListingTests
{
    [Fact]
    public async Task List_AnyKeysPrefixDelimiterAndPageSize_EqualsOracle()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var present = new SortedSet<string>(StringComparer.Ordinal);
        var text = Gen.Elements('a', 'b', '/', '-', 'é').ArrayOf().Select(letters => new string(letters.AsSpan()[..Math.Min(letters.Length, 6)]));
        var cases =
            from keys in text.Where(key => key.Length > 0).ListOf()
            from prefix in text.Select(value => value[..Math.Min(value.Length, 2)])
            from delimiter in Gen.Elements<string?>("/", "-", "a", "b/", null)
            from after in text
            from limit in Gen.Choose(1, 5)
            select (Keys: keys, Prefix: prefix, Delimiter: delimiter, After: after, Limit: limit);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            foreach (var key in sample.Keys.Where(present.Add))
            {
                fixture.PutAsync(key, "x").GetAwaiter().GetResult();
            }

            var expected = Oracle(present, sample.Prefix, sample.Delimiter, sample.After);
            return expected.SequenceEqual(AllPages(fixture.Store, sample.Prefix, sample.Delimiter, sample.After, sample.Limit));
        }));
    }

    [Fact]
    public void Scan_HundredThousandKeysUnderTenPrefixes_SeesFewRows()
    {
        var keys = Enumerable.Range(0, 100_000)
            .Select(index => Encoding.UTF8.GetBytes($"folder{index / 10_000}/{index:d6}"))
            .ToList();
        var scan = new ListingScan([], "/"u8.ToArray(), null, 1000);
        var seen = 0;
        while (scan.NextRange(out var from, out var to))
        {
            var jumped = false;
            var first = keys.FindIndex(key => key.AsSpan().SequenceCompareTo(from) >= 0);
            foreach (var key in first < 0 ? [] : keys.Skip(first).TakeWhile(key => key.AsSpan().SequenceCompareTo(to) < 0))
            {
                seen++;
                if (jumped = scan.Visit(key) == ListingStep.Jump)
                {
                    break;
                }
            }

            if (!jumped)
            {
                scan.Finish();
            }
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(index => $"folder{index}/"), scan.CommonPrefixes);
        Assert.InRange(seen, 10, 100);
        Assert.Null(scan.Next);
    }

    [Fact]
    public async Task List_Statement_UsesTheIndexAlone()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var database = SqliteDatabase.Open(new SqliteDatabaseOptions
        {
            Path = Path.Combine(fixture.DataFolder, "objects.db"),
            Migrations = ObjectSchema.Migrations,
        });
        var plan = database.Read(session =>
        {
            using var statement = session.Prepare(
                "EXPLAIN QUERY PLAN SELECT key FROM object WHERE bucket = 1 AND key >= x'00' AND key < x'ff' AND latest = 1 AND delete_marker = 0 ORDER BY key");
            Assert.True(statement.Step());
            return statement.GetString(3);
        });
        Assert.Contains("object_latest (bucket=? AND key>? AND key<?)", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListUploads_PagesOfOne_EveryUploadOnceInOrder()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var expected = new List<string>();
        foreach (var key in (string[])["a", "b", "b", "b", "c/1", "c/2", "d"])
        {
            expected.Add((await fixture.UploadAsync(key)).UploadId);
        }

        var query = new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket, Delimiter = "/", Limit = 1 };
        var (uploads, prefixes, marker) = (new List<string>(), new List<string>(), default(string));
        while (true)
        {
            var page = fixture.Store.ListUploads(query, marker);
            Assert.Equal(1, page.Uploads.Count + page.CommonPrefixes.Count);
            uploads.AddRange(page.Uploads.Select(upload => upload.UploadId));
            prefixes.AddRange(page.CommonPrefixes);
            if (page.NextKey is null)
            {
                break;
            }

            (query, marker) = (query with { After = page.NextKey }, page.NextUploadId);
        }

        Assert.Equal([.. expected[..4], expected[6]], uploads);
        Assert.Equal(["c/"], prefixes);
    }

    private static List<string> AllPages(FolderObjectStore store, string prefix, string? delimiter, string? after, int limit)
    {
        var entries = new List<string>();
        while (true)
        {
            var page = store.List(new ListObjectsQuery
            {
                Bucket = ObjectStoreFixture.Bucket,
                Prefix = prefix,
                Delimiter = delimiter,
                After = after,
                Limit = limit,
            });
            var here = page.Objects.Select(entry => entry.Key).Concat(page.CommonPrefixes).Order(StringComparer.Ordinal).ToList();
            entries.AddRange(here);
            if (page.Next is null)
            {
                return entries;
            }

            Assert.Equal(limit, here.Count);
            Assert.Equal(here[^1], page.Next);
            after = page.Next;
        }
    }

    // Ordinal order of UTF-16 equals that of UTF-8 for the letters used here.
    private static IEnumerable<string> Oracle(IEnumerable<string> keys, string prefix, string? delimiter, string after) => keys
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(key => delimiter is not null && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var at
            ? key[..(at + delimiter.Length)]
            : key)
        .Distinct()
        .Where(entry => string.CompareOrdinal(entry, after) > 0)
        .Order(StringComparer.Ordinal);
}
