using Sagebrush.Contracts.Logs;
using Sagebrush.Wire.Dispatch;
using static Sagebrush.Services.Tests.Logs.LogsFixture;

namespace Sagebrush.Services.Tests.Logs;

public sealed class LogsTests : IAsyncDisposable
{
    private readonly LogsFixture _logs = new();

    public ValueTask DisposeAsync() => _logs.DisposeAsync();

    [Fact]
    public async Task CreateLogGroup_NameTaken_IsRefused()
    {
        await _logs.CreateAsync();

        await FailsAsync("ResourceAlreadyExistsException", "The specified log group already exists", () => _logs.CreateAsync());
    }

    [Fact]
    public async Task CreateLogGroup_WhatIsNotThere_IsRefusedByName() => await FailsAsync(
        "InvalidParameterException",
        "kmsKeyId",
        async () => await _logs.Groups.CreateAsync(
            new CreateLogGroupRequest { LogGroupName = "g", KmsKeyId = "key" }, Context, Cancelled));

    [Fact]
    public async Task Operations_NoSuchGroup_SayThatTheGroupIsMissing()
    {
        const string Message = "The specified log group does not exist.";
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.PutAsync(StreamName, (_logs.Now, "x")));
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.GetAsync());
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.FilterAsync());
        await FailsAsync("ResourceNotFoundException", Message, async () => await StreamsAsync(new() { LogGroupName = Group }));
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.Groups.DeleteAsync(
            new DeleteLogGroupRequest { LogGroupName = Group }, Context, Cancelled));
    }

    [Fact]
    public async Task Operations_NoSuchStream_SayThatTheStreamIsMissing()
    {
        const string Message = "The specified log stream does not exist.";
        await _logs.CreateAsync();
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.PutAsync(StreamName, (_logs.Now, "x")));
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.GetAsync());
        await FailsAsync("ResourceNotFoundException", Message, async () => await _logs.FilterAsync(
            request => request.LogStreamNames = ["missing"]));
    }

    [Fact]
    public async Task DescribeLogGroups_PrefixPatternAndArn_SelectGroups()
    {
        await _logs.CreateAsync("/aws/sagemaker/Endpoints/a");
        await _logs.CreateAsync("/aws/sagemaker/TrainingJobs");
        await _logs.CreateAsync("other");

        Assert.Equal(2, (await GroupsAsync(new() { LogGroupNamePrefix = "/aws/" })).Count);
        Assert.Equal("other", Assert.Single(await GroupsAsync(new() { LogGroupNamePattern = "the" })).LogGroupName);
        var one = Assert.Single(await GroupsAsync(new()
        {
            LogGroupIdentifiers = ["arn:aws:logs:us-east-1:000000000000:log-group:other:*", "missing"],
        }));
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:other:*", one.Arn);
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:other", one.LogGroupArn);
        await FailsAsync(
            "InvalidParameterException",
            "mutually exclusive",
            async () => await GroupsAsync(new() { LogGroupNamePrefix = "a", LogGroupNamePattern = "b" }));
    }

    [Fact]
    public async Task PutRetentionPolicy_OnlyTheDaysAwsKnows_AreTaken()
    {
        await _logs.CreateAsync();
        await _logs.Groups.PutRetentionAsync(
            new PutRetentionPolicyRequest { LogGroupName = Group, RetentionInDays = 7 }, Context, Cancelled);
        Assert.Equal(7, (await GroupsAsync(new()))[0].RetentionInDays);

        await FailsAsync("InvalidParameterException", "[1, 3, 5, 7,", async () => await _logs.Groups.PutRetentionAsync(
            new PutRetentionPolicyRequest { LogGroupName = Group, RetentionInDays = 8 }, Context, Cancelled));

        await _logs.Groups.DeleteRetentionAsync(
            new DeleteRetentionPolicyRequest { LogGroupName = Group }, Context, Cancelled);
        Assert.Null((await GroupsAsync(new()))[0].RetentionInDays);
    }

    [Fact]
    public async Task DescribeLogStreams_OrderAndTokens_FollowTheRequest()
    {
        await _logs.CreateAsync(Group, "a", "b", "c");
        await _logs.PutAsync("a", (_logs.Now, "late"));
        await _logs.PutAsync("b", (_logs.Now - 5, "early"));

        var first = await StreamsAsync(
            new() { LogGroupName = Group, OrderBy = OrderBy.LastEventTime, Descending = true, Limit = 2 });
        var second = await StreamsAsync(new()
        {
            LogGroupName = Group,
            OrderBy = OrderBy.LastEventTime,
            Descending = true,
            NextToken = first.NextToken,
        });

        Assert.Equal(["a", "b"], first.LogStreams!.Select(stream => stream.LogStreamName));
        Assert.Equal(["c"], second.LogStreams!.Select(stream => stream.LogStreamName));
        Assert.Null(second.NextToken);
        Assert.Null(second.LogStreams![0].LastEventTimestamp);
        Assert.Equal(_logs.Now, first.LogStreams![0].LastEventTimestamp);
        await FailsAsync("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.", async () =>
            await StreamsAsync(new() { LogGroupName = Group, OrderBy = OrderBy.LastEventTime, LogStreamNamePrefix = "a" }));
        await FailsAsync("InvalidParameterException", "nextToken", async () =>
            await StreamsAsync(new() { LogGroupName = Group, NextToken = first.NextToken }));
    }

    [Fact]
    public async Task PutLogEvents_TooOldAndTooNew_AreLeftOutAndNamed()
    {
        await _logs.CreateAsync(Group, StreamName);
        var now = _logs.Now;
        var hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

        var old = await _logs.PutAsync(
            StreamName, (now - (14 * 24 * hour) - 1, "too old"), (now - (14 * 24 * hour), "just in time"));
        var young = await _logs.PutAsync(StreamName, (now, "now"), (now + (2 * hour), "soon"), (now + (2 * hour) + 1, "too new"));

        Assert.Equal((1, null), (old.RejectedLogEventsInfo!.TooOldLogEventEndIndex, old.RejectedLogEventsInfo.TooNewLogEventStartIndex));
        Assert.Equal((null, 2), (young.RejectedLogEventsInfo!.TooOldLogEventEndIndex, young.RejectedLogEventsInfo.TooNewLogEventStartIndex));
        Assert.Equal(["just in time", "now", "soon"], (await _logs.GetAsync()).Events!.Select(one => one.Message));
        Assert.Null((await _logs.PutAsync(StreamName, (now, "fine"))).RejectedLogEventsInfo);
    }

    [Fact]
    public async Task PutLogEvents_OlderThanRetention_IsNamedExpired()
    {
        await _logs.CreateAsync(Group, StreamName);
        await _logs.Groups.PutRetentionAsync(
            new PutRetentionPolicyRequest { LogGroupName = Group, RetentionInDays = 1 }, Context, Cancelled);

        var answer = await _logs.PutAsync(StreamName, (_logs.Now - 86_400_001, "gone"), (_logs.Now - 86_400_000, "kept"));

        Assert.Equal(1, answer.RejectedLogEventsInfo!.ExpiredLogEventEndIndex);
        Assert.Null(answer.RejectedLogEventsInfo.TooOldLogEventEndIndex);
        Assert.Equal("kept", Assert.Single((await _logs.GetAsync()).Events!).Message);
    }

    [Fact]
    public async Task PutLogEvents_BatchBreaksALimit_IsRefusedWhole()
    {
        await _logs.CreateAsync(Group, StreamName);
        var now = _logs.Now;

        await FailsAsync("InvalidParameterException", "chronological order", async () => await _logs.PutAsync(StreamName, (now, "b"), (now - 1, "a")));
        await FailsAsync("InvalidParameterException", "more than 24 hours", async () => await _logs.PutAsync(StreamName, (now - 86_400_001, "a"), (now, "b")));
        await FailsAsync(
            "InvalidParameterException",
            "Upload too large: 1048577 bytes exceeds limit of 1048576",
            async () => await _logs.PutAsync(StreamName, (now, new string('x', (1 << 20) - 25))));
        await _logs.PutAsync(StreamName, (now, new string('x', (1 << 20) - 26)));

        Assert.Single((await _logs.GetAsync()).Events!);
    }

    [Fact]
    public async Task GetLogEvents_FromHead_PagesToTheEndAndSeesWhatComesLater()
    {
        await _logs.CreateAsync(Group, StreamName);
        var empty = await _logs.GetAsync(fromHead: true);
        Assert.Empty(empty.Events!);
        await _logs.PutAsync(StreamName, [.. Enumerable.Range(0, 5).Select(i => (_logs.Now + (i / 2), $"{i}"))]);

        var seen = new List<string>();
        var token = empty.NextForwardToken;
        while (true)
        {
            var page = await _logs.GetAsync(token, limit: 2);
            seen.AddRange(page.Events!.Select(one => one.Message!));
            if (page.NextForwardToken == token)
            {
                break;
            }

            token = page.NextForwardToken;
        }

        await _logs.PutAsync(StreamName, (_logs.Now + 2, "later"));
        Assert.Equal(["0", "1", "2", "3", "4"], seen);
        Assert.Equal(["later"], (await _logs.GetAsync(token)).Events!.Select(one => one.Message));
        Assert.StartsWith("f/", token, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetLogEvents_Backward_PagesToTheBeginning()
    {
        await _logs.CreateAsync(Group, StreamName);
        await _logs.PutAsync(StreamName, [.. Enumerable.Range(0, 5).Select(i => (_logs.Now, $"{i}"))]);

        var last = await _logs.GetAsync(limit: 2);
        var middle = await _logs.GetAsync(last.NextBackwardToken, limit: 2);
        var first = await _logs.GetAsync(middle.NextBackwardToken, limit: 2);
        var none = await _logs.GetAsync(first.NextBackwardToken, limit: 2);
        var again = await _logs.GetAsync(none.NextForwardToken, limit: 2);

        Assert.Equal(["3", "4"], last.Events!.Select(one => one.Message));
        Assert.Equal(["1", "2"], middle.Events!.Select(one => one.Message));
        Assert.Equal(["0"], first.Events!.Select(one => one.Message));
        Assert.Empty(none.Events!);
        Assert.Equal(first.NextBackwardToken, none.NextBackwardToken);
        Assert.Equal(["0", "1"], again.Events!.Select(one => one.Message));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("f/123")]
    [InlineData("f/99999999999999999999999999990000000000000000000000000000")]
    [InlineData("x/00000000000000000000000000000000000000000000000000000000")]
    public async Task GetLogEvents_ForeignToken_IsRefused(string token)
    {
        await _logs.CreateAsync(Group, StreamName);

        await FailsAsync("InvalidParameterException", "The specified nextToken is invalid.", async () => await _logs.GetAsync(token));
    }

    [Fact]
    public async Task FilterLogEvents_AcrossStreams_MergesByTimeWithDistinctIds()
    {
        await _logs.CreateAsync(Group, "job/1", "job/2", "other");
        await _logs.PutAsync("job/1", (_logs.Now, "ERROR a"), (_logs.Now + 2, "ERROR c"));
        await _logs.PutAsync("job/2", (_logs.Now + 1, "ERROR b"), (_logs.Now + 1, "fine"));
        await _logs.PutAsync("other", (_logs.Now, "ERROR elsewhere"));

        var first = await _logs.FilterAsync(request =>
        {
            request.LogStreamNamePrefix = "job/";
            request.FilterPattern = "ERROR";
            request.Limit = 2;
        });
        var second = await _logs.FilterAsync(request =>
        {
            request.LogStreamNamePrefix = "job/";
            request.FilterPattern = "ERROR";
            request.NextToken = first.NextToken;
        });

        var all = first.Events!.Concat(second.Events!).ToList();
        Assert.Equal(["ERROR a", "ERROR b", "ERROR c"], all.Select(one => one.Message));
        Assert.Equal(["job/1", "job/2", "job/1"], all.Select(one => one.LogStreamName));
        Assert.Equal(all.Select(one => one.EventId).Order(StringComparer.Ordinal).Distinct(), all.Select(one => one.EventId));
        Assert.Null(second.NextToken);
    }

    [Fact]
    public async Task FilterLogEvents_EndTime_IsIncluded()
    {
        await _logs.CreateAsync(Group, StreamName);
        await _logs.PutAsync(StreamName, (_logs.Now, "a"), (_logs.Now + 1, "b"), (_logs.Now + 2, "c"));

        var found = await _logs.FilterAsync(request => (request.StartTime, request.EndTime) = (_logs.Now, _logs.Now + 1));

        Assert.Equal(["a", "b"], found.Events!.Select(one => one.Message));
    }

    [Fact]
    public async Task FilterLogEvents_BadRequests_AreRefused()
    {
        await _logs.CreateAsync(Group, StreamName);

        await FailsAsync("InvalidParameterException", "Invalid filter pattern", async () => await _logs.FilterAsync(
            request => request.FilterPattern = "{ $.a"));
        await FailsAsync("InvalidParameterException", "mutually exclusive", async () => await _logs.FilterAsync(
            request => (request.LogStreamNames, request.LogStreamNamePrefix) = ([StreamName], "job")));
        await FailsAsync("InvalidParameterException", "nextToken", async () => await _logs.FilterAsync(
            request => request.NextToken = "made up"));
        await FailsAsync("InvalidParameterException", "logGroupIdentifier", async () => await _logs.FilterAsync(
            request => request.LogGroupIdentifier = "also"));
    }

    [Fact]
    public async Task Tags_ByArnAndByName_AreTheSame()
    {
        const string Arn = "arn:aws:logs:us-east-1:000000000000:log-group:" + Group;
        await _logs.CreateAsync();
        await _logs.Tags.TagResourceAsync(
            new TagResourceRequest { ResourceArn = Arn, Tags = new() { ["a"] = "1", ["b"] = "2" } }, Context, Cancelled);
        await _logs.Tags.UntagLogGroupAsync(
            new UntagLogGroupRequest { LogGroupName = Group, Tags = ["a"] }, Context, Cancelled);

        var tags = await _logs.Tags.ListTagsForResourceAsync(
            new ListTagsForResourceRequest { ResourceArn = Arn + ":*" }, Context, Cancelled);

        Assert.Equal([KeyValuePair.Create("b", "2")], tags.Tags!);
        await FailsAsync("TooManyTagsException", "50", async () => await _logs.Tags.TagResourceAsync(
            new TagResourceRequest
            {
                ResourceArn = Arn,
                Tags = Enumerable.Range(0, 50).ToDictionary(i => $"key-{i}", _ => "v"),
            },
            Context,
            Cancelled));
        await FailsAsync("InvalidParameterException", "ARN", async () => await _logs.Tags.ListTagsForResourceAsync(
            new ListTagsForResourceRequest { ResourceArn = "arn:aws:s3:::bucket" }, Context, Cancelled));
    }

    private static async Task FailsAsync(string code, string message, Func<Task> act)
    {
        var error = await Assert.ThrowsAsync<ServiceException>(act);
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private async Task<List<LogGroup>> GroupsAsync(DescribeLogGroupsRequest request) =>
        (await _logs.Groups.DescribeAsync(request, Context, Cancelled)).LogGroups!;

    private ValueTask<DescribeLogStreamsResponse> StreamsAsync(DescribeLogStreamsRequest request) =>
        _logs.Streams.DescribeAsync(request, Context, Cancelled);
}
