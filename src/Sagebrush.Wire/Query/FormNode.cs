using System.Globalization;
using System.Text;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Query;

/// <summary>A node of the tree that dotted form fields make: a value, children by name, or both.</summary>
public sealed class FormNode
{
    private const int MaxFields = 20_000;

    private const int MaxDepth = 32;

    private Dictionary<string, FormNode>? _children;

    /// <summary>The field's own value, if it has one.</summary>
    public string? Value { get; private set; }

    /// <summary>Reads a body of the type <c>application/x-www-form-urlencoded</c>.</summary>
    /// <exception cref="SerializationException">It has too many fields, nests too deep, or is not UTF-8.</exception>
    public static FormNode Parse(ReadOnlySpan<byte> body)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(body);
        }
        catch (DecoderFallbackException e)
        {
            throw new SerializationException("The form is not valid UTF-8.", e);
        }

        var root = new FormNode();
        var fields = 0;
        foreach (var range in text.AsSpan().Split('&'))
        {
            var field = text.AsSpan()[range];
            if (field.IsEmpty)
            {
                continue;
            }

            if (++fields > MaxFields)
            {
                throw new SerializationException("The form has too many fields.");
            }

            var equals = field.IndexOf('=');
            var name = Decode(equals < 0 ? field : field[..equals]);
            root.Add(name, equals < 0 ? "" : Decode(field[(equals + 1)..]));
        }

        return root;
    }

    /// <summary>The child <paramref name="name"/>, or null.</summary>
    public FormNode? Child(string name) => _children is not null && _children.TryGetValue(name, out var child) ? child : null;

    /// <summary>The children whose names are numbers, in their order.</summary>
    public IEnumerable<FormNode> Numbered() => (_children ?? [])
        .Select(c => (Number: int.TryParse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1, c.Value))
        .Where(c => c.Number >= 0)
        .OrderBy(c => c.Number)
        .Select(c => c.Value);

    private static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString().Replace('+', ' '));

    private void Add(string name, string value)
    {
        var node = this;
        var depth = 0;
        foreach (var range in name.AsSpan().Split('.'))
        {
            if (++depth > MaxDepth)
            {
                throw new SerializationException("A field's name has too many parts.");
            }

            var part = name[range];
            node._children ??= new Dictionary<string, FormNode>(StringComparer.Ordinal);
            if (!node._children.TryGetValue(part, out var child))
            {
                node._children[part] = child = new FormNode();
            }

            node = child;
        }

        node.Value = value;
    }
}
