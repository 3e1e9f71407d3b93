namespace Sagebrush.Serving.Serverless;

/// <summary>A copy of a serverless model, which answers one request at a time; a model evaluated in this process is one for all.</summary>
internal sealed class ModelEnvironment(IModelServer server)
{
    public IModelServer Server { get; } = server;

    /// <summary>Requests it is answering.</summary>
    public int Users { get; set; }

    /// <summary>When the last one left, as the clock's timestamp.</summary>
    public long IdleSince { get; set; }
}
