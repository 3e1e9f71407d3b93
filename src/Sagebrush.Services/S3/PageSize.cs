using System.Globalization;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>How many entries a page of a list has.</summary>
internal static class PageSize
{
    public const int Most = 1000;

    /// <exception cref="ServiceException">It is negative.</exception>
    public static int Of(int? asked, string argument) => asked switch
    {
        null => Most,
        < 0 => throw new ServiceException(
            S3Codes.InvalidArgument,
            $"Argument {argument} must be an integer between 0 and 2147483647",
            400,
            new Dictionary<string, string> { ["ArgumentName"] = argument, ["ArgumentValue"] = asked.Value.ToString(CultureInfo.InvariantCulture) }),
        _ => Math.Min(asked.Value, Most),
    };
}
