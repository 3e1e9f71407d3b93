using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>A metric widget: what it shows and how.</summary>
internal sealed record Widget
{
    /// <summary>The queries behind it, as GetMetricData takes them.</summary>
    public required IReadOnlyList<MetricDataQuery> Queries { get; init; }

    /// <summary>How the queries are drawn, by their ids.</summary>
    public required IReadOnlyDictionary<string, WidgetLine> Lines { get; init; }

    /// <summary>Where the range begins, in Unix seconds.</summary>
    public required long Start { get; init; }

    /// <summary>Where the range ends, in Unix seconds.</summary>
    public required long End { get; init; }

    /// <summary>Pixels across.</summary>
    public int Width { get; init; } = 600;

    /// <summary>Pixels down.</summary>
    public int Height { get; init; } = 395;

    /// <summary>What stands above it, if anything.</summary>
    public string? Title { get; init; }

    /// <summary><c>timeSeries</c>, <c>bar</c>, <c>pie</c> or <c>singleValue</c>.</summary>
    public string View { get; init; } = "timeSeries";

    /// <summary>Whether lines stand upon each other.</summary>
    public bool IsStacked { get; init; }

    /// <summary>Whether it is light on dark.</summary>
    public bool IsDark { get; init; }

    /// <summary>Hours and minutes its times are ahead of UTC.</summary>
    public TimeSpan TimeZone { get; init; }

    /// <summary><c>bottom</c>, <c>right</c> or <c>hidden</c>.</summary>
    public string Legend { get; init; } = "bottom";

    /// <summary>The left axis.</summary>
    public WidgetAxis Left { get; init; } = new(null, null, null);

    /// <summary>The right axis.</summary>
    public WidgetAxis Right { get; init; } = new(null, null, null);

    /// <summary>Lines at values.</summary>
    public IReadOnlyList<WidgetAnnotation> Horizontal { get; init; } = [];

    /// <summary>Lines at times.</summary>
    public IReadOnlyList<WidgetAnnotation> Vertical { get; init; } = [];
}
