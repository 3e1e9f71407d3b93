using Sagebrush.State.Metrics;

namespace Sagebrush.State.Tests.Metrics;

public sealed class ValueDistributionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Values_OfManyDifferentValues_HaveQuantilesWithinOnePercent(int sign)
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => sign * Math.Exp(random.NextDouble() * 12)).ToArray();
        var distribution = new ValueDistribution();
        Array.ForEach(values, value => distribution.Add(value));
        Array.Sort(values);

        foreach (var share in (double[])[0.01, 0.25, 0.5, 0.9, 0.99, 0.999])
        {
            var exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.InRange(Quantile(distribution, share) / exact, 0.99, 1.01);
        }

        Assert.False(distribution.IsExact);
    }

    [Fact]
    public void Add_OfTwoDistributions_GivesTheSameBinsInAnyOrder()
    {
        var random = new Random(3);
        var parts = Enumerable.Range(0, 5).Select(_ => new ValueDistribution()).ToArray();
        for (var i = 0; i < 3000; i++)
        {
            parts[i % 5].Add(random.NextDouble() * 1000);
        }

        parts[4] = new ValueDistribution();
        parts[4].Add(-3, 2);

        Assert.Equal(Sum(parts).ToBytes(), Sum(parts.Reverse()).ToBytes());

        static ValueDistribution Sum(IEnumerable<ValueDistribution> parts)
        {
            var sum = new ValueDistribution();
            foreach (var part in parts)
            {
                sum.Add(part);
            }

            return sum;
        }
    }

    [Fact]
    public void Add_ValuesOverHundredsOfOrders_KeepsTheNumberOfBinsBounded()
    {
        var distribution = new ValueDistribution();
        for (var exponent = -300; exponent < 300; exponent++)
        {
            for (var i = 1; i < 20; i++)
            {
                distribution.Add(i * Math.Pow(10, exponent));
            }
        }

        Assert.InRange(distribution.Values().Count, 500, ValueDistribution.MostBins);
        Assert.Equal(600 * 19, distribution.Values().Sum(one => one.Count));
    }

    [Fact]
    public void FromBytes_OfWhatWasWritten_IsTheSame()
    {
        var exact = new ValueDistribution();
        exact.Add(0.5, 0.25);
        exact.Add(-7, 300);
        var binned = new ValueDistribution();
        for (var i = -100; i < 1000; i++)
        {
            binned.Add(i, 1 + (i & 1));
        }

        foreach (var one in (ValueDistribution[])[exact, binned, new ValueDistribution()])
        {
            var read = ValueDistribution.FromBytes(one.ToBytes());
            Assert.Equal(one.Values(), read.Values());
            Assert.Equal(one.IsExact, read.IsExact);
        }
    }

    private static double Quantile(ValueDistribution distribution, double share)
    {
        var values = distribution.Values();
        var rank = share * values.Sum(one => one.Count);
        var passed = 0.0;
        return values.First(one => (passed += one.Count) >= rank).Value;
    }
}
