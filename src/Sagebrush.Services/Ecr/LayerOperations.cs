using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Access;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Layers through ECR's own API: checked, uploaded in parts, downloaded.</summary>
internal sealed class LayerOperations(Repositories repositories, LayerStore layers, RegistryTokens tokens, RegistryOptions options)
{
    /// <summary>The size of the parts that clients are told to send, in bytes.</summary>
    private const long PartSize = 10 * 1024 * 1024;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.BatchCheckLayerAvailability, CheckAsync);
        api.Serve(EcrApi.InitiateLayerUpload, InitiateAsync);
        api.Serve(EcrApi.UploadLayerPart, UploadAsync);
        api.Serve(EcrApi.CompleteLayerUpload, CompleteAsync);
        api.Serve(EcrApi.GetDownloadUrlForLayer, DownloadUrlAsync);
    }

    private async ValueTask<BatchCheckLayerAvailabilityResponse> CheckAsync(BatchCheckLayerAvailabilityRequest request, CallContext context, CancellationToken cancellationToken)
    {
        const int MaxDigests = 100;
        if (request.LayerDigests.Count is 0 or > MaxDigests)
        {
            throw EcrErrors.InvalidParameterException($"Invalid parameter at 'layerDigests' failed to satisfy constraint: 'Member must have length between 1 and {MaxDigests}'");
        }

        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var response = new BatchCheckLayerAvailabilityResponse { Layers = [], Failures = [] };
        foreach (var text in request.LayerDigests.Distinct())
        {
            if (!BlobDigest.TryParse(text, out var digest))
            {
                response.Failures.Add(new LayerFailure
                {
                    LayerDigest = text,
                    FailureCode = LayerFailureCode.InvalidLayerDigest,
                    FailureReason = "Invalid layer digest: it must be 'sha256:' and 64 lower-case hexadecimal digits",
                });
                continue;
            }

            var size = await layers.FindAsync(repository, digest, cancellationToken);
            response.Layers.Add(new Layer
            {
                LayerDigest = text,
                LayerAvailability = size is null ? LayerAvailability.Unavailable : LayerAvailability.Available,
                LayerSize = size,
            });
        }

        return response;
    }

    private async ValueTask<InitiateLayerUploadResponse> InitiateAsync(InitiateLayerUploadRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        return new InitiateLayerUploadResponse { UploadId = (await layers.BeginUploadAsync(repository, cancellationToken)).ToString("D"), PartSize = PartSize };
    }

    private async ValueTask<UploadLayerPartResponse> UploadAsync(UploadLayerPartRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        using var upload = await TakeAsync(repository, request.UploadId, cancellationToken);
        if (request.PartFirstByte != upload.Length || request.PartLastByte - request.PartFirstByte + 1 != request.LayerPartBlob.Length)
        {
            var details = new Dictionary<string, string>
            {
                ["registryId"] = repository.Key.Account,
                ["repositoryName"] = repository.Key.Name,
                ["uploadId"] = request.UploadId,
            };
            throw new ServiceException(
                "InvalidLayerPartException",
                $"Invalid layer part: bytes {request.PartFirstByte} to {request.PartLastByte} with {request.LayerPartBlob.Length} bytes; the upload goes on at byte {upload.Length}.",
                400,
                details);
        }

        using var content = new MemoryStream(request.LayerPartBlob, writable: false);
        await upload.AppendAsync(content, LayerStore.MaxSize, cancellationToken);
        return new UploadLayerPartResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            UploadId = request.UploadId,
            LastByteReceived = Math.Max(0, upload.Length - 1),
        };
    }

    private async ValueTask<CompleteLayerUploadResponse> CompleteAsync(CompleteLayerUploadRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.LayerDigests is not [var text] || !BlobDigest.TryParse(text, out var digest))
        {
            throw EcrErrors.InvalidLayerException("Exactly one layer digest must be given, 'sha256:' and 64 lower-case hexadecimal digits.");
        }

        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        using var upload = await TakeAsync(repository, request.UploadId, cancellationToken);
        if (upload.Length == 0)
        {
            throw EcrErrors.EmptyUploadException("The layer upload has no bytes.");
        }

        if (await layers.FindAsync(repository, digest, cancellationToken) is not null)
        {
            throw EcrErrors.LayerAlreadyExistsException(
                $"Layer with digest '{digest}' already exists in the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
        }

        await layers.CompleteAsync(repository, upload, digest, cancellationToken);
        return new CompleteLayerUploadResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            UploadId = request.UploadId,
            LayerDigest = digest.Text,
        };
    }

    // AWS answers with a presigned URL; here it is the blob's own address with a password in it, which needs no header either.
    private async ValueTask<GetDownloadUrlForLayerResponse> DownloadUrlAsync(GetDownloadUrlForLayerRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        if (!BlobDigest.TryParse(request.LayerDigest, out var digest) || await layers.FindAsync(repository, digest, cancellationToken) is null)
        {
            throw EcrErrors.LayersNotFoundException(
                $"Layers with digests '[{request.LayerDigest}]' do not exist in the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
        }

        var token = tokens.Issue(context.AccessKeyId, context.Principal, context.KeyExpiration, repository.Key.Region);
        return new GetDownloadUrlForLayerResponse
        {
            DownloadUrl = $"{options.PublicUrl()}/v2/{repository.Key.Name}/blobs/{digest}?token={Uri.EscapeDataString(token.Password)}",
            LayerDigest = digest.Text,
        };
    }

    private async ValueTask<BlobUpload> TakeAsync(Stored<RepositoryDocument> repository, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await layers.TakeUploadAsync(repository, Guid.ParseExact(id, "D"), cancellationToken);
        }
        catch (BlobUploadBusyException busy)
        {
            throw EcrErrors.InvalidLayerPartException(busy.Message);
        }
    }
}
