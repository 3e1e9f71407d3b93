namespace Sagebrush.Learning.Neighbors;

/// <summary>The best few of many scored rows, best first; of equal scores the one that came first.</summary>
internal sealed class TopNeighbors(int capacity)
{
    private readonly int[] _rows = new int[capacity];
    private readonly float[] _scores = new float[capacity];

    public int Count { get; private set; }

    /// <summary>What a score must pass to count.</summary>
    public float Bar => Count < capacity ? float.NegativeInfinity : _scores[capacity - 1];

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Offer(int row, float score)
    {
        if (Count == capacity && !(score > _scores[^1]))
        {
            return;
        }

        var at = Count < capacity ? Count++ : capacity - 1;
        for (; at > 0 && score > _scores[at - 1]; at--)
        {
            _scores[at] = _scores[at - 1];
            _rows[at] = _rows[at - 1];
        }

        (_scores[at], _rows[at]) = (score, row);
    }
}
