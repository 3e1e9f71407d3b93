namespace Sagebrush.Algorithms.Training;

/// <summary>What a host of a job has to do.</summary>
internal static class HostRole
{
    /// <summary>Several hosts with the whole data each would train the same model: the first one does it.</summary>
    /// <returns>Whether this host trains.</returns>
    /// <exception cref="CustomerErrorException">The data is spread over the hosts.</exception>
    public static bool Trains(TrainingContext context)
    {
        if (context.Hosts.Count <= 1)
        {
            context.Log.Info("Single node training.");
            return true;
        }

        if (context.Channels.Values.Any(channel => channel.Distribution == "ShardedByS3Key"))
        {
            throw new CustomerErrorException(
                $"Training on {context.Hosts.Count} instances with sharded channels is not supported; use one instance, or the distribution FullyReplicated.");
        }

        var isFirst = context.Hosts.Order(StringComparer.Ordinal).First() == context.CurrentHost;
        context.Log.Info(isFirst
            ? $"This host, {context.CurrentHost}, trains on the whole data for all {context.Hosts.Count} hosts."
            : $"Another host trains on the whole data; {context.CurrentHost} has nothing to do.");
        return isFirst;
    }
}
