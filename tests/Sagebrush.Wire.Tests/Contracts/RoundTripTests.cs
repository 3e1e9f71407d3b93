using System.Text;

using Sagebrush.Wire.Cbor;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Xml;
using Xunit;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>Every generated contract, filled with random values, survives each format.</summary>
public sealed class RoundTripTests
{
    private const int SeedsPerShape = 4;

    // S3's first notifications have an event and a list of events by one name.
    private static readonly HashSet<string> Ambiguous =
        ["CloudFunctionConfiguration", "NotificationConfigurationDeprecated", "QueueConfigurationDeprecated", "TopicConfigurationDeprecated"];

    [Fact]
    public void Json_EveryContract_ReadsBackAsWritten() => ForAll(new RandomShapes(), static _ => true, shape =>
    {
        var json = ShapeJson.Write(shape);
        var copy = ContractCatalog.New(shape.GetType());
        ShapeJson.Read(json, copy);
        Assert.Equal(json, ShapeJson.Write(copy));
        return copy;
    });

    [Fact]
    public void Cbor_EveryContract_ReadsBackAsWritten() => ForAll(new RandomShapes(), static _ => true, shape =>
    {
        var cbor = ShapeCbor.Write(shape);
        var copy = ContractCatalog.New(shape.GetType());
        ShapeCbor.Read(cbor, copy);
        Assert.Equal(cbor, ShapeCbor.Write(copy));
        return copy;
    });

    [Fact]
    public void Xml_EveryContract_ReadsBackAsWritten() => ForAll(
        new RandomShapes { MayBeEmpty = false, Text = RandomText.Xml },
        shape => TravelsInABody(shape) && !Ambiguous.Contains(shape.Schema.Name),
        shape =>
        {
            var xml = Xml(shape);
            var copy = ContractCatalog.New(shape.GetType());
            new XmlShapeReader(XmlBody.Parse(xml)).Read(copy);
            Assert.Equal(xml, Xml(copy));
            return copy;
        });

    [Fact]
    public void Json_ControlCharactersInEveryString_AreEscapedAndReadBack()
    {
        var all = string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)) + "\u007f\u2028\u2029\ufeff\uffff\U0001F33F";
        var written = ShapeJson.Write(new Sagebrush.Contracts.Logs.InputLogEvent { Message = all, Timestamp = 1 });

        Assert.DoesNotContain(written, b => b < 0x20);
        Assert.Equal(all, ShapeJson.Read<Sagebrush.Contracts.Logs.InputLogEvent>(written).Message);
    }

    [Theory]
    [InlineData("2022-12-01T10:00:00.123Z", 1669888800.123)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999Z", -0.001)]
    [InlineData("9999-12-31T23:59:59.999Z", 253402300799.999)]
    [InlineData("0001-01-01T00:00:00Z", -62135596800)]
    public void Timestamps_OfEveryAge_KeepMilliseconds(string text, double seconds)
    {
        var instant = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(instant, Timestamps.FromEpochSeconds(seconds));
        Assert.Equal((decimal)seconds, Timestamps.EpochSeconds(instant));
        Assert.Equal(instant, Timestamps.Parse(Timestamps.Format(instant, TimestampFormat.Iso8601, default)));
        Assert.Equal(instant, Timestamps.Parse(Timestamps.Format(instant, TimestampFormat.EpochSeconds, default)));
    }

    [Fact]
    public void Json_UnknownMembersAndNulls_AreSkipped()
    {
        var tag = ShapeJson.Read<Sagebrush.Contracts.SageMaker.Tag>(
            """{"Zzz":{"a":[1,{"b":null}]},"Key":"k","key":"not it","Value":null,"":0,"K\u0065y2":1}"""u8.ToArray());

        Assert.Equal("k", tag.Key);
        Assert.Null(tag.Value);
    }

    [Fact]
    public void Json_DuplicateNames_TheLastOneWins()
    {
        var tag = ShapeJson.Read<Sagebrush.Contracts.SageMaker.Tag>("""{"Key":"a","Value":"v","Key":"b"}"""u8.ToArray());

        Assert.Equal(("b", "v"), (tag.Key, tag.Value));
    }

    [Fact]
    public void Xml_Grantee_CarriesItsTypeAsAnAttribute()
    {
        var grant = new Sagebrush.Contracts.S3.Grant
        {
            Grantee = new Sagebrush.Contracts.S3.Grantee { ID = "me", Type = "CanonicalUser" },
            Permission = "FULL_CONTROL",
        };
        var xml = Encoding.UTF8.GetString(Xml(grant));

        Assert.Contains("""<Grantee xsi:type="CanonicalUser" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ID>me</ID></Grantee>""", xml, StringComparison.Ordinal);
    }

    [Fact]
    public void Xml_FlattenedList_StandsWithoutWrapper()
    {
        var delete = new Sagebrush.Contracts.S3.Delete { Objects = [new() { Key = "a" }, new() { Key = "b" }], Quiet = true };
        var xml = Encoding.UTF8.GetString(Xml(delete));

        Assert.Contains("<Root><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Quiet>true</Quiet></Root>", xml, StringComparison.Ordinal);
    }

    [Fact]
    public void Xml_ElementsOfAnyNamespaceAndUnknownOnes_AreReadAndSkipped()
    {
        var delete = new Sagebrush.Contracts.S3.Delete();
        new XmlShapeReader(XmlBody.Parse("""<Delete xmlns:q="urn:q"><q:Object><q:Key> a&#13; </q:Key><Zzz/></q:Object><Unknown>1</Unknown></Delete>"""u8.ToArray())).Read(delete);

        Assert.Equal(" a\r ", Assert.Single(delete.Objects).Key);
    }

    [Fact]
    public void Xml_WhitespaceOnlyText_IsKept()
    {
        var identifier = new Sagebrush.Contracts.S3.ObjectIdentifier();
        new XmlShapeReader(XmlBody.Parse("<Object><Key>  </Key></Object>"u8.ToArray())).Read(identifier);

        Assert.Equal("  ", identifier.Key);
    }

    private static bool TravelsInABody(IShape shape)
    {
        foreach (var member in shape.Schema.Members)
        {
            if (member.Location != MemberLocation.Body)
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Xml(IShape shape) => XmlBody.Write(xml =>
    {
        xml.WriteStartElement("Root");
        new XmlShapeWriter(xml).WriteContent(shape);
        xml.WriteEndElement();
    });

    private static void ForAll(RandomShapes kind, Func<IShape, bool> applies, Func<IShape, IShape> roundTrip)
    {
        var failures = new List<string>();
        foreach (var (index, type) in ContractCatalog.Shapes.Index())
        {
            for (var i = 0; i < SeedsPerShape; i++)
            {
                var seed = (index * SeedsPerShape) + i;
                var shape = ContractCatalog.New(type);
                if (!applies(shape) || HoldsAStream(shape))
                {
                    break;
                }

                RandomShapeReader.Fill(shape, seed, kind);
                var copy = Record.Exception(() => Assert.Equal(NeutralShapeWriter.Write(shape), NeutralShapeWriter.Write(roundTrip(shape))));
                if (copy is not null)
                {
                    failures.Add($"{type.FullName} seed {seed}: {copy.Message}");
                    break;
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(25)));
    }

    private static bool HoldsAStream(IShape shape)
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
