namespace Sagebrush.Services.Sns;

/// <summary>What SNS needs to know of the program around it.</summary>
public sealed record SnsOptions
{
    /// <summary>Where the key is kept that messages are signed with.</summary>
    public required string Folder { get; init; }

    /// <summary>The address that subscribers reach this server at, without a slash at its end.</summary>
    public required Func<string> PublicUrl { get; init; }

    /// <summary>The mail server, as <c>smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS</c>, or <c>smtps</c> for TLS; null without one.</summary>
    public Uri? MailServer { get; init; }

    /// <summary>The URL that text messages are posted to; null without one.</summary>
    public Uri? SmsGateway { get; init; }
}
