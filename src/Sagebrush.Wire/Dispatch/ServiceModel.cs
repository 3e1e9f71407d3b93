using System.Collections.Frozen;

namespace Sagebrush.Wire.Dispatch;

/// <summary>What all operations of one AWS service have in common. Generated; one instance per service.</summary>
/// <param name="name">The service's name among the models, such as <c>sagemaker-runtime</c>.</param>
/// <param name="serviceId">AWS's identifier of the service, such as <c>SageMaker Runtime</c>.</param>
public sealed class ServiceModel(string name, string serviceId)
{
    private FrozenDictionary<string, OperationInfo>? _operations;

    /// <summary>The service's name among the models.</summary>
    public string Name { get; } = name;

    /// <summary>AWS's identifier of the service.</summary>
    public string ServiceId { get; } = serviceId;

    /// <summary>The service's name in a signature's credential scope.</summary>
    public required string SigningName { get; init; }

    /// <summary>The first label of the service's host names at AWS.</summary>
    public required string EndpointPrefix { get; init; }

    /// <summary>The version of the API, a date.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The protocols it speaks: <c>json</c>, <c>rest-json</c>, <c>rest-xml</c>, <c>query</c>, <c>smithy-rpc-v2-cbor</c>.</summary>
    public required IReadOnlyList<string> Protocols { get; init; }

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>, for JSON services.</summary>
    public string? TargetPrefix { get; init; }

    /// <summary>The version of AWS JSON, <c>1.0</c> or <c>1.1</c>.</summary>
    public string JsonVersion { get; init; } = "1.1";

    /// <summary>Whether the service spoke Query before, so that its errors carry their code of that time as well.</summary>
    public bool IsQueryCompatible { get; init; }

    /// <summary>The namespace of XML answers, if any.</summary>
    public string? XmlNamespace { get; init; }

    /// <summary>One line per operation, as <see cref="OperationInfo"/> reads it; text costs nothing until the service is used.</summary>
    public required string OperationTable { private get; init; }

    /// <summary>All operations of the model, by name, whether or not anything handles them yet.</summary>
    public FrozenDictionary<string, OperationInfo> Operations => _operations ??= OperationTable
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(OperationInfo.Parse)
        .ToFrozenDictionary(o => o.Name, StringComparer.Ordinal);

    /// <summary>Whether the service speaks <paramref name="protocol"/>.</summary>
    public bool Speaks(string protocol) => Protocols.Contains(protocol);
}
