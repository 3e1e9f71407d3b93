using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
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

    /// <summary>The tags of a request as the store keeps them.</summary>
    public static IReadOnlyList<ResourceTag> Tags(List<Tag>? tags) =>
        tags is null ? [] : [.. tags.Select(tag => new ResourceTag(tag.Key, tag.Value))];
}
