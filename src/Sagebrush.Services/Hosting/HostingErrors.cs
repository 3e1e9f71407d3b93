using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting;

/// <summary>The errors of hosting in SageMaker's own words, which scripts compare with.</summary>
internal static class HostingErrors
{
    public static ServiceException Validation(string message) => new("ValidationException", message);

    public static ServiceException NotFound(string what, string arn) => Validation($"Could not find {what} \"{arn}\".");

    public static ServiceException Exists(string what, string arn) => Validation($"Cannot create already existing {what} \"{arn}\".");

    public static ServiceException InProgress(string arn) => Validation($"Cannot update in-progress endpoint \"{arn}\".");

    public static ServiceException Unsupported(string member) => new(
        "NotImplemented", $"{member} is not implemented yet; docs/api-coverage.md lists what is.", 501);
}
