namespace Sagebrush.Services.S3;

/// <summary>The policies of buckets, for those who decide what a caller may do.</summary>
public interface IBucketPolicies
{
    /// <summary>The policy document of a bucket, and the account that owns the bucket.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <returns>Null when there is no such bucket; a null document when it has no policy.</returns>
    BucketPolicy? Find(string bucket);

    /// <summary>Whether nobody from outside the account may use the bucket, whatever its policy says.</summary>
    bool RestrictsPublicAccess(string bucket);

    /// <summary>Whether an access list gives an action to a caller who may not do it otherwise.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="key">The object's key; null for the bucket itself.</param>
    /// <param name="action">The action, such as <c>s3:GetObject</c>.</param>
    /// <param name="isSigned">Whether the caller has a key.</param>
    bool ListAllows(string bucket, string? key, string action, bool isSigned);

    /// <summary>Whether there is an object of a key now.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="key">The object's key.</param>
    bool Holds(string bucket, string key);

    /// <summary>The tags of an object; none when there is no such object.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="version">The version meant; null for the present one.</param>
    IReadOnlyDictionary<string, string> TagsOf(string bucket, string key, string? version);
}
