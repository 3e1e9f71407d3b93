using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Events;

/// <summary>Where a change came from; everything null when the program made it.</summary>
internal readonly record struct EventOrigin(string? Principal, string? RequestId, string? SourceAddress)
{
    public static EventOrigin Of(CallContext? context) =>
        new(context?.PrincipalArn, context?.RequestId, context?.Http.Connection.RemoteIpAddress?.ToString());
}
