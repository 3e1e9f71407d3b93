using System.Globalization;
using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The kinds of resources the model registry keeps.</summary>
internal static class ModelPackageKinds
{
    public const string ApprovalAttribute = "approval";
    public const string TypeAttribute = "type";
    public const string TokenAttribute = "token";

    public static readonly ResourceKind<ModelPackageGroupDocument> Group =
        new("ModelPackageGroup", new JsonDocumentSerializer<ModelPackageGroupDocument>(ModelRegistryJson.Default.ModelPackageGroupDocument));

    /// <summary>A package is what Describe answers, and the token it was made with.</summary>
    public static readonly ResourceKind<ModelPackageDocument> Package =
        new("ModelPackage", new JsonDocumentSerializer<ModelPackageDocument>(ModelRegistryJson.Default.ModelPackageDocument))
        {
            Status = static document => document.Package.ModelPackageStatus,
            Parent = static document => document.Package.ModelPackageGroupName,
            Attributes = static document =>
            [
                ResourceAttribute.Of(TypeAttribute, document.Package.ModelPackageGroupName is null ? ModelPackageType.Unversioned : ModelPackageType.Versioned),
                ResourceAttribute.Of(ApprovalAttribute, document.Package.ModelApprovalStatus ?? ""),
                ResourceAttribute.Of(TokenAttribute, document.Token ?? ""),
            ],
        };

    /// <summary>The name of a version in the store.</summary>
    public static string VersionName(string group, int version) => string.Create(CultureInfo.InvariantCulture, $"{group}/{version}");
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(ShapeJsonConverter<DescribeModelPackageOutput>), typeof(ShapeJsonConverter<UserContext>)])]
[JsonSerializable(typeof(ModelPackageGroupDocument))]
[JsonSerializable(typeof(ModelPackageDocument))]
internal sealed partial class ModelRegistryJson : JsonSerializerContext;
