using System.Diagnostics;
using Sagebrush.Services.Tests.Containers;
using Sagebrush.Testing;
using Sagebrush.Testing.Containers;

[assembly: AssemblyFixture(typeof(PodmanEngine))]

namespace Sagebrush.Services.Tests.Containers;

/// <summary>
/// A Podman of these tests alone, started when the first of them needs it, with images whose programs are Python's: what they run, tests say in a variable or hyperparameter.
/// Containers see this machine's <c>/usr</c>, so that the images themselves are a few files.
/// </summary>
public sealed class PodmanEngine : IAsyncDisposable
{
    /// <summary>Runs the variable <c>SCRIPT</c>, or else the hyperparameter <c>script</c>.</summary>
    public const string Image = "localhost/python-program:1";

    private const string Entrypoint = """ENTRYPOINT ["/usr/bin/python3", "-u", "/opt/ml/code/program.py"]""";

    private const string Program =
        """
        import json, os, sys
        script = os.environ.get("SCRIPT")
        if script is None:
            script = json.load(open("/opt/ml/input/config/hyperparameters.json"))["script"]
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
        """;

    /// <summary>A server of SageMaker's contract that does what a request asks for.</summary>
    private const string Server =
        """
        import http.server, json, os, sys, time
        models = {}
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self, status, body=b"", kind="text/plain", **headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)
            def stream(self, body):
                "Answers in chunks; the second one when the file that the request names is there."
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("X-Amzn-SageMaker-Custom-Attributes", "back")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                def chunk(data):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                kind, _, mark = body.decode().partition(" ")
                chunk(b"data: first\n\n")
                if kind == "stream-die":
                    os._exit(7)
                if kind == "stream-endless":
                    try:
                        while True:
                            chunk(b"x" * 10000)
                    except OSError:
                        open("/opt/ml/model/left", "w").close()
                        return
                while mark and not os.path.exists(mark):
                    time.sleep(0.01)
                chunk(b"data: second\n\n")
                chunk(b"")
            def do_GET(self):
                self.answer(200 if self.path == "/ping" else 404)
            def do_DELETE(self):
                self.answer(200 if models.pop(self.path.split("/")[2], None) else 404)
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if body.startswith(b"stream"):
                    return self.stream(body)
                if self.path == "/models":
                    wanted = json.loads(body)
                    models[wanted["model_name"]] = open(wanted["url"] + "/name").read()
                    print("loaded", models[wanted["model_name"]])
                    return self.answer(200)
                if self.path.startswith("/models/"):
                    return self.answer(200, models[self.path.split("/")[2]].encode())
                if body == b"die":
                    os._exit(7)
                if body == b"networks":
                    return self.answer(200, " ".join(sorted(os.listdir("/sys/class/net"))).encode())
                if body == b"bad":
                    return self.answer(415, b"no such type")
                if body == b"fault":
                    return self.answer(500, b"it broke")
                if body == b"weights":
                    return self.answer(200, open("/opt/ml/model/weights").read().encode())
                print("asked", body.decode())
                said = {"argv": sys.argv[1:], "type": self.headers["Content-Type"], "accept": self.headers["Accept"], "mine": os.environ.get("MINE"), "pid": os.getpid(), "body": body.decode()}
                self.answer(200, json.dumps(said).encode(), "application/json", X_Amzn_SageMaker_Custom_Attributes="back")
            def log_message(self, *_):
                pass
        print("serving")
        http.server.ThreadingHTTPServer(("", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()

        """;

    private readonly Lazy<Task<string>> _start;
    private readonly Podman _podman;

    public PodmanEngine()
    {
        _podman = new([Registry], ["/usr:/usr:ro"]);
        _start = new(StartAsync);
    }

    /// <summary>Where a test may have a registry that speaks plain HTTP: <c>127.0.0.1:PORT</c>.</summary>
    public string Registry { get; } = $"127.0.0.1:{FreePort.Next()}";

    /// <summary>The engine's socket; skips the test where there can be none.</summary>
    public Task<string> SocketAsync()
    {
        Assert.SkipUnless(Podman.IsAvailable, Podman.Absence);
        return _start.Value;
    }

    /// <summary>Runs Podman to its end.</summary>
    public async Task<string> RunAsync(params string[] arguments) => (await _podman.RunAsync(TestContext.Current.CancellationToken, arguments)).Succeed();

    /// <summary>Saves an image like <see cref="Image"/>, whose layer the engine has not, as an OCI folder.</summary>
    public async Task<string> SaveAnotherAsync()
    {
        const string Name = "localhost/another:1";
        await SocketAsync();
        var folder = _podman["another.oci"];
        await File.WriteAllTextAsync(Path.Join(_podman["root"], "opt/ml/code/another"), "makes another layer of it");
        await ImportAsync("another.tar", Name, "--change", Entrypoint);
        await RunAsync("save", "--quiet", "--format", "oci-dir", "--output", folder, Name);
        await RunAsync("rmi", Name);
        return folder;
    }

    /// <summary>Stops the engine's service, or starts it again; containers go on.</summary>
    public Task TurnAsync(bool on) => on ? _podman.StartServiceAsync(TestContext.Current.CancellationToken) : _podman.StopServiceAsync();

    public ValueTask DisposeAsync() => _podman.DisposeAsync();

    private async Task<string> StartAsync()
    {
        await MakeImageAsync();
        return await _podman.StartServiceAsync(TestContext.Current.CancellationToken);
    }

    private async Task MakeImageAsync()
    {
        var root = _podman["root"];
        foreach (var name in (string[])["usr", "etc", "tmp", "opt/ml/code", "proc", "sys", "dev", "var", "run"])
        {
            Directory.CreateDirectory(Path.Join(root, name));
        }

        foreach (var name in (string[])["bin", "sbin", "lib", "lib64"])
        {
            File.CreateSymbolicLink(Path.Join(root, name), $"usr/{name}");
        }

        await File.WriteAllTextAsync(Path.Join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\nsomebody:x:1234:1234:somebody:/tmp:/bin/sh\n");
        await File.WriteAllTextAsync(Path.Join(root, "opt/ml/code/program.py"), Program);
        await File.WriteAllTextAsync(Path.Join(root, "opt/ml/code/serve.py"), Server);
        using (var copy = Process.Start("cp", ["-a", "/etc/alternatives", Path.Join(root, "etc")]))
        {
            await copy.WaitForExitAsync();
        }

        await ImportAsync("image.tar", Image, "--change", Entrypoint);
        await RunAsync("import", "--quiet", "--change", Entrypoint, "--change", "USER somebody", _podman["image.tar"], "localhost/somebodys:1");
        await RunAsync("import", "--quiet", "--arch", "s390x", _podman["image.tar"], "localhost/elsewhere:1");
        await RunAsync("import", "--quiet", _podman["image.tar"], "localhost/without-entry-point:1");
    }

    private async Task ImportAsync(string archive, string name, params string[] changes)
    {
        using (var tar = Process.Start("tar", ["-C", _podman["root"], "-cf", _podman[archive], "."]))
        {
            await tar.WaitForExitAsync();
        }

        await RunAsync(["import", "--quiet", .. changes, _podman[archive], name]);
    }
}
