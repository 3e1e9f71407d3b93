using Sagebrush.Services.S3.External;
using Sagebrush.Wire.Signing;

namespace Sagebrush.CommandLine;

/// <summary>Reads the line that names another S3 server for the bytes of objects.</summary>
internal static class ObjectStoreAddress
{
    public const string Variable = "SAGEBRUSH_OBJECT_STORE";

    private const string DefaultRegion = "us-east-1";

    /// <param name="text"><c>https://KEY:SECRET@HOST/BUCKET/PREFIX?region=REGION</c>; null or empty for none.</param>
    /// <exception cref="CommandException">It is not of that form.</exception>
    public static ExternalObjects? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.UserInfo.Split(':') is not [{ Length: > 0 } key, { Length: > 0 } secret]
            || address.AbsolutePath.Trim('/').Length == 0)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{Variable} does not name a bucket and whose key opens it",
                "write https://KEY:SECRET@HOST/BUCKET, with %2F for a slash and %2B for a plus in the secret");
        }

        const string Region = "?region=";
        var region = address.Query.StartsWith(Region, StringComparison.Ordinal) ? address.Query[Region.Length..] : DefaultRegion;
        var id = Uri.UnescapeDataString(key);
        var credential = new Credential(id, Uri.UnescapeDataString(secret), new Principal("", "", id));
        return new(new UriBuilder(address) { UserName = "", Password = "", Query = "" }.Uri, region, credential);
    }
}
