using System.Buffers;
using System.Text;

namespace Sagebrush.Serving.Tensors;

/// <summary>Tensors as tables: CSV in and out.</summary>
internal static class TensorTables
{
    /// <summary>Reads rows of one input, or of several that are a column each.</summary>
    /// <exception cref="FormatException">A cell is not what the model wants, or there are not as many as it wants.</exception>
    public static IReadOnlyList<Tensor> Read(ITensorModel model, ReadOnlySpan<byte> body)
    {
        List<Range> lines = [];
        foreach (var line in body.Split((byte)'\n'))
        {
            if (!body[line].Trim(" \r\t"u8).IsEmpty)
            {
                lines.Add(line);
            }
        }

        if (lines.Count == 0)
        {
            throw new FormatException("the body has no rows");
        }

        var cells = body[lines[0]].Count((byte)',') + 1;
        var columns = model.Inputs.Count > 1 && model.Inputs.All(input => input.Shape.Count <= 2);
        var width = columns ? model.Inputs.Count : 1;
        if (columns && cells != width)
        {
            throw new FormatException($"row 1 has {cells} columns; the model has {width} inputs: {TensorInputs.Names(model.Inputs)}");
        }

        if (!columns)
        {
            TensorFlowServing.Only(model);
        }

        var tensors = model.Inputs.Select(input => input.Type.Allocate(lines.Count * (columns ? 1 : cells))).ToList();
        for (var row = 0; row < lines.Count; row++)
        {
            var line = body[lines[row]].Trim(" \r\t"u8);
            var column = 0;
            foreach (var range in line.Split((byte)','))
            {
                if (column == cells)
                {
                    break;
                }

                var (tensor, at) = columns ? (column, row) : (0, (row * cells) + column);
                try
                {
                    model.Inputs[tensor].Type.Parse(line[range].Trim((byte)' '), tensors[tensor], at);
                }
                catch (FormatException error)
                {
                    throw new FormatException($"row {row + 1}, column {column + 1}: {error.Message}", error);
                }

                column++;
            }

            if (line.Count((byte)',') + 1 != cells)
            {
                throw new FormatException($"row {row + 1} has {line.Count((byte)',') + 1} columns, and row 1 has {cells}");
            }
        }

        IReadOnlyList<long> shape = columns ? [lines.Count] : [lines.Count, cells];
        return [.. model.Inputs.Select((input, i) => new Tensor(input.Name, input.Type, shape, tensors[i]))];
    }

    /// <summary>Writes the outputs side by side, a line for each entry of their first dimension.</summary>
    /// <exception cref="ModelInvocationException">They have different numbers of entries.</exception>
    public static void Write(IReadOnlyList<Tensor> outputs, IBufferWriter<byte> output)
    {
        var rows = Rows(outputs[0]);
        if (outputs.Any(tensor => Rows(tensor) != rows))
        {
            throw TensorResponses.Refused(406, "The outputs have different numbers of rows, which text/csv cannot hold. Please accept application/json.");
        }

        for (var row = 0; row < rows; row++)
        {
            var first = true;
            foreach (var tensor in outputs)
            {
                var width = tensor.Elements.Length / rows;
                for (var i = 0; i < width; i++)
                {
                    Append(output, first ? ""u8 : ","u8);
                    first = false;
                    WriteCell(tensor, (row * width) + i, output);
                }
            }

            Append(output, "\n"u8);
        }
    }

    private static int Rows(Tensor tensor) => tensor.Shape is [var rows, ..] ? (int)rows : 1;

    private static void WriteCell(Tensor tensor, int index, IBufferWriter<byte> output)
    {
        if (tensor.Type == ElementType.Text)
        {
            Encoding.UTF8.GetBytes(((string[])tensor.Elements)[index], output);
            return;
        }

        var value = tensor.Elements.GetValue(index)!;
        Span<byte> text = stackalloc byte[48];
        if (value is IUtf8SpanFormattable number && number.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture))
        {
            Append(output, text[..length]);
        }
        else
        {
            Append(output, value is true ? "1"u8 : "0"u8);
        }
    }

    private static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> text) => output.Write(text);
}
