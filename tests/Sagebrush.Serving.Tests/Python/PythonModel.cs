using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Sagebrush.Serving.Python;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Python;

/// <summary>A model folder written by a test, and the server made from it.</summary>
internal sealed class PythonModel : IAsyncDisposable
{
    /// <summary>Handlers around a model that adds up each row.</summary>
    public const string RowSums = """
        class Sums:
            def predict(self, rows):
                return rows.sum(axis=1)

        def model_fn(model_dir):
            return Sums()
        """;

    private readonly TemporaryFolder _folder = new();

    public PythonModel(string code, string program = "inference.py")
    {
        File.WriteAllText(_folder["model", "code", program], code);
        Options = new PythonModelOptions
        {
            ModelDirectory = Path.Join(_folder.Path, "model"),
            Program = program,
            Log = Log.Enqueue,
            StopTimeout = TimeSpan.FromSeconds(2),
            RestartDelay = TimeSpan.FromMilliseconds(10),
        };
    }

    public PythonModelOptions Options { get; set; }

    public ConcurrentQueue<string> Log { get; } = new();

    public PythonModelServer? Server { get; private set; }

    public string this[params string[] parts] => _folder[parts];

    public async Task<PythonModel> LoadAsync()
    {
        Server = await PythonModelServer.LoadAsync(Options, TestContext.Current.CancellationToken);
        return this;
    }

    public async Task<(string ContentType, string Body)> InvokeAsync(
        string body, string? contentType = "text/csv", string? accept = null, string? customAttributes = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = await Server!.InvokeAsync(
            new Invocation(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), contentType, accept, customAttributes),
            output,
            TestContext.Current.CancellationToken);
        return (result.ContentType, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    public async Task<ModelInvocationException> FailAsync(string body, string? contentType = "text/csv", string? accept = null) =>
        await Assert.ThrowsAsync<ModelInvocationException>(() => InvokeAsync(body, contentType, accept));

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
