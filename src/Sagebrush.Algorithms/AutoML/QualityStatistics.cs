using System.Text.Json;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Metrics;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Metrics in the form of SageMaker's model quality reports.</summary>
internal static class QualityStatistics
{
    public static byte[] Regression(int rows, IReadOnlyDictionary<string, double> metrics) => Write(rows, writer =>
    {
        writer.WriteStartObject("regression_metrics");
        Value(writer, "mae", metrics["MAE"]);
        Value(writer, "mse", metrics["MSE"]);
        Value(writer, "rmse", metrics["RMSE"]);
        Value(writer, "r2", metrics["R2"]);
        writer.WriteEndObject();
    });

    public static byte[] Classification(
        AutopilotTask task, int rows, ConfusionMatrix matrix, IReadOnlyDictionary<string, double> metrics, ThresholdCurves? curves) => Write(rows, writer =>
    {
        var isBinary = task.Problem == ProblemType.BinaryClassification;
        writer.WriteStartObject(isBinary ? "binary_classification_metrics" : "multiclass_classification_metrics");
        writer.WriteStartObject("confusion_matrix");
        for (var actual = 0; actual < matrix.ClassCount; actual++)
        {
            writer.WriteStartObject(task.Classes[actual]);
            for (var predicted = 0; predicted < matrix.ClassCount; predicted++)
            {
                writer.WriteNumber(task.Classes[predicted], matrix[actual, predicted]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (isBinary)
        {
            Value(writer, "recall", metrics["Recall"]);
            Value(writer, "precision", metrics["Precision"]);
            Value(writer, "accuracy", metrics["Accuracy"]);
            Value(writer, "f1", metrics["F1"]);
            Value(writer, "auc", metrics["AUC"]);
            Curve(writer, "receiver_operating_characteristic_curve", "false_positive_rates", curves!.FalsePositiveRates, "true_positive_rates", curves.TruePositiveRates);
            Curve(writer, "precision_recall_curve", "precisions", curves.Precisions, "recalls", curves.TruePositiveRates);
        }
        else
        {
            Value(writer, "accuracy", metrics["Accuracy"]);
            Value(writer, "macro_recall", metrics["RecallMacro"]);
            Value(writer, "macro_precision", metrics["PrecisionMacro"]);
            Value(writer, "macro_f1", metrics["F1macro"]);
        }

        Value(writer, "balanced_accuracy", metrics["BalancedAccuracy"]);
        Value(writer, "log_loss", metrics["LogLoss"]);
        writer.WriteEndObject();
    });

    private static byte[] Write(int rows, Action<Utf8JsonWriter> metrics)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", 0.0);
            writer.WriteStartObject("dataset");
            writer.WriteNumber("item_count", rows);
            writer.WriteEndObject();
            metrics(writer);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    private static void Value(Utf8JsonWriter writer, string name, double value)
    {
        writer.WriteStartObject(name);
        if (double.IsFinite(value))
        {
            writer.WriteNumber("value", value);
        }
        else
        {
            writer.WriteString("value", "NaN");
        }

        writer.WriteString("standard_deviation", "NaN");
        writer.WriteEndObject();
    }

    private static void Curve(Utf8JsonWriter writer, string name, string first, IReadOnlyList<double> firsts, string second, IReadOnlyList<double> seconds)
    {
        writer.WriteStartObject(name);
        foreach (var (part, values) in new[] { (first, firsts), (second, seconds) })
        {
            writer.WriteStartArray(part);
            foreach (var value in values)
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
