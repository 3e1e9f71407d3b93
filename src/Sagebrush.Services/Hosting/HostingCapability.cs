using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Services.Hosting.EndpointConfigs;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Invocation;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting;

/// <summary>Models, endpoint configurations, endpoints, and the requests to them.</summary>
internal sealed class HostingCapability(
    IResourceStore store, IObjectStore objects, IModelPackages packages, EndpointRouter router, AsyncQueues queues, AsyncTopics topics, DeploymentRules deployments, HostingOptions options, TimeProvider clock,
    ILogger<InvokeEndpointStreamHandler> logger) : ICapability
{
    public void Map(ApiMap api)
    {
        var models = new ModelOperations(store);
        api.Map(SageMakerApi.CreateModel, new CreateModelOperation(store, objects, packages));
        api.Map(SageMakerApi.DescribeModel, models.DescribeAsync);
        api.Map(SageMakerApi.ListModels, models.ListAsync);
        api.Map(SageMakerApi.DeleteModel, models.DeleteAsync);

        var configs = new EndpointConfigOperations(store);
        api.Map(SageMakerApi.CreateEndpointConfig, new CreateEndpointConfigOperation(store, options));
        api.Map(SageMakerApi.DescribeEndpointConfig, configs.DescribeAsync);
        api.Map(SageMakerApi.ListEndpointConfigs, configs.ListAsync);
        api.Map(SageMakerApi.DeleteEndpointConfig, configs.DeleteAsync);

        var planner = new FleetPlanner(store);
        var endpoints = new EndpointOperations(store);
        api.Map(SageMakerApi.CreateEndpoint, new CreateEndpointOperation(store, planner, topics, deployments));
        api.Map(SageMakerApi.UpdateEndpoint, new UpdateEndpointOperation(store, planner, topics, deployments, clock));
        api.Map(SageMakerApi.UpdateEndpointWeightsAndCapacities, new UpdateEndpointWeightsAndCapacitiesOperation(store, topics, clock));
        api.Map(SageMakerApi.DescribeEndpoint, endpoints.DescribeAsync);
        api.Map(SageMakerApi.ListEndpoints, endpoints.ListAsync);
        api.Map(SageMakerApi.DeleteEndpoint, endpoints.DeleteAsync);

        var absent = new AbsentEndpoints(store);
        api.MapHot(SageMakerRuntimeApi.Service, SageMakerRuntimeApi.InvokeEndpoint.Name, new InvokeEndpointHandler(router, absent, clock).HandleAsync);
        api.MapHot(
            SageMakerRuntimeApi.Service, SageMakerRuntimeApi.InvokeEndpointWithResponseStream.Name, new InvokeEndpointStreamHandler(router, absent, clock, logger).HandleAsync);
        api.Map(SageMakerRuntimeApi.InvokeEndpointAsync, new InvokeEndpointAsyncOperation(store, queues, clock));
        api.Service(SageMakerRuntimeApi.Service).MaxBufferedBody = InvokeEndpointHandler.LargestBody;
    }
}
