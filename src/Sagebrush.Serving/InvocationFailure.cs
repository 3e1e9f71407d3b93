namespace Sagebrush.Serving;

/// <summary>Why a model gave no answer.</summary>
public enum InvocationFailure
{
    /// <summary>The model answered that the request is wrong: the status is 4xx.</summary>
    Refused,

    /// <summary>The model failed while it worked on the request, or died: the status is 5xx.</summary>
    Faulted,

    /// <summary>The model did not answer in time.</summary>
    TimedOut,

    /// <summary>Nobody is there to take the request: too many wait already, or the model's workers are down.</summary>
    Unavailable,

    /// <summary>The server has no such model or container as the request names.</summary>
    NoTarget,

    /// <summary>The server answers as many requests at once as it may; the message says of it how many.</summary>
    Throttled,

    /// <summary>The request or the answer is larger than the server takes or gives.</summary>
    TooLarge,

    /// <summary>The explainer cannot work on the request as it is; the message says why.</summary>
    NotExplainable,
}
