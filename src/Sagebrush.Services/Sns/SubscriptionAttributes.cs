using Sagebrush.Contracts.Sns;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns;

/// <summary>The attributes of subscriptions that can be set, and what each may hold.</summary>
internal static class SubscriptionAttributes
{
    public const string FilterPolicy = "FilterPolicy";

    public const string FilterPolicyScope = "FilterPolicyScope";

    public const string RawMessageDelivery = "RawMessageDelivery";

    public const string DeliveryPolicy = "DeliveryPolicy";

    /// <summary>Sets or, with an empty value, removes an attribute.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameter</c>.</exception>
    public static void Set(SortedDictionary<string, string> attributes, string protocol, string name, string value)
    {
        try
        {
            Check(attributes, protocol, name, value);
        }
        catch (FormatException problem)
        {
            throw SnsErrors.InvalidParameterException($"Invalid parameter: {name}: {problem.Message}");
        }

        if (value.Length == 0 || (name == FilterPolicy && value == "{}"))
        {
            attributes.Remove(name);
        }
        else
        {
            attributes[name] = value;
        }
    }

    private static void Check(SortedDictionary<string, string> attributes, string protocol, string name, string value)
    {
        switch (name)
        {
            case FilterPolicy:
                _ = value.Length == 0 ? null : Filtering.FilterPolicy.Parse(value, attributes.GetValueOrDefault(FilterPolicyScope));
                break;
            case FilterPolicyScope:
                if (value is not ("MessageAttributes" or "MessageBody"))
                {
                    throw new FormatException($"Invalid value [{value}]. Please use either MessageBody or MessageAttributes");
                }

                if (attributes.TryGetValue(FilterPolicy, out var policy))
                {
                    Filtering.FilterPolicy.Parse(policy, value);
                }

                break;
            case RawMessageDelivery:
                if (value is not ("true" or "false" or ""))
                {
                    throw new FormatException($"Invalid value [{value}]. Must be true or false.");
                }

                if (value == "true" && !protocol.StartsWith("http", StringComparison.Ordinal))
                {
                    throw new FormatException($"Delivery protocol [{protocol}] does not support raw message delivery.");
                }

                break;
            case DeliveryPolicy:
                _ = value.Length == 0 ? null : RetryPolicy.Parse(value);
                break;
            case "RedrivePolicy":
                throw new FormatException("a dead-letter queue is a queue of SQS, which is not served here");
            default:
                throw SnsErrors.InvalidParameterException("Invalid parameter: AttributeName");
        }
    }
}
