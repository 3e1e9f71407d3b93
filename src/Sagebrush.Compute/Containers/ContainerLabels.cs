namespace Sagebrush.Compute.Containers;

/// <summary>The labels by which this program finds its containers again.</summary>
public static class ContainerLabels
{
    /// <summary>Whose container it is: <see cref="ContainerOptions.Owner"/>.</summary>
    public const string Owner = "sagebrush.owner";

    /// <summary>The folder the container works for: it is left over once the folder is gone.</summary>
    public const string Folder = "sagebrush.folder";

    /// <summary>What it is for, in words for people.</summary>
    public const string Purpose = "sagebrush.purpose";

    /// <summary>The labels of a container.</summary>
    public static Dictionary<string, string> For(ContainerOptions options, string folder, string purpose)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new() { [Owner] = options.Owner, [Folder] = folder, [Purpose] = purpose };
    }

    /// <summary>Removes the containers of this program that nothing needs any more, as after a crash between the end of a job and that of its container.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> SweepAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var count = 0;
        foreach (var container in await engine.ListAsync(Owner, engine.Options.Owner, cancellationToken))
        {
            if (container.Labels.TryGetValue(Folder, out var folder) && !Directory.Exists(folder))
            {
                await engine.RemoveAsync(container.Id, cancellationToken);
                count++;
            }
        }

        return count;
    }
}
