using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>How small a variant may be scaled.</summary>
internal static class MinimumCapacity
{
    extension(EndpointCapacity capacities)
    {
        /// <summary>Refuses to let a real-time variant have no instances: nobody would keep its requests until it has some.</summary>
        /// <exception cref="ServiceException">The minimum is 0 and the variant's requests do not wait in a queue.</exception>
        public async ValueTask CheckMinimumAsync(int? minimum, ScalableResource resource, CallContext context, CancellationToken cancellationToken)
        {
            if (minimum == 0
                && resource.Dimension == ScalableResource.Instances
                && await capacities.FindAsync(context.AccountId, context.Region, resource.Endpoint, resource.Variant, cancellationToken) is { IsAsynchronous: false })
            {
                throw ApplicationAutoScalingErrors.ValidationException(
                    $"Minimum capacity cannot be less than 1 for {resource.Id} with scalable dimension {resource.Dimension}: " +
                    "only the variants of asynchronous endpoints can be scaled to 0 instances.");
            }
        }
    }
}
