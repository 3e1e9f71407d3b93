using FsCheck;
using FsCheck.Fluent;
using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

/// <summary>Whatever is added, changed and deleted, lists say what a plain in-memory list would say.</summary>
public sealed class ResourceListProperties
{
    private static readonly string[] Names = ["alpha", "Beta", "gamma-1", "Gamma-2", "delta", "a", "b", "zeta", "job-9", "job-10"];
    private static readonly string[] Statuses = ["InProgress", "Completed", "Failed"];
    private static readonly string?[] Parents = [null, "tuning-1", "tuning-2"];

    private enum Verb
    {
        Add,
        Update,
        Delete,
        Wait,
    }

    [Fact]
    public void ListAsync_AfterRandomChanges_EqualsTheModelOnEveryPage()
    {
        var steps = (
            from verb in Gen.Elements(Verb.Add, Verb.Add, Verb.Add, Verb.Update, Verb.Delete, Verb.Wait)
            from name in Gen.Elements(Names)
            from status in Gen.Elements(Statuses)
            from parent in Gen.Elements(Parents)
            from score in Gen.Choose(0, 3)
            select new Step(verb, name, status, parent, score)).ListOf();
        var queries =
            from contains in Gen.Elements(null, null, "A", "gamma", "-1", "nothing")
            from status in Gen.Elements([null, null, .. Statuses])
            from parent in Gen.Elements([null, .. Parents])
            from score in Gen.Elements<int?>(null, null, 0, 1)
            from sort in Gen.Elements(Enum.GetValues<ResourceSort>())
            from reverse in Gen.Elements(true, false)
            from size in Gen.Choose(1, 4)
            from after in Gen.Elements<int?>(null, null, 0, 2, 5)
            from before in Gen.Elements<int?>(null, null, 3, 8)
            select new Case(contains, status, parent, score, sort, reverse, size, after, before);
        var property = Prop.ForAll(
            Arb.From(steps),
            Arb.From(queries.ListOf(8)),
            (plan, cases) => HoldsAsync([.. plan], [.. cases]).GetAwaiter().GetResult());

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), property);
    }

    private static async Task<bool> HoldsAsync(Step[] steps, Case[] cases)
    {
        await using var fixture = new ResourceStoreFixture();
        var start = fixture.Clock.GetUtcNow();
        var model = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            await ApplyAsync(fixture, model, step);
        }

        foreach (var one in cases)
        {
            var query = one.Query(start);
            var expected = one.Expected(start, model.Values);
            var seen = new List<string>();
            string? token = null;
            do
            {
                var page = await fixture.Store.ListAsync(query with { PageToken = token });
                Assert.True(page.Items.Count <= query.PageSize);
                seen.AddRange(page.Items.Select(item => item.Key.Name));
                token = page.NextToken;
                if (token is not null)
                {
                    // What lies behind the page already is no business of the pages that follow.
                    await fixture.Store.TryAddAsync(Draft("intruder") with { Key = Key("intruder", "OtherKind") });
                }
            }
            while (token is not null);

            Assert.Equal(expected, seen);
            Assert.Equal(expected.Count, await fixture.Store.CountAsync(query));
        }

        return true;
    }

    private static async Task ApplyAsync(ResourceStoreFixture fixture, Dictionary<string, Entry> model, Step step)
    {
        var now = fixture.Clock.GetUtcNow();
        var attributes = new[] { ResourceAttribute.Of("score", step.Score) };
        switch (step.Verb)
        {
            case Verb.Add:
                var draft = Draft(step.Name, step.Status) with { Parent = step.Parent, Attributes = attributes };
                var added = await fixture.Store.TryAddAsync(draft);
                Assert.Equal(model.TryAdd(step.Name, new Entry(step, now, now)), added is not null);
                break;
            case Verb.Update:
                var found = await fixture.Store.FindAsync(Key(step.Name));
                Assert.Equal(model.TryGetValue(step.Name, out var entry), found is not null);
                if (found is not null)
                {
                    await fixture.Store.TryUpdateAsync(
                        Update(found, step.Status) with { Parent = step.Parent, Attributes = attributes });
                    model[step.Name] = new Entry(step, entry!.Created, now);
                }

                break;
            case Verb.Delete:
                Assert.Equal(model.Remove(step.Name), await fixture.Store.DeleteAsync(Key(step.Name)));
                break;
            case Verb.Wait:
                fixture.Clock.Advance(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private sealed record Step(Verb Verb, string Name, string Status, string? Parent, int Score);

    private sealed record Entry(Step Step, DateTimeOffset Created, DateTimeOffset Modified);

    private sealed record Case(
        string? Contains,
        string? Status,
        string? Parent,
        int? Score,
        ResourceSort Sort,
        bool Descending,
        int Size,
        int? After,
        int? Before)
    {
        public ResourceQuery Query(DateTimeOffset start) => All with
        {
            NameContains = Contains,
            Status = Status,
            Parent = Parent,
            Attributes = Score is { } score ? [AttributeFilter.Equal("score", score)] : [],
            SortBy = Sort,
            Descending = Descending,
            PageSize = Size,
            CreatedAfter = start.AddSeconds(After ?? -1),
            ModifiedBefore = Before is { } before ? start.AddSeconds(before) : null,
        };

        public List<string> Expected(DateTimeOffset start, IEnumerable<Entry> entries)
        {
            var matching = entries.Where(entry =>
                (Contains is null || entry.Step.Name.Contains(Contains, StringComparison.OrdinalIgnoreCase))
                && (Status is null || entry.Step.Status == Status)
                && (Parent is null || entry.Step.Parent == Parent)
                && (Score is null || entry.Step.Score == Score)
                && entry.Created > start.AddSeconds(After ?? -1)
                && (Before is not { } before || entry.Modified < start.AddSeconds(before)));
            var byName = matching.OrderBy(entry => entry.Step.Name, StringComparer.Ordinal);
            var ordered = Sort switch
            {
                ResourceSort.CreationTime => byName.OrderBy(entry => entry.Created),
                ResourceSort.LastModifiedTime => byName.OrderBy(entry => entry.Modified),
                ResourceSort.Status => byName.OrderBy(entry => entry.Step.Status, StringComparer.Ordinal),
                _ => byName,
            };
            var names = ordered.Select(entry => entry.Step.Name).ToList();
            if (Descending)
            {
                names.Reverse();
            }

            return names;
        }
    }
}
