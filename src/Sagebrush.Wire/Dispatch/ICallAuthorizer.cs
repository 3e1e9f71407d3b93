using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Decides whether callers other than the root user may do what they ask.</summary>
public interface ICallAuthorizer
{
    /// <summary>Whether unsigned requests to a service are decided by the authorizer rather than refused at once.</summary>
    bool DecidesUnsigned(ServiceModel service);

    /// <summary>Lets a call through, or refuses it.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="service">The service.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="labels">The labels of a REST path, by their names in the model.</param>
    /// <param name="request">The request, not yet validated; null where the handler reads it by itself.</param>
    /// <param name="cancellationToken">Signalled when the client is gone.</param>
    /// <exception cref="ServiceException">The caller may not; in the service's own words.</exception>
    ValueTask AuthorizeAsync(
        CallContext context,
        ServiceModel service,
        string operation,
        IReadOnlyDictionary<string, string> labels,
        IShape? request,
        CancellationToken cancellationToken);
}
