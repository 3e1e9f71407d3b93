using Sagebrush.Compute.Containers;
using Sagebrush.Services.S3.External;

namespace Sagebrush.Server;

/// <summary>What a server needs to know before it starts.</summary>
internal sealed record ServerOptions
{
    public const int DefaultPort = 8080;

    /// <summary>The region clients are told to use; requests for other regions are served as well.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>Where everything is kept.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The address to listen on; loopback unless told.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The account everything belongs to; 12 digits.</summary>
    public string AccountId { get; init; } = "000000000000";

    /// <summary>Folders that stand for EFS and FSx file systems, by their ids.</summary>
    public IReadOnlyDictionary<string, string> FileSystems { get; init; } = new Dictionary<string, string>();

    /// <summary>The address other machines reach the server at, when a proxy or a name stands before it.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The mail server for SNS, <c>smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS</c>.</summary>
    public Uri? MailServer { get; init; }

    /// <summary>Where SNS posts text messages.</summary>
    public Uri? SmsGateway { get; init; }

    /// <summary>The Pythons that run scripts of frameworks, by the frameworks' names.</summary>
    public IReadOnlyDictionary<string, string> Pythons { get; init; } = new Dictionary<string, string>();

    /// <summary>How containers are run.</summary>
    public ContainerOptions Containers { get; init; } = new();

    /// <summary>The bucket of another S3 server that keeps the bytes of objects; null for the data directory.</summary>
    public ExternalObjects? ObjectStore { get; init; }

    /// <summary>Whether pushing an image to a repository that is not there makes it.</summary>
    public bool CreatesRepositoriesOnPush { get; init; }
}
