using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Server;
using Sagebrush.Testing;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Clients.Tests;

/// <summary>A server of its own on a free port and an empty data directory, and what clients need to reach it.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;
    private SagebrushServer _server = null!;

    /// <summary>Makes a server that keeps its data in a folder of its own.</summary>
    public ServerFixture() => _data = _folder["data"];

    /// <summary>Makes a server that keeps its data elsewhere.</summary>
    internal ServerFixture(string data) => _data = data;

    /// <summary>Where the server listens.</summary>
    public Uri Url => _server.Url;

    /// <summary>The parts the server is made of.</summary>
    public IServiceProvider Services => _server.Services;

    /// <summary>Which operations the server handles.</summary>
    public ApiMap Api => _server.Services.GetRequiredService<ApiMap>();

    /// <summary>The root key.</summary>
    public Credential Root { get; private set; } = null!;

    /// <summary>The variables that lead AWS's clients to the server.</summary>
    public IReadOnlyDictionary<string, string> ClientEnvironment { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var (mail, sms) = (FreePort.Next(), FreePort.Next());
        var options = new ServerOptions
        {
            DataDirectory = _data,
            Port = 0,
            MailServer = new Uri($"smtp://127.0.0.1:{mail}?from=sns@example.org"),
            SmsGateway = new Uri($"http://127.0.0.1:{sms}/send"),
        };
        _server = await SagebrushServer.StartAsync(options, static _ => { }, TestContext.Current.CancellationToken);
        Root = _server.Services.GetRequiredService<CredentialsStore>().Root;
        ClientEnvironment = new Dictionary<string, string>(AwsClients.Environment(_server.Url))
        {
            ["AWS_ACCESS_KEY_ID"] = Root.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = Root.SecretAccessKey,
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_CONFIG_FILE"] = _folder["no-config"],
            ["AWS_SHARED_CREDENTIALS_FILE"] = _folder["no-credentials"],
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_PAGER"] = "",

            // Nothing listens there unless a test does.
            ["TEST_MAIL_PORT"] = mail.ToString(CultureInfo.InvariantCulture),
            ["TEST_SMS_PORT"] = sms.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A client program, ready to be started.</summary>
    public ClientProgram Client(string program, params string[] arguments) => new(program, arguments, ClientEnvironment);

    /// <summary>The AWS CLI, ready to be started. Debian 12's is older than <c>AWS_ENDPOINT_URL</c> and must be told.</summary>
    public ClientProgram AwsCli(params string[] arguments) =>
        Client("aws", ["--endpoint-url", ClientEnvironment["AWS_ENDPOINT_URL"], .. arguments]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
