using System.Globalization;
using System.Text.RegularExpressions;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Services.Training;

/// <summary>Words a job's failure as SageMaker and its training toolkit do.</summary>
internal static partial class FailureReason
{
    /// <summary>Characters of a reason, by the API.</summary>
    public const int MaxLength = 1024;

    private const string LauncherError = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError";

    /// <summary>Why a job whose program ended badly has failed.</summary>
    /// <param name="exit">How the program ended.</param>
    /// <param name="failure">What it wrote into <c>output/failure</c>.</param>
    /// <param name="script">The script's command line, when a script ran.</param>
    /// <param name="tail">The last lines it printed.</param>
    /// <param name="host">The host it ran on, when there are several.</param>
    public static string Of(JobExit exit, string? failure, string? script, IReadOnlyList<string> tail, string? host = null)
    {
        if (exit.ExitCode is not { } code)
        {
            return $"InternalServerError: {On(host)}The job ended without anybody to see it: the machine was restarted, or its processes were killed. Please try again.";
        }

        if (exit.OutOfMemory)
        {
            return Cut(
                $"ClientError: {On(host)}Please use an instance type with more memory, or reduce the size of training data processed on an instance.", $", exit code: {code}");
        }

        // The toolkit's own exit code is 1 whatever its script's was.
        var text = failure ?? (script is null
            ? string.Join('\n', tail.TakeLast(1))
            : $"ExecuteUserScriptError:\nExitCode {code}\nErrorMessage \"{ErrorOf(tail)}\"{(code == 137 ? "\nExtraInfo \"OutOfMemory: Process killed by SIGKILL (signal 9)\"" : string.Empty)}\nCommand \"{script}\"");
        var named = Prefixed().Match(text) is { Success: true } prefix ? prefix.Value + On(host) + text[prefix.Length..] : $"AlgorithmError: {On(host)}{text}";
        return Cut(named, string.Create(CultureInfo.InvariantCulture, $", exit code: {(script is null ? code : 1)}"));
    }

    /// <summary>Cuts a reason to what the API allows.</summary>
    public static string Cut(string reason, string end = "") =>
        reason.Length + end.Length <= MaxLength ? reason + end : reason[..(MaxLength - end.Length - (char.IsHighSurrogate(reason[MaxLength - end.Length - 1]) ? 1 : 0))] + end;

    private static string On(string? host) => host is null ? string.Empty : $"{host}: ";

    // From the last line that names an error on, like "ValueError: …" under a traceback; else the last lines.
    private static string ErrorOf(IReadOnlyList<string> tail)
    {
        var at = LastError(tail, tail.Count);
        if (at >= 0 && tail[at].StartsWith(LauncherError, StringComparison.Ordinal) && LastError(tail, at) is >= 0 and var script)
        {
            // PyTorch's launcher says only that a script of its has failed. What the script said stands before what the launcher did.
            return string.Join('\n', [tail[script], .. tail.Skip(script + 1).TakeWhile(line => !OfLauncher().IsMatch(line))]);
        }

        return string.Join('\n', at >= 0 ? tail.Skip(at) : tail.TakeLast(3));
    }

    private static int LastError(IReadOnlyList<string> tail, int end)
    {
        var at = end - 1;
        while (at >= 0 && !NamesAnError().IsMatch(tail[at]))
        {
            at--;
        }

        return at;
    }

    [GeneratedRegex(@"^(ClientError|AlgorithmError|InternalServerError)\b(: ?)?")]
    private static partial Regex Prefixed();

    [GeneratedRegex(@"^Traceback |torch[./]distributed[./]elastic")]
    private static partial Regex OfLauncher();

    [GeneratedRegex(@"^([A-Za-z_][\w.]*)?(Error|Exception|Interrupt|Exit)\b")]
    private static partial Regex NamesAnError();
}
