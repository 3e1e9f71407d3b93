using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Linear;

namespace Sagebrush.Algorithms.LinearLearner;

/// <summary>The training program of the linear learner.</summary>
internal static class LinearLearnerTrainer
{
    public static void Run(TabularJob job, CancellationToken cancellationToken)
    {
        var options = LinearLearnerHyperparameters.Options(job.Values) with { Threads = TabularJob.Threads };
        var train = job.Read("train", LabelUse.Required, job.Values.IntegerOrNull("feature_dim"), cancellationToken)!;
        var validation = job.Read("validation", LabelUse.Required, train.Features.ColumnCount, cancellationToken);
        var test = job.Read("test", LabelUse.Required, train.Features.ColumnCount, cancellationToken);
        CheckClasses(train, options);
        var objective = Objective(options);
        LinearModel model;
        try
        {
            model = new Sagebrush.Learning.Linear.LinearLearner(options).Fit(
                train.Features,
                train.Labels,
                validation?.Features,
                validation?.Labels,
                progress: epoch =>
                {
                    job.Metric($"train {objective}", "loss", epoch.TrainLoss, epoch.Epoch);
                    if (epoch.ValidationLoss is { } loss)
                    {
                        job.Metric($"validation {objective}", "loss", loss, epoch.Epoch);
                    }

                    job.Progress((epoch.Epoch + 1.0) / options.Epochs);
                },
                cancellationToken: cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new CustomerErrorException($"Linear learner cannot train on these data: {e.Message}", e);
        }

        LinearLearnerScores.Write(job, model, options, "train", train);
        if (validation is not null)
        {
            LinearLearnerScores.Write(job, model, options, "validation", validation);
        }

        if (test is not null)
        {
            LinearLearnerScores.Write(job, model, options, "test", test);
        }

        job.Save(model.Save());
    }

    private static void CheckClasses(TrainingTable train, LinearLearnerOptions options)
    {
        if (options.Predictor != LinearPredictor.Regressor && train.Labels.All(label => label == train.Labels[0]))
        {
            throw new CustomerErrorException($"All labels of the train channel are {train.Labels[0]}; a classifier needs rows of at least two classes.");
        }
    }

    private static string Objective(LinearLearnerOptions options) => options.Predictor switch
    {
        LinearPredictor.BinaryClassifier => options.Loss == LinearLoss.Hinge ? "binary_classification_hinge_objective" : "binary_classification_cross_entropy_objective",
        LinearPredictor.MulticlassClassifier => options.Loss == LinearLoss.Hinge ? "multiclass_hinge_objective" : "multiclass_cross_entropy_objective",
        _ => options.Loss switch
        {
            LinearLoss.Absolute => "absolute_loss_objective",
            LinearLoss.EpsilonInsensitiveSquared => "eps_insensitive_squared_loss_objective",
            LinearLoss.EpsilonInsensitiveAbsolute => "eps_insensitive_absolute_loss_objective",
            LinearLoss.Quantile => "quantile_loss_objective",
            LinearLoss.Huber => "huber_loss_objective",
            _ => "mse_objective",
        },
    };
}
