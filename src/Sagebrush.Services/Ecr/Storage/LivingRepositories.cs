namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Tells whether there is a repository of an id, for one sweep.</summary>
internal sealed class LivingRepositories(Repositories repositories)
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    public async ValueTask<bool> ContainsAsync(string id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var lives))
        {
            return lives;
        }

        // Asked again for each id not seen yet, since a repository may be made while the sweep goes on. A deleted id never comes back.
        await foreach (var repository in repositories.ScanAsync(cancellationToken))
        {
            _known[repository.Document.Id] = true;
        }

        return _known.TryAdd(id, false) ? false : _known[id];
    }
}
