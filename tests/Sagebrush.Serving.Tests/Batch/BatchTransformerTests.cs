using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sagebrush.Serving.Batch;

namespace Sagebrush.Serving.Tests.Batch;

public sealed class BatchTransformerTests
{
    private static readonly BatchOptions Lines = new() { Split = RecordSplit.Line, AssembleLines = true, ContentType = "text/csv", Accept = "text/csv" };

    [Fact]
    public async Task RunAsync_ConcurrentRequests_KeepsTheOrderOfRecords()
    {
        var input = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i}\n"));

        var output = await RunAsync(input, Lines with { SingleRecord = true, Concurrency = 8 }, new EchoServer { Slow = true });

        Assert.Equal(input, output);
    }

    [Fact]
    public async Task RunAsync_JoinAndFilters_WorkAsInTheGuide()
    {
        var options = Lines with
        {
            Processing = new RecordProcessing
            {
                IsJson = false,
                InputFilter = JsonPath.Parse("$[1:]"),
                OutputFilter = JsonPath.Parse("$[0,-1]"),
                JoinsInput = true,
            },
        };

        Assert.Equal("id1,b\n\"i,d\",d\n", await RunAsync("id1,a,b\n\"i,d\",c,d\n", options, new EchoServer()));
    }

    [Fact]
    public async Task RunAsync_JsonLinesJoined_AddsSageMakerOutput()
    {
        var options = Lines with
        {
            ContentType = "application/jsonlines",
            Accept = "application/jsonlines",
            Processing = new RecordProcessing { IsJson = true, InputFilter = JsonPath.Parse("$.x"), JoinsInput = true },
        };

        Assert.Equal(
            """{"id":7,"x":[1],"SageMakerOutput":[1]}""" + "\n" + """{"id":8,"x":{"y":2},"SageMakerOutput":{"y":2}}""" + "\n",
            await RunAsync("""{"id":7,"x":[1]}""" + "\n" + """{"id":8,"x":{"y":2}}""", options, new EchoServer()));
    }

    [Fact]
    public async Task RunAsync_JsonThatIsNoObject_IsWrapped()
    {
        var options = Lines with { Processing = new RecordProcessing { IsJson = true, JoinsInput = true, InferenceTime = "2022-08-30T00:49:15Z" } };

        var output = await RunAsync("[1]", options, new EchoServer());

        Assert.Matches("""^\{"SageMakerInput":\[1\],"SageMakerOutput":\[1\],"SageMakerInferenceId":"[0-9a-f-]{36}","SageMakerInferenceTime":"2022-08-30T00:49:15Z"\}\n$""", output);
    }

    [Fact]
    public async Task RunAsync_AnswersThatDoNotMatchRecords_AreToldWithTheRemedy()
    {
        var options = Lines with { Processing = new RecordProcessing { IsJson = false, JoinsInput = true } };

        var error = await Assert.ThrowsAsync<BatchInputException>(() => RunAsync("1\n2\n", options, new EchoServer { Answer = "one line" }));

        Assert.Contains("Set BatchStrategy to SingleRecord", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ModelThatFailsTwice_IsAskedAgain()
    {
        var server = new EchoServer { Failures = 2 };

        Assert.Equal("1\n", await RunAsync("1\n", Lines with { Retries = 2 }, server));
        Assert.Equal(3, server.Calls);
    }

    [Fact]
    public async Task RunAsync_ModelThatRefuses_IsNotAskedAgain()
    {
        var server = new EchoServer { Failures = 1, Failure = ModelInvocationException.Refused(415, "no such type") };

        var error = await Assert.ThrowsAsync<BatchInputException>(() => RunAsync("1\n", Lines, server));

        Assert.Equal("Bad HTTP status received from algorithm: 415: no such type", error.Message);
        Assert.Equal(1, server.Calls);
    }

    private static async Task<string> RunAsync(string input, BatchOptions options, EchoServer server)
    {
        await using var model = server;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var output = new MemoryStream();
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await new BatchTransformer(model, options, TimeProvider.System).RunAsync(stream, writer, TestContext.Current.CancellationToken);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Answers with the request, late and out of order when it is slow.</summary>
    private sealed class EchoServer : IModelServer
    {
        private int _calls;

        public bool Slow { get; init; }

        public string? Answer { get; init; }

        public int Failures { get; init; }

        public ModelInvocationException Failure { get; init; } = new(InvocationFailure.Faulted, 500, "a fault of the moment");

        public int Calls => _calls;

        public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            var call = Interlocked.Increment(ref _calls);
            for (var i = Slow ? call % 7 : 0; i > 0; i--)
            {
                await Task.Yield();
            }

            if (call <= Failures)
            {
                throw Failure;
            }

            output.Write(Answer is null ? invocation.Body.ToArray() : Encoding.UTF8.GetBytes(Answer));
            return new InvocationResult(invocation.ContentType ?? "text/csv");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
