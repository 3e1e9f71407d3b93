namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>What an expression comes to.</summary>
internal abstract record MathValue
{
    /// <summary>The words of CloudWatch's manual for it.</summary>
    public abstract string Kind { get; }

    /// <summary>One number.</summary>
    public sealed record Scalar(double Value) : MathValue
    {
        public override string Kind => "a scalar";
    }

    /// <summary>A text, as some functions take.</summary>
    public sealed record Text(string Value) : MathValue
    {
        public override string Kind => "a text";
    }

    /// <summary>One time series.</summary>
    public sealed record One(TimeSeries Series) : MathValue
    {
        public override string Kind => "a time series";
    }

    /// <summary>An array of time series.</summary>
    public sealed record Many(IReadOnlyList<TimeSeries> Series) : MathValue
    {
        public override string Kind => "an array of time series";
    }
}
