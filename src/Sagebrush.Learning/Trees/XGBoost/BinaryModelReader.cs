using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Reads the binary format that <c>save_model</c> of XGBoost 0.x and 1.x writes to files without an extension.</summary>
/// <remarks>
/// Little-endian C structures: learner parameters (136 bytes), names of objective and booster, the booster, attributes.
/// Layouts are those of LearnerModelParamLegacy, GBTreeModelParam, TreeParam, RegTree::Node and RTreeNodeStat in 1.7.
/// </remarks>
internal ref struct BinaryModelReader
{
    private const int LearnerParametersSize = 136;
    private const int ForestParametersSize = 160;
    private const int TreeParametersSize = 148;
    private const int NodeSize = 20;
    private const int StatisticsSize = 16;
    private const int LinearParametersSize = 136;
    private const int LongestName = 256;

    private readonly ReadOnlySpan<byte> _content;
    private int _at;

    private BinaryModelReader(ReadOnlySpan<byte> content) => _content = content;

    public static XGBoostModel Read(ReadOnlySpan<byte> content, XGBoostLoadOptions options)
    {
        var reader = new BinaryModelReader(content);
        return reader.ReadModel(options);
    }

    private XGBoostModel ReadModel(XGBoostLoadOptions options)
    {
        if (_content.StartsWith("binf"u8))
        {
            _at = 4;
        }

        var learner = Take(LearnerParametersSize, "the learner's parameters");
        var baseScore = BinaryPrimitives.ReadSingleLittleEndian(learner);
        var featureCount = BinaryPrimitives.ReadInt32LittleEndian(learner[4..]);
        var classCount = BinaryPrimitives.ReadInt32LittleEndian(learner[8..]);
        var hasAttributes = BinaryPrimitives.ReadInt32LittleEndian(learner[12..]) != 0;
        var majorVersion = BinaryPrimitives.ReadUInt32LittleEndian(learner[20..]);
        var targetCount = BinaryPrimitives.ReadInt32LittleEndian(learner[28..]);
        var objectiveName = ReadText("the objective's name", LongestName);
        var booster = ReadText("the booster's name", LongestName);
        if (!objectiveName.Contains(':', StringComparison.Ordinal))
        {
            throw new ModelFormatException("The file is not an XGBoost model: it is neither JSON nor UBJSON nor the binary format.");
        }

        var parts = new ModelParts
        {
            ObjectiveName = objectiveName,
            Booster = booster,
            FeatureCount = featureCount,
            ClassCount = classCount,
            TargetCount = targetCount,
            BaseScores = [baseScore],

            // Before 1.0 the file keeps the margin itself.
            BaseScoreIsMargin = majorVersion < 1,
        };
        switch (booster)
        {
            case "gbtree" or "dart":
                ReadForest(parts, booster == "dart");
                break;
            case "gblinear":
                Take(LinearParametersSize, "the linear model's parameters");
                parts.LinearWeights = ReadFloats("the linear model's weights");
                break;
            default:
                throw new ModelFormatException($"The booster '{booster}' is not known; expected gbtree, dart or gblinear.");
        }

        if (hasAttributes)
        {
            var count = ReadCount("the attributes", 16);
            for (var i = 0; i < count; i++)
            {
                var name = ReadText("an attribute's name", int.MaxValue);
                parts.Attributes[name] = ReadText("an attribute's value", int.MaxValue);
            }
        }

        return parts.Assemble(options);
    }

    private void ReadForest(ModelParts parts, bool dart)
    {
        var forest = Take(ForestParametersSize, "the forest's parameters");
        var count = BinaryPrimitives.ReadInt32LittleEndian(forest);
        parts.ParallelTrees = Math.Max(1, BinaryPrimitives.ReadInt32LittleEndian(forest[4..]));
        if (count < 0 || count > (_content.Length - _at) / (TreeParametersSize + NodeSize))
        {
            throw Error($"{count} trees do not fit into the file");
        }

        for (var i = 0; i < count; i++)
        {
            parts.Trees.Add(ReadTree(i));
        }

        var groups = Take(checked(count * sizeof(int)), "the trees' groups");
        parts.Groups = MemoryMarshal.Cast<byte, int>(groups).ToArray();
        if (dart && count > 0)
        {
            parts.TreeWeights = ReadFloats("the trees' weights");
        }
    }

    private RegressionTree ReadTree(int index)
    {
        var parameters = Take(TreeParametersSize, $"tree {index}");
        var count = BinaryPrimitives.ReadInt32LittleEndian(parameters[4..]);
        if (count <= 0 || count > (_content.Length - _at) / (NodeSize + StatisticsSize))
        {
            throw Error($"tree {index} has {count} nodes, which do not fit into the file");
        }

        var nodes = Take(count * NodeSize, $"the nodes of tree {index}");
        var statistics = Take(count * StatisticsSize, $"the statistics of tree {index}");
        var leafVectorSize = BinaryPrimitives.ReadInt32LittleEndian(parameters[20..]);
        if (leafVectorSize != 0)
        {
            throw new ModelFormatException($"Tree {index} has leaves with {leafVectorSize} values; only single values can be evaluated.");
        }

        var left = new int[count];
        var right = new int[count];
        var features = new int[count];
        var thresholds = new float[count];
        var defaultLeft = new bool[count];
        var covers = new float[count];
        for (var i = 0; i < count; i++)
        {
            // parent, left, right, feature with the default direction in its highest bit, threshold or leaf value.
            var node = nodes.Slice(i * NodeSize, NodeSize);
            left[i] = BinaryPrimitives.ReadInt32LittleEndian(node[4..]);
            right[i] = BinaryPrimitives.ReadInt32LittleEndian(node[8..]);
            var feature = BinaryPrimitives.ReadUInt32LittleEndian(node[12..]);
            features[i] = (int)(feature & int.MaxValue);
            defaultLeft[i] = feature >> 31 != 0;
            thresholds[i] = BinaryPrimitives.ReadSingleLittleEndian(node[16..]);

            // Gain, sum of hessians, weight, count of leaves.
            covers[i] = BinaryPrimitives.ReadSingleLittleEndian(statistics[((i * StatisticsSize) + sizeof(float))..]);
        }

        return new()
        {
            LeftChildren = left,
            RightChildren = right,
            Features = features,
            Thresholds = thresholds,
            DefaultLeft = defaultLeft,
            Covers = covers,
        };
    }

    private float[] ReadFloats(string what)
    {
        var count = ReadCount(what, sizeof(float));
        return MemoryMarshal.Cast<byte, float>(Take(count * sizeof(float), what)).ToArray();
    }

    private string ReadText(string what, int longest)
    {
        var length = ReadCount(what, 1);
        return length <= longest ? Encoding.UTF8.GetString(Take(length, what)) : throw Error($"{what} is {length} bytes long");
    }

    private int ReadCount(string what, int itemSize)
    {
        var count = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));
        return count <= (ulong)((_content.Length - _at) / itemSize)
            ? (int)count
            : throw Error(string.Create(CultureInfo.InvariantCulture, $"{what} ({count} of them) do not fit into the file"));
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > _content.Length - _at)
        {
            throw Error($"the file ends within {what}");
        }

        _at += count;
        return _content.Slice(_at - count, count);
    }

    private readonly ModelFormatException Error(string what) =>
        new($"The file is not an XGBoost model or is damaged: {what}, at byte {_at}.");
}
