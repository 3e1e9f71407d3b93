using Sagebrush.CommandLine;

namespace Sagebrush.Instance;

/// <summary>The folder that holds everything a server knows, and who is serving it.</summary>
/// <param name="Path">An absolute path; the folder need not exist yet.</param>
internal sealed record DataDirectory(string Path)
{
    /// <summary>The environment variable that names the folder when the command line does not.</summary>
    public const string Variable = "SAGEBRUSH_DATA";

    /// <summary>The file whose lock says that a server runs; it stays when the server ends.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "server.lock");

    /// <summary>The file in which a running server says where it is.</summary>
    public string InstanceFile => System.IO.Path.Combine(Path, "server.json");

    /// <summary>Whether this is the folder every command takes that is told nothing.</summary>
    public bool IsUsual => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) && this == Resolve(null);

    /// <summary>The folder of <paramref name="option"/>, else of the environment, else <c>~/.sagebrush</c>.</summary>
    public static DataDirectory Resolve(string? option)
    {
        var chosen = !string.IsNullOrEmpty(option) ? option : Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(chosen))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            chosen = home.Length > 0
                ? System.IO.Path.Combine(home, ".sagebrush")
                : throw new CommandException(ExitCode.Usage, "there is no home directory to keep data in", $"name a folder with --data or {Variable}");
        }

        return new(System.IO.Path.GetFullPath(chosen));
    }

    /// <summary>Makes the folder, for its owner's eyes only, when it is not there.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path);
            }
            else
            {
                Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Unusable(exception);
        }
    }

    /// <summary>What to tell somebody whose folder refuses to be made or written to.</summary>
    public CommandException Unusable(Exception reason) => new(
        ExitCode.Failure, $"the data directory {Path} cannot be used: {reason.Message}", "choose another with --data DIR, or mend its owner and permissions");
}
