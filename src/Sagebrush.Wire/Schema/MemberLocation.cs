namespace Sagebrush.Wire.Schema;

/// <summary>Where a member travels in a REST request or response.</summary>
public enum MemberLocation
{
    /// <summary>In the body, or as the body itself when it is the structure's payload.</summary>
    Body,

    /// <summary>In a label of the request's path.</summary>
    Uri,

    /// <summary>In one header.</summary>
    Header,

    /// <summary>A map spread over all headers with a common prefix.</summary>
    Headers,

    /// <summary>In the query string.</summary>
    QueryString,

    /// <summary>In the HTTP status code of the response.</summary>
    StatusCode,
}
