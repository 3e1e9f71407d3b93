using System.Globalization;
using Sagebrush.Learning.AutoML;

namespace Sagebrush.Quality;

/// <summary>Tells on standard error how a search goes on.</summary>
internal sealed class ProgressPrinter : IAutopilotObserver
{
    public void Entered(AutopilotStage stage) => Console.Error.WriteLine(stage);

    public void Analyzed(AutopilotAnalysis analysis)
    {
        Console.Error.WriteLine($"{analysis.Task.Problem}, {analysis.Objective.Name}, {analysis.Mode}; pairs: {string.Join(", ", analysis.Pairs)}");
        foreach (var note in analysis.Notes)
        {
            Console.Error.WriteLine(note);
        }
    }

    public void Tried(Candidate candidate, Func<string, AutopilotModel> model)
    {
        var what = candidate.Spec is { } spec
            ? $"{spec.Algorithm} {spec.Features}{(spec.HasPairs ? " with pairs" : "")} {string.Join(" ", spec.Parameters.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}")))}"
            : "ensemble " + string.Join(" ", candidate.Weights.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}:{entry.Value:F2}")));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{candidate.Number,3} {candidate.Seconds,6:F1} s  {candidate.Failure ?? candidate.Loss.ToString("F5", CultureInfo.InvariantCulture)}  {string.Join(" ", candidate.Metrics.Select(metric => $"{metric.Key}={metric.Value:F4}"))}  {what}"));
    }
}
