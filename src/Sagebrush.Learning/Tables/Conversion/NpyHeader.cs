using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>What a <c>.npy</c> file says before its values.</summary>
/// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: magic, version, length, a Python dictionary.</remarks>
/// <param name="Type">The kind and size of an item: <c>f4</c>, <c>i8</c>, ….</param>
/// <param name="RowCount">The first dimension.</param>
/// <param name="ColumnCount">The second dimension; 1 for an array of one.</param>
internal readonly partial record struct NpyHeader(string Type, long RowCount, long ColumnCount)
{
    private const int Prefix = 10;
    private const int Size = 128;

    private static readonly string[] Types = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"];

    /// <summary>Bytes of an item.</summary>
    public int ItemSize => Type[1] - '0';

    /// <summary>Reads it; the file then stands at the first value.</summary>
    /// <exception cref="TableFormatException">It is none, or of an array that is no table.</exception>
    public static NpyHeader Read(FileStream file)
    {
        var name = Path.GetFileName(file.Name);
        Span<byte> prefix = stackalloc byte[12];
        var read = file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (read < prefix.Length || prefix[0] != 0x93 || !prefix[1..].StartsWith("NUMPY"u8) || prefix[6] is 0 or > 3)
        {
            throw TableFormatException.AtOffset(name, 0, "it is not a NumPy file.");
        }

        var (start, length) = prefix[6] == 1 ? (Prefix, BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..])) : (12L, BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]));
        if (length > 1 << 20)
        {
            throw TableFormatException.AtOffset(name, 8, $"a header of {length} bytes is not plausible.");
        }

        file.Position = start;
        var bytes = new byte[length];
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw TableFormatException.AtOffset(name, start, "the file ends within its header.");
        }

        return Parse(name, Encoding.UTF8.GetString(bytes));
    }

    /// <summary>The header of a table in C's order, always of the same size, so that it can be rewritten when the number of rows is known.</summary>
    public byte[] ToBytes()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<{Type}', 'fortran_order': False, 'shape': ({RowCount}, {ColumnCount}), }}");
        var bytes = new byte[Size];
        bytes.AsSpan().Fill((byte)' ');
        ((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Size - Prefix);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(Prefix));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    private static NpyHeader Parse(string name, string text)
    {
        var type = Descriptor().Match(text);
        var shape = Shape().Match(text);
        if (!type.Success || !shape.Success)
        {
            throw TableFormatException.AtOffset(name, Prefix, $"the header cannot be understood: {text.Trim()}");
        }

        if (type.Groups["order"].Value == ">" || !Types.Contains(type.Groups["type"].Value, StringComparer.Ordinal))
        {
            throw TableFormatException.AtOffset(name, Prefix, $"values of the type '{type.Groups["order"].Value}{type.Groups["type"].Value}' cannot be read; convert them with array.astype('float32').");
        }

        var dimensions = shape.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToList();
        if (dimensions.Count is 0 or > 2 || dimensions.Exists(number => number > int.MaxValue))
        {
            throw TableFormatException.AtOffset(name, Prefix, $"an array of the shape ({shape.Groups["shape"].Value}) is no table.");
        }

        return dimensions.Count == 2 && dimensions[1] > 1 && Fortran().IsMatch(text)
            ? throw TableFormatException.AtOffset(name, Prefix, "the array is in Fortran's order; save numpy.ascontiguousarray(array).")
            : new(type.Groups["type"].Value, dimensions[0], dimensions.Count == 2 ? dimensions[1] : 1);
    }

    [GeneratedRegex("'descr'\\s*:\\s*'(?<order>[<>|=]?)(?<type>\\w+)'")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<shape>[\d, ]*)\)")]
    private static partial Regex Shape();

    [GeneratedRegex(@"'fortran_order'\s*:\s*True")]
    private static partial Regex Fortran();
}
