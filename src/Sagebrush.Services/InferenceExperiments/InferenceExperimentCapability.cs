using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>Shadow tests of models on endpoints.</summary>
internal sealed class InferenceExperimentCapability(IResourceStore store, EndpointDeployments endpoints, ModelHost models, TimeProvider time) : ICapability
{
    public static ResourceKind<InferenceExperimentDocument> ExperimentKind { get; } =
        new("InferenceExperiment", new JsonDocumentSerializer<InferenceExperimentDocument>(InferenceExperimentJson.Default.InferenceExperimentDocument))
        {
            Status = static document => document.Status,
        };

    public void Map(ApiMap api)
    {
        var reads = new InferenceExperimentReads(store, endpoints);
        var changes = new InferenceExperimentChanges(store, models, time);
        api.Map(SageMakerApi.CreateInferenceExperiment, new CreateInferenceExperimentOperation(store, endpoints, models, time));
        api.Map(SageMakerApi.DescribeInferenceExperiment, reads.DescribeAsync);
        api.Map(SageMakerApi.ListInferenceExperiments, reads.ListAsync);
        api.Map(SageMakerApi.StartInferenceExperiment, changes.StartAsync);
        api.Map(SageMakerApi.UpdateInferenceExperiment, changes.UpdateAsync);
        api.Map(SageMakerApi.StopInferenceExperiment, changes.StopAsync);
        api.Map(SageMakerApi.DeleteInferenceExperiment, changes.DeleteAsync);
    }
}
