using Microsoft.AspNetCore.Http;

using Sagebrush.Contracts.Ecr;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>One request of a caller that is known.</summary>
/// <param name="Context">Who calls, and for which account's registry in which region.</param>
/// <param name="Route">What it is about.</param>
/// <param name="Authorizer">Decides over it; null lets everything through.</param>
internal sealed record DistributionCall(CallContext Context, DistributionRoute Route, ICallAuthorizer? Authorizer)
{
    public HttpContext Http => Context.Http;

    public HttpRequest Request => Context.Http.Request;

    public HttpResponse Response => Context.Http.Response;

    /// <summary>Lets the call through if its caller may do what the operation of ECR's API does.</summary>
    /// <param name="operation">The operation, such as <c>PutImage</c>.</param>
    /// <param name="repository">The repository it is about; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException"><c>AccessDeniedException</c>.</exception>
    public async ValueTask AuthorizeAsync(string operation, string repository, CancellationToken cancellationToken)
    {
        if (Authorizer is not null && !Context.Principal.IsRoot)
        {
            Dictionary<string, string> labels = repository.Length == 0 ? [] : new() { ["repositoryName"] = repository };
            await Authorizer.AuthorizeAsync(Context, EcrApi.Service, operation, labels, null, cancellationToken);
        }
    }

    /// <inheritdoc cref="AuthorizeAsync(string, string, CancellationToken)"/>
    public ValueTask AuthorizeAsync(string operation, CancellationToken cancellationToken) => AuthorizeAsync(operation, Route.Repository, cancellationToken);

    /// <summary>Whether the caller may do what an operation does.</summary>
    public async ValueTask<bool> MayAsync(string operation, string repository, CancellationToken cancellationToken)
    {
        try
        {
            await AuthorizeAsync(operation, repository, cancellationToken);
            return true;
        }
        catch (ServiceException)
        {
            return false;
        }
    }
}
