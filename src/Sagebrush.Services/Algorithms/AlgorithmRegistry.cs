using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Algorithms;

/// <summary>The algorithms that users have made: what other capabilities may ask of them.</summary>
internal sealed class AlgorithmRegistry(IResourceStore store)
{
    private readonly ResourceSet<CreateAlgorithmInput> _algorithms = store.For(Kind);

    /// <summary>Algorithms as a kind of resource: an algorithm is what its creator sent.</summary>
    public static ResourceKind<CreateAlgorithmInput> Kind { get; } = new("Algorithm", new ShapeDocumentSerializer<CreateAlgorithmInput>());

    /// <summary>Finds an algorithm by its name or its ARN; null when there is none.</summary>
    public async ValueTask<CreateAlgorithmInput?> FindAsync(string account, string region, string nameOrArn, CancellationToken cancellationToken)
    {
        if (nameOrArn.Split(':') is not ["arn", _, "sagemaker", var arnRegion, var arnAccount, var resource])
        {
            return (await _algorithms.FindAsync(account, region, nameOrArn, cancellationToken))?.Document;
        }

        return (await _algorithms.FindAsync(arnAccount, arnRegion, resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..], cancellationToken))?.Document;
    }
}
