using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>The endpoint configurations of an experiment: while it runs, and as it shall leave the endpoint.</summary>
internal static class ExperimentConfig
{
    private const int Everything = 100;

    public static CreateEndpointConfigInput Of(InferenceExperimentDocument experiment)
    {
        var asked = experiment.Request;
        var shadow = asked.ShadowModeConfig.ShadowModelVariants[0];
        var share = (float)shadow.SamplingPercentage / Everything;
        var actions = experiment.Stop?.ModelVariantActions;
        var production = new List<ProductionVariant>();
        var copies = new List<ProductionVariant>();
        foreach (var variant in asked.ModelVariants)
        {
            var wanted = experiment.Stop?.DesiredModelVariants?.Find(desired => desired.VariantName == variant.VariantName) ?? variant;
            var action = actions?.GetValueOrDefault(variant.VariantName) ?? ModelVariantAction.Retain;
            var isShadow = variant.VariantName == shadow.ShadowModelVariantName && action != ModelVariantAction.Promote;
            if (action != ModelVariantAction.Remove)
            {
                (isShadow ? copies : production).Add(Variant(wanted, isShadow ? share : 1));
            }
        }

        return new CreateEndpointConfigInput
        {
            EndpointConfigName = experiment.ConfigName,
            ProductionVariants = production,
            ShadowProductionVariants = copies.Count > 0 ? copies : null,
            ExecutionRoleArn = asked.RoleArn,
            DataCaptureConfig = experiment.Stop is not null || asked.DataStorageConfig is not { } storage ? null : new DataCaptureConfig
            {
                EnableCapture = true,
                InitialSamplingPercentage = Everything,
                DestinationS3Uri = storage.Destination,
                KmsKeyId = storage.KmsKey,
                CaptureContentTypeHeader = storage.ContentType,
                CaptureOptions = [new CaptureOption { CaptureMode = CaptureMode.Input }, new CaptureOption { CaptureMode = CaptureMode.Output }],
            },
        };
    }

    private static ProductionVariant Variant(ModelVariantConfig variant, float weight) => new()
    {
        VariantName = variant.VariantName,
        ModelName = variant.ModelName,
        InstanceType = variant.InfrastructureConfig.RealTimeInferenceConfig.InstanceType,
        InitialInstanceCount = variant.InfrastructureConfig.RealTimeInferenceConfig.InstanceCount,
        InitialVariantWeight = weight,
    };
}
