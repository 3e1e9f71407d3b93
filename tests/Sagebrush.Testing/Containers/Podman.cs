using System.Diagnostics;

namespace Sagebrush.Testing.Containers;

/// <summary>
/// Podman with images, containers and settings of its own in a temporary folder, set up so that it works as root on small machines
/// (no systemd, control groups of either version). Disposing ends its containers and removes everything, mounts included.
/// </summary>
/// <remarks>Skopeo and Buildah read the same settings: run them by <c>RunAsync</c>.</remarks>
public sealed class Podman : IAsyncDisposable
{
    /// <summary>An image of a few megabytes that <see cref="MakeImageAsync"/> makes: a shell and the usual small programs.</summary>
    public const string SmallImage = "localhost/busybox";

    private const string Busybox = "/bin/busybox";

    private static readonly string[] Programs = ["/usr/bin/podman", "/usr/sbin/runc", "/usr/bin/skopeo", "/usr/bin/buildah", Busybox];

    private readonly TemporaryFolder _folder = new();
    private Process? _service;

    /// <summary>Makes the settings; nothing is started.</summary>
    /// <param name="registries">Registries that speak plain HTTP, such as <c>127.0.0.1:8080</c>.</param>
    public Podman(params string[] registries)
        : this(registries, [])
    {
    }

    /// <summary>Makes the settings; nothing is started.</summary>
    /// <param name="registries">Registries that speak plain HTTP.</param>
    /// <param name="volumes">Folders of this machine that every container has, such as <c>/usr:/usr:ro</c>.</param>
    public Podman(IEnumerable<string> registries, IEnumerable<string> volumes)
    {
        ArgumentNullException.ThrowIfNull(registries);
        ArgumentNullException.ThrowIfNull(volumes);
        Write("containers.conf", PodmanSettings.Containers(volumes));
        Write("storage.conf", PodmanSettings.Storage(_folder["graph"], _folder["run"]));
        Write("registries.conf", PodmanSettings.Registries(registries));

        // Podman refuses to push when the file it was told to read is not there, even where nobody must log in.
        Write("auth.json", "{}");
        Environment = new Dictionary<string, string>
        {
            ["CONTAINERS_CONF"] = _folder["containers.conf"],
            ["CONTAINERS_STORAGE_CONF"] = _folder["storage.conf"],
            ["CONTAINERS_REGISTRIES_CONF"] = _folder["registries.conf"],
            ["REGISTRY_AUTH_FILE"] = _folder["auth.json"],
            ["TMPDIR"] = _folder["tmp", "x"][..^2],
        };
    }

    /// <summary>Whether Podman, what it needs and its companions are installed, and this is root.</summary>
    public static bool IsAvailable => System.Environment.IsPrivilegedProcess && Array.TrueForAll(Programs, File.Exists);

    /// <summary>What to say when it is not, for skipped tests.</summary>
    public static string Absence => "Needs root and Debian's podman, runc, skopeo, buildah and busybox-static.";

    /// <summary>The variables that lead Podman, Skopeo and Buildah to these settings.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>A path in the folder that disposing removes.</summary>
    public string this[string name] => _folder[name];

    /// <summary>The socket of <see cref="StartServiceAsync"/>.</summary>
    public string Socket => _folder["podman.sock"];

    /// <summary>Runs Podman to its end.</summary>
    public Task<ProgramOutcome> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync("podman", arguments, null, cancellationToken);

    /// <summary>Runs Podman, Skopeo or Buildah to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads from its standard input, if anything.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<ProgramOutcome> RunAsync(string program, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        // Skopeo looks for the registries' settings where it is told by an argument alone.
        using var process = Start(program, program == "skopeo" ? ["--registries-conf", _folder["registries.conf"], .. arguments] : arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProgramOutcome(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the Docker-compatible API on <see cref="Socket"/>; it answers when this returns.</summary>
    /// <returns>The address, <c>unix://…</c>.</returns>
    public async Task<string> StartServiceAsync(CancellationToken cancellationToken)
    {
        _service = Start("podman", ["system", "service", "--time=0", $"unix://{Socket}"]);
        _service.StandardInput.Close();
        _service.OutputDataReceived += static (_, _) => { };
        _service.ErrorDataReceived += static (_, _) => { };
        _service.BeginOutputReadLine();
        _service.BeginErrorReadLine();
        await Eventually.TrueAsync(() => File.Exists(Socket) || _service.HasExited, cancellationToken);
        return _service.HasExited ? throw new InvalidOperationException($"podman system service ended with {_service.ExitCode}.") : $"unix://{Socket}";
    }

    /// <summary>Kills the service; containers go on, and <see cref="StartServiceAsync"/> starts it again.</summary>
    public async Task StopServiceAsync()
    {
        if (_service is null)
        {
            return;
        }

        _service.Kill(entireProcessTree: true);
        await _service.WaitForExitAsync();
        _service.Dispose();
        _service = null;
        File.Delete(Socket);
    }

    /// <summary>Makes an image of one layer: Busybox with its programs, and files of the caller's.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="changes">Instructions for its configuration, such as <c>ENTRYPOINT ["/bin/train"]</c>.</param>
    /// <param name="files">Further files by path, such as <c>bin/train</c>; all may be executed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task MakeImageAsync(
        string name, IEnumerable<string>? changes = null, IReadOnlyDictionary<string, byte[]>? files = null, CancellationToken cancellationToken = default)
    {
        var archive = _folder[$"{Guid.NewGuid():N}.tar"];
        await BusyboxArchive.WriteAsync(archive, Busybox, files ?? new Dictionary<string, byte[]>(), cancellationToken);
        (await RunAsync(
            "podman", ["import", "--quiet", .. (changes ?? ["CMD [\"/bin/sh\"]"]).SelectMany(change => new[] { "--change", change }), archive, name], null, cancellationToken)).Succeed();
        File.Delete(archive);
    }

    /// <summary>Ends containers and the service, unmounts, and deletes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder["graph"]))
        {
            await RunAsync("podman", ["rm", "--all", "--force", "--time=0"], null, CancellationToken.None);
            await StopServiceAsync();
            await UnmountAsync();
        }

        _folder.Dispose();
    }

    // The overlay driver leaves its folder mounted on itself: that alone would keep the folder from being deleted.
    private async Task UnmountAsync()
    {
        var mounted = (await File.ReadAllLinesAsync("/proc/self/mounts"))
            .Select(line => line.Split(' ')[1])
            .Where(path => path.StartsWith(_folder.Path + "/", StringComparison.Ordinal))
            .OrderByDescending(path => path.Length);
        foreach (var path in mounted)
        {
            using var unmount = Start("umount", ["--lazy", path]);
            await unmount.WaitForExitAsync();
        }
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        // runc lies where only root's PATH leads.
        start.Environment["PATH"] = $"{System.Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        return Process.Start(start)!;
    }

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);
}
