using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.Explain;

/// <summary>The least squares fit of Kernel SHAP with the condition that the values add up: the last feature is expressed by the others.</summary>
internal sealed class CoalitionSystem(int features, double total)
{
    private readonly int _size = features - 1;
    private readonly double[] _normal = new double[(features - 1) * (features - 1)];
    private readonly double[] _right = new double[features - 1];

    /// <summary>Adds a coalition and what it is worth above nobody.</summary>
    public void Add(bool[] members, double weight, double worth)
    {
        var last = members[_size] ? 1.0 : 0;
        var target = worth - (last * total);
        for (var i = 0; i < _size; i++)
        {
            var a = (members[i] ? 1 : 0) - last;
            if (a == 0)
            {
                continue;
            }

            _right[i] += weight * a * target;
            for (var j = 0; j <= i; j++)
            {
                _normal[(i * _size) + j] += weight * a * ((members[j] ? 1 : 0) - last);
            }
        }
    }

    /// <summary>Solves by Cholesky's decomposition; directions nothing is known about get next to nothing.</summary>
    public void Solve(Span<double> values)
    {
        var largest = Enumerable.Range(0, _size).Select(i => _normal[(i * _size) + i]).DefaultIfEmpty().Max();
        CholeskyFactor.Of(_normal, _size, 1e-12 * (1 + largest)).Solve(_right);
        _right.CopyTo(values);
        values[_size] = total - _right.Sum();
    }
}
