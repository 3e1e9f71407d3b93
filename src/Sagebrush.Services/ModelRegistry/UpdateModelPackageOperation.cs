using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>Implements <c>UpdateModelPackage</c>: approval, metadata, and further ways to deploy it.</summary>
internal sealed class UpdateModelPackageOperation(ModelPackages packages) : IOperation<UpdateModelPackageInput, UpdateModelPackageOutput>
{
    private const int MostProperties = 50;

    public async ValueTask<UpdateModelPackageOutput> InvokeAsync(
        UpdateModelPackageInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await packages.PackageAsync(request.ModelPackageArn, context, cancellationToken);
        var caller = context.Caller();
        var updated = await packages.Packages.UpdateAsync(stored.Key, document => Apply(document, request, caller, stored.Arn), cancellationToken);
        return updated is null
            ? throw Refusals.Validation($"ModelPackage {stored.Arn} does not exist.")
            : new UpdateModelPackageOutput { ModelPackageArn = stored.Arn };
    }

    private static ModelPackageDocument Apply(ModelPackageDocument document, UpdateModelPackageInput request, UserContext caller, string arn)
    {
        var package = document.Package;
        package.ModelApprovalStatus = request.ModelApprovalStatus ?? package.ModelApprovalStatus;
        package.ApprovalDescription = request.ApprovalDescription ?? package.ApprovalDescription;
        package.ModelPackageRegistrationType = request.ModelPackageRegistrationType ?? package.ModelPackageRegistrationType;
        package.InferenceSpecification = request.InferenceSpecification ?? package.InferenceSpecification;
        package.SourceUri = request.SourceUri ?? package.SourceUri;
        package.ModelCard = request.ModelCard ?? package.ModelCard;
        package.ModelLifeCycle = request.ModelLifeCycle ?? package.ModelLifeCycle;
        package.LastModifiedBy = caller;

        var properties = new Dictionary<string, string>(package.CustomerMetadataProperties ?? []);
        foreach (var (key, value) in request.CustomerMetadataProperties ?? [])
        {
            properties[key] = value;
        }

        foreach (var key in request.CustomerMetadataPropertiesToRemove ?? [])
        {
            properties.Remove(key);
        }

        if (properties.Count > MostProperties)
        {
            throw Refusals.Validation($"A model package can have {MostProperties} CustomerMetadataProperties at most.");
        }

        package.CustomerMetadataProperties = properties.Count == 0 ? null : properties;
        foreach (var more in request.AdditionalInferenceSpecificationsToAdd ?? [])
        {
            package.AdditionalInferenceSpecifications ??= [];
            if (package.AdditionalInferenceSpecifications.Any(other => other.Name == more.Name))
            {
                throw Refusals.Validation($"ModelPackage {arn} has an AdditionalInferenceSpecification named {more.Name} already.");
            }

            package.AdditionalInferenceSpecifications.Add(more);
        }

        return document;
    }
}
