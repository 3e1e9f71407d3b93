using System.Globalization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The texts, numbers and tags of a request, by member name, at whatever depth; top-level members apart.</summary>
internal sealed class RequestMembers : ShapeWriter
{
    private readonly Dictionary<string, string> _top = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _all = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private int _depth;
    private int _tagLevel = int.MaxValue;
    private string? _tagKey;

    /// <summary>The members of a request; empty for none.</summary>
    public static RequestMembers Of(IShape? request)
    {
        var members = new RequestMembers();
        request?.WriteMembers(members);
        return members;
    }

    /// <summary>The top-level members that are texts, numbers or flags.</summary>
    public IReadOnlyDictionary<string, string> Top => _top;

    /// <summary>Tags the request gives: a top-level <c>Tags</c>, as a list of keys and values or as a map, or S3's <c>TagSet</c>.</summary>
    public IReadOnlyDictionary<string, string> Tags => _tags;

    /// <summary>All values under a member's name.</summary>
    public IReadOnlyList<string>? Values(string name) => _all.GetValueOrDefault(name);

    public override void WriteString(Member member, string value)
    {
        if (_depth > _tagLevel)
        {
            WriteTag(member, value);
        }

        Add(member, value);
    }

    public override void WriteBoolean(Member member, bool value) => Add(member, value ? "true" : "false");

    public override void WriteInteger(Member member, int value) => Add(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteLong(Member member, long value) => Add(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteFloat(Member member, float value) => Add(member, value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteDouble(Member member, double value) => Add(member, value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
    }

    public override void WriteBlob(Member member, byte[] value)
    {
    }

    public override void WriteStream(Member member, Stream value)
    {
    }

    public override void WriteStructure(Member member, IShape value)
    {
        _depth++;
        _tagKey = null;
        value.WriteMembers(this);
        _depth--;
    }

    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        Enter(member);
        foreach (var item in value.Where(item => item is not null))
        {
            element(this, new Member(member.Name, ShapeType.String), item);
        }

        Leave();
    }

    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        Enter(member);
        foreach (var (key, item) in value.Where(entry => entry.Value is not null))
        {
            if (_depth > _tagLevel && item is string text)
            {
                _tags[key] = text;
            }

            element(this, new Member(member.Name, ShapeType.String), item);
        }

        Leave();
    }

    private void Enter(Member member)
    {
        if (member.Name == "TagSet" || (_depth == 0 && member.Name is "Tags" or "tags"))
        {
            _tagLevel = _depth;
        }

        _depth++;
    }

    private void Leave()
    {
        _depth--;
        if (_depth == _tagLevel)
        {
            _tagLevel = int.MaxValue;
        }
    }

    private void WriteTag(Member member, string value)
    {
        if (member.Name is "Key" or "key")
        {
            _tagKey = value;
            _tags[value] = "";
        }
        else if (member.Name is "Value" or "value" && _tagKey is not null)
        {
            _tags[_tagKey] = value;
        }
    }

    private void Add(Member member, string value)
    {
        if (_depth == 0)
        {
            _top[member.Name] = value;
        }

        if (!_all.TryGetValue(member.Name, out var values))
        {
            _all[member.Name] = values = [];
        }

        values.Add(value);
    }
}
