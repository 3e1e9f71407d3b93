using System.Globalization;
using System.Text;
using Sagebrush.Learning.AutoML;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>The notebook that tells what the data are like: every column, the target, and what to look at.</summary>
internal static class DataExplorationNotebook
{
    private const int MostColumns = 200;

    public static byte[] Write(AutopilotAnalysis analysis, AutopilotSettings settings) => new NotebookDocument()
        .Text($"""
            # Data exploration of {settings.Name}

            {analysis.RowCount:N0} rows, {analysis.Columns.Count:N0} columns beside the target **{analysis.Task.Target}**. The problem is
            **{analysis.Task.Problem}**, the objective **{analysis.Objective.Name}**. {Target(analysis.Task)}
            """)
        .Text(Notes(analysis))
        .Text(Columns(analysis))
        .Text("## The data themselves\n\nThe cells below read the beginning of the job's data from S3.")
        .Code($$"""
            import boto3, csv, io, os

            # Clients older than boto3 1.28 do not read the variable themselves.
            client = lambda service: boto3.client(service, endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
            sagemaker, s3 = client("sagemaker"), client("s3")
            job = sagemaker.describe_auto_ml_job(AutoMLJobName={{NotebookDocument.Literal(settings.Name)}})
            source = job["InputDataConfig"][0]["DataSource"]["S3DataSource"]
            bucket, _, prefix = source["S3Uri"].removeprefix("s3://").partition("/")
            print(job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"], source["S3Uri"])
            """)
        .Code("""
            keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []) if o["Size"]]
            head = s3.get_object(Bucket=bucket, Key=keys[0], Range="bytes=0-262143")["Body"].read()
            rows = []
            if source["S3DataType"] == "S3Prefix" and not head.startswith((b"PAR1", b"\x1f\x8b")):
                rows = list(csv.DictReader(io.StringIO(head.decode("utf-8-sig", "replace"))))[:-1]
            for row in rows[:5]:
                print(row)
            """)
        .Code($$"""
            from collections import Counter

            target = {{NotebookDocument.Literal(analysis.Task.Target)}}
            if rows and target in rows[0]:
                for value, count in Counter(row[target] for row in rows).most_common(20):
                    print(f"{value!s:>20} {count:6} {'#' * round(60 * count / len(rows))}")
            """)
        .Code("""
            for name in (rows[0] if rows else []):
                values = [row[name] for row in rows]
                missing = sum(value in ("", "?", "NA", "nan", "null") for value in values)
                print(f"{name[:40]:40} {len(set(values)):6} different, {missing:6} missing of {len(values)}")
            """)
        .Write();

    private static string Target(AutopilotTask task)
    {
        if (task.Problem == ProblemType.Regression)
        {
            return string.Create(CultureInfo.InvariantCulture, $"It lies between {task.Labels.Min():G6} and {task.Labels.Max():G6}, with a mean of {task.Labels.Average(label => (double)label):G6}.");
        }

        var counts = task.Labels.CountBy(label => (int)label).ToDictionary();
        return "Its classes: " + string.Join(", ", task.Classes.Take(20).Select((name, i) => string.Create(
            CultureInfo.InvariantCulture, $"`{name}` ({counts.GetValueOrDefault(i) / (double)task.Labels.Length:P1})"))) + (task.Classes.Count > 20 ? ", …" : ".");
    }

    private static string Notes(AutopilotAnalysis analysis)
    {
        var text = new StringBuilder("## To look at\n\n");
        foreach (var note in analysis.Notes.Concat(analysis.Columns.Where(column => !column.IsUsed).Select(column => $"Column `{column.Profile.Name}` is left out. {column.Reason}")).Take(MostColumns))
        {
            text.Append("- ").Append(note).Append('\n');
        }

        return analysis.Notes.Count == 0 && analysis.Columns.All(column => column.IsUsed) ? text.Append("Nothing.\n").ToString() : text.ToString();
    }

    private static string Columns(AutopilotAnalysis analysis)
    {
        var text = new StringBuilder("## Columns\n\nHow much of the target a column alone explains is measured on rows that this was not learnt from.\n\n| column | type | missing | different | explains alone |\n| --- | --- | ---: | ---: | ---: |\n");
        foreach (var (profile, _, _, explained) in analysis.Columns.OrderByDescending(column => column.Explained).Take(MostColumns))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {profile.Name.Replace("|", "\\|", StringComparison.Ordinal)} | {profile.Type} | {profile.Missing / (double)Math.Max(1, analysis.RowCount):P1} | {profile.Distinct:N0} | {explained:P1} |\n");
        }

        return text.ToString();
    }
}
