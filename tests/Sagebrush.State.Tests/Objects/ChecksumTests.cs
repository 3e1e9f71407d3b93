using FsCheck;
using FsCheck.Fluent;
using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Tests.Objects;

public sealed class ChecksumTests
{
    // The check values of the CRC catalogue (reveng.sourceforge.io) and of FIPS 180-4's tools for the same nine digits.
    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, "CBF43926")]
    [InlineData(ChecksumAlgorithm.Crc32C, "E3069283")]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, "AE8B14860A799888")]
    [InlineData(ChecksumAlgorithm.Sha1, "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData(ChecksumAlgorithm.Sha256, "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Hash_CheckInput_KnownValue(ChecksumAlgorithm algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(ContentHasher.Hash(algorithm, "123456789"u8)));

    // zlib.crc32 of Python for i * 7 + (i >> 8) modulo 256, by length.
    [Theory]
    [InlineData(0, 0u)]
    [InlineData(127, 1682053420u)]
    [InlineData(128, 3378972911u)]
    [InlineData(1_000, 1720649533u)]
    [InlineData(100_003, 191459366u)]
    public void Crc32_Zlib_Agrees(int length, uint expected) =>
        Assert.Equal(expected, (uint)Whole(ReflectedCrc.Crc32, Pattern(length)));

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, 32, 0xEDB88320)]
    [InlineData(ChecksumAlgorithm.Crc32C, 32, 0x82F63B78)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, 64, 0x9A6C9329AC4BC9B5)]
    public void Crc_AnyBytesInAnyPieces_EqualsBitByBit(ChecksumAlgorithm algorithm, int width, ulong polynomial)
    {
        var crc = ContentHasher.Crc(algorithm)!;
        var property = Prop.ForAll(Gen.Choose(0, 700).Two().ToArbitrary(), lengths =>
        {
            var (total, cut) = (Math.Max(lengths.Item1, lengths.Item2), Math.Min(lengths.Item1, lengths.Item2));
            var data = Pattern(total);
            var pieces = crc.Finish(crc.Append(crc.Append(crc.InitialState, data.AsSpan(0, cut)), data.AsSpan(cut)));
            var joined = crc.Combine(Whole(crc, data.AsSpan(0, cut)), Whole(crc, data.AsSpan(cut)), total - cut);
            var expected = BitByBit(width, polynomial, data);
            return pieces == expected && joined == expected && crc.Finish(crc.AppendByTable(crc.InitialState, data)) == expected;
        });
        Check.One(Config.QuickThrowOnFailure, property);
    }

    [Fact]
    public void FullObject_Parts_EqualsOnePass()
    {
        var data = Pattern(50_000);
        foreach (var algorithm in (ChecksumAlgorithm[])[ChecksumAlgorithm.Crc32, ChecksumAlgorithm.Crc32C, ChecksumAlgorithm.Crc64Nvme])
        {
            var parts = data.Chunk(7_777).Select(part => (ContentHasher.Hash(algorithm, part), (long)part.Length));
            Assert.Equal(
                Convert.ToBase64String(ContentHasher.Hash(algorithm, data)),
                MultipartChecksum.FullObject(algorithm, parts).Value);
        }
    }

    [Fact]
    public void Composite_Parts_HashOfHashesAndCount()
    {
        byte[][] parts = [ContentHasher.Hash(ChecksumAlgorithm.Sha256, "a"u8), ContentHasher.Hash(ChecksumAlgorithm.Sha256, "b"u8)];
        var expected = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData([.. parts[0], .. parts[1]]));
        Assert.Equal(expected + "-2", MultipartChecksum.Composite(ChecksumAlgorithm.Sha256, parts).Value);
    }

    private static byte[] Pattern(int length) =>
        [.. Enumerable.Range(0, length).Select(index => (byte)((index * 7) + (index >> 8)))];

    private static ulong Whole(ReflectedCrc crc, ReadOnlySpan<byte> data) => crc.Finish(crc.Append(crc.InitialState, data));

    private static ulong BitByBit(int width, ulong polynomial, byte[] data)
    {
        var ones = ulong.MaxValue >> (64 - width);
        var register = ones;
        foreach (var value in data)
        {
            register ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register & 1) != 0 ? (register >> 1) ^ polynomial : register >> 1;
            }
        }

        return register ^ ones;
    }
}
