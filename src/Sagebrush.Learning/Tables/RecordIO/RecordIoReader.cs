using System.Buffers.Binary;
using System.Globalization;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Takes the records out of a RecordIO stream, one after the other: a file's, or a pipe's while it is filled.</summary>
/// <remarks>What a record holds does not matter here; <see cref="RecordView"/> reads SageMaker's protobuf records. Not thread-safe.</remarks>
public sealed class RecordIoReader : IDisposable
{
    private readonly Stream _stream;
    private byte[] _buffer;
    private byte[] _joined = [];
    private int _start;
    private int _end;
    private long _position;

    /// <summary>Reads a stream from where it stands.</summary>
    /// <param name="stream">The stream; it is disposed of with the reader.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="bufferSize">Bytes to read at a time.</param>
    public RecordIoReader(Stream stream, string name, int bufferSize = 1 << 20)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 64);
        _stream = stream;
        Name = name;
        _buffer = GC.AllocateUninitializedArray<byte>(bufferSize);
    }

    /// <summary>What messages call the stream.</summary>
    public string Name { get; }

    /// <summary>Where the last record's frame begins, in bytes from the start.</summary>
    public long Offset { get; private set; }

    /// <summary>How many records were read.</summary>
    public long RecordCount { get; private set; }

    /// <summary>Opens a file.</summary>
    public static RecordIoReader Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan), Path.GetFileName(path));

    /// <summary>Reads the next record.</summary>
    /// <param name="record">Its bytes; they stay until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="TableFormatException">The frame is not one, or the stream ends within it; the message names the byte.</exception>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        record = default;
        Offset = _position;
        if (!Fill(RecordIoFormat.HeaderSize))
        {
            return _start == _end ? false : throw Cut($"the stream ends {_end - _start} bytes into a record's header.");
        }

        var part = ReadPart(out record);
        if (part != RecordIoFormat.Whole)
        {
            record = Join(part, record);
        }

        RecordCount++;
        return true;
    }

    /// <summary>An error at the record read last.</summary>
    public TableFormatException Error(string reason) => TableFormatException.AtOffset(Name, Offset, $"record {RecordCount}: {reason}");

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private uint ReadPart(out ReadOnlySpan<byte> bytes)
    {
        var header = _buffer.AsSpan(_start);
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (magic != RecordIoFormat.Magic)
        {
            throw Cut(string.Create(CultureInfo.InvariantCulture, $"expected RecordIO's magic number 0x{RecordIoFormat.Magic:X8}, found 0x{magic:X8}."));
        }

        var word = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var length = (int)(word & RecordIoFormat.MaxLength);
        var framed = RecordIoFormat.HeaderSize + RecordIoFormat.Padded(length);
        if (!Fill(framed))
        {
            throw Cut($"a record of {length} bytes begins here, but the stream ends after {_end - _start - RecordIoFormat.HeaderSize} of them.");
        }

        bytes = _buffer.AsSpan(_start + RecordIoFormat.HeaderSize, length);
        _start += framed;
        _position += framed;
        return word >> RecordIoFormat.LengthBits;
    }

    private ReadOnlySpan<byte> Join(uint part, ReadOnlySpan<byte> bytes)
    {
        if (part != RecordIoFormat.First)
        {
            throw TableFormatException.AtOffset(Name, Offset, "a record begins in its middle: the part that comes first is missing.");
        }

        var length = 0;
        Append(bytes, ref length);
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, RecordIoFormat.Magic);
        do
        {
            if (!Fill(RecordIoFormat.HeaderSize))
            {
                throw Cut("the stream ends within a record of several parts.");
            }

            part = ReadPart(out bytes);
            if (part is RecordIoFormat.Whole or RecordIoFormat.First)
            {
                throw TableFormatException.AtOffset(Name, Offset, "the last part of this record is missing.");
            }

            Append(magic, ref length);
            Append(bytes, ref length);
        }
        while (part != RecordIoFormat.Last);
        return _joined.AsSpan(0, length);
    }

    private void Append(ReadOnlySpan<byte> bytes, ref int length)
    {
        if (_joined.Length < length + bytes.Length)
        {
            Array.Resize(ref _joined, Math.Max(length + bytes.Length, _joined.Length * 2));
        }

        bytes.CopyTo(_joined.AsSpan(length));
        length += bytes.Length;
    }

    // Grows with what has really come, so that a broken length does not take its memory.
    private bool Fill(int count)
    {
        while (_end - _start < count)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
            }

            var read = _stream.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private TableFormatException Cut(string reason) => TableFormatException.AtOffset(Name, _position, reason);
}
