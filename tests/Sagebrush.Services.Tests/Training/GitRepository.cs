using System.Diagnostics;
using System.Net;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A repository of two commits, served by HTTP: the first has the tag <c>v1</c> and the branch <c>old</c>.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _server;

    public GitRepository()
    {
        var source = Directory.CreateDirectory(_folder["source"]).FullName;
        Git(source, "init", "--quiet", "--initial-branch=main");
        File.WriteAllText(Path.Join(source, "train.py"), "print('first')");
        File.CreateSymbolicLink(Path.Join(source, "link"), "/etc/passwd");
        Directory.CreateDirectory(Path.Join(source, "deep/er"));
        File.WriteAllText(Path.Join(source, "deep/er/train.py"), "print('below')");
        Git(source, "add", ".");
        Git(source, "commit", "--quiet", "--message=first");
        Git(source, "tag", "v1");
        Git(source, "branch", "old");
        FirstCommit = Git(source, "rev-parse", "HEAD").Trim();
        File.WriteAllText(Path.Join(source, "train.py"), "print('second')");
        Git(source, "commit", "--quiet", "--all", "--message=second");
        Git(source, "clone", "--quiet", "--bare", source, _folder["served"]);
        Git(_folder["served"], "update-server-info");
        var port = FreePort.Next();
        _server = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        _server.Start();
        _ = ServeAsync(_server, _folder["served"]);
        Url = $"http://127.0.0.1:{port}/code.git";
    }

    public string Url { get; }

    public string FirstCommit { get; }

    public void Dispose()
    {
        _server.Close();
        _folder.Dispose();
    }

    private static async Task ServeAsync(HttpListener server, string folder)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            var file = Path.Join(folder, path.StartsWith("/code.git/", StringComparison.Ordinal) ? path["/code.git/".Length..] : "nothing");
            context.Response.StatusCode = File.Exists(file) ? 200 : 404;
            context.Response.Close(File.Exists(file) ? await File.ReadAllBytesAsync(file) : [], willBlock: false);
        }
    }

    private static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
