using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

public sealed class ResourceTagTests : IAsyncDisposable
{
    private readonly ResourceStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task PutTagsAsync_SomeKnown_ReplacesAndAdds()
    {
        await _fixture.Store.TryAddAsync(Draft("job") with { Tags = [new("a", "1"), new("b", "1")] }, Cancelled);

        Assert.Equal(TagOutcome.Stored, await PutAsync(50, new("b", "2"), new("c", "2")));

        Assert.Equal([new("a", "1"), new("b", "2"), new("c", "2")], await TagsAsync());
    }

    [Fact]
    public async Task PutTagsAsync_MoreThanAllowed_ChangesNothing()
    {
        await _fixture.Store.TryAddAsync(Draft("job") with { Tags = [new("a", "1"), new("b", "1")] }, Cancelled);

        Assert.Equal(TagOutcome.TooMany, await PutAsync(3, new("a", "2"), new("c", "2"), new("d", "2")));
        Assert.Equal([new("a", "1"), new("b", "1")], await TagsAsync());
        Assert.Equal(TagOutcome.Stored, await PutAsync(3, new("a", "2"), new("b", "2"), new("c", "2")));
    }

    [Fact]
    public async Task Tags_NoSuchArn_SaySo()
    {
        Assert.Equal(TagOutcome.NoSuchResource, await PutAsync(50, new ResourceTag("a", "1")));
        Assert.False(await _fixture.Store.RemoveTagsAsync(Arn("job"), ["a"], Cancelled));
        Assert.Null(await _fixture.Store.ListTagsAsync(Arn("job"), cancellationToken: Cancelled));
    }

    [Fact]
    public async Task RemoveTagsAsync_SomeUnknown_RemovesTheRest()
    {
        await _fixture.Store.TryAddAsync(Draft("job") with { Tags = [new("a", "1"), new("b", "1")] }, Cancelled);

        Assert.True(await _fixture.Store.RemoveTagsAsync(Arn("job"), ["a", "x"], Cancelled));

        Assert.Equal([new("b", "1")], await TagsAsync());
    }

    [Fact]
    public async Task DeleteAsync_WithTags_LeavesNoneToTheNextOfTheName()
    {
        await _fixture.Store.TryAddAsync(Draft("job") with { Tags = [new("a", "1")] }, Cancelled);
        await _fixture.Store.DeleteAsync(Key("job"), cancellationToken: Cancelled);
        await _fixture.AddAsync("job");

        Assert.Empty(await TagsAsync());
    }

    [Fact]
    public async Task ListTagsAsync_InPages_ReturnsEachOnceAndRefusesForeignTokens()
    {
        var tags = Enumerable.Range(0, 25).Select(i => new ResourceTag($"key-{i:00}", "v")).ToArray();
        await _fixture.Store.TryAddAsync(Draft("job") with { Tags = tags }, Cancelled);
        await _fixture.AddAsync("other");
        var seen = new List<ResourceTag>();
        string? token = null;
        do
        {
            var page = (await _fixture.Store.ListTagsAsync(Arn("job"), 10, token, Cancelled))!;
            seen.AddRange(page.Tags);
            if (page.NextToken is { } next)
            {
                await Assert.ThrowsAsync<InvalidPageTokenException>(
                    async () => await _fixture.Store.ListTagsAsync(Arn("other"), 10, next, Cancelled));
            }

            token = page.NextToken;
        }
        while (token is not null);

        Assert.Equal(tags, seen);
    }

    private ValueTask<TagOutcome> PutAsync(int limit, params ResourceTag[] tags) =>
        _fixture.Store.PutTagsAsync(Arn("job"), tags, limit, Cancelled);

    private async Task<IReadOnlyList<ResourceTag>> TagsAsync() =>
        (await _fixture.Store.ListTagsAsync(Arn("job"), cancellationToken: Cancelled))!.Tags;
}
