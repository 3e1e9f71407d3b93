using System.Globalization;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>The training program of Autopilot: searches, and leaves the best model and everything that tells of the search.</summary>
/// <remarks>Products go below the checkpoints' folder, which is brought to S3 while the program runs, and from where an interrupted search goes on.</remarks>
internal sealed class AutopilotTrainer(TrainingContext context, AutopilotSettings settings, AutopilotRecorder recorder)
{
    /// <summary>Trains.</summary>
    public static void Run(TrainingContext context, CancellationToken cancellationToken)
    {
        var products = context.CheckpointFolder ?? Path.Join(context.Folder.OutputData, "products");
        var settings = AutopilotSettings.Read(context, Path.Join(products, "autopilot", "state"));
        var recorder = new AutopilotRecorder(products, settings, context.Log, context.Clock);
        try
        {
            new AutopilotTrainer(context, settings, recorder).Train(cancellationToken);
        }
        catch (Exception e) when (e is AutopilotDataException or TableFormatException)
        {
            throw new CustomerErrorException(e.Message, e);
        }
    }

    private void Train(CancellationToken cancellationToken)
    {
        recorder.Enter("AnalyzingData");
        var (table, validationRows, bytes) = AutopilotTable.Read(context, cancellationToken);
        context.Log.Info($"The data have {table.RowCount} rows and {table.Columns.Count} columns.");
        if (table.RowCount < settings.FewestRows)
        {
            throw new CustomerErrorException($"The data have {table.RowCount} rows. Autopilot needs at least {settings.FewestRows} rows: add more.");
        }

        var options = settings.Options with { ValidationRows = validationRows, SizeInBytes = bytes };
        var engine = new AutopilotEngine(options, table, recorder, context.Clock);
        if (settings.IsDefinitionsOnly)
        {
            engine.Analyze(cancellationToken);
            recorder.Complete(null);
            return;
        }

        var result = engine.Run(cancellationToken);
        var model = result.Model(context.Folder.Model);
        recorder.WriteLeaderboard(result);
        if (options.Candidates is null)
        {
            Report(table, result, model, cancellationToken);
        }

        recorder.Complete(result);
    }

    private void Report(TypedTable table, AutopilotResult result, AutopilotModel model, CancellationToken cancellationToken)
    {
        var name = recorder.NameOf(result.Best);
        PreprocessedData.Write(recorder.Folder, table, result);
        recorder.Enter("GeneratingExplainabilityReport");
        Attempt("ExplainabilityError", () =>
        {
            var importances = Explanations.Compute(table, result, model, settings.Options.Seed, cancellationToken);
            var folder = Path.Join("documentation", "explainability", "output", name);
            ExplainabilityReport.Write(Path.Join(recorder.Folder, folder), name, importances);
            recorder.Note(name, candidate => candidate with { Explanations = folder });
        });
        recorder.Enter("GeneratingModelInsightsReport");
        Attempt("ModelInsightsError", () =>
        {
            var folder = Path.Join("documentation", "model_monitor", "output", name);
            ModelInsights.Write(Path.Join(recorder.Folder, folder), name, result);
            recorder.Note(name, candidate => candidate with { Insights = folder });
        });
    }

    // A report that cannot be made is no reason to lose the model.
    private void Attempt(string status, Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            context.Log.Warning(string.Create(CultureInfo.InvariantCulture, $"{status}: {e.Message}"));
            recorder.Note(new AutopilotMishap(status, e.Message));
        }
    }
}
