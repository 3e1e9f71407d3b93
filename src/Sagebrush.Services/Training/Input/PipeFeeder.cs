using System.IO.Compression;
using System.Text;
using Sagebrush.Compute.Jobs;
using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Services.Training.Input;

/// <summary>The program that fills a host's pipes: epoch after epoch, for as long as somebody reads.</summary>
/// <remarks>
/// A process of its own beside the job's: when the server is killed in the middle of an epoch the job goes on reading, and does not take a cut stream for
/// the end of the data.
/// </remarks>
public static class PipeFeeder
{
    /// <summary>The program's first argument that makes it fill pipes; the path of the plan and that of the file for a failure's reason follow.</summary>
    public const string Command = "feed-pipes";

    private const int CopySize = 1 << 20;

    /// <summary>Runs as the body of a process; returns when a channel cannot be fed.</summary>
    /// <param name="plan">The plan's path.</param>
    /// <param name="failure">Where the reason goes when it cannot go on.</param>
    public static int RunProcess(string plan, string failure)
    {
        try
        {
            var feeding = PipePlan.Load(plan).Channels.Select(channel => Task.Factory.StartNew(
                () => Feed(channel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Task.WhenAny(feeding).GetAwaiter().GetResult().GetAwaiter().GetResult();
            return 0;
        }
#pragma warning disable CA1031 // Whatever it is, the job must be told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var words = exception is InvalidDataException ? $"ClientError: {exception.Message}" : $"InternalServerError: {exception.Message}";
            Directory.CreateDirectory(Path.GetDirectoryName(failure)!);
            File.WriteAllText(failure, words);
            Console.Error.WriteLine(exception);
            return 1;
        }
    }

    /// <summary>The path of an epoch's pipe.</summary>
    internal static string PathOf(string channelPath, int epoch) => $"{channelPath}_{epoch}";

    private static void Feed(PipeChannel channel)
    {
        for (var epoch = 0; ; epoch++)
        {
            var path = PathOf(channel.Path, epoch);
            NamedPipe.Make(path);
            using (var pipe = NamedPipe.OpenToWrite(path))
            {
                FeedEpoch(channel, channel.Epoch(epoch), pipe);

                // Before the reader sees the end: it may look for the next one at once.
                NamedPipe.Make(PathOf(channel.Path, epoch + 1));
                File.Delete(path);
            }
        }
    }

    private static void FeedEpoch(PipeChannel channel, IReadOnlyList<PipeEntry> entries, FileStream pipe)
    {
        var frames = new ClosableWriter(pipe);
        foreach (var part in entries.SelectMany(entry => entry.Parts))
        {
            try
            {
                using var content = Open(channel, part);
                if (!frames.TryWrite(content, channel.IsWrapped))
                {
                    // The reader has seen enough of this epoch.
                    return;
                }
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException(
                    $"The object '{Path.GetFileName(part.File)}' of the channel '{Path.GetFileName(channel.Path)}' is not valid gzip: {exception.Message}", exception);
            }
        }
    }

    private static Stream Open(PipeChannel channel, PipePart part)
    {
        if (part.File is null)
        {
            return new MemoryStream(Encoding.UTF8.GetBytes(part.Text!));
        }

        var file = new FileStream(part.File, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        if (!channel.IsGzip)
        {
            return file;
        }

        var unpacking = new GZipStream(file, CompressionMode.Decompress);
        if (!channel.IsWrapped)
        {
            return unpacking;
        }

        // A record begins with its length.
        using (unpacking)
        {
            var whole = new MemoryStream();
            unpacking.CopyTo(whole);
            whole.Position = 0;
            return whole;
        }
    }

    /// <summary>Writes into a pipe whose reader may close it.</summary>
    private sealed class ClosableWriter(FileStream pipe)
    {
        private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(CopySize);

        public bool TryWrite(Stream content, bool wrapped)
        {
            if (wrapped && !TryWrite(RecordIoWriter.Header(content.Length)))
            {
                return false;
            }

            if (!TryWriteAll(content))
            {
                return false;
            }

            return !wrapped || TryWrite(RecordIoWriter.Padding(content.Length));
        }

        private bool TryWriteAll(Stream content)
        {
            if (content is FileStream file && NamedPipe.Splice(file, pipe) is var result and not SpliceResult.Unsupported)
            {
                return result is SpliceResult.Whole;
            }

            int read;
            while ((read = content.Read(_buffer)) > 0)
            {
                if (!TryWrite(_buffer.AsSpan(0, read)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryWrite(ReadOnlySpan<byte> bytes)
        {
            try
            {
                pipe.Write(bytes);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
