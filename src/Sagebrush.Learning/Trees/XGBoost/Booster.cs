using System.Globalization;
using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Trains gradient boosting through libxgboost.</summary>
/// <remarks>Not thread-safe. To predict in production load what <see cref="Save"/> gives into an <see cref="XGBoostModel"/>.</remarks>
public sealed unsafe class Booster : IDisposable
{
    // The library's kinds of prediction.
    private const int ValuesType = 0;
    private const int MarginsType = 1;
    private const int ContributionsType = 2;

    private readonly BoosterHandle _handle;

    private Booster(BoosterHandle handle) => _handle = handle;

    /// <summary>Number of boosting rounds done, those of a loaded model included.</summary>
    public int BoostedRounds
    {
        get
        {
            NativeMethods.Check(NativeMethods.XGBoosterBoostedRounds(_handle, out var rounds));
            return rounds;
        }
    }

    /// <summary>Creates an untrained booster.</summary>
    /// <param name="parameters">XGBoost's parameters; a name may come several times (<c>eval_metric</c>).</param>
    /// <param name="cached">The matrices it will train on and evaluate: their predictions are kept between rounds.</param>
    public static Booster Create(IEnumerable<KeyValuePair<string, string>> parameters, params ReadOnlySpan<DMatrix> cached)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var pinned = new PinnedMatrices(cached);
        fixed (nint* matrices = pinned.Handles)
        {
            NativeMethods.Check(NativeMethods.XGBoosterCreate(matrices, (ulong)cached.Length, out var handle));
            var booster = new Booster(handle);
            try
            {
                foreach (var (name, value) in parameters)
                {
                    booster.SetParameter(name, value);
                }

                return booster;
            }
            catch
            {
                booster.Dispose();
                throw;
            }
        }
    }

    /// <summary>Sets a parameter; the library checks it at the next round.</summary>
    public void SetParameter(string name, string value) =>
        NativeMethods.Check(NativeMethods.XGBoosterSetParam(_handle, name, value));

    /// <summary>Boosts one round.</summary>
    /// <exception cref="XGBoostException">The library refuses a parameter or a label.</exception>
    public void Update(int iteration, DMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        NativeMethods.Check(NativeMethods.XGBoosterUpdateOneIter(_handle, iteration, train.Handle));
    }

    /// <summary>Evaluates the metrics on matrices.</summary>
    /// <returns>Values in the order of the matrices, then of the metrics.</returns>
    public IReadOnlyList<EvaluatedMetric> Evaluate(int iteration, params ReadOnlySpan<(string Name, DMatrix Matrix)> sets)
    {
        var matrices = new DMatrix[sets.Length];
        var names = stackalloc byte*[sets.Length];
        try
        {
            for (var i = 0; i < sets.Length; i++)
            {
                matrices[i] = sets[i].Matrix;
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(sets[i].Name);
            }

            using var pinned = new PinnedMatrices(matrices);
            fixed (nint* handles = pinned.Handles)
            {
                NativeMethods.Check(NativeMethods.XGBoosterEvalOneIter(_handle, iteration, handles, names, (ulong)sets.Length, out var text));
                return Parse(Marshal.PtrToStringUTF8((nint)text) ?? "", sets);
            }
        }
        finally
        {
            for (var i = 0; i < sets.Length; i++)
            {
                Marshal.FreeCoTaskMem((nint)names[i]);
            }
        }
    }

    /// <summary>Predicts all rows of a matrix.</summary>
    /// <param name="matrix">The rows.</param>
    /// <param name="margins">Whether to leave out the objective's transform.</param>
    /// <returns>Row-major values.</returns>
    public float[] Predict(DMatrix matrix, bool margins = false)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Predict(matrix.Handle, margins ? MarginsType : ValuesType);
    }

    private float[] Predict(DMatrixHandle matrix, int type)
    {
        var config = $$"""{"type":{{type}},"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}""";
        NativeMethods.Check(NativeMethods.XGBoosterPredictFromDMatrix(
            _handle, matrix, config, out var shape, out var dimensions, out var result));
        long count = 1;
        for (ulong i = 0; i < dimensions; i++)
        {
            count *= (long)shape[i];
        }

        return new ReadOnlySpan<float>(result, checked((int)count)).ToArray();
    }

    /// <summary>SHAP values of all rows, as libxgboost computes them.</summary>
    /// <param name="matrix">The rows.</param>
    /// <returns>Row-major values: for each group one per feature, then the expectation.</returns>
    public float[] PredictContributions(DMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Predict(matrix.Handle, ContributionsType);
    }

    /// <summary>The model in a stored format.</summary>
    public byte[] Save(XGBoostFormat format = XGBoostFormat.Ubjson)
    {
        var name = format switch
        {
            XGBoostFormat.Json => "json",
            XGBoostFormat.Ubjson => "ubj",
            XGBoostFormat.Binary => "deprecated",
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };
        NativeMethods.Check(NativeMethods.XGBoosterSaveModelToBuffer(
            _handle, $$"""{"format":"{{name}}"}""", out var length, out var buffer));
        return new ReadOnlySpan<byte>(buffer, checked((int)length)).ToArray();
    }

    /// <summary>Replaces the model by a stored one, to go on training it.</summary>
    /// <exception cref="XGBoostException">The content is not a model.</exception>
    public void Load(ReadOnlySpan<byte> content)
    {
        fixed (byte* first = content)
        {
            NativeMethods.Check(NativeMethods.XGBoosterLoadModelFromBuffer(_handle, first, (ulong)content.Length));
        }
    }

    /// <summary>A booster of the first rounds alone. Linear models cannot be cut.</summary>
    public Booster FirstRounds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        NativeMethods.Check(NativeMethods.XGBoosterSlice(_handle, 0, count, 1, out var slice));
        return new(slice);
    }

    /// <summary>An attribute stored with the model; null when there is none.</summary>
    public string? GetAttribute(string key)
    {
        NativeMethods.Check(NativeMethods.XGBoosterGetAttr(_handle, key, out var value, out var found));
        return found == 0 ? null : Marshal.PtrToStringUTF8((nint)value);
    }

    /// <summary>Stores an attribute with the model; null removes it.</summary>
    public void SetAttribute(string key, string? value) =>
        NativeMethods.Check(NativeMethods.XGBoosterSetAttr(_handle, key, value));

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>Splits <c>[3]\ttrain-rmse:0.5\tvalidation-rmse:0.6</c>.</summary>
    private static List<EvaluatedMetric> Parse(string text, ReadOnlySpan<(string Name, DMatrix Matrix)> sets)
    {
        List<EvaluatedMetric> metrics = [];
        foreach (var part in text.Split('\t').Skip(1))
        {
            var colon = part.LastIndexOf(':');
            foreach (var (name, _) in sets)
            {
                if (colon > name.Length && part.StartsWith(name, StringComparison.Ordinal) && part[name.Length] == '-')
                {
                    metrics.Add(new(name, part[(name.Length + 1)..colon], ParseValue(part.AsSpan(colon + 1))));
                    break;
                }
            }
        }

        return metrics;
    }

    private static double ParseValue(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : text.Trim() switch
            {
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                _ => double.NaN,
            };

    /// <summary>Keeps matrices alive while their bare handles are in native hands.</summary>
    private readonly ref struct PinnedMatrices
    {
        private readonly ReadOnlySpan<DMatrix> _matrices;

        public PinnedMatrices(ReadOnlySpan<DMatrix> matrices)
        {
            _matrices = matrices;
            Handles = new nint[Math.Max(1, matrices.Length)];
            for (var i = 0; i < matrices.Length; i++)
            {
                var added = false;
                matrices[i].Handle.DangerousAddRef(ref added);
                Handles[i] = matrices[i].Handle.DangerousGetHandle();
            }
        }

        public nint[] Handles { get; }

        public void Dispose()
        {
            foreach (var matrix in _matrices)
            {
                matrix.Handle.DangerousRelease();
            }
        }
    }
}
