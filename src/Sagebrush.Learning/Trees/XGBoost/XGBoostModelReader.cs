using System.Text;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Tells the stored formats apart by their first bytes.</summary>
internal static class XGBoostModelReader
{
    public static XGBoostModel Read(ReadOnlySpan<byte> content, XGBoostLoadOptions options)
    {
        if (content.IsEmpty)
        {
            throw new ModelFormatException("The model file is empty.");
        }

        try
        {
            if (content[0] == (byte)'{')
            {
                var next = content[1..].TrimStart(" \t\r\n"u8);
                var document = next.IsEmpty || next[0] is (byte)'"' or (byte)'}'
                    ? JsonReader.Read(content)
                    : UbjsonReader.Read(content);
                return ModelDocumentMapper.Map(document, options);
            }

            if (content.StartsWith("bs64"u8))
            {
                throw new ModelFormatException("The model is in the base64 text format that XGBoost dropped in 0.90; save it again with a later version.");
            }

            // Protocol 2 and later start with 0x80 and their number; older ones with '(' or the like, which reads as a wrong model.
            if (content.Length > 1 && content[0] == 0x80 && content[1] is >= 2 and <= 5)
            {
                throw new ModelFormatException(
                    "The model is a pickled Python object. Save it with Booster.save_model instead: only XGBoost's own JSON, UBJSON and binary formats are read.");
            }

            return BinaryModelReader.Read(content, options);
        }
        catch (Exception e) when (e is OverflowException or DecoderFallbackException)
        {
            throw new ModelFormatException("The model holds a value that is out of range: " + e.Message, e);
        }
    }
}
