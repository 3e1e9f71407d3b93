using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>An operation of a service's API, with its request and response types. Generated.</summary>
/// <typeparam name="TRequest">The request; <see cref="EmptyShape"/> where there is none.</typeparam>
/// <typeparam name="TResponse">The response; <see cref="EmptyShape"/> where there is none.</typeparam>
/// <param name="service">The service it belongs to.</param>
/// <param name="name">Its name.</param>
public sealed class Operation<TRequest, TResponse>(ServiceModel service, string name)
    where TRequest : class, IShape, new()
    where TResponse : class, IShape, new()
{
    /// <summary>The service it belongs to.</summary>
    public ServiceModel Service { get; } = service;

    /// <summary>Its name, such as <c>CreateTrainingJob</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The element around the result in Query answers, if any.</summary>
    public string? ResultWrapper { get; init; }

    /// <summary>The root element of an XML request, if the model names one.</summary>
    public string? RequestRoot { get; init; }

    /// <summary>Its HTTP form.</summary>
    public OperationInfo Info => Service.Operations[Name];
}
