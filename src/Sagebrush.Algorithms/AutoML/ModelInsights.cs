using System.Globalization;
using System.Text;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Metrics;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>The model insights report: metrics in the form of a model quality report, and a page with pictures.</summary>
internal static class ModelInsights
{
    private const int MostPoints = 1000;

    /// <summary>Writes <c>statistics.json</c> and <c>report.html</c> into a folder.</summary>
    public static void Write(string folder, string candidate, AutopilotResult result)
    {
        var task = result.Analysis.Task;
        float[] labels = [.. result.JudgedRows.Select(row => task.Labels[row])];
        var outputs = result.JudgedOutputs;
        var page = new HtmlPage($"Model insights of {candidate}");
        page.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"{task.Problem} of '{task.Target}', by {labels.Length:N0} rows that the models which predict them were not trained on{(result.JudgedWeights.Length > 0 ? ", by their sample weights" : string.Empty)}. Objective: {result.Analysis.Objective.Name}."));
        page.Table([["Metric", "Value"], .. result.Best.Metrics.Select(metric => (string[])[metric.Key, metric.Value.ToString("G6", CultureInfo.InvariantCulture)])]);
        if (task.Problem == ProblemType.Regression)
        {
            Residuals(page, labels, outputs);
            AtomicFile.Write(Path.Join(folder, "statistics.json"), QualityStatistics.Regression(labels.Length, result.Best.Metrics));
        }
        else
        {
            Classes(page, folder, task, labels, outputs, result);
        }

        if (result.Analysis.Notes.Count > 0)
        {
            page.Heading("To look at");
            foreach (var note in result.Analysis.Notes)
            {
                page.Paragraph(note);
            }
        }

        AtomicFile.Write(Path.Join(folder, "report.html"), Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static void Classes(HtmlPage page, string folder, AutopilotTask task, float[] labels, float[] outputs, AutopilotResult result)
    {
        int[] actual = [.. labels.Select(label => (int)label)];
        var matrix = ConfusionMatrix.Count(actual, AutopilotObjective.Decide(task.Problem, outputs, task.Classes.Count, result.Threshold), task.Classes.Count, result.JudgedWeights);
        if (task.Classes.Count <= 40)
        {
            page.Heading("Confusion matrix");
            page.Picture(SvgPicture.Matrix(task.Classes, (row, column) => matrix[row, column]));
        }

        page.Heading("Classes");
        page.Table(
        [
            ["Class", result.JudgedWeights.Length > 0 ? "Weight" : "Rows", "Precision", "Recall", "F1"],
            .. task.Classes.Select((name, i) => (string[])
                [name, matrix.Observed(i).ToString("0.##", CultureInfo.InvariantCulture), Number(matrix.Precision(i)), Number(matrix.Recall(i)), Number(matrix.F1(i))]),
        ]);
        ThresholdCurves? curves = null;
        if (task.Problem == ProblemType.BinaryClassification)
        {
            curves = ThresholdCurves.Of(labels, outputs, result.JudgedWeights, MostPoints);
            page.Heading("Receiver operating characteristic");
            page.Picture(SvgPicture.Curve("false positive rate", "true positive rate", [.. curves.FalsePositiveRates.Zip(curves.TruePositiveRates)], isUnit: true, hasDiagonal: true));
            page.Heading("Precision and recall");
            page.Picture(SvgPicture.Curve("recall", "precision", [.. curves.TruePositiveRates.Zip(curves.Precisions)], isUnit: true, hasDiagonal: false));
            page.Heading("Calibration");
            page.Paragraph("Rows in groups by their probability: what was predicted, and how many were positive. On the diagonal both agree.");
            page.Picture(SvgPicture.Curve("mean probability", "share of positives", [.. ThresholdCurves.Calibration(labels, outputs, result.JudgedWeights, 10)], isUnit: true, hasDiagonal: true));
        }

        AtomicFile.Write(Path.Join(folder, "statistics.json"), QualityStatistics.Classification(task, labels.Length, matrix, result.Best.Metrics, curves));
    }

    private static void Residuals(HtmlPage page, float[] labels, float[] outputs)
    {
        var step = Math.Max(1, labels.Length / MostPoints);
        int[] shown = [.. Enumerable.Range(0, labels.Length).Where(row => row % step == 0)];
        page.Heading("Predicted and observed");
        page.Picture(SvgPicture.Curve("observed", "predicted", [.. shown.Select(row => ((double)labels[row], (double)outputs[row]))], isUnit: false, hasDiagonal: true, isDots: true));
        page.Heading("Residuals");
        page.Picture(SvgPicture.Curve("predicted", "observed less predicted", [.. shown.Select(row => ((double)outputs[row], labels[row] - (double)outputs[row]))], isUnit: false, hasDiagonal: false, isDots: true));
    }

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
