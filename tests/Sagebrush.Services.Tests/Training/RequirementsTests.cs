using System.IO.Compression;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Tests.Training;

/// <summary>What a script's <c>requirements.txt</c> installs, and who gets it again.</summary>
public sealed class RequirementsTests : TrainingTestBase
{
    private const string Kept = "requirements.txt: the packages that an earlier job of this role installed are used";
    private const string Requirements = "--no-index\n--find-links ${SM_CHANNEL_WHEELS}\nmoon==1.0\n";
    private const string Script = "import moon; print('phase', moon.phase)";

    [Fact]
    public async Task Create_TheSameRequirementsAgain_InstallsThemOnce()
    {
        var first = await LogOfAsync("first", Requirements, Script);
        var second = await LogOfAsync("second", Requirements, Script);
        var other = await LogOfAsync("other", "# other\n" + Requirements, Script);

        Assert.Contains("phase full", first);
        Assert.DoesNotContain(Kept, first);
        Assert.Contains(Kept, second);
        Assert.Contains("phase full", second);
        Assert.DoesNotContain(second, line => line.StartsWith("Successfully installed", StringComparison.Ordinal));
        Assert.DoesNotContain(Kept, other);
    }

    [Fact]
    public async Task Create_AfterARestartOfTheProgram_UsesWhatWasKept()
    {
        await LogOfAsync("first", Requirements, Script);

        await RestartAsync();

        Assert.Contains(Kept, await LogOfAsync("second", Requirements, Script));
    }

    [Fact]
    public async Task Create_AsAnotherRole_InstallsAnew()
    {
        await LogOfAsync("first", Requirements, Script);

        Assert.DoesNotContain(Kept, await LogOfAsync("second", Requirements, Script, role: "arn:aws:iam::000000000000:role/Another"));
    }

    [Fact]
    public async Task Create_AScriptThatRewritesItsRequirements_KeepsThemUnderWhatWasInstalled()
    {
        await LogOfAsync("first", Requirements, Script + "\nopen('requirements.txt', 'w').write('sun==1.0')");

        Assert.Contains(Kept, await LogOfAsync("second", Requirements, Script));
    }

    [Fact]
    public async Task Create_AScriptThatLeavesALinkForItsPackages_KeepsNothing()
    {
        await LogOfAsync(
            "first",
            Requirements,
            Script + "\nimport os, shutil\nplace = os.path.dirname(moon.__file__)\nshutil.move(place, place + '-moved')\nos.symlink('/etc', place)");

        Assert.DoesNotContain(Kept, await LogOfAsync("second", Requirements, Script));
    }

    [Fact]
    public async Task Create_RequirementsThatDoNotExist_FailsAndKeepsNothing()
    {
        var request = await RequestAsync("missing", Requirements.Replace("moon", "sun", StringComparison.Ordinal), Script);

        var job = await RunAsync(request);

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.Contains("sun==1.0", job.FailureReason, StringComparison.Ordinal);
        request.TrainingJobName = "missing-again";
        Assert.Equal(TrainingJobStatus.Failed, (await RunAsync(request)).TrainingJobStatus);
        Assert.DoesNotContain(Kept, await LogAsync("missing-again"));
    }

    private async Task<List<string>> LogOfAsync(string name, string requirements, string script, string role = Role)
    {
        var request = await RequestAsync(name, requirements, script);
        request.RoleArn = role;
        Assert.Null((await RunAsync(request)).FailureReason);
        return await LogAsync(name);
    }

    private async Task<CreateTrainingJobRequest> RequestAsync(string name, string requirements, string script)
    {
        var request = await ScriptAsync(name, script);
        await PutArchiveAsync($"code/{name}/sourcedir.tar.gz", ("train.py", script), ("requirements.txt", requirements));
        await PutAsync("wheels/moon-1.0-py3-none-any.whl", Wheel());
        request.InputDataConfig = [Input("wheels", $"s3://{Bucket}/wheels")];
        return request;
    }

    // A wheel of one module: there is no package index to ask.
    private static byte[] Wheel()
    {
        using var content = new MemoryStream();
        using (var wheel = new ZipArchive(content, ZipArchiveMode.Create))
        {
            Write(wheel, "moon.py", "phase = 'full'\n");
            Write(wheel, "moon-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: moon\nVersion: 1.0\n");
            Write(wheel, "moon-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Write(wheel, "moon-1.0.dist-info/RECORD", "moon.py,,\nmoon-1.0.dist-info/METADATA,,\nmoon-1.0.dist-info/WHEEL,,\nmoon-1.0.dist-info/RECORD,,\n");
        }

        return content.ToArray();
    }

    private static void Write(ZipArchive wheel, string name, string content)
    {
        using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
        writer.Write(content);
    }
}
