namespace Sagebrush.Wire.Dispatch;

/// <summary>Where one service departs from what its protocol's other services do. Set where the services are declared, or by its capability.</summary>
public sealed class ServiceOptions
{
    /// <summary>The code of a request that breaks the model's constraints; null takes the protocol's.</summary>
    public string? ValidationErrorCode { get; set; }

    /// <summary>Whether requests are checked against the model before a handler sees them.</summary>
    public bool ValidatesRequests { get; set; } = true;

    /// <summary>The root elements of XML answers by operation, where they are not the output shape's name.</summary>
    public Dictionary<string, string> XmlRoots { get; } = new(StringComparer.Ordinal);

    /// <summary>The most bytes of a body that is held in memory; a longer one is refused. 16 MiB unless set.</summary>
    public int MaxBufferedBody { get; set; } = 16 * 1024 * 1024;

    /// <summary>Sees requests before anything else does; null where none come without a signature.</summary>
    public FrontHandler? Front { get; set; }
}
