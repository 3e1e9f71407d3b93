using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Decomposition;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Decomposition;

/// <summary>SageMaker's principal component analysis.</summary>
internal sealed class PcaAlgorithm : IBuiltInAlgorithm
{
    public string Name => "pca";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Integer("feature_dim", "Number of features.", Positive) with { IsRequired = true },
        Integer("mini_batch_size", "Rows per batch; the result does not depend on it.", Positive) with { IsRequired = true },
        Integer("num_components", "Number of components.", Positive) with { IsRequired = true },
        Categorical("algorithm_mode", "How the components are found.", "regular", "regular", "randomized"),
        Integer("extra_components", "Directions beyond the components in the randomized mode; -1 for as many as components, 10 at least.", new(-1), "-1"),
        Flag("subtract_mean", "Subtract the features' means.", "true"),
    ],
    (values, errors) =>
    {
        var (components, features) = (long.Parse(values["num_components"], System.Globalization.CultureInfo.InvariantCulture), long.Parse(values["feature_dim"], System.Globalization.CultureInfo.InvariantCulture));
        if (components > features)
        {
            errors.Add($"Hyperparameter num_components: {components} is more than feature_dim, {features}");
        }
    });

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, TabularMediaTypes.Training), new("test", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } = [TabularJob.Definition("test", "reconstruction_error", "loss", false)];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var values = job.Values;
        var features = values.Integer("feature_dim");
        var extra = values.Integer("extra_components");
        var train = job.Read("train", LabelUse.Optional, features, cancellationToken)!;
        var test = job.Read("test", LabelUse.Optional, features, cancellationToken);
        PrincipalComponentsModel model;
        try
        {
            model = new PrincipalComponents(new()
            {
                ComponentCount = values.Integer("num_components"),
                IsRandomized = values.Text("algorithm_mode") == "randomized",
                ExtraComponents = extra < 0 ? null : extra,
                SubtractMean = values.Flag("subtract_mean"),
                Threads = TabularJob.Threads,
            }).Fit(train.Features, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new CustomerErrorException($"{e.Message} Set algorithm_mode to randomized, or use fewer features.", e);
        }

        if (test is not null)
        {
            job.Metric("test reconstruction_error", "loss", ReconstructionError(model, test));
        }

        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => new Inference(PrincipalComponentsModel.Load(TabularJob.Find(modelFolder)));

    /// <summary>Mean squared distance of rows from their projections: what the components leave out.</summary>
    private static double ReconstructionError(PrincipalComponentsModel model, TrainingTable test)
    {
        double left = 0;
        var projection = new float[model.ComponentCount];
        for (var i = 0; i < test.RowCount; i++)
        {
            var row = test.Features.Row(i);
            model.Project(row, projection);
            for (var j = 0; j < row.Length; j++)
            {
                left += ((double)row[j] - model.Means[j]) * (row[j] - model.Means[j]);
            }

            foreach (var value in projection)
            {
                left -= (double)value * value;
            }
        }

        return Math.Max(0, left / test.RowCount);
    }

    private sealed class Inference(PrincipalComponentsModel model)
        : TabularInference(model.FeatureCount, new("projections", new AnswerField("projection", model.ComponentCount, IsVector: true)))
    {
        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            for (var i = 0; i < count; i++)
            {
                // The largest component comes last, as in the artifact.
                var answer = answers.Slice(i * model.ComponentCount, model.ComponentCount);
                model.Project(rows.Slice(i * model.FeatureCount, model.FeatureCount), answer);
                answer.Reverse();
            }
        }
    }
}
