namespace Sagebrush.Serving.Python;

/// <summary>What a request asks of a worker. The numbers are the protocol's.</summary>
internal enum RequestKind : byte
{
    /// <summary>Whether the model is loaded.</summary>
    Ping = 0,

    /// <summary>The model's answer.</summary>
    Invocation = 1,
}
