using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Explain;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>How much each raw column moves a model's predictions: SHAP values over whole columns, of a sample of rows.</summary>
internal static class Explanations
{
    private const int MostRows = 24;
    private const int MostBackground = 10;
    private const int MostColumns = 60;

    /// <summary>The mean magnitude of each column's SHAP values, per label, and what is predicted for the background.</summary>
    public static IReadOnlyList<LabelExplanation> Compute(TypedTable table, AutopilotResult result, AutopilotModel model, long seed, CancellationToken cancellationToken)
    {
        var rows = result.Analysis.Task.Rows;
        string[] used = [.. result.Analysis.Columns.Where(column => column.IsUsed).OrderByDescending(column => column.Explained).Take(MostColumns).Select(column => column.Profile.Name)];
        var random = new RandomStream(seed, 31);
        int[] sample = [.. random.Sample(rows.Length, Math.Min(rows.Length, MostRows + MostBackground)).Select(i => rows[i])];
        var background = sample[..Math.Min(MostBackground, sample.Length / 2)];
        var explained = sample[background.Length..];
        var columns = model.Columns.Select(name => table.Columns[table.IndexOf(name)]).ToArray();
        var places = used.Select(name => Array.IndexOf([.. model.Columns], name)).ToArray();

        // A coalition takes each column from the explained row or from a row of the background: so a row is described by the rows its columns come from.
        float[] Predict(double[] values, int count)
        {
            var from = new int[count];
            var drawn = new TableColumn[columns.Length];
            for (var column = 0; column < columns.Length; column++)
            {
                var place = Array.IndexOf(places, column);
                for (var i = 0; i < count; i++)
                {
                    from[i] = place < 0 ? background[0] : (int)values[(i * used.Length) + place];
                }

                drawn[column] = columns[column].Take(from);
            }

            return model.Predict(new(drawn, count));
        }

        List<LabelExplanation> explanations = [];
        var labels = model.Problem == ProblemType.MulticlassClassification ? Math.Min(model.OutputCount, 10) : 1;
        for (var label = 0; label < labels; label++)
        {
            var output = label;
            var shap = new KernelShap(
                (values, count, predictions) =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var outputs = Predict(values, count);
                    for (var i = 0; i < count; i++)
                    {
                        predictions[i] = outputs[(i * model.OutputCount) + output];
                    }
                },
                [.. background.SelectMany(row => Enumerable.Repeat((double)row, used.Length))],
                used.Length,
                Math.Min(256, 64 + (8 * used.Length)),
                (int)(seed & int.MaxValue));
            var values = explained.Select(row => shap.Explain([.. Enumerable.Repeat((double)row, used.Length)])).ToArray();
            var expected = Enumerable.Range(0, background.Length).Select(i => Predict([.. Enumerable.Repeat((double)background[i], used.Length)], 1)[output]).Average(value => (double)value);
            explanations.Add(new(
                model.Problem == ProblemType.MulticlassClassification ? model.Classes[label] : model.Problem == ProblemType.BinaryClassification ? model.Classes[1] : model.Target,
                expected,
                [.. used.Select((name, i) => (name, GlobalShap.MeanAbsolute([.. values.Select(row => row[i])]))).OrderByDescending(entry => entry.Item2)]));
        }

        return explanations;
    }
}
