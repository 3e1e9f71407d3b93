using System.Buffers;
using System.Text.Json;
using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>Reads a widget's JSON.</summary>
internal sealed class WidgetReader(DateTimeOffset now)
{
    private const int LargestSide = 2000;
    private const int MostMetrics = 100;
    private const int DefaultPeriod = 300;
    private const string DefaultStatistic = "Average";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <exception cref="WidgetException">It cannot be drawn.</exception>
    public Widget Read(string json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new WidgetException($"MetricWidget is not JSON: {exception.Message}");
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : throw new WidgetException("MetricWidget is not a JSON object.");
        }
    }

    private Widget Read(JsonElement root)
    {
        var usual = new Widget { Queries = [], Lines = new Dictionary<string, WidgetLine>(), Start = 0, End = 0 };
        var (queries, lines) = ReadMetrics(root);
        var widget = usual with
        {
            Queries = queries,
            Lines = lines,
            Start = WidgetTime.Parse(Text(root, "start") ?? "-PT3H", now, "start"),
            End = WidgetTime.Parse(Text(root, "end") ?? "P0D", now, "end"),
            Width = Side(root, "width", usual.Width),
            Height = Side(root, "height", usual.Height),
            Title = Text(root, "title"),
            View = Choice(root, "view", "timeSeries", "bar", "pie", "singleValue"),
            IsStacked = Flag(root, "stacked"),
            IsDark = Text(root, "theme") == "dark",
            TimeZone = Text(root, "timezone") is { } zone ? WidgetTime.ParseZone(zone) : TimeSpan.Zero,
            Legend = Object(root, "legend") is { } legend ? Choice(legend, "position", "bottom", "right", "hidden") : usual.Legend,
            Left = ReadAxis(root, "left"),
            Right = ReadAxis(root, "right"),
            Horizontal = ReadAnnotations(root, "horizontal"),
            Vertical = ReadAnnotations(root, "vertical"),
        };
        return widget.Start < widget.End ? widget : throw new WidgetException("start must be earlier than end.");
    }

    private static (List<MetricDataQuery> Queries, Dictionary<string, WidgetLine> Lines) ReadMetrics(JsonElement root)
    {
        if (!root.TryGetProperty("metrics", out var metrics) || metrics.ValueKind != JsonValueKind.Array)
        {
            throw new WidgetException("metrics must be an array of arrays.");
        }

        if (metrics.GetArrayLength() > MostMetrics)
        {
            throw new WidgetException($"A widget shows at most {MostMetrics} metrics.");
        }

        var period = Whole(root, "period") ?? DefaultPeriod;
        var statistic = Text(root, "stat") ?? DefaultStatistic;
        var (queries, lines) = (new List<MetricDataQuery>(), new Dictionary<string, WidgetLine>(StringComparer.Ordinal));
        List<string> previous = [];
        foreach (var (i, metric) in metrics.EnumerateArray().Index())
        {
            if (metric.ValueKind != JsonValueKind.Array)
            {
                throw new WidgetException($"metrics[{i}] must be an array: [Namespace, MetricName, Dimension, Value, …, {{options}}].");
            }

            var options = metric.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.Object } last ? last : default;
            var id = options.ValueKind == JsonValueKind.Object ? Text(options, "id") : null;
            var query = new MetricDataQuery
            {
                Id = id ?? $"metric{i + 1}",
                Label = options.ValueKind == JsonValueKind.Object ? Text(options, "label") : null,
                ReturnData = options.ValueKind != JsonValueKind.Object || !options.TryGetProperty("visible", out var visible) || visible.ValueKind != JsonValueKind.False,
            };
            if (options.ValueKind == JsonValueKind.Object && Text(options, "expression") is { } expression)
            {
                query.Expression = expression;
                query.Period = Whole(options, "period");
            }
            else
            {
                previous = Expand([.. metric.EnumerateArray().TakeWhile(part => part.ValueKind == JsonValueKind.String).Select(part => part.GetString()!)], previous, i);
                query.MetricStat = new MetricStat
                {
                    Metric = new Metric { Namespace = previous[0], MetricName = previous[1], Dimensions = Dimensions(previous) },
                    Period = (options.ValueKind == JsonValueKind.Object ? Whole(options, "period") : null) ?? period,
                    Stat = (options.ValueKind == JsonValueKind.Object ? Text(options, "stat") : null) ?? statistic,
                };
            }

            queries.Add(query);
            lines[query.Id] = options.ValueKind == JsonValueKind.Object ? new WidgetLine(Color(options), Text(options, "yAxis") == "right") : new WidgetLine(null, false);
        }

        return (queries, lines);
    }

    /// <summary>Writes the short forms out: <c>.</c> stands for the same place of the metric before, <c>...</c> for all places up to here.</summary>
    private static List<string> Expand(List<string> parts, List<string> previous, int index)
    {
        if (parts is ["...", ..])
        {
            var own = parts[1..];
            parts = [.. previous.Take(Math.Max(0, previous.Count - own.Count)), .. own];
        }

        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] == ".")
            {
                parts[i] = i < previous.Count ? previous[i] : throw new WidgetException($"metrics[{index}][{i}] is '.', but the metric before has nothing there.");
            }
        }

        return parts.Count >= 2 && parts.Count % 2 == 0
            ? parts
            : throw new WidgetException($"metrics[{index}] must have a namespace, a name, and pairs of dimension names and values.");
    }

    private static List<Dimension> Dimensions(List<string> parts)
    {
        var dimensions = new List<Dimension>();
        for (var i = 2; i < parts.Count; i += 2)
        {
            dimensions.Add(new Dimension { Name = parts[i], Value = parts[i + 1] });
        }

        return dimensions;
    }

    private static WidgetAxis ReadAxis(JsonElement root, string side) => Object(root, "yAxis") is { } axes && Object(axes, side) is { } axis
        ? new WidgetAxis(Number(axis, "min"), Number(axis, "max"), Text(axis, "label"))
        : new WidgetAxis(null, null, null);

    private List<WidgetAnnotation> ReadAnnotations(JsonElement root, string direction)
    {
        if (Object(root, "annotations") is not { } all || !all.TryGetProperty(direction, out var some) || some.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var annotations = new List<WidgetAnnotation>();
        foreach (var one in some.EnumerateArray().SelectMany(one => one.ValueKind == JsonValueKind.Array ? one.EnumerateArray().ToList() : [one]))
        {
            if (one.ValueKind != JsonValueKind.Object)
            {
                throw new WidgetException($"annotations.{direction} must hold objects.");
            }

            if (one.TryGetProperty("visible", out var visible) && visible.ValueKind == JsonValueKind.False)
            {
                continue;
            }

            var value = direction == "vertical"
                ? WidgetTime.Parse(Text(one, "value") ?? throw new WidgetException("annotations.vertical: value is required."), now, "annotations.vertical.value")
                : Number(one, "value") ?? throw new WidgetException("annotations.horizontal: value must be a number.");
            annotations.Add(new WidgetAnnotation(value, Text(one, "label"), Color(one), Text(one, "fill"), Text(one, "yAxis") == "right"));
        }

        return annotations;
    }

    private static JsonElement? Object(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static double? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private static int? Whole(JsonElement root, string name) => Number(root, name) is { } number
        ? number is >= 1 and <= int.MaxValue && number == Math.Floor(number) ? (int)number : throw new WidgetException($"{name} must be a whole number.")
        : null;

    private static int Side(JsonElement root, string name, int usual) => Whole(root, name) is not { } pixels ? usual
        : pixels <= LargestSide ? pixels : throw new WidgetException($"{name} must be at most {LargestSide}.");

    private static string Choice(JsonElement root, string name, params ReadOnlySpan<string> choices) => Text(root, name) is not { } text ? choices[0]
        : choices.Contains(text) ? text : throw new WidgetException($"{name} must be one of {string.Join(", ", choices.ToArray())}.");

    private static string? Color(JsonElement root) => Text(root, "color") switch
    {
        null => null,
        ['#', ..] text when text.Length == 7 && text.AsSpan(1).IndexOfAnyExcept(HexDigits) < 0 => text,
        var text => throw new WidgetException($"color must be written as #rrggbb: {text}."),
    };
}
