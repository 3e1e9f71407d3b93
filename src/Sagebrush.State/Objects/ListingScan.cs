namespace Sagebrush.State.Objects;

/// <summary>Walks keys in order, rolls them up into common prefixes, and says which range of the index to read next.</summary>
internal sealed class ListingScan
{
    /// <summary>
    /// Rows under one common prefix that are read through before the index is asked for the end of the prefix: stepping costs a
    /// fraction of asking, so small folders are cheaper to walk.
    /// </summary>
    private const int StepsBeforeJump = 8;

    private readonly byte[] _prefix;
    private readonly byte[] _delimiter;
    private readonly byte[] _end;
    private readonly int _limit;
    private byte[]? _from;
    private byte[] _rolledUp = [];
    private byte[] _last = [];
    private int _count;
    private int _steps;

    public ListingScan(byte[] prefix, byte[] delimiter, string? after, int limit)
    {
        _prefix = prefix;
        _delimiter = delimiter;
        _limit = limit;
        _end = KeyBytes.AfterPrefix(prefix);
        _from = Start(KeyBytes.OfPattern(after));
    }

    public List<string> CommonPrefixes { get; } = [];

    /// <summary>The last entry of the page when there is more after it; empty when there is more but no room for any.</summary>
    public string? Next { get; private set; }

    /// <summary>The range to read now.</summary>
    /// <returns>False when the page is done.</returns>
    public bool NextRange(out byte[] from, out byte[] to)
    {
        (from, to) = (_from ?? [], _end);
        return _from is not null;
    }

    /// <summary>Looks at the next key of the range.</summary>
    public ListingStep Visit(ReadOnlySpan<byte> key)
    {
        if (_rolledUp.Length > 0 && key.StartsWith(_rolledUp))
        {
            if (++_steps < StepsBeforeJump)
            {
                return ListingStep.Skip;
            }

            _from = KeyBytes.AfterPrefix(_rolledUp);
            return ListingStep.Jump;
        }

        if (_count == _limit)
        {
            Next = KeyBytes.ToText(_last);
            _from = null;
            return ListingStep.Jump;
        }

        _count++;
        var common = KeyBytes.CommonPrefix(key, _prefix, _delimiter);
        if (common.IsEmpty)
        {
            _rolledUp = [];
            _last = key.ToArray();
            return ListingStep.Take;
        }

        _steps = 0;
        _last = _rolledUp = common.ToArray();
        CommonPrefixes.Add(KeyBytes.ToText(common));
        return ListingStep.Skip;
    }

    /// <summary>The range has no more keys.</summary>
    public void Finish() => _from = null;

    /// <remarks>
    /// A common prefix is listed only when it is itself after the marker, as S3 has it: so when the marker lies under one, all of
    /// that one's keys are passed over. It makes the last common prefix of a page a marker like any other.
    /// </remarks>
    private byte[] Start(byte[] after)
    {
        if (after.Length == 0)
        {
            return _prefix;
        }

        var common = KeyBytes.CommonPrefix(after, _prefix, _delimiter);
        var start = common.IsEmpty ? KeyBytes.AfterKey(after) : KeyBytes.AfterPrefix(common);
        return start.AsSpan().SequenceCompareTo(_prefix) > 0 ? start : _prefix;
    }
}
