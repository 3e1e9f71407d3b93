using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting;

/// <summary>The ARNs of hosting's resources. SageMaker writes names in lower case there, so names differ in more than case.</summary>
internal static class HostingArns
{
    extension(CallContext context)
    {
        public string ModelArn(string name) => context.Arn("sagemaker", $"model/{Lower(name)}");

        public string EndpointConfigArn(string name) => context.Arn("sagemaker", $"endpoint-config/{Lower(name)}");

        public string EndpointArn(string name) => context.Arn("sagemaker", $"endpoint/{Lower(name)}");
    }

#pragma warning disable CA1308 // Lower case is what AWS writes; it is no normal form for comparison.
    private static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
