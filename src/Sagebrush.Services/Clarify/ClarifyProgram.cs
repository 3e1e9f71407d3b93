using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Services.Clarify;

/// <summary>The program of the image <c>sagemaker-clarify-processing</c>: an analysis configuration and a data set in, a report out.</summary>
public static class ClarifyProgram
{
    /// <summary>The program's first argument that makes it run an analysis; the job's folder follows.</summary>
    public const string Command = "run-clarify";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(60);

    /// <summary>Runs as the body of a process; SIGTERM ends it, and the model's endpoint with it.</summary>
    /// <param name="root">The job's folder, <c>/opt/ml</c> in a container.</param>
    /// <returns>The exit code.</returns>
    public static int RunProcess(string root)
    {
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        try
        {
            return RunAsync(root, TimeProvider.System, stopping.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("The analysis was stopped.");
            return 1;
        }
        catch (ClarifyException e)
        {
            return Fail(root, $"Customer Error: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or Wire.Client.ApiException or IOException or InvalidOperationException)
        {
            Console.WriteLine(e);
            return Fail(root, $"Internal Error: {e.Message}");
        }
    }

    private static async Task<int> RunAsync(string root, TimeProvider clock, CancellationToken cancellationToken)
    {
        var job = ProcessingPlaces.Read(root);
        var configuration = AnalysisConfiguration.Read(job.Configuration);
        var table = ClarifyTable.Read(job.Dataset, configuration);
        Console.WriteLine($"The dataset has {table.Rows} rows and {table.Headers.Count} columns.");
        var needsModel = configuration.Methods.ContainsKey("shap") || configuration.Methods.ContainsKey("pdp")
            || (configuration.Methods.ContainsKey("post_training_bias") && configuration.PredictedLabel is null);
        using var predictor = needsModel ? new ModelPredictor(configuration, job.Id, clock) : null;
        var result = new JsonObject { ["version"] = "1.0" };
        try
        {
            if (predictor is not null)
            {
                Console.WriteLine(predictor.IsShadow ? "Creating the shadow endpoint." : "Using the endpoint given.");
                await predictor.StartAsync(cancellationToken);
            }

            await new Analysis(configuration, table, predictor, job.Output).RunAsync(result, cancellationToken);
        }
        finally
        {
            // Also when the job was told to stop: the endpoint must not outlive it.
            if (predictor is not null)
            {
                using var limit = new CancellationTokenSource(RemovalTime, clock);
                await predictor.RemoveAsync(limit.Token);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(job.Output, "analysis.json"), result.ToJsonString(Indented), cancellationToken);
        await ClarifyReport.WriteAsync(job.Output, configuration, result, cancellationToken);
        Console.WriteLine("The analysis is complete.");
        return 0;
    }

    private static int Fail(string root, string reason)
    {
        Console.WriteLine(reason);
        var folder = Path.Combine(root, "output");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "message"), reason);
        return 1;
    }
}
