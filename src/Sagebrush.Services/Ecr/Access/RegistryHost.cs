using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Ecr.Access;

/// <summary>The host name of a registry as AWS names it: <c>ACCOUNT.dkr.ecr.REGION.amazonaws.com</c>.</summary>
internal sealed partial record RegistryHost(string Account, string Region)
{
    /// <summary>Reads a host name, without a port; false for other hosts.</summary>
    public static bool TryParse(string host, [NotNullWhen(true)] out RegistryHost? registry)
    {
        var match = Form().Match(host);
        registry = match.Success ? new RegistryHost(match.Groups["account"].Value, match.Groups["region"].Value) : null;
        return match.Success;
    }

    [GeneratedRegex(@"^(?<account>[0-9]{12})\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]{2,25})\.[a-z0-9.-]+\z")]
    private static partial Regex Form();
}
