using System.Globalization;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A place in a document, which knows its path, so that errors can say where they are.</summary>
internal readonly struct DocumentCursor(ModelValue value, string path)
{
    public DocumentCursor this[string name] =>
        Find(name) ?? throw Error($"it has no member '{name}'");

    public DocumentCursor? Find(string name)
    {
        if (value is not ModelValue.Fields fields)
        {
            throw Error($"it is a value of the kind {value.Kind}, not an object");
        }

        return fields.Values.TryGetValue(name, out var member) ? new(member, $"{path}.{name}") : null;
    }

    public string Text() => value switch
    {
        ModelValue.Text text => text.Value,
        ModelValue.Number number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        _ => throw Error($"it is a value of the kind {value.Kind}, not a text"),
    };

    public int Integer() => value switch
    {
        ModelValue.Text text when int.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) => parsed,
        ModelValue.Number number => ToInteger(number.Value),
        _ => throw Error("it is not a whole number"),
    };

    public int[] Integers()
    {
        var numbers = Numbers();
        var integers = new int[numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            integers[i] = ToInteger(numbers[i]);
        }

        return integers;
    }

    public float[] Floats() => Array.ConvertAll(Numbers(), number => (float)number);

    public IEnumerable<DocumentCursor> Items()
    {
        var here = path;
        return value switch
        {
            ModelValue.Items items => items.Values.Select((item, i) => new DocumentCursor(item, $"{here}[{i}]")),
            ModelValue.Numbers { Values.Length: 0 } => [],
            _ => throw Error($"it is a value of the kind {value.Kind}, not an array"),
        };
    }

    public IEnumerable<(string Name, DocumentCursor Value)> Fields()
    {
        var here = path;
        return value is ModelValue.Fields fields
            ? fields.Values.Select(field => (field.Key, new DocumentCursor(field.Value, $"{here}.{field.Key}")))
            : throw Error($"it is a value of the kind {value.Kind}, not an object");
    }

    public ModelFormatException Error(string what) => new($"The model cannot be read at {path}: {what}.");

    private double[] Numbers() => value is ModelValue.Numbers numbers
        ? numbers.Values
        : throw Error($"it is a value of the kind {value.Kind}, not an array of numbers");

    private int ToInteger(double number) => number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw Error(string.Create(CultureInfo.InvariantCulture, $"{number} is not a whole number in range"));
}
