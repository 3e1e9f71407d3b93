using System.Globalization;

namespace Sagebrush.Quickstart;

/// <summary>The hyperparameters of the training job, sensible for tables of any size.</summary>
/// <remarks>Early stopping decides the number of rounds; the rest is mild regularisation by sampling, which seldom hurts.</remarks>
internal static class Recipe
{
    public const int MostRounds = 300;
    private const int PatienceInRounds = 20;

    public static Dictionary<string, string> HyperParameters(Target target, int seed)
    {
        var (objective, metric) = target.Task switch
        {
            LearningTask.Binary => ("binary:logistic", "auc"),
            LearningTask.Multiclass => ("multi:softprob", "mlogloss"),
            _ => ("reg:squarederror", "rmse"),
        };
        var parameters = new Dictionary<string, string>
        {
            ["objective"] = objective,
            ["eval_metric"] = metric,
            ["num_round"] = MostRounds.ToString(CultureInfo.InvariantCulture),
            ["early_stopping_rounds"] = PatienceInRounds.ToString(CultureInfo.InvariantCulture),
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
