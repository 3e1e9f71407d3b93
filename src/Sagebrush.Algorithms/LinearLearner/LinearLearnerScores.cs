using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Metrics;

namespace Sagebrush.Algorithms.LinearLearner;

/// <summary>Writes the final model's metrics on a data set to the log.</summary>
internal static class LinearLearnerScores
{
    public static void Write(TabularJob job, LinearModel model, LinearLearnerOptions options, string name, TrainingTable table)
    {
        var outputs = model.OutputCount;
        var scores = new float[checked(table.RowCount * outputs)];
        var predicted = new float[table.RowCount];
        for (var i = 0; i < table.RowCount; i++)
        {
            predicted[i] = model.Predict(table.Features.Row(i), scores.AsSpan(i * outputs, outputs));
        }

        job.Metric($"{name} objective_loss", "loss", Sagebrush.Learning.Linear.LinearLearner.MeanLoss(model, options, table.Features, table.Labels));
        switch (model.Predictor)
        {
            case LinearPredictor.Regressor:
                job.Metric($"{name} absolute_loss", "loss", RegressionMetrics.MeanAbsoluteError(table.Labels, predicted));
                job.Metric($"{name} mse", "loss", RegressionMetrics.MeanSquaredError(table.Labels, predicted));
                job.Metric($"{name} rmse", "loss", RegressionMetrics.RootMeanSquaredError(table.Labels, predicted));
                break;
            case LinearPredictor.BinaryClassifier:
                Binary(job, options, name, table.Labels, predicted, scores);
                break;
            default:
                Multiclass(job, options, name, table.Labels, predicted, scores);
                break;
        }
    }

    private static void Binary(TabularJob job, LinearLearnerOptions options, string name, float[] labels, float[] predicted, float[] scores)
    {
        var matrix = ConfusionMatrix.Count(labels, predicted);
        job.Metric($"{name} binary_classification_accuracy", "score", matrix.Accuracy);
        job.Metric($"{name} binary_f_beta", "score", FBeta(matrix, 1, options.FBeta));
        job.Metric($"{name} precision", "score", matrix.Precision(1));
        job.Metric($"{name} recall", "score", matrix.Recall(1));
        if (labels.Any(label => label == 1) && labels.Any(label => label == 0))
        {
            job.Metric($"{name} roc_auc_score", "score", ProbabilityMetrics.RocAuc(labels, scores));
        }
    }

    private static void Multiclass(TabularJob job, LinearLearnerOptions options, string name, float[] labels, float[] predicted, float[] scores)
    {
        var matrix = ConfusionMatrix.Count([.. labels.Select(label => (int)label)], [.. predicted.Select(label => (int)label)], options.ClassCount);
        var topK = job.Values.Integer("accuracy_top_k");
        long within = 0;
        double gain = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.AsSpan(i * options.ClassCount, options.ClassCount);
            var own = row[(int)labels[i]];
            var rank = 0;
            foreach (var score in row)
            {
                rank += score > own ? 1 : 0;
            }

            within += rank < topK ? 1 : 0;
            gain += 1 / Math.Log2(rank + 2);
        }

        var seen = Enumerable.Range(0, options.ClassCount).Where(k => Enumerable.Range(0, options.ClassCount).Any(j => matrix[k, j] + matrix[j, k] > 0)).ToList();
        job.Metric($"{name} multiclass_accuracy", "score", matrix.Accuracy);
        job.Metric($"{name} multiclass_top_k_accuracy", "score", (double)within / labels.Length);
        job.Metric($"{name} dcg", "score", gain / labels.Length);
        job.Metric($"{name} macro_recall", "score", matrix.MacroRecall);
        job.Metric($"{name} macro_precision", "score", matrix.MacroPrecision);
        job.Metric($"{name} macro_f_beta", "score", seen.Average(k => FBeta(matrix, k, options.FBeta)));
    }

    private static double FBeta(ConfusionMatrix matrix, int label, double beta)
    {
        var (precision, recall, square) = (matrix.Precision(label), matrix.Recall(label), beta * beta);
        return precision + recall == 0 ? 0 : (1 + square) * precision * recall / ((square * precision) + recall);
    }
}
