using System.Globalization;
using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>Gradient boosted trees; the number of rounds is what the watched rows like best.</summary>
internal sealed class XGBoostLearner : ILearner
{
    private const int MostRounds = 3000;

    /// <summary>After so many rounds their pace is known.</summary>
    private const int PaceRounds = 5;

    /// <summary>Rounds times learning rate below which a model is far from what it could be.</summary>
    private const double LeastPath = 5;

    public string Name => "xgboost";

    public FeatureStyle Style => FeatureStyle.Trees;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        using var train = Matrix(set.Train, set.TrainLabels, set.TrainWeights);
        using var valid = Matrix(set.Valid, set.ValidLabels, set.ValidWeights);
        using var booster = Booster.Create(Settings(set, parameters), train, valid);
        var patience = (int)Math.Clamp(4 / parameters.GetValueOrDefault("eta", 0.1), 20, 150);
        var (best, bestLoss, round) = (0, double.PositiveInfinity, 0);
        var (time, rate) = (set.SecondsLeft(), parameters.GetValueOrDefault("eta", 0.1));
        for (; round < MostRounds && round - best <= patience; round++)
        {
            var left = set.SecondsLeft();
            if (cancellationToken.IsCancellationRequested || (round > 0 && left <= 0))
            {
                break;
            }

            // A step too short for the time would end half way: longer ones get as far, a little less carefully.
            var possible = round == PaceRounds && left < time ? left / ((time - left) / PaceRounds) : double.PositiveInfinity;
            if (possible * rate < LeastPath)
            {
                booster.SetParameter("eta", Math.Min(0.4, LeastPath / possible).ToString("R", CultureInfo.InvariantCulture));
            }

            booster.Update(round, train);
            var loss = booster.Evaluate(round, ("valid", valid))[0].Value;
            if (loss < bestLoss)
            {
                (best, bestLoss) = (round, loss);
            }
        }

        if (round == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (best + 1 < booster.BoostedRounds)
        {
            using var first = booster.FirstRounds(best + 1);
            return new Model(first.Save());
        }

        return new Model(booster.Save());
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(File.ReadAllBytes(path));

    private static DMatrix Matrix(FeatureMatrix rows, float[] labels, float[]? weights)
    {
        var matrix = DMatrix.FromDense(rows.Values, rows.RowCount, rows.ColumnCount);
        matrix.SetLabels(labels);
        if (weights is not null)
        {
            matrix.SetWeights(weights);
        }

        return matrix;
    }

    private static IEnumerable<KeyValuePair<string, string>> Settings(LearningSet set, IReadOnlyDictionary<string, double> parameters)
    {
        var (objective, metric) = set.Problem switch
        {
            ProblemType.BinaryClassification => ("binary:logistic", "logloss"),
            ProblemType.MulticlassClassification => ("multi:softprob", "mlogloss"),
            _ when set.IsAbsolute => ("reg:absoluteerror", "mae"),
            _ => ("reg:squarederror", "rmse"),
        };
        yield return new("objective", objective);
        yield return new("eval_metric", metric);
        yield return new("tree_method", "hist");
        yield return new("verbosity", "0");
        yield return new("seed", set.Seed.ToString(CultureInfo.InvariantCulture));
        if (set.Threads > 0)
        {
            yield return new("nthread", set.Threads.ToString(CultureInfo.InvariantCulture));
        }

        if (set.Problem == ProblemType.MulticlassClassification)
        {
            yield return new("num_class", set.ClassCount.ToString(CultureInfo.InvariantCulture));
        }
        else if (set.Problem == ProblemType.Regression && !set.IsAbsolute)
        {
            yield return new("base_score", set.TrainLabels.Average(label => (double)label).ToString("R", CultureInfo.InvariantCulture));
        }

        foreach (var (name, value) in parameters)
        {
            if (name == "max_leaves" && value > 0)
            {
                yield return new("grow_policy", "lossguide");
            }

            yield return new(name, value.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private sealed class Model(byte[] content) : ITrainedModel
    {
        private readonly XGBoostModel _model = XGBoostModel.Load(content);

        public void Predict(FeatureMatrix rows, Span<float> outputs) => _model.PredictRows(rows.Values, rows.RowCount, outputs);

        public byte[] Save() => content;
    }
}
