using Sagebrush.Contracts.Logs;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Tests.Server;

/// <summary>Objects and log lines are written by several clients while the server is killed again and again.</summary>
public sealed class WritersCrashTests : IDisposable
{
    private const int Rounds = 4;
    private const int ObjectWriters = 3;
    private const int LogWriters = 2;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill9_InALoopWhileClientsWrite_EverythingAcknowledgedIsThereAndWhole()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var random = new Random(17);
        var objects = Enumerable.Range(0, ObjectWriters).Select(number => new ObjectWriter(number)).ToList();
        var logs = Enumerable.Range(0, LogWriters).Select(number => new LogWriter(number)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancelled);
            await using var killed = server;
            using var client = Client(url);
            if (round == 0)
            {
                await PrepareAsync(client, logs, cancelled);
            }

            var left = random.Next(60, 160);
            void Acknowledge()
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    killed.Signal(ProgramUnderTest.Kill);
                }
            }

            await Task.WhenAll([
                .. objects.Select(writer => Task.Run(() => UntilKilledAsync(() => writer.WriteAsync(client, cancelled), Acknowledge), cancelled)),
                .. logs.Select(writer => Task.Run(() => UntilKilledAsync(() => writer.WriteAsync(client, cancelled), Acknowledge), cancelled))]);
            await killed.EndAsync(cancelled);
            Assert.True(left <= 0, $"The server ended by itself: {killed.Error}");
        }

        var (last, lastUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancelled);
        await using var survivor = last;
        using var reader = Client(lastUrl);
        foreach (var writer in objects)
        {
            await writer.CheckAsync(reader, cancelled);
        }

        foreach (var writer in logs)
        {
            await writer.CheckAsync(reader, cancelled);
        }
    }

    private static async Task PrepareAsync(ApiClient client, List<LogWriter> logs, CancellationToken cancellationToken)
    {
        await client.SendAsync("s3", HttpMethod.Put, $"/{ObjectWriter.Bucket}", [], null, cancellationToken);
        await client.SendAsync(LogsApi.CreateLogGroup, new CreateLogGroupRequest { LogGroupName = LogWriter.Group }, cancellationToken);
        foreach (var writer in logs)
        {
            await client.SendAsync(
                LogsApi.CreateLogStream, new CreateLogStreamRequest { LogGroupName = LogWriter.Group, LogStreamName = writer.Stream }, cancellationToken);
        }
    }

    private static async Task UntilKilledAsync(Func<Task> write, Action acknowledge)
    {
        try
        {
            while (true)
            {
                await write();
                acknowledge();
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // The server is gone.
        }
    }

    private ApiClient Client(Uri url) =>
        new(url, CredentialsStore.Open(_data.Path, "000000000000", TimeProvider.System).Root, "us-east-1", TimeProvider.System);
}
