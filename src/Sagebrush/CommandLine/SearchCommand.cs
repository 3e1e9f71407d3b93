using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary>A command on jobs that search for the best of many trials: the newest of them, or one with its trials, live if wanted.</summary>
/// <typeparam name="TJob">A job's description.</typeparam>
/// <typeparam name="TTrial">What a job tries.</typeparam>
internal abstract class SearchCommand<TJob, TTrial>
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    /// <summary>What a job is called in a sentence.</summary>
    protected abstract string Kind { get; }

    /// <summary>What a job's trials are called.</summary>
    protected abstract string Trials { get; }

    /// <summary>The document that shows how to start a job.</summary>
    protected abstract string Document { get; }

    /// <summary>The command.</summary>
    /// <param name="common">Options of all commands.</param>
    /// <param name="verb">What is typed.</param>
    /// <param name="description">What it does, in one sentence.</param>
    protected ExampleCommand Create(CommonOptions common, string verb, string description)
    {
        var name = new Argument<string?>("NAME") { Description = $"{Article} {Kind}; all of them without", Arity = ArgumentArity.ZeroOrOne };
        var limit = CommonOptions.Number("--limit", 1, 100, 20, $"How many jobs or {Trials} to show", "-n");
        var watch = new Option<bool>("--watch", "-w") { Description = "Keep the picture up to date until the job has ended" };
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            verb,
            description,
            ($"{Invocation.Name} {verb}", $"the newest {Kind}s"),
            ($"{Invocation.Name} {verb} my-job --watch", $"one job as it goes on, best {Trials} first"))
        { name, limit, watch, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var isJson = result.GetValue(format) == CommonOptions.Json;
            if (result.GetValue(name) is not { } job)
            {
                await WriteListAsync(client, result.GetValue(limit), isJson, cancellationToken);
            }
            else if (isJson || !result.GetValue(watch) || !Terminal.IsInteractive)
            {
                await WriteAsync(client, job, result.GetValue(limit), isJson, cancellationToken);
            }
            else
            {
                await WatchAsync(client, job, result.GetValue(limit), cancellationToken);
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The names of the newest jobs.</summary>
    protected abstract Task<IReadOnlyList<string>> ListAsync(ApiClient client, int limit, CancellationToken cancellationToken);

    /// <summary>A job by its name.</summary>
    protected abstract Task<TJob> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken);

    /// <summary>A job's best trials.</summary>
    protected abstract Task<IReadOnlyList<TTrial>> TrialsAsync(ApiClient client, TJob job, int limit, CancellationToken cancellationToken);

    /// <summary>Whether a job goes on no more.</summary>
    protected abstract bool HasEnded(TJob job);

    /// <summary>Jobs for people.</summary>
    protected abstract IRenderable Picture(IReadOnlyList<TJob> jobs);

    /// <summary>A job and its trials for people.</summary>
    protected abstract IRenderable Picture(TJob job, IReadOnlyList<TTrial> trials);

    /// <summary>A job for programs.</summary>
    protected abstract JsonObject Json(TJob job);

    /// <summary>A trial for programs.</summary>
    protected abstract JsonObject Json(TTrial trial);

    private string Article => Kind[0] is 'A' ? "An" : "A";

    private async Task WriteListAsync(ApiClient client, int limit, bool isJson, CancellationToken cancellationToken)
    {
        // The list tells neither the best nor how far a job is.
        var names = await ListAsync(client, limit, cancellationToken);
        var jobs = await Task.WhenAll(names.Select(name => DescribeAsync(client, name, cancellationToken)));
        if (isJson)
        {
            Console.Out.WriteLine(new JsonArray([.. jobs.Select(Json)]).ToJsonString(JsonOutput.Options));
        }
        else if (jobs.Length == 0)
        {
            Terminal.Error.MarkupLineInterpolated($"No {Kind}s yet. {Document} starts one.");
        }
        else
        {
            Terminal.Output.Write(Picture(jobs));
        }
    }

    private async Task WriteAsync(ApiClient client, string name, int limit, bool isJson, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        var trials = await TrialsAsync(client, job, limit, cancellationToken);
        if (isJson)
        {
            var json = Json(job);
            json[Trials] = new JsonArray([.. trials.Select(Json)]);
            Console.Out.WriteLine(json.ToJsonString(JsonOutput.Options));
        }
        else
        {
            Terminal.Output.Write(Picture(job, trials));
        }
    }

    private async Task WatchAsync(ApiClient client, string name, int limit, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        await Terminal.Output.Live(Picture(job, [])).StartAsync(async live =>
        {
            while (true)
            {
                live.UpdateTarget(Picture(job, await TrialsAsync(client, job, limit, cancellationToken)));
                live.Refresh();
                if (HasEnded(job))
                {
                    return;
                }

                await Task.Delay(Glance, cancellationToken);
                job = await DescribeAsync(client, name, cancellationToken);
            }
        });
    }
}
