using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Sagebrush.Algorithms;
using Sagebrush.Serving;
using Sagebrush.Serving.Batch;
using Sagebrush.Serving.BuiltIn;

// MODEL-FOLDER FILE: seconds from the file's first byte to the last answer, in the payloads of a transform job, on all processors. A first pass compiles.
const int LargestPayload = 6 << 20;
await using var server = BuiltInModelServer.Load(BuiltInAlgorithms.Find("xgboost")!, args[0], null);
await EvaluateAsync();
var watch = Stopwatch.StartNew();
await EvaluateAsync();
Console.WriteLine(watch.Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));

async Task EvaluateAsync()
{
    await using var file = File.OpenRead(args[1]);
    using var payloads = new PayloadReader(file, RecordSplit.Line, single: false, LargestPayload);
    await Parallel.ForEachAsync(ReadAsync(payloads), async (payload, cancellationToken) =>
        await server.InvokeAsync(new Invocation(new ReadOnlySequence<byte>(payload), "text/csv", "text/csv"), new ArrayBufferWriter<byte>(), cancellationToken));
}

static async IAsyncEnumerable<byte[]> ReadAsync(PayloadReader payloads)
{
    while (await payloads.ReadAsync(CancellationToken.None) is { } payload)
    {
        yield return payload;
    }
}
