using System.Text;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Protocols;

/// <summary>Reads the one member of a REST request that is the whole body.</summary>
internal sealed class PayloadReader : ShapeReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Stream? _stream;
    private readonly Action<IShape>? _readDocument;

    public PayloadReader(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public PayloadReader(Stream stream) => _stream = stream;

    public PayloadReader(Action<IShape> readDocument) => _readDocument = readDocument;

    public override string ReadString(Member member) => Encoding.UTF8.GetString(_bytes.Span);

    public override byte[] ReadBlob(Member member) => _bytes.ToArray();

    public override Stream ReadStream(Member member) => _stream!;

    public override bool ReadBoolean(Member member) => throw NotAPayload(member);

    public override int ReadInteger(Member member) => throw NotAPayload(member);

    public override long ReadLong(Member member) => throw NotAPayload(member);

    public override float ReadFloat(Member member) => throw NotAPayload(member);

    public override double ReadDouble(Member member) => throw NotAPayload(member);

    public override DateTimeOffset ReadTimestamp(Member member) => throw NotAPayload(member);

    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element) => throw NotAPayload(member);

    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element) => throw NotAPayload(member);

    protected override void ReadInto(Member member, IShape shape) => _readDocument!(shape);

    private static SerializationException NotAPayload(Member member) => new($"'{member.Name}' cannot be a whole body.");
}
