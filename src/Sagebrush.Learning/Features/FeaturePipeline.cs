using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>Makes a model's features of raw columns, by what was learnt from the training rows alone.</summary>
/// <remarks>Immutable and thread-safe. Values never seen in training, and missing ones, have features too.</remarks>
public sealed class FeaturePipeline
{
    private const int InnerFolds = 5;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly IReadOnlyList<FeatureStep> _steps;

    private FeaturePipeline(IReadOnlyList<FeatureStep> steps)
    {
        _steps = steps;
        FeatureNames = [.. steps.SelectMany(step => step.Names)];
        Columns = [.. steps.SelectMany(step => step.OtherColumns.Prepend(step.Column)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A name for each feature.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The columns it reads.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>For each feature the column it is made of; of a pair the first.</summary>
    public IReadOnlyList<string> FeatureColumns => [.. _steps.SelectMany(step => step.Names.Select(_ => step.Column))];

    /// <summary>The features whose numbers name categories; known to a pipeline that was learnt, not to one that was loaded.</summary>
    internal IReadOnlyList<int> CategoricalFeatures => [.. _steps.SelectMany(step => step.Names.Select(_ => step is LookupStep { IsCode: true })).Index().Where(entry => entry.Item).Select(entry => entry.Index)];

    /// <summary>Learns from a table's rows, and makes their features.</summary>
    internal static (FeaturePipeline Pipeline, FeatureMatrix Features) Learn(TypedTable table, FeatureRecipe recipe)
    {
        var source = new FeatureSource(table);
        var steps = recipe.Style == FeatureStyle.Components ? [ComponentStep.Learn(source, Steps(source, recipe with { Style = FeatureStyle.Scaled, Targets = [] }))] : Steps(source, recipe);
        var pipeline = new FeaturePipeline(steps);
        var features = pipeline.Transform(source);
        pipeline.ReplaceTargets(source, recipe, features.Values);
        return (pipeline, new(features.Values, table.RowCount, features.Stride));
    }

    /// <summary>Makes the features of a table's rows.</summary>
    /// <exception cref="ArgumentException">A column is not there.</exception>
    public FeatureMatrix Transform(TypedTable table)
    {
        var features = Transform(new FeatureSource(table));
        return new(features.Values, table.RowCount, features.Stride);
    }

    /// <summary>The pipeline as JSON.</summary>
    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(_steps, Json);

    /// <summary>Reads a pipeline.</summary>
    /// <exception cref="ModelFormatException">The content is none.</exception>
    public static FeaturePipeline Load(ReadOnlySpan<byte> content)
    {
        try
        {
            return new(JsonSerializer.Deserialize<List<FeatureStep>>(content, Json) ?? []);
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"The feature pipeline is damaged: {e.Message}");
        }
    }

    private (float[] Values, int Stride) Transform(FeatureSource source)
    {
        var stride = FeatureNames.Count;
        if ((long)source.RowCount * stride > Array.MaxLength)
        {
            throw new TableFormatException($"{source.RowCount} rows of {stride} features are more than can be held in memory at once.");
        }

        var values = new float[source.RowCount * stride];
        var offset = 0;
        foreach (var step in _steps)
        {
            step.Write(source, new(values, stride, offset));
            offset += step.Names.Count;
        }

        return (values, stride);
    }

    /// <summary>Gives the learnt rows features of the target that are made without their own target.</summary>
    private void ReplaceTargets(FeatureSource source, FeatureRecipe recipe, float[] values)
    {
        var offset = 0;
        int[]? folds = null;
        foreach (var step in _steps)
        {
            if (step is LookupStep { IsOfTarget: true } lookup)
            {
                folds ??= Folds(source.RowCount, recipe.Seed);
                var column = source.Column(lookup.Column);
                for (var fold = 0; fold < InnerFolds; fold++)
                {
                    LookupStep.Target(column, [.. recipe.Targets], lookup.Labels, row => folds[row] != fold)
                        .Write(column, new(values, FeatureNames.Count, offset), row => folds[row] == fold);
                }
            }

            offset += step.Names.Count;
        }
    }

    private static int[] Folds(int rows, long seed)
    {
        var folds = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            folds[row] = row % InnerFolds;
        }

        new RandomStream(seed, 77).Shuffle<int>(folds);
        return folds;
    }

    private static List<FeatureStep> Steps(FeatureSource source, FeatureRecipe recipe) => recipe.Style == FeatureStyle.Predictions
        ? []
        : [.. recipe.Columns.SelectMany(profile => Steps(source, profile, recipe)), .. Pairs(source, recipe)];

    private static IEnumerable<FeatureStep> Steps(FeatureSource source, ColumnProfile profile, FeatureRecipe recipe)
    {
        var column = source.Column(profile.Name);
        switch (profile.Type)
        {
            case ColumnType.Numeric or ColumnType.Boolean when !column.IsText || profile.Type == ColumnType.Numeric:
                yield return recipe.Style == FeatureStyle.Scaled ? NumberStep.Scaled(profile.Name, source.Numbers(profile.Name)) : new NumberStep { Column = profile.Name };
                break;
            case ColumnType.Boolean:
                yield return LookupStep.OneHot(column, 2);
                break;
            case ColumnType.DateTime:
                yield return DateStep.Learn(column, recipe.Style == FeatureStyle.Scaled);
                break;
            case ColumnType.Text:
                yield return TextStep.Learn(column, recipe.MostWords);
                break;
            case ColumnType.Categorical:
                foreach (var step in Categories(column, profile, recipe))
                {
                    yield return step;
                }

                break;
        }
    }

    private static IEnumerable<FeatureStep> Categories(TableColumn column, ColumnProfile profile, FeatureRecipe recipe)
    {
        if (recipe.Style == FeatureStyle.Codes)
        {
            yield return LookupStep.Code(column);
            yield break;
        }

        var isOfTarget = recipe.Targets.Count > 0 && profile.Distinct > 2 && (recipe.Style == FeatureStyle.TreesOfTarget || profile.Distinct > recipe.MostIndicators);
        if (!isOfTarget || recipe.Style == FeatureStyle.Scaled)
        {
            yield return LookupStep.OneHot(column, recipe.MostIndicators);
        }

        if (isOfTarget)
        {
            yield return LookupStep.Target(
                column, [.. recipe.Targets], recipe.Targets.Count == 1 ? [$"target by {profile.Name}"] : [.. recipe.Targets.Select((_, i) => $"class {i} by {profile.Name}")]);
        }

        if (profile.Distinct > 2 && (recipe.Style == FeatureStyle.TreesOfTarget || profile.Distinct > recipe.MostIndicators))
        {
            yield return LookupStep.Frequency(column);
        }
    }

    private static IEnumerable<FeatureStep> Pairs(FeatureSource source, FeatureRecipe recipe) => recipe.Style != FeatureStyle.Scaled
        ? recipe.Pairs
        : recipe.Pairs.Select(pair => pair with
        {
            Scaling = NumberStep.Scaled(pair.Name, PairStep.Combine(source.Numbers(pair.Column), source.Numbers(pair.Other), pair.Operation)),
        });
}
