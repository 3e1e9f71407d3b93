namespace Sagebrush.Learning.Networks;

/// <summary>How large each step is: up to the largest along a line, then down along a cosine (Loshchilov and Hutter 2017), on a way that is shortened when time is short.</summary>
internal sealed class NetworkSchedule(int steps, double largest, double warmUp, Func<double>? secondsLeft)
{
    /// <summary>So often it is asked how much time is left.</summary>
    private const int Interval = 16;

    /// <summary>The share of the time left that steps may take.</summary>
    private const double Share = 0.9;

    private readonly double _time = secondsLeft?.Invoke() ?? 0;
    private int _steps = Math.Max(1, steps);

    /// <summary>Whether the way is at its end after some steps.</summary>
    public bool IsOver(int step)
    {
        if (secondsLeft is not null && step > 0 && step % Interval == 0 && step < _steps)
        {
            var left = secondsLeft();
            var possible = step * Share * Math.Max(0, left) / Math.Max(_time - left, 1e-9);
            _steps = (int)Math.Min(_steps, step + possible);
        }

        return step >= _steps;
    }

    /// <summary>The size of a step.</summary>
    public double Rate(int step)
    {
        var share = (step + 0.5) / _steps;
        return share < warmUp ? largest * share / warmUp : largest * 0.5 * (1 + Math.Cos(Math.PI * (share - warmUp) / (1 - warmUp)));
    }
}
