using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Scripts whose code is in a Git repository, fetched by HTTP from a server of the test's own.</summary>
public sealed class GitCodeTests : TrainingTestBase
{
    [Theory]
    [InlineData("git+https://example.com/a/b.git", "https://example.com/a/b.git", null, null)]
    [InlineData("git+ssh://git@example.com/a/b.git@v1.0", "ssh://git@example.com/a/b.git", "v1.0", null)]
    [InlineData("git+http://example.com:8080/b@feature/x#subdirectory=src/train", "http://example.com:8080/b", "feature/x", "src/train")]
    public void TryParse_ARepository_FindsItsParts(string text, string url, string? revision, string? folder) => Assert.Equal(new GitCode(url, revision, folder), GitCode.TryParse(text));

    [Theory]
    [InlineData("s3://bucket/key")]
    [InlineData("https://example.com/a/b.git")]
    [InlineData("git+file:///etc")]
    [InlineData("git+ext::sh -c id")]
    [InlineData("git+https://example.com")]
    [InlineData("git+https://example.com/a@--upload-pack=id")]
    [InlineData("git+https://example.com/a#subdirectory=../../etc")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.Null(GitCode.TryParse(text));

    [Theory]
    [InlineData("", "second")]
    [InlineData("@old", "first")]
    [InlineData("@v1", "first")]
    [InlineData("@COMMIT", "first")]
    [InlineData("#subdirectory=deep/er", "below")]
    public async Task Create_CodeInARepository_RunsIt(string suffix, string said)
    {
        using var repository = new GitRepository();
        var request = await ScriptAsync("cloned", "print('not this one')");
        request.HyperParameters!["sagemaker_submit_directory"] = $"\"git+{repository.Url}{suffix.Replace("COMMIT", repository.FirstCommit, StringComparison.Ordinal)}\"";

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Contains(said, await LogAsync("cloned"));
    }

    [Theory]
    [InlineData("@nowhere", "there is no branch, tag or commit nowhere in the repository")]
    [InlineData("#subdirectory=nothing", "there is no folder nothing in the repository")]
    [InlineData("/gone", "not found")]
    public async Task Create_WhatTheRepositoryHasNot_FailsWithWhatIsMissing(string suffix, string reason)
    {
        using var repository = new GitRepository();
        var request = await ScriptAsync("lost", "print()");
        request.HyperParameters!["sagemaker_submit_directory"] = $"\"git+{repository.Url}{suffix}\"";

        var job = await RunAsync(request);

        Assert.StartsWith("ClientError: The code \"git+http://", job.FailureReason, StringComparison.Ordinal);
        Assert.Contains(reason, job.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ALinkOutOfTheRepository_IsAPlainFile()
    {
        using var repository = new GitRepository();
        using var work = new TemporaryFolder();
        var target = System.IO.Directory.CreateDirectory(work["target"]).FullName;
        await GitCode.TryParse($"git+{repository.Url}")!.FetchAsync(target, work["repository"], Cancelled);

        Assert.Null(new FileInfo(Path.Join(target, "link")).LinkTarget);
        Assert.Equal("/etc/passwd", await File.ReadAllTextAsync(Path.Join(target, "link"), Cancelled));
        Assert.False(System.IO.Directory.Exists(Path.Join(target, ".git")) || System.IO.Directory.Exists(work["repository"]));
    }
}
