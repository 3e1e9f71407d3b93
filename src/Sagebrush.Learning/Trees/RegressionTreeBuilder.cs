namespace Sagebrush.Learning.Trees;

/// <summary>Collects the nodes of a tree that grows.</summary>
internal sealed class RegressionTreeBuilder
{
    private readonly List<int> _left = [];
    private readonly List<int> _right = [];
    private readonly List<int> _features = [];
    private readonly List<float> _values = [];
    private readonly List<bool> _defaultLeft = [];
    private readonly List<float> _covers = [];
    private readonly List<float> _leafVectors = [];
    private readonly List<int> _categorySets = [];
    private readonly List<uint> _categoryWords = [];

    /// <summary>Number of nodes.</summary>
    public int Count => _left.Count;

    /// <summary>Adds a leaf, which <see cref="Split(int, int, float, bool)"/> may turn into an inner node.</summary>
    /// <param name="cover">How much data is in it.</param>
    /// <returns>The node.</returns>
    public int AddLeaf(double cover)
    {
        _left.Add(-1);
        _right.Add(-1);
        _features.Add(0);
        _values.Add(0);
        _defaultLeft.Add(false);
        _covers.Add((float)cover);
        _categorySets.Add(-1);
        return Count - 1;
    }

    /// <summary>Sets what a leaf predicts.</summary>
    public void SetLeaf(int node, double value) => _values[node] = (float)value;

    /// <summary>Sets the numbers that a leaf predicts.</summary>
    public void SetLeaf(int node, int number, ReadOnlySpan<float> vector)
    {
        _values[node] = number;
        _leafVectors.AddRange(vector);
    }

    /// <summary>Makes a node ask for a number; its children are to be set.</summary>
    public void Split(int node, int feature, float threshold, bool defaultLeft)
    {
        _features[node] = feature;
        _values[node] = threshold;
        _defaultLeft[node] = defaultLeft;
    }

    /// <summary>Makes a node ask for categories; its children are to be set.</summary>
    /// <param name="node">The node.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="categories">The categories that go left.</param>
    public void Split(int node, int feature, IReadOnlyCollection<int> categories)
    {
        Split(node, feature, 0f, defaultLeft: false);
        _categorySets[node] = _categoryWords.Count;
        var words = new uint[(categories.Max() >> 5) + 1];
        foreach (var category in categories)
        {
            words[category >> 5] |= 1u << (category & 31);
        }

        _categoryWords.Add((uint)words.Length);
        _categoryWords.AddRange(words);
    }

    /// <summary>Sets a node's children.</summary>
    public void Link(int node, int left, int right)
    {
        _left[node] = left;
        _right[node] = right;
    }

    /// <summary>The tree.</summary>
    /// <param name="group">Which output it adds to.</param>
    /// <param name="leafWidth">How many numbers a leaf has.</param>
    public RegressionTree Build(int group = 0, int leafWidth = 1) => new()
    {
        LeftChildren = [.. _left],
        RightChildren = [.. _right],
        Features = [.. _features],
        Thresholds = [.. _values],
        DefaultLeft = [.. _defaultLeft],
        Covers = [.. _covers],
        Group = group,
        LeafWidth = leafWidth,
        LeafVectors = [.. _leafVectors],
        CategorySets = _categoryWords.Count > 0 ? [.. _categorySets] : [],
        CategoryWords = [.. _categoryWords],
    };
}
