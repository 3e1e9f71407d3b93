namespace Sagebrush.Learning.Explain;

/// <summary>The least squares fit of Kernel SHAP with the condition that the values add up: the last feature is expressed by the others.</summary>
internal sealed class CoalitionSystem(int features, double total)
{
    private readonly double[][] _normal = [.. Enumerable.Range(0, features - 1).Select(_ => new double[features - 1])];
    private readonly double[] _right = new double[features - 1];

    /// <summary>Adds a coalition and what it is worth above nobody.</summary>
    public void Add(bool[] members, double weight, double worth)
    {
        var last = members[features - 1] ? 1.0 : 0;
        var target = worth - (last * total);
        for (var i = 0; i < features - 1; i++)
        {
            var a = (members[i] ? 1 : 0) - last;
            if (a == 0)
            {
                continue;
            }

            _right[i] += weight * a * target;
            for (var j = 0; j <= i; j++)
            {
                _normal[i][j] += weight * a * ((members[j] ? 1 : 0) - last);
            }
        }
    }

    /// <summary>Solves by Cholesky's decomposition; directions nothing is known about get next to nothing.</summary>
    public void Solve(Span<double> values)
    {
        var n = features - 1;
        var ridge = 1e-12 * (1 + Enumerable.Range(0, n).Max(i => _normal[i][i]));
        for (var i = 0; i < n; i++)
        {
            _normal[i][i] += ridge;
            for (var j = 0; j <= i; j++)
            {
                var sum = _normal[i][j];
                for (var k = 0; k < j; k++)
                {
                    sum -= _normal[i][k] * _normal[j][k];
                }

                _normal[i][j] = i == j ? Math.Sqrt(Math.Max(sum, ridge)) : sum / _normal[j][j];
            }

            for (var k = 0; k < i; k++)
            {
                _right[i] -= _normal[i][k] * _right[k];
            }

            _right[i] /= _normal[i][i];
        }

        var rest = total;
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                _right[i] -= _normal[k][i] * _right[k];
            }

            _right[i] /= _normal[i][i];
            values[i] = _right[i];
            rest -= _right[i];
        }

        values[n] = rest;
    }
}
