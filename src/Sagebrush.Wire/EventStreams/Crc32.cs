namespace Sagebrush.Wire.EventStreams;

/// <summary>The CRC-32 of Ethernet and zip, eight bytes a step.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc ^= BitConverter.ToUInt32(bytes);
            crc = Tables[7][crc & 0xff] ^ Tables[6][(crc >> 8) & 0xff] ^ Tables[5][(crc >> 16) & 0xff] ^ Tables[4][crc >> 24]
                ^ Tables[3][bytes[4]] ^ Tables[2][bytes[5]] ^ Tables[1][bytes[6]] ^ Tables[0][bytes[7]];
            bytes = bytes[8..];
        }

        foreach (var one in bytes)
        {
            crc = (crc >> 8) ^ Tables[0][(crc ^ one) & 0xff];
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        tables[0] = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[0][i] = crc;
        }

        for (var t = 1; t < 8; t++)
        {
            tables[t] = [.. tables[t - 1].Select(crc => (crc >> 8) ^ tables[0][crc & 0xff])];
        }

        return tables;
    }
}
