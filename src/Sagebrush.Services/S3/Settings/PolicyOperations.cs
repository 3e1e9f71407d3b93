using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Keeps bucket policies; IAM decides by them.</summary>
internal sealed class PolicyOperations(BucketSettings settings)
{
    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutBucketPolicy, PutAsync);
        api.Serve(S3Api.GetBucketPolicy, (r, c, _) =>
            new(new GetBucketPolicyOutput { Policy = Require(settings.Bucket(r.Bucket, c, r.ExpectedBucketOwner)) }));
        api.Serve(S3Api.GetBucketPolicyStatus, (r, c, _) => new(new GetBucketPolicyStatusOutput
        {
            PolicyStatus = new() { IsPublic = PolicyDocument.Parse(Require(settings.Bucket(r.Bucket, c, r.ExpectedBucketOwner)), r.Bucket).IsPublic },
        }));
        api.Serve(S3Api.DeleteBucketPolicy, (r, c, cancellationToken) =>
            settings.ForgetAsync(r.Bucket, BucketSettings.Policy, c, r.ExpectedBucketOwner, cancellationToken));
    }

    private static string Require(BucketInfo bucket) => bucket.Documents.GetValueOrDefault(BucketSettings.Policy)
        ?? throw BucketSettings.Missing("NoSuchBucketPolicy", "The bucket policy does not exist", bucket);

    private async ValueTask<EmptyShape> PutAsync(PutBucketPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var policy = PolicyDocument.Parse(request.Policy, request.Bucket);
        if (Iam.PolicyDocument.Problem(request.Policy) is { } problem)
        {
            throw new ServiceException("MalformedPolicy", problem);
        }

        if (policy.IsPublic && AccessSettingOperations.PublicAccessOf(bucket).BlockPublicPolicy == true)
        {
            throw S3Errors.AccessDenied(
                "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.");
        }

        await settings.SetTextAsync(bucket, BucketSettings.Policy, request.Policy, cancellationToken);

        // S3 says so, though its description does not.
        context.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return new();
    }
}
