using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CredentialsStoreTests : IDisposable
{
    private static readonly Principal Role =
        new("000000000000", "arn:aws:sts::000000000000:assumed-role/R/s", "AROAEXAMPLE:s");

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private string FilePath => Path.Combine(_folder.Path, CredentialsStore.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_FirstStart_MakesARootKeyForItsOwnerAlone()
    {
        var store = Open();

        Assert.Matches("^AKIA[A-Z2-7]{16}$", store.Root.AccessKeyId);
        Assert.Matches("^[A-Za-z0-9+/]{40}$", store.Root.SecretAccessKey);
        Assert.Equal("arn:aws:iam::000000000000:root", store.Root.Principal.Arn);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Open_Again_KeepsTheKey()
    {
        var first = Open().Root;

        Assert.Equal(first.SecretAccessKey, Open().Root.SecretAccessKey);
        Assert.Equal(first.SecretAccessKey, CredentialsStore.TryReadRoot(_folder.Path)!.SecretAccessKey);
    }

    [Fact]
    public async Task Open_ManyAtOnce_AgreeOnOneKey()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(Open)));

        Assert.Single(stores.Select(store => store.Root.AccessKeyId).Distinct());
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void TryReadRoot_NeverStarted_IsNull() => Assert.Null(CredentialsStore.TryReadRoot(_folder.Path));

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Open_FileOthersCanUse_IsRefusedWithTheRemedy(UnixFileMode others)
    {
        Open();
        File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath) | others);

        var thrown = Assert.Throws<CredentialsException>(Open);

        Assert.Contains($"chmod 600 '{FilePath}'", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"accountId":"1","accessKeyId":"A","secretAccessKey":"B","sessionKey":"AAAA"}""")]
    public void Open_DamagedFile_SaysSo(string content)
    {
        Open();
        File.WriteAllText(FilePath, content);

        Assert.Contains(FilePath, Assert.Throws<CredentialsException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Root_IsFoundWithoutAToken()
    {
        var store = Open();

        Assert.Equal(CredentialStatus.Found, store.Find(store.Root.AccessKeyId, [], out var found));
        Assert.Same(store.Root, found);
        Assert.Equal(CredentialStatus.InvalidToken, store.Find(store.Root.AccessKeyId, "token", out _));
        Assert.Equal(CredentialStatus.UnknownAccessKey, store.Find("AKIANOBODY0000000000", [], out _));
    }

    [Fact]
    public void Find_Session_LastsAcrossARestartUntilItEnds()
    {
        var issued = Open().IssueSession(Role, TimeSpan.FromHours(1));
        var store = Open();

        Assert.Matches("^ASIA[A-Z2-7]{16}$", issued.AccessKeyId);
        Assert.Equal(CredentialStatus.Found, store.Find(issued.AccessKeyId, issued.SessionToken, out var found));
        Assert.Equal(issued.SecretAccessKey, found!.SecretAccessKey);
        Assert.Equal(Role, found.Principal);
        Assert.Equal(CredentialStatus.Found, store.Find(issued.AccessKeyId, issued.SessionToken, out var again));
        Assert.Same(found, again);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(CredentialStatus.ExpiredToken, store.Find(issued.AccessKeyId, issued.SessionToken, out _));
        Assert.Equal(CredentialStatus.ExpiredToken, Open().Find(issued.AccessKeyId, issued.SessionToken, out _));
    }

    [Fact]
    public void Find_TokenOfAnotherKeyOrForged_IsInvalid()
    {
        var store = Open();
        var one = store.IssueSession(Role, TimeSpan.FromHours(1));
        var two = store.IssueSession(Role, TimeSpan.FromHours(1));
        using var elsewhere = new TemporaryFolder();
        var foreign = CredentialsStore.Open(elsewhere.Path, "000000000000", _clock).IssueSession(Role, TimeSpan.FromHours(1));
        var forged = Convert.FromBase64String(one.SessionToken!);

        Assert.Equal(CredentialStatus.InvalidToken, store.Find(one.AccessKeyId, two.SessionToken, out _));
        Assert.Equal(CredentialStatus.InvalidToken, store.Find(foreign.AccessKeyId, foreign.SessionToken, out _));
        Assert.Equal(CredentialStatus.UnknownAccessKey, store.Find(one.AccessKeyId, [], out _));
        for (var i = 0; i < forged.Length; i++)
        {
            forged[i] ^= 1;
            Assert.Equal(CredentialStatus.InvalidToken, store.Find(one.AccessKeyId, Convert.ToBase64String(forged), out _));
            forged[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("====")]
    [InlineData("AQ==")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Find_Gibberish_IsInvalid(string token) =>
        Assert.Equal(CredentialStatus.InvalidToken, Open().Find("ASIAEXAMPLE000000000", token, out _));

    private CredentialsStore Open() => CredentialsStore.Open(_folder.Path, "000000000000", _clock);
}
