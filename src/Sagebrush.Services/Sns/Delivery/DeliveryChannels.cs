using System.Collections.Frozen;

using Sagebrush.Contracts.Sns;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Which channel serves which protocol.</summary>
internal sealed class DeliveryChannels(IEnumerable<IDeliveryChannel> channels)
{
    private readonly FrozenDictionary<string, IDeliveryChannel> _byProtocol = channels
        .SelectMany(channel => channel.Protocols.Select(protocol => (protocol, channel)))
        .ToFrozenDictionary(pair => pair.protocol, pair => pair.channel, StringComparer.Ordinal);

    public IDeliveryChannel For(string protocol) => _byProtocol[protocol];

    /// <summary>Demands an endpoint that can be reached with this configuration.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameter</c>.</exception>
    public void Check(string protocol, string? endpoint)
    {
        if (!_byProtocol.TryGetValue(protocol, out var channel))
        {
            throw SnsErrors.InvalidParameterException(
                protocol is "sqs" or "lambda" or "firehose" or "application"
                    ? $"Invalid parameter: Protocol Reason: {protocol} is not served here; use http, https, email, email-json or sms"
                    : $"Invalid parameter: Does not support this protocol string: {protocol}");
        }

        if (channel.Missing is { } missing)
        {
            throw SnsErrors.InvalidParameterException($"Invalid parameter: Protocol Reason: {protocol} cannot be used: {missing}");
        }

        if (channel.Problem(protocol, endpoint ?? "") is { } problem)
        {
            throw SnsErrors.InvalidParameterException($"Invalid parameter: {(protocol.StartsWith("email", StringComparison.Ordinal) ? problem : $"Endpoint Reason: {problem}")}");
        }
    }
}
