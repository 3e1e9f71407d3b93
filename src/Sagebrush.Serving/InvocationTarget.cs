namespace Sagebrush.Serving;

/// <summary>What a request to a model server may, and must, name beside the endpoint.</summary>
public enum InvocationTarget
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>One of the models of a multi-model container.</summary>
    Model,

    /// <summary>One of the containers of a multi-container model.</summary>
    Container,
}
