namespace Sagebrush.Algorithms;

/// <summary>The hyperparameters of a built-in algorithm and the rules between them.</summary>
public sealed class HyperparameterSchema
{
    private readonly Dictionary<string, HyperparameterSpecification> _byName = new(StringComparer.Ordinal);
    private readonly Action<IReadOnlyDictionary<string, string>, List<string>>? _rules;

    /// <summary>Creates the schema.</summary>
    /// <param name="specifications">The hyperparameters.</param>
    /// <param name="rules">Checks values, each valid by itself, against each other and adds what is wrong.</param>
    public HyperparameterSchema(
        IReadOnlyList<HyperparameterSpecification> specifications,
        Action<IReadOnlyDictionary<string, string>, List<string>>? rules = null)
    {
        ArgumentNullException.ThrowIfNull(specifications);
        Specifications = specifications;
        _rules = rules;
        foreach (var specification in specifications)
        {
            _byName.Add(specification.Name, specification);
            foreach (var alias in specification.Aliases)
            {
                _byName.Add(alias, specification);
            }
        }
    }

    /// <summary>The hyperparameters.</summary>
    public IReadOnlyList<HyperparameterSpecification> Specifications { get; }

    /// <summary>Finds a hyperparameter by its name or one of its aliases; null when there is none.</summary>
    public HyperparameterSpecification? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Checks the values of a job. Names that start with <c>sagemaker_</c> belong to the platform and are passed over.</summary>
    public HyperparameterValidation Validate(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        List<string> errors = [];
        foreach (var (name, value) in values)
        {
            if (name.StartsWith("sagemaker_", StringComparison.Ordinal))
            {
                continue;
            }

            if (Find(name) is not { } specification)
            {
                errors.Add($"Extraneous hyperparameter found: {name}" + Suggestion(name));
            }
            else if (specification.Validate(value.Trim()) is { } error)
            {
                errors.Add(error);
            }
            else if (!known.TryAdd(specification.Name, value.Trim()))
            {
                errors.Add($"Hyperparameter {specification.Name} is given twice, also as {name}");
            }
        }

        foreach (var specification in Specifications)
        {
            if (specification.IsRequired && !values.ContainsKey(specification.Name) && !specification.Aliases.Any(values.ContainsKey))
            {
                errors.Add($"Missing required hyperparameter: {specification.Name}");
            }
        }

        if (errors.Count == 0)
        {
            _rules?.Invoke(known, errors);
        }

        return new(known, errors);
    }

    private string Suggestion(string name)
    {
        var nearest = _byName.Keys
            .Where(candidate => !candidate.StartsWith('_'))
            .Select(candidate => (Name: candidate, Distance: EditDistance(name, candidate)))
            .MinBy(candidate => candidate.Distance);
        return nearest.Distance <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest.Name}?" : "";
    }

    /// <summary>Number of insertions, deletions and replacements between two names, whatever their case (Wagner–Fischer).</summary>
    private static int EditDistance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[b.Length];
    }
}
