using System.Globalization;
using Sagebrush.Serving;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>The instances of endpoints this machine has room for.</summary>
internal sealed class InstancePlaces(HostingOptions options)
{
    private readonly Lock _gate = new();
    private int _taken;

    /// <summary>Takes places for new instances.</summary>
    /// <exception cref="ModelLoadException">There are not so many; the message is an endpoint's failure reason.</exception>
    public void Take(int count)
    {
        lock (_gate)
        {
            if (count > options.MostInstances - _taken)
            {
                throw new ModelLoadException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error: {count} more instances were asked for, " +
                    $"and this machine has room for {options.MostInstances}, of which {_taken} are in use. Ask for fewer instances, or delete endpoints."));
            }

            _taken += count;
        }
    }

    /// <summary>Gives places back.</summary>
    public void Return(int count)
    {
        lock (_gate)
        {
            _taken -= count;
        }
    }
}
