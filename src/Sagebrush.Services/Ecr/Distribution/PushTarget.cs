using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Finds the repository that something is pushed to.</summary>
internal sealed class PushTarget(Repositories repositories, RegistryOptions options)
{
    /// <summary>The repository; made where the registry is told to and the pusher may.</summary>
    /// <exception cref="ServiceException"><c>RepositoryNotFoundException</c>, with what to do about it.</exception>
    public async ValueTask<Stored<RepositoryDocument>> GetAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        var (account, region, name) = (call.Context.AccountId, call.Context.Region, call.Route.Repository);
        if (await repositories.FindAsync(account, region, name, cancellationToken) is { } repository)
        {
            return repository;
        }

        if (!options.CreatesRepositoriesOnPush)
        {
            throw EcrErrors.RepositoryNotFoundException(
                $"The repository with name '{name}' does not exist in the registry with id '{account}'. Make it first: aws ecr create-repository --repository-name {name}");
        }

        await call.AuthorizeAsync("CreateRepository", cancellationToken);
        try
        {
            return await repositories.CreateAsync(account, region, name, new RepositoryDocument { Id = Repositories.NewId() }, [], cancellationToken);
        }
        catch (ServiceException)
        {
            // The first layers of an image come side by side: another request made it.
            return await repositories.GetAsync(account, region, name, cancellationToken);
        }
    }
}
