using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sagebrush.Serving.Tensors;

/// <summary>Tensors as NumPy's <c>.npy</c> files: magic, version, a dictionary as text, and the elements.</summary>
internal static partial class NumpyFile
{
    private const int Alignment = 64;

    /// <summary>Reads an array.</summary>
    /// <exception cref="FormatException">It is no file of numbers in C order.</exception>
    public static Tensor Read(string name, ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || file[0] != 0x93 || !file[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new FormatException("the body is no .npy file");
        }

        var (start, length) = file[6] == 1 ? (10, BinaryPrimitives.ReadUInt16LittleEndian(file[8..])) : (12, (int)Math.Min(int.MaxValue / 2, BinaryPrimitives.ReadUInt32LittleEndian(file[8..])));
        if (start + length > file.Length)
        {
            throw new FormatException("the .npy file ends within its header");
        }

        var header = Header().Match(Encoding.Latin1.GetString(file.Slice(start, length)));
        if (!header.Success)
        {
            throw new FormatException("the header of the .npy file cannot be read");
        }

        var type = ElementType.All.FirstOrDefault(known => known.NumpyName == header.Groups["type"].Value.Replace('=', '<'))
            ?? throw new FormatException($"the .npy file is of type {header.Groups["type"].Value}, which is not supported");
        List<long> shape = [.. header.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))];
        if (header.Groups["order"].Value == "True" && shape.Count > 1)
        {
            throw new FormatException("the .npy file is in Fortran order; save it from numpy.ascontiguousarray");
        }

        var elements = type.Allocate(Shapes.Count(shape));
        var target = type.Bytes(elements);
        var bytes = file[(start + length)..];
        if (bytes.Length != target.Length)
        {
            throw new FormatException($"the .npy file of shape {Shapes.Show(shape)} should have {target.Length} bytes of elements and has {bytes.Length}");
        }

        bytes.CopyTo(target);
        return new Tensor(name, type, shape, elements);
    }

    /// <summary>Writes an array.</summary>
    /// <exception cref="ModelInvocationException">It holds texts.</exception>
    public static void Write(Tensor tensor, IBufferWriter<byte> output)
    {
        if (tensor.Type.NumpyName is not { } type)
        {
            throw TensorResponses.Refused(406, $"The output '{tensor.Name}' holds texts, which application/x-npy cannot. Please accept application/json.");
        }

        var shape = tensor.Shape is [var only] ? $"({only},)" : $"({string.Join(", ", tensor.Shape)})";
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        var length = (((10 + header.Length + 1 + Alignment - 1) / Alignment) * Alignment) - 10;
        var head = output.GetSpan(10 + length)[..(10 + length)];
        head.Fill((byte)' ');
        head[0] = 0x93;
        "NUMPY"u8.CopyTo(head[1..]);
        (head[6], head[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], (ushort)length);
        Encoding.Latin1.GetBytes(header, head[10..]);
        head[^1] = (byte)'\n';
        output.Advance(head.Length);
        output.Write(tensor.Type.Bytes(tensor.Elements));
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[\d,\s]*)\)")]
    private static partial Regex Header();
}
