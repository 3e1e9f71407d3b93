using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Sagebrush.Serving.Python;

/// <summary>Turns a process's output into lines, in bounded memory whatever the process prints.</summary>
internal static class LineReader
{
    /// <summary>Longer lines are cut into pieces of this many bytes, well below what a log event may hold.</summary>
    private const int MaximumLineBytes = 64 * 1024;

    /// <summary>Reads until the stream ends or breaks.</summary>
    public static async Task PumpAsync(Stream stream, Action<string> onLine, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var rest = Emit(result.Buffer, result.IsCompleted, onLine);
                reader.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process, or our interest in it, has ended.
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static ReadOnlySequence<byte> Emit(ReadOnlySequence<byte> buffer, bool last, Action<string> onLine)
    {
        while (!buffer.IsEmpty)
        {
            var end = buffer.PositionOf((byte)'\n');
            var line = end is { } position ? buffer.Slice(0, position) : buffer;
            if (line.Length > MaximumLineBytes)
            {
                line = buffer.Slice(0, MaximumLineBytes);
                end = null;
            }
            else if (end is null && !last)
            {
                break;
            }

            onLine(Encoding.UTF8.GetString(line).TrimEnd('\r'));
            buffer = buffer.Slice(end is { } newLine ? buffer.GetPosition(1, newLine) : line.End);
        }

        return buffer;
    }
}
