using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Algorithms.Tests.XGBoost;

/// <summary>Trainings that start from the model of an earlier one.</summary>
public sealed class XGBoostIncrementalTests : IDisposable
{
    private const string ContentType = "application/x-sagemaker-model";

    private readonly TrainingFolder _earlier = Job("5");
    private readonly TrainingFolder _job = Job("4");

    public void Dispose()
    {
        _earlier.Dispose();
        _job.Dispose();
    }

    [Theory]
    [InlineData("model.tar.gz")]
    [InlineData("xgboost-model")]
    public void Train_FromAnEarlierModel_IsAsIfItHadNeverEnded(string file)
    {
        Assert.Equal(0, _earlier.Train(TestContext.Current.CancellationToken));
        GiveModel(file, ("xgboost-model", File.ReadAllBytes(_earlier.Model)));
        using var whole = Job("9");

        var exitCode = _job.Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Contains("Incremental training from a model of 5 rounds", _job.Log, StringComparison.Ordinal);
        Assert.Equal(["[5]", "[6]", "[7]", "[8]"], _job.LogLines.Where(line => line.Contains("#011", StringComparison.Ordinal)).Select(line => line[..3]));
        Assert.Equal(0, whole.Train(TestContext.Current.CancellationToken));
        Assert.Equal(9, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
        Assert.Equal(Predict(whole.Model), Predict(_job.Model), 1e-5f);
    }

    [Fact]
    public void Train_WithACheckpoint_GoesOnFromItRatherThanFromTheModel()
    {
        _earlier.Train(TestContext.Current.CancellationToken);
        GiveModel("xgboost-model", ("xgboost-model", File.ReadAllBytes(_earlier.Model)));
        using var further = Job("7");
        further.Train(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_job.Folder.Checkpoints);
        File.Copy(further.Model, Path.Combine(_job.Folder.Checkpoints, "xgboost-checkpoint.6"));

        Assert.Equal(0, _job.Train(TestContext.Current.CancellationToken));

        Assert.Contains("Resuming from iteration 7", _job.Log, StringComparison.Ordinal);
        Assert.Equal(9, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
    }

    [Theory]
    [InlineData("xgboost-model", "not a model", "The model channel does not hold an XGBoost model")]
    [InlineData("model.tar.gz", "not an archive", "model.tar.gz of the model channel is not a readable tar.gz archive")]
    public void Train_FromWhatIsNoModel_IsTheCustomersError(string file, string content, string message)
    {
        _job.WithChannel("model", ContentType, (file, content));

        Assert.NotEqual(0, _job.Train(TestContext.Current.CancellationToken));

        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FromAnArchiveOfSeveralFiles_TakesTheOneOfTheUsualName()
    {
        _earlier.Train(TestContext.Current.CancellationToken);
        GiveModel("model.tar.gz", ("notes.txt", "read me"u8.ToArray()), ("xgboost-model", File.ReadAllBytes(_earlier.Model)));

        Assert.Equal(0, _job.Train(TestContext.Current.CancellationToken));

        Assert.Equal(9, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
    }

    [Fact]
    public void Train_FromAnArchiveWithoutAModel_SaysWhatItHolds()
    {
        GiveModel("model.tar.gz", ("a.txt", "a"u8.ToArray()), ("b.txt", "b"u8.ToArray()));

        Assert.NotEqual(0, _job.Train(TestContext.Current.CancellationToken));

        Assert.Contains("holds 2 files and none is xgboost-model", _job.Failure, StringComparison.Ordinal);
    }

    private static TrainingFolder Job(string rounds)
    {
        var random = new Random(1);
        var csv = new StringBuilder();
        for (var row = 0; row < 80; row++)
        {
            var (a, b) = (random.NextDouble(), random.NextDouble());
            csv.AppendLine(CultureInfo.InvariantCulture, $"{3 * a - b * b},{a},{b}");
        }

        return new TrainingFolder().With("num_round", rounds).WithChannel("train", "text/csv", ("a.csv", csv.ToString()));
    }

    private void GiveModel(string file, params (string Name, byte[] Content)[] content)
    {
        _job.WithChannel("model", ContentType);
        var path = Path.Combine(_job.Folder.Channel("model"), file);
        if (file == content[0].Name)
        {
            File.WriteAllBytes(path, content[0].Content);
            return;
        }

        using var archive = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        foreach (var (name, bytes) in content)
        {
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }
    }

    private static float Predict(string model)
    {
        var output = new float[1];
        XGBoostModel.LoadFile(model).Predict([0.3f, 0.6f], output);
        return output[0];
    }
}
