using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting;

/// <summary>The kinds of resources hosting keeps.</summary>
internal static class HostingKinds
{
    /// <summary>A model is what its creator sent.</summary>
    public static ResourceKind<CreateModelInput> Model { get; } =
        new("Model", new ShapeDocumentSerializer<CreateModelInput>());

    /// <summary>An endpoint configuration is what its creator sent.</summary>
    public static ResourceKind<CreateEndpointConfigInput> EndpointConfig { get; } =
        new("EndpointConfig", new ShapeDocumentSerializer<CreateEndpointConfigInput>());

    public static ResourceKind<EndpointDocument> Endpoint { get; } =
        new("Endpoint", new JsonDocumentSerializer<EndpointDocument>(HostingJson.Default.EndpointDocument))
        {
            Status = static document => document.Status,
        };

    /// <summary>A request to an asynchronous endpoint that has no result yet.</summary>
    public static ResourceKind<AsyncInvocation> AsyncInvocation { get; } =
        new("AsyncInvocation", new JsonDocumentSerializer<AsyncInvocation>(HostingJson.Default.AsyncInvocation))
        {
            Parent = static invocation => invocation.Queue,
        };

    /// <summary>The tags of a request as the store keeps them.</summary>
    public static IReadOnlyList<ResourceTag> Tags(List<Tag>? tags) =>
        tags is null ? [] : [.. tags.Select(tag => new ResourceTag(tag.Key, tag.Value))];
}
