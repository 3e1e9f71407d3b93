using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>Fills any contract with random values: a reader whose message is a random number generator.</summary>
internal sealed class RandomShapeReader(Random random, RandomShapes kind) : ShapeReader
{
    private static readonly DateTimeOffset Earliest = new(1970, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private MemberLocation _location;
    private int _depth;

    /// <summary>Fills a new contract from <paramref name="seed"/>.</summary>
    public static T Fill<T>(T shape, int seed, RandomShapes? kind = null)
        where T : class, IShape
    {
        new RandomShapeReader(new Random(seed), kind ?? new RandomShapes()).FillMembers(shape);
        return shape;
    }

    public override string ReadString(Member member)
    {
        if (member.Constraints?.Values is { Count: > 0 } values)
        {
            return values[random.Next(values.Count)];
        }

        if (member is { Location: MemberLocation.Header, WireName: "Expires" })
        {
            // A text in the model, since S3 keeps whatever it is told, but a date to clients.
            return Timestamps.Format(ReadTimestamp(member), TimestampFormat.HttpDate, default);
        }

        return _location switch
        {
            MemberLocation.Header or MemberLocation.Headers => RandomText.Token(random),
            MemberLocation.Uri or MemberLocation.QueryString => "k" + kind.Text(random),
            _ when kind.MayBeEmpty => kind.Text(random),
            _ => "x" + kind.Text(random) + "x",
        };
    }

    public override bool ReadBoolean(Member member) => random.Next(2) == 0;

    public override int ReadInteger(Member member) => member.Location == MemberLocation.StatusCode
        ? random.Next(200, 300)
        : random.Next(4) switch
        {
            0 => random.Next(10),
            1 => int.MaxValue - random.Next(3),
            2 => int.MinValue + random.Next(3),
            _ => random.Next(int.MinValue, int.MaxValue),
        };

    public override long ReadLong(Member member) => random.Next(4) switch
    {
        0 => random.Next(10),
        1 => long.MaxValue - random.Next(3),
        2 => long.MinValue + random.Next(3),
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };

    public override float ReadFloat(Member member)
    {
        float value;
        do
        {
            value = random.Next(3) == 0 ? random.Next(100) / 8f : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        }
        while (!kind.NonFinite && !float.IsFinite(value));

        return float.IsNaN(value) ? float.NaN : value;
    }

    public override double ReadDouble(Member member)
    {
        double value;
        do
        {
            value = random.Next(12) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                2 => double.NegativeInfinity,
                < 6 => random.Next(1000) / 8d,
                _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            };
        }
        while (!kind.NonFinite && !double.IsFinite(value));

        return double.IsNaN(value) ? double.NaN : value;
    }

    public override DateTimeOffset ReadTimestamp(Member member)
    {
        // Dates in headers know no fraction of a second; everything else keeps milliseconds.
        var time = Earliest.AddMilliseconds(random.NextInt64(0, 4_000_000_000_000));
        return kind.WholeSeconds || member.TimestampFormat == TimestampFormat.HttpDate || _location == MemberLocation.Header
            ? DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds())
            : time;
    }

    public override byte[] ReadBlob(Member member)
    {
        var bytes = new byte[random.Next(kind.MayBeEmpty ? 0 : 1, 24)];
        random.NextBytes(bytes);
        return bytes;
    }

    public override Stream ReadStream(Member member) => new MemoryStream(ReadBlob(member));

    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var count = Count();
        var result = new List<T>(count);
        for (var i = 0; i < count; i++)
        {
            result.Add(element(this, member.Element!));
        }

        return result;
    }

    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var i = Count(); i > 0; i--)
        {
            result[member.Location == MemberLocation.Headers ? RandomText.Word(random) : ReadString(member.Key!)] = element(this, member.Value!);
        }

        return result;
    }

    protected override void ReadInto(Member member, IShape shape) => FillMembers(shape);

    private int Count() => _depth >= kind.MaxDepth ? (kind.MayBeEmpty ? 0 : 1) : random.Next(kind.MayBeEmpty ? 0 : 1, 4);

    private void FillMembers(IShape shape)
    {
        _depth++;
        var location = _location;
        var schema = shape.Schema;
        var any = false;
        var only = schema.IsUnion ? random.Next(schema.Members.Length) : -1;
        for (var i = 0; i < schema.Members.Length; i++)
        {
            var member = schema[i];
            if (member.Location == MemberLocation.Header && member.WireName == "Content-Length")
            {
                // HTTP itself decides that one.
                continue;
            }

            if (only >= 0 ? i == only : member.Required || member.Location == MemberLocation.Uri || (_depth <= kind.MaxDepth && random.NextDouble() < kind.Density))
            {
                Set(shape, i);
                any = true;
            }
        }

        // A form cannot say that a structure is there and empty.
        if (!any && !kind.MayBeEmpty && _depth > 1 && schema.Members.Length > 0)
        {
            Set(shape, Math.Max(0, schema.Members.IndexOf(FirstPlain(schema)!)));
        }

        _location = location;
        _depth--;
    }

    private void Set(IShape shape, int index)
    {
        _location = shape.Schema[index].Location;
        shape.ReadMember(index, this);
    }

    private static Member? FirstPlain(StructureSchema schema)
    {
        foreach (var member in schema.Members)
        {
            if (member.Type is not (ShapeType.Structure or ShapeType.List or ShapeType.Map))
            {
                return member;
            }
        }

        return null;
    }
}
