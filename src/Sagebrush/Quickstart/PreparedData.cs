using System.Globalization;
using System.Text;
using Sagebrush.CommandLine;

namespace Sagebrush.Quickstart;

/// <summary>A user's table made ready for the built-in XGBoost: understood, divided, encoded.</summary>
internal sealed class PreparedData
{
    /// <summary>Fewer rows than this cannot be divided three ways and still say anything.</summary>
    private const int FewestRows = 30;

    private readonly FeatureEncoder _encoder;

    private PreparedData(Table table, Target target, Split split, FeatureEncoder encoder)
    {
        (Table, Target, Split, _encoder) = (table, target, split, encoder);
    }

    public Table Table { get; }

    public Target Target { get; }

    public Split Split { get; }

    public FeatureEncoder Encoder => _encoder;

    public static PreparedData Prepare(Table table, string targetColumn, LearningTask? task, int seed)
    {
        var column = table.IndexOf(targetColumn);
        if (table.Rows < FewestRows)
        {
            throw CommandException.BadInput(table.Path, null, $"{table.Rows} rows; at least {FewestRows} are needed to train and judge a model");
        }

        var target = Target.Of(table, column, task);
        if (target.Rows.Count < FewestRows)
        {
            throw CommandException.BadInput(table.Path, null, $"{target.Rows.Count} rows have a usable '{target.Name}'; at least {FewestRows} are needed");
        }

        var split = Split.Of(target, seed);
        var encoder = FeatureEncoder.Learn(table, column, [.. split.Train.Select(position => target.Rows[position])]);
        return encoder.FeatureNames.Count > 0
            ? new(table, target, split, encoder)
            : throw CommandException.BadInput(table.Path, null, $"no column beside '{target.Name}' can be learnt from: {string.Join(", ", encoder.Dropped)}");
    }

    /// <summary>A channel of the training job: target first, then the features, no header.</summary>
    public byte[] Channel(IReadOnlyList<int> positions)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var position in positions)
        {
            writer.Write(Answer(position));
            writer.Write(',');
            _encoder.Write(Table, Target.Rows[position], writer);
            writer.Write('\n');
        }

        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>The true target of one row as the model sees it: its class's number, or its value.</summary>
    public string Answer(int position) => Target.Values[position].ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What an endpoint is asked for one row: the features without the target.</summary>
    public string Row(int position)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        _encoder.Write(Table, Target.Rows[position], writer);
        return writer.ToString();
    }
}
