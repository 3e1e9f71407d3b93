using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>What an experiment must keep to beyond what the API model says.</summary>
internal static class InferenceExperimentRules
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>When it runs: from now on, for a week, unless its schedule says otherwise.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End) Times(InferenceExperimentSchedule? schedule, DateTimeOffset now)
    {
        var start = schedule?.StartTime ?? now;
        var end = schedule?.EndTime ?? start + Usual;
        return end <= start || end <= now ? throw Refusals.Validation("Schedule.EndTime must be after Schedule.StartTime and in the future.")
            : end - start > Longest ? throw Refusals.Validation("Schedule: an inference experiment may run for at most 30 days.")
            : (start, end);
    }

    /// <summary>Checks the two variants: one is the source, the other its shadow, and their models exist.</summary>
    public static async ValueTask CheckVariantsAsync(
        List<ModelVariantConfig> variants, ShadowModeConfig shadow, ModelHost models, CallContext context, CancellationToken cancellationToken)
    {
        var source = shadow.SourceModelVariantName;
        var copy = shadow.ShadowModelVariants[0].ShadowModelVariantName;
        if (source == copy || variants.Count != 2 || !variants.Exists(variant => variant.VariantName == source) || !variants.Exists(variant => variant.VariantName == copy))
        {
            throw Refusals.Validation(
                $"ModelVariants must be two: the SourceModelVariantName \"{source}\" and the ShadowModelVariantName \"{copy}\" of ShadowModeConfig.");
        }

        foreach (var variant in variants)
        {
            if (variant.InfrastructureConfig.RealTimeInferenceConfig.InstanceCount < 1)
            {
                throw Refusals.Validation($"InfrastructureConfig.RealTimeInferenceConfig.InstanceCount of variant \"{variant.VariantName}\" must be at least 1.");
            }

            if (await models.FindAsync(context.AccountId, context.Region, variant.ModelName, cancellationToken) is null)
            {
                throw Refusals.Validation($"Could not find model \"{context.Arn("sagemaker", $"model/{variant.ModelName}")}\".");
            }
        }
    }

    /// <summary>Checks how an experiment shall end: something must serve afterwards.</summary>
    public static void CheckStop(StopInferenceExperimentRequest stop, CreateInferenceExperimentRequest experiment)
    {
        var source = experiment.ShadowModeConfig.SourceModelVariantName;
        foreach (var name in stop.ModelVariantActions.Keys.Concat((stop.DesiredModelVariants ?? []).Select(variant => variant.VariantName)))
        {
            if (!experiment.ModelVariants.Exists(variant => variant.VariantName == name))
            {
                throw Refusals.Validation($"The inference experiment has no model variant \"{name}\".");
            }
        }

        foreach (var variant in experiment.ModelVariants)
        {
            if (!stop.ModelVariantActions.ContainsKey(variant.VariantName))
            {
                throw Refusals.Validation($"ModelVariantActions: an action is required for the model variant \"{variant.VariantName}\".");
            }
        }

        var kept = stop.ModelVariantActions[source];
        var shadow = stop.ModelVariantActions.Single(action => action.Key != source).Value;
        if (kept == ModelVariantAction.Promote)
        {
            throw Refusals.Validation($"ModelVariantActions: \"{source}\" is the production variant already; Retain or Remove it.");
        }

        if (kept == ModelVariantAction.Remove != (shadow == ModelVariantAction.Promote))
        {
            throw Refusals.Validation(
                "ModelVariantActions: the endpoint must be left with one production variant. Promote the shadow variant and Remove the production variant, or Retain the production variant.");
        }
    }
}
