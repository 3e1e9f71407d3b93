using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Training;

/// <summary>A script's code in a Git repository, named as pip names one: <c>git+https://HOST/PATH[@BRANCH, TAG or COMMIT][#subdirectory=FOLDER]</c>.</summary>
/// <remarks>
/// The machine's own Git fetches it, with the credentials that the program's user has there. Protocols that read this machine's files are refused, hooks of a repository
/// are not run, and its symbolic links become plain files, so that nothing outside is reached by the code's folder.
/// </remarks>
internal sealed partial record GitCode(string Url, string? Revision, string? Folder)
{
    /// <summary>Reads the name; null when it is none of a repository.</summary>
    public static GitCode? TryParse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var folder = match.Groups["folder"] is { Success: true } given ? given.Value.Trim('/') : null;
        return folder?.Split('/').Contains("..") == true ? null : new(match.Groups["url"].Value, match.Groups["revision"] is { Success: true } revision ? revision.Value : null, folder);
    }

    /// <summary>Puts the code into a folder that is there and empty.</summary>
    /// <param name="target">The folder.</param>
    /// <param name="temporary">Where the repository may be meanwhile; what is there goes, and nothing is left there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It is not to be had; the message says why.</exception>
    public async Task FetchAsync(string target, string temporary, CancellationToken cancellationToken)
    {
        DeleteIfThere(temporary);
        try
        {
            await GitAsync(["clone", "--quiet", "--no-checkout", "--filter=blob:none", "--", Url, temporary], cancellationToken);
            await CheckOutAsync(temporary, cancellationToken);
            var code = Path.Join(temporary, Folder);
            if (!Directory.Exists(code))
            {
                throw new IOException($"there is no folder {Folder} in the repository");
            }

            Directory.Delete(Path.Join(temporary, ".git"), recursive: true);
            Directory.Delete(target);
            Directory.Move(code, target);
        }
        finally
        {
            DeleteIfThere(temporary);
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task CheckOutAsync(string repository, CancellationToken cancellationToken)
    {
        string[] names = Revision is null ? ["HEAD"] : [$"refs/remotes/origin/{Revision}", Revision];
        foreach (var name in names)
        {
            var (code, commit, _) = await RunAsync(["-C", repository, "rev-parse", "--verify", "--quiet", $"{name}^{{commit}}"], cancellationToken);
            if (code == 0)
            {
                await GitAsync(["-C", repository, "-c", "core.symlinks=false", "checkout", "--quiet", "--detach", commit.Trim()], cancellationToken);
                return;
            }
        }

        throw new IOException(Revision is null ? "the repository is empty" : $"there is no branch, tag or commit {Revision} in the repository");
    }

    private static async Task GitAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (code, _, error) = await RunAsync(arguments, cancellationToken);
        if (code != 0)
        {
            var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            throw new IOException(Array.FindLast(lines, line => line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("error:", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? $"git ended with {code}");
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "http:https:ssh";
        start.Environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"git cannot be started ({exception.Message}): install it, as by apt-get install git", exception);
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return (process.ExitCode, await output, await error);
        }
    }

    [GeneratedRegex("^git\\+(?<url>(https?|ssh)://([^\\s@/#]+@)?[^\\s@/#]+/[^\\s@#]+)(@(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]*))?(#subdirectory=(?<folder>[^\\s#&]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
