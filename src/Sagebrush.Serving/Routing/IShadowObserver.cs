namespace Sagebrush.Serving.Routing;

/// <summary>Is told how a shadow variant does. Calls come from several threads and must not block.</summary>
public interface IShadowObserver
{
    /// <summary>A copy was answered.</summary>
    /// <param name="latency">How long the model took.</param>
    void Answered(TimeSpan latency);

    /// <summary>The model gave no answer to a copy.</summary>
    /// <param name="latency">How long that took.</param>
    /// <param name="error">What it said instead.</param>
    void Failed(TimeSpan latency, ModelInvocationException error);

    /// <summary>Copies were not made, because the shadow was too far behind.</summary>
    /// <param name="count">How many.</param>
    void Shed(long count);
}
