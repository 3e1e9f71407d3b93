namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A learning objective of XGBoost: how margins become predictions and how a base score becomes a margin.</summary>
/// <remarks>Transforms are computed in float32, as libxgboost 1.7 computes them (src/objective, src/common/math.h).</remarks>
public sealed class XGBoostObjective
{
    private static readonly Dictionary<string, XGBoostObjective> ByName = new(StringComparer.Ordinal);

    private XGBoostObjective(string name, Output output, bool logLink, bool logitBase)
    {
        Name = name;
        Kind = output;
        HasLogBase = logLink;
        HasLogitBase = logitBase;
    }

    private enum Output
    {
        Margin,
        Sigmoid,
        Exponential,
        Sign,
        MostLikelyClass,
        ClassProbabilities,
    }

    static XGBoostObjective()
    {
        foreach (var name in (ReadOnlySpan<string>)[
            "reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
            "binary:logitraw", "rank:pairwise", "rank:ndcg", "rank:map"])
        {
            ByName[name] = new(name, Output.Margin, false, false);
        }

        foreach (var name in (ReadOnlySpan<string>)["reg:logistic", "binary:logistic"])
        {
            ByName[name] = new(name, Output.Sigmoid, false, true);
        }

        foreach (var name in (ReadOnlySpan<string>)["count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft"])
        {
            ByName[name] = new(name, Output.Exponential, true, false);
        }

        ByName["binary:hinge"] = new("binary:hinge", Output.Sign, false, false);
        ByName["multi:softmax"] = new("multi:softmax", Output.MostLikelyClass, false, false);
        ByName["multi:softprob"] = new("multi:softprob", Output.ClassProbabilities, false, false);
    }

    /// <summary>Names of all objectives that can be evaluated.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The objective's name, for example <c>binary:logistic</c>.</summary>
    public string Name { get; }

    /// <summary>Whether there is one margin per class.</summary>
    public bool IsMultiClass => Kind is Output.MostLikelyClass or Output.ClassProbabilities;

    /// <summary>Whether a prediction is one of two classes or the probability of the second.</summary>
    public bool IsBinary => Name.StartsWith("binary:", StringComparison.Ordinal);

    private Output Kind { get; }

    private bool HasLogBase { get; }

    private bool HasLogitBase { get; }

    /// <summary>Finds an objective by its name; null when there is none.</summary>
    public static XGBoostObjective? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Values per row after the transform, given the number of margins per row.</summary>
    public int OutputCount(int groupCount) => Kind == Output.MostLikelyClass ? 1 : groupCount;

    /// <summary>The margin all sums start from, for a base score the user or the trainer gave.</summary>
    public float BaseMargin(float baseScore)
    {
        if (HasLogitBase)
        {
            return -MathF.Log((1f / baseScore) - 1f);
        }

        return HasLogBase ? MathF.Log(baseScore) : baseScore;
    }

    /// <summary>Turns the margins of one row into its prediction.</summary>
    /// <param name="margins">One margin per group; used as scratch space.</param>
    /// <param name="output">Receives <see cref="OutputCount"/> values; may be the same memory as the margins.</param>
    public void Transform(Span<float> margins, Span<float> output)
    {
        switch (Kind)
        {
            case Output.Sigmoid:
                for (var i = 0; i < margins.Length; i++)
                {
                    output[i] = Sigmoid(margins[i]);
                }

                break;
            case Output.Exponential:
                for (var i = 0; i < margins.Length; i++)
                {
                    output[i] = MathF.Exp(margins[i]);
                }

                break;
            case Output.Sign:
                for (var i = 0; i < margins.Length; i++)
                {
                    output[i] = margins[i] > 0f ? 1f : 0f;
                }

                break;
            case Output.MostLikelyClass:
                output[0] = MostLikely(margins);
                break;
            case Output.ClassProbabilities:
                Softmax(margins, output);
                break;
            default:
                margins.CopyTo(output);
                break;
        }
    }

    private static float Sigmoid(float x)
    {
        // The bound keeps the exponential finite; both constants are libxgboost's.
        var denominator = MathF.Exp(MathF.Min(-x, 88.7f)) + 1f + 1e-16f;
        return 1f / denominator;
    }

    private static int MostLikely(ReadOnlySpan<float> margins)
    {
        var best = 0;
        for (var i = 1; i < margins.Length; i++)
        {
            if (margins[i] > margins[best])
            {
                best = i;
            }
        }

        return best;
    }

    private static void Softmax(ReadOnlySpan<float> margins, Span<float> output)
    {
        var largest = margins[0];
        for (var i = 1; i < margins.Length; i++)
        {
            largest = MathF.Max(margins[i], largest);
        }

        double sum = 0;
        for (var i = 0; i < margins.Length; i++)
        {
            output[i] = MathF.Exp(margins[i] - largest);
            sum += output[i];
        }

        var total = (float)sum;
        for (var i = 0; i < margins.Length; i++)
        {
            output[i] /= total;
        }
    }
}
