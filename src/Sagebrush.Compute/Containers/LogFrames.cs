using System.Buffers.Binary;

namespace Sagebrush.Compute.Containers;

/// <summary>Takes the frames off a container's output: 8 bytes before each piece, of which the last four are its length.</summary>
internal static class LogFrames
{
    private const int HeaderBytes = 8;

    /// <summary>Hands every byte that was printed on, without frames, in the order in which the engine keeps standard output and standard error.</summary>
    /// <param name="stream">The engine's answer.</param>
    /// <param name="skip">So many bytes of it are known already.</param>
    /// <param name="write">Takes the others.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The stream broke off.</exception>
    public static async Task ReadAsync(Stream stream, long skip, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var header = new byte[HeaderBytes];
        while (true)
        {
            var got = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken);
            if (got < HeaderBytes)
            {
                return;
            }

            for (long left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)); left > 0;)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
                if (count == 0)
                {
                    return;
                }

                left -= count;
                var known = (int)Math.Min(skip, count);
                skip -= known;
                if (known < count)
                {
                    write(buffer.AsMemory(known, count - known));
                }
            }
        }
    }
}
