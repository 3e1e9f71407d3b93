namespace Sagebrush.Learning.AutoML;

/// <summary>How candidates are sought.</summary>
public enum AutopilotMode
{
    /// <summary>Ensembles for tables of up to 100 MB, tuning above.</summary>
    Auto = 0,

    /// <summary>Several learners, each trained on folds, and the weighted mean of the best.</summary>
    Ensembling = 1,

    /// <summary>Single models with tuned hyperparameters.</summary>
    HyperparameterTuning = 2,
}
