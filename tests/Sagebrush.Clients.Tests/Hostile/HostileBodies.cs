using System.Text;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>Bodies nobody should send.</summary>
internal static class HostileBodies
{
    public static IReadOnlyList<byte[]> Json { get; } =
    [
        .. Texts(
            "", "null", "1", "\"text\"", "[]", "{", "{]", "{\"a\":1e999}", "{\"a\":1,\"a\":2}", "\ufeff{}",
            """{"NameContains":1,"MaxResults":"x","SortBy":{},"CreationTimeAfter":"x","Tags":{},"NextToken":[]}""",
            """{"MaxResults":99999999999999999999,"CreationTimeAfter":1e300,"CreationTimeBefore":-1e18,"Tags":[null]}""",
            """{"MaxResults":1.5,"NextToken":"made up","limit":-1,"startTime":9223372036854775807,"endTime":-9223372036854775808}""",
            "{\"NameContains\":\"\\ud800\",\"Tags\":[{\"Key\":null,\"Value\":7}],\"logGroupName\":\"\\u0000\"}",
            Repeat("{\"a\":", 20_000) + "1" + Repeat("}", 20_000),
            Repeat("[", 100_000),
            "{\"NextToken\":" + Repeat("[", 5_000) + Repeat("]", 5_000) + "}"),
        [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
    ];

    public static IReadOnlyList<byte[]> Xml { get; } =
    [
        .. Texts(
            "", "<", "<a/>", "<Delete/>", "not xml", Repeat("<a>", 50_000),
            """<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>""",
            """<!DOCTYPE d SYSTEM "file:///etc/passwd"><Delete><Object><Key>&x;</Key></Object></Delete>""",
            "<Delete><Object><Key>\0</Key></Object></Delete>",
            "<Delete><Object/><Object><Key/></Object><Quiet>maybe</Quiet></Delete>",
            "<CompleteMultipartUpload><Part><PartNumber>99999999999999</PartNumber><ETag/></Part></CompleteMultipartUpload>",
            $"<CreateBucketConfiguration><LocationConstraint>{Repeat("x", 100_000)}</LocationConstraint></CreateBucketConfiguration>"),
        [0xff, 0xfe, (byte)'<', 0],
    ];

    public static IReadOnlyList<byte[]> Forms { get; } = Texts(
        "", "&", "=", "%", "&%&=&=1", "RoleName=a&RoleName=b", "RoleName=%ff%00%ud800&PolicyName=%01", "RoleName.member.1.x.y=1&RoleName=2",
        "Tags.member.1.Key=a&Tags.member.999999999.Key=b", "Tags.member.x=1&Tags.member.-1.Key=b&Tags.member.99999999999999999999=c",
        "DurationSeconds=x&MaxItems=99999999999", Repeat(".a", 5_000) + "=1", "Tags" + Repeat(".member.1", 5_000) + "=1", "Marker=%00&RoleName=%EF%BF%BE");

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
