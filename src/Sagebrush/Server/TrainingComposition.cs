using System.Globalization;

using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Algorithms;
using Sagebrush.Services.Clarify;
using Sagebrush.Services.Training;
using Sagebrush.Services.Training.Input;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Server;

/// <summary>Tells training about the program around it.</summary>
internal static class TrainingComposition
{
    // Jobs may outlast their MaxRuntimeInSeconds by the time it takes to stop them.
    private static readonly TimeSpan Afterwards = TimeSpan.FromHours(1);

    public static IServiceCollection AddTrainingOptions(this IServiceCollection services, ServerOptions options) => services.AddSingleton(s => new TrainingOptions
    {
        JobsDirectory = Path.Combine(options.DataDirectory, "jobs", "training"),
        Hidden = [Path.GetFullPath(options.DataDirectory)],
        BuiltInCommand = [.. ThisProgram(), AlgorithmProgram.Command],
        ClarifyCommand = [.. ThisProgram(), ClarifyProgram.Command],
        FeedCommand = [.. ThisProgram(), PipeFeeder.Command],
        FileSystems = options.FileSystems,
        Pythons = options.Pythons,
        StopGrace = TimeSpan.FromSeconds(Setting("SAGEBRUSH_STOP_GRACE", 120)),
        SpotGrace = TimeSpan.FromSeconds(Setting("SAGEBRUSH_SPOT_GRACE", 120)),
        SpotPriceShare = Math.Min(1, Setting("SAGEBRUSH_SPOT_PRICE_SHARE", 0.3)),
        JobVariables = access => JobVariables(s, options, access),
    });

    // A number that somebody set for this machine; anything else counts as not set.
    private static double Setting(string variable, double usual) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 86_400
            ? value
            : usual;

    private static IEnumerable<string> ThisProgram()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, typeof(TrainingComposition).Assembly.Location] : [process];
    }

    // The AWS SDKs inside a job talk to this server, as the job's role.
    private static Dictionary<string, string> JobVariables(IServiceProvider services, ServerOptions options, JobAccess access)
    {
        var role = access.RoleArn[(access.RoleArn.LastIndexOf('/') + 1)..];
        var principal = new Principal(access.Account, $"arn:aws:sts::{access.Account}:assumed-role/{role}/SageMaker", $"{role}:SageMaker")
        {
            Session = new SessionTerms { IdentityArn = access.RoleArn, Issued = services.GetRequiredService<TimeProvider>().GetUtcNow(), IsForJob = true },
        };
        var session = services.GetRequiredService<CredentialsStore>().IssueSession(principal, access.Lifetime + Afterwards);
        return new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = ServerAddress.Local(services, options),
            ["AWS_ACCESS_KEY_ID"] = session.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = session.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = session.SessionToken!,
        };
    }
}
