using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Anomaly;

/// <summary>A tree of random cuts: in every node a feature is drawn by the extent of its values, and a place within it uniformly.</summary>
/// <remarks>Nodes are numbered in the order they were cut, the left child right behind its parent. Boxes hold minima, then maxima.</remarks>
internal sealed class CutTree(int featureCount, int[] features, float[] cuts, int[] rights, int[] masses, float[] boxes)
{
    private const int Leaf = -1;

    /// <summary>Feature that a node cuts; -1 for a leaf.</summary>
    public int[] Features => features;

    /// <summary>Where it is cut: values up to it go left.</summary>
    public float[] Cuts => cuts;

    /// <summary>The right child.</summary>
    public int[] Rights => rights;

    /// <summary>Rows below a node.</summary>
    public int[] Masses => masses;

    /// <summary>Minima and maxima of the rows below a node.</summary>
    public float[] Boxes => boxes;

    public static CutTree Grow(FeatureMatrix rows, RandomStream random)
    {
        var grower = new Grower(rows, random);
        grower.Cut(0, rows.RowCount);
        return grower.Finish();
    }

    /// <summary>
    /// Expected score of a row over the cuts that inserting it could make: at each node the row is cut off with the probability
    /// that its extent adds to the box, and scores by how few rows share its side and how early it is alone.
    /// </summary>
    public double Score(ReadOnlySpan<float> row)
    {
        double score = 0;
        double reaching = 1;
        var node = 0;
        var total = masses[0];
        for (var depth = 0; ; depth++)
        {
            var separated = Separation(row, node);
            var damping = 1 - (masses[node] / (2.0 * total));
            if (features[node] == Leaf)
            {
                // A row equal to the leaf's is not cut off: it scores as one of them.
                var seen = damping / (depth + Math.Log2(masses[node] + 1));
                var unseen = separated == 0 ? seen : 1.0 / (depth + 1);
                return (score + (reaching * unseen)) * Math.Log2(total + 1);
            }

            score += reaching * separated * damping / (depth + 1);
            reaching *= 1 - separated;
            if (reaching < 1e-12)
            {
                return score * Math.Log2(total + 1);
            }

            node = row[features[node]] <= cuts[node] ? node + 1 : rights[node];
        }
    }

    private double Separation(ReadOnlySpan<float> row, int node)
    {
        var box = boxes.AsSpan(node * 2 * featureCount, 2 * featureCount);
        var low = box[..featureCount];
        var high = box[featureCount..];
        double extent = 0;
        double added = 0;
        for (var j = 0; j < row.Length; j++)
        {
            extent += (double)high[j] - low[j];
            added += Math.Max(0, (double)low[j] - row[j]) + Math.Max(0, (double)row[j] - high[j]);
        }

        return added == 0 ? 0 : added / (extent + added);
    }

    private sealed class Grower(FeatureMatrix rows, RandomStream random)
    {
        private readonly int[] _order = [.. Enumerable.Range(0, rows.RowCount)];
        private readonly List<int> _features = [];
        private readonly List<float> _cuts = [];
        private readonly List<int> _rights = [];
        private readonly List<int> _masses = [];
        private readonly List<float> _boxes = [];

        public void Cut(int from, int to)
        {
            // A stack of its own: rows in a line make trees as deep as they are many.
            var open = new Stack<(int From, int To, int Parent)>();
            open.Push((from, to, -1));
            while (open.TryPop(out var part))
            {
                var node = _features.Count;
                if (part.Parent >= 0)
                {
                    _rights[part.Parent] = node;
                }

                var middle = Split(part.From, part.To);
                if (middle > part.From)
                {
                    open.Push((middle, part.To, node));
                    open.Push((part.From, middle, -1));
                }
            }
        }

        public CutTree Finish() => new(rows.ColumnCount, [.. _features], [.. _cuts], [.. _rights], [.. _masses], [.. _boxes]);

        /// <summary>Adds a node; gives where its right rows begin, or <paramref name="from"/> for a leaf.</summary>
        private int Split(int from, int to)
        {
            var columns = rows.ColumnCount;
            var box = new float[2 * columns];
            rows.Row(_order[from]).CopyTo(box);
            rows.Row(_order[from]).CopyTo(box.AsSpan(columns));
            for (var i = from + 1; i < to; i++)
            {
                var row = rows.Row(_order[i]);
                System.Numerics.Tensors.TensorPrimitives.Min(row, box.AsSpan(0, columns), box.AsSpan(0, columns));
                System.Numerics.Tensors.TensorPrimitives.Max(row, box.AsSpan(columns), box.AsSpan(columns));
            }

            double extent = 0;
            for (var j = 0; j < columns; j++)
            {
                extent += (double)box[columns + j] - box[j];
            }

            _boxes.AddRange(box);
            _masses.Add(to - from);
            _rights.Add(0);
            if (!(extent > 0))
            {
                _features.Add(Leaf);
                _cuts.Add(0);
                return from;
            }

            var (feature, cut) = Draw(box, extent);
            _features.Add(feature);
            _cuts.Add(cut);
            var middle = from;
            for (var i = from; i < to; i++)
            {
                if (rows.Row(_order[i])[feature] <= cut)
                {
                    (_order[i], _order[middle]) = (_order[middle], _order[i]);
                    middle++;
                }
            }

            return middle;
        }

        private (int Feature, float Cut) Draw(float[] box, double extent)
        {
            var columns = rows.ColumnCount;
            var place = random.NextDouble() * extent;
            var last = -1;
            for (var j = 0; j < columns; j++)
            {
                var width = (double)box[columns + j] - box[j];
                if (width <= 0)
                {
                    continue;
                }

                last = j;
                if (place < width)
                {
                    break;
                }

                place -= width;
            }

            // Below the largest value, so that both sides have rows.
            var cut = (float)(box[last] + place);
            return (last, cut < box[columns + last] ? Math.Max(cut, box[last]) : MathF.BitDecrement(box[columns + last]));
        }
    }
}
