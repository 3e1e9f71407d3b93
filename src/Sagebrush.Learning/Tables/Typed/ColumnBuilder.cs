namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Gathers a column from its parts.</summary>
internal sealed class ColumnBuilder(bool asText)
{
    private readonly TextDictionary _texts = new();
    private double[] _numbers = [];
    private int[] _codes = [];
    private int _rows;

    /// <summary>Whether the column holds texts.</summary>
    public bool IsText { get; private set; } = asText;

    /// <summary>Whether the column turned out to be texts after parts of it were kept as numbers only: it must be read again.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Adds a part that comes after those added before.</summary>
    public void Add(ColumnPart part, int rows, double rowsToCome)
    {
        if (part.IsText && !IsText)
        {
            IsText = true;
            IsIncomplete = _rows > 0;
            _numbers = [];
        }

        if (IsIncomplete)
        {
            return;
        }

        var room = checked((int)Math.Min(Array.MaxLength, Math.Max(_rows + rows, (_rows + rows) * rowsToCome)));
        if (IsText)
        {
            Reserve(ref _codes, rows, room);
            Span<int> codes = part.Texts.Count <= 1024 ? stackalloc int[part.Texts.Count] : new int[part.Texts.Count];
            for (var code = 0; code < codes.Length; code++)
            {
                codes[code] = _texts.Code(part.Texts[code]);
            }

            for (var row = 0; row < rows; row++)
            {
                _codes[_rows + row] = part.Codes[row] < 0 ? -1 : codes[part.Codes[row]];
            }
        }
        else
        {
            Reserve(ref _numbers, rows, room);
            part.Numbers.CopyTo(_numbers.AsSpan(_rows));
        }

        _rows += rows;
    }

    /// <summary>The whole column.</summary>
    public TableColumn ToColumn(string name)
    {
        if (IsText)
        {
            Array.Resize(ref _codes, _rows);
            return new(name, _codes, _texts.ToTexts());
        }

        Array.Resize(ref _numbers, _rows);
        return new(name, _numbers);
    }

    private void Reserve<T>(ref T[] values, int rows, int room)
    {
        if (_rows + rows > values.Length)
        {
            Array.Resize(ref values, Math.Max(room, (int)Math.Min(Array.MaxLength, values.Length * 3L / 2)));
        }
    }
}
