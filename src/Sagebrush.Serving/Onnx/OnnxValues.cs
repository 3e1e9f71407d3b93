using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Sagebrush.Serving.Tensors;
using Tensor = Sagebrush.Serving.Tensors.Tensor;

namespace Sagebrush.Serving.Onnx;

/// <summary>Tensors as ONNX Runtime has them.</summary>
internal static class OnnxValues
{
    private static readonly (TensorElementType Onnx, ElementType Type)[] Types =
    [
        (TensorElementType.Bool, ElementType.Bool),
        (TensorElementType.Int8, ElementType.Int8),
        (TensorElementType.Int16, ElementType.Int16),
        (TensorElementType.Int32, ElementType.Int32),
        (TensorElementType.Int64, ElementType.Int64),
        (TensorElementType.UInt8, ElementType.UInt8),
        (TensorElementType.UInt16, ElementType.UInt16),
        (TensorElementType.UInt32, ElementType.UInt32),
        (TensorElementType.UInt64, ElementType.UInt64),
        (TensorElementType.Float16, ElementType.Float16),
        (TensorElementType.Float, ElementType.Float32),
        (TensorElementType.Double, ElementType.Float64),
        (TensorElementType.String, ElementType.Text),
    ];

    /// <exception cref="FormatException">It is not one that is served.</exception>
    public static ElementType Type(TensorElementType type) =>
        Types.FirstOrDefault(pair => pair.Onnx == type).Type ?? throw new FormatException($"tensors of {type} cannot be served");

    public static OrtValue Of(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        switch (tensor.Elements)
        {
            case string[] texts:
                var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
                for (var i = 0; i < texts.Length; i++)
                {
                    value.StringTensorSetElementAt(texts[i].AsSpan(), i);
                }

                return value;
            case Half[] halves:
                return OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<Half, Float16>(halves).ToArray(), shape);
            case bool[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case sbyte[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case short[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case int[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case long[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case byte[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case ushort[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case uint[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case ulong[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            case double[] elements:
                return OrtValue.CreateTensorValueFromMemory(elements, shape);
            default:
                return OrtValue.CreateTensorValueFromMemory((float[])tensor.Elements, shape);
        }
    }

    /// <summary>Copies an output.</summary>
    /// <exception cref="ModelInvocationException">It is of a kind that is not served.</exception>
    public static Tensor Read(string name, OrtValue value)
    {
        if (value.OnnxType == OnnxValueType.ONNX_TYPE_SEQUENCE)
        {
            return ReadMaps(name, value);
        }

        var info = value.GetTensorTypeAndShape();
        var type = Type(info.ElementDataType);
        if (type == ElementType.Text)
        {
            return new Tensor(name, type, info.Shape, value.GetStringTensorAsArray());
        }

        var elements = type.Allocate(Shapes.Count(info.Shape));
        value.GetTensorMutableRawData().CopyTo(type.Bytes(elements));
        return new Tensor(name, type, info.Shape, elements);
    }

    /// <summary>A list of maps from classes to probabilities, a map a row: a table whose columns are the classes in their order.</summary>
    private static Tensor ReadMaps(string name, OrtValue sequence)
    {
        var rows = sequence.GetValueCount();
        List<float> table = [];
        for (var row = 0; row < rows; row++)
        {
            using var map = sequence.GetValue(row, OrtAllocator.DefaultInstance);
            if (map.OnnxType != OnnxValueType.ONNX_TYPE_MAP)
            {
                throw TensorResponses.Refused(500, $"The output '{name}' is a list of {map.OnnxType}, which cannot be served.");
            }

            using var values = map.GetValue(1, OrtAllocator.DefaultInstance);
            table.AddRange(values.GetTensorDataAsSpan<float>());
        }

        return new Tensor(name, ElementType.Float32, [rows, rows == 0 ? 0 : table.Count / rows], table.ToArray());
    }
}
