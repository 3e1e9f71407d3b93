using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Recommendations;

/// <summary>The inference recommender: load tests of a model on the machines one may choose from.</summary>
internal sealed class RecommendationCapability(IResourceStore store, IObjectStore objects, ModelHost models, IModelPackages packages) : ICapability
{
    public static ResourceKind<RecommendationJobDocument> JobKind { get; } =
        new("InferenceRecommendationsJob", new JsonDocumentSerializer<RecommendationJobDocument>(RecommendationJson.Default.RecommendationJobDocument))
        {
            Status = static document => document.Status,
        };

    public void Map(ApiMap api)
    {
        var jobs = new RecommendationJobs(store);
        api.Map(SageMakerApi.CreateInferenceRecommendationsJob, new CreateRecommendationsJobOperation(store, objects, models, packages, new ExistingEndpoints(store)));
        api.Map(SageMakerApi.DescribeInferenceRecommendationsJob, jobs.DescribeAsync);
        api.Map(SageMakerApi.ListInferenceRecommendationsJobs, jobs.ListAsync);
        api.Map(SageMakerApi.ListInferenceRecommendationsJobSteps, jobs.ListStepsAsync);
        api.Map(SageMakerApi.StopInferenceRecommendationsJob, jobs.StopAsync);
    }
}
