using Xunit;

namespace Sagebrush.Wire.Tests.Botocore;

/// <summary>What AWS's Python client writes must reach its operation unchanged, and what we answer must read back the same.</summary>
public sealed class BotocoreTests(BotocoreRun run)
{
    [Theory]
    [MemberData(nameof(BotocoreRun.ServicesAndProtocols), MemberType = typeof(BotocoreRun))]
    public async Task Gateway_RequestsBotocoreWrote_ReachTheirOperationUnchanged(string service, string protocol) =>
        AssertNone(await run.RequestFailuresAsync(service, protocol));

    [Theory]
    [MemberData(nameof(BotocoreRun.ServicesAndProtocols), MemberType = typeof(BotocoreRun))]
    public async Task Gateway_AnswersAndErrors_AreReadByBotocoreAsWritten(string service, string protocol) =>
        AssertNone(await run.ResponseFailuresAsync(service, protocol));

    private static void AssertNone(IEnumerable<string> failures)
    {
        var all = failures.ToList();
        Assert.True(all.Count == 0, $"{all.Count} differ:\n{string.Join('\n', all.Take(25))}");
    }
}
