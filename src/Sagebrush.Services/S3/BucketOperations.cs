using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Locks;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Xml;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>What S3 does with whole buckets.</summary>
internal sealed class BucketOperations(IObjectStore store, BucketAccess access)
{
    private const string FirstRegion = "us-east-1";
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private const int MaxBuckets = 10_000;

    public async ValueTask<CreateBucketOutput> CreateAsync(CreateBucketRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var region = request.CreateBucketConfiguration?.LocationConstraint switch
        {
            null or "" => context.Region,
            "EU" => "eu-west-1",
            FirstRegion => throw new ServiceException(S3Codes.InvalidLocationConstraint, "The specified location-constraint is not valid"),
            var constraint => constraint,
        };
        try
        {
            await store.CreateBucketAsync(request.Bucket, context.AccountId, region, Setup(request, context), cancellationToken);
        }
        catch (ObjectStoreException refusal) when (refusal.Error == ObjectStoreError.BucketAlreadyOwnedByYou && context.Region == FirstRegion && region == FirstRegion)
        {
            // The oldest region answers as it did before there was an error for this.
        }

        return new() { Location = $"/{request.Bucket}" };
    }

    /// <summary>Everything a new bucket is to have: what is refused here leaves no bucket behind.</summary>
    private static BucketSetup Setup(CreateBucketRequest request, CallContext context)
    {
        var documents = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.ObjectOwnership is { } ownership)
        {
            documents[BucketSettings.Ownership] = AccessSettingOperations.OwnershipDocument(ownership);
        }

        var planned = new BucketInfo(request.Bucket, context.AccountId, context.Region, default) { Documents = documents };
        var grants = AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP);
        if (AccessLists.Read(planned, request.ACL, grants) is { } list)
        {
            documents[BucketSettings.AccessList] = list;
        }

        if (request.ObjectLockEnabledForBucket == true)
        {
            documents[BucketSettings.ObjectLock] = BucketSettings.Text(LockOperations.Initial());
        }

        return new()
        {
            Documents = documents,
            Tags = request.CreateBucketConfiguration?.Tags is { } tags ? TagSets.Check(tags, TagSets.MostOnBuckets) : [],
            Versioning = request.ObjectLockEnabledForBucket == true ? BucketVersioning.Enabled : BucketVersioning.None,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(DeleteBucketRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        await store.DeleteBucketAsync(request.Bucket, cancellationToken);
        return new();
    }

    public ValueTask<HeadBucketOutput> HeadAsync(HeadBucketRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        return new(new HeadBucketOutput { BucketRegion = bucket.Region, BucketArn = $"arn:aws:s3:::{bucket.Name}", AccessPointAlias = false });
    }

    public ValueTask<ListBucketsOutput> ListAsync(ListBucketsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var limit = request.MaxBuckets ?? MaxBuckets;
        var after = ContinuationToken.Decode(request.ContinuationToken) ?? "";
        var buckets = store.ListBuckets(context.AccountId, request.Prefix ?? "", after, limit + 1, request.BucketRegion);
        var page = buckets.Take(limit).ToList();
        return new(new ListBucketsOutput
        {
            Buckets = page.ConvertAll(bucket => new Bucket { Name = bucket.Name, CreationDate = bucket.Created, BucketRegion = bucket.Region }),
            Owner = BucketAccess.OwnerOf(context),
            Prefix = request.Prefix,
            ContinuationToken = buckets.Count > limit ? ContinuationToken.Encode(page[^1].Name) : null,
        });
    }

    /// <remarks>The answer is text directly inside the root element, which no shape can say.</remarks>
    public async ValueTask GetLocationAsync(RawCall call, CancellationToken cancellationToken)
    {
        var request = call.Context.Http.Request;
        var bucket = access.Require(call.Labels["Bucket"], call.Context, request.Headers["x-amz-expected-bucket-owner"]);
        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement("LocationConstraint", Namespace);
            if (bucket.Region != FirstRegion)
            {
                xml.WriteString(bucket.Region);
            }

            xml.WriteEndElement();
        });
        var response = call.Context.Http.Response;
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }

    public ValueTask<GetBucketVersioningOutput> GetVersioningAsync(GetBucketVersioningRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        return new(new GetBucketVersioningOutput
        {
            Status = bucket.Versioning == BucketVersioning.None ? null : bucket.Versioning.ToString(),
        });
    }

    public async ValueTask<EmptyShape> PutVersioningAsync(PutBucketVersioningRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.VersioningConfiguration.MFADelete == MFADelete.Enabled)
        {
            throw new ServiceException(S3Codes.NotImplemented, "Deletion by multi-factor authentication is not implemented.", StatusCodes.Status501NotImplemented);
        }

        var versioning = request.VersioningConfiguration.Status switch
        {
            BucketVersioningStatus.Enabled => BucketVersioning.Enabled,
            BucketVersioningStatus.Suspended => BucketVersioning.Suspended,
            _ => throw new ServiceException("IllegalVersioningConfigurationException", "The Versioning element must be specified"),
        };
        if (versioning != BucketVersioning.Enabled && ObjectLocks.IsOn(bucket))
        {
            throw new ServiceException(
                S3Codes.InvalidBucketState,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
                StatusCodes.Status409Conflict);
        }

        await store.SetBucketVersioningAsync(request.Bucket, versioning, cancellationToken);
        return new();
    }

    public ValueTask<GetBucketTaggingOutput> GetTaggingAsync(GetBucketTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var tags = store.GetBucketTags(request.Bucket);
        return tags.Count > 0
            ? new(new GetBucketTaggingOutput { TagSet = TagSets.ToList(tags) })
            : throw new ServiceException(
                S3Codes.NoSuchTagSet,
                "The TagSet does not exist",
                StatusCodes.Status404NotFound,
                new Dictionary<string, string> { ["BucketName"] = request.Bucket });
    }

    public async ValueTask<EmptyShape> PutTaggingAsync(PutBucketTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        await store.SetBucketTagsAsync(request.Bucket, TagSets.Check(request.Tagging.TagSet, TagSets.MostOnBuckets), cancellationToken);
        return new();
    }

    public async ValueTask<EmptyShape> DeleteTaggingAsync(DeleteBucketTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        await store.SetBucketTagsAsync(request.Bucket, new Dictionary<string, string>(), cancellationToken);
        return new();
    }
}
