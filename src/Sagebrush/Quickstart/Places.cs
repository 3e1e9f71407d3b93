using System.Globalization;

namespace Sagebrush.Quickstart;

/// <summary>Where a run puts everything; one name serves the job, the model and the endpoint.</summary>
/// <param name="Name">The name of the run.</param>
/// <param name="Region">The region of everything.</param>
/// <param name="AccountId">The account of everything.</param>
internal sealed record Places(string Name, string Region, string AccountId)
{
    private const int LongestTableName = 30;

    /// <summary>The bucket the SageMaker SDKs use when they are told none.</summary>
    public string Bucket => $"sagemaker-{Region}-{AccountId}";

    public string RoleArn => $"arn:aws:iam::{AccountId}:role/service-role/AmazonSageMaker-ExecutionRole";

    /// <summary>AWS's own name of the built-in XGBoost in us-east-1; other regions' names serve as well.</summary>
    public string Image => $"683313688378.dkr.ecr.{Region}.amazonaws.com/sagemaker-xgboost:1.7-1";

    public string TrainKey => $"{Name}/train/train.csv";

    public string ValidationKey => $"{Name}/validation/validation.csv";

    public string TestKey => $"{Name}/test/test.csv";

    /// <summary>The held-out rows' true targets, kept apart so that the rows can be sent as they are.</summary>
    public string AnswersKey => $"{Name}/test/answers.csv";

    public string OutputUri => Uri($"{Name}/output");

    public static Places For(string csv, string region, string accountId, DateTimeOffset now)
    {
        var table = new string([.. Path.GetFileNameWithoutExtension(csv).ToLowerInvariant().Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-')]);
        var kept = string.Join('-', table.Split('-', StringSplitOptions.RemoveEmptyEntries));
        kept = kept[..Math.Min(kept.Length, LongestTableName)].TrimEnd('-');
        return new($"quickstart-{(kept.Length > 0 ? kept : "table")}-{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}", region, accountId);
    }

    public string Uri(string key) => $"s3://{Bucket}/{key}";
}
