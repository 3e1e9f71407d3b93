using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting;

/// <summary>The ARNs of hosting's resources. SageMaker writes names in lower case there, so names differ in more than case.</summary>
internal static class HostingArns
{
    extension(CallContext context)
    {
        public string ModelArn(string name) => Model(context.AccountId, context.Region, name);

        public string EndpointConfigArn(string name) => EndpointConfig(context.AccountId, context.Region, name);

        public string EndpointArn(string name) => Endpoint(context.AccountId, context.Region, name);
    }

    public static string Model(string account, string region, string name) => Arn(account, region, "model", name);

    public static string EndpointConfig(string account, string region, string name) => Arn(account, region, "endpoint-config", name);

    public static string Endpoint(string account, string region, string name) => Arn(account, region, "endpoint", name);

    private static string Arn(string account, string region, string kind, string name) => $"arn:aws:sagemaker:{region}:{account}:{kind}/{Lower(name)}";

#pragma warning disable CA1308 // Lower case is what AWS writes; it is no normal form for comparison.
    private static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
