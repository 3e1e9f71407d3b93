using System.Globalization;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Counts what a shadow variant does in its metrics, by which it is compared with production, and writes what goes wrong into its log.</summary>
internal sealed class ShadowObserver(LoadedVariant shadow) : IShadowObserver
{
    private const int Answer = 200;
    private const int Fault = 500;

    public void Answered(TimeSpan latency) => shadow.Metrics.Record(Answer, latency, TimeSpan.Zero);

    public void Failed(TimeSpan latency, ModelInvocationException error)
    {
        shadow.Metrics.Record(error.OriginalStatusCode == 0 ? Fault : error.OriginalStatusCode, latency, TimeSpan.Zero);
        shadow.Say(string.Create(CultureInfo.InvariantCulture, $"Shadow: a copied request failed ({error.OriginalStatusCode}): {error.Message}"));
    }

    public void Shed(long count) => shadow.Say(string.Create(
        CultureInfo.InvariantCulture, $"Shadow: {count} requests were not copied, because the shadow variant was too far behind."));
}
