using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.S3.External;

/// <summary>Keeps content in a bucket of any S3 server.</summary>
public sealed class S3Content : IExternalContent, IDisposable
{
    /// <summary>Tries of a request that another server, or the way to it, made fail.</summary>
    private const int Attempts = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly string _root;
    private readonly string _path;
    private readonly SigV4Signer _signer;
    private readonly TimeProvider _clock;

    /// <summary>Uses a bucket. Nothing is asked of it yet.</summary>
    public S3Content(ExternalObjects place, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(place);
        Address = place.Address.ToString();
        _path = place.Address.AbsolutePath.TrimEnd('/');
        _root = place.Address.GetLeftPart(UriPartial.Authority);
        _signer = new SigV4Signer(place.Key, "s3", place.Region, clock);
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public async Task PutAsync(string name, string file, CancellationToken cancellationToken)
    {
        string hash;
        await using (var content = File.OpenRead(file))
        {
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        }

        using var answer = await SendAsync(name, HttpMethod.Put, hash, request => request.Content = new StreamContent(File.OpenRead(file)), cancellationToken);
        Require(answer, name);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(name, HttpMethod.Get, EmptyHash, request => request.Headers.Range = new RangeHeaderValue(offset, null), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            answer.Dispose();
            return null;
        }

        Require(answer, name);
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> TryCopyAsync(string name, string newName, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            newName, HttpMethod.Put, EmptyHash, request => request.Headers.TryAddWithoutValidation("x-amz-copy-source", PathOf(name)), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        Require(answer, newName);

        // A copy that fails on the way says so in the body of a good answer.
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return text.Contains("<Error>", StringComparison.Ordinal) ? throw new IOException($"The external object store could not copy {name}: {text}") : true;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(name, HttpMethod.Delete, EmptyHash, static _ => { }, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.NotFound)
        {
            Require(answer, name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string EmptyHash { get; } = Convert.ToHexStringLower(SHA256.HashData([]));

    private static void Require(HttpResponseMessage answer, string name)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
            answer.Dispose();
            throw new IOException($"The external object store answered {status} for {name}; see its log, and check address, bucket and key.");
        }
    }

    private static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private string PathOf(string name) => $"{_path}/{name[^2..]}/{name}";

    private async Task<HttpResponseMessage> SendAsync(
        string name, HttpMethod method, string hash, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(_root + PathOf(name)));
                prepare(request);
                _signer.Sign(request, hash);
                var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (attempt == Attempts || !IsPassing(answer.StatusCode))
                {
                    return answer;
                }

                answer.Dispose();
            }
            catch (HttpRequestException failure) when (attempt == Attempts)
            {
                throw new IOException($"The external object store at {_root} cannot be reached: {failure.Message}", failure);
            }
            catch (HttpRequestException)
            {
                // Once more.
            }

            await Task.Delay(Pause * attempt, _clock, cancellationToken);
        }
    }
}
