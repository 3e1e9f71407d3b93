using System.Text;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Makes the explainer of a fleet.</summary>
internal static class ExplainerLoader
{
    private const long LargestBaseline = 64 << 20;

    /// <summary>Makes it; a baseline in S3 is brought into the fleet's folder, so that the endpoint no longer depends on it.</summary>
    /// <returns>Null when the fleet has none.</returns>
    /// <exception cref="ModelLoadException">The baseline is not there, or is none.</exception>
    public static async Task<ClarifyExplainer?> LoadAsync(
        FleetPlan plan, FleetFolder folder, IObjectStore objects, TimeProvider time, CancellationToken cancellationToken)
    {
        if (plan.Explainer?.ClarifyExplainerConfig is not { } config)
        {
            return null;
        }

        try
        {
            var given = config.ShapConfig.ShapBaselineConfig;
            var text = given.ShapBaseline ?? await BringAsync(given.ShapBaselineUri!, Path.Join(folder.Path, "shap-baseline"), objects, cancellationToken);
            return new ClarifyExplainer(config, new ExplainerBaseline(config, text), time);
        }
        catch (FormatException error)
        {
            throw new ModelLoadException($"The explainer cannot be started. {error.Message}", error);
        }
    }

    private static async Task<string> BringAsync(string uri, string path, IObjectStore objects, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            try
            {
                var place = S3Location.Parse(uri);
                using var reader = objects.Open(place.Bucket, place.Key);
                if (reader.Info.Size > LargestBaseline)
                {
                    throw new FormatException($"The SHAP baseline at {uri} has {reader.Info.Size} bytes; it may have {LargestBaseline}.");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using (var file = File.Create(path + ".unfinished"))
                {
                    await using var stream = reader.OpenStream(0, reader.Info.Size);
                    await stream.CopyToAsync(file, cancellationToken);
                }

                File.Move(path + ".unfinished", path, overwrite: true);
            }
            catch (ObjectStoreException error)
            {
                throw new FormatException($"There is no SHAP baseline at {uri}.", error);
            }
        }

        return await File.ReadAllTextAsync(path, Encoding.UTF8, cancellationToken);
    }
}
