using System.Reflection;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>Everything that was generated from the API models, found by reflection.</summary>
internal static class ContractCatalog
{
    private static readonly Type[] Types = typeof(Sagebrush.Contracts.S3.S3Api).Assembly.GetTypes();

    /// <summary>Every contract type.</summary>
    public static IReadOnlyList<Type> Shapes { get; } =
        [.. Types.Where(t => t.IsAssignableTo(typeof(IShape)) && t is { IsAbstract: false }).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    /// <summary>Every operation of every service.</summary>
    public static IReadOnlyList<ContractOperation> Operations { get; } =
    [
        .. Types.Where(t => t.Name.EndsWith("Api", StringComparison.Ordinal) && t.IsAbstract)
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Operation<,>))
            .Select(p => ContractOperation.Of(p.GetValue(null)!))
            .OrderBy(o => o.Service.Name, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every service.</summary>
    public static IReadOnlyList<ServiceModel> Services { get; } = [.. Operations.Select(o => o.Service).Distinct()];

    /// <summary>A new instance of a contract type.</summary>
    public static IShape New(Type shape) => (IShape)Activator.CreateInstance(shape)!;
}
