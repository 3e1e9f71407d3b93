namespace Sagebrush.Serving.Routing;

/// <summary>Counts what a variant is asked and how long it takes. Calls never wait and allocate nothing.</summary>
public interface IInvocationMetrics
{
    /// <summary>Notes one request that a model has dealt with.</summary>
    /// <param name="status">The model's HTTP status; 200 for an answer.</param>
    /// <param name="model">How long the model took.</param>
    /// <param name="overhead">How long the request took besides, from its arrival to its answer.</param>
    void Record(int status, TimeSpan model, TimeSpan overhead);
}
