using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tagging;

/// <summary>Adds tagging to a host. It needs the resource store.</summary>
internal static class TaggingServices
{
    public static IServiceCollection AddTagging(this IServiceCollection services) => services.AddSingleton<ICapability, TaggingCapability>();
}
