using System.Globalization;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>
/// A place between two events of a stream, and the direction to read on from it. Written as AWS does:
/// <c>f/</c> or <c>b/</c> and 56 digits.
/// </summary>
/// <param name="Forward">Whether to read what follows the place or what precedes it.</param>
/// <param name="Next">The first position behind the place.</param>
internal readonly record struct LogCursor(bool Forward, LogPosition Next)
{
    private const int Digits = 28;

    /// <summary>The place behind an event.</summary>
    public static LogPosition Behind(LogPosition position) => position with { Sequence = position.Sequence + 1 };

    /// <exception cref="ServiceException">The token is none of ours.</exception>
    public static LogCursor Parse(string token)
    {
        if (token.Length == 2 + (2 * Digits)
            && token[0] is 'f' or 'b'
            && token[1] == '/'
            && TryRead(token.AsSpan(2, Digits), out var timestamp)
            && TryRead(token.AsSpan(2 + Digits), out var sequence))
        {
            return new LogCursor(token[0] == 'f', new LogPosition(timestamp, sequence));
        }

        throw LogNames.BadToken();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Forward ? 'f' : 'b')}/{Next.Timestamp:D28}{Next.Sequence:D28}");

    private static bool TryRead(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
