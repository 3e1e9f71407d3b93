using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Sagebrush.Server.Telemetry;

/// <summary>Adds up what the program's meters report, and writes it as Prometheus reads it (text format 0.0.4).</summary>
/// <remarks>Counting takes a look into a table and an addition; nothing is kept of single measurements.</remarks>
internal sealed class MetricTally : IDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<Labels, Total>> _totals = new();

    /// <summary>Begins to count.</summary>
    /// <param name="meters">Names of meters, besides the runtime's own.</param>
    public MetricTally(params IReadOnlyList<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RuntimeMeter || meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument, _totals.GetOrAdd(instrument, _ => new ConcurrentDictionary<Labels, Total>()));
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Count(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Count(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Count(instrument, value, tags, state));
        _listener.Start();
    }

    /// <summary>Everything counted so far, and gauges as they are now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (instrument, totals) in _totals.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            if (totals.IsEmpty)
            {
                continue;
            }

            var kind = Kind(instrument);
            var name = Name(instrument, kind);
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(instrument.Description ?? "", quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
            foreach (var total in totals.Values.OrderBy(total => total.Labels, StringComparer.Ordinal))
            {
                total.Write(text, name, kind == "histogram");
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var totals = (ConcurrentDictionary<Labels, Total>)state!;
        var labels = Labels.Of(tags);
        if (!totals.TryGetValue(labels, out var total))
        {
            total = totals.GetOrAdd(labels, new Total(Text(tags)));
        }

        if (instrument.IsObservable)
        {
            total.Set(value);
        }
        else
        {
            total.Add(value, instrument is Histogram<double> or Histogram<long> or Histogram<int>);
        }
    }

    private static string Kind(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.Contains("Counter", StringComparison.Ordinal) && !type.Contains("UpDown", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private static string Name(Instrument instrument, string kind)
    {
        var name = new StringBuilder();
        foreach (var letter in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }

        name.Append(instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        });
        return kind == "counter" ? name.Append("_total").ToString() : name.ToString();
    }

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(name.Replace('.', '_')).Append("=\"")
                .Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>The values of a measurement's tags; an instrument's tags come in one order always. Made without allocation where there are few.</summary>
    private readonly record struct Labels(object? First, object? Second, object? Third)
    {
        public static Labels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags switch
        {
            [] => default,
            [var one] => new Labels(one.Value, null, null),
            [var one, var two] => new Labels(one.Value, two.Value, null),
            [var one, var two, var three] => new Labels(one.Value, two.Value, three.Value),
            _ => new Labels(Text(tags), null, null),
        };
    }

    private sealed class Total(string labels)
    {
        private readonly Lock _gate = new();
        private long[]? _buckets;
        private long _count;
        private double _sum;

        public string Labels => labels;

        public void Set(double value)
        {
            lock (_gate)
            {
                _sum = value;
            }
        }

        public void Add(double value, bool distributed)
        {
            lock (_gate)
            {
                _sum += value;
                _count++;
                if (distributed)
                {
                    _buckets ??= new long[Bounds.Length + 1];
                    var index = Array.BinarySearch(Bounds, value);
                    _buckets[index < 0 ? ~index : index]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, bool distributed)
        {
            lock (_gate)
            {
                if (!distributed)
                {
                    Line(text, name, "", labels, _sum);
                    return;
                }

                var upTo = 0L;
                for (var i = 0; i < Bounds.Length; i++)
                {
                    upTo += _buckets![i];
                    Line(text, name, "_bucket", Join(labels, string.Create(CultureInfo.InvariantCulture, $"le=\"{Bounds[i]}\"")), upTo);
                }

                Line(text, name, "_bucket", Join(labels, "le=\"+Inf\""), _count);
                Line(text, name, "_sum", labels, _sum);
                Line(text, name, "_count", labels, _count);
            }
        }

        private static string Join(string labels, string more) => labels.Length == 0 ? more : $"{labels},{more}";

        private static void Line(StringBuilder text, string name, string suffix, string labels, double value)
        {
            text.Append(name).Append(suffix);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
