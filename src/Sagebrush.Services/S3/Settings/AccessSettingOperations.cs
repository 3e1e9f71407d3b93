using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;
using ObjectAttributes = Sagebrush.State.Objects.ObjectAttributes;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Keeps who owns uploaded objects, what may be public, and how objects are encrypted; new buckets have S3's defaults.</summary>
internal sealed class AccessSettingOperations(BucketSettings settings)
{
    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutBucketOwnershipControls, PutOwnershipAsync);
        api.Serve(S3Api.GetBucketOwnershipControls, GetOwnershipAsync);

        // A bucket whose setting was deleted is not one that never had it: nothing at all is kept as an empty setting.
        api.Serve(S3Api.DeleteBucketOwnershipControls, (request, context, cancellationToken) =>
            KeepAsync(request.Bucket, BucketSettings.Ownership, new OwnershipControls { Rules = [] }, context, request.ExpectedBucketOwner, cancellationToken));
        api.Serve(S3Api.PutPublicAccessBlock, (request, context, cancellationToken) =>
            KeepAsync(request.Bucket, BucketSettings.PublicAccess, Filled(request.PublicAccessBlockConfiguration), context, request.ExpectedBucketOwner, cancellationToken));
        api.Serve(S3Api.GetPublicAccessBlock, GetPublicAccessAsync);
        api.Serve(S3Api.DeletePublicAccessBlock, (request, context, cancellationToken) =>
            KeepAsync(request.Bucket, BucketSettings.PublicAccess, new PublicAccessBlockConfiguration(), context, request.ExpectedBucketOwner, cancellationToken));
        api.Serve(S3Api.PutBucketEncryption, PutEncryptionAsync);
        api.Serve(S3Api.GetBucketEncryption, GetEncryptionAsync);
        api.Serve(S3Api.DeleteBucketEncryption, (request, context, cancellationToken) =>
            settings.ForgetAsync(request.Bucket, BucketSettings.Encryption, context, request.ExpectedBucketOwner, cancellationToken));
    }

    /// <summary>Whether access lists count in a bucket: not unless its owner said so.</summary>
    public static bool HasAccessLists(BucketInfo bucket) => OwnershipOf(bucket) != ObjectOwnership.BucketOwnerEnforced;

    /// <summary>What may be public in a bucket.</summary>
    public static PublicAccessBlockConfiguration PublicAccessOf(BucketInfo bucket) =>
        BucketSettings.Find<PublicAccessBlockConfiguration>(bucket, BucketSettings.PublicAccess)
        ?? new() { BlockPublicAcls = true, IgnorePublicAcls = true, BlockPublicPolicy = true, RestrictPublicBuckets = true };

    /// <summary>Gives objects whose client does not say how to encrypt them what their bucket says, if it says anything.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="attributes">The attributes the client asked for.</param>
    /// <param name="key">The client's own key, which needs no other encryption and bears none.</param>
    public static ObjectAttributes WithEncryption(BucketInfo bucket, ObjectAttributes attributes, CustomerKey? key)
    {
        CustomerKeys.RequireAlone(key, attributes.ServerSideEncryption);
        if (attributes.EncryptionKeyId is not null && attributes.ServerSideEncryption is not (ServerSideEncryption.AwsKms or ServerSideEncryption.AwsKmsDsse))
        {
            throw new ServiceException(
                S3Codes.InvalidArgument, "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms");
        }

        return key is null && attributes.ServerSideEncryption is null && KeptEncryption(bucket) is { } kept
            ? attributes with { ServerSideEncryption = kept.SSEAlgorithm, EncryptionKeyId = kept.KMSMasterKeyID }
            : attributes;
    }

    /// <summary>The setting of a new bucket's ownership.</summary>
    /// <exception cref="ServiceException">There is no such ownership.</exception>
    public static string OwnershipDocument(string ownership) => IsOwnership(ownership)
        ? BucketSettings.Text(new OwnershipControls { Rules = [new() { ObjectOwnership = ownership }] })
        : throw new ServiceException(S3Codes.InvalidArgument, $"Invalid x-amz-object-ownership header: {ownership}");

    private static bool IsOwnership(string ownership) =>
        ownership is ObjectOwnership.BucketOwnerEnforced or ObjectOwnership.BucketOwnerPreferred or ObjectOwnership.ObjectWriter;

    private static string OwnershipOf(BucketInfo bucket) => BucketSettings.Find<OwnershipControls>(bucket, BucketSettings.Ownership) switch
    {
        null => ObjectOwnership.BucketOwnerEnforced,
        { Rules: [var rule, ..] } => rule.ObjectOwnership,
        _ => ObjectOwnership.ObjectWriter,
    };

    private static ServerSideEncryptionByDefault? KeptEncryption(BucketInfo bucket) =>
        BucketSettings.Find<ServerSideEncryptionConfiguration>(bucket, BucketSettings.Encryption)?.Rules is [{ ApplyServerSideEncryptionByDefault: { } kept }, ..] ? kept : null;

    private static PublicAccessBlockConfiguration Filled(PublicAccessBlockConfiguration asked) => new()
    {
        BlockPublicAcls = asked.BlockPublicAcls ?? false,
        IgnorePublicAcls = asked.IgnorePublicAcls ?? false,
        BlockPublicPolicy = asked.BlockPublicPolicy ?? false,
        RestrictPublicBuckets = asked.RestrictPublicBuckets ?? false,
    };

    private async ValueTask<EmptyShape> KeepAsync(
        string name, string setting, IShape value, CallContext context, string? expectedOwner, CancellationToken cancellationToken)
    {
        await settings.SetAsync(settings.Bucket(name, context, expectedOwner), setting, value, cancellationToken);
        return new();
    }

    private ValueTask<EmptyShape> PutOwnershipAsync(PutBucketOwnershipControlsRequest request, CallContext context, CancellationToken cancellationToken) =>
        request.OwnershipControls.Rules is [{ ObjectOwnership: var ownership }] && IsOwnership(ownership)
            ? KeepAsync(request.Bucket, BucketSettings.Ownership, request.OwnershipControls, context, request.ExpectedBucketOwner, cancellationToken)
            : throw BucketSettings.Malformed();

    private ValueTask<GetBucketOwnershipControlsOutput> GetOwnershipAsync(
        GetBucketOwnershipControlsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return BucketSettings.Find<OwnershipControls>(bucket, BucketSettings.Ownership) is { Rules: [] }
            ? throw BucketSettings.Missing("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", bucket)
            : new(new GetBucketOwnershipControlsOutput { OwnershipControls = new() { Rules = [new() { ObjectOwnership = OwnershipOf(bucket) }] } });
    }

    private ValueTask<GetPublicAccessBlockOutput> GetPublicAccessAsync(GetPublicAccessBlockRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return PublicAccessOf(bucket) is { BlockPublicAcls: not null } kept
            ? new(new GetPublicAccessBlockOutput { PublicAccessBlockConfiguration = kept })
            : throw BucketSettings.Missing("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", bucket);
    }

    private async ValueTask<EmptyShape> PutEncryptionAsync(PutBucketEncryptionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.ServerSideEncryptionConfiguration.Rules is not [{ ApplyServerSideEncryptionByDefault: { } kept }]
            || kept.SSEAlgorithm is not (ServerSideEncryption.Aes256 or ServerSideEncryption.AwsKms or ServerSideEncryption.AwsKmsDsse))
        {
            throw BucketSettings.Malformed();
        }

        if (kept is { SSEAlgorithm: ServerSideEncryption.Aes256, KMSMasterKeyID: not null })
        {
            throw new ServiceException(S3Codes.InvalidArgument, "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse");
        }

        await settings.SetAsync(bucket, BucketSettings.Encryption, request.ServerSideEncryptionConfiguration, cancellationToken);
        return new();
    }

    private ValueTask<GetBucketEncryptionOutput> GetEncryptionAsync(GetBucketEncryptionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return new(new GetBucketEncryptionOutput
        {
            ServerSideEncryptionConfiguration = BucketSettings.Find<ServerSideEncryptionConfiguration>(bucket, BucketSettings.Encryption)
                ?? new() { Rules = [new() { ApplyServerSideEncryptionByDefault = new() { SSEAlgorithm = ServerSideEncryption.Aes256 }, BucketKeyEnabled = false }] },
        });
    }
}
