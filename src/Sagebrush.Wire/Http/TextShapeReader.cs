using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Reads members that travel as text outside the body: headers, labels, and query parameters.</summary>
/// <param name="values">The texts; more than one only for lists.</param>
/// <param name="map">The entries of a map, such as user metadata.</param>
internal sealed class TextShapeReader(IReadOnlyList<string> values, Dictionary<string, string>? map = null) : ShapeReader
{
    private string _current = values.Count > 0 ? values[0] : "";

    public override string ReadString(Member member) => _current;

    public override bool ReadBoolean(Member member) => TextValue.Boolean(member, _current);

    public override int ReadInteger(Member member) => TextValue.Integer(member, _current);

    public override long ReadLong(Member member) => TextValue.Long(member, _current);

    public override float ReadFloat(Member member) => (float)TextValue.Double(member, _current);

    public override double ReadDouble(Member member) => TextValue.Double(member, _current);

    public override DateTimeOffset ReadTimestamp(Member member) => Timestamps.Parse(_current);

    public override byte[] ReadBlob(Member member) => TextValue.Blob(member, _current);

    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var texts = member.Location == MemberLocation.Header
            ? values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries))
            : values;
        var result = new List<T>();
        foreach (var text in texts)
        {
            _current = text;
            result.Add(element(this, member.Element!));
        }

        return result;
    }

    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, text) in map ?? [])
        {
            _current = text;
            result[key] = element(this, member.Value!);
        }

        return result;
    }

    protected override void ReadInto(Member member, IShape shape) =>
        throw new SerializationException($"The structure at '{member.Name}' cannot travel outside the body.");
}
