namespace Sagebrush.Wire.Signing;

/// <summary>The families of AWS services that word signature errors alike.</summary>
public enum SignatureErrorStyle
{
    /// <summary>AWS JSON 1.0 and 1.1.</summary>
    Json,

    /// <summary>REST-JSON.</summary>
    RestJson,

    /// <summary>The Query protocol of STS, IAM and SNS.</summary>
    Query,

    /// <summary>S3's REST-XML.</summary>
    S3,
}
