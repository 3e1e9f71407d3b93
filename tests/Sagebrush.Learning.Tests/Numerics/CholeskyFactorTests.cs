using Sagebrush.Learning.Numerics;
using Xunit;

namespace Sagebrush.Learning.Tests.Numerics;

public sealed class CholeskyFactorTests
{
    [Fact]
    public void Solve_KnownSystem_GivesItsSolution()
    {
        // A = LLᵀ with L = [[2, 0, 0], [1, 3, 0], [-1, 2, 4]]; x = (1, -2, 3). Above the diagonal stands what must not be read.
        double[] matrix = [4, double.NaN, double.NaN, 2, 10, double.NaN, -2, 5, 21];
        double[] values = [4 - 4 - 6, 2 - 20 + 15, -2 - 10 + 63];

        CholeskyFactor.Of(matrix, 3, 1e-14).Solve(values);

        Assert.Equal([1, -2, 3], values, (expected, actual) => Math.Abs(expected - actual) < 1e-12);
    }

    [Fact]
    public void Of_MatrixThatIsALittleLessThanSemidefinite_TakesMoreRidge()
    {
        double[] values = [2, 2];

        CholeskyFactor.Of([1, 0, 1, 1 - 1e-9], 2, 1e-14).Solve(values);

        // Both columns are one and the same, up to what is rounded: its weight is shared or taken by one, and its sum is known.
        Assert.Equal(2, values[0] + values[1], 1e-6);
    }
}
