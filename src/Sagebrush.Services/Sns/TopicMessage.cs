namespace Sagebrush.Services.Sns;

/// <summary>What is published to a topic.</summary>
/// <param name="Text">The message.</param>
/// <param name="Subject">Its subject, 100 characters at most; e-mails show it.</param>
internal sealed record TopicMessage(string Text, string? Subject = null)
{
    /// <summary>Texts for single protocols in place of <see cref="Text"/>, by the protocol's name.</summary>
    public IReadOnlyDictionary<string, string>? TextByProtocol { get; init; }

    /// <summary>Attributes that filter policies look at.</summary>
    public IReadOnlyDictionary<string, MessageAttribute> Attributes { get; init; } = new Dictionary<string, MessageAttribute>(0);

    /// <summary>The text for subscribers of a protocol.</summary>
    public string TextFor(string protocol) => TextByProtocol is { } texts && texts.TryGetValue(protocol, out var text) ? text : Text;
}
