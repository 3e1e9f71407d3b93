using System.Buffers.Text;
using System.Text;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>The tokens that continue a list: the last entry, in a form clients leave alone.</summary>
internal static class ContinuationToken
{
    public static string Encode(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    /// <exception cref="ServiceException">It is none of ours.</exception>
    public static string? Decode(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (!Base64Url.IsValid(token))
        {
            throw new ServiceException(S3Codes.InvalidArgument, "The continuation token provided is incorrect");
        }

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
    }
}
