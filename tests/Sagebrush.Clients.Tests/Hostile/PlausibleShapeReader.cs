using Sagebrush.Wire.Schema;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>
/// Fills requests with values that get past the model's constraints more often than not, and with hostile ones now and then: names that other
/// requests have used, ARNs, locations in S3, policies, numbers within their range.
/// </summary>
internal sealed class PlausibleShapeReader(Random random) : ShapeReader
{
    private const int MaxDepth = 6;

    private static readonly string[] Names = ["fuzz-1", "fuzz-2", "fuzz-3", "a", "AmazonSageMaker-ExecutionRole", "root"];

    private static readonly string[] Texts =
    [
        "fuzz-1", "fuzz-2", "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole", "arn:aws:sns:us-east-1:000000000000:fuzz-1",
        "arn:aws:sagemaker:us-east-1:000000000000:training-job/fuzz-1", "arn:aws:logs:us-east-1:000000000000:log-group:fuzz-1:*", "s3://fuzz-bucket/x",
        "arn:aws:iam::000000000000:policy/fuzz-1", "arn:aws:iam::aws:policy/AmazonS3FullAccess", "000000000000", "1", "true", "{}", "[]", "http://127.0.0.1:1/x", "none@example.org",
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""", """{"a":["b",{"prefix":"c"},{"numeric":[">",1]}]}""",
        "{ $.a = 1 }", "[a, b, ...]", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
    ];

    private static readonly string[] Hostile =
    [
        "", " ", "\0", "..", "../../etc/passwd", "%00", "${aws:username}", "*", "\ud83c\udf3f", "\u202e", "'; DROP TABLE resources; --", "arn:", "arn:aws:sns:::::",
        "s3://", "{\"a\":", "[[[[[[[[[[[[[[[[[[[[", "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":1}]}", "{\"a\":[{\"anything-but\":[[]]}]}", "1e999", "-1", "99999999999999999999",
    ];

    private int _depth;

    public void Fill(IShape shape)
    {
        _depth++;
        for (var i = 0; i < shape.Schema.Members.Length; i++)
        {
            var member = shape.Schema[i];
            if (member.Required ? random.Next(40) != 0 : _depth <= MaxDepth && random.Next(3) == 0)
            {
                shape.ReadMember(i, this);
            }
        }

        _depth--;
    }

    public override string ReadString(Member member)
    {
        if (random.Next(12) == 0)
        {
            return random.Next(8) == 0 ? new string('x', random.Next(1, 5000)) : Hostile[random.Next(Hostile.Length)];
        }

        if (member.Constraints?.Values is { Count: > 0 } values)
        {
            return values[random.Next(values.Count)];
        }

        for (var i = 0; i < 8; i++)
        {
            var text = member.Name.EndsWith("Name", StringComparison.OrdinalIgnoreCase) ? Names[random.Next(Names.Length)] : Texts[random.Next(Texts.Length)];
            if (member.Constraints is not { } limits || (limits.MatchesPattern(text) && text.Length >= (limits.Min ?? 0) && text.Length <= (limits.Max ?? int.MaxValue)))
            {
                return text;
            }
        }

        return Texts[random.Next(Texts.Length)];
    }

    public override bool ReadBoolean(Member member) => random.Next(2) == 0;

    public override int ReadInteger(Member member) => (int)ReadLong(member);

    public override long ReadLong(Member member) => random.Next(12) == 0
        ? random.Next(3) switch { 0 => int.MaxValue, 1 => int.MinValue, _ => -1 }
        : random.NextInt64((long)(member.Constraints?.Min ?? 0), (long)Math.Min(member.Constraints?.Max ?? 100, int.MaxValue - 1) + 1);

    public override float ReadFloat(Member member) => (float)ReadDouble(member);

    public override double ReadDouble(Member member) => random.Next(8) switch { 0 => double.NaN, 1 => double.NegativeInfinity, 2 => 1e300, _ => random.Next(100) / 8d };

    public override DateTimeOffset ReadTimestamp(Member member) => random.Next(6) switch
    {
        0 => DateTimeOffset.UnixEpoch,
        1 => new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero),
        _ => DateTimeOffset.UnixEpoch.AddSeconds(random.Next()),
    };

    public override byte[] ReadBlob(Member member)
    {
        var bytes = new byte[random.Next(24)];
        random.NextBytes(bytes);
        return bytes;
    }

    public override Stream ReadStream(Member member) => new MemoryStream(ReadBlob(member));

    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var list = new List<T>();
        for (var i = _depth > MaxDepth ? 0 : random.Next(1, 4); i > 0; i--)
        {
            list.Add(element(this, member.Element!));
        }

        return list;
    }

    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var i = _depth > MaxDepth ? 0 : random.Next(1, 3); i > 0; i--)
        {
            map[ReadString(member.Key!)] = element(this, member.Value!);
        }

        return map;
    }

    protected override void ReadInto(Member member, IShape shape) => Fill(shape);
}
