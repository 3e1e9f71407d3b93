using System.Formats.Tar;
using System.IO.Compression;
using Sagebrush.Algorithms.Training;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The model that an incremental training starts from: what an earlier job left, in the channel <c>model</c>.</summary>
internal static class XGBoostBaseModel
{
    /// <summary>Name of the channel.</summary>
    public const string Channel = "model";

    /// <summary>The content type SageMaker's incremental training asks of it.</summary>
    public const string ContentType = "application/x-sagemaker-model";

    /// <summary>Reads the model: of an artifact <c>model.tar.gz</c>, or a model file as it is.</summary>
    /// <exception cref="CustomerErrorException">The channel does not hold exactly one.</exception>
    public static byte[] Read(ChannelConfiguration channel)
    {
        if (channel.InputMode == "Pipe")
        {
            throw new CustomerErrorException($"The {Channel} channel cannot be read in Pipe mode; set its InputMode to File.");
        }

        var files = ChannelFiles.Find(channel);
        var models = files.Count > 1 && files.Find(file => Path.GetFileName(file) == XGBoostTrainer.ModelFile) is { } named ? [named] : files;
        if (models is not [var path])
        {
            throw new CustomerErrorException(
                $"The {Channel} channel holds {files.Count} files; expected one, the model.tar.gz of an earlier job or its {XGBoostTrainer.ModelFile}.");
        }

        return path.EndsWith(".tar.gz", StringComparison.Ordinal) || path.EndsWith(".tgz", StringComparison.Ordinal) ? ReadArchive(path) : File.ReadAllBytes(path);
    }

    private static byte[] ReadArchive(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            using var archive = new TarReader(content);
            byte[]? only = null;
            var count = 0;
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data || Path.GetFileName(entry.Name) is not [not '.', ..])
                {
                    continue;
                }

                count++;
                var isNamed = Path.GetFileName(entry.Name) == XGBoostTrainer.ModelFile;
                if (isNamed || count == 1)
                {
                    only = new byte[data.Length];
                    data.ReadExactly(only);
                    if (isNamed)
                    {
                        return only;
                    }
                }
            }

            return count == 1 ? only! : throw new CustomerErrorException(
                $"{name} of the {Channel} channel holds {count} files and none is {XGBoostTrainer.ModelFile}.");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or OverflowException)
        {
            throw new CustomerErrorException($"{name} of the {Channel} channel is not a readable tar.gz archive: {e.Message}", e);
        }
    }
}
