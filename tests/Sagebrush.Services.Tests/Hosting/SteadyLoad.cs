using System.Collections.Concurrent;
using System.Text;
using Sagebrush.Wire.Client;

namespace Sagebrush.Services.Tests.Hosting;

/// <summary>Requests to an endpoint, without a pause, until it is disposed.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _users;
    private readonly ConcurrentBag<string> _failures = [];
    private int _answers;

    public SteadyLoad(ApiClient client, string endpoint, int users = 3) =>
        _users = [.. Enumerable.Range(0, users).Select(_ => Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await AskAsync(client, endpoint);
                    Interlocked.Increment(ref _answers);
                }
                catch (Exception error) when (error is ApiException or HttpRequestException)
                {
                    _failures.Add(error.Message);
                }
            }
        }))];

    public int Answers => Volatile.Read(ref _answers);

    public IReadOnlyCollection<string> Failures => _failures;

    public static async Task<string> AskAsync(ApiClient client, string endpoint, string body = "0.9,0.8,0.7") => Encoding.UTF8.GetString(
        await client.SendAsync("sagemaker", HttpMethod.Post, $"/endpoints/{endpoint}/invocations", Encoding.UTF8.GetBytes(body), "text/csv", CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_users);
        _stop.Dispose();
    }
}
