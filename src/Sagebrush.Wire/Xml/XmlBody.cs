using System.Xml;
using System.Xml.Linq;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Xml;

/// <summary>XML bodies to elements and back, with the limits that keep a hostile one harmless.</summary>
public static class XmlBody
{
    private const int MaxDepth = 64;

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 0,
    };

    private static readonly XmlWriterSettings WriterSettings = new()
    {
        Encoding = new System.Text.UTF8Encoding(false),
        // Keys of objects may hold control characters; XML 1.0 has no way to say them, and AWS sends them raw as well.
        CheckCharacters = false,
        // A carriage return written as such would be read back as a line feed.
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>The root element of <paramref name="body"/>.</summary>
    /// <exception cref="SerializationException">It is not well-formed, has a document type, or nests too deep.</exception>
    public static XElement Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var depth = XmlReader.Create(new MemoryStream(body.ToArray()), ReaderSettings);
            while (depth.Read())
            {
                if (depth.Depth > MaxDepth)
                {
                    throw new SerializationException("The XML nests too deep.");
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), ReaderSettings);
            return XElement.Load(reader);
        }
        catch (Exception e) when (e is XmlException or InvalidOperationException or ArgumentException)
        {
            throw new SerializationException("The XML is not well-formed.", e);
        }
    }

    /// <summary>Writes a document with <paramref name="write"/>.</summary>
    public static byte[] Write(Action<XmlWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, WriterSettings))
        {
            xml.WriteStartDocument();
            write(xml);
        }

        return buffer.ToArray();
    }
}
