using System.Globalization;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Maps XGBoost's JSON schema, from a JSON or a UBJSON document, onto a model.</summary>
internal static class ModelDocumentMapper
{
    public static XGBoostModel Map(ModelValue document, XGBoostLoadOptions options)
    {
        var root = new DocumentCursor(document, "the document");

        // Booster.serialize wraps the model next to its configuration.
        if (root.Find("Model") is { } wrapped)
        {
            root = wrapped;
        }

        var learner = root["learner"];
        var parameters = learner["learner_model_param"];
        var booster = learner["gradient_booster"];
        var name = booster["name"].Text();
        var parts = new ModelParts
        {
            ObjectiveName = learner["objective"]["name"].Text(),
            Booster = name,
            FeatureCount = parameters["num_feature"].Integer(),
            ClassCount = parameters.Find("num_class")?.Integer() ?? 0,
            TargetCount = parameters.Find("num_target")?.Integer() ?? 1,
            BaseScores = BaseScores(parameters["base_score"]),
        };
        switch (name)
        {
            case "gbtree":
                MapForest(parts, booster["model"]);
                break;
            case "dart":
                MapForest(parts, booster["gbtree"]["model"]);
                parts.TreeWeights = booster["weight_drop"].Floats();
                break;
            case "gblinear":
                parts.LinearWeights = booster["model"]["weights"].Floats();
                break;
            default:
                throw new ModelFormatException($"The booster '{name}' is not known; expected gbtree, dart or gblinear.");
        }

        foreach (var feature in learner.Find("feature_names")?.Items() ?? [])
        {
            parts.FeatureNames.Add(feature.Text());
        }

        foreach (var (key, value) in learner.Find("attributes")?.Fields() ?? [])
        {
            parts.Attributes[key] = value.Text();
        }

        return parts.Assemble(options);
    }

    /// <summary>One number as text, or since 3.1 a list of them in brackets.</summary>
    private static float[] BaseScores(DocumentCursor value)
    {
        var text = value.Text().Trim();
        if (text is ['[', .., ']'])
        {
            text = text[1..^1];
        }

        var scores = text.Split(',', StringSplitOptions.TrimEntries);
        var parsed = new float[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.TryParse(scores[i], NumberStyles.Float, CultureInfo.InvariantCulture, out parsed[i]))
            {
                throw value.Error($"'{scores[i]}' is not a number");
            }
        }

        return parsed;
    }

    private static void MapForest(ModelParts parts, DocumentCursor model)
    {
        parts.ParallelTrees = Math.Max(1, model.Find("gbtree_model_param")?.Find("num_parallel_tree")?.Integer() ?? 1);
        parts.Groups = model["tree_info"].Integers();
        List<DocumentCursor> trees = [.. model["trees"].Items()];
        var ordered = new RegressionTree?[trees.Count];
        for (var i = 0; i < trees.Count; i++)
        {
            var id = trees[i].Find("id")?.Integer() ?? i;
            if ((uint)id >= (uint)ordered.Length || ordered[id] is not null)
            {
                throw trees[i].Error($"the id {id} is not one of {ordered.Length} trees or is used twice");
            }

            ordered[id] = MapTree(trees[i]);
        }

        parts.Trees.AddRange(ordered!);
    }

    private static RegressionTree MapTree(DocumentCursor tree)
    {
        if (tree.Find("categories_nodes") is { } categories && categories.Integers().Length != 0)
        {
            throw tree.Error("it has categorical splits, which cannot be evaluated; train with numeric or one-hot encoded features");
        }

        if (tree.Find("tree_param")?.Find("size_leaf_vector")?.Integer() is > 1)
        {
            throw tree.Error("its leaves have several values; only single values can be evaluated");
        }

        return new()
        {
            LeftChildren = tree["left_children"].Integers(),
            RightChildren = tree["right_children"].Integers(),
            Features = tree["split_indices"].Integers(),
            Thresholds = tree["split_conditions"].Floats(),
            DefaultLeft = Array.ConvertAll(tree["default_left"].Integers(), value => value != 0),
            Covers = tree.Find("sum_hessian")?.Floats() ?? [],
        };
    }
}
