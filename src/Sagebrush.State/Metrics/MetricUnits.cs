namespace Sagebrush.State.Metrics;

/// <summary>Units of metrics, as CloudWatch spells them.</summary>
public static class MetricUnits
{
    /// <summary>No unit.</summary>
    public const string None = "None";

    /// <summary>A number of things.</summary>
    public const string Count = "Count";

    /// <summary>Parts of a hundred; may exceed 100 where several processors add up.</summary>
    public const string Percent = "Percent";

    /// <summary>Millionths of a second.</summary>
    public const string Microseconds = "Microseconds";

    /// <summary>Thousandths of a second.</summary>
    public const string Milliseconds = "Milliseconds";

    /// <summary>Seconds.</summary>
    public const string Seconds = "Seconds";

    /// <summary>Bytes.</summary>
    public const string Bytes = "Bytes";
}
