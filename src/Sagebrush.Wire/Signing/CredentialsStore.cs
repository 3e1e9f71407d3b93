using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sagebrush.Wire.Signing;

/// <summary>
/// The keys of one data directory: the root key, made at the first start and kept in <c>credentials.json</c> for its owner's eyes only,
/// and the session keys issued from it, which live in their own tokens.
/// </summary>
/// <remarks>Thread safe; everything is answered from memory.</remarks>
public sealed class CredentialsStore : ICredentialSource
{
    /// <summary>The name of the file in the data directory.</summary>
    public const string FileName = "credentials.json";

    private const int FormatVersion = 1;
    private const int MaxSessionsInMemory = 4096;
    private const string KeyIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly SessionTokenSeal _seal;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Credential> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Credential> _sessions = new(StringComparer.Ordinal);

    private CredentialsStore(CredentialsFile file, TimeProvider clock)
    {
        Root = new Credential(
            file.AccessKeyId,
            file.SecretAccessKey,
            new Principal(file.AccountId, $"arn:aws:iam::{file.AccountId}:root", file.AccountId));
        Created = file.Created;
        _seal = new SessionTokenSeal(file.SessionKey);
        _clock = clock;
    }

    /// <summary>The root key.</summary>
    public Credential Root { get; }

    /// <summary>When the root key, and with it the account, was made.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>Loads the keys of a data directory, or makes them when there are none yet.</summary>
    /// <param name="dataDirectory">The data directory; it must exist.</param>
    /// <param name="accountId">The account a new root key is for; 12 digits.</param>
    /// <param name="clock">The clock sessions end by.</param>
    /// <exception cref="CredentialsException">The file can be read by others, or is damaged.</exception>
    public static CredentialsStore Open(string dataDirectory, string accountId, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(dataDirectory);
        ArgumentException.ThrowIfNullOrEmpty(accountId);
        ArgumentNullException.ThrowIfNull(clock);
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            Create(path, accountId, clock.GetUtcNow());
        }

        return new CredentialsStore(Load(path), clock);
    }

    /// <summary>Reads the root key of a data directory without making one.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <returns>The root key, or null when the program was never started there.</returns>
    /// <exception cref="CredentialsException">The file can be read by others, or is damaged.</exception>
    public static Credential? TryReadRoot(string dataDirectory)
    {
        ArgumentNullException.ThrowIfNull(dataDirectory);
        var path = Path.Combine(dataDirectory, FileName);
        return File.Exists(path) ? new CredentialsStore(Load(path), TimeProvider.System).Root : null;
    }

    /// <summary>Issues a session key.</summary>
    /// <param name="principal">Who the session acts as.</param>
    /// <param name="life">How long it lasts.</param>
    /// <returns>A credential with its token; it works across restarts until it ends and cannot be revoked.</returns>
    public Credential IssueSession(Principal principal, TimeSpan life) => IssueToken(NewAccessKeyId("ASIA"), principal, life);

    /// <summary>
    /// Issues a token for protocols in which nothing is signed: who shows it acts as the principal. Its secret is told to nobody, so nothing can
    /// be signed with it.
    /// </summary>
    /// <param name="name">What <see cref="Find"/> finds it by together with the token; not an access key's id.</param>
    /// <param name="principal">Who it acts as.</param>
    /// <param name="life">How long it lasts.</param>
    public Credential IssueToken(string name, Principal principal, TimeSpan life)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(life, TimeSpan.Zero);

        // Tokens keep whole seconds.
        var expiration = DateTimeOffset.FromUnixTimeSeconds((_clock.GetUtcNow() + life).ToUnixTimeSeconds());
        var secret = NewSecret();
        return new Credential(name, secret, principal, _seal.Seal(name, secret, principal, expiration), expiration);
    }

    /// <summary>Makes the id and the secret of a new long-term key; nothing is stored.</summary>
    public static (string AccessKeyId, string Secret) NewAccessKey() => (NewAccessKeyId("AKIA"), NewSecret());

    /// <summary>Lets a user's key sign from now on.</summary>
    public void Admit(Credential key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _keys[key.AccessKeyId] = key;
    }

    /// <summary>Lets a user's key sign no more.</summary>
    public void Withdraw(string accessKeyId) => _keys.TryRemove(accessKeyId, out _);

    /// <summary>Whether a key is the root key or a user's that may sign.</summary>
    public bool Owns(string accessKeyId) => accessKeyId == Root.AccessKeyId || _keys.ContainsKey(accessKeyId);

    /// <inheritdoc/>
    public CredentialStatus Find(
        ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> sessionToken, [MaybeNull] out Credential credential)
    {
        credential = null;
        if (accessKeyId.SequenceEqual(Root.AccessKeyId))
        {
            if (!sessionToken.IsEmpty)
            {
                return CredentialStatus.InvalidToken;
            }

            credential = Root;
            return CredentialStatus.Found;
        }

        if (!sessionToken.IsEmpty)
        {
            return FindSession(accessKeyId, sessionToken, out credential);
        }

        return _keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(accessKeyId, out credential)
            ? CredentialStatus.Found
            : CredentialStatus.UnknownAccessKey;
    }

    private static string NewAccessKeyId(string prefix) => prefix + RandomNumberGenerator.GetString(KeyIdAlphabet, 16);

    private static string NewSecret() => RandomNumberGenerator.GetString(SecretAlphabet, 40);

    private static void Create(string path, string accountId, DateTimeOffset now)
    {
        var file = new CredentialsFile(
            FormatVersion, accountId, now, NewAccessKeyId("AKIA"), NewSecret(), RandomNumberGenerator.GetBytes(SessionTokenSeal.KeyLength));
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            // The mode is given at creation: there is no moment at which others could open the file.
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(stream, file, CredentialsFileContext.Default.CredentialsFile);
                stream.Flush(flushToDisk: true);
            }

            // Whoever comes second keeps the key of whoever came first.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }

    private static CredentialsFile Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new CredentialsException(
                $"{path} holds the root key and can be read or written by other users. "
                + $"Make it yours alone with: chmod 600 '{path}'. If others may have read it, delete it and a new key is made at the next start.");
        }

        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), CredentialsFileContext.Default.CredentialsFile);
            return file is { Version: FormatVersion, SessionKey.Length: SessionTokenSeal.KeyLength, AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 }
                ? file
                : throw new CredentialsException(
                    $"{path} is not a credentials file of version {FormatVersion}. Restore it, or delete it and a new key is made at the next start.");
        }
        catch (JsonException damage)
        {
            throw new CredentialsException(
                $"{path} is damaged ({damage.Message}). Restore it, or delete it and a new key is made at the next start.", damage);
        }
    }

    private CredentialStatus FindSession(
        ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> sessionToken, [MaybeNull] out Credential credential)
    {
        if (!_sessions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sessionToken, out credential))
        {
            if (!_seal.TryOpen(sessionToken, out credential))
            {
                return CredentialStatus.InvalidToken;
            }

            Keep(credential);
        }

        if (!accessKeyId.SequenceEqual(credential.AccessKeyId))
        {
            credential = null;
            return CredentialStatus.InvalidToken;
        }

        if (credential.Expiration <= _clock.GetUtcNow())
        {
            credential = null;
            return CredentialStatus.ExpiredToken;
        }

        return CredentialStatus.Found;
    }

    /// <summary>Only tokens we sealed come here, so the memory is bounded by what we issued and by the limit.</summary>
    private void Keep(Credential session)
    {
        if (_sessions.Count >= MaxSessionsInMemory)
        {
            _sessions.Clear();
        }

        _sessions.TryAdd(session.SessionToken!, session);
    }
}
