namespace Sagebrush.Learning.Linear;

/// <summary>What tells one of the models trained side by side from the others.</summary>
internal readonly record struct ModelSetting(double LearningRate, double L1, double WeightDecay)
{
    private static readonly double[] Rates = [0.02, 0.1, 0.005, 0.3];
    private static readonly double[] Decays = [0, 1e-6, 1e-4, 1e-2];
    private static readonly double[] Penalties = [0, 1e-5];

    /// <summary>The grid of those that differ in their penalties alone.</summary>
    public static ModelSetting[] PenaltyGrid(LinearLearnerOptions options) => Grid(options with { LearningRate = 0 });

    /// <summary>The grid: what is given stays, what is not takes several values; the first model has the most usual ones.</summary>
    public static ModelSetting[] Grid(LinearLearnerOptions options)
    {
        var most = options.ModelCount ?? Math.Clamp(512 / options.OutputCount, 1, 32);
        var rates = options.LearningRate is { } rate ? [rate] : options.Optimizer == LinearOptimizer.Sgd ? [.. Rates.Select(r => r / 2)] : Rates;
        double[] decays = options.WeightDecay is { } decay ? [decay] : Decays;
        double[] penalties = options.L1 is { } l1 ? [l1] : Penalties;
        var grid = from penalty in penalties
                   from wd in decays
                   from lr in rates
                   select new ModelSetting(lr, penalty, wd);
        return [.. grid.Take(Math.Max(1, most))];
    }
}
