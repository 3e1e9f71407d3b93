namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>The frame around each record: a magic number, a length, the bytes, and zeros up to a multiple of four.</summary>
/// <remarks>
/// As MXNet's dmlc-core writes it. The length's upper three bits say whether this is a whole record (0) or the first (1), a middle (2) or the
/// last part (3) of one that held the magic number itself; between parts that number is put back.
/// </remarks>
internal static class RecordIoFormat
{
    public const uint Magic = 0xCED7230A;

    public const int HeaderSize = 8;

    public const int LengthBits = 29;

    public const int MaxLength = (1 << LengthBits) - 1;

    public const uint Whole = 0;

    public const uint First = 1;

    public const uint Last = 3;

    public static int Padded(int length) => (length + 3) & ~3;
}
