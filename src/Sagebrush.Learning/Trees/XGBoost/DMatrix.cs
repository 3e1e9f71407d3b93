using System.Globalization;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A table in libxgboost's memory: rows of features with labels, weights and groups.</summary>
/// <remarks>Not thread-safe. Values are copied, so the arrays given may change or go afterwards.</remarks>
public sealed unsafe class DMatrix : IDisposable
{
    private DMatrix(DMatrixHandle handle) => Handle = handle;

    /// <summary>Number of rows.</summary>
    public long RowCount
    {
        get
        {
            NativeMethods.Check(NativeMethods.XGDMatrixNumRow(Handle, out var count));
            return (long)count;
        }
    }

    /// <summary>Number of features.</summary>
    public long ColumnCount
    {
        get
        {
            NativeMethods.Check(NativeMethods.XGDMatrixNumCol(Handle, out var count));
            return (long)count;
        }
    }

    internal DMatrixHandle Handle { get; }

    /// <summary>Copies a dense row-major table; NaN is a missing value.</summary>
    /// <param name="values">The table, <paramref name="rowCount"/> × <paramref name="columnCount"/> values.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="columnCount">Number of columns of the table, those to skip included.</param>
    /// <param name="skipColumns">Leading columns that are not features, such as the label.</param>
    /// <param name="threads">Threads to copy with, 0 for all.</param>
    /// <exception cref="XGBoostException">The table holds an infinity or is refused for another reason.</exception>
    public static DMatrix FromDense(ReadOnlySpan<float> values, int rowCount, int columnCount, int skipColumns = 0, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(skipColumns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(skipColumns, columnCount);
        if (values.Length < (long)rowCount * columnCount)
        {
            throw new ArgumentException($"{values.Length} values are not {rowCount} rows of {columnCount} columns.", nameof(values));
        }

        fixed (float* first = values)
        {
            // NumPy's array interface: strides let the library skip the leading columns without a copy.
            var data = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"data":[{{(nint)(first + skipColumns)}},true],"shape":[{{rowCount}},{{columnCount - skipColumns}}],"strides":[{{columnCount * 4L}},4],"typestr":"<f4","version":3}""");
            var config = string.Create(CultureInfo.InvariantCulture, $$"""{"missing":NaN,"nthread":{{threads}}}""");
            NativeMethods.Check(NativeMethods.XGDMatrixCreateFromDense(data, config, out var handle));
            return new(handle);
        }
    }

    /// <summary>Copies a sparse table of compressed rows; what is absent is missing.</summary>
    /// <param name="rowStarts">Where each row starts among the values, and at the end their number.</param>
    /// <param name="indices">Column per value.</param>
    /// <param name="values">The values.</param>
    /// <param name="columnCount">Number of columns, more than any index.</param>
    public static DMatrix FromSparse(ReadOnlySpan<long> rowStarts, ReadOnlySpan<int> indices, ReadOnlySpan<float> values, int columnCount)
    {
        if (rowStarts.Length == 0 || rowStarts[^1] != values.Length || indices.Length != values.Length)
        {
            throw new ArgumentException("Row starts, indices and values do not fit each other.", nameof(rowStarts));
        }

        fixed (long* starts = rowStarts)
        fixed (int* columns = indices)
        fixed (float* data = values)
        {
            NativeMethods.Check(NativeMethods.XGDMatrixCreateFromCSREx(
                (nuint*)starts, (uint*)columns, data, (nuint)rowStarts.Length, (nuint)values.Length, (nuint)columnCount, out var handle));
            return new(handle);
        }
    }

    /// <summary>A copy of consecutive rows with their labels and weights. Groups, and weights of groups, are to be set again.</summary>
    public DMatrix Rows(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + (long)count, RowCount, nameof(count));
        var rows = new int[Math.Max(1, count)];
        for (var i = 0; i < count; i++)
        {
            rows[i] = start + i;
        }

        fixed (int* first = rows)
        {
            NativeMethods.Check(NativeMethods.XGDMatrixSliceDMatrixEx(Handle, first, (ulong)count, out var handle, 1));
            return new(handle);
        }
    }

    /// <summary>Sets the labels, one per row.</summary>
    public void SetLabels(ReadOnlySpan<float> labels) => SetFloats("label", labels);

    /// <summary>Sets the weights, one per row or, when rows are grouped, one per group.</summary>
    public void SetWeights(ReadOnlySpan<float> weights) => SetFloats("weight", weights);

    /// <summary>Sets the bounds of censored labels for <c>survival:aft</c>.</summary>
    public void SetLabelBounds(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper)
    {
        SetFloats("label_lower_bound", lower);
        SetFloats("label_upper_bound", upper);
    }

    /// <summary>Sets the sizes of consecutive groups of rows, for ranking.</summary>
    public void SetGroupSizes(ReadOnlySpan<uint> sizes)
    {
        fixed (uint* first = sizes)
        {
            NativeMethods.Check(NativeMethods.XGDMatrixSetUIntInfo(Handle, "group", first, (ulong)sizes.Length));
        }
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => Handle.Dispose();

    private void SetFloats(string field, ReadOnlySpan<float> values)
    {
        fixed (float* first = values)
        {
            NativeMethods.Check(NativeMethods.XGDMatrixSetFloatInfo(Handle, field, first, (ulong)values.Length));
        }
    }
}
