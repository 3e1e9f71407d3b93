using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>What pip installed for a job's <c>requirements.txt</c>, kept for later jobs that ask for the same.</summary>
/// <remarks>
/// Jobs install and then run code of their users, so what they leave is given only to jobs of the same role, whose code could do no more by changing it;
/// jobs that are isolated get it read-only. An entry that a job uses is not removed while the job has a folder.
/// </remarks>
/// <param name="jobsDirectory">Where jobs have their folders; entries are on the same file system, beside it.</param>
/// <param name="clock">Tells how old an entry is.</param>
/// <param name="logger">Told what could not be kept.</param>
internal sealed partial class RequirementsCache(string jobsDirectory, TimeProvider clock, ILogger logger)
{
    private const int MaxEntries = 32;
    private const int MaxLength = 1 << 20;
    private const string Marker = ".complete";

    /// <summary>Options of requirements files that name other files, short ones with or without a space behind them.</summary>
    private static readonly string[] FileOptions = ["-r", "-c", "-e", "--requirement", "--constraint", "--editable"];

    // Requirements without a version would else stay at the one of their first day.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly string _root = jobsDirectory + "-requirements";

    /// <summary>The key of what a <c>requirements.txt</c> asks for; null when there is none, or when it names files that may differ from job to job.</summary>
    /// <param name="code">The unpacked code.</param>
    /// <param name="python">The Python that installs.</param>
    /// <param name="job">The job.</param>
    /// <param name="role">The ARN of its role.</param>
    public static string? KeyOf(string code, string python, ResourceKey job, string role)
    {
        var file = new FileInfo(Path.Join(code, "requirements.txt"));
        if (!file.Exists || file.LinkTarget is not null || file.Length > MaxLength)
        {
            return null;
        }

        var text = File.ReadAllText(file.FullName);
        if (text.Split('\n').Any(NamesFiles))
        {
            return null;
        }

        var interpreter = new FileInfo(python);
        var program = interpreter.ResolveLinkTarget(returnFinalTarget: true) ?? interpreter;
        var likeness = string.Join('\0', job.Account, job.Region, role, program.FullName, program.LastWriteTimeUtc.Ticks, text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(likeness)));
    }

    /// <summary>Takes what is kept, for as long as the job has a folder.</summary>
    /// <returns>Whether it is there.</returns>
    public bool TryTake(string key, string jobId)
    {
        lock (_lock)
        {
            var packages = new DirectoryInfo(PackagesOf(key));
            if (!packages.Exists || clock.GetUtcNow() - File.GetLastWriteTimeUtc(Path.Join(packages.FullName, Marker)) > MaxAge)
            {
                return false;
            }

            Directory.CreateDirectory(UsesOf(key));
            File.WriteAllBytes(Path.Join(UsesOf(key), jobId), []);
            return true;
        }
    }

    /// <summary>Where what a job took is; null when it took nothing.</summary>
    public string? TakenBy(string key, string jobId) => File.Exists(Path.Join(UsesOf(key), jobId)) ? PackagesOf(key) : null;

    /// <summary>Keeps what a job that has ended installed, unless its installation failed or something as new is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="installed">Where the job installed it; it is moved away.</param>
    public void Keep(string key, string installed)
    {
        try
        {
            Move(key, installed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(exception);
        }
    }

    private void Move(string key, string installed)
    {
        // A link would lead later jobs to where it points.
        var folder = new DirectoryInfo(installed);
        var marker = new FileInfo(Path.Join(installed, Marker));
        if (!folder.Exists || folder.LinkTarget is not null || !marker.Exists || marker.LinkTarget is not null)
        {
            return;
        }

        lock (_lock)
        {
            if (Directory.Exists(PackagesOf(key)) && !TryRemove(key, olderThan: marker.LastWriteTimeUtc - MaxAge))
            {
                return;
            }

            Directory.CreateDirectory(EntryOf(key));
            Directory.Move(installed, PackagesOf(key));
            RemoveOldest();
        }
    }

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "What a job's requirements installed could not be kept for later jobs")]
    private partial void LogNotKept(Exception exception);

    private static bool NamesFiles(string line)
    {
        var words = line.Trim();
        return words.Length > 0 && words[0] != '#'
            && (Array.Exists(FileOptions, option => words.StartsWith(option, StringComparison.Ordinal)) || words[0] is '.' or '/'
                || words.Contains("file:", StringComparison.Ordinal) || words.EndsWith(".whl", StringComparison.Ordinal)
                || (!words.StartsWith('-') && words.Contains('/', StringComparison.Ordinal) && !words.Contains("://", StringComparison.Ordinal)));
    }

    private void RemoveOldest()
    {
        var entries = Directory.GetDirectories(_root).OrderBy(Directory.GetLastWriteTimeUtc).ToList();
        foreach (var entry in entries.Take(Math.Max(0, entries.Count - MaxEntries)))
        {
            TryRemove(Path.GetFileName(entry), DateTime.MaxValue);
        }
    }

    private bool TryRemove(string key, DateTime olderThan)
    {
        if (File.GetLastWriteTimeUtc(Path.Join(PackagesOf(key), Marker)) > olderThan
            || (Directory.Exists(UsesOf(key)) && Directory.GetFiles(UsesOf(key)).Any(use => Directory.Exists(Path.Join(jobsDirectory, Path.GetFileName(use))))))
        {
            return false;
        }

        Directory.Delete(EntryOf(key), recursive: true);
        return true;
    }

    private string EntryOf(string key) => Path.Join(_root, key);

    private string PackagesOf(string key) => Path.Join(EntryOf(key), "packages");

    private string UsesOf(string key) => Path.Join(EntryOf(key), "jobs");
}
