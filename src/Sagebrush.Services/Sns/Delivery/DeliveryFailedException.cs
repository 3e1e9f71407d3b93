namespace Sagebrush.Services.Sns.Delivery;

/// <summary>A subscriber did not take a message.</summary>
/// <param name="message">Why.</param>
/// <param name="isFinal">Whether another try is of no use.</param>
internal sealed class DeliveryFailedException(string message, bool isFinal) : Exception(message)
{
    public bool IsFinal { get; } = isFinal;
}
