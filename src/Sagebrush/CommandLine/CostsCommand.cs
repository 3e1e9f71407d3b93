using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>costs</c>: what the training jobs of some days would have cost on AWS, summed by day, user or tag.</summary>
internal static class CostsCommand
{
    private const string ByDay = "day";
    private const string ByUser = "user";
    private const string ByTag = "tag:";
    private const string CreatedBy = "aws:createdBy";
    private const string Nobody = "(none)";

    public static Command Create(CommonOptions common)
    {
        var by = new Option<string>("--by") { Description = "What to sum by: day, user, or tag:KEY", DefaultValueFactory = _ => ByDay, HelpName = "WHAT" };
        by.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not (ByDay or ByUser) && (!token.Value.StartsWith(ByTag, StringComparison.Ordinal) || token.Value.Length == ByTag.Length))
            {
                result.AddError($"--by is day, user or tag:KEY, not '{token.Value}'");
            }
        });
        var days = CommonOptions.Number("--days", 1, 3650, 30, "How many days back to look");
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            "costs",
            "Tell what training jobs would have cost on AWS.",
            ($"{Invocation.Name} costs", "the last thirty days, day by day"),
            ($"{Invocation.Name} costs --by tag:team --format json", "by the tag 'team', for a program"))
        { by, days, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var kind = result.GetRequiredValue(by);
            var jobs = await JobsAsync(client, TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(result.GetValue(days)), cancellationToken);
            var tags = kind == ByDay ? [] : await TagsAsync(client, jobs, cancellationToken);
            List<Sum> sums = [.. jobs.GroupBy(job => KeyOf(job, kind, tags)).Select(group => Sum.Of(group.Key, group)).OrderBy(sum => sum.Key, StringComparer.Ordinal)];
            if (result.GetValue(format) == CommonOptions.Json)
            {
                Console.Out.WriteLine(new JsonArray([.. sums.Select(sum => (JsonNode?)sum.ToJson(kind))]).ToJsonString(JsonOutput.Options));
            }
            else
            {
                WriteTable(sums, kind);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<List<DescribeTrainingJobResponse>> JobsAsync(ApiClient client, DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<DescribeTrainingJobResponse> jobs = [];
        string? next = null;
        do
        {
            var page = await client.SendAsync(
                SageMakerApi.ListTrainingJobs, new ListTrainingJobsRequest { MaxResults = 100, CreationTimeAfter = since, NextToken = next }, cancellationToken);
            jobs.AddRange(await Task.WhenAll((page.TrainingJobSummaries ?? []).Select(summary => client.SendAsync(
                SageMakerApi.DescribeTrainingJob, new DescribeTrainingJobRequest { TrainingJobName = summary.TrainingJobName }, cancellationToken))));
            next = page.NextToken;
        }
        while (next is not null);
        return jobs;
    }

    private static async Task<Dictionary<string, List<Tag>>> TagsAsync(ApiClient client, List<DescribeTrainingJobResponse> jobs, CancellationToken cancellationToken)
    {
        Dictionary<string, List<Tag>> tags = [];
        foreach (var some in jobs.Chunk(50))
        {
            var found = await Task.WhenAll(some.Select(async job => (
                job.TrainingJobArn,
                await client.SendAsync(SageMakerApi.ListTags, new ListTagsInput { ResourceArn = job.TrainingJobArn, MaxResults = 100 }, cancellationToken))));
            foreach (var (arn, answer) in found)
            {
                tags[arn] = answer.Tags ?? [];
            }
        }

        return tags;
    }

    private static string KeyOf(DescribeTrainingJobResponse job, string kind, Dictionary<string, List<Tag>> tags) => kind == ByDay
        ? job.CreationTime.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : tags[job.TrainingJobArn].Find(tag => tag.Key == (kind == ByUser ? CreatedBy : kind[ByTag.Length..]))?.Value ?? Nobody;

    private static void WriteTable(List<Sum> sums, string kind)
    {
        var table = TablePicture.New(kind.StartsWith(ByTag, StringComparison.Ordinal) ? kind[ByTag.Length..] : kind, "Jobs", "Instance hours", "On demand USD", "Spot USD", "Billed USD", "Without a price");
        foreach (var sum in sums.Append(Sum.Total(sums)))
        {
            table.AddRow(
                Markup.Escape(sum.Key),
                sum.Jobs.ToString(CultureInfo.InvariantCulture),
                sum.Hours.ToString("0.000", CultureInfo.InvariantCulture),
                Money(sum.OnDemand),
                Money(sum.Spot),
                Money(sum.Billed),
                sum.Unpriced == 0 ? "" : sum.Unpriced.ToString(CultureInfo.InvariantCulture));
        }

        Terminal.Output.Write(table);
    }

    private static string Money(decimal usd) => usd.ToString("0.0000", CultureInfo.InvariantCulture);

    private sealed record Sum(string Key, int Jobs, double Hours, decimal OnDemand, decimal Spot, decimal Billed, int Unpriced)
    {
        public static Sum Of(string key, IEnumerable<DescribeTrainingJobResponse> jobs)
        {
            var ended = jobs.Where(job => job.TrainingTimeInSeconds is not null).ToList();
            var costs = ended.Select(JobCost.Of).ToList();
            return new(
                key,
                jobs.Count(),
                ended.Sum(job => job.TrainingTimeInSeconds!.Value / 3600.0 * Count(job.ResourceConfig)),
                costs.Sum(cost => cost?.OnDemandUsd ?? 0),
                costs.Sum(cost => cost?.SpotUsd ?? 0),
                costs.Sum(cost => cost?.BilledUsd ?? 0),
                costs.Count(cost => cost is null));
        }

        public static Sum Total(List<Sum> sums) => new(
            "total",
            sums.Sum(sum => sum.Jobs),
            sums.Sum(sum => sum.Hours),
            sums.Sum(sum => sum.OnDemand),
            sums.Sum(sum => sum.Spot),
            sums.Sum(sum => sum.Billed),
            sums.Sum(sum => sum.Unpriced));

        public JsonObject ToJson(string kind) => new JsonObject
        {
            ["by"] = kind,
            ["key"] = Key,
            ["jobs"] = Jobs,
            ["instanceHours"] = Math.Round(Hours, 6),
            ["onDemandUsd"] = Math.Round(OnDemand, 6),
            ["spotUsd"] = Math.Round(Spot, 6),
            ["billedUsd"] = Math.Round(Billed, 6),
            ["withoutPrice"] = Unpriced,
        };

        private static int Count(ResourceConfig? resources) =>
            resources?.InstanceGroups is { Count: > 0 } groups ? groups.Sum(group => group.InstanceCount) : resources?.InstanceCount ?? 1;
    }
}
