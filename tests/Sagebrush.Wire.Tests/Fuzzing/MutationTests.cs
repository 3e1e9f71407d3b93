using System.Text;

using Sagebrush.Wire.Cbor;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Query;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Tests.Contracts;
using Sagebrush.Wire.Xml;
using Xunit;

namespace Sagebrush.Wire.Tests.Fuzzing;

/// <summary>Damaged bodies are read, or refused with <see cref="SerializationException"/>; nothing else may come out.</summary>
public sealed class MutationTests
{
    private const int Rounds = 30_000;

    private static readonly string[] Fragments =
    [
        "null", "{", "}", "[", "]", "\"", ":", ",", "\\ud800", "\\uDC00\\ud83c", "1e999", "-1e999", "9223372036854775808", "0.5", "-0", "NaN", "true",
        "<a>", "</a>", "<![CDATA[x]]>", "&#xD800;", "&#x1;", "&amp;", "&lol;", "<!DOCTYPE a>", "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "xmlns:a=\"\"",
        "&", "=", ".", ".1.", ".member.", ".2147483648", "%", "%ZZ", "%ff", "%ed%a0%80", "+", "\u0000", "🌿", "2022-13-45T99:99:99Z", "253402300800", "-1e300",
    ];

    [Fact]
    public void Json_DamagedBodies_AreReadOrRefused() => Fuzz(
        new RandomShapes(),
        ShapeJson.Write,
        ShapeJson.Read);

    [Fact]
    public void Xml_DamagedBodies_AreReadOrRefused() => Fuzz(
        new RandomShapes { MayBeEmpty = false, Text = RandomText.Xml },
        shape => XmlBody.Write(xml =>
        {
            xml.WriteStartElement("Root");
            new XmlShapeWriter(xml).WriteContent(shape);
            xml.WriteEndElement();
        }),
        (body, shape) => new XmlShapeReader(XmlBody.Parse(body)).Read(shape));

    [Theory]
    [InlineData("""<!DOCTYPE a [<!ENTITY l0 "lol"><!ENTITY l1 "&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;"><!ENTITY l2 "&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;">]><a>&l2;</a>""")]
    [InlineData("""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>""")]
    [InlineData("""<!DOCTYPE a SYSTEM "http://127.0.0.1:1/none.dtd"><a/>""")]
    public void Xml_EntitiesThatGrowOrReachOut_AreRefused(string bomb) =>
        Assert.Throws<SerializationException>(() => XmlBody.Parse(Encoding.UTF8.GetBytes(bomb)));

    [Fact]
    public void Cbor_DamagedBodies_AreReadOrRefused() => Fuzz(
        new RandomShapes(),
        ShapeCbor.Write,
        ShapeCbor.Read);

    [Theory]
    [InlineData(0x81)]
    [InlineData(0x9f)]
    [InlineData(0xd8)]
    public void Cbor_DeepNesting_IsReadOrRefused(int open)
    {
        var body = Enumerable.Repeat((byte)open, 100_000).Prepend((byte)'a').Prepend((byte)0x61).Prepend((byte)0xbf).ToArray();

        Assert.Throws<SerializationException>(() => ShapeCbor.Read(body, new Sagebrush.Contracts.SageMaker.Tag()));
    }

    [Fact]
    public void Cbor_AnnouncedLengths_ReserveNothing()
    {
        // {"Tags": [2^62 elements …
        byte[] body = [0xa1, 0x64, .. "Tags"u8, 0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0];

        Assert.Throws<SerializationException>(() => ShapeCbor.Read(body, new Sagebrush.Contracts.SageMaker.AddTagsInput()));
    }

    [Fact]
    public void Form_DamagedBodies_AreReadOrRefused() => Fuzz(
        new RandomShapes { MayBeEmpty = false },
        FormShapeWriter.Write,
        (body, shape) => new QueryShapeReader(FormNode.Parse(body.Span)).Read(shape));

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Json_DeepNesting_IsRefused(char open)
    {
        var nest = open == '[' ? "[" : "{\"a\":";
        var body = Encoding.UTF8.GetBytes("{\"Key\":" + string.Concat(Enumerable.Repeat(nest, 100_000)));

        Assert.Throws<SerializationException>(() => ShapeJson.Read<Sagebrush.Contracts.SageMaker.Tag>(body));
    }

    [Fact]
    public void Xml_DeepNesting_IsRefused()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 100_000)));

        Assert.Throws<SerializationException>(() => XmlBody.Parse(body));
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>")]
    [InlineData("")]
    [InlineData("<a/><b/>")]
    public void Xml_DoctypesAndNoDocuments_AreRefused(string body) =>
        Assert.Throws<SerializationException>(() => XmlBody.Parse(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Form_DeepAndManyNames_AreRefused()
    {
        Assert.Throws<SerializationException>(() => FormNode.Parse(Encoding.UTF8.GetBytes(string.Join('.', Enumerable.Repeat("a", 1000)))));
        Assert.Throws<SerializationException>(() => FormNode.Parse(Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 100_000)))));
        Assert.Throws<SerializationException>(() => FormNode.Parse([0xff, 0xfe]));
    }

    [Theory]
    [InlineData("""{"Key":1}""", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("""{"Key":true}""", "TRUE_VALUE can not be converted to a String")]
    [InlineData("""{"Key":{}}""", "Start of structure or map found where not expected.")]
    [InlineData("""{"Key":[]}""", "Start of list found where not expected")]
    [InlineData("[]", "Start of structure expected, START_ARRAY found.")]
    [InlineData("""{"Key":"\ud800"}""", "The message is not valid Unicode.")]
    [InlineData("{", "The message is not valid JSON.")]
    public void Json_WrongTypes_AreNamed(string body, string message)
    {
        var error = Assert.Throws<SerializationException>(() => ShapeJson.Read<Sagebrush.Contracts.SageMaker.Tag>(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("99999999999")]
    [InlineData("1e400")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    public void Json_NumbersThatAreNoIntegers_AreRefused(string number)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"MaxResults":{{number}}}""");

        Assert.Throws<SerializationException>(() => ShapeJson.Read<Sagebrush.Contracts.SageMaker.ListModelsInput>(body));
    }

    private static void Fuzz(RandomShapes kind, Func<IShape, byte[]> write, Action<ReadOnlyMemory<byte>, IShape> read)
    {
        var random = new Random(20221201);
        var shapes = ContractCatalog.Shapes.Where(t => !HasStream(ContractCatalog.New(t))).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var type = shapes[random.Next(shapes.Length)];
            var body = Damage(write(RandomShapeReader.Fill(ContractCatalog.New(type), round, kind with { MaxDepth = 3 })), random);
            try
            {
                read(body, ContractCatalog.New(type));
            }
            catch (SerializationException)
            {
                // Refused as it should be.
            }
            catch (Exception e)
            {
                Assert.Fail($"{type.FullName}, round {round}: {e}\n{Encoding.UTF8.GetString(body)}");
            }
        }
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(Math.Min(12, bytes.Count - at)) + 1);
                    break;
                case 2 when at < bytes.Count:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(Math.Min(40, bytes.Count - at)) + 1));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool HasStream(IShape shape)
    {
        foreach (var member in shape.Schema.Members)
        {
            if (member.Streaming)
            {
                return true;
            }
        }

        return false;
    }
}
