using Sagebrush.Learning.Numerics;
using Xunit;

namespace Sagebrush.Learning.Tests.Numerics;

public sealed class MatrixKernelTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(7, 35, 13, false)]
    [InlineData(9, 27, 50, true)]
    [InlineData(4, 16, 0, false)]
    [InlineData(5, 3, 0, false)]
    [InlineData(3, 3, 5, false)]
    [InlineData(5, 1, 300, true)]
    [InlineData(1, 7, 2, false)]
    [InlineData(6, 20, 9, true)]
    [InlineData(52, 52, 256, true)]
    public void Multiply_AnySize_IsBitForBitThePlainSum(int rows, int columns, int depth, bool transposed)
    {
        var random = new Random(rows + columns);
        var a = Enumerable.Range(0, rows * depth).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var b = Enumerable.Range(0, depth * columns).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var c = Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle()).ToArray();
        var expected = (float[])c.Clone();
        var (aRow, aStep) = transposed ? (1, rows) : (depth, 1);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                for (var p = 0; p < depth; p++)
                {
                    expected[(i * columns) + j] = MathF.FusedMultiplyAdd(a[(i * aRow) + (p * aStep)], b[(p * columns) + j], expected[(i * columns) + j]);
                }
            }
        }

        MatrixKernel.Multiply(a, aRow, aStep, b, columns, c, columns, rows, columns, depth, accumulate: true);

        Assert.Equal(expected, c);
    }

    [Fact]
    public void Multiply_ShortMatrix_Throws() =>
        Assert.Throws<ArgumentException>(() => MatrixKernel.Multiply(new float[3], 2, 1, new float[4], 2, new float[4], 2, 2, 2, 2));
}
