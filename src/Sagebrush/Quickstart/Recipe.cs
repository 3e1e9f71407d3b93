using System.Globalization;

namespace Sagebrush.Quickstart;

/// <summary>The hyperparameters of the training job, sensible for tables of any size.</summary>
/// <remarks>
/// Early stopping decides the number of rounds. It watches the last metric, a loss, which is steadier on few rows than a ranking or a count of errors.
/// The rest is mild regularisation by sampling, which seldom hurts.
/// </remarks>
internal static class Recipe
{
    public const int MostRounds = 500;
    private const int PatienceInRounds = 20;

    public static Dictionary<string, string> HyperParameters(Target target, int seed)
    {
        var (objective, metric) = target.Task switch
        {
            LearningTask.Binary => ("binary:logistic", "auc,logloss"),
            LearningTask.Multiclass => ("multi:softprob", "merror,mlogloss"),
            _ => ("reg:squarederror", "rmse"),
        };
        var parameters = new Dictionary<string, string>
        {
            ["objective"] = objective,
            ["eval_metric"] = metric,
            ["num_round"] = MostRounds.ToString(CultureInfo.InvariantCulture),
            ["early_stopping_rounds"] = PatienceInRounds.ToString(CultureInfo.InvariantCulture),
            ["tree_method"] = "hist",
            ["eta"] = "0.1",
            ["max_depth"] = "5",
            ["subsample"] = "0.9",
            ["colsample_bytree"] = "0.9",
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
        };
        if (target.Task == LearningTask.Multiclass)
        {
            parameters["num_class"] = target.Classes.Count.ToString(CultureInfo.InvariantCulture);
        }

        return parameters;
    }
}
