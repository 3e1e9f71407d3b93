using System.Buffers;
using System.Text;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Asks a model for the scores of synthetic records, as many at once as it takes.</summary>
/// <remarks>Without a <c>MaxRecordCount</c> the model is asked for fewer at once when it fails.</remarks>
internal sealed class SyntheticRecords(IModelServer server, Serving.Invocation request, string mediaType, ClarifyInferenceConfig config, ModelAnswer answers)
{
    private const int FirstRecordCount = 1000;
    private const int DefaultPayloadInMB = 6;
    private const int LessBy = 8;

    private int _most = config.MaxRecordCount ?? FirstRecordCount;

    /// <summary>Asks for all records of games, and tells them the scores.</summary>
    /// <exception cref="ModelInvocationException">The model failed.</exception>
    /// <exception cref="FormatException">Its answer cannot be understood.</exception>
    public async Task AskAsync(IEnumerable<RecordGame> games, Func<double, double> transform, CancellationToken cancellationToken)
    {
        var largest = (config.MaxPayloadInMB ?? DefaultPayloadInMB) * 1024L * 1024;
        List<(RecordGame Game, string Line)> batch = [];
        var bytes = 0L;
        foreach (var (game, row) in games.SelectMany(game => game.Rows().Select(row => (game, row))))
        {
            var line = RecordFormat.Write(row, mediaType, config.ContentTemplate);
            var size = Encoding.UTF8.GetByteCount(line) + 1;
            if (batch.Count >= _most || (batch.Count > 0 && bytes + size > largest))
            {
                await TellAsync();
            }

            batch.Add((game, line));
            bytes += size;
        }

        if (batch.Count > 0)
        {
            await TellAsync();
        }

        async Task TellAsync()
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scores = await AskAsync([.. batch.Select(each => each.Line)], cancellationToken);
            for (var i = 0; i < scores.Count; i++)
            {
                batch[i].Game.Tell(Array.ConvertAll(scores[i], score => transform(score)));
            }

            batch.Clear();
            bytes = 0;
        }
    }

    private async Task<List<double[]>> AskAsync(string[] lines, CancellationToken cancellationToken)
    {
        try
        {
            var output = new ArrayBufferWriter<byte>();
            var body = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
            var result = await server.InvokeAsync(request with { Body = body }, output, cancellationToken);
            return [.. ModelAnswer.Records(Encoding.UTF8.GetString(output.WrittenSpan), result.ContentType, lines.Length).Select(answers.Scores)];
        }
        catch (Exception error) when (lines.Length > 1 && config.MaxRecordCount is null
            && error is FormatException or ModelInvocationException { Failure: InvocationFailure.Refused or InvocationFailure.Faulted or InvocationFailure.TooLarge })
        {
            _most = Math.Max(1, lines.Length / LessBy);
        }

        List<double[]> scores = [];
        foreach (var part in lines.Chunk(_most))
        {
            scores.AddRange(await AskAsync(part, cancellationToken));
        }

        return scores;
    }
}
