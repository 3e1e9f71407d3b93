using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Examples;

/// <summary>The examples, run as their readers run them: against a server that is up, with what <c>sagebrush env</c> gives a shell.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("boto3/train_and_deploy.py", @"held-out rows right \((9[0-9]|100)\.\d%\)")]
    [InlineData("scikit-learn/launch.py", @"predictions: \['malignant'")]
    [InlineData("pytorch/launch.py", @"Completed, \{'validation:accuracy': 0\.9\d+\}\nprobabilities: \[1\.0")]
    [InlineData("tuning/tune.py", @"12 trials done, the best log loss 0\.[01]\d+\n(0\.\d+  .*max_depth.*\n){3}Completed: the model is s3://")]
    [InlineData("hosting/ab_test.py", @"by weight 1 to 3: \{'large': (2[6-9]|3[0-4])\d, 'small': \d+\}\nTargetVariant: \{'small': 20\}\nall to the large one: \{'large': 100\}")]
    [InlineData("hosting/asynchronous.py", @"20 requests wait\n20 requests completed, the first: 0\.\d+")]
    [InlineData("hosting/autoscaling.py", @"instances before: 1\ninstances after: 2\nSetting desired instance count to 2")]
    [InlineData("hosting/batch_transform.py", @"113 rows; the first two: patient-0,0\.\d+ and patient-1,0\.\d+")]
    [InlineData("hosting/canary.py", @"with an alarm: the old one .*ALARM.*\nwithout: -new \nthe new model says 0\.\d+")]
    [InlineData("hosting/explanations.py", @"prediction: 0\.\d+\n([+-]0\.\d{4}  \w+\n?){5}")]
    [InlineData("hosting/inference_pipeline.py", @"score 0\.\d+, and the label is [01]")]
    [InlineData("hosting/multi_model.py", @"berlin: 0\.\d+\nparis: 0\.\d+\nrome: 0\.\d+\noslo: Failed to download model data")]
    [InlineData("hosting/serverless.py", @"113 answers, the first: 0\.\d+")]
    [InlineData("hosting/shadow_test.py", @"50 requests answered by both, scores at most 0\.\d+ apart\nin service now: \['shadow'\]")]
    [InlineData("hosting/streaming.py", @"s  It \n(.*\n){7}.*s  \.")]
    public async Task Example_InPython_DoesWhatItSays(string example, string expected)
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using (server)
        {
            var output = await ClientScript.RunAsync(_data.Path, url, ProjectFolder.Find($"examples/{example}"));

            Assert.Matches(expected, output);
        }
    }

    [Fact]
    public async Task Clarify_LeavesItsReport()
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using (server)
        {
            using var reports = new TemporaryFolder();
            var output = await ClientScript.RunAsync(_data.Path, url, ProjectFolder.Find("examples/clarify/who_gets_a_loan.py"), reports.Path);

            // What the made-up decisions were made by, in its order.
            Assert.Matches(@"DPL   \+0\.\d+.*\n(.*\n)+income .*\nsex .*\nyears_employed .*\nage ", output);
            Assert.Contains("Who gets a loan", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(reports.Path)), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }
}
