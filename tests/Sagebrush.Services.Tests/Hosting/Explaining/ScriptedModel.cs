using System.Buffers;
using System.Text;
using Sagebrush.Serving;

namespace Sagebrush.Services.Tests.Hosting.Explaining;

/// <summary>A model that answers each line of a request by a function, and remembers how many lines it was asked at once.</summary>
internal sealed class ScriptedModel(Func<string, string> line, string contentType = "text/csv") : IModelServer
{
    public List<int> Asked { get; } = [];

    /// <summary>The most lines it takes.</summary>
    public int Most { get; init; } = int.MaxValue;

    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask<InvocationResult> InvokeAsync(Serving.Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var lines = Encoding.UTF8.GetString(invocation.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Asked.Add(lines.Length);
        if (lines.Length > Most)
        {
            throw ModelInvocationException.Refused(400, "too many");
        }

        output.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line))));
        return ValueTask.FromResult(new InvocationResult(contentType));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
