using System.Buffers;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A trained XGBoost model, evaluated without libxgboost.</summary>
/// <remarks>Immutable and thread-safe. Predictions agree with libxgboost 1.7 bit for bit or within 1e-6 relative.</remarks>
public sealed class XGBoostModel
{
    private const int MarginsOnStack = 128;

    private readonly IMarginModel _margins;

    internal XGBoostModel(
        IMarginModel margins,
        XGBoostObjective objective,
        string booster,
        IReadOnlyList<string> featureNames,
        IReadOnlyDictionary<string, string> attributes)
    {
        _margins = margins;
        Objective = objective;
        Booster = booster;
        FeatureNames = featureNames;
        Attributes = attributes;
    }

    /// <summary>What the model was trained for.</summary>
    public XGBoostObjective Objective { get; }

    /// <summary><c>gbtree</c>, <c>dart</c> or <c>gblinear</c>.</summary>
    public string Booster { get; }

    /// <summary>Number of features a row must have.</summary>
    public int FeatureCount => _margins.FeatureCount;

    /// <summary>Number of raw scores per row: the number of classes of a multi-class model, otherwise 1.</summary>
    public int GroupCount => _margins.GroupCount;

    /// <summary>Number of predicted values per row.</summary>
    public int OutputCount => Objective.OutputCount(GroupCount);

    /// <summary>Names of the features, empty when the model was trained without.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Attributes stored with the model, such as <c>best_iteration</c>.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; }

    /// <summary>The trees as they were read, for what needs more than predictions; empty for a linear model.</summary>
    public IReadOnlyList<RegressionTree> Forest { get; internal init; } = [];

    /// <summary>What the sums of the trees of each group start from; empty for a linear model.</summary>
    public IReadOnlyList<float> BaseMargins { get; internal init; } = [];

    /// <summary>The trees, laid out to be evaluated; null for a linear model.</summary>
    public TreeEnsemble? Trees => _margins as TreeEnsemble;

    /// <summary>Reads a model in any of XGBoost's formats: JSON, UBJSON or the binary format of 1.x, told apart by content.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <exception cref="ModelFormatException">It is not a model, is damaged, or uses what cannot be evaluated.</exception>
    public static XGBoostModel Load(ReadOnlySpan<byte> content, XGBoostLoadOptions? options = null)
        => XGBoostModelReader.Read(content, options ?? new());

    /// <summary>Reads a model file; see <see cref="Load(ReadOnlySpan{byte}, XGBoostLoadOptions?)"/>.</summary>
    /// <exception cref="ModelFormatException">It is not a model, is damaged, or uses what cannot be evaluated.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static XGBoostModel LoadFile(string path, XGBoostLoadOptions? options = null)
        => Load(File.ReadAllBytes(path), options);

    /// <summary>Predicts one row.</summary>
    /// <param name="row">At least <see cref="FeatureCount"/> values; NaN is a missing value.</param>
    /// <param name="output">Receives <see cref="OutputCount"/> values.</param>
    public void Predict(ReadOnlySpan<float> row, Span<float> output)
    {
        if (OutputCount == GroupCount)
        {
            _margins.PredictMargin(row, output);
            Objective.Transform(output[..GroupCount], output);
            return;
        }

        float[]? rented = null;
        var margins = GroupCount <= MarginsOnStack
            ? stackalloc float[MarginsOnStack]
            : rented = ArrayPool<float>.Shared.Rent(GroupCount);
        margins = margins[..GroupCount];
        _margins.PredictMargin(row, margins);
        Objective.Transform(margins, output);
        if (rented is not null)
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>Predicts rows that lie one after the other, <see cref="FeatureCount"/> values each.</summary>
    /// <param name="rows">Row-major values; NaN is a missing value.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="output">Receives <see cref="OutputCount"/> values per row.</param>
    public void PredictRows(ReadOnlySpan<float> rows, int rowCount, Span<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        if (rows.Length != (long)rowCount * FeatureCount || output.Length < (long)rowCount * OutputCount)
        {
            throw new ArgumentException(
                $"{rows.Length} values are not {rowCount} rows of {FeatureCount} features, or there is no room for their output.",
                nameof(rows));
        }

        var rented = ArrayPool<float>.Shared.Rent(checked(rowCount * GroupCount));
        var margins = rented.AsSpan(0, rowCount * GroupCount);
        _margins.PredictMargins(rows, margins);
        for (var i = 0; i < rowCount; i++)
        {
            Objective.Transform(margins.Slice(i * GroupCount, GroupCount), output.Slice(i * OutputCount, OutputCount));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Raw scores of one row, before the objective's transform.</summary>
    /// <param name="row">At least <see cref="FeatureCount"/> values; NaN is a missing value.</param>
    /// <param name="margins">Receives <see cref="GroupCount"/> values.</param>
    public void PredictMargin(ReadOnlySpan<float> row, Span<float> margins) => _margins.PredictMargin(row, margins);
}
