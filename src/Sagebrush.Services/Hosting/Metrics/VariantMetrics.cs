using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.Hosting.Metrics;

/// <summary>The invocation metrics of a production variant, as SageMaker has them in the namespace <c>AWS/SageMaker</c>.</summary>
/// <remarks>
/// Requests change numbers in memory; they are published with each flush of the publisher. A minute without requests has no
/// values, as at SageMaker.
/// </remarks>
internal sealed class VariantMetrics : IInvocationMetrics, IModelCacheObserver, IDisposable
{
    private const string Namespace = "AWS/SageMaker";

    private readonly IMetricPublisher _publisher;
    private readonly string _account;
    private readonly string _region;
    private readonly MetricDimensions _dimensions;
    private readonly MetricRecorder _modelLatency;
    private readonly MetricRecorder _overheadLatency;
    private readonly IDisposable _source;
    private long _hits;
    private long _misses;
    private int _instances;
    private long _invocations;
    private long _clientErrors;
    private long _serverErrors;
    private long _modelErrors;

    /// <summary>Begins to publish.</summary>
    /// <param name="publisher">Where to.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="variant">The variant's name.</param>
    /// <param name="instances">The variant's instances now.</param>
    public VariantMetrics(IMetricPublisher publisher, EndpointKey endpoint, string variant, int instances)
    {
        _publisher = publisher;
        (_account, _region) = (endpoint.AccountId, endpoint.Region);
        _dimensions = MetricDimensions.Of(("EndpointName", endpoint.Name), ("VariantName", variant));
        _instances = instances;
        _modelLatency = publisher.CreateRecorder(Key("ModelLatency"), MetricUnits.Microseconds);
        _overheadLatency = publisher.CreateRecorder(Key("OverheadLatency"), MetricUnits.Microseconds);
        _source = publisher.AddSource(Collect);
    }

    /// <summary>The variant's instances now: requests count for <c>InvocationsPerInstance</c> as a share of one.</summary>
    public int Instances
    {
        get => Volatile.Read(ref _instances);
        set => Volatile.Write(ref _instances, value);
    }

    public void Record(int status, TimeSpan model, TimeSpan overhead)
    {
        Interlocked.Increment(ref _invocations);
        if (status is < 200 or >= 300)
        {
            Interlocked.Increment(ref _modelErrors);
            Interlocked.Increment(ref status is >= 400 and < 500 ? ref _clientErrors : ref _serverErrors);
        }

        _modelLatency.Record(model.TotalMicroseconds);
        _overheadLatency.Record(overhead.TotalMicroseconds);
    }

    public void Asked(TimeSpan? waited)
    {
        if (waited is not { } wait)
        {
            Interlocked.Increment(ref _hits);
            return;
        }

        Interlocked.Increment(ref _misses);
        Publish("ModelLoadingWaitTime", wait.TotalMicroseconds, MetricUnits.Microseconds);
    }

    public void Loaded(TimeSpan downloading, TimeSpan loading)
    {
        Publish("ModelDownloadingTime", downloading.TotalMicroseconds, MetricUnits.Microseconds);
        Publish("ModelLoadingTime", loading.TotalMicroseconds, MetricUnits.Microseconds);
    }

    public void Unloaded(TimeSpan unloading) => Publish("ModelUnloadingTime", unloading.TotalMicroseconds, MetricUnits.Microseconds);

    /// <summary>Publishes another metric of the variant, such as those of multi-model endpoints, with its dimensions.</summary>
    public void Publish(string name, double value, string unit) => _publisher.Publish(Key(name), value, unit);

    /// <summary>Publishes the rest and ends.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _modelLatency.Dispose();
        _overheadLatency.Dispose();
    }

    private void Collect(DateTimeOffset time)
    {
        // Errors first: a request that comes in between is then at worst an invocation without its error yet.
        var client = Interlocked.Exchange(ref _clientErrors, 0);
        var server = Interlocked.Exchange(ref _serverErrors, 0);
        var model = Interlocked.Exchange(ref _modelErrors, 0);
        var all = Interlocked.Exchange(ref _invocations, 0);
        var cached = StatisticSet.Of(1, Interlocked.Exchange(ref _hits, 0));
        cached.Add(0, Interlocked.Exchange(ref _misses, 0));
        Send("ModelCacheHit", cached);
        if (all == 0 && model == 0)
        {
            return;
        }

        Send("Invocations", StatisticSet.Of(1, all));
        Send("InvocationsPerInstance", StatisticSet.Of(1.0 / Math.Max(1, Instances), all));
        Send("Invocation4XXErrors", Share(client));
        Send("Invocation5XXErrors", Share(server));
        Send("InvocationModelErrors", Share(model));

        // One for each request with the error, zero for each other one: the average is the error rate.
        StatisticSet Share(long count)
        {
            var values = StatisticSet.Of(0, Math.Max(0, all - count));
            values.Add(1, count);
            return values;
        }

        void Send(string name, StatisticSet values)
        {
            if (values.SampleCount > 0)
            {
                _publisher.Publish(new MetricSample(Key(name), time.ToUnixTimeSeconds(), MetricUnits.None, values));
            }
        }
    }

    private MetricKey Key(string name) => new(_account, _region, Namespace, name, _dimensions);
}
