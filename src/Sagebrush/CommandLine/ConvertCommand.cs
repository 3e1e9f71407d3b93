using System.CommandLine;
using System.Globalization;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Conversion;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>convert</c>: turns CSV, libsvm, Parquet, NumPy and RecordIO-protobuf into each other.</summary>
internal static class ConvertCommand
{
    private static readonly string[] Formats = ["csv", "libsvm", "parquet", "npy", "recordio"];

    public static Command Create()
    {
        var files = new Argument<string[]>("FILES") { Description = "Files to read, and last the one to write; their names tell the formats", Arity = new(2, 10_000) };
        var from = Format("--from", "What the files to read are, when their names do not tell");
        var to = Format("--to", "What to write, when the name does not tell");
        var labels = CommonOptions.Number("--labels", 0, 1000, 1, "How many of the first columns are labels");
        var header = new Option<bool?>("--header") { Description = "Whether CSV has a row of names [default: found out when reading, none when writing]", HelpName = "true|false" };
        var first = CommonOptions.Number("--first-index", 0, 1, 1, "libsvm's index of the first column");
        var doubles = new Option<bool>("--float64") { Description = "Write 64-bit values into RecordIO" };
        var sparse = new Option<bool?>("--sparse") { Description = "Leave zeros out of RecordIO [default: as the files to read do]", HelpName = "true|false" };
        var command = new ExampleCommand(
            "convert",
            "Turn CSV, libsvm, Parquet, NumPy (.npy) and RecordIO-protobuf into each other.",
            ($"{Invocation.Name} convert train.csv train.recordio", "for SageMaker's algorithms; the first column is the label"),
            ($"{Invocation.Name} convert part-*.parquet all.npy", "several files into one"),
            ($"{Invocation.Name} convert data.rec data.csv", "to look at it"))
        { files, from, to, labels, header, first, doubles, sparse };
        command.SetAction((result, cancellationToken) => Task.Run(
            () =>
            {
                var paths = result.GetRequiredValue(files);
                var options = new ConversionOptions
                {
                    LabelCount = result.GetValue(labels),
                    HasHeader = result.GetValue(header),
                    FirstIndex = result.GetValue(first),
                    WritesDoubles = result.GetValue(doubles),
                    WritesSparse = result.GetValue(sparse),
                };
                return Convert(paths[..^1], Choose(result.GetValue(from), paths[0], "--from"), paths[^1], Choose(result.GetValue(to), paths[^1], "--to"), options, cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static int Convert(string[] inputs, TableFormat from, string output, TableFormat to, ConversionOptions options, CancellationToken cancellationToken)
    {
        if (inputs.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new CommandException(ExitCode.BadInput, $"there is no file '{missing}'");
        }

        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var done = TableConverter.Convert(inputs, from, output, to, options, cancellationToken);
            Terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{output}: {done.RowCount} rows, {done.LabelCount} {(done.LabelCount == 1 ? "label" : "labels")}, {done.ColumnCount} features; {new FileInfo(output).Length} bytes in {Durations.Show(TimeProvider.System.GetElapsedTime(started))}"));
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is TableFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(exception is TableFormatException ? ExitCode.BadInput : ExitCode.Failure, exception.Message);
        }
    }

    private static TableFormat Choose(string? chosen, string path, string option) => chosen switch
    {
        "csv" => TableFormat.Csv,
        "libsvm" => TableFormat.Libsvm,
        "parquet" => TableFormat.Parquet,
        "npy" => TableFormat.Npy,
        "recordio" => TableFormat.RecordIo,
        _ => TableConverter.FormatOf(path)
            ?? throw new CommandException(ExitCode.Usage, $"the name '{path}' does not tell a format", $"add {option} with one of {string.Join(", ", Formats)}"),
    };

    private static Option<string?> Format(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "FORMAT" };
        option.AcceptOnlyFromAmong(Formats);
        return option;
    }
}
