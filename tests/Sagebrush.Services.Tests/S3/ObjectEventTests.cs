using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Services.Sns;
using Sagebrush.State.Objects;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.S3;

public sealed class ObjectEventTests
{
    private static readonly ObjectEvent Example = new()
    {
        Name = "ObjectCreated:Put",
        Bucket = "b",
        Account = "000000000000",
        Region = "eu-west-1",
        Key = "in/a b+ü.csv",
        Size = 7,
        ETag = "abc",
        Time = new DateTimeOffset(2026, 3, 1, 10, 0, 0, 5, TimeSpan.Zero),
    };

    [Theory]
    [InlineData("s3:ObjectCreated:*", null, null, true)]
    [InlineData("s3:ObjectCreated:Put", "in/", ".csv", true)]
    [InlineData("s3:ObjectCreated:Copy", null, null, false)]
    [InlineData("s3:ObjectRemoved:*", null, null, false)]
    [InlineData("s3:ObjectCreated:*", "out/", null, false)]
    [InlineData("s3:ObjectCreated:*", "in/", ".json", false)]
    public void Matches_NameAndKey_AsConfigured(string name, string? prefix, string? suffix, bool matches)
    {
        List<FilterRule> rules = [];
        rules.AddRange(prefix is null ? [] : [new() { Name = "prefix", Value = prefix }]);
        rules.AddRange(suffix is null ? [] : [new() { Name = "Suffix", Value = suffix }]);
        Assert.Equal(matches, EventFilter.Matches([name], new() { Key = new() { FilterRules = rules } }, Example));
    }

    [Fact]
    public void Write_Event_HasS3sStructure()
    {
        using var message = JsonDocument.Parse(EventMessage.Write(Example, "id"));
        var record = message.RootElement.GetProperty("Records")[0];
        Assert.Equal("2026-03-01T10:00:00.005Z", record.GetProperty("eventTime").GetString());
        var s3 = record.GetProperty("s3");
        Assert.Equal("arn:aws:s3:::b", s3.GetProperty("bucket").GetProperty("arn").GetString());
        Assert.Equal("in/a+b%2B%C3%BC.csv", s3.GetProperty("object").GetProperty("key").GetString());
        Assert.Equal(7, s3.GetProperty("object").GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task Announce_TopicConfigured_IsPublishedOnceEvenAfterACrash()
    {
        using var folder = new TemporaryFolder();
        var cancelled = TestContext.Current.CancellationToken;
        await using (var store = Open(folder))
        {
            await store.CreateBucketAsync("bucket", "000000000000", "us-east-1", cancelled);
            var configuration = new NotificationConfiguration { TopicConfigurations = [new() { Id = "new", TopicArn = "arn:topic", Events = ["s3:ObjectCreated:*"] }] };
            await store.SetBucketDocumentAsync("bucket", BucketSettings.Notification, BucketSettings.Text(configuration), cancelled);
            using var outbox = Outbox(store, new RecordingTopics());
            var events = new ObjectEvents([], outbox, TimeProvider.System);
            var bucket = store.FindBucket("bucket")!;
            using var content = await store.WriteAsync(new MemoryStream([1]), new ContentOptions(), cancelled);
            await store.PutAsync(new() { Bucket = "bucket", Key = "k", Announce = events.Announce("ObjectCreated:Put", bucket, context: null) }, content, cancelled);
            await store.DeleteAsync("bucket", [new DeleteTarget("k") { Announce = events.AnnounceDeletion(ObjectEvents.Removed, bucket, context: null) }], cancelled);

            // The program ends before anything was published.
        }

        await using var reopened = Open(folder);
        var topics = new RecordingTopics { Failures = 1 };
        using var pump = Outbox(reopened, topics);
        Assert.False(await pump.TryPublishAsync(cancelled));
        Assert.True(await pump.TryPublishAsync(cancelled));
        Assert.True(await pump.TryPublishAsync(cancelled));

        var (topic, message) = Assert.Single(topics.Published);
        Assert.Equal("arn:topic", topic);
        Assert.Contains("\"configurationId\":\"new\"", message, StringComparison.Ordinal);
        Assert.Empty(reopened.ReadOutbox(1));
    }

    private static FolderObjectStore Open(TemporaryFolder folder) =>
        FolderObjectStore.Open(folder.Path, TimeProvider.System, NullLogger<FolderObjectStore>.Instance);

    private static EventOutbox Outbox(FolderObjectStore store, ITopics topics) => new(store, topics, TimeProvider.System, NullLogger<EventOutbox>.Instance);

    private sealed class RecordingTopics : ITopics
    {
        public List<(string Topic, string Message)> Published { get; } = [];

        public int Failures { get; set; }

        public ValueTask<bool> ExistsAsync(string topicArn, CancellationToken cancellationToken) => new(true);

        public ValueTask<string?> TryPublishAsync(string topicArn, TopicMessage message, CancellationToken cancellationToken)
        {
            if (Failures-- > 0)
            {
                throw new IOException("The disk is full.");
            }

            Published.Add((topicArn, message.Text));
            return new("id");
        }
    }
}
