using Sagebrush.Serving.Onnx;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Onnx;

public sealed class ModelFolderTests(OnnxModels models) : IClassFixture<OnnxModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_TritonRepository_TakesTheHighestVersion()
    {
        foreach (var version in (string[])["1", "10", "9"])
        {
            Put($"model_repository/affine/{version}/model.onnx");
        }

        Put("model_repository/affine/11/notes.txt");
        var found = ModelFolder.Find(_folder.Path, null);
        Assert.Equal(("affine", "10"), (found.Name, found.Version));
        using var model = OnnxModel.Load(found, 1);
        Assert.Equal("x", Assert.Single(model.Inputs).Name);
    }

    [Fact]
    public void Find_SeveralModels_NeedsAName()
    {
        Put("one/1/model.onnx");
        Put("two/1/model.onnx");
        var error = Assert.Throws<ModelLoadException>(() => ModelFolder.Find(_folder.Path, null));
        Assert.Contains("one, two", error.Message, StringComparison.Ordinal);
        Assert.Equal("two", ModelFolder.Find(_folder.Path, "two").Name);
        Assert.Throws<ModelLoadException>(() => ModelFolder.Find(_folder.Path, "three"));
    }

    [Fact]
    public void Find_SavedModel_SaysWhatToDo()
    {
        Directory.CreateDirectory(_folder["export/1"]);
        File.WriteAllText(_folder["export/1/saved_model.pb"], "");
        Assert.True(ModelFolder.Holds(_folder.Path));
        var error = Assert.Throws<ModelLoadException>(() => ModelFolder.Find(_folder.Path, null));
        Assert.Contains("TensorFlow SavedModel", error.Message, StringComparison.Ordinal);
        Assert.Contains("tf2onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OtherBackend_IsNamed()
    {
        Directory.CreateDirectory(_folder["net/1"]);
        File.WriteAllText(_folder["net/config.pbtxt"], "name: \"net\"\nplatform: \"pytorch_libtorch\"\n");
        var error = Assert.Throws<ModelLoadException>(() => ModelFolder.Find(_folder.Path, null));
        Assert.Contains("pytorch_libtorch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoOnnxModel_SaysWhich()
    {
        File.WriteAllText(_folder["broken.onnx"], "not a model");
        var error = Assert.Throws<ModelLoadException>(() => OnnxModel.Load(ModelFolder.Find(_folder.Path, null), 1));
        Assert.Contains("broken.onnx", error.Message, StringComparison.Ordinal);
    }

    private void Put(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        if (path.EndsWith(".onnx", StringComparison.Ordinal))
        {
            File.Copy(models.Path("affine"), _folder[path]);
        }
    }
}
