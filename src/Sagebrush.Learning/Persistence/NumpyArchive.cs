using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Sagebrush.Learning.Persistence;

/// <summary>Named arrays in one file, NumPy's <c>.npz</c>: what is learnt here opens with <c>numpy.load</c>.</summary>
/// <remarks>The layout is that of NumPy's enhancement proposal 1 (format version 1.0), in little endian and C order.</remarks>
public sealed partial class NumpyArchive
{
    private const string SettingsName = "settings.json";
    private readonly Dictionary<string, (string Kind, int[] Shape, byte[] Content)> _arrays = new(StringComparer.Ordinal);

    /// <summary>Settings beside the arrays, as JSON text; empty when there are none.</summary>
    public string Settings { get; set; } = "";

    /// <summary>Names of the arrays.</summary>
    public IReadOnlyCollection<string> Names => _arrays.Keys;

    /// <summary>Adds an array.</summary>
    /// <typeparam name="T"><see langword="float"/>, <see langword="double"/>, <see langword="int"/>, <see langword="long"/> or <see langword="byte"/>.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its values in C order.</param>
    /// <param name="shape">Its shape; one dimension when none is given.</param>
    public NumpyArchive Add<T>(string name, ReadOnlySpan<T> values, params int[] shape)
        where T : unmanaged
    {
        _arrays.Add(name, (Kind<T>(), shape is { Length: > 0 } ? shape : [values.Length], MemoryMarshal.AsBytes(values).ToArray()));
        return this;
    }

    /// <summary>The values of an array.</summary>
    /// <exception cref="ModelFormatException">There is none of the name, or it holds other numbers.</exception>
    public T[] Get<T>(string name)
        where T : unmanaged
    {
        if (!_arrays.TryGetValue(name, out var array))
        {
            throw new ModelFormatException($"the array '{name}' is missing.");
        }

        return array.Kind == Kind<T>()
            ? MemoryMarshal.Cast<byte, T>(array.Content).ToArray()
            : throw new ModelFormatException($"the array '{name}' holds {array.Kind} instead of {Kind<T>()}.");
    }

    /// <summary>The shape of an array.</summary>
    public IReadOnlyList<int> Shape(string name) =>
        _arrays.TryGetValue(name, out var array) ? array.Shape : throw new ModelFormatException($"the array '{name}' is missing.");

    /// <summary>The file's bytes: the same for the same content.</summary>
    public byte[] Save()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, array) in _arrays)
            {
                using var entry = Create(zip, name + ".npy");
                entry.Write(Header(array.Kind, array.Shape));
                entry.Write(array.Content);
            }

            if (Settings.Length > 0)
            {
                using var entry = Create(zip, SettingsName);
                entry.Write(Encoding.UTF8.GetBytes(Settings));
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">It is no such file, or is cut short.</exception>
    public static NumpyArchive Load(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var archive = new NumpyArchive();
            foreach (var entry in zip.Entries)
            {
                using var content = entry.Open();
                using var copy = new MemoryStream();
                content.CopyTo(copy);
                var bytes = copy.ToArray();
                if (entry.FullName == SettingsName)
                {
                    archive.Settings = Encoding.UTF8.GetString(bytes);
                }
                else if (entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
                {
                    archive._arrays.Add(entry.FullName[..^4], Parse(entry.FullName, bytes));
                }
            }

            return archive;
        }
        catch (InvalidDataException e)
        {
            throw new ModelFormatException($"it is not an archive of arrays: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new ModelFormatException($"it cannot be read: {e.Message}", e);
        }
    }

    private static Stream Create(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry.Open();
    }

    private static byte[] Header(string kind, int[] shape)
    {
        var dimensions = string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture))) + (shape.Length == 1 ? "," : "");
        var text = $"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({dimensions}), }}";
        text = text.PadRight(((text.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    private static (string Kind, int[] Shape, byte[] Content) Parse(string name, byte[] bytes)
    {
        if (bytes.Length < 10 || !bytes.AsSpan(1, 5).SequenceEqual("NUMPY"u8) || bytes[6] != 1)
        {
            throw new ModelFormatException($"'{name}' is not a NumPy array.");
        }

        var start = 10 + bytes[8] + (bytes[9] << 8);
        var match = start <= bytes.Length ? HeaderText().Match(Encoding.ASCII.GetString(bytes, 10, start - 10)) : Match.Empty;
        if (!match.Success)
        {
            throw new ModelFormatException($"'{name}' has a header that cannot be read.");
        }

        var shape = match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToArray();
        var kind = match.Groups["kind"].Value;
        var expected = shape.Aggregate(1L, (product, size) => product * size) * (kind[^1] - '0');
        return bytes.Length - start == expected
            ? (kind, shape, bytes[start..])
            : throw new ModelFormatException($"'{name}' holds {bytes.Length - start} bytes instead of {expected}.");
    }

    private static string Kind<T>() =>
        typeof(T) == typeof(float) ? "<f4"
        : typeof(T) == typeof(double) ? "<f8"
        : typeof(T) == typeof(int) ? "<i4"
        : typeof(T) == typeof(long) ? "<i8"
        : typeof(T) == typeof(byte) ? "|u1"
        : throw new NotSupportedException($"Arrays of {typeof(T).Name} are not written.");

    [GeneratedRegex(@"^\{'descr': '(?<kind>[<|][fiu][1248])', 'fortran_order': False, 'shape': \((?<shape>[0-9, ]*)\), \}\s*$")]
    private static partial Regex HeaderText();
}
